//===- NormaliseQDQ.cpp - groups of dequantise, operator and quantise -----===//
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
  for (double bound : {value.lowest, value.highest}) {
    double level =
        bound / operand.quantisation.scale + operand.quantisation.zeroPoint;
    if (level > -128 && level < 127 && level != std::nearbyint(level))
      return makeError(
          "{0}: '{1}' is clipped at {2}, which is no multiple of "
          "the scale {3}: expected a QuantizeLinear after the Clip",
          who.str(), name, bound, operand.quantisation.scale);
  }
  auto result = round(value, operand.quantisation, *value.node.source, "");
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
                                              const Node &node,
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
    name = emit(std::move(seen), &view == &value.views.back() ? tensor : "");
  }
  return name;
}

llvm::Error Normaliser::bindInput(const Node &node, const QOperand &operand) {
  auto port = llvm::find_if(result.inputs, [&](const QPort &candidate) {
    return candidate.value == operand.value;
  });
  if (boundInputs.insert(port->value).second) {
    port->quantisation = operand.quantisation;
    return llvm::Error::success();
  }
  if (port->quantisation == operand.quantisation)
    return llvm::Error::success();
  return node.error("input '{0}' is quantised with scale {1} here and {2} "
                    "elsewhere, expected one quantisation",
                    port->name, operand.quantisation.scale,
                    port->quantisation.scale);
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
  auto name = round(**value, *quantisation, node, node.output());
  if (!name)
    return name.takeError();
  ints[node.output()] = {*name, isUnsigned, *quantisation};
  return llvm::Error::success();
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
  int64_t rank = real.shape.size();
  int64_t along = *axis < 0 ? *axis + rank : *axis;
  bool perChannel = scales->size() != 1;
  if ((perChannel && (along < 0 || along >= rank ||
                      real.shape[along] != int64_t(scales->size()))) ||
      (zeroPoints->size() != 1 && zeroPoints->size() != scales->size()))
    return node.error("{0} scales and {1} zero points do not fit axis {2} of "
                      "shape {3}",
                      scales->size(), zeroPoints->size(), *axis,
                      shapeText(real.shape));
  int64_t inner = 1;
  for (int64_t i = along + 1; perChannel && i < rank; ++i)
    inner *= real.shape[i];
  Constant quantised;
  quantised.name = node.output().str();
  quantised.type = isUnsigned ? ElementType::UInt8 : ElementType::Int8;
  quantised.shape = real.shape;
  int32_t offset = isUnsigned ? 128 : 0;
  for (int64_t i = 0; i < real.size(); ++i) {
    size_t channel = perChannel ? i / inner % scales->size() : 0;
    int64_t zeroPoint = (*zeroPoints)[zeroPoints->size() == 1 ? 0 : channel];
    float element = real.as<float>()[i];
    if (std::isnan(element))
      return node.error("element {0} of '{1}' is not a number", i, real.name);
    quantised.bytes.push_back(
        quantise(element, {(*scales)[channel], int32_t(zeroPoint) - offset}) +
        offset);
  }
  graph.addConstant(std::move(quantised));
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Operators between them
//===----------------------------------------------------------------------===//

llvm::Error Normaliser::pend(const Node &node, QNode product) {
  FloatValue value;
  value.base = FloatValue::Operator;
  value.node = std::move(product);
  floats[node.output()] = std::move(value);
  return llvm::Error::success();
}

llvm::Error Normaliser::conv(const Node &node) {
  if (llvm::Error error = node.checkOperands(2, 3))
    return error;
  if (llvm::Error error = node.checkAttributes(kConvAttributes))
    return error;
  return product(node, QKind::Conv);
}

llvm::Error Normaliser::matMul(const Node &node) {
  bool gemm = node.op() == "Gemm";
  if (llvm::Error error = node.checkOperands(2, gemm ? 3 : 2))
    return error;
  if (llvm::Error error =
          gemm ? checkGemmAttributes(node) : node.checkAttributes({}))
    return error;
  return product(node, QKind::MatMul);
}

llvm::Error Normaliser::product(const Node &node, QKind kind) {
  QNode product;
  product.kind = kind;
  product.source = &node;
  auto x = dequantised(node.input(0), node.describe());
  if (!x)
    return x.takeError();
  product.inputs.push_back(*x);
  auto constant = dequantisedConstants.find(node.input(1));
  if (constant == dequantisedConstants.end())
    return node.error("weights '{0}' are not quantised, expected the result of "
                      "DequantizeLinear on a constant",
                      node.input(1));
  if (!constant->second.elements->isInt8())
    return node.error("weights '{0}' are {1}, expected int8 or uint8",
                      node.input(1),
                      elementTypeName(constant->second.elements->type));
  auto weights = makeWeights(node, constant->second);
  if (!weights)
    return weights.takeError();
  product.weights = *weights;
  auto transposed = node.intAttribute("transB", 0);
  if (!transposed)
    return transposed.takeError();
  product.weightsTransposed = *transposed != 0;
  auto channels = channelsOf(node, product);
  if (!channels)
    return channels.takeError();
  int64_t axis = kind == QKind::Conv || product.weightsTransposed ? 0 : 1;
  if (constant->second.scales.size() != 1 && constant->second.axis != axis)
    return node.error("weights '{0}' have a scale for each index of axis {1}, "
                      "expected axis {2}, the output channels",
                      node.input(1), constant->second.axis, axis);
  auto bias = floatBias(node, node.input(2), product, *channels);
  if (!bias)
    return bias.takeError();
  product.bias = *bias;
  return pend(node, std::move(product));
}

/// Whether operand `i` is a product without bias and operand 1-i a constant
/// that can be its bias; the result of `node` is then the biased product.
llvm::Expected<bool> Normaliser::addBias(const Node &node, unsigned i) {
  auto known = floats.find(node.input(i));
  llvm::StringRef bias = node.input(1 - i);
  if (known == floats.end() || known->second.base != FloatValue::Operator ||
      known->second.node.kind != QKind::MatMul || !known->second.isPlain() ||
      !known->second.node.bias.elements.empty() ||
      !(graph.isConstant(bias) || dequantisedConstants.contains(bias)))
    return false;
  QNode product = known->second.node;
  auto channels = channelsOf(node, product);
  if (!channels)
    return channels.takeError();
  auto value = floatBias(node, bias, product, *channels);
  if (!value)
    return value.takeError();
  product.bias = *value;
  if (llvm::Error error = pend(node, std::move(product)))
    return error;
  return true;
}

llvm::Error Normaliser::add(const Node &node) {
  if (llvm::Error error = node.checkOperands(2, 2))
    return error;
  if (llvm::Error error = node.checkAttributes({}))
    return error;
  for (unsigned i : {0, 1}) {
    auto biased = addBias(node, i);
    if (!biased)
      return biased.takeError();
    if (*biased)
      return llvm::Error::success();
  }
  QNode sum;
  sum.kind = QKind::Add;
  sum.source = &node;
  for (unsigned i : {0, 1}) {
    auto operand = dequantised(node.input(i), node.describe());
    if (!operand)
      return operand.takeError();
    sum.inputs.push_back(*operand);
  }
  return pend(node, std::move(sum));
}

llvm::Error Normaliser::averagePool(const Node &node) {
  bool global = node.op() == "GlobalAveragePool";
  if (llvm::Error error = node.checkOperands(1, 1))
    return error;
  if (llvm::Error error = node.checkAttributes(
          global ? llvm::ArrayRef<llvm::StringRef>() : kAveragePoolAttributes))
    return error;
  QNode pool;
  pool.kind = global ? QKind::GlobalAveragePool : QKind::AveragePool;
  pool.source = &node;
  auto x = dequantised(node.input(0), node.describe());
  if (!x)
    return x.takeError();
  pool.inputs.push_back(*x);
  return pend(node, std::move(pool));
}

llvm::Error Normaliser::softmax(const Node &node) {
  if (llvm::Error error = node.checkOperands(1, 1))
    return error;
  if (llvm::Error error = node.checkAttributes({"axis"}))
    return error;
  QNode softmax;
  softmax.kind = QKind::Softmax;
  softmax.source = &node;
  auto x = dequantised(node.input(0), node.describe());
  if (!x)
    return x.takeError();
  softmax.inputs.push_back(*x);
  return pend(node, std::move(softmax));
}
