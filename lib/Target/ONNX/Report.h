//===- Report.h - what became of the nodes of a model -----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef CM_LIB_TARGET_ONNX_REPORT_H
#define CM_LIB_TARGET_ONNX_REPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"
#include <string>

namespace cm::onnx_import {

/// What the walk made of a node.
struct NodeRecord {
  std::string label, op;
  /// Constant: known at compile time. View: its operand under another shape or
  /// order of axes. Emitted: operations that carry its location.
  enum Kind { Constant, View, Emitted } kind = Emitted;
};

/// Looks up the nodes in the locations of the finished module.
std::string formatImportReport(mlir::ModuleOp module,
                               llvm::ArrayRef<NodeRecord> records);

} // namespace cm::onnx_import

#endif // CM_LIB_TARGET_ONNX_REPORT_H
