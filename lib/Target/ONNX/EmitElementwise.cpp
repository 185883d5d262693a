//===- EmitElementwise.cpp - sums, requantisation and softmax -------------===//
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

llvm::Error Emitter::emitAdd(const QNode &node) {
  const Activation &a = operand(node, 0), &b = operand(node, 1);
  if (a.shape != b.shape)
    return node.source->error("operands have shapes {0} and {1}, expected the "
                              "same shape (broadcasting is not supported)",
                              shapeText(a.shape), shapeText(b.shape));
  const Quantisation &qa = node.inputs[0].quantisation;
  const Quantisation &qb = node.inputs[1].quantisation;
  const Quantisation &out = node.quantisation;
  Value result = cmnn::AddOp::create(
      builder, locationOf(node), a.value.getType(), a.value, b.value, qa.scale,
      qa.zeroPoint, qb.scale, qb.zeroPoint, node.isUnsigned, out.scale,
      out.zeroPoint, node.minimum, node.maximum);
  SmallVector<int64_t> shape = a.shape;
  define(node, result, shape);
  return llvm::Error::success();
}

llvm::Error Emitter::emitRequantize(const QNode &node) {
  const Activation &x = operand(node);
  const Quantisation &in = node.inputs[0].quantisation;
  const Quantisation &out = node.quantisation;
  Value result = cmnn::RequantizeOp::create(
      builder, locationOf(node), x.value.getType(), x.value, in.scale,
      in.zeroPoint, out.scale, out.zeroPoint, node.minimum, node.maximum);
  SmallVector<int64_t> shape = x.shape;
  define(node, result, shape);
  return llvm::Error::success();
}

/// cmnn's softmax runs along the channels of each pixel. Before version 13 ONNX
/// flattens all axes from `axis` on.
llvm::Error Emitter::emitSoftmax(const QNode &node) {
  const Activation &x = operand(node);
  auto version = node.source->intAttribute("opset", node.source->opset());
  if (!version)
    return version.takeError();
  auto axis = node.source->intAttribute("axis", *version < 13 ? 1 : -1);
  if (!axis)
    return axis.takeError();
  int64_t rank = x.shape.size();
  int64_t along = *axis < 0 ? *axis + rank : *axis;
  bool fits = along >= 0 && along < rank;
  for (int64_t i = 1; fits && i < rank; ++i) {
    bool summed = *version < 13 ? i >= along : i == along;
    bool channel = rank != 4 || i == 1;
    fits = summed == channel || x.shape[i] == 1;
  }
  if (!fits)
    return node.source->error("softmax along axis {0} of shape {1} is not "
                              "supported, expected the channels",
                              *axis, shapeText(x.shape));
  const Quantisation &in = node.inputs[0].quantisation;
  const Quantisation &out = node.quantisation;
  Value result = cmnn::SoftmaxOp::create(
      builder, locationOf(node), x.value.getType(), x.value, in.scale,
      in.zeroPoint, out.scale, out.zeroPoint);
  SmallVector<int64_t> shape = x.shape;
  define(node, result, shape);
  return llvm::Error::success();
}
