//===- StageForms.h - forms of operations that have stages ------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the contract accepts and the partition relies on, said once for both.
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_STAGEFORMS_H
#define CM_DIALECT_CMNN_STAGEFORMS_H

#include "mlir/IR/Operation.h"
#include "mlir/IR/Value.h"

namespace cm::cmnn {

/// Whether each int8 element of the result is a function of the same element of
/// the first operand, and perhaps of its channel.
bool isByteFunction(mlir::Operation *op);

/// A constant, or reshapes and functions of bytes of one. No stage computes it:
/// those that need it hold it.
bool isConstant(mlir::Value value);

/// Whether `op` only says how a product of two tensors reads its second
/// operand.
bool isTransposedOperand(mlir::Operation *op);

/// A mean or maximum over all pixels of an image, or all tokens.
bool reducesPixels(mlir::Operation *op);

/// Users of a value, behind reshapes, can take it flattened if they multiply or
/// add it, or return it. The first other one; null where there is none.
mlir::Operation *findUserOfPixels(mlir::Value value);

} // namespace cm::cmnn

#endif // CM_DIALECT_CMNN_STAGEFORMS_H
