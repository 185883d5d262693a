//===- NormaliseWeights.cpp - weights and biases of a product -------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Normaliser.h"
#include <cmath>

using namespace cm;
using namespace cm::onnx_import;

llvm::Expected<Normaliser::ConstantValue>
Normaliser::weightsOperand(const Node &node, unsigned i) {
  ConstantValue value;
  auto elements = constantOperand(node, i);
  if (!elements)
    return elements.takeError();
  value.elements = *elements;
  if (!value.elements->isInt8())
    return node.error("weights '{0}' are {1}, expected int8 or uint8",
                      node.input(i), elementTypeName(value.elements->type));
  auto scales = scalesOperand(node, i + 1);
  if (!scales)
    return scales.takeError();
  value.scales = *scales;
  auto zeroPoints = zeroPointsOperand(
      node, i + 2, value.elements->type == ElementType::UInt8);
  if (!zeroPoints)
    return zeroPoints.takeError();
  value.zeroPoints = *zeroPoints;
  return value;
}

llvm::Expected<std::shared_ptr<const QWeights>>
Normaliser::makeWeights(const Node &node, const ConstantValue &value) {
  const Constant &elements = *value.elements;
  bool isUnsigned = elements.type == ElementType::UInt8;
  int64_t offset = isUnsigned ? 128 : 0;
  for (int64_t zeroPoint : value.zeroPoints)
    if (zeroPoint != offset)
      return node.error("weights '{0}' have zero point {1}, supported is {2} "
                        "for {3}",
                        elements.name, zeroPoint, offset,
                        elementTypeName(elements.type));
  auto weights = std::make_shared<QWeights>();
  weights->name = elements.name;
  weights->shape = elements.shape;
  weights->scales = value.scales;
  weights->elements.reserve(elements.size());
  for (int64_t i = 0; i < elements.size(); ++i)
    weights->elements.push_back(elements.integerAt(i) - offset);
  return weights;
}

llvm::Expected<int64_t> Normaliser::channelsOf(const Node &node,
                                               const QNode &product) {
  const QWeights &weights = *product.weights;
  size_t rank = product.kind == QKind::Conv ? 4 : 2;
  if (weights.shape.size() != rank || weights.elements.empty())
    return node.error("weights '{0}' have shape {1}, expected rank {2} without "
                      "empty axes (convolutions are two-dimensional)",
                      weights.name, shapeText(weights.shape), rank);
  bool first = product.kind == QKind::Conv || product.weightsTransposed;
  int64_t channels = weights.shape[first ? 0 : 1];
  if (weights.scales.size() != 1 && int64_t(weights.scales.size()) != channels)
    return node.error("weights '{0}' have {1} scales, expected 1 or {2}, one "
                      "per output channel",
                      weights.name, weights.scales.size(), channels);
  return channels;
}

llvm::Expected<QBias> Normaliser::int32Bias(const Node &node, unsigned i,
                                            int64_t channels) {
  QBias bias;
  if (node.input(i).empty())
    return bias;
  auto constant = constantOperand(node, i);
  if (!constant)
    return constant.takeError();
  if ((*constant)->type != ElementType::Int32 ||
      (*constant)->size() != channels)
    return node.error("bias '{0}' is {1} {2}, expected {3} int32",
                      node.input(i), shapeText((*constant)->shape),
                      elementTypeName((*constant)->type), channels);
  bias.name = (*constant)->name;
  bias.elements = (*constant)->as<int32_t>().vec();
  return bias;
}

llvm::Expected<std::vector<double>>
Normaliser::realConstant(const Node &node, llvm::StringRef name) {
  auto known = dequantisedConstants.find(name);
  std::vector<double> reals;
  if (known != dequantisedConstants.end()) {
    const ConstantValue &value = known->second;
    if (value.scales.size() != 1 &&
        int64_t(value.scales.size()) != value.elements->size())
      return node.error("operand '{0}' has {1} elements but {2} scales", name,
                        value.elements->size(), value.scales.size());
    for (int64_t i = 0; i < value.elements->size(); ++i) {
      size_t k = value.scales.size() == 1 ? 0 : i;
      int64_t zeroPoint =
          value.zeroPoints[value.zeroPoints.size() == 1 ? 0 : k];
      reals.push_back(double(value.elements->integerAt(i) - zeroPoint) *
                      value.scales[k]);
    }
    return reals;
  }
  if (!graph.isConstant(name))
    return node.error("operand '{0}' is not constant", name);
  auto constant = graph.constant(name);
  if (!constant)
    return node.error("{0}", llvm::toString(constant.takeError()));
  if ((*constant)->type != ElementType::Float32)
    return node.error("operand '{0}' is {1}, expected float", name,
                      elementTypeName((*constant)->type));
  for (float element : (*constant)->as<float>())
    reals.push_back(element);
  return reals;
}

/// Element `i` of a list that has one element or one for each channel.
template <typename T> static T pick(const std::vector<T> &list, size_t i) {
  return list[list.size() == 1 ? 0 : i];
}

llvm::Expected<QBias> Normaliser::floatBias(const Node &node,
                                            llvm::StringRef name,
                                            const QNode &product,
                                            int64_t channels) {
  QBias bias;
  if (name.empty())
    return bias;
  auto reals = realConstant(node, name);
  if (!reals)
    return reals.takeError();
  if (reals->size() != 1 && int64_t(reals->size()) != channels)
    return node.error("bias '{0}' has {1} elements, expected {2}", name,
                      reals->size(), channels);
  auto known = dequantisedConstants.find(name);
  const ConstantValue *exact = nullptr;
  if (known != dequantisedConstants.end() &&
      known->second.elements->type == ElementType::Int32)
    exact = &known->second;
  bias.name = exact ? exact->elements->name : name.str();
  float inputScale = product.inputs[0].quantisation.scale;
  for (int64_t i = 0; i < channels; ++i) {
    float scale = inputScale * pick(product.weights->scales, i);
    if (exact && std::abs(pick(exact->scales, i) - scale) > 1e-4f * scale)
      return node.error("bias '{0}' has scale {1}, expected input scale times "
                        "weight scale, {2}",
                        name, numberText(pick(exact->scales, i)),
                        numberText(scale));
    double rounded =
        exact ? exact->elements->integerAt(reals->size() == 1 ? 0 : i)
              : std::nearbyint(pick(*reals, i) / double(scale));
    if (!(std::abs(rounded) <= double(INT32_MAX)))
      return node.error("bias '{0}' is {1} in units of {2}, which does not fit "
                        "32 bits",
                        name, numberText(rounded), numberText(scale));
    bias.elements.push_back(static_cast<int32_t>(rounded));
  }
  return bias;
}
