//===- CMNNElementwise.cpp - verifiers of functions of elements -----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rules.h"
#include "cm/Dialect/CMNN/CMNNShapes.h"

using namespace mlir;
using namespace cm::cmnn;

//===----------------------------------------------------------------------===//
// Operations of two tensors
//===----------------------------------------------------------------------===//

/// (C1)
template <typename BinaryOp> static LogicalResult verifyBroadcast(BinaryOp op) {
  RankedTensorType a = op.getA().getType(), b = op.getB().getType();
  RankedTensorType expected = inferBroadcastType(a, b), y = op.getY().getType();
  if (!expected)
    return op.emitOpError("(C1) expects operands of one rank with extents that "
                          "are equal or 1, found ")
           << a << " and " << b;
  if (expected.getShape() == y.getShape())
    return success();
  return op.emitOpError("(C1) expects a result of type ")
         << expected << ", found " << y;
}

LogicalResult AddOp::verify() { return verifyBroadcast(*this); }
LogicalResult SubOp::verify() { return verifyBroadcast(*this); }
LogicalResult MulOp::verify() { return verifyBroadcast(*this); }
LogicalResult DivOp::verify() { return verifyBroadcast(*this); }
LogicalResult PReluOp::verify() { return verifyBroadcast(*this); }

/// Element by element, so that a flattened image is as good.
static OperandForms formsOfElements() {
  OperandForms forms;
  forms.constant = forms.flattened = true;
  return forms;
}

OperandForms AddOp::getOperandForms(unsigned) { return formsOfElements(); }
OperandForms MulOp::getOperandForms(unsigned) { return formsOfElements(); }

//===----------------------------------------------------------------------===//
// Functions of a vector
//===----------------------------------------------------------------------===//

LogicalResult SoftmaxOp::verify() {
  RankedTensorType x = getX().getType();
  if (getAxis() != -1 && failed(verifyAxis(*this, getAxis(), x)))
    return failure();
  if (x.getElementType().isF32() || isScaleOf(getYScale(), getExtent()))
    return success();
  return emitOpError("(C2) expects floor(1 / y_scale) <= ")
         << 128 * getExtent() << ", found " << std::floor(1.0f / getYScale());
}

/// The channels, and nothing else, are normalised.
bool SoftmaxOp::hasStageForm() {
  return getPositiveAxis() == getX().getType().getRank() - 1;
}
bool SoftmaxOp::mixesChannels() { return true; }

LogicalResult LayerNormOp::verify() {
  if (getEpsilon() < 0)
    return emitOpError("(C3) expects an epsilon of at least 0, found ")
           << getEpsilon();
  return verifyAxis(*this, getAxis(), getX().getType());
}

bool LayerNormOp::hasStageForm() {
  return int64_t(getAxis()) == getX().getType().getRank() - 1;
}
bool LayerNormOp::mixesChannels() { return true; }

LogicalResult LayerNormOp::verifySymbolUses(SymbolTableCollection &symbols) {
  RankedTensorType x = getX().getType();
  ArrayRef<int64_t> extents = x.getShape().drop_front(getAxis());
  for (FlatSymbolRefAttr symbol : {getScaleAttr(), getBiasAttr()}) {
    if (!symbol)
      continue;
    auto weight = lookUpWeight(*this, symbols, symbol, extents.size(),
                               Float32Type::get(getContext()));
    if (failed(weight))
      return failure();
    if (weight->getType().getShape() != extents)
      return emitOpError("(C1) expects ")
             << symbol << " to have the extents of " << x << " from axis "
             << getAxis() << " on, found " << weight->getType();
  }
  return success();
}

WeightOp LayerNormOp::getScaleOp() { return weightOf(*this, getScaleAttr()); }
WeightOp LayerNormOp::getBiasOp() { return weightOf(*this, getBiasAttr()); }

LogicalResult AffineOp::verifySymbolUses(SymbolTableCollection &symbols) {
  int64_t channels = getX().getType().getShape().back();
  for (FlatSymbolRefAttr symbol : {getScaleAttr(), getBiasAttr()}) {
    auto weight =
        lookUpWeight(*this, symbols, symbol, 1, Float32Type::get(getContext()));
    if (failed(weight))
      return failure();
    if (weight->getType().getDimSize(0) != channels)
      return emitOpError("(C1) expects ")
             << symbol << " to have " << channels
             << " elements, one per channel, found "
             << weight->getType().getDimSize(0);
  }
  return success();
}

WeightOp AffineOp::getScaleOp() { return weightOf(*this, getScaleAttr()); }
WeightOp AffineOp::getBiasOp() { return weightOf(*this, getBiasAttr()); }

//===----------------------------------------------------------------------===//
// Between int8 and real numbers
//===----------------------------------------------------------------------===//

/// (C1)
static LogicalResult verifySameShape(Operation *op, RankedTensorType x,
                                     RankedTensorType y) {
  if (x.getShape() == y.getShape())
    return success();
  return op->emitOpError("(C1) expects a result with the extents of ")
         << x << ", found " << y;
}

LogicalResult QuantizeOp::verify() {
  return verifySameShape(*this, getX().getType(), getY().getType());
}

bool QuantizeOp::acceptsElementTypes(Type, Type) { return true; }

LogicalResult DequantizeOp::verify() {
  return verifySameShape(*this, getX().getType(), getY().getType());
}

bool DequantizeOp::acceptsElementTypes(Type, Type) { return true; }

LogicalResult TableOp::verify() {
  if (getValues().size() == 256)
    return success();
  return emitOpError("(C3) expects 256 values, found ") << getValues().size();
}
