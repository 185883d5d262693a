//===- Functions.cpp - functions of one element ---------------------------===//
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

/// The operand's tensor with another value in its place.
static void defineLike(Importer &in, const Node &node, const Tensor &x,
                       Value value) {
  Tensor y;
  y.value = value;
  y.shape = x.shape;
  y.layout = x.layout;
  in.define(node, y);
}

template <typename OpT>
static llvm::Error
emitFunction(Importer &in, const Node &node,
             const typename OpT::Properties &properties = {}) {
  auto x = in.floatTensor(node, 0);
  if (!x)
    return x.takeError();
  defineLike(in, node, *x,
             in.emit<OpT>(node, x->value.getType(), x->value, properties));
  return llvm::Error::success();
}

/// A function without parameters.
template <typename OpT>
static llvm::Error importFunction(Importer &in, const Node &node) {
  return emitFunction<OpT>(in, node);
}

static llvm::Error notNumberError(const Node &node, StringRef name) {
  return node.error("attribute '{0}' is not a number", name);
}

/// The slope, of both forms.
static llvm::Expected<cmnn::LeakyReluOp::Properties>
leakyRelu(Importer &in, const Node &node) {
  auto alpha = node.floatAttribute("alpha", 0.01f);
  if (!alpha)
    return alpha.takeError();
  if (std::isnan(*alpha))
    return notNumberError(node, "alpha");
  cmnn::LeakyReluOp::Properties properties;
  properties.alpha = in.f32(*alpha);
  return properties;
}

static llvm::Error importLeakyRelu(Importer &in, const Node &node) {
  auto properties = leakyRelu(in, node);
  if (!properties)
    return properties.takeError();
  return emitFunction<cmnn::LeakyReluOp>(in, node, *properties);
}

static llvm::Error importHardSigmoid(Importer &in, const Node &node) {
  auto alpha = node.floatAttribute("alpha", 0.2f);
  if (!alpha)
    return alpha.takeError();
  auto beta = node.floatAttribute("beta", 0.5f);
  if (!beta)
    return beta.takeError();
  if (std::isnan(*alpha) || std::isnan(*beta))
    return notNumberError(node, std::isnan(*alpha) ? "alpha" : "beta");
  cmnn::HardSigmoidOp::Properties properties;
  properties.alpha = in.f32(*alpha);
  properties.beta = in.f32(*beta);
  return emitFunction<cmnn::HardSigmoidOp>(in, node, properties);
}

static llvm::Error importGelu(Importer &in, const Node &node) {
  auto approximate = node.stringAttribute("approximate", "none");
  if (!approximate)
    return approximate.takeError();
  if (*approximate != "none" && *approximate != "tanh")
    return node.error("attribute 'approximate' is '{0}', expected none or tanh",
                      *approximate);
  cmnn::GeluOp::Properties properties;
  properties.approximate = in.unit(*approximate == "tanh");
  return emitFunction<cmnn::GeluOp>(in, node, properties);
}

/// A constant exponent of one element.
static llvm::Error importPow(Importer &in, const Node &node) {
  auto item = in.item(node, 1);
  if (!item)
    return item.takeError();
  std::optional<double> exponent;
  if (auto *plain = std::get_if<Constant>(*item); plain && plain->isScalar())
    exponent = plain->realAt(0);
  if (!exponent || std::isnan(*exponent))
    return node.error("exponent '{0}' is not one number that is constant",
                      node.input(1));
  cmnn::PowOp::Properties properties;
  properties.exponent = in.f32(static_cast<float>(*exponent));
  return emitFunction<cmnn::PowOp>(in, node, properties);
}

//===----------------------------------------------------------------------===//
// Relu, Clip, Min and Max
//===----------------------------------------------------------------------===//

/// `bound` as an int8 of this quantization, saturated.
static int32_t quantise(double bound, Quantization to) {
  double level = std::nearbyint(float(bound) / to.scale) + to.zeroPoint;
  return static_cast<int32_t>(std::min(127.0, std::max(-128.0, level)));
}

static Value requantise(Importer &in, const Node &node, Value x,
                        Quantization quantization, int32_t minimum,
                        int32_t maximum) {
  if (minimum == -128 && maximum == 127)
    return x;
  cmnn::RequantizeOp::Properties properties;
  properties.x_scale = properties.y_scale = in.f32(quantization.scale);
  properties.x_zero_point = properties.y_zero_point =
      in.i8(quantization.zeroPoint);
  properties.minimum = in.i8(minimum);
  properties.maximum = in.i8(maximum);
  return in.emit<cmnn::RequantizeOp>(node, x.getType(), x, properties);
}

/// The int8 that clamps the dequantised twin of x at `bound` from below, or
/// from above; none where that is no int8 of its quantization.
static std::optional<int32_t> boundOfTwin(Quantization q, float bound,
                                          bool below) {
  auto real = [&](int32_t level) {
    return float(level - q.zeroPoint) * q.scale;
  };
  int32_t level = quantise(bound, q);
  bool beyond = below ? bound <= real(-128) : bound >= real(127);
  if (!beyond && real(level) != bound)
    return std::nullopt;
  return level;
}

/// The twin of x, clamped; null where there is none.
static Value clampTwin(Importer &in, const Node &node, const Tensor &x,
                       float lowest, float highest) {
  if (!x.twin)
    return nullptr;
  auto low = boundOfTwin(*x.quantization, lowest, true);
  auto high = boundOfTwin(*x.quantization, highest, false);
  if (!low || !high)
    return nullptr;
  return requantise(in, node, x.twin, *x.quantization, *low, *high);
}

/// On floats the bounds are real numbers; on integers they are compared with
/// the stored integers, whatever the zero point, as ONNX says.
static llvm::Error clamp(Importer &in, const Node &node, const Tensor &x,
                         double lowest, double highest) {
  Tensor y = x;
  if (x.isFloat()) {
    cmnn::ClipOp::Properties properties;
    properties.low = in.f32(static_cast<float>(lowest));
    properties.high = in.f32(static_cast<float>(highest));
    y.value =
        in.emit<cmnn::ClipOp>(node, x.value.getType(), x.value, properties);
    y.twin = clampTwin(in, node, x, lowest, highest);
    in.define(node, y);
    return llvm::Error::success();
  }
  if (!x.isInt8())
    return node.error("operand '{0}' is a wide integer, expected float, int8 "
                      "or uint8",
                      node.input(0));
  int32_t offset = x.isUnsigned ? 128 : 0;
  int32_t minimum = std::min(127.0, std::max(-128.0, lowest - offset));
  int32_t maximum = std::min(127.0, std::max(-128.0, highest - offset));
  y.value =
      requantise(in, node, x.value, x.quantization.value_or(Quantization()),
                 minimum, maximum);
  in.define(node, y);
  return llvm::Error::success();
}

static llvm::Error importRelu(Importer &in, const Node &node) {
  auto x = in.tensor(node, 0);
  if (!x)
    return x.takeError();
  return clamp(in, node, *x, 0, std::numeric_limits<double>::infinity());
}

/// Versions before 11 have attributes, later ones operands.
static llvm::Expected<double> clipBound(Importer &in, const Node &node,
                                        bool isFloat, StringRef attribute,
                                        unsigned i, double otherwise) {
  auto fixed = node.floatAttribute(attribute, otherwise);
  if (!fixed)
    return fixed.takeError();
  if (!node.hasInput(i)) {
    if (std::isnan(*fixed))
      return notNumberError(node, attribute);
    return double(*fixed);
  }
  if (isFloat) {
    auto reals = in.floats(node, i);
    if (!reals)
      return reals.takeError();
    if (reals->size() != 1 || std::isnan(reals->realAt(0)))
      return node.error("bound '{0}' is not one number", node.input(i));
    return reals->realAt(0);
  }
  auto constant = in.constant(node, i);
  if (!constant)
    return constant.takeError();
  if (!(*constant)->isInt8() || !(*constant)->isScalar())
    return node.error("bound '{0}' is {1}, expected one int8 or uint8",
                      node.input(i), (*constant)->describe());
  return double((*constant)->integerAt(0));
}

static llvm::Error importClip(Importer &in, const Node &node) {
  auto x = in.tensor(node, 0);
  if (!x)
    return x.takeError();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  auto lowest = clipBound(in, node, x->isFloat(), "min", 1, -kInfinity);
  if (!lowest)
    return lowest.takeError();
  auto highest = clipBound(in, node, x->isFloat(), "max", 2, kInfinity);
  if (!highest)
    return highest.takeError();
  if (!(*lowest <= *highest))
    return node.error("least value {0} is above greatest value {1}",
                      numberText(*lowest), numberText(*highest));
  return clamp(in, node, *x, *lowest, *highest);
}

/// Max or Min with one constant number.
template <bool isMax>
static llvm::Error importBound(Importer &in, const Node &node) {
  auto first = in.item(node, 0);
  if (!first)
    return first.takeError();
  unsigned data = std::holds_alternative<Tensor>(**first) ? 0 : 1;
  auto x = in.floatTensor(node, data);
  if (!x)
    return x.takeError();
  auto bound = in.floats(node, 1 - data);
  if (!bound)
    return bound.takeError();
  if (bound->size() != 1 || std::isnan(bound->realAt(0)) ||
      bound->shape.size() > x->shape.size())
    return node.error("operand '{0}' is {1}, expected one number",
                      node.input(1 - data), bound->describe());
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return clamp(in, node, *x, isMax ? bound->realAt(0) : -kInfinity,
               isMax ? kInfinity : bound->realAt(0));
}

//===----------------------------------------------------------------------===//
// QOperator
//===----------------------------------------------------------------------===//

/// Operands 0 to 2 are the tensor, 3 and 4 the result's scale and zero point.
template <typename OpT>
static llvm::Error emitQLinear(Importer &in, const Node &node,
                               typename OpT::Properties properties) {
  auto x = in.quantisedTensor(node, 0);
  if (!x)
    return x.takeError();
  auto y = in.quantisedResult(node, 3, x->isUnsigned);
  if (!y)
    return y.takeError();
  properties.x_scale = in.f32(x->quantization->scale);
  properties.x_zero_point = in.i8(x->quantization->zeroPoint);
  properties.y_scale = in.f32(y->quantization->scale);
  properties.y_zero_point = in.i8(y->quantization->zeroPoint);
  y->shape = x->shape;
  y->layout = x->layout;
  y->value = in.emit<OpT>(node, x->value.getType(), x->value, properties);
  in.define(node, *y);
  return llvm::Error::success();
}

static llvm::Error importQLinearSigmoid(Importer &in, const Node &node) {
  return emitQLinear<cmnn::SigmoidOp>(in, node, {});
}

static llvm::Error importQLinearLeakyRelu(Importer &in, const Node &node) {
  auto properties = leakyRelu(in, node);
  if (!properties)
    return properties.takeError();
  return emitQLinear<cmnn::LeakyReluOp>(in, node, *properties);
}

void onnx_import::addFunctionHandlers(HandlerTable &table) {
  table["ai.onnx.Sigmoid"] = {importFunction<cmnn::SigmoidOp>, {1, 1}};
  table["ai.onnx.HardSwish"] = {
      importFunction<cmnn::HardSwishOp>, {1, 1}, {}, 14};
  table["ai.onnx.Tanh"] = {importFunction<cmnn::TanhOp>, {1, 1}};
  table["ai.onnx.Erf"] = {importFunction<cmnn::ErfOp>, {1, 1}};
  table["ai.onnx.Exp"] = {importFunction<cmnn::ExpOp>, {1, 1}};
  table["ai.onnx.Log"] = {importFunction<cmnn::LogOp>, {1, 1}};
  table["ai.onnx.Sqrt"] = {importFunction<cmnn::SqrtOp>, {1, 1}};
  table["ai.onnx.Abs"] = {importFunction<cmnn::AbsOp>, {1, 1}};
  table["ai.onnx.Neg"] = {importFunction<cmnn::NegOp>, {1, 1}};
  table["ai.onnx.Reciprocal"] = {importFunction<cmnn::ReciprocalOp>, {1, 1}};
  table["ai.onnx.LeakyRelu"] = {importLeakyRelu, {1, 1}, {"alpha"}};
  table["ai.onnx.HardSigmoid"] = {importHardSigmoid, {1, 1}, {"alpha", "beta"}};
  table["ai.onnx.Gelu"] = {importGelu, {1, 1}, {"approximate"}, 20};
  table["com.microsoft.Gelu"] = {importGelu, {1, 1}, {"approximate"}};
  table["ai.onnx.Pow"] = {importPow, {2, 2}};
  table["ai.onnx.Relu"] = {importRelu, {1, 1}};
  table["ai.onnx.Clip"] = {importClip, {1, 3}, {"max", "min"}};
  table["ai.onnx.Max"] = {importBound<true>, {2, 2}};
  table["ai.onnx.Min"] = {importBound<false>, {2, 2}};
  table["com.microsoft.QLinearSigmoid"] = {importQLinearSigmoid, {4, 5}};
  table["com.microsoft.QLinearLeakyRelu"] = {
      importQLinearLeakyRelu, {4, 5}, {"alpha"}};
}
