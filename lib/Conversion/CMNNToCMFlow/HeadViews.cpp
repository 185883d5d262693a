//===- HeadViews.cpp - where the elements of heads lie --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HeadViews.h"
#include "cm/Dialect/CMNN/StageForms.h"

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
  auto view = dyn_cast_if_present<cmnn::ViewOpInterface>(op);
  return cmnn::isReordering(op) || (view && view.getElementPositions() &&
                                    typeOf(op->getResult(0)).getRank() > 3);
}

bool partition::isTokens(Value value) {
  RankedTensorType type = typeOf(value);
  return type.getRank() == 3 && type.getDimSize(0) == 1;
}

/// The position in a view's operand of each position in its result; nothing
/// for a reshape, where both are the same.
static std::vector<int64_t> sourcesOf(Operation *view) {
  if (cmnn::isReshape(view))
    return {};
  cmnn::ElementPositions elements =
      *cast<cmnn::ViewOpInterface>(view).getElementPositions();
  std::vector<int64_t> sources{elements.first};
  for (auto [extent, stride] : llvm::zip_equal(
           typeOf(view->getResult(0)).getShape(), elements.strides)) {
    std::vector<int64_t> longer;
    for (int64_t base : sources)
      for (int64_t i = 0; i < extent; ++i)
        longer.push_back(base + i * stride);
    sources = std::move(longer);
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
