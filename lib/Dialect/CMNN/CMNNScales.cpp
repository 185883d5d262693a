//===- CMNNScales.cpp - numbers that come of scales -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rules.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

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
template <typename ProductOp>
static std::optional<BadScale> checkProduct(ProductOp op) {
  float y = op.getYScale();
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

static std::optional<BadScale> checkSum(AddOp op) {
  if (auto bad = check("a_scale / y_scale", op.getAScale() / op.getYScale()))
    return bad;
  return check("b_scale / y_scale", op.getBScale() / op.getYScale());
}

static std::optional<BadScale> checkMean(GlobalAveragePoolOp op) {
  ArrayRef<int64_t> x = op.getX().getType().getShape();
  auto pixels = static_cast<float>(x[1] * x[2]);
  return check("x_scale / (y_scale * pixels)",
               op.getXScale() / (op.getYScale() * pixels));
}

std::optional<BadScale> cm::cmnn::findBadScale(Operation *op) {
  using Found = std::optional<BadScale>;
  return llvm::TypeSwitch<Operation *, Found>(op)
      .Case<Conv2DOp, ConvTranspose2DOp, MatMulOp>(
          [](auto product) { return checkProduct(product); })
      .Case<BatchMatMulOp, MulOp>(
          [](auto product) { return checkTimes(product); })
      .Case([](AddOp sum) { return checkSum(sum); })
      .Case([](AveragePoolOp pool) {
        return check("x_scale / y_scale", pool.getXScale() / pool.getYScale());
      })
      .Case([](GlobalAveragePoolOp pool) { return checkMean(pool); })
      .Default([](Operation *) { return Found(); });
}

LogicalResult cm::cmnn::verifyScales(Operation *op) {
  auto bad = findBadScale(op);
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
