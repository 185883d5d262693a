//===- CMNNScales.cpp - numbers that come of scales -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rules.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace cm;
using namespace cm::cmnn;

/// Nothing where `value` is a scale, which what it comes of are.
static std::optional<BadScale> check(StringRef what, float value) {
  if (isScale(value))
    return std::nullopt;
  return BadScale{what, value, std::nullopt};
}

/// Steps of the result for one of the accumulator.
static std::optional<BadScale> checkProduct(ProductOpInterface op, float y) {
  for (auto [channel, scale] : llvm::enumerate(op.getWScales())) {
    if (!isScale(scale))
      continue; // (C3)
    auto bad = check("x_scale * w_scale / y_scale", op.getXScale() * scale / y);
    if (!bad)
      continue;
    bad->channel = static_cast<int64_t>(channel);
    return bad;
  }
  return std::nullopt;
}

template <typename BinaryOp>
static std::optional<BadScale> checkTimes(BinaryOp op) {
  if (!op.getY().getType().getElementType().isInteger(8) &&
      !op.getY().getType().getElementType().isF32())
    return std::nullopt;
  return check("a_scale * b_scale / y_scale",
               op.getAScale() * op.getBScale() / op.getYScale());
}

std::optional<BadScale> Conv2DOp::findBadScale() {
  return checkProduct(*this, getYScale());
}

std::optional<BadScale> ConvTranspose2DOp::findBadScale() {
  return checkProduct(*this, getYScale());
}

std::optional<BadScale> MatMulOp::findBadScale() {
  return checkProduct(*this, getYScale());
}

std::optional<BadScale> BatchMatMulOp::findBadScale() {
  return checkTimes(*this);
}

std::optional<BadScale> MulOp::findBadScale() { return checkTimes(*this); }

std::optional<BadScale> AddOp::findBadScale() {
  if (auto bad = check("a_scale / y_scale", getAScale() / getYScale()))
    return bad;
  return check("b_scale / y_scale", getBScale() / getYScale());
}

std::optional<BadScale> AveragePoolOp::findBadScale() {
  return check("x_scale / y_scale", getXScale() / getYScale());
}

std::optional<BadScale> GlobalAveragePoolOp::findBadScale() {
  ArrayRef<int64_t> x = getX().getType().getShape();
  auto pixels = static_cast<float>(x[1] * x[2]);
  return check("x_scale / (y_scale * pixels)",
               getXScale() / (getYScale() * pixels));
}

LogicalResult cm::cmnn::verifyScales(QuantizableOpInterface op) {
  auto bad = op.findBadScale();
  if (!bad)
    return success();
  InFlightDiagnostic diag =
      op->emitOpError("(C10) expects ")
      << bad->what << " to be positive, normal and at most 2^80, found "
      << bad->value;
  if (bad->channel)
    diag << " at channel " << *bad->channel;
  return diag;
}
