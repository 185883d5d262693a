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
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace mlir {
class DialectRegistry;
class MLIRContext;
} // namespace mlir

namespace cm {

/// Adds the dialects that an imported module uses.
void registerONNXImportDialects(mlir::DialectRegistry &registry);

/// Reads the bytes of an ONNX model, in QOperator or QDQ form, as a module with
/// one function `main` over int8 NHWC tensors. `name` is what errors and
/// locations call the model. `docs/ONNX.md` lists the operators; anything else
/// is one error that names the node.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
importONNX(llvm::StringRef bytes, llvm::StringRef name,
           mlir::MLIRContext *context);

/// The same for a file; "-" is standard input.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
importONNXFile(llvm::StringRef path, mlir::MLIRContext *context);

} // namespace cm

#endif // CM_TARGET_ONNX_IMPORT_H
