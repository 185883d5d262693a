//===- Quantisation.cpp - QuantizeLinear and DequantizeLinear -------------===//
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
// DequantizeLinear
//===----------------------------------------------------------------------===//

/// Fails unless scales and zero points are one, or one for each index of
/// `axis`.
static llvm::Error checkAxis(const Node &node, const Shape &shape,
                             size_t scales, size_t zeroPoints, int64_t axis,
                             int64_t &wrapped) {
  if (zeroPoints != 1 && zeroPoints != scales)
    return node.error("'{0}' has {1} scales but {2} zero points", node.input(0),
                      scales, zeroPoints);
  int64_t rank = shape.size();
  wrapped = axis < 0 ? axis + rank : axis;
  // A single scale has no axis.
  if (scales == 1)
    return llvm::Error::success();
  if (wrapped < 0 || wrapped >= rank || shape[wrapped] != int64_t(scales))
    return node.error("{0} scales and {1} zero points do not fit axis {2} of "
                      "shape {3}",
                      scales, zeroPoints, axis, shapeText(shape));
  return llvm::Error::success();
}

static llvm::Error dequantizeConstant(Importer &in, const Node &node,
                                      const Constant &elements) {
  QuantisedConstant value;
  value.elements = elements;
  bool isInt32 = elements.type == ElementType::Int32;
  if (!elements.isQuantised() && !isInt32)
    return node.error("operand '{0}' is {1}, expected int4, uint4, int8, uint8 "
                      "or int32",
                      node.input(0), elementTypeName(elements.type));
  auto scales = in.scales(node, 1);
  if (!scales)
    return scales.takeError();
  value.scales = *scales;
  auto axis = node.intAttribute("axis", 1);
  if (!axis)
    return axis.takeError();
  value.zeroPoints.assign(1, 0);
  if (isInt32) {
    if (llvm::Error error =
            in.expectZero(node, 2, "zero point of int32 is not 0"))
      return error;
  } else {
    auto zeroPoints = in.zeroPoints(node, 2, elements.type);
    if (!zeroPoints)
      return zeroPoints.takeError();
    value.zeroPoints = *zeroPoints;
  }
  // A bias of a wrong count of scales is reported by the product.
  if (isInt32 && elements.shape.size() == 1)
    value.axis = 0;
  else if (llvm::Error error =
               checkAxis(node, elements.shape, value.scales.size(),
                         value.zeroPoints.size(), *axis, value.axis))
    return error;
  in.define(node, std::move(value));
  return llvm::Error::success();
}

static llvm::Error importDequantizeLinear(Importer &in, const Node &node) {
  if (llvm::Error error = node.expectInt("block_size", 0))
    return error;
  auto elements = in.findConstant(node, 0);
  if (!elements)
    return elements.takeError();
  if (*elements)
    return dequantizeConstant(in, node, **elements);
  auto x = in.tensor(node, 0);
  if (!x)
    return x.takeError();
  if (x->elementType().isInteger(32)) {
    auto scale = in.scale(node, 1);
    if (!scale)
      return scale.takeError();
    if (llvm::Error error =
            in.expectZero(node, 2, "zero point of int32 is not 0"))
      return error;
    x->quantization = {*scale, 0};
    Tensor y = in.dequantised(node, *x);
    y.twin = nullptr;
    y.quantization = std::nullopt;
    in.define(node, y);
    return llvm::Error::success();
  }
  if (!x->isInt8())
    return node.error("operand '{0}' is {1}, expected int8 or uint8",
                      node.input(0), x->isFloat() ? "float" : "int64");
  auto quantization = in.quantization(node, 1, 2, x->isUnsigned);
  if (!quantization)
    return quantization.takeError();
  x->quantization = *quantization;
  in.define(node, in.dequantised(node, *x));
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// QuantizeLinear
//===----------------------------------------------------------------------===//

/// A finite number as an integer from `least` to `most`.
static int64_t quantise(float real, float scale, int64_t zeroPoint,
                        double least, double most) {
  double level = std::nearbyint(real / scale) + double(zeroPoint);
  return static_cast<int64_t>(std::min(most, std::max(least, level)));
}

/// The bytes of `elements`; `inner` of them in turn share a scale and, where
/// there is more than one, a zero point.
static std::string quantiseAll(ArrayRef<float> elements, ArrayRef<float> scales,
                               ArrayRef<int64_t> zeroPoints, int64_t inner,
                               bool isUnsigned) {
  std::string bytes(elements.size(), '\0');
  for (auto [i, element] : llvm::enumerate(elements)) {
    size_t k = i / inner % scales.size();
    bytes[i] = static_cast<char>(
        quantise(element, scales[k], zeroPoints[zeroPoints.size() == 1 ? 0 : k],
                 isUnsigned ? 0 : -128, isUnsigned ? 255 : 127));
  }
  return bytes;
}

/// Weights that a tool left as float behind a QuantizeLinear.
static llvm::Error quantizeConstant(Importer &in, const Node &node,
                                    ElementType type) {
  auto real = in.floats(node, 0);
  if (!real)
    return real.takeError();
  auto scales = in.scales(node, 1);
  if (!scales)
    return scales.takeError();
  auto zeroPoints = in.zeroPoints(node, 2, type);
  if (!zeroPoints)
    return zeroPoints.takeError();
  auto axis = node.intAttribute("axis", 1);
  if (!axis)
    return axis.takeError();
  int64_t along = 0;
  if (llvm::Error error = checkAxis(node, real->shape, scales->size(),
                                    zeroPoints->size(), *axis, along))
    return error;
  int64_t inner = 1;
  if (scales->size() > 1)
    for (int64_t extent : llvm::drop_begin(real->shape, along + 1))
      inner *= extent;
  ArrayRef<float> elements = real->as<float>();
  if (!llvm::all_of(elements, [](float e) { return std::isfinite(e); }))
    return node.error("operand '{0}' holds a number that is not finite",
                      node.input(0));
  Constant result;
  result.type = type;
  result.shape = real->shape;
  result.bytes = std::make_shared<const std::string>(quantiseAll(
      elements, *scales, *zeroPoints, inner, type == ElementType::UInt8));
  in.define(node, std::move(result));
  return llvm::Error::success();
}

/// Of the result: that of the zero point, else of the attribute, else uint8.
static llvm::Expected<ElementType> resultType(Importer &in, const Node &node) {
  auto code = node.intAttribute("output_dtype", 0);
  if (!code)
    return code.takeError();
  std::string name = *code == 0 ? "uint8" : onnxTypeName(*code);
  if (node.hasInput(2)) {
    auto zeroPoint = in.constant(node, 2);
    if (!zeroPoint)
      return zeroPoint.takeError();
    name = elementTypeName((*zeroPoint)->type).str();
  }
  if (name == "int8")
    return ElementType::Int8;
  if (name == "uint8")
    return ElementType::UInt8;
  return node.error("result is {0}, expected int8 or uint8 (activations of "
                    "other widths are not supported)",
                    name);
}

static llvm::Error importQuantizeLinear(Importer &in, const Node &node) {
  if (llvm::Error error = node.expectInt("block_size", 0))
    return error;
  auto type = resultType(in, node);
  if (!type)
    return type.takeError();
  auto item = in.item(node, 0);
  if (!item)
    return item.takeError();
  if (!std::holds_alternative<Tensor>(**item))
    return quantizeConstant(in, node, *type);
  bool isUnsigned = *type == ElementType::UInt8;
  auto quantization = in.quantization(node, 1, 2, isUnsigned);
  if (!quantization)
    return quantization.takeError();
  auto x = in.floatTensor(node, 0);
  if (!x)
    return x.takeError();
  cmnn::QuantizeOp::Properties properties;
  properties.y_scale = in.f32(quantization->scale);
  properties.y_zero_point = in.i8(quantization->zeroPoint);
  properties.is_unsigned = in.unit(isUnsigned);
  Tensor y;
  y.shape = x->shape;
  y.layout = x->layout;
  y.isUnsigned = isUnsigned;
  y.quantization = *quantization;
  y.value = in.emit<cmnn::QuantizeOp>(
      node, in.typeOf(y.shape, y.layout, in.getBuilder().getI8Type()), x->value,
      properties);
  in.define(node, y);
  return llvm::Error::success();
}

static llvm::Error importDynamicQuantize(Importer &in, const Node &node) {
  return node.error("scales that are computed at run time are not supported: "
                    "expected a model with calibrated scales (static "
                    "quantization)");
}

void onnx_import::addQuantisationHandlers(HandlerTable &table) {
  const AttributeNames quantize = {"axis", "block_size", "output_dtype",
                                   "precision", "saturate"};
  const AttributeNames dequantize = {"axis", "block_size", "output_dtype"};
  table["ai.onnx.QuantizeLinear"] = {
      importQuantizeLinear, {2, 3}, quantize, 10};
  table["com.microsoft.QuantizeLinear"] = {
      importQuantizeLinear, {2, 3}, quantize};
  table["ai.onnx.DequantizeLinear"] = {
      importDequantizeLinear, {2, 3}, dequantize, 10};
  table["com.microsoft.DequantizeLinear"] = {
      importDequantizeLinear, {2, 3}, dequantize};
  table["ai.onnx.DynamicQuantizeLinear"] = {
      importDynamicQuantize, {1, 1, 3}, {}, 11};
}
