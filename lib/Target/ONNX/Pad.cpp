//===- Pad.cpp - Pad ------------------------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pieces.h"
#include <cmath>

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

namespace {
struct Padding {
  Shape low, high; // for each axis of ONNX
  cmnn::PadMode mode = cmnn::PadMode::Constant;
  double value = 0; // a real number, or an integer of the model's type
};
} // namespace

static llvm::Error readPadMode(const Node &node, Padding &padding) {
  auto mode = node.stringAttribute("mode", "constant");
  if (!mode)
    return mode.takeError();
  if (*mode == "edge")
    padding.mode = cmnn::PadMode::Edge;
  else if (*mode == "reflect")
    padding.mode = cmnn::PadMode::Reflect;
  else if (*mode != "constant")
    return node.error("attribute 'mode' is '{0}', expected constant, edge or "
                      "reflect",
                      *mode);
  return llvm::Error::success();
}

/// An attribute before version 11, then operand 2.
static llvm::Expected<double> readPadValue(Importer &in, const Node &node) {
  if (!node.hasInput(2)) {
    auto value = node.floatAttribute("value", 0);
    if (!value)
      return value.takeError();
    return double(*value);
  }
  auto item = in.item(node, 2);
  if (!item)
    return item.takeError();
  auto *quantised = std::get_if<QuantisedConstant>(*item);
  auto *plain = std::get_if<Constant>(*item);
  if (!quantised && !plain)
    return node.error("value '{0}' is not constant", node.input(2));
  Constant number = quantised ? Importer::dequantise(*quantised) : *plain;
  if (number.size() != 1 || std::isnan(number.realAt(0)))
    return node.error("value '{0}' is {1}, expected one number", node.input(2),
                      number.describe());
  return number.realAt(0);
}

/// The axes are all, or those of operand 3; the pads are an attribute before
/// version 11, then operand 1.
static llvm::Error readPads(Importer &in, const Node &node, int64_t rank,
                            Padding &padding) {
  auto pads =
      node.hasInput(1) ? in.integers(node, 1) : node.intsAttribute("pads");
  if (!pads)
    return pads.takeError();
  Shape axes = identityLayout(rank);
  if (node.hasInput(3)) {
    auto given = in.integers(node, 3);
    if (!given)
      return given.takeError();
    axes = *given;
  }
  if (pads->size() != 2 * axes.size())
    return node.error("{0} pads do not fit {1} axes", pads->size(),
                      axes.size());
  padding.low.assign(rank, 0);
  padding.high.assign(rank, 0);
  for (auto [i, number] : llvm::enumerate(axes)) {
    auto axis = node.wrapAxis(number, rank);
    if (!axis)
      return axis.takeError();
    padding.low[*axis] = (*pads)[i];
    padding.high[*axis] = (*pads)[i + axes.size()];
  }
  constexpr int64_t kLimit = int64_t(1) << 31;
  for (int64_t pad : *pads)
    if (pad < -kLimit || pad > kLimit)
      return node.error("pad of {0} is not supported, expected at most 2^31",
                        pad);
  return llvm::Error::success();
}

static llvm::Expected<Padding> readPadding(Importer &in, const Node &node,
                                           int64_t rank) {
  Padding padding;
  if (llvm::Error error = readPadMode(node, padding))
    return error;
  if (llvm::Error error = readPads(in, node, rank, padding))
    return error;
  auto value = readPadValue(in, node);
  if (!value)
    return value.takeError();
  padding.value = *value;
  return padding;
}

/// What constant padding adds to tensor and twin; the twin goes where the
/// number is none of its own.
static llvm::Expected<std::pair<Attribute, Attribute>>
padValues(Importer &in, const Node &node, Tensor &x, double value) {
  auto outside = [](double v) { return !(v >= -128 && v <= 127); };
  if (x.isInt8()) {
    double held = value - (x.isUnsigned ? 128 : 0);
    if (outside(held) || held != std::nearbyint(held))
      return node.error("value {0} is not one of the operand's type",
                        numberText(value));
    return std::pair(Attribute(in.i8(int32_t(held))), Attribute());
  }
  if (!x.twin)
    return std::pair(Attribute(in.f32(float(value))), Attribute());
  const Quantization &q = *x.quantization;
  double level = std::nearbyint(float(value) / q.scale) + q.zeroPoint;
  if (outside(level) ||
      float(int32_t(level) - q.zeroPoint) * q.scale != float(value)) {
    x.twin = nullptr;
    x.quantization = std::nullopt;
    return std::pair(Attribute(in.f32(float(value))), Attribute());
  }
  return std::pair(Attribute(in.f32(float(value))),
                   Attribute(in.i8(int32_t(level))));
}

/// Negative pads cut.
static llvm::Expected<Tensor> cutNegative(Importer &in, const Node &node,
                                          const Tensor &x, Padding &padding) {
  Box box = wholeBox(x);
  for (int64_t axis = 0; axis < x.rank(); ++axis) {
    int64_t &low = padding.low[axis], &high = padding.high[axis];
    if (low < 0)
      box.starts[axis] = -low;
    box.sizes[axis] += std::min<int64_t>(0, low) + std::min<int64_t>(0, high);
    low = std::max<int64_t>(0, low);
    high = std::max<int64_t>(0, high);
  }
  for (int64_t size : box.sizes)
    if (size < 1)
      return node.error("negative pads leave nothing of an operand of {0}",
                        shapeText(x.shape));
  return emitSlice(in, node, x, box);
}

/// `x`, whose negative pads are cut, with the others.
static llvm::Error emitPad(Importer &in, const Node &node, Tensor x,
                           const Padding &padding) {
  Shape shape = x.shape, low, high;
  for (int64_t axis = 0; axis < x.rank(); ++axis) {
    int64_t most = std::max(padding.low[axis], padding.high[axis]);
    if (padding.mode == cmnn::PadMode::Reflect && most >= shape[axis])
      return node.error("pad of {0} on axis {1} reflects more than its extent "
                        "of {2}",
                        most, axis, shape[axis]);
    shape[axis] += padding.low[axis] + padding.high[axis];
  }
  if (llvm::Error error = in.checkSize(node, shape))
    return error;
  for (int64_t axis : x.layout) {
    low.push_back(padding.low[axis]);
    high.push_back(padding.high[axis]);
  }
  cmnn::PadOp::Properties properties;
  properties.low = in.array(low);
  properties.high = in.array(high);
  properties.mode =
      cmnn::PadModeAttr::get(in.getBuilder().getContext(), padding.mode);
  std::pair<Attribute, Attribute> values;
  if (padding.mode == cmnn::PadMode::Constant) {
    auto found = padValues(in, node, x, padding.value);
    if (!found)
      return found.takeError();
    values = *found;
  }
  Tensor y = in.view(x, shape, x.layout, [&](Value value, Type type) {
    Attribute fill = value == x.twin ? values.second : values.first;
    properties.value = cast_or_null<TypedAttr>(fill);
    return in.emit<cmnn::PadOp>(node, type, value, properties);
  });
  in.define(node, y);
  return llvm::Error::success();
}

static llvm::Error importPad(Importer &in, const Node &node) {
  auto x = in.tensor(node, 0);
  if (!x)
    return x.takeError();
  if (!x->isFloat() && !x->isInt8())
    return node.error("operand '{0}' is a wide integer, expected float, int8 "
                      "or uint8",
                      node.input(0));
  auto padding = readPadding(in, node, x->rank());
  if (!padding)
    return padding.takeError();
  auto cut = cutNegative(in, node, *x, *padding);
  if (!cut)
    return cut.takeError();
  auto isZero = [](int64_t pad) { return pad == 0; };
  if (!llvm::all_of(padding->low, isZero) ||
      !llvm::all_of(padding->high, isZero))
    return emitPad(in, node, *cut, *padding);
  in.define(node, *cut);
  return llvm::Error::success();
}

void onnx_import::addPadHandlers(HandlerTable &table) {
  table["ai.onnx.Pad"] = {importPad, {1, 4}, {"mode", "pads", "value"}};
}
