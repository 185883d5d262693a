//===- Import.h - from an ONNX file to cmnn ---------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_TARGET_ONNX_IMPORT_H
#define CM_TARGET_ONNX_IMPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace mlir {
class DialectRegistry;
class MLIRContext;
} // namespace mlir

namespace cm {

/// What became of the nodes of a model: a line for each in the model's order,
/// then the integer operations and every place that stays in float.
struct ImportReport {
  std::string text;
};

struct ImportOptions {
  /// Symbolic extents by name. The batch is 1 where nothing is said.
  llvm::StringMap<int64_t> dims;
  /// Leading extents as they are, whatever they are; also allows tensors
  /// without a batch and graphs without an input. Otherwise the leading extent
  /// of an input is the batch, and 1.
  bool keepBatch = false;
  /// Float operations between dequantize and quantize as the model has them,
  /// not fused into integer operations.
  bool raw = false;
  /// The folder of the model, where external data may lie. Empty: none.
  std::string folder;
  /// Is filled in where it is given.
  ImportReport *report = nullptr;
};

/// Parses "name=value" settings into `dims`. Errors: no name, a value that is
/// not a positive number, a name that is given twice.
llvm::Error parseDims(llvm::ArrayRef<std::string> settings,
                      llvm::StringMap<int64_t> &dims);

/// `options` with the folder of the model in file `path`, "-" having none.
ImportOptions withModelFolder(const ImportOptions &options,
                              llvm::StringRef path);

/// Adds the dialects that an imported module uses.
void registerONNXImportDialects(mlir::DialectRegistry &registry);

/// Reads the bytes of an ONNX model, in QOperator or QDQ form, as a module with
/// one function `main`. `name` is what errors and locations call the model.
/// `docs/ONNX.md` lists the operators; anything else is one error that names
/// the node.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
importONNX(llvm::StringRef bytes, llvm::StringRef name,
           mlir::MLIRContext *context, const ImportOptions &options = {});

/// The same for a file; "-" is standard input. `options.folder` is the file's.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
importONNXFile(llvm::StringRef path, mlir::MLIRContext *context,
               const ImportOptions &options = {});

} // namespace cm

#endif // CM_TARGET_ONNX_IMPORT_H
