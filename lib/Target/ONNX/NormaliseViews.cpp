//===- NormaliseViews.cpp - operators that commute with rounding ----------===//
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

llvm::Error Normaliser::view(const Node &node, QNode view) {
  view.source = &node;
  auto real = floats.find(node.input(0));
  if (real != floats.end()) {
    FloatValue value = real->second;
    value.views.push_back(std::move(view));
    floats[node.output()] = std::move(value);
    return llvm::Error::success();
  }
  auto known = intOperand(node, 0);
  if (!known)
    return known.takeError();
  IntValue value = **known;
  view.quantisation = value.quantisation.value_or(Quantisation());
  view.isUnsigned = value.isUnsigned;
  view.inputs.push_back({value.value, view.quantisation});
  value.value = emit(std::move(view), node.output());
  ints[node.output()] = std::move(value);
  return llvm::Error::success();
}

llvm::Error Normaliser::maxPool(const Node &node) {
  if (llvm::Error error = node.checkOperands(1, 1))
    return error;
  if (llvm::Error error = node.checkAttributes(
          {"auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads",
           "storage_order", "strides"}))
    return error;
  QNode pool;
  pool.kind = QKind::MaxPool;
  return view(node, std::move(pool));
}

llvm::Error Normaliser::flatten(const Node &node) {
  if (llvm::Error error = node.checkOperands(1, 1))
    return error;
  if (llvm::Error error = node.checkAttributes({"axis"}))
    return error;
  QNode flat;
  flat.kind = QKind::Flatten;
  return view(node, std::move(flat));
}

llvm::Error Normaliser::reshape(const Node &node) {
  if (llvm::Error error = node.checkOperands(2, 2))
    return error;
  if (llvm::Error error = node.checkAttributes({"allowzero"}))
    return error;
  if (llvm::Error error = node.expectInt("allowzero", 0))
    return error;
  auto shape = constantOperand(node, 1);
  if (!shape)
    return shape.takeError();
  if ((*shape)->type != ElementType::Int64 || (*shape)->shape.size() != 1)
    return node.error("shape '{0}' is {1} {2}, expected a list of int64",
                      node.input(1), shapeText((*shape)->shape),
                      elementTypeName((*shape)->type));
  QNode reshaped;
  reshaped.kind = QKind::Reshape;
  reshaped.targetShape = (*shape)->as<int64_t>().vec();
  return view(node, std::move(reshaped));
}

/// Identity, and Dropout, which does nothing outside of training.
llvm::Error Normaliser::identity(const Node &node) {
  if (llvm::Error error = node.checkOperands(1, 3))
    return error;
  llvm::StringRef name = node.input(0);
  if (llvm::Error error = expectZero(node, 2, "training is not supported"))
    return error;
  if (graph.isConstant(name)) {
    auto constant = constantOperand(node, 0);
    if (!constant)
      return constant.takeError();
    Constant copy = **constant;
    copy.name = node.output().str();
    graph.addConstant(std::move(copy));
    return llvm::Error::success();
  }
  if (dequantisedConstants.contains(name)) {
    ConstantValue copy = dequantisedConstants[name];
    dequantisedConstants[node.output()] = std::move(copy);
    return llvm::Error::success();
  }
  if (floats.contains(name)) {
    FloatValue copy = floats[name];
    floats[node.output()] = std::move(copy);
    return llvm::Error::success();
  }
  auto known = intOperand(node, 0);
  if (!known)
    return known.takeError();
  IntValue copy = **known;
  ints[node.output()] = std::move(copy);
  return llvm::Error::success();
}

llvm::Error Normaliser::relu(const Node &node) {
  if (llvm::Error error = node.checkOperands(1, 1))
    return error;
  if (llvm::Error error = node.checkAttributes({}))
    return error;
  return clamp(node, 0, std::numeric_limits<double>::infinity());
}

/// Versions before 11 have attributes, later ones operands.
llvm::Expected<double> Normaliser::clipBound(const Node &node,
                                             llvm::StringRef attribute,
                                             unsigned i, double otherwise) {
  auto fixed = node.floatAttribute(attribute, otherwise);
  if (!fixed)
    return fixed.takeError();
  llvm::StringRef name = node.input(i);
  if (name.empty())
    return double(*fixed);
  bool isInteger = ints.contains(node.input(0));
  if (!isInteger) {
    auto reals = realConstant(node, name);
    if (!reals)
      return reals.takeError();
    if (reals->size() != 1 || std::isnan(reals->front()))
      return node.error("bound '{0}' is not one number", name);
    return reals->front();
  }
  auto constant = constantOperand(node, i);
  if (!constant)
    return constant.takeError();
  if (!(*constant)->isInt8() || !(*constant)->isScalar())
    return node.error("bound '{0}' is {1} {2}, expected one int8 or uint8",
                      name, shapeText((*constant)->shape),
                      elementTypeName((*constant)->type));
  return double((*constant)->integerAt(0));
}

llvm::Error Normaliser::clip(const Node &node) {
  if (llvm::Error error = node.checkOperands(1, 3))
    return error;
  if (llvm::Error error = node.checkAttributes({"max", "min"}))
    return error;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  auto lowest = clipBound(node, "min", 1, -kInfinity);
  if (!lowest)
    return lowest.takeError();
  auto highest = clipBound(node, "max", 2, kInfinity);
  if (!highest)
    return highest.takeError();
  if (!(*lowest <= *highest))
    return node.error("least value {0} is above greatest value {1}",
                      numberText(*lowest), numberText(*highest));
  return clamp(node, *lowest, *highest);
}

/// On floats the bounds are real numbers; on integers they are compared with
/// the stored integers, whatever the zero point, as ONNX says.
llvm::Error Normaliser::clamp(const Node &node, double lowest, double highest) {
  auto real = floats.find(node.input(0));
  if (real != floats.end()) {
    FloatValue value = real->second;
    auto into = [&](float v) {
      return std::min(std::max(v, float(lowest)), float(highest));
    };
    value.lowest = into(value.lowest);
    value.highest = into(value.highest);
    floats[node.output()] = std::move(value);
    return llvm::Error::success();
  }
  auto known = intOperand(node, 0);
  if (!known)
    return known.takeError();
  IntValue value = **known;
  int32_t offset = value.isUnsigned ? 128 : 0;
  QNode clamped;
  clamped.kind = QKind::Requantize;
  clamped.source = &node;
  clamped.quantisation = value.quantisation.value_or(Quantisation());
  clamped.isUnsigned = value.isUnsigned;
  clamped.inputs.push_back({value.value, clamped.quantisation});
  clamped.minimum = std::min(127.0, std::max(-128.0, lowest - offset));
  clamped.maximum = std::min(127.0, std::max(-128.0, highest - offset));
  if (clamped.minimum != -128 || clamped.maximum != 127)
    value.value = emit(std::move(clamped), node.output());
  ints[node.output()] = std::move(value);
  return llvm::Error::success();
}
