//===- CMNNFolds.cpp - folders and canonical forms ------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMNN/CMNNOps.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace cm::cmnn;

/// Saturating to all of int8 at an unchanged quantisation changes nothing:
/// s * d / s rounds to d for every |d| <= 255.
OpFoldResult RequantizeOp::fold(FoldAdaptor) {
  if (getXScale() == getYScale() && getXZeroPoint() == getYZeroPoint() &&
      getMinimum() == -128 && getMaximum() == 127)
    return getX();
  return {};
}

/// reshape(x) of the same type is x; reshape(reshape(x)) skips the inner one.
OpFoldResult ReshapeOp::fold(FoldAdaptor) {
  if (getX().getType() == getY().getType())
    return getX();
  if (auto inner = getX().getDefiningOp<ReshapeOp>()) {
    if (inner.getX().getType() == getY().getType())
      return inner.getX();
    getXMutable().assign(inner.getX());
    return getResult();
  }
  return {};
}

OpFoldResult TransposeOp::fold(FoldAdaptor) {
  for (auto [i, axis] : llvm::enumerate(getPermutation()))
    if (static_cast<int64_t>(i) != axis)
      return {};
  return getX();
}

/// A slice of everything is x.
OpFoldResult SliceOp::fold(FoldAdaptor) {
  bool forward = llvm::all_of(getSteps(), [](int64_t s) { return s > 0; });
  if (forward && getX().getType() == getY().getType())
    return getX();
  return {};
}

/// A concatenation of one is that one.
OpFoldResult ConcatOp::fold(FoldAdaptor) {
  if (getInputs().size() == 1)
    return getInputs().front();
  return {};
}

/// Padding with nothing changes nothing.
OpFoldResult PadOp::fold(FoldAdaptor) {
  if (getX().getType() == getY().getType())
    return getX();
  return {};
}

namespace {
/// transpose(transpose(x, p), q) = transpose(x, p o q).
struct ComposeTransposes : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = op.getX().getDefiningOp<TransposeOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "no transpose of a transpose");
    auto permutation =
        llvm::map_to_vector(op.getPermutation(), [&](int64_t axis) {
          return inner.getPermutation()[axis];
        });
    rewriter.modifyOpInPlace(op, [&] {
      op.getXMutable().assign(inner.getX());
      op.setPermutation(permutation);
    });
    return success();
  }
};

/// A transpose that leaves the axes of extent above 1 in order moves no
/// element: it is a reshape.
struct TransposeOfUnitAxes : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op,
                                PatternRewriter &rewriter) const override {
    int64_t last = -1;
    for (int64_t axis : op.getPermutation()) {
      if (op.getX().getType().getDimSize(axis) == 1)
        continue;
      if (axis < last)
        return rewriter.notifyMatchFailure(op, "elements move");
      last = axis;
    }
    auto names = op->getDiscardableAttrDictionary();
    auto reshape = rewriter.replaceOpWithNewOp<ReshapeOp>(
        op, op.getY().getType(), op.getX());
    reshape->setDiscardableAttrs(names);
    return success();
  }
};

/// average_pool of the whole image = global_average_pool.
struct PoolOfWholeImage : OpRewritePattern<AveragePoolOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AveragePoolOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.isGlobal())
      return rewriter.notifyMatchFailure(op, "not the whole image");
    auto names = op->getDiscardableAttrDictionary();
    auto pool = rewriter.replaceOpWithNewOp<GlobalAveragePoolOp>(
        op, op.getY().getType(), op.getX(), op.getXScaleAttr(),
        op.getXZeroPointAttr(), op.getYScaleAttr(), op.getYZeroPointAttr(),
        op.getMinimumAttr(), op.getMaximumAttr());
    pool->setDiscardableAttrs(names);
    return success();
  }
};
} // namespace

void AveragePoolOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                                MLIRContext *context) {
  patterns.add<PoolOfWholeImage>(context);
}

void TransposeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  patterns.add<ComposeTransposes, TransposeOfUnitAxes>(context);
}
