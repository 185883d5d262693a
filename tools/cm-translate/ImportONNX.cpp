//===- ImportONNX.cpp - --import-onnx -------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Translation.h"
#include "cm/Support/File.h"
#include "cm/Target/Module/ModuleFile.h"
#include "cm/Target/ONNX/Import.h"
#include "mlir/IR/MLIRContext.h"

using namespace cm;

llvm::Error cm::importONNXAction(const TranslationRequest &request) {
  ImportOptions options;
  options.keepBatch = request.keepBatch;
  options.raw = request.raw;
  if (llvm::Error error = parseDims(request.dims, options.dims))
    return error;
  ImportReport report;
  if (request.importReport)
    options.report = &report;
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto module = importONNXFile(request.input, &context, options);
  if (!module)
    return module.takeError();
  if (request.importReport == "-")
    llvm::errs() << report.text;
  else if (request.importReport)
    if (llvm::Error error =
            writeFile(*request.importReport, llvm::StringRef(report.text)))
      return error;
  return writeModule(**module, request.output, request.text);
}
