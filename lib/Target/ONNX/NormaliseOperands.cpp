//===- NormaliseOperands.cpp - tensors, scales and zero points of a node --===//
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
          node.input(i), numberText(scale));
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
    if (input.value == value.port && notedPorts.insert(value.port).second)
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
                        numberText(*factor));
  }
  return node.expectInt("transA", 0);
}
