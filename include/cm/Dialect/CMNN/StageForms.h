//===- StageForms.h - forms of operations that have stages ------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the contract accepts and the partition relies on, said once for both:
// what StageOpInterface and ViewOpInterface answer, in the light of what is
// around an operation.
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_STAGEFORMS_H
#define CM_DIALECT_CMNN_STAGEFORMS_H

#include "cm/Dialect/CMNN/CMNNOps.h"

namespace cm::cmnn {

/// Pixels of `tensor<1xHxWxCxi8>`, `tensor<1xTxCxi8>` (a row of T tokens) or
/// `tensor<1xCxi8>`.
Extent extentOf(mlir::Value value);

/// The role of an operation of int8 in a form that has stages; None for others.
StageRole getStageRole(mlir::Operation *op);

/// Whether each int8 element of the result is a function of the same element of
/// the first operand, and perhaps of its channel.
bool isByteFunction(mlir::Operation *op);

/// A constant, or reshapes and functions of bytes of one. No stage computes it:
/// those that need it hold it.
bool isConstant(mlir::Value value);

/// Whether the result has all elements of the operand, in any order; in its
/// order. False for null.
bool isReordering(mlir::Operation *op);
bool isReshape(mlir::Operation *op);

/// Whether `op` only says how all of its users read its operand.
bool isTransposedOperand(mlir::Operation *op);

/// Some users of a value, behind reshapes, can take it flattened, and so can
/// the function return it. The first other one; null where there is none.
mlir::Operation *findUserOfPixels(mlir::Value value);

} // namespace cm::cmnn

#endif // CM_DIALECT_CMNN_STAGEFORMS_H
