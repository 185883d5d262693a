//===- EmitShapes.cpp - operators that only change the shape --------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Emitter.h"
#include "cm/Dialect/CMNN/CMNNOps.h"

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

/// Whether NHWC and NCHW are the same sequence of elements.
static bool orderMatters(ArrayRef<int64_t> shape) {
  return shape.size() == 4 && shape[1] != 1 && shape[2] * shape[3] != 1;
}

/// Through ONNX's own row-major order, NCHW: transpose, reshape, transpose.
llvm::Error Emitter::emitReshapeTo(const QNode &node, ArrayRef<int64_t> shape) {
  const Activation x = operand(node);
  if (shape.empty() || shape.front() != 1 ||
      countElements(shape) != countElements(x.shape))
    return node.source->error("shape {0} cannot become {1}: expected as many "
                              "elements and a first extent of 1, the batch",
                              shapeText(x.shape), shapeText(shape));
  Location location = locationOf(node);
  Value value = x.value;
  auto transpose = [&](ArrayRef<int64_t> permutation, ArrayRef<int64_t> to) {
    value = cmnn::TransposeOp::create(
        builder, location, RankedTensorType::get(to, builder.getI8Type()),
        value, permutation);
  };
  auto reshape = [&](RankedTensorType type) {
    if (value.getType() != type)
      value = cmnn::ReshapeOp::create(builder, location, type, value);
  };
  if (llvm::ArrayRef(x.shape) != shape) {
    if (orderMatters(x.shape))
      transpose({0, 3, 1, 2}, x.shape);
    if (orderMatters(shape)) {
      reshape(RankedTensorType::get(shape, builder.getI8Type()));
      transpose({0, 2, 3, 1}, typeOf(shape).getShape());
    } else {
      reshape(typeOf(shape));
    }
  }
  if (value != x.value)
    define(node, value, shape);
  else
    activations[node.output] = {value, llvm::to_vector(shape)};
  return llvm::Error::success();
}

llvm::Error Emitter::emitFlatten(const QNode &node) {
  ArrayRef<int64_t> from = operand(node).shape;
  auto axis = node.source->intAttribute("axis", 1);
  if (!axis)
    return axis.takeError();
  int64_t rank = from.size();
  int64_t at = *axis < 0 ? *axis + rank : *axis;
  if (at < 0 || at > rank)
    return node.source->error("attribute 'axis' is {0}, expected {1} to {2}",
                              *axis, -rank, rank);
  SmallVector<int64_t> shape = {*countElements(from.take_front(at)),
                                *countElements(from.drop_front(at))};
  return emitReshapeTo(node, shape);
}

/// 0 keeps an extent, one -1 takes what is left.
llvm::Error Emitter::emitReshape(const QNode &node) {
  ArrayRef<int64_t> from = operand(node).shape;
  SmallVector<int64_t> shape(node.targetShape.begin(), node.targetShape.end());
  int64_t *open = nullptr;
  for (auto [i, extent] : llvm::enumerate(shape)) {
    bool second = extent == -1 && open;
    if (extent < -1 || second || (extent == 0 && i >= from.size()))
      return node.source->error("shape {0} is not valid for an operand of {1}",
                                shapeText(shape), shapeText(from));
    if (extent == 0)
      extent = from[i];
    if (extent == -1)
      open = &extent;
  }
  if (open) {
    *open = 1;
    std::optional<int64_t> others = countElements(shape);
    if (others && *others != 0)
      *open = *countElements(from) / *others;
  }
  return emitReshapeTo(node, shape);
}
