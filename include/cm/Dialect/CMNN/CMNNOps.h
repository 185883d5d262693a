//===- CMNNOps.h - the operations of a quantised network -------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CMNNOPS_H
#define CM_DIALECT_CMNN_CMNNOPS_H

#include "cm/Dialect/CMNN/CMNNDialect.h"
#include "cm/Support/Scales.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace cm::cmnn {
/// Whether a tensor can have these extents: at least one, each positive, and at
/// most 2^40 elements.
bool isShape(llvm::ArrayRef<int64_t> extents);

/// An int8 value `v` stands for the real number scale * (v - zeroPoint); an f32
/// has the default and stands for itself.
struct Quantization {
  float scale = 1;
  int32_t zeroPoint = 0;

  bool operator==(const Quantization &other) const {
    return scale == other.scale && zeroPoint == other.zeroPoint;
  }
  bool operator!=(const Quantization &other) const { return !(*this == other); }
};

/// Name of the attribute that keeps the model's name of a tensor, on the
/// operation that computes it and on function arguments and results.
constexpr llvm::StringLiteral tensorAttrName = "cm.tensor";
/// Type of that tensor in the model, where it is not int8.
constexpr llvm::StringLiteral hostTypeAttrName = "cm.host_type";

class WeightOp;

namespace detail {
/// (C5) of every operation that requantises.
mlir::LogicalResult verifyRequantizing(mlir::Operation *op);
/// (C8), (C9) and (C10) of every operation on real numbers.
mlir::LogicalResult verifyQuantizable(mlir::Operation *op);
/// (C8) of every view.
mlir::LogicalResult verifyView(mlir::Operation *op);
/// The attributes of QuantizableOpInterface; missing ones read as the default,
/// and setting them to anything else is a mistake.
Quantization getOperandQuantization(mlir::Operation *op, unsigned index);
void setOperandQuantization(mlir::Operation *op, unsigned index,
                            Quantization value);
Quantization getResultQuantization(mlir::Operation *op);
void setResultQuantization(mlir::Operation *op, Quantization value);
} // namespace detail
} // namespace cm::cmnn

#include "cm/Dialect/CMNN/CMNNEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "cm/Dialect/CMNN/CMNNAttrs.h.inc"

#include "cm/Dialect/CMNN/CMNNInterfaces.h.inc"

#define GET_OP_CLASSES
#include "cm/Dialect/CMNN/CMNNOps.h.inc"

#endif // CM_DIALECT_CMNN_CMNNOPS_H
