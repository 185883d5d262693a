//===- Rules.h - what verifiers of several families use ---------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_DIALECT_CMNN_RULES_H
#define CM_LIB_DIALECT_CMNN_RULES_H

#include "cm/Dialect/CMNN/CMNNOps.h"
#include <optional>

namespace cm::cmnn {

/// (C4): `found` has the extents of `expected`, which is null where `problem`.
mlir::LogicalResult verifyResultShape(mlir::Operation *op,
                                      mlir::RankedTensorType expected,
                                      mlir::RankedTensorType found,
                                      llvm::StringRef problem);

/// (C1): looks up `symbol` as a weight of `rank` and element type `element`.
mlir::FailureOr<WeightOp> lookUpWeight(mlir::Operation *op,
                                       mlir::SymbolTableCollection &symbols,
                                       mlir::FlatSymbolRefAttr symbol,
                                       int64_t rank, mlir::Type element);

/// (C10): findBadScale finds none.
mlir::LogicalResult verifyScales(QuantizableOpInterface op);

/// The window of `kernel`, vertical first, over all `channels` channels, with
/// the steps and pads of `op`.
template <typename OpTy>
Window kernelWindow(llvm::ArrayRef<int64_t> kernel, OpTy op, int64_t channels) {
  Window window = Window::whole(kernel[0], kernel[1], channels);
  window.strideY = op.getStrides()[0], window.strideX = op.getStrides()[1];
  window.offsetY = -op.getPads()[0], window.offsetX = -op.getPads()[1];
  window.dilationY = op.getDilations()[0];
  window.dilationX = op.getDilations()[1];
  return window;
}

/// (C7): `axis` is one of `type`.
mlir::LogicalResult verifyAxis(mlir::Operation *op, int64_t axis,
                               mlir::RankedTensorType type);

} // namespace cm::cmnn

#endif // CM_LIB_DIALECT_CMNN_RULES_H
