//===- NormaliseQuantise.cpp - DequantizeLinear and QuantizeLinear --------===//
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

//===----------------------------------------------------------------------===//
// DequantizeLinear
//===----------------------------------------------------------------------===//

llvm::Error Normaliser::dequantizeLinear(const Node &node) {
  if (llvm::Error error = node.checkOperands(2, 3))
    return error;
  if (llvm::Error error =
          node.checkAttributes({"axis", "block_size", "output_dtype"}))
    return error;
  if (llvm::Error error = node.expectInt("block_size", 0))
    return error;
  if (graph.isConstant(node.input(0)))
    return dequantizeConstant(node);
  auto value = intOperand(node, 0);
  if (!value)
    return value.takeError();
  auto quantisation = quantisationOperand(node, 1, 2, (*value)->isUnsigned);
  if (!quantisation)
    return quantisation.takeError();
  noteQuantisation(**value, *quantisation);
  FloatValue result;
  result.base = FloatValue::Dequantised;
  result.node.source = &node;
  result.node.inputs.push_back({(*value)->value, *quantisation});
  floats[node.output()] = std::move(result);
  return llvm::Error::success();
}

llvm::Error Normaliser::dequantizeConstant(const Node &node) {
  ConstantValue value;
  auto elements = constantOperand(node, 0);
  if (!elements)
    return elements.takeError();
  value.elements = *elements;
  bool isInt32 = value.elements->type == ElementType::Int32;
  if (!value.elements->isInt8() && !isInt32)
    return node.error("operand '{0}' is {1}, expected int8, uint8 or int32",
                      node.input(0), elementTypeName(value.elements->type));
  auto scales = scalesOperand(node, 1);
  if (!scales)
    return scales.takeError();
  value.scales = *scales;
  auto axis = node.intAttribute("axis", 1);
  if (!axis)
    return axis.takeError();
  int64_t rank = value.elements->shape.size();
  value.axis = *axis < 0 ? *axis + rank : *axis;
  value.zeroPoints.assign(1, 0);
  if (isInt32) {
    if (llvm::Error error = expectZero(node, 2, "zero point of int32 is not 0"))
      return error;
  } else {
    auto zeroPoints =
        zeroPointsOperand(node, 2, value.elements->type == ElementType::UInt8);
    if (!zeroPoints)
      return zeroPoints.takeError();
    value.zeroPoints = *zeroPoints;
  }
  if (value.zeroPoints.size() != 1 &&
      value.zeroPoints.size() != value.scales.size())
    return node.error("'{0}' has {1} scales but {2} zero points", node.input(0),
                      value.scales.size(), value.zeroPoints.size());
  dequantisedConstants[node.output()] = std::move(value);
  return llvm::Error::success();
}

llvm::Expected<QOperand> Normaliser::dequantised(llvm::StringRef name,
                                                 llvm::Twine who) {
  auto settled = dequantisedOperands.find(name);
  if (settled != dequantisedOperands.end())
    return settled->second;
  auto known = floats.find(name);
  if (known == floats.end())
    return makeError(
        "{0}: '{1}' is {2}, expected the result of "
        "DequantizeLinear on a tensor that is computed at run time",
        who.str(), name, ints.contains(name) ? "an integer" : "constant");
  const FloatValue &value = known->second;
  if (value.base != FloatValue::Dequantised)
    return makeError("{0}: '{1}' is float and not quantised, expected the "
                     "result of DequantizeLinear",
                     who.str(), name);
  QOperand operand = value.node.inputs[0];
  for (float bound : {value.lowest, value.highest}) {
    int32_t level = quantise(bound, operand.quantisation);
    float real = float(level - operand.quantisation.zeroPoint) *
                 operand.quantisation.scale;
    if (level > -128 && level < 127 && real != bound)
      return makeError(
          "{0}: '{1}' is clipped at {2}, which is no multiple of "
          "the scale {3}: expected a QuantizeLinear after the Clip",
          who.str(), name, numberText(bound),
          numberText(operand.quantisation.scale));
  }
  auto result = round(value, operand.quantisation, /*isUnsigned=*/false,
                      *value.node.source, "");
  if (!result)
    return result.takeError();
  operand.value = *result;
  dequantisedOperands[name] = operand;
  return operand;
}

//===----------------------------------------------------------------------===//
// QuantizeLinear
//===----------------------------------------------------------------------===//

int32_t onnx_import::quantise(double bound, Quantisation quantisation) {
  double level = std::nearbyint(float(bound) / quantisation.scale) +
                 quantisation.zeroPoint;
  return static_cast<int32_t>(std::min(127.0, std::max(-128.0, level)));
}

llvm::Expected<std::string> Normaliser::round(const FloatValue &value,
                                              Quantisation quantisation,
                                              bool isUnsigned, const Node &node,
                                              llvm::StringRef tensor) {
  QNode rounded = value.node;
  if (value.base == FloatValue::Operator) {
    // A softmax has no clamp of its own.
    if (rounded.kind == QKind::Softmax && !value.isPlain()) {
      rounded.quantisation = quantisation;
      std::string name = emit(rounded, "");
      rounded = QNode();
      rounded.inputs.push_back({name, quantisation});
    }
  } else if (value.base == FloatValue::Input) {
    rounded.inputs[0].quantisation = quantisation;
    if (llvm::Error error = bindInput(node, rounded.inputs[0]))
      return error;
  }
  if (!rounded.source)
    rounded.source = &node;
  rounded.quantisation = quantisation;
  rounded.isUnsigned = isUnsigned;
  rounded.minimum = quantise(value.lowest, quantisation);
  rounded.maximum = quantise(value.highest, quantisation);
  bool last = value.views.empty();
  bool nothing = rounded.kind == QKind::Requantize &&
                 rounded.inputs[0].quantisation == quantisation &&
                 rounded.minimum == -128 && rounded.maximum == 127;
  std::string name = nothing ? rounded.inputs[0].value
                             : emit(std::move(rounded), last ? tensor : "");
  for (const QNode &view : value.views) {
    QNode seen = view;
    seen.inputs.assign(1, {name, quantisation});
    seen.quantisation = quantisation;
    seen.isUnsigned = isUnsigned;
    name = emit(std::move(seen), &view == &value.views.back() ? tensor : "");
  }
  return name;
}

llvm::Error Normaliser::bindInput(const Node &node, const QOperand &operand) {
  auto port = llvm::find_if(result.inputs, [&](const QPort &candidate) {
    return candidate.value == operand.value;
  });
  if (notedPorts.insert(port->value).second) {
    port->quantisation = operand.quantisation;
    return llvm::Error::success();
  }
  if (port->quantisation == operand.quantisation)
    return llvm::Error::success();
  return node.error("input '{0}' is quantised with scale {1} here and {2} "
                    "elsewhere, expected one quantisation",
                    port->name, numberText(operand.quantisation.scale),
                    numberText(port->quantisation.scale));
}

llvm::Error Normaliser::quantizeLinear(const Node &node) {
  if (llvm::Error error = node.checkOperands(2, 3))
    return error;
  if (llvm::Error error = node.checkAttributes(
          {"axis", "block_size", "output_dtype", "precision", "saturate"}))
    return error;
  if (llvm::Error error = node.expectInt("block_size", 0))
    return error;
  bool isUnsigned = true;
  if (!node.input(2).empty()) {
    auto zeroPoint = constantOperand(node, 2);
    if (!zeroPoint)
      return zeroPoint.takeError();
    isUnsigned = (*zeroPoint)->type == ElementType::UInt8;
  } else if (node.hasAttribute("output_dtype")) {
    return node.error("attribute 'output_dtype' without a zero point is not "
                      "supported");
  }
  if (graph.isConstant(node.input(0)))
    return quantizeConstant(node, isUnsigned);
  auto quantisation = quantisationOperand(node, 1, 2, isUnsigned);
  if (!quantisation)
    return quantisation.takeError();
  auto value = floatOperand(node, 0);
  if (!value)
    return value.takeError();
  auto name = round(**value, *quantisation, isUnsigned, node, node.output());
  if (!name)
    return name.takeError();
  ints[node.output()] = {*name, isUnsigned, *quantisation, ""};
  return llvm::Error::success();
}

/// Elements per step along `axis`, the axis of the scales; 0 where scales and
/// zero points do not fit the shape.
static int64_t elementsPerScale(const Constant &real, int64_t axis,
                                size_t scales, size_t zeroPoints) {
  if (zeroPoints != 1 && zeroPoints != scales)
    return 0;
  if (scales == 1)
    return std::max<int64_t>(1, real.size());
  int64_t rank = real.shape.size();
  int64_t along = axis < 0 ? axis + rank : axis;
  if (along < 0 || along >= rank || real.shape[along] != int64_t(scales))
    return 0;
  int64_t inner = 1;
  for (int64_t i = along + 1; i < rank; ++i)
    inner *= real.shape[i];
  return inner;
}

/// Weights that a tool left as float behind a QuantizeLinear.
llvm::Error Normaliser::quantizeConstant(const Node &node, bool isUnsigned) {
  auto elements = constantOperand(node, 0);
  if (!elements)
    return elements.takeError();
  const Constant &real = **elements;
  if (real.type != ElementType::Float32)
    return node.error("operand '{0}' is {1}, expected float", node.input(0),
                      elementTypeName(real.type));
  auto scales = scalesOperand(node, 1);
  if (!scales)
    return scales.takeError();
  auto zeroPoints = zeroPointsOperand(node, 2, isUnsigned);
  if (!zeroPoints)
    return zeroPoints.takeError();
  auto axis = node.intAttribute("axis", 1);
  if (!axis)
    return axis.takeError();
  int64_t inner =
      elementsPerScale(real, *axis, scales->size(), zeroPoints->size());
  if (inner == 0)
    return node.error("{0} scales and {1} zero points do not fit axis {2} of "
                      "shape {3}",
                      scales->size(), zeroPoints->size(), *axis,
                      shapeText(real.shape));
  Constant quantised;
  quantised.name = node.output().str();
  quantised.type = isUnsigned ? ElementType::UInt8 : ElementType::Int8;
  quantised.shape = real.shape;
  int32_t offset = isUnsigned ? 128 : 0;
  for (int64_t i = 0; i < real.size(); ++i) {
    size_t k = i / inner % scales->size();
    int64_t zeroPoint = (*zeroPoints)[zeroPoints->size() == 1 ? 0 : k];
    Quantisation to = {(*scales)[k], int32_t(zeroPoint) - offset};
    quantised.bytes.push_back(quantise(real.as<float>()[i], to) + offset);
  }
  graph.addConstant(std::move(quantised));
  return llvm::Error::success();
}
