//===- NormaliseOperands.cpp - values, scales, weights and biases of a node
//-===//
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

llvm::Expected<const Constant *> Normaliser::constantOperand(const Node &node,
                                                             unsigned i) {
  llvm::StringRef name = node.input(i);
  if (!graph.isConstant(name))
    return node.error("operand {0}, '{1}', is not constant", i, name);
  auto constant = graph.constant(name);
  if (!constant)
    return node.error("{0}", llvm::toString(constant.takeError()));
  return constant;
}

llvm::Error Normaliser::expectZero(const Node &node, unsigned i,
                                   llvm::StringRef otherwise) {
  if (node.input(i).empty())
    return llvm::Error::success();
  auto constant = constantOperand(node, i);
  if (!constant)
    return constant.takeError();
  for (uint8_t byte : (*constant)->bytes)
    if (byte != 0)
      return node.error("{0} ('{1}')", otherwise, node.input(i));
  return llvm::Error::success();
}

llvm::Expected<std::vector<float>> Normaliser::scalesOperand(const Node &node,
                                                             unsigned i) {
  auto constant = constantOperand(node, i);
  if (!constant)
    return constant.takeError();
  if ((*constant)->type != ElementType::Float32 || (*constant)->size() == 0)
    return node.error("scale '{0}' is {1} {2}, expected float", node.input(i),
                      shapeText((*constant)->shape),
                      elementTypeName((*constant)->type));
  llvm::ArrayRef<float> scales = (*constant)->as<float>();
  for (float scale : scales)
    if (!std::isnormal(scale) || scale < 0)
      return node.error(
          "scale '{0}' is {1}, expected a positive, normal number",
          node.input(i), scale);
  return scales.vec();
}

llvm::Expected<float> Normaliser::scaleOperand(const Node &node, unsigned i) {
  auto scales = scalesOperand(node, i);
  if (!scales)
    return scales.takeError();
  if (scales->size() != 1)
    return node.error("scale '{0}' has {1} elements, expected 1 (only weights "
                      "have a scale per channel)",
                      node.input(i), scales->size());
  return scales->front();
}

llvm::Expected<std::vector<int64_t>>
Normaliser::zeroPointsOperand(const Node &node, unsigned i, bool isUnsigned) {
  if (node.input(i).empty())
    return std::vector<int64_t>(1, 0);
  auto constant = constantOperand(node, i);
  if (!constant)
    return constant.takeError();
  ElementType expected = isUnsigned ? ElementType::UInt8 : ElementType::Int8;
  if ((*constant)->type != expected)
    return node.error("zero point '{0}' is {1}, expected {2} as the tensor",
                      node.input(i), elementTypeName((*constant)->type),
                      elementTypeName(expected));
  std::vector<int64_t> zeroPoints;
  for (int64_t k = 0; k < (*constant)->size(); ++k)
    zeroPoints.push_back((*constant)->integerAt(k));
  if (zeroPoints.empty())
    return node.error("zero point '{0}' is empty", node.input(i));
  return zeroPoints;
}

llvm::Expected<Quantisation> Normaliser::quantisationOperand(const Node &node,
                                                             unsigned scale,
                                                             unsigned zeroPoint,
                                                             bool isUnsigned) {
  auto scaleValue = scaleOperand(node, scale);
  if (!scaleValue)
    return scaleValue.takeError();
  auto zeroPoints = zeroPointsOperand(node, zeroPoint, isUnsigned);
  if (!zeroPoints)
    return zeroPoints.takeError();
  if (zeroPoints->size() != 1)
    return node.error("zero point '{0}' has {1} elements, expected 1",
                      node.input(zeroPoint), zeroPoints->size());
  Quantisation result;
  result.scale = *scaleValue;
  result.zeroPoint = zeroPoints->front() - (isUnsigned ? 128 : 0);
  return result;
}

llvm::Expected<Normaliser::IntValue *> Normaliser::intOperand(const Node &node,
                                                              unsigned i) {
  llvm::StringRef name = node.input(i);
  auto known = ints.find(name);
  if (known != ints.end())
    return &known->second;
  if (floats.contains(name))
    return node.error("operand '{0}' is float, expected int8 or uint8", name);
  return node.error("operand '{0}' is constant: expected a tensor that is "
                    "computed at run time",
                    name);
}

llvm::Expected<Normaliser::FloatValue *>
Normaliser::floatOperand(const Node &node, unsigned i) {
  llvm::StringRef name = node.input(i);
  auto known = floats.find(name);
  if (known != floats.end())
    return &known->second;
  if (ints.contains(name))
    return node.error("operand '{0}' is an integer, expected float", name);
  return node.error("operand '{0}' is constant: expected a tensor that is "
                    "computed at run time",
                    name);
}

void Normaliser::noteQuantisation(IntValue &value, Quantisation quantisation) {
  if (value.quantisation)
    return;
  value.quantisation = quantisation;
  for (QPort &input : result.inputs)
    if (input.value == value.value)
      input.quantisation = quantisation;
}

llvm::Expected<QOperand> Normaliser::quantisedOperand(const Node &node,
                                                      unsigned i) {
  auto value = intOperand(node, i);
  if (!value)
    return value.takeError();
  auto quantisation =
      quantisationOperand(node, i + 1, i + 2, (*value)->isUnsigned);
  if (!quantisation)
    return quantisation.takeError();
  noteQuantisation(**value, *quantisation);
  return QOperand{(*value)->value, *quantisation};
}

llvm::Expected<Normaliser::IntValue>
Normaliser::quantisedResult(const Node &node, unsigned i) {
  IntValue result;
  result.value = node.output().str();
  auto operand = intOperand(node, 0);
  if (!operand)
    return operand.takeError();
  result.isUnsigned = (*operand)->isUnsigned;
  if (!node.input(i + 1).empty()) {
    auto zeroPoint = constantOperand(node, i + 1);
    if (!zeroPoint)
      return zeroPoint.takeError();
    result.isUnsigned = (*zeroPoint)->type == ElementType::UInt8;
  }
  auto quantisation = quantisationOperand(node, i, i + 1, result.isUnsigned);
  if (!quantisation)
    return quantisation.takeError();
  result.quantisation = *quantisation;
  return result;
}

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
                        name, pick(exact->scales, i), scale);
    double rounded =
        exact ? exact->elements->integerAt(reals->size() == 1 ? 0 : i)
              : std::nearbyint(pick(*reals, i) / double(scale));
    if (!(std::abs(rounded) <= double(INT32_MAX)))
      return node.error("bias '{0}' is {1} in units of {2}, which does not fit "
                        "32 bits",
                        name, rounded, scale);
    bias.elements.push_back(static_cast<int32_t>(rounded));
  }
  return bias;
}

llvm::Error Normaliser::checkGemmAttributes(const Node &node) {
  if (llvm::Error error =
          node.checkAttributes({"alpha", "beta", "transA", "transB"}))
    return error;
  for (llvm::StringRef name : {"alpha", "beta"}) {
    auto factor = node.floatAttribute(name, 1);
    if (!factor)
      return factor.takeError();
    if (*factor != 1)
      return node.error("attribute '{0}' is {1}, supported is 1", name,
                        *factor);
  }
  return node.expectInt("transA", 0);
}
