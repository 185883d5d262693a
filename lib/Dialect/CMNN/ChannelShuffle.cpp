//===- ChannelShuffle.cpp - views that permute channels -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMNN/ChannelShuffle.h"
#include "cm/Dialect/CMNN/CMNNOps.h"

using namespace cm;
using namespace cm::cmnn;
using namespace mlir;

static bool isView(Operation *op) {
  return isa_and_nonnull<ReshapeOp, TransposeOp>(op);
}

Value cmnn::getViewRoot(Value value) {
  while (isView(value.getDefiningOp()))
    value = value.getDefiningOp()->getOperand(0);
  return value;
}

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// 1xHxWxC or 1xC as HxWxC.
static std::optional<SmallVector<int64_t, 3>> extentsOf(Value value) {
  ArrayRef<int64_t> shape = shapeOf(value);
  if (shape[0] != 1 || (shape.size() != 4 && shape.size() != 2))
    return std::nullopt;
  if (shape.size() == 2)
    return SmallVector<int64_t, 3>{1, 1, shape[1]};
  return SmallVector<int64_t, 3>(shape.drop_front());
}

bool cmnn::isChannelShuffle(Operation *op) {
  if (!isView(op))
    return false;
  Value result = op->getResult(0);
  auto extents = extentsOf(result);
  if (!extents || extents != extentsOf(getViewRoot(result)))
    return false;
  // A reshape of what is one already is only a reshape.
  for (Value value = result; isView(value.getDefiningOp());) {
    Operation *view = value.getDefiningOp();
    if (isa<TransposeOp>(view))
      return true;
    value = view->getOperand(0);
    if (extentsOf(value) == extents)
      return false;
  }
  return false;
}

bool cmnn::isWithinShuffle(Operation *op) {
  return isView(op) && !op->use_empty() &&
         llvm::all_of(op->getUsers(), [](Operation *user) {
           return isChannelShuffle(user) || isWithinShuffle(user);
         });
}

/// Where element `index` of a transpose's result lies in its operand, both
/// counted in row-major order.
static int64_t transposed(TransposeOp op, int64_t index) {
  ArrayRef<int64_t> from = shapeOf(op.getX()), to = shapeOf(op.getY());
  SmallVector<int64_t> at(from.size());
  for (size_t axis = to.size(); axis-- > 0; index /= to[axis])
    at[op.getPermutation()[axis]] = index % to[axis];
  int64_t position = 0;
  for (auto [extent, i] : llvm::zip(from, at))
    position = position * extent + i;
  return position;
}

FailureOr<SmallVector<int32_t>> cmnn::getChannelOrder(Operation *shuffle) {
  SmallVector<TransposeOp> chain;
  for (Value value = shuffle->getResult(0); isView(value.getDefiningOp());
       value = value.getDefiningOp()->getOperand(0))
    if (auto transpose = value.getDefiningOp<TransposeOp>())
      chain.push_back(transpose);
  auto type = cast<RankedTensorType>(shuffle->getResult(0).getType());
  int64_t channels = type.getShape().back();
  SmallVector<int32_t> order;
  for (int64_t i = 0; i < type.getNumElements(); ++i) {
    int64_t position = i;
    for (TransposeOp transpose : chain)
      position = transposed(transpose, position);
    int64_t pixel = i / channels * channels;
    if (i < channels)
      order.push_back(position);
    if (position < pixel || position - pixel >= channels ||
        position - pixel != order[i - pixel])
      return failure();
  }
  return order;
}
