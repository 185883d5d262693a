//===- cm-opt.cpp - runs passes on IR -------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Pipelines/Pipelines.h"
#include "cm/Support/Signals.h"
#include "cm/Support/Version.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CommandLine.h"

int main(int argc, char **argv) {
  cm::keepIgnoredSignals();
  llvm::cl::SetVersionPrinter(cm::printVersion);
  mlir::DialectRegistry registry;
  cm::registerAllDialects(registry);
  cm::registerAllPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "cm-mlir optimiser\n", registry));
}
