//===- Pools.cpp - pools and reductions -----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"

using namespace mlir;
using namespace cm;
using namespace cm::tosa_to_cmnn;

/// pad is top, bottom, left, right.
template <typename PoolOp>
static Attributes windowOf(PoolOp op, PatternRewriter &rewriter) {
  ArrayRef<int64_t> pad = op.getPad();
  Attributes attributes(rewriter);
  return attributes.int64s("kernel", op.getKernel())
      .int64s("strides", op.getStride())
      .int64s("pads", {pad[0], pad[2], pad[1], pad[3]});
}

namespace {
struct MaxPoolPattern : OpRewritePattern<tosa::MaxPool2dOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::MaxPool2dOp op,
                                PatternRewriter &rewriter) const override {
    if (!isInt8(op.getInput()))
      return rewriter.notifyMatchFailure(op, "expected an int8 input");
    rewriter.replaceOpWithNewOp<cmnn::MaxPoolOp>(
        op, op.getType(), op.getInput(),
        ArrayRef<NamedAttribute>(windowOf(op, rewriter)));
    return success();
  }
};

struct AvgPoolPattern : OpRewritePattern<tosa::AvgPool2dOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::AvgPool2dOp op,
                                PatternRewriter &rewriter) const override {
    auto xZeroPoint = readScalar(op.getInputZp());
    auto yZeroPoint = readScalar(op.getOutputZp());
    if (!isInt8(op.getInput()) || !xZeroPoint || !yZeroPoint)
      return rewriter.notifyMatchFailure(
          op, "expected an int8 input and constant zero points");
    Attributes attributes = windowOf(op, rewriter);
    attributes.zeroPoint("x_zero_point", *xZeroPoint)
        .zeroPoint("y_zero_point", *yZeroPoint);
    rewriter.replaceOpWithNewOp<cmnn::AveragePoolFixedOp>(
        op, op.getType(), op.getInput(), ArrayRef<NamedAttribute>(attributes));
    return success();
  }
};

struct ReduceSumPattern : OpRewritePattern<tosa::ReduceSumOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ReduceSumOp op,
                                PatternRewriter &rewriter) const override {
    if (isInt8(op.getInput()))
      return rewriter.notifyMatchFailure(op, "expected an int32 input");
    Attributes attributes(rewriter);
    attributes.int64s("axes", {int64_t(op.getAxis())});
    rewriter.replaceOpWithNewOp<cmnn::ReduceSumOp>(
        op, op.getType(), op.getInput(), ArrayRef<NamedAttribute>(attributes));
    return success();
  }
};
} // namespace

static Value createReduceMax(PatternRewriter &rewriter, Location loc, Type y,
                             Value x, int64_t axis) {
  Attributes attributes(rewriter);
  attributes.int64s("axes", {axis});
  return cmnn::ReduceMaxOp::create(rewriter, loc, y, x,
                                   ArrayRef<NamedAttribute>(attributes));
}

/// -1 - x, which turns the order of int8 around.
static Value createNot(PatternRewriter &rewriter, Location loc, Value x) {
  std::vector<int8_t> values;
  for (int32_t value = 127; value >= -128; --value)
    values.push_back(static_cast<int8_t>(value));
  return cmnn::TableOp::create(rewriter, loc, x.getType(), x, values);
}

namespace {
struct ReduceMaxPattern : OpRewritePattern<tosa::ReduceMaxOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ReduceMaxOp op,
                                PatternRewriter &rewriter) const override {
    if (!isInt8(op.getInput()))
      return rewriter.notifyMatchFailure(op, "expected an int8 input");
    rewriter.replaceOp(op, createReduceMax(rewriter, op.getLoc(), op.getType(),
                                           op.getInput(), op.getAxis()));
    return success();
  }
};

struct ReduceMinPattern : OpRewritePattern<tosa::ReduceMinOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ReduceMinOp op,
                                PatternRewriter &rewriter) const override {
    if (!isInt8(op.getInput()))
      return rewriter.notifyMatchFailure(op, "expected an int8 input");
    Value turned = createNot(rewriter, op.getLoc(), op.getInput());
    Value greatest = createReduceMax(rewriter, op.getLoc(), op.getType(),
                                     turned, op.getAxis());
    rewriter.replaceOp(op, createNot(rewriter, op.getLoc(), greatest));
    return success();
  }
};
} // namespace

void tosa_to_cmnn::populatePoolPatterns(RewritePatternSet &patterns) {
  patterns.add<MaxPoolPattern, AvgPoolPattern, ReduceSumPattern,
               ReduceMaxPattern, ReduceMinPattern>(patterns.getContext());
}
