//===- cm-reduce.cpp - shrinks IR that fails ------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ReduceNetwork.h"
#include "cm/Pipelines/Pipelines.h"
#include "cm/Support/Signals.h"
#include "cm/Support/Version.h"
#include "mlir/Tools/mlir-reduce/MlirReduceMain.h"
#include "llvm/Support/CommandLine.h"

int main(int argc, char **argv) {
  cm::keepIgnoredSignals();
  llvm::cl::SetVersionPrinter(cm::printVersion);
  mlir::DialectRegistry registry;
  cm::registerAllDialects(registry);
  cm::registerAllPasses();
  cm::registerReduceNetwork();
  mlir::MLIRContext context(registry);
  return mlir::failed(mlir::mlirReduceMain(argc, argv, context));
}
