//===- Import.cpp - from an ONNX file to cmnn -----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Target/ONNX/Import.h"
#include "Importer.h"
#include "cm/Dialect/CMNN/CMNNDialect.h"
#include "cm/Dialect/CMNN/Passes.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/Path.h"
#include <algorithm>

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

void cm::registerONNXImportDialects(DialectRegistry &registry) {
  registry.insert<func::FuncDialect, cmnn::CMNNDialect>();
}

llvm::Error cm::parseDims(llvm::ArrayRef<std::string> settings,
                          llvm::StringMap<int64_t> &dims) {
  for (llvm::StringRef setting : settings) {
    auto [name, value] = setting.rsplit('=');
    int64_t extent = 0;
    if (name.empty() || name == setting || value.getAsInteger(10, extent) ||
        extent < 1)
      return makeError("expected --dim NAME=NUMBER with a positive number, "
                       "found '{0}'",
                       setting);
    if (!dims.try_emplace(name, extent).second)
      return makeError("extent '{0}' is given twice", name);
  }
  return llvm::Error::success();
}

ImportOptions cm::withModelFolder(const ImportOptions &options,
                                  llvm::StringRef path) {
  ImportOptions result = options;
  if (path == "-" || !result.folder.empty())
    return result;
  result.folder = llvm::sys::path::parent_path(path).str();
  if (result.folder.empty())
    result.folder = ".";
  return result;
}

/// The first node that a location names; null for none.
static const Node *findNode(const Graph &graph, Location location) {
  if (auto name = dyn_cast<NameLoc>(location)) {
    auto node = llvm::find_if(graph.nodes(), [&](const Node &candidate) {
      return candidate.label() == name.getName().getValue();
    });
    return node == graph.nodes().end() ? nullptr : &*node;
  }
  if (auto fused = dyn_cast<FusedLoc>(location))
    for (Location part : fused.getLocations())
      if (const Node *node = findNode(graph, part))
        return node;
  return nullptr;
}

/// Runs `step`; the first complaint becomes an error about the node that it is
/// about.
static llvm::Error
withDiagnostics(ModuleOp module, const Graph &graph,
                llvm::function_ref<LogicalResult(ModuleOp)> step) {
  std::string text;
  const Node *node = nullptr;
  ScopedDiagnosticHandler handler(module.getContext(), [&](Diagnostic &diag) {
    if (!text.empty())
      return success();
    text = diag.str();
    node = findNode(graph, diag.getLocation());
    return success();
  });
  if (succeeded(step(module)))
    return llvm::Error::success();
  if (node)
    return node->error("has no meaning in cmnn: {0}", text);
  return makeError("'{0}' has no meaning in cmnn: {1}", graph.name(), text);
}

static llvm::Expected<OwningOpRef<ModuleOp>>
importGraph(llvm::StringRef bytes, llvm::StringRef name, MLIRContext *context,
            const ImportOptions &options) {
  auto graph = Graph::parse(bytes, name, options);
  if (!graph)
    return graph.takeError();
  Importer importer(**graph, options, context);
  auto module = importer.run();
  if (!module)
    return module.takeError();
  if (llvm::Error error = withDiagnostics(
          **module, **graph, [](ModuleOp m) { return verify(m); }))
    return error;
  if (!options.raw)
    if (llvm::Error error =
            withDiagnostics(**module, **graph, [](ModuleOp m) {
              return cmnn::fuseQuantization(m);
            }))
      return error;
  if (options.report)
    options.report->text = formatImportReport(**module, importer.records());
  return module;
}

llvm::Expected<OwningOpRef<ModuleOp>>
cm::importONNX(llvm::StringRef bytes, llvm::StringRef name,
               MLIRContext *context, const ImportOptions &options) {
  context->loadDialect<func::FuncDialect, cmnn::CMNNDialect>();
  auto module = importGraph(bytes, name, context, options);
  if (module)
    return module;
  // Names in the file may hold anything; an error is one line.
  std::string text = llvm::toString(module.takeError());
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' '; }, '?');
  return makeError("{0}", text);
}

llvm::Expected<OwningOpRef<ModuleOp>>
cm::importONNXFile(llvm::StringRef path, MLIRContext *context,
                   const ImportOptions &options) {
  auto file = readFile(path);
  if (!file)
    return file.takeError();
  return importONNX((*file)->getBuffer(), path, context,
                    withModelFolder(options, path));
}
