//===- HeadViews.cpp - where the elements of heads lie --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HeadViews.h"
#include "cm/Dialect/CMNN/CMNNOps.h"

using namespace cm;
using namespace cm::partition;
using namespace mlir;

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

Heads::Heads(Value value) {
  ArrayRef<int64_t> shape = typeOf(value).getShape();
  if (shape.size() < 3)
    return;
  rows = shape[shape.size() - 2], columns = shape.back();
  for (int64_t extent : shape.drop_back(2))
    count *= extent;
}

bool partition::isHeadView(Operation *op) {
  if (auto slice = dyn_cast_or_null<cmnn::SliceOp>(op))
    return slice.getStarts().size() > 3;
  return isa_and_nonnull<cmnn::ReshapeOp, cmnn::TransposeOp>(op);
}

bool partition::isTokens(Value value) {
  RankedTensorType type = typeOf(value);
  return type.getRank() == 3 && type.getDimSize(0) == 1;
}

/// The position in a view's operand of each position in its result; nothing
/// for a reshape, where both are the same.
static std::vector<int64_t> sourcesOf(Operation *view) {
  RankedTensorType from = typeOf(view->getOperand(0));
  SmallVector<int64_t> strides(from.getRank(), 1);
  for (size_t axis = from.getRank(); axis-- > 1;)
    strides[axis - 1] = strides[axis] * from.getDimSize(axis);
  std::vector<int64_t> sources{0};
  auto addAxis = [&](int64_t extent, int64_t first, int64_t stride) {
    std::vector<int64_t> longer;
    for (int64_t base : sources)
      for (int64_t i = 0; i < extent; ++i)
        longer.push_back(base + first + i * stride);
    sources = std::move(longer);
  };
  if (auto transpose = dyn_cast<cmnn::TransposeOp>(view)) {
    for (int64_t axis : transpose.getPermutation())
      addAxis(from.getDimSize(axis), 0, strides[axis]);
  } else if (auto slice = dyn_cast<cmnn::SliceOp>(view)) {
    for (auto [axis, stride] : llvm::enumerate(strides))
      addAxis(slice.getSizes()[axis], slice.getStarts()[axis] * stride,
              slice.getSteps()[axis] * stride);
  } else {
    return {};
  }
  return sources;
}

Origin partition::originOf(Value value, Value root) {
  Origin origin{value, {}};
  for (int64_t i = 0; i < typeOf(value).getNumElements(); ++i)
    origin.positions.push_back(i);
  while (origin.root != root && isHeadView(origin.root.getDefiningOp())) {
    Operation *view = origin.root.getDefiningOp();
    std::vector<int64_t> sources = sourcesOf(view);
    if (!sources.empty())
      for (int64_t &position : origin.positions)
        position = sources[position];
    origin.root = view->getOperand(0);
  }
  return origin;
}

Value partition::findTokensBehind(Value value) {
  Value tokens;
  while (isHeadView(value.getDefiningOp())) {
    value = value.getDefiningOp()->getOperand(0);
    if (isTokens(value))
      tokens = value;
  }
  return tokens;
}

bool partition::matches(const Origin &origin, const Heads &heads,
                        Position expected) {
  for (int64_t head = 0; head < heads.count; ++head)
    for (int64_t row = 0; row < heads.rows; ++row)
      for (int64_t column = 0; column < heads.columns; ++column)
        if (origin.positions[heads.at(head, row, column)] !=
            expected(head, row, column))
          return false;
  return true;
}

FailureOr<bool> partition::isSwapped(const Origin &origin, const Heads &heads,
                                     int64_t rows, Position expected) {
  if (heads.rows == rows && matches(origin, heads, expected))
    return false;
  auto exchanged = [&](int64_t head, int64_t row, int64_t column) {
    return expected(head, column, row);
  };
  if (heads.columns == rows && matches(origin, heads, exchanged))
    return true;
  return failure();
}
