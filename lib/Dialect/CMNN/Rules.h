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

/// The weight that `symbol` names; null where it is null.
WeightOp weightOf(mlir::Operation *op, mlir::FlatSymbolRefAttr symbol);

/// A number that an operation computes of its scales (docs/Numerics.md) and
/// that is none itself, `what` by the names of attributes.
struct BadScale {
  llvm::StringRef what;
  float value;
  std::optional<int64_t> channel;
};
std::optional<BadScale> findBadScale(mlir::Operation *op);

/// (C10): there is none.
mlir::LogicalResult verifyScales(mlir::Operation *op);

/// (C7): `axis` is one of `type`.
mlir::LogicalResult verifyAxis(mlir::Operation *op, int64_t axis,
                               mlir::RankedTensorType type);

} // namespace cm::cmnn

#endif // CM_LIB_DIALECT_CMNN_RULES_H
