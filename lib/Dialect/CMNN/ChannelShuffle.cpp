//===- ChannelShuffle.cpp - views that permute channels -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMNN/ChannelShuffle.h"
#include "cm/Dialect/CMNN/StageForms.h"

using namespace cm;
using namespace cm::cmnn;
using namespace mlir;

Value cmnn::getViewRoot(Value value) {
  while (isReordering(value.getDefiningOp()))
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
  if (!isReordering(op))
    return false;
  Value result = op->getResult(0);
  auto extents = extentsOf(result);
  if (!extents || extents != extentsOf(getViewRoot(result)))
    return false;
  // A reshape of what is one already is only a reshape.
  for (Value value = result; isReordering(value.getDefiningOp());) {
    Operation *view = value.getDefiningOp();
    if (!isReshape(view))
      return true;
    value = view->getOperand(0);
    if (extentsOf(value) == extents)
      return false;
  }
  return false;
}

bool cmnn::isWithinShuffle(Operation *op) {
  return isReordering(op) && !op->use_empty() &&
         llvm::all_of(op->getUsers(), [](Operation *user) {
           return isChannelShuffle(user) || isWithinShuffle(user);
         });
}

/// Where element `index` of a view's result lies in its operand, both counted
/// in row-major order.
static int64_t positionOf(Operation *view, int64_t index) {
  ElementPositions elements =
      *cast<ViewOpInterface>(view).getElementPositions();
  ArrayRef<int64_t> shape = shapeOf(view->getResult(0));
  int64_t position = elements.first;
  for (size_t axis = shape.size(); axis-- > 0; index /= shape[axis])
    position += index % shape[axis] * elements.strides[axis];
  return position;
}

FailureOr<SmallVector<int32_t>> cmnn::getChannelOrder(Operation *shuffle) {
  SmallVector<Operation *> chain;
  for (Operation *view = shuffle; isReordering(view);
       view = view->getOperand(0).getDefiningOp())
    if (!isReshape(view))
      chain.push_back(view);
  auto type = cast<RankedTensorType>(shuffle->getResult(0).getType());
  int64_t channels = type.getShape().back();
  SmallVector<int32_t> order;
  for (int64_t i = 0; i < type.getNumElements(); ++i) {
    int64_t position = i;
    for (Operation *view : chain)
      position = positionOf(view, position);
    int64_t pixel = i / channels * channels;
    if (i < channels)
      order.push_back(position);
    if (position < pixel || position - pixel >= channels ||
        position - pixel != order[i - pixel])
      return failure();
  }
  return order;
}
