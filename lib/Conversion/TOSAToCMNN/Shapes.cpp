//===- Shapes.cpp - operations that move elements -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace cm;
using namespace cm::tosa_to_cmnn;

/// The elements of a constant `x` under `type`, permuted; null for another x.
static ElementsAttr permuteConstant(Value x, RankedTensorType type,
                                    ArrayRef<int64_t> permutation) {
  ArrayRef<int64_t> shape = typeOf(x).getShape();
  if (auto int8 = readConstant<int8_t>(x))
    return DenseElementsAttr::get(
        type,
        ArrayRef<int8_t>(permuteElements<int8_t>(*int8, shape, permutation)));
  if (auto int32 = readConstant<int32_t>(x))
    return DenseElementsAttr::get(
        type, ArrayRef<int32_t>(
                  permuteElements<int32_t>(*int32, shape, permutation)));
  return nullptr;
}

namespace {
/// Of a constant it is one, so that weights may be reshaped.
struct ReshapePattern : OpRewritePattern<tosa::ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getInput1();
    auto axes = llvm::to_vector(llvm::seq<int64_t>(0, typeOf(x).getRank()));
    if (auto constant = permuteConstant(x, typeOf(op), axes)) {
      rewriter.replaceOpWithNewOp<tosa::ConstOp>(op, op.getType(), constant);
      return success();
    }
    rewriter.replaceOpWithNewOp<cmnn::ReshapeOp>(op, op.getType(), x);
    return success();
  }
};

/// Likewise.
struct TransposePattern : OpRewritePattern<tosa::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<int64_t> permutation(op.getPerms());
    if (auto constant =
            permuteConstant(op.getInput1(), typeOf(op), permutation)) {
      rewriter.replaceOpWithNewOp<tosa::ConstOp>(op, op.getType(), constant);
      return success();
    }
    rewriter.replaceOpWithNewOp<cmnn::TransposeOp>(op, op.getType(),
                                                   op.getInput1(), permutation);
    return success();
  }
};

struct SlicePattern : OpRewritePattern<tosa::SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto starts = readShape(op.getStart());
    if (!starts)
      return rewriter.notifyMatchFailure(op, "expected constant starts");
    ArrayRef<int64_t> sizes = typeOf(op).getShape();
    rewriter.replaceOpWithNewOp<cmnn::SliceOp>(
        op, op.getType(), op.getInput1(), *starts, sizes,
        SmallVector<int64_t>(sizes.size(), 1));
    return success();
  }
};

/// A slice with step -1.
struct ReversePattern : OpRewritePattern<tosa::ReverseOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ReverseOp op,
                                PatternRewriter &rewriter) const override {
    ArrayRef<int64_t> sizes = typeOf(op).getShape();
    SmallVector<int64_t> starts(sizes.size(), 0), steps(sizes.size(), 1);
    starts[op.getAxis()] = sizes[op.getAxis()] - 1;
    steps[op.getAxis()] = -1;
    rewriter.replaceOpWithNewOp<cmnn::SliceOp>(op, op.getType(), op.getInput1(),
                                               starts, sizes, steps);
    return success();
  }
};

/// A concat for each axis that is repeated.
struct TilePattern : OpRewritePattern<tosa::TileOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::TileOp op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getInput1();
    SmallVector<int64_t> shape(typeOf(x).getShape());
    for (auto [from, to] : llvm::zip_equal(shape, typeOf(op).getShape())) {
      int64_t copies = to / from;
      if (copies > mostCopies)
        return rewriter.notifyMatchFailure(op, [&](Diagnostic &diagnostic) {
          diagnostic << "expected at most " << mostCopies
                     << " copies on an axis, found " << copies;
        });
    }
    for (auto [axis, extent] : llvm::enumerate(typeOf(op).getShape())) {
      int64_t copies = extent / shape[axis];
      if (copies == 1)
        continue;
      shape[axis] = extent;
      x = cmnn::ConcatOp::create(rewriter, op.getLoc(), typeOf(op).clone(shape),
                                 SmallVector<Value>(copies, x), axis);
    }
    rewriter.replaceOp(op, x);
    return success();
  }

private:
  static constexpr int64_t mostCopies = 65536;
};

struct ConcatPattern : OpRewritePattern<tosa::ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ConcatOp op,
                                PatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<cmnn::ConcatOp>(op, op.getType(),
                                                op.getInput1(), op.getAxis());
    return success();
  }
};

/// Low and high pads alternate.
struct PadPattern : OpRewritePattern<tosa::PadOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::PadOp op,
                                PatternRewriter &rewriter) const override {
    auto padding = readShape(op.getPadding());
    auto fill = readScalar(op.getPadConst());
    if (!isInt8(op.getInput1()) || !padding || !fill)
      return rewriter.notifyMatchFailure(
          op, "expected an int8 input and constant padding");
    SmallVector<int64_t> low, high;
    for (auto [i, pad] : llvm::enumerate(*padding))
      (i % 2 == 0 ? low : high).push_back(pad);
    rewriter.replaceOpWithNewOp<cmnn::PadOp>(op, op.getType(), op.getInput1(),
                                             low, high, cmnn::PadMode::Constant,
                                             rewriter.getI8IntegerAttr(*fill));
    return success();
  }
};

struct IdentityPattern : OpRewritePattern<tosa::IdentityOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::IdentityOp op,
                                PatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, op.getInput1());
    return success();
  }
};

/// scale is numerator and denominator, vertical first.
struct ResizePattern : OpRewritePattern<tosa::ResizeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ResizeOp op,
                                PatternRewriter &rewriter) const override {
    auto scale = readShape(op.getScale()), offset = readShape(op.getOffset());
    if (!isInt8(op.getInput()) || !scale || !offset)
      return rewriter.notifyMatchFailure(
          op, "expected an int8 input, a constant scale and offset");
    bool isNearest = op.getMode() == tosa::ResizeMode::NEAREST_NEIGHBOR;
    rewriter.replaceOpWithNewOp<cmnn::ResizeFixedOp>(
        op, op.getType(), op.getInput(),
        isNearest ? cmnn::ResizeMode::Nearest : cmnn::ResizeMode::Linear,
        ArrayRef<int64_t>{(*scale)[0], (*scale)[2]},
        ArrayRef<int64_t>{(*scale)[1], (*scale)[3]}, *offset);
    return success();
  }
};
} // namespace

void tosa_to_cmnn::populateShapePatterns(RewritePatternSet &patterns) {
  patterns.add<ReshapePattern, TransposePattern, SlicePattern, ReversePattern,
               TilePattern, ConcatPattern, PadPattern, IdentityPattern,
               ResizePattern>(patterns.getContext());
}
