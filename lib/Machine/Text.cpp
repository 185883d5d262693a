//===- Text.cpp - machines as text ----------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Machine/MachineModel.h"
#include "cm/Machine/ProtoText.h"
#include <google/protobuf/text_format.h>

using namespace cm;

llvm::Expected<machine::Machine> cm::parseMachine(llvm::StringRef text,
                                                  llvm::StringRef name) {
  machine::Machine machine;
  if (llvm::Error error = parseProtoText(text, name, machine))
    return std::move(error);
  return machine;
}

std::string cm::printMachine(const machine::Machine &machine) {
  std::string text;
  google::protobuf::TextFormat::Printer printer;
  printer.PrintToString(machine, &text);
  return text;
}
