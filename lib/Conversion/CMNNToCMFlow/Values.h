//===- Values.h - what a tensor value is to stages --------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_CONVERSION_CMNNTOCMFLOW_VALUES_H
#define CM_LIB_CONVERSION_CMNNTOCMFLOW_VALUES_H

#include "cm/Dialect/CMFlow/CMFlowOps.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "cm/Dialect/CMNN/StageForms.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace cm::partition {

using cmnn::extentOf;
using cmnn::isByteFunction;
using cmnn::isConstant;
using cmnn::isTransposedOperand;
using cmnn::Lattice;
using cmnn::Lattices;
using cmnn::StageRole;

/// The value behind reshapes: what is stored once. The result of a channel
/// shuffle, and that of a reshape that moves pixels, are values of their own.
mlir::Value resolve(mlir::Value value);

/// A reshape to other rows of the same pixels, as of an image to tokens.
bool movesPixels(mlir::Operation *op);

/// What an operation computes with: its operands, of a channel shuffle the
/// value that the chain begins with; of an operand that is read transposed,
/// what it is transposed from.
llvm::SmallVector<mlir::Value> operandsOf(mlir::Operation *op);

/// Users of the value other than reshapes, through reshapes; a user appears
/// once per operand. Of a chain that shuffles channels the last one is the
/// user.
llvm::SmallVector<mlir::Operation *> usersOf(mlir::Value value);

/// The access relation of operand `index` of an operation with stages, in a
/// lattice of it.
Window windowOf(mlir::Operation *op, unsigned index, const Lattice &lattice);

/// A view of a range of the channels of all pixels that no function returns: no
/// element of it moves.
bool isChannelRange(mlir::Operation *op);

/// The value's own name in the model, or an empty string.
llvm::StringRef nameOf(mlir::Value value);

/// All names of the value, its reshapes included, as the attribute `cm.tensor`
/// of a vector operation; null where it has none.
mlir::ArrayAttr tensorNames(mlir::Value value);

/// The attribute `cm.part`: the names of the tensor of which an operation
/// computes the channels from `cm.channel` on, as one head of an attention.
constexpr llvm::StringLiteral partAttrName = "cm.part";

/// Channels of the object of a value.
struct Home {
  mlir::Value object; // the value that it is named after
  int64_t channel = 0;
};

/// Where values lie: each in an object of its own, but a range of channels in
/// that of the whole, and an operand of a concat, as far as possible, in that
/// of the concat.
class Homes {
public:
  /// Puts `value` at a channel of `whole`, a concat.
  void put(mlir::Value value, mlir::Value whole, int64_t channel);
  bool isPart(mlir::Value value) const { return parts.count(value); }
  Home find(mlir::Value value) const;
  /// The tensor whose names the stages that compute `value` give: its own, or
  /// that of a concat whose parts have none. `channel` is its first there.
  mlir::ArrayAttr names(mlir::Value value, int64_t &channel) const;
  /// A concat whose operands have no names, and stages of their own.
  void setNamed(mlir::Value concat) { named.insert(concat); }
  bool isNamed(mlir::Value concat) const { return named.contains(concat); }

private:
  llvm::DenseMap<mlir::Value, Home> parts;
  llvm::DenseSet<mlir::Value> named;
};

} // namespace cm::partition

#endif // CM_LIB_CONVERSION_CMNNTOCMFLOW_VALUES_H
