//===- cm-sim.cpp - run a program, cycle by cycle -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads a program and images, simulates, and writes outputs and reports. Any
// error of the run is one message and a non-zero exit.
//
//===----------------------------------------------------------------------===//

#include "Options.h"
#include "cm/Support/Signals.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/WithColor.h"

using namespace cm;

int main(int argc, char **argv) {
  keepIgnoredSignals();
  llvm::InitLLVM init(argc, argv);
  SimCommand command;
  int exitCode = 0;
  if (!parseCommand(argc, argv, command, exitCode))
    return exitCode;
  llvm::Expected<bool> equal = runCommand(command);
  if (equal)
    return *equal ? 0 : 1;
  llvm::WithColor::error(llvm::errs(), "cm-sim")
      << llvm::toString(equal.takeError()) << "\n";
  return 1;
}
