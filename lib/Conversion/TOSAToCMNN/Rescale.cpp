//===- Rescale.cpp - rescale and functions of one element -----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "Ranges.h"
#include <algorithm>

using namespace mlir;
using namespace cm;
using namespace cm::tosa_to_cmnn;

/// A rescale by 1: every int8 and int32 stays what it is.
static Attributes unitScale(OpBuilder &builder) {
  Attributes attributes(builder);
  return attributes
      .add("multipliers", builder.getDenseI32ArrayAttr(int32_t(1) << 30))
      .add("shifts", builder.getDenseI8ArrayAttr(int8_t(30)));
}

static Attributes &addRange(Attributes &attributes, OpBuilder &builder,
                            int32_t minimum, int32_t maximum) {
  return attributes.add("minimum", builder.getI32IntegerAttr(minimum))
      .add("maximum", builder.getI32IntegerAttr(maximum));
}

Value tosa_to_cmnn::createWiden(OpBuilder &builder, Location loc, Value x) {
  auto type = typeOf(x).clone(builder.getI32Type());
  return cmnn::RescaleOp::create(builder, loc, type, x,
                                 ArrayRef<NamedAttribute>(unitScale(builder)));
}

Value tosa_to_cmnn::createClamp(OpBuilder &builder, Location loc, Type y,
                                Value x, int32_t minimum, int32_t maximum) {
  if (isInt8(x)) {
    Attributes attributes(builder);
    attributes.add("minimum", builder.getI8IntegerAttr(minimum))
        .add("maximum", builder.getI8IntegerAttr(maximum));
    return cmnn::RequantizeOp::create(builder, loc, y, x,
                                      ArrayRef<NamedAttribute>(attributes));
  }
  Attributes attributes = unitScale(builder);
  addRange(attributes, builder, minimum, maximum);
  return cmnn::RescaleOp::create(builder, loc, y, x,
                                 ArrayRef<NamedAttribute>(attributes));
}

void tosa_to_cmnn::replaceByClamp(PatternRewriter &rewriter, Operation *op,
                                  Value x, int32_t low, int32_t high) {
  auto rescale = x.getDefiningOp<cmnn::RescaleOp>();
  if (!rescale || !rescale->hasOneUse()) {
    if (isInt8(x)) {
      low = std::clamp(low, -128, 127);
      high = std::clamp(high, -128, 127);
    }
    rewriter.replaceOp(op,
                       createClamp(rewriter, op->getLoc(),
                                   op->getResult(0).getType(), x, low, high));
    return;
  }
  int32_t first = std::clamp(rescale.getMinimum(), low, high);
  int32_t last = std::clamp(rescale.getMaximum(), low, high);
  rewriter.modifyOpInPlace(rescale, [&] {
    rescale.setMinimumAttr(rewriter.getI32IntegerAttr(first));
    rescale.setMaximumAttr(rewriter.getI32IntegerAttr(last));
  });
  rewriter.replaceOp(op, rescale);
}

namespace {
struct RescalePattern : OpRewritePattern<tosa::RescaleOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::RescaleOp op,
                                PatternRewriter &rewriter) const override {
    // lowerUnsignedPorts saw to those that are ports.
    if (op.getInputUnsigned() && !isa<BlockArgument>(op.getInput()))
      return rewriter.notifyMatchFailure(
          op, "expected an argument as unsigned input");
    if (op.getOutputUnsigned() && !isReturned(op))
      return rewriter.notifyMatchFailure(
          op, "expected an unsigned result to be returned");
    auto multipliers = readMultipliers(op);
    auto shifts = readConstant<int8_t>(op.getShift());
    auto xZeroPoint = readScalar(op.getInputZp());
    auto yZeroPoint = readScalar(op.getOutputZp());
    if (!multipliers || !shifts || !xZeroPoint || !yZeroPoint)
      return rewriter.notifyMatchFailure(
          op, "expected constant multipliers, shifts and zero points");
    Attributes attributes(rewriter);
    attributes.add("multipliers", rewriter.getDenseI32ArrayAttr(*multipliers))
        .add("shifts", rewriter.getDenseI8ArrayAttr(*shifts))
        .zeroPoint("x_zero_point", shifted(*xZeroPoint, op.getInputUnsigned()))
        .zeroPoint("y_zero_point",
                   shifted(*yZeroPoint, op.getOutputUnsigned()));
    // INEXACT_ROUND leaves the choice to us.
    if (op.getRoundingMode() == tosa::RoundingMode::DOUBLE_ROUND)
      attributes.add("double_round", rewriter.getUnitAttr());
    rewriter.replaceOpWithNewOp<cmnn::RescaleOp>(
        op, op.getType(), op.getInput(), ArrayRef<NamedAttribute>(attributes));
    return success();
  }

private:
  static bool isReturned(tosa::RescaleOp op) {
    return op->hasOneUse() && isa<func::ReturnOp>(*op->getUsers().begin());
  }

  /// The zero point of a uint8 tensor, which comes as a byte, for the int8 one.
  static int32_t shifted(int32_t zeroPoint, bool isUnsigned) {
    return isUnsigned ? static_cast<uint8_t>(zeroPoint) - 128 : zeroPoint;
  }

  /// i32, or i16 where not `scale32`; nothing where they are no constant.
  static std::optional<std::vector<int32_t>>
  readMultipliers(tosa::RescaleOp op) {
    if (op.getScale32())
      return readConstant<int32_t>(op.getMultiplier());
    auto narrow = readConstant<int16_t>(op.getMultiplier());
    if (!narrow)
      return std::nullopt;
    return std::vector<int32_t>(narrow->begin(), narrow->end());
  }
};

struct CastPattern : OpRewritePattern<tosa::CastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::CastOp op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getInput();
    if (x.getType() == op.getType())
      rewriter.replaceOp(op, x);
    else if (isInt8(x))
      rewriter.replaceOp(op, createWiden(rewriter, op.getLoc(), x));
    else if (rangeOf(x).isInt8())
      rewriter.replaceOp(
          op, createClamp(rewriter, op.getLoc(), op.getType(), x, -128, 127));
    else
      return rewriter.notifyMatchFailure(
          op, "expected a cast to int32, found one to int8, which drops bits");
    return success();
  }
};

struct ClampPattern : OpRewritePattern<tosa::ClampOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ClampOp op,
                                PatternRewriter &rewriter) const override {
    auto minimum = dyn_cast<IntegerAttr>(op.getMinVal());
    auto maximum = dyn_cast<IntegerAttr>(op.getMaxVal());
    if (!minimum || !maximum)
      return rewriter.notifyMatchFailure(op, "expected integers as bounds");
    int32_t low = minimum.getValue().getSExtValue();
    int32_t high = maximum.getValue().getSExtValue();
    replaceByClamp(rewriter, op, op.getInput(), low, high);
    return success();
  }
};

struct TablePattern : OpRewritePattern<tosa::TableOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::TableOp op,
                                PatternRewriter &rewriter) const override {
    auto values = readConstant<int8_t>(op.getTable());
    if (!values || !isInt8(op.getInput1()))
      return rewriter.notifyMatchFailure(
          op, "expected an int8 input and a constant int8 table");
    rewriter.replaceOpWithNewOp<cmnn::TableOp>(op, op.getType(), op.getInput1(),
                                               *values);
    return success();
  }
};

/// A table where it is int8.
struct NegatePattern : OpRewritePattern<tosa::NegateOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::NegateOp op,
                                PatternRewriter &rewriter) const override {
    auto xZeroPoint = readScalar(op.getInput1Zp());
    auto yZeroPoint = readScalar(op.getOutputZp());
    if (!isInt8(op.getInput1()) || !xZeroPoint || !yZeroPoint)
      return rewriter.notifyMatchFailure(
          op, "expected an int8 input and constant zero points");
    std::vector<int8_t> values;
    for (int32_t x = -128; x < 128; ++x)
      values.push_back(std::clamp(*xZeroPoint - x + *yZeroPoint, -128, 127));
    rewriter.replaceOpWithNewOp<cmnn::TableOp>(op, op.getType(), op.getInput1(),
                                               values);
    return success();
  }
};
} // namespace

void tosa_to_cmnn::populateRescalePatterns(RewritePatternSet &patterns) {
  patterns.add<RescalePattern, CastPattern, ClampPattern, TablePattern,
               NegatePattern>(patterns.getContext());
}
