//===- EmitProducts.cpp - convolutions, matrix products and their weights -===//
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
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

/// A symbol for the bytes: the same name with the same value is one symbol,
/// the same name with another value gets a number.
FlatSymbolRefAttr Emitter::emitConstant(const QNode &node, llvm::StringRef name,
                                        RankedTensorType type,
                                        ArrayRef<char> bytes) {
  std::string symbol = name.str();
  for (unsigned number = 1;; ++number) {
    auto known = constants.find(symbol);
    if (known == constants.end())
      break;
    auto value = cast<DenseResourceElementsAttr>(known->second);
    if (value.getType() == type &&
        value.getRawHandle().getBlob()->getData() == bytes)
      return FlatSymbolRefAttr::get(context, symbol);
    symbol = (name + "_" + llvm::Twine(number)).str();
  }
  auto value = DenseResourceElementsAttr::get(
      type, symbol, HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, 8));
  constants[symbol] = value;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(builder.getInsertionBlock()->getParentOp());
  cmnn::WeightOp::create(builder, locationOf(node), symbol,
                         cast<ElementsAttr>(Attribute(value)));
  return FlatSymbolRefAttr::get(context, symbol);
}

FlatSymbolRefAttr Emitter::emitWeights(const QNode &node,
                                       ArrayRef<int64_t> shape,
                                       ArrayRef<int8_t> elements) {
  return emitConstant(
      node, node.weights->name,
      RankedTensorType::get(shape, builder.getI8Type()),
      {reinterpret_cast<const char *>(elements.data()), elements.size()});
}

FlatSymbolRefAttr Emitter::emitBias(const QNode &node) {
  ArrayRef<int32_t> elements = node.bias.elements;
  if (elements.empty())
    return nullptr;
  return emitConstant(
      node, node.bias.name,
      RankedTensorType::get({int64_t(elements.size())}, builder.getI32Type()),
      {reinterpret_cast<const char *>(elements.data()),
       elements.size() * sizeof(int32_t)});
}

/// (co, ci, ky, kx) to (ky, kx, ci, co).
static std::vector<int8_t> toHWIO(const QWeights &weights) {
  int64_t outputs = weights.shape[0], inputs = weights.shape[1],
          pixels = weights.shape[2] * weights.shape[3];
  std::vector<int8_t> result(weights.elements.size());
  for (int64_t co = 0; co < outputs; ++co)
    for (int64_t ci = 0; ci < inputs; ++ci)
      for (int64_t pixel = 0; pixel < pixels; ++pixel)
        result[(pixel * inputs + ci) * outputs + co] =
            weights.elements[(co * inputs + ci) * pixels + pixel];
  return result;
}

llvm::Error Emitter::emitConv(const QNode &node) {
  if (llvm::Error error = expectImage(node))
    return error;
  const Activation &x = operand(node);
  const QWeights &weights = *node.weights;
  auto window = readWindow(*node.source, {x.shape[2], x.shape[3]},
                           std::array{weights.shape[2], weights.shape[3]});
  if (!window)
    return window.takeError();
  auto groups = node.source->intAttribute("group", 1);
  if (!groups)
    return groups.takeError();
  int64_t outputs = weights.shape[0], inputs = weights.shape[1];
  if (*groups < 1 || outputs % *groups != 0 || x.shape[1] % *groups != 0 ||
      x.shape[1] / *groups != inputs)
    return node.source->error(
        "{0} groups, weights of {1} and {2} input channels do not fit together",
        *groups, shapeText(weights.shape), x.shape[1]);
  auto extents = cmnn::windowExtents(
      x.shape[2], x.shape[3],
      {window->kernel, window->strides, window->dilations, window->pads});
  SmallVector<int64_t> shape = {1, outputs, extents->first, extents->second};
  if (llvm::Error error = expectSize(node, shape))
    return error;
  FlatSymbolRefAttr symbol =
      emitWeights(node, {weights.shape[2], weights.shape[3], inputs, outputs},
                  toHWIO(weights));
  const Quantisation &in = node.inputs[0].quantisation;
  const Quantisation &out = node.quantisation;
  Value result = cmnn::Conv2DOp::create(
      builder, locationOf(node), typeOf(shape), x.value, symbol.getValue(),
      emitBias(node), window->strides, window->dilations, window->pads, *groups,
      in.scale, in.zeroPoint, weights.scales, out.scale, out.zeroPoint,
      node.minimum, node.maximum);
  define(node, result, shape);
  return llvm::Error::success();
}

llvm::Error Emitter::emitMatMul(const QNode &node) {
  const Activation &x = operand(node);
  const QWeights &weights = *node.weights;
  bool transposed = node.weightsTransposed;
  int64_t inputs = weights.shape[transposed ? 1 : 0];
  int64_t outputs = weights.shape[transposed ? 0 : 1];
  if (x.shape.size() == 4 || x.shape.back() != inputs ||
      x.value.getType() != typeOf({1, inputs}))
    return node.source->error("operand '{0}' has shape {1}, expected 1x{2} for "
                              "weights of {3}",
                              node.source->input(0), shapeText(x.shape), inputs,
                              shapeText(weights.shape));
  std::vector<int8_t> elements = weights.elements;
  for (int64_t i = 0; transposed && i < inputs; ++i)
    for (int64_t o = 0; o < outputs; ++o)
      elements[i * outputs + o] = weights.elements[o * inputs + i];
  SmallVector<int64_t> shape = x.shape;
  shape.back() = outputs;
  FlatSymbolRefAttr symbol = emitWeights(node, {inputs, outputs}, elements);
  const Quantisation &in = node.inputs[0].quantisation;
  const Quantisation &out = node.quantisation;
  Value result = cmnn::MatMulOp::create(
      builder, locationOf(node), typeOf(shape), x.value, symbol.getValue(),
      emitBias(node), in.scale, in.zeroPoint, weights.scales, out.scale,
      out.zeroPoint, node.minimum, node.maximum);
  define(node, result, shape);
  return llvm::Error::success();
}
