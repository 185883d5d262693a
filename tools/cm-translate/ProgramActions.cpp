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
#include "llvm/Support/Process.h"

using namespace cm;

/// On a terminal longer fields of bytes are left out.
static constexpr unsigned shownBytes = 64;

/// Reads a program, its machine, and checks both.
static llvm::Expected<MachineModel> readSound(const std::string &path,
                                              program::Program &program) {
  auto read = readProgram(path);
  if (!read)
    return read.takeError();
  program = std::move(*read);
  auto machine = MachineModel::create(program.machine());
  if (!machine)
    return makeError("{0}: {1}", path, llvm::toString(machine.takeError()));
  if (llvm::Error error = validateProgram(program, *machine))
    return makeError("{0}: {1}", path, llvm::toString(std::move(error)));
  return machine;
}

llvm::Error cm::programToTextAction(const TranslationRequest &request) {
  auto program = readProgram(request.input);
  if (!program)
    return program.takeError();
  ProgramTextOptions options;
  if (request.output == "-" && !request.text &&
      llvm::sys::Process::StandardOutIsDisplayed())
    options.elideBytesAbove = shownBytes;
  return writeFile(request.output,
                   llvm::StringRef(printProgramText(*program, options)));
}

llvm::Error cm::textToProgramAction(const TranslationRequest &request) {
  program::Program program;
  auto machine = readSound(request.input, program);
  if (!machine)
    return machine.takeError();
  return writeProgram(request.output, program);
}

llvm::Error cm::programToListingAction(const TranslationRequest &request) {
  program::Program program;
  auto machine = readSound(request.input, program);
  if (!machine)
    return machine.takeError();
  return writeFile(request.output, [&](llvm::raw_ostream &os) {
    printListing(program, *machine, os);
    return llvm::Error::success();
  });
}
