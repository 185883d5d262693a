//===- MachineAttrTest.cpp - machines as attributes -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FormatVariadic.h"
#include "gmock/gmock.h"
#include <google/protobuf/util/message_differencer.h>

using namespace cm;
using namespace cm::cmhw;
using google::protobuf::util::MessageDifferencer;

namespace {
class MachineAttrTest : public testing::Test {
protected:
  MachineAttrTest() {
    context.loadDialect<CMHWDialect>();
    context.getDiagEngine().registerHandler([&](mlir::Diagnostic &diagnostic) {
      diagnostics.push_back(diagnostic.str());
    });
  }

  MachineAttr parse(llvm::StringRef text) {
    return llvm::dyn_cast_if_present<MachineAttr>(
        mlir::parseAttribute(text, &context));
  }

  /// The one error of a text that is wrong.
  std::string errorOf(llvm::StringRef text) {
    diagnostics.clear();
    EXPECT_FALSE(parse(text));
    EXPECT_EQ(diagnostics.size(), 1u);
    return diagnostics.empty() ? "" : diagnostics.front();
  }

  /// A small machine with `more` among its fields and `core` among its core's.
  static std::string machine(llvm::StringRef more, llvm::StringRef core = "") {
    return llvm::formatv(
        "#cmhw.machine<name = \"m\", clock_ghz = 1, core_types "
        "= [{{dpu = {{lanes = 1}, sram = {{access_bytes = 1}{1}"
        "}], link = {{width_bytes = 1}, {0}>",
        more, core);
  }

  mlir::MLIRContext context;
  std::vector<std::string> diagnostics;
};
} // namespace

static const char *const pair =
    "topology = {all_to_all = {cores = 2}}, "
    "io_nodes = [{bytes_per_cycle = 1, attached_to = [0, 1]}]";

TEST_F(MachineAttrTest, PresetsGoThereAndBack) {
  for (const std::string &name : presetNames()) {
    machine::Machine machine = llvm::cantFail(loadMachine(name)).proto();
    MachineAttr attr = machineToAttr(&context, machine);
    EXPECT_TRUE(MessageDifferencer::Equals(machine, attrToMachine(attr)))
        << name;
    std::string text;
    llvm::raw_string_ostream(text) << attr;
    EXPECT_EQ(parse(text), attr) << text;
    EXPECT_EQ(attr.getModel().name(), name);
  }
}

TEST_F(MachineAttrTest, EveryKindOfFieldIsReadAndPrinted) {
  MachineAttr attr = parse(machine(
      "topology = {explicit = {cores = 2, links = [{a = 0, b = 1, "
      "link = {width_bytes = 3}}]}}, requantization = REQUANTIZATION_FIXED, "
      "io_nodes = [{name = \"io\", bytes_per_cycle = 2, attached_to = [1, 0]}],"
      "energy = {mvm_fj = 12345678901}",
      ", crossbar = {rows = 2, cols = 3, mvm_cycles = 4}"));
  ASSERT_TRUE(attr);
  machine::Machine machine = attrToMachine(attr);
  EXPECT_EQ(machine.clock_ghz(), 1.0);
  EXPECT_EQ(machine.requantization(), machine::REQUANTIZATION_FIXED);
  EXPECT_EQ(machine.energy().mvm_fj(), 12345678901u);
  EXPECT_EQ(machine.topology().explicit_().links(0).link().width_bytes(), 3u);
  EXPECT_THAT(machine.io_nodes(0).attached_to(), testing::ElementsAre(1, 0));
  std::string text;
  llvm::raw_string_ostream(text) << attr;
  EXPECT_EQ(parse(text), attr) << text;
}

TEST_F(MachineAttrTest, BooleansAreTrueOrFalse) {
  const char *io = "io_nodes = [{bytes_per_cycle = 1, attached_to = [0]}], "
                   "topology = {mesh = {width = 3, height = 1, torus = ";
  MachineAttr ring = parse(machine(std::string(io) + "true}}"));
  MachineAttr line = parse(machine(std::string(io) + "false}}"));
  ASSERT_TRUE(ring && line);
  EXPECT_EQ(ring.getModel().links().size(), 8u);
  EXPECT_EQ(line.getModel().links().size(), 6u);
}

TEST_F(MachineAttrTest, DefaultsAreFilledInSoThatEqualMachinesAreOneAttribute) {
  MachineAttr said =
      parse(machine(std::string(pair) + ", partial_sum_bytes = 4"));
  EXPECT_TRUE(said);
  EXPECT_EQ(said, parse(machine(pair)));
  EXPECT_NE(said,
            parse(machine(std::string(pair) + ", partial_sum_bytes = 3")));
}

TEST_F(MachineAttrTest, TheVerifierHasTheErrorsOfTheModel) {
  EXPECT_EQ(errorOf(machine(pair, ", crossbar = {rows = 0, cols = 1}")),
            "machine: core_types[0].crossbar.rows: expected a number from 1 to "
            "65536, found 0");
  EXPECT_EQ(errorOf(machine("topology = {all_to_all = {cores = 2}}")),
            "machine: io_nodes: expected a node that takes input, found none");
}

TEST_F(MachineAttrTest, SyntaxErrorsNameTheField) {
  EXPECT_EQ(errorOf(machine("speed = 1")), "unknown field 'speed' of Machine");
  EXPECT_EQ(errorOf(machine("link = {width_bytes = 1}")),
            "field 'link' is there twice");
  EXPECT_EQ(errorOf(machine("requantization = EXACT")),
            "expected a value of Requantization, found 'EXACT'");
  EXPECT_EQ(
      errorOf(machine("topology = {all_to_all = {cores = 2}, "
                      "mesh = {width = 1, height = 1}}")),
      "expected one of the alternatives of 'kind', found 'all_to_all' and "
      "'mesh'");
  EXPECT_EQ(errorOf(machine("partial_sum_bytes = -1")),
            "expected a number of at most 32 bits, found -1");
  EXPECT_EQ(errorOf(machine("energy = {mvm_fj = 18446744073709551616}")),
            "expected a number of at most 64 bits, found 18446744073709551616");
}

TEST_F(MachineAttrTest, BytesThatAreNotACompleteMachineAreRefused) {
  auto check = [&](llvm::StringRef bytes) {
    diagnostics.clear();
    auto loc = mlir::UnknownLoc::get(&context);
    EXPECT_FALSE(MachineAttr::getChecked([&] { return mlir::emitError(loc); },
                                         &context, bytes));
    EXPECT_EQ(diagnostics.size(), 1u);
    return diagnostics.empty() ? "" : diagnostics.front();
  };
  EXPECT_EQ(check("\xff"), "machine: expected a machine in wire form");
  machine::Machine machine = llvm::cantFail(getPreset("tiny8"));
  EXPECT_EQ(check(machine.SerializeAsString()),
            "machine: expected every default to be filled in");
}

TEST_F(MachineAttrTest, AnUncheckedMachineGivesItsErrorAndNoAttribute) {
  auto loc = mlir::UnknownLoc::get(&context);
  EXPECT_FALSE(machineToAttrChecked([&] { return mlir::emitError(loc); },
                                    &context, machine::Machine()));
  EXPECT_THAT(diagnostics,
              testing::ElementsAre(testing::HasSubstr("link.width_bytes")));
}

TEST_F(MachineAttrTest, AModuleCarriesItsMachine) {
  mlir::OwningOpRef<mlir::ModuleOp> module =
      mlir::parseSourceString<mlir::ModuleOp>(
          "module attributes {cmhw.machine = " + machine(pair) +
              "} {\n"
              "  module @inner {}\n}",
          &context);
  ASSERT_TRUE(module);
  auto inner = *module->getOps<mlir::ModuleOp>().begin();
  EXPECT_EQ(findMachine(inner), parse(machine(pair)));
  (*module)->removeAttr(CMHWDialect::getMachineAttrName());
  EXPECT_FALSE(findMachine(inner));
}

TEST_F(MachineAttrTest, TheModulesAttributeIsVerified) {
  auto errorOfModule = [&](const std::string &attribute) {
    diagnostics.clear();
    EXPECT_FALSE(mlir::parseSourceString<mlir::ModuleOp>(
        "module attributes {" + attribute + "} {}", &context));
    return diagnostics.empty() ? "" : diagnostics.front();
  };
  EXPECT_EQ(errorOfModule("cmhw.machine = 1 : i32"),
            "'builtin.module' op expects attribute 'cmhw.machine' to be a "
            "#cmhw.machine, found 1 : i32");
  EXPECT_EQ(errorOfModule("cmhw.model = 1 : i32"),
            "'builtin.module' op has the unknown attribute 'cmhw.model'; "
            "expected 'cmhw.machine'");
  diagnostics.clear();
  context.allowUnregisteredDialects();
  EXPECT_FALSE(mlir::parseSourceString<mlir::ModuleOp>(
      "\"test.op\"() {cmhw.machine = " + machine(pair) + "} : () -> ()",
      &context));
  EXPECT_THAT(diagnostics,
              testing::ElementsAre("'test.op' op has attribute 'cmhw.machine', "
                                   "which belongs on a module"));
}
