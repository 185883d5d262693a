//===- Import.cpp - from an ONNX file to cmnn -----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "cm/Target/ONNX/Import.h"
#include "Emitter.h"
#include "cm/Dialect/CMNN/CMNNDialect.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include <algorithm>

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

void cm::registerONNXImportDialects(DialectRegistry &registry) {
  registry.insert<func::FuncDialect, cmnn::CMNNDialect>();
}

/// The verifier's first complaint as an error about the node that it is about.
static llvm::Error verifyModule(ModuleOp module, llvm::StringRef name) {
  std::string text, node = name.str();
  ScopedDiagnosticHandler handler(module.getContext(), [&](Diagnostic &diag) {
    if (!text.empty())
      return success();
    text = diag.str();
    if (auto location = dyn_cast<NameLoc>(diag.getLocation()))
      node = location.getName().str();
    return success();
  });
  if (succeeded(verify(module)))
    return llvm::Error::success();
  return makeError("node '{0}' has no meaning in cmnn: {1}", node, text);
}

static llvm::Expected<OwningOpRef<ModuleOp>>
importGraph(llvm::StringRef bytes, llvm::StringRef name, MLIRContext *context) {
  auto graph = Graph::parse(bytes, name);
  if (!graph)
    return graph.takeError();
  auto quantised = normalise(**graph);
  if (!quantised)
    return quantised.takeError();
  auto module = Emitter(context).emit(*quantised, name);
  if (!module)
    return module.takeError();
  if (llvm::Error error = verifyModule(**module, name))
    return error;
  return module;
}

llvm::Expected<OwningOpRef<ModuleOp>> cm::importONNX(llvm::StringRef bytes,
                                                     llvm::StringRef name,
                                                     MLIRContext *context) {
  context->loadDialect<func::FuncDialect, cmnn::CMNNDialect>();
  auto module = importGraph(bytes, name, context);
  if (module)
    return module;
  // Names in the file may hold anything; an error is one line.
  std::string text = llvm::toString(module.takeError());
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' '; }, '?');
  return makeError("{0}", text);
}

llvm::Expected<OwningOpRef<ModuleOp>> cm::importONNXFile(llvm::StringRef path,
                                                         MLIRContext *context) {
  auto file = readFile(path);
  if (!file)
    return file.takeError();
  return importONNX((*file)->getBuffer(), path, context);
}
