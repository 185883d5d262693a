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
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include <cmath>
#include <cstdint>
#include <vector>

namespace cm::cmnn {
/// Whether a float can be a scale: positive and neither infinite nor NaN nor
/// subnormal.
inline bool isScale(float value) { return value > 0 && std::isnormal(value); }

/// Name of the attribute that keeps the model's name of a tensor, on the
/// operation that computes it and on function arguments and results.
constexpr llvm::StringLiteral tensorAttrName = "cm.tensor";
/// Type of that tensor in the model, where it is not int8.
constexpr llvm::StringLiteral hostTypeAttrName = "cm.host_type";

class WeightOp;

namespace detail {
/// (C5) of every operation that requantises.
mlir::LogicalResult verifyRequantizing(mlir::Operation *op);
} // namespace detail
} // namespace cm::cmnn

#include "cm/Dialect/CMNN/CMNNInterfaces.h.inc"

#define GET_OP_CLASSES
#include "cm/Dialect/CMNN/CMNNOps.h.inc"

#endif // CM_DIALECT_CMNN_CMNNOPS_H
