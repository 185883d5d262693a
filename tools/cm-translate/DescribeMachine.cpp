//===- DescribeMachine.cpp - a machine in words and as a picture ----------===//
//-----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Translation.h"
#include "cm/Machine/Describe.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "llvm/ADT/StringExtras.h"

using namespace cm;

static llvm::Expected<MachineModel> machineOf(const TranslationRequest &request,
                                              const char *action) {
  if (request.machine.empty())
    return makeError("--{0} needs --machine=NAME or --machine=FILE; presets: "
                     "{1}",
                     action, llvm::join(presetNames(), ", "));
  return loadMachine(request.machine, request.settings);
}

llvm::Error cm::describeMachineAction(const TranslationRequest &request) {
  auto machine = machineOf(request, "describe-machine");
  if (!machine)
    return machine.takeError();
  return writeFile(request.output, [&](llvm::raw_ostream &os) {
    describeMachine(*machine, os);
    return llvm::Error::success();
  });
}

llvm::Error cm::drawMachineAction(const TranslationRequest &request) {
  auto machine = machineOf(request, "draw-machine");
  if (!machine)
    return machine.takeError();
  return writeFile(request.output, [&](llvm::raw_ostream &os) {
    return drawMachine(*machine, os);
  });
}
