//===- FusePorts.cpp - floats of the host that are int8 within ------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fusion.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace cm::cmnn;

constexpr StringLiteral scaleName = "cm.scale";
constexpr StringLiteral zeroPointName = "cm.zero_point";

static FloatAttr scaleAttr(Quantization quantization, Builder builder) {
  return builder.getF32FloatAttr(quantization.scale);
}

static IntegerAttr zeroPointAttr(Quantization quantization, Builder builder) {
  return builder.getI8IntegerAttr(static_cast<int8_t>(quantization.zeroPoint));
}

/// The result types follow the return, the argument types the block.
static void updateType(func::FuncOp function) {
  Block &body = function.front();
  function.setFunctionType(
      FunctionType::get(function.getContext(), body.getArgumentTypes(),
                        body.getTerminator()->getOperandTypes()));
}

//===----------------------------------------------------------------------===//
// Float ports
//===----------------------------------------------------------------------===//

/// The quantisation that all users of `argument` give it, if it is one.
static std::optional<Quantization> commonQuantization(BlockArgument argument) {
  std::optional<Quantization> common;
  for (Operation *user : argument.getUsers()) {
    auto quantize = dyn_cast<QuantizeOp>(user);
    if (!quantize)
      return std::nullopt;
    Quantization found = quantize.getResultQuantization();
    if (common && *common != found)
      return std::nullopt;
    common = found;
  }
  return common;
}

static bool fuseArgument(func::FuncOp function, BlockArgument argument) {
  auto type = dyn_cast<RankedTensorType>(argument.getType());
  if (!type || !type.getElementType().isF32())
    return false;
  std::optional<Quantization> q = commonQuantization(argument);
  if (!q)
    return false;
  OpBuilder builder(function.getContext());
  unsigned index = argument.getArgNumber();
  argument.setType(type.clone(builder.getI8Type()));
  for (Operation *user : llvm::make_early_inc_range(argument.getUsers())) {
    auto quantize = cast<QuantizeOp>(user);
    Value value = argument;
    if (quantize.getMinimum() != -128 || quantize.getMaximum() != 127) {
      builder.setInsertionPoint(quantize);
      auto clamp = RequantizeOp::create(
          builder, quantize.getLoc(), value.getType(), value, q->scale,
          q->zeroPoint, q->scale, q->zeroPoint, quantize.getMinimum(),
          quantize.getMaximum());
      clamp->setDiscardableAttrs(quantize->getDiscardableAttrDictionary());
      value = clamp;
    }
    quantize.getY().replaceAllUsesWith(value);
    quantize.erase();
  }
  function.setArgAttr(index, hostTypeAttrName,
                      builder.getStringAttr("float32"));
  function.setArgAttr(index, scaleName, scaleAttr(*q, builder));
  function.setArgAttr(index, zeroPointName, zeroPointAttr(*q, builder));
  return true;
}

static bool fuseResult(func::FuncOp function, OpOperand &operand) {
  DequantizeOp dequantize = int8DequantizeOf(operand.get());
  if (!dequantize)
    return false;
  Quantization q = dequantize.getOperandQuantization(0);
  Builder builder(function.getContext());
  unsigned index = operand.getOperandNumber();
  operand.set(dequantize.getX());
  function.setResultAttr(index, hostTypeAttrName,
                         builder.getStringAttr("float32"));
  function.setResultAttr(index, scaleName, scaleAttr(q, builder));
  function.setResultAttr(index, zeroPointName, zeroPointAttr(q, builder));
  if (dequantize->use_empty())
    dequantize.erase();
  return true;
}

//===----------------------------------------------------------------------===//
// Quantisation of int8 ports
//===----------------------------------------------------------------------===//

/// The quantisation that a user of `value` reads it with, beyond views.
static std::optional<Quantization> quantizationOfUsers(Value value) {
  SetVector<Value> values; // each once: views may split and join
  values.insert(value);
  for (size_t i = 0; i < values.size(); ++i)
    for (OpOperand &use : values[i].getUses()) {
      Operation *user = use.getOwner();
      auto view = dyn_cast<ViewOpInterface>(user);
      if (view && view.isView())
        values.insert(user->getResult(0));
      else if (auto reader = dyn_cast<QuantizableOpInterface>(user))
        return reader.getOperandQuantization(use.getOperandNumber());
    }
  return std::nullopt;
}

/// The quantisation that the producer of `value` gives it, beyond views.
static std::optional<Quantization> quantizationOfProducer(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
    unsigned index = argument.getArgNumber();
    auto scale = function.getArgAttrOfType<FloatAttr>(index, scaleName);
    auto zero = function.getArgAttrOfType<IntegerAttr>(index, zeroPointName);
    if (!scale || !zero)
      return std::nullopt;
    return Quantization{scale.getValue().convertToFloat(),
                        static_cast<int32_t>(zero.getValue().getSExtValue())};
  }
  Operation *op = value.getDefiningOp();
  auto view = dyn_cast<ViewOpInterface>(op);
  if (view && view.isView() && !view.getViewed().empty())
    return quantizationOfProducer(view.getViewed().front());
  if (auto producer = dyn_cast<QuantizableOpInterface>(op))
    return producer.getResultQuantization();
  return std::nullopt;
}

static bool isInt8(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getElementType().isInteger(8);
}

/// Whether `function` has a body that returns.
static bool isPlain(func::FuncOp function) {
  return function.getBody().hasOneBlock() &&
         isa<func::ReturnOp>(function.front().getTerminator());
}

void cm::cmnn::nameQuantization(func::FuncOp function) {
  if (!isPlain(function))
    return;
  Builder builder(function.getContext());
  for (BlockArgument argument : function.getArguments()) {
    unsigned index = argument.getArgNumber();
    if (!isInt8(argument) || function.getArgAttr(index, scaleName) ||
        function.getArgAttr(index, zeroPointName))
      continue;
    if (auto q = quantizationOfUsers(argument)) {
      function.setArgAttr(index, scaleName, scaleAttr(*q, builder));
      function.setArgAttr(index, zeroPointName, zeroPointAttr(*q, builder));
    }
  }
  Operation *terminator = function.front().getTerminator();
  for (auto [index, value] : llvm::enumerate(terminator->getOperands())) {
    if (!isInt8(value) || function.getResultAttr(index, scaleName) ||
        function.getResultAttr(index, zeroPointName))
      continue;
    if (auto q = quantizationOfProducer(value)) {
      function.setResultAttr(index, scaleName, scaleAttr(*q, builder));
      function.setResultAttr(index, zeroPointName, zeroPointAttr(*q, builder));
    }
  }
}

void cm::cmnn::fusePorts(func::FuncOp function, FusionCounts &counts) {
  if (!isPlain(function))
    return;
  for (BlockArgument argument : function.getArguments())
    counts.ports += fuseArgument(function, argument);
  for (OpOperand &operand : function.front().getTerminator()->getOpOperands())
    counts.ports += fuseResult(function, operand);
  updateType(function);
  nameQuantization(function);
}
