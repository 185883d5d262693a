//===- StageForms.cpp - forms of operations that have stages --------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMNN/StageForms.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

using namespace cm;
using namespace cm::cmnn;
using namespace mlir;

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

/// A constant with one element, or one for each channel.
static bool isChannelConstant(Value value) {
  return value.getDefiningOp<ConstantOp>() &&
         typeOf(value).getNumElements() == typeOf(value).getShape().back();
}

bool cmnn::isByteFunction(Operation *op) {
  if (op->getNumOperands() == 0 || op->getNumResults() != 1)
    return false;
  for (Value value : {op->getOperand(0), Value(op->getResult(0))})
    if (!isa<RankedTensorType>(value.getType()) ||
        !typeOf(value).getElementType().isInteger(8))
      return false;
  if (auto prelu = dyn_cast<PReluOp>(op))
    return isChannelConstant(prelu.getB());
  return isa<AbsOp, AffineOp, ClipOp, ErfOp, ExpOp, GeluOp, HardSigmoidOp,
             HardSwishOp, LeakyReluOp, LogOp, NegOp, PowOp, ReciprocalOp,
             RequantizeOp, SigmoidOp, SqrtOp, TableOp, TanhOp>(op);
}

bool cmnn::isConstant(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || isa<ConstantOp>(op))
    return op != nullptr;
  return (isa<ReshapeOp>(op) || isByteFunction(op)) &&
         isConstant(op->getOperand(0));
}

bool cmnn::isTransposedOperand(Operation *op) {
  auto transpose = dyn_cast<TransposeOp>(op);
  return transpose &&
         transpose.getPermutation() == ArrayRef<int64_t>{0, 2, 1} &&
         llvm::all_of(transpose->getUsers(), [&](Operation *user) {
           auto product = dyn_cast<BatchMatMulOp>(user);
           return product && product.getA() != transpose.getY();
         });
}

bool cmnn::reducesPixels(Operation *op) {
  ArrayRef<int64_t> axes;
  if (auto mean = dyn_cast<ReduceMeanOp>(op))
    axes = mean.getAxes();
  else if (auto max = dyn_cast<ReduceMaxOp>(op))
    axes = max.getAxes();
  else
    return false;
  int64_t rank = typeOf(op->getOperand(0)).getRank();
  return rank > 2 && llvm::equal(axes, llvm::seq<int64_t>(1, rank - 1));
}

Operation *cmnn::findUserOfPixels(Value value) {
  for (Operation *user : value.getUsers()) {
    if (isa<MatMulOp, AddOp, MulOp, func::ReturnOp>(user))
      continue;
    if (!isa<ReshapeOp>(user))
      return user;
    if (Operation *other = findUserOfPixels(user->getResult(0)))
      return other;
  }
  return nullptr;
}
