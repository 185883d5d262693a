//===- DescribeMachine.cpp - --describe-machine ---------------------------===//
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

llvm::Error cm::describeMachineAction(const TranslationRequest &request) {
  if (request.machine.empty())
    return makeError("--describe-machine needs --machine=NAME or "
                     "--machine=FILE; presets: {0}",
                     llvm::join(presetNames(), ", "));
  auto machine = loadMachine(request.machine, request.settings);
  if (!machine)
    return machine.takeError();
  return writeFile(request.output, [&](llvm::raw_ostream &os) {
    describeMachine(*machine, os);
    return llvm::Error::success();
  });
}
