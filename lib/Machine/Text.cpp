//===- Text.cpp - machines as text ----------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Machine/MachineModel.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/StringExtras.h"
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

using namespace cm;

namespace {
/// Keeps the first error, in our style: lower case, no full stop.
class FirstError final : public google::protobuf::io::ErrorCollector {
public:
  explicit FirstError(llvm::StringRef name) : name(name) {}

  void AddError(int line, int column, const std::string &message) override {
    if (text.empty())
      text = llvm::formatv("{0}:{1}:{2}: {3}", name, line + 1, column + 1,
                           restyle(message));
  }

  std::string text;

private:
  static std::string restyle(llvm::StringRef message) {
    // Message type "cm.machine.Sram" has no field named "size".
    llvm::StringRef rest = message;
    if (rest.consume_front("Message type \"cm.machine.")) {
      auto [type, tail] = rest.split("\" has no field named \"");
      if (!tail.empty())
        return llvm::formatv("unknown field '{0}' of {1}",
                             tail.take_until([](char c) { return c == '"'; }),
                             type);
    }
    std::string result = message.rtrim('.').str();
    if (message.ends_with("got: "))
      result += "the end of the file";
    if (!result.empty())
      result[0] = llvm::toLower(result[0]);
    return result;
  }

  llvm::StringRef name;
};
} // namespace

llvm::Expected<machine::Machine> cm::parseMachine(llvm::StringRef text,
                                                  llvm::StringRef name) {
  FirstError errors(name);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  machine::Machine machine;
  bool parsed = parser.ParseFromString(text.str(), &machine);
  if (!parsed || !errors.text.empty())
    return makeError("{0}", errors.text);
  return machine;
}

std::string cm::printMachine(const machine::Machine &machine) {
  std::string text;
  google::protobuf::TextFormat::Printer printer;
  printer.PrintToString(machine, &text);
  return text;
}
