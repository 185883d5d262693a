//===- Passes.h - passes on cmnn -------------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_PASSES_H
#define CM_DIALECT_CMNN_PASSES_H

#include "cm/Dialect/CMNN/CMNNOps.h"
#include "mlir/Pass/Pass.h"

namespace cm::cmnn {

#define GEN_PASS_DECL
#include "cm/Dialect/CMNN/Passes.h.inc"

/// What fuseQuantization did.
struct FusionCounts {
  /// Functions put together again, constants that went into weights.
  int64_t recognised = 0, folded = 0;
  /// Quantisations that an int8 form absorbed, views that moved past one, float
  /// ports that became int8, weights that nothing used any more.
  int64_t fused = 0, views = 0, ports = 0, weights = 0;
};

/// Brings a module of f32 operations between `cmnn.dequantize` and
/// `cmnn.quantize` to int8 operations as far as it goes: see cmnn-normalise. An
/// operation takes the discardable attributes (names) of the quantize that it
/// absorbs, and the fused location of all that it stands for.
llvm::LogicalResult fuseQuantization(mlir::ModuleOp module,
                                     FusionCounts *counts = nullptr);

/// Erases weights without a user and returns their number.
int64_t eraseUnusedWeights(mlir::ModuleOp module);

/// The f32 `value` as `cmnn.dequantize` of an int8: itself where it is one;
/// where views and clips (with bounds that are int8 values) of one lead to it,
/// they are built on int8 and uses of `value` replaced; null otherwise. For
/// importers that look for an int8 operand.
DequantizeOp dequantizedFrom(mlir::OpBuilder &builder, mlir::Value value);

#define GEN_PASS_REGISTRATION
#include "cm/Dialect/CMNN/Passes.h.inc"

} // namespace cm::cmnn

#endif // CM_DIALECT_CMNN_PASSES_H
