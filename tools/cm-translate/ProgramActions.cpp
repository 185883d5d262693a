//===- ProgramActions.cpp - programs as text and back ---------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Translation.h"
#include "cm/Machine/MachineModel.h"
#include "cm/Program/Listing.h"
#include "cm/Program/ProgramFile.h"
#include "cm/Program/Validate.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"

using namespace cm;

llvm::Error cm::programToTextAction(const TranslationRequest &request) {
  auto program = readProgram(request.input);
  if (!program)
    return program.takeError();
  return writeFile(request.output, llvm::StringRef(printProgramText(*program)));
}

llvm::Error cm::textToProgramAction(const TranslationRequest &request) {
  auto program = readProgram(request.input);
  if (!program)
    return program.takeError();
  return writeProgram(request.output, *program);
}

llvm::Error cm::programToListingAction(const TranslationRequest &request) {
  auto program = readProgram(request.input);
  if (!program)
    return program.takeError();
  auto machine = MachineModel::create(program->machine());
  if (!machine)
    return machine.takeError();
  if (llvm::Error error = validateProgram(*program, *machine))
    return makeError("{0}: {1}", request.input,
                     llvm::toString(std::move(error)));
  return writeFile(request.output, [&](llvm::raw_ostream &os) {
    printListing(*program, *machine, os);
    return llvm::Error::success();
  });
}
