//===- DocsTest.cpp - docs/Machine.md against schema and rules ------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Machine/FieldRules.h"
#include "cm/Machine/MachineModel.h"
#include "cm/Support/File.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "gmock/gmock.h"
#include <google/protobuf/descriptor.h>

using namespace cm;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

namespace {
class DocsTest : public testing::Test {
protected:
  void SetUp() override {
    text = llvm::cantFail(readFile(CM_SOURCE_ROOT "/docs/Machine.md"))
               ->getBuffer()
               .str();
  }

  /// The row of a field in its message's table, without the last bar.
  llvm::StringRef rowOf(llvm::StringRef message, llvm::StringRef field) const {
    llvm::StringRef rest(text);
    rest = rest.substr(rest.find(("### " + message + "\n").str()));
    rest = rest.drop_front(1).take_front(rest.find("\n#", 1));
    rest = rest.substr(rest.find(("\n| `" + field + "` |").str()));
    return rest.drop_front(rest.empty() ? 0 : 1).split('\n').first.rtrim(" |");
  }

  std::string text;
};
} // namespace

TEST_F(DocsTest, RangesAndDefaultsAreThoseOfTheRules) {
  for (const FieldRule &rule : fieldRules()) {
    std::string value = rule.defaultFrom
                            ? llvm::formatv("`{0}`", rule.defaultFrom).str()
                        : rule.defaultValue ? std::to_string(rule.defaultValue)
                                            : "";
    const FieldDescriptor *field = machine::Machine::descriptor()
                                       ->file()
                                       ->FindMessageTypeByName(rule.message)
                                       ->FindFieldByName(rule.field);
    ASSERT_TRUE(field) << rule.message << "." << rule.field;
    if (value.empty())
      value = field->has_presence() ? "must be said" : "0";
    std::string end =
        llvm::formatv("| {0} to {1} | {2}", rule.min, rule.max, value);
    EXPECT_THAT(rowOf(rule.message, rule.field).str(), testing::EndsWith(end));
  }
}

TEST_F(DocsTest, EveryFieldOfTheSchemaHasARow) {
  const auto *file = machine::Machine::descriptor()->file();
  for (int i = 0; i < file->message_type_count(); ++i) {
    const Descriptor *message = file->message_type(i);
    for (int j = 0; j < message->field_count(); ++j)
      EXPECT_FALSE(rowOf(message->name(), message->field(j)->name()).empty())
          << message->name() << "." << message->field(j)->name();
  }
}

TEST_F(DocsTest, TheExampleIsAMachine) {
  auto [before, block] = llvm::StringRef(text).split("```textproto\n");
  ASSERT_FALSE(block.empty());
  MachineModel machine = llvm::cantFail(MachineModel::create(
      llvm::cantFail(parseMachine(block.split("```").first, "Machine.md"))));
  EXPECT_EQ(machine.numCores(), 4u);
}

TEST_F(DocsTest, EveryPresetIsListed) {
  for (const std::string &name : presetNames())
    EXPECT_THAT(text, testing::HasSubstr("\n| `" + name + "` |"));
}
