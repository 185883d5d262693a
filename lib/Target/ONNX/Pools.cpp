//===- Pools.cpp - windows and whole images -------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Importer.h"
#include "Window.h"
#include "cm/Dialect/CMNN/CMNNShapes.h"

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

namespace {
/// A pool's operand as an image, its window, and the shape of its result.
struct Pool {
  int64_t rank = 4; // of the operand
  Tensor image;
  onnx_import::Window window;
  Shape shape;
};
} // namespace

static llvm::Expected<Pool> readPool(Importer &in, const Node &node,
                                     const Tensor &x) {
  Pool pool;
  pool.rank = x.rank();
  auto image = in.image(node, x, node.input(0));
  if (!image)
    return image.takeError();
  pool.image = *image;
  const Shape &extents = image->shape;
  unsigned axes = pool.rank == 3 ? 1 : 2;
  auto window = readWindow(node, {axes, {extents[2], extents[3]}, {}});
  if (!window)
    return window.takeError();
  pool.window = *window;
  auto positions = *cmnn::windowExtents(
      extents[2], extents[3],
      {window->kernel, window->strides, window->dilations, window->pads});
  pool.shape = {extents[0], extents[1], positions.first, positions.second};
  for (unsigned axis : {0, 1})
    if (!cmnn::everyWindowMeetsImage(
            extents[axis + 2], pool.shape[axis + 2], window->kernel[axis],
            window->strides[axis], window->dilations[axis], window->pads[axis]))
      return node.error("a window on axis {0} holds padding only", axis + axes);
  if (llvm::Error error = in.checkSize(node, pool.shape))
    return error;
  return pool;
}

template <typename Properties>
static void setWindow(Importer &in, const onnx_import::Window &window,
                      Properties &properties) {
  properties.kernel = in.array(window.kernel);
  properties.strides = in.array(window.strides);
  properties.dilations = in.array(window.dilations);
  properties.pads = in.array(window.pads);
}

static llvm::Error importMaxPool(Importer &in, const Node &node) {
  if (llvm::Error error = node.expectInt("storage_order", 0))
    return error;
  auto x = in.tensor(node, 0);
  if (!x)
    return x.takeError();
  auto pool = readPool(in, node, *x);
  if (!pool)
    return pool.takeError();
  cmnn::MaxPoolOp::Properties properties;
  setWindow(in, pool->window, properties);
  Tensor y = in.view(
      pool->image, pool->shape, imageLayout(), [&](Value value, Type type) {
        return in.emit<cmnn::MaxPoolOp>(node, type, value, properties);
      });
  in.define(node, in.fromImage(node, y, pool->rank));
  return llvm::Error::success();
}

static llvm::Expected<bool> readChannelsLast(const Node &node) {
  auto last = node.intAttribute("channels_last", 0);
  if (!last)
    return last.takeError();
  return *last != 0;
}

/// NCHW as NHWC, where the model has the channels `last`.
static Tensor withChannels(const Tensor &x, bool last) {
  if (!last || x.rank() < 3)
    return x;
  Shape perm = identityLayout(x.rank());
  std::rotate(perm.begin() + 1, perm.begin() + 2, perm.end());
  return renameAxes(x, perm);
}

/// NHWC as NCHW, likewise.
static Tensor withoutChannels(const Tensor &x, bool last) {
  if (!last || x.rank() < 3)
    return x;
  Shape perm = identityLayout(x.rank());
  std::rotate(perm.begin() + 1, perm.end() - 1, perm.end());
  return renameAxes(x, perm);
}

/// The operand in float, or int8 with a quantization, and what the result is
/// but for shape and value.
static llvm::Expected<std::pair<Tensor, Tensor>>
readOperand(Importer &in, const Node &node, bool quantised, bool last) {
  if (!quantised) {
    auto x = in.floatTensor(node, 0);
    if (!x)
      return x.takeError();
    return std::pair(withoutChannels(*x, last), Tensor());
  }
  auto x = in.quantisedTensor(node, 0);
  if (!x)
    return x.takeError();
  auto y = in.quantisedResult(node, 3, x->isUnsigned);
  if (!y)
    return y.takeError();
  return std::pair(withoutChannels(*x, last), *y);
}

template <typename Properties>
static void setQuantization(Importer &in, const Tensor &x, const Tensor &y,
                            Properties &properties) {
  if (!x.isInt8())
    return;
  properties.x_scale = in.f32(x.quantization->scale);
  properties.x_zero_point = in.i8(x.quantization->zeroPoint);
  properties.y_scale = in.f32(y.quantization->scale);
  properties.y_zero_point = in.i8(y.quantization->zeroPoint);
}

template <bool quantised>
static llvm::Error importAveragePool(Importer &in, const Node &node) {
  auto last = readChannelsLast(node);
  if (!last)
    return last.takeError();
  auto operand = readOperand(in, node, quantised, *last);
  if (!operand)
    return operand.takeError();
  auto &[x, y] = *operand;
  auto pool = readPool(in, node, x);
  if (!pool)
    return pool.takeError();
  auto includePad = node.intAttribute("count_include_pad", 0);
  if (!includePad)
    return includePad.takeError();
  if (*includePad != 0 && pool->window.enlarged)
    return node.error("count_include_pad with a window that ceil_mode lets "
                      "hang over the end is not supported");
  bool padded =
      llvm::any_of(pool->window.pads, [](int64_t p) { return p != 0; });
  cmnn::AveragePoolOp::Properties properties;
  setWindow(in, pool->window, properties);
  setQuantization(in, x, y, properties);
  properties.count_include_pad = in.unit(padded && *includePad != 0);
  properties.unsigned_rounding = in.unit(y.isUnsigned);
  y.shape = pool->shape;
  y.layout = imageLayout();
  y.value = in.emit<cmnn::AveragePoolOp>(
      node, in.typeOf(y.shape, y.layout, x.elementType()), pool->image.value,
      properties);
  in.define(node, withChannels(in.fromImage(node, y, pool->rank), *last));
  return llvm::Error::success();
}

template <bool quantised>
static llvm::Error importGlobalAveragePool(Importer &in, const Node &node) {
  auto last = readChannelsLast(node);
  if (!last)
    return last.takeError();
  auto operand = readOperand(in, node, quantised, *last);
  if (!operand)
    return operand.takeError();
  auto &[x, y] = *operand;
  auto image = in.image(node, x, node.input(0));
  if (!image)
    return image.takeError();
  cmnn::GlobalAveragePoolOp::Properties properties;
  setQuantization(in, x, y, properties);
  y.shape = {image->shape[0], image->shape[1], 1, 1};
  y.layout = imageLayout();
  y.value = in.emit<cmnn::GlobalAveragePoolOp>(
      node, in.typeOf(y.shape, y.layout, x.elementType()), image->value,
      properties);
  in.define(node, withChannels(in.fromImage(node, y, x.rank()), *last));
  return llvm::Error::success();
}

static llvm::Error importGlobalMaxPool(Importer &in, const Node &node) {
  auto x = in.tensor(node, 0);
  if (!x)
    return x.takeError();
  auto image = in.image(node, *x, node.input(0));
  if (!image)
    return image.takeError();
  cmnn::ReduceMaxOp::Properties properties;
  properties.axes = in.array({1, 2});
  Shape shape = {image->shape[0], image->shape[1], 1, 1};
  Tensor y = in.view(*image, shape, imageLayout(), [&](Value value, Type type) {
    return in.emit<cmnn::ReduceMaxOp>(node, type, value, properties);
  });
  in.define(node, in.fromImage(node, y, x->rank()));
  return llvm::Error::success();
}

void onnx_import::addPoolHandlers(HandlerTable &table) {
  const AttributeNames maxPool = {"auto_pad",     "ceil_mode", "dilations",
                                  "kernel_shape", "pads",      "storage_order",
                                  "strides"};
  const AttributeNames window = {
      "auto_pad",  "ceil_mode",    "channels_last", "count_include_pad",
      "dilations", "kernel_shape", "pads",          "strides"};
  table["ai.onnx.MaxPool"] = {importMaxPool, {1, 1}, maxPool};
  table["ai.onnx.AveragePool"] = {importAveragePool<false>, {1, 1}, window};
  table["ai.onnx.GlobalAveragePool"] = {importGlobalAveragePool<false>, {1, 1}};
  table["ai.onnx.GlobalMaxPool"] = {importGlobalMaxPool, {1, 1}};
  table["com.microsoft.QLinearAveragePool"] = {
      importAveragePool<true>, {4, 5}, window};
  table["com.microsoft.QLinearGlobalAveragePool"] = {
      importGlobalAveragePool<true>, {4, 5}, {"channels_last"}};
}
