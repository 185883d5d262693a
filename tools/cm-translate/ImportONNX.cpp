//===- ImportONNX.cpp - --import-onnx -------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Translation.h"
#include "cm/Target/Module/ModuleFile.h"
#include "cm/Target/ONNX/Import.h"
#include "mlir/IR/MLIRContext.h"

using namespace cm;

llvm::Error cm::importONNXAction(const TranslationRequest &request) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto module = importONNXFile(request.input, &context);
  if (!module)
    return module.takeError();
  return writeModule(**module, request.output, request.text);
}
