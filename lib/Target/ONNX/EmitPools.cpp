//===- EmitPools.cpp - max, average and global average pooling ------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Emitter.h"
#include "Window.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "cm/Dialect/CMNN/CMNNShapes.h"

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

/// The window and, checked, the shape of the result.
static llvm::Expected<Window> readPool(const QNode &node, const Activation &x,
                                       SmallVectorImpl<int64_t> &shape) {
  auto window = readWindow(*node.source, {x.shape[2], x.shape[3]}, {});
  if (!window)
    return window.takeError();
  auto extents = *cmnn::windowExtents(
      x.shape[2], x.shape[3],
      {window->kernel, window->strides, window->dilations, window->pads});
  shape.assign({1, x.shape[1], extents.first, extents.second});
  for (unsigned axis : {0, 1})
    if (!cmnn::everyWindowMeetsImage(
            x.shape[axis + 2], shape[axis + 2], window->kernel[axis],
            window->strides[axis], window->dilations[axis], window->pads[axis]))
      return node.source->error("a window on axis {0} holds padding only",
                                axis + 2);
  return window;
}

llvm::Error Emitter::emitMaxPool(const QNode &node) {
  if (llvm::Error error = expectImage(node))
    return error;
  if (llvm::Error error = node.source->expectInt("storage_order", 0))
    return error;
  const Activation &x = operand(node);
  SmallVector<int64_t> shape;
  auto window = readPool(node, x, shape);
  if (!window)
    return window.takeError();
  if (llvm::Error error = expectSize(node, shape))
    return error;
  Value result = cmnn::MaxPoolOp::create(
      builder, locationOf(node), typeOf(shape), x.value, window->kernel,
      window->strides, window->dilations, window->pads);
  define(node, result, shape);
  return llvm::Error::success();
}

llvm::Error Emitter::emitAveragePool(const QNode &node) {
  if (llvm::Error error = expectImage(node))
    return error;
  const Activation &x = operand(node);
  SmallVector<int64_t> shape;
  auto window = readPool(node, x, shape);
  if (!window)
    return window.takeError();
  if (llvm::Error error = expectSize(node, shape))
    return error;
  auto includePad = node.source->intAttribute("count_include_pad", 0);
  if (!includePad)
    return includePad.takeError();
  if (*includePad != 0 && window->enlarged)
    return node.source->error("count_include_pad with a window that ceil_mode "
                              "lets hang over the end is not supported");
  bool padded = llvm::any_of(window->pads, [](int64_t p) { return p != 0; });
  const Quantisation &in = node.inputs[0].quantisation;
  const Quantisation &out = node.quantisation;
  Value result = cmnn::AveragePoolOp::create(
      builder, locationOf(node), typeOf(shape), x.value, window->kernel,
      window->strides, window->dilations, window->pads,
      padded && *includePad != 0, node.isUnsigned, in.scale, in.zeroPoint,
      out.scale, out.zeroPoint, node.minimum, node.maximum);
  define(node, result, shape);
  return llvm::Error::success();
}

llvm::Error Emitter::emitGlobalAveragePool(const QNode &node) {
  if (llvm::Error error = expectImage(node))
    return error;
  const Activation &x = operand(node);
  SmallVector<int64_t> shape = {1, x.shape[1], 1, 1};
  const Quantisation &in = node.inputs[0].quantisation;
  const Quantisation &out = node.quantisation;
  Value result = cmnn::GlobalAveragePoolOp::create(
      builder, locationOf(node), typeOf(shape), x.value, in.scale, in.zeroPoint,
      out.scale, out.zeroPoint, node.minimum, node.maximum);
  define(node, result, shape);
  return llvm::Error::success();
}
