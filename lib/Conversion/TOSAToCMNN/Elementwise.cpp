//===- Elementwise.cpp - sums and products of two tensors -----------------===//
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

namespace {
/// Exact in int32, which is the only integer that TOSA adds.
template <typename FromOp, typename ToOp>
struct SumPattern : OpRewritePattern<FromOp> {
  using OpRewritePattern<FromOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(FromOp op,
                                PatternRewriter &rewriter) const override {
    if (isInt8(op.getOutput()))
      return rewriter.notifyMatchFailure(op, "expected int32 operands");
    rewriter.replaceOpWithNewOp<ToOp>(
        op, op.getType(), ValueRange{op.getInput1(), op.getInput2()},
        ArrayRef<NamedAttribute>());
    return success();
  }
};

/// int8 operands are widened: their product is int32.
struct MulPattern : OpRewritePattern<tosa::MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::MulOp op,
                                PatternRewriter &rewriter) const override {
    auto shift = readScalar(op.getShift());
    if (!shift || *shift != 0)
      return rewriter.notifyMatchFailure(op, "expected the constant shift 0");
    if (isInt8(op.getOutput()))
      return rewriter.notifyMatchFailure(op, "expected an int32 result");
    SmallVector<Value> operands = {op.getInput1(), op.getInput2()};
    for (Value &operand : operands)
      if (isInt8(operand))
        operand = createWiden(rewriter, op.getLoc(), operand);
    rewriter.replaceOpWithNewOp<cmnn::MulOp>(op, op.getType(), operands,
                                             ArrayRef<NamedAttribute>());
    return success();
  }
};
} // namespace

void tosa_to_cmnn::populateElementwisePatterns(RewritePatternSet &patterns) {
  patterns.add<SumPattern<tosa::AddOp, cmnn::AddOp>,
               SumPattern<tosa::SubOp, cmnn::SubOp>, MulPattern>(
      patterns.getContext());
}
