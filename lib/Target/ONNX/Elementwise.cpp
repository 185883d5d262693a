//===- Elementwise.cpp - operators of two tensors -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Importer.h"
#include <cmath>

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

//===----------------------------------------------------------------------===//
// Float, and exact int32
//===----------------------------------------------------------------------===//

/// Checks that two aligned operands have one type, float or, where `integers`
/// is set, int32.
static llvm::Error checkTypes(const Node &node, const Tensor &a,
                              const Tensor &b, bool integers) {
  if (a.elementType() == b.elementType() &&
      (a.isFloat() || (integers && a.elementType().isInteger(32))))
    return llvm::Error::success();
  unsigned culprit = a.isFloat() ? 1 : 0;
  return node.error("operand '{0}' is an integer, expected float",
                    node.input(culprit));
}

template <typename OpT>
static llvm::Error emitBinary(Importer &in, const Node &node,
                              bool integers = false) {
  Shape shape;
  auto operands = in.align(node, 0, 1, shape);
  if (!operands)
    return operands.takeError();
  auto &[a, b] = *operands;
  if (llvm::Error error = checkTypes(node, a, b, integers))
    return error;
  Tensor y;
  y.shape = shape;
  y.layout = a.layout;
  y.value = in.emit<OpT>(node, in.typeOf(shape, y.layout, a.elementType()),
                         {a.value, b.value}, {});
  in.define(node, y);
  return llvm::Error::success();
}

template <typename OpT, bool integers>
static llvm::Error importBinary(Importer &in, const Node &node) {
  return emitBinary<OpT>(in, node, integers);
}

//===----------------------------------------------------------------------===//
// QOperator
//===----------------------------------------------------------------------===//

/// Operands 0 and 3 are tensors, with their quantizations behind them.
template <typename OpT>
static llvm::Error importQLinearBinary(Importer &in, const Node &node) {
  Shape shape;
  auto operands = in.align(node, 0, 3, shape);
  if (!operands)
    return operands.takeError();
  typename OpT::Properties properties;
  auto &[a, b] = *operands;
  for (auto [i, x] : {std::pair(0, &a), std::pair(3, &b)}) {
    if (!x->isInt8())
      return node.error("operand '{0}' is {1}, expected int8 or uint8",
                        node.input(i), x->isFloat() ? "float" : "an integer");
    auto quantization = in.quantization(node, i + 1, i + 2, x->isUnsigned);
    if (!quantization)
      return quantization.takeError();
    (i == 0 ? properties.a_scale : properties.b_scale) =
        in.f32(quantization->scale);
    (i == 0 ? properties.a_zero_point : properties.b_zero_point) =
        in.i8(quantization->zeroPoint);
  }
  auto y = in.quantisedResult(node, 6, a.isUnsigned);
  if (!y)
    return y.takeError();
  properties.unsigned_rounding = in.unit(y->isUnsigned);
  properties.y_scale = in.f32(y->quantization->scale);
  properties.y_zero_point = in.i8(y->quantization->zeroPoint);
  y->shape = shape;
  y->layout = a.layout;
  y->value = in.emit<OpT>(node, in.typeOf(shape, a.layout, a.elementType()),
                          {a.value, b.value}, properties);
  in.define(node, *y);
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// BatchNormalization
//===----------------------------------------------------------------------===//

/// Operands 1 to 4: scale, bias, mean, variance of each channel.
static llvm::Expected<std::array<Constant, 4>>
readStatistics(Importer &in, const Node &node, int64_t channels) {
  std::array<Constant, 4> statistics;
  for (unsigned i : {0, 1, 2, 3}) {
    auto constant = in.floats(node, i + 1);
    if (!constant)
      return constant.takeError();
    if (constant->size() != channels)
      return node.error("operand '{0}' has {1} elements, expected {2}, one per "
                        "channel",
                        node.input(i + 1), constant->size(), channels);
    statistics[i] = *constant;
  }
  return statistics;
}

/// Factor and offset of each channel, rounded as ONNX Runtime rounds them.
static std::array<std::vector<float>, 2>
combine(const std::array<Constant, 4> &statistics, float epsilon) {
  const auto &[gamma, beta, mean, variance] = statistics;
  std::array<std::vector<float>, 2> lists;
  auto floatAt = [](const Constant &list, int64_t c) {
    return static_cast<float>(list.realAt(c));
  };
  for (int64_t c = 0; c < gamma.size(); ++c) {
    float reciprocal = 1.0f / std::sqrt(floatAt(variance, c) + epsilon);
    float factor = reciprocal * floatAt(gamma, c);
    float shift = floatAt(mean, c) * factor;
    lists[0].push_back(factor);
    lists[1].push_back(floatAt(beta, c) - shift);
  }
  return lists;
}

static llvm::Expected<float> readBatchNorm(const Node &node) {
  if (llvm::Error error = node.expectInt("training_mode", 0))
    return error;
  if (llvm::Error error = node.expectInt("spatial", 1))
    return error;
  return node.floatAttribute("epsilon", 1e-5f);
}

/// x * factor + offset, of which a product before it takes both in.
static llvm::Error importBatchNormalization(Importer &in, const Node &node) {
  auto epsilon = readBatchNorm(node);
  if (!epsilon)
    return epsilon.takeError();
  auto x = in.floatTensor(node, 0);
  if (!x)
    return x.takeError();
  if (x->rank() < 2)
    return node.error("operand '{0}' has shape {1}, expected channels",
                      node.input(0), shapeText(x->shape));
  auto statistics = readStatistics(in, node, x->shape[1]);
  if (!statistics)
    return statistics.takeError();
  Shape shape(x->rank(), 1);
  shape[1] = x->shape[1];
  Tensor y{x->value, x->shape, x->layout, false, {}, nullptr};
  auto lists = combine(*statistics, *epsilon);
  for (unsigned i : {0, 1}) {
    Constant list =
        Constant::make<float>(ElementType::Float32, shape, lists[i]);
    list.name = (*statistics)[i].name;
    auto constant = in.constantTensor(node, list, shape, x->layout);
    if (!constant)
      return constant.takeError();
    y.value = i == 0 ? in.emit<cmnn::MulOp>(node, y.value.getType(),
                                            {y.value, constant->value}, {})
                     : in.emit<cmnn::AddOp>(node, y.value.getType(),
                                            {y.value, constant->value}, {});
  }
  in.define(node, y);
  return llvm::Error::success();
}

void onnx_import::addElementwiseHandlers(HandlerTable &table) {
  table["ai.onnx.Add"] = {importBinary<cmnn::AddOp, true>, {2, 2}};
  table["ai.onnx.Sub"] = {importBinary<cmnn::SubOp, true>, {2, 2}};
  table["ai.onnx.Mul"] = {importBinary<cmnn::MulOp, true>, {2, 2}};
  table["ai.onnx.Div"] = {importBinary<cmnn::DivOp, false>, {2, 2}};
  table["ai.onnx.PRelu"] = {importBinary<cmnn::PReluOp, false>, {2, 2}};
  table["ai.onnx.BatchNormalization"] = {
      importBatchNormalization,
      {5, 5, 5},
      {"epsilon", "momentum", "spatial", "training_mode"}};
  table["com.microsoft.QLinearAdd"] = {importQLinearBinary<cmnn::AddOp>,
                                       {7, 8}};
  table["com.microsoft.QLinearMul"] = {importQLinearBinary<cmnn::MulOp>,
                                       {7, 8}};
}
