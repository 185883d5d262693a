//===- Normalise.cpp - one form for what can be written in several --------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fusion.h"
#include "cm/Dialect/CMNN/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace cm::cmnn {
#define GEN_PASS_DEF_NORMALISE
#include "cm/Dialect/CMNN/Passes.h.inc"
} // namespace cm::cmnn

using namespace cm::cmnn;

//===----------------------------------------------------------------------===//
// Flatten
//===----------------------------------------------------------------------===//

/// For every element of the transpose's result, in order, its position in the
/// operand.
static std::vector<int64_t> sourcePositions(TransposeOp op) {
  ArrayRef<int64_t> shape = op.getX().getType().getShape();
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t axis = shape.size(); axis-- > 1;)
    strides[axis - 1] = strides[axis] * shape[axis];
  std::vector<int64_t> positions = {0};
  for (int64_t axis : op.getPermutation()) {
    std::vector<int64_t> longer;
    for (int64_t base : positions)
      for (int64_t i = 0; i < shape[axis]; ++i)
        longer.push_back(base + i * strides[axis]);
    positions = std::move(longer);
  }
  return positions;
}

/// A weight beside `weight` that has its row i as row `positions[i]`.
static WeightOp permuteRows(WeightOp weight, ArrayRef<int64_t> positions,
                            OpBuilder &builder) {
  std::vector<int8_t> storage;
  ArrayRef<int8_t> from = weight.getInt8(storage);
  int64_t columns = weight.getType().getDimSize(1);
  std::vector<int8_t> to(from.size());
  for (auto [row, position] : llvm::enumerate(positions))
    std::copy_n(&from[row * columns], columns, &to[position * columns]);
  ArrayRef<char> data(reinterpret_cast<const char *>(to.data()), to.size());
  return cloneWeight(weight, "_nhwc", weight.getType(), data, builder);
}

namespace {
/// matmul(reshape(transpose(x)), w) = matmul(reshape(x), w'), the rows of w in
/// the order of x.
struct FlattenIntoWeight : OpRewritePattern<MatMulOp> {
  FlattenIntoWeight(MLIRContext *context, int64_t &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(MatMulOp op,
                                PatternRewriter &rewriter) const override {
    auto reshape = op.getX().getDefiningOp<ReshapeOp>();
    auto transpose =
        reshape ? reshape.getX().getDefiningOp<TransposeOp>() : nullptr;
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "no transpose and reshape");
    RankedTensorType x = op.getX().getType();
    if (!x.getElementType().isInteger(8) ||
        x.getNumElements() != x.getShape().back())
      return rewriter.notifyMatchFailure(op, "not one int8 vector");
    // One that moves no element becomes a reshape, which keeps its name.
    std::vector<int64_t> positions = sourcePositions(transpose);
    if (llvm::is_sorted(positions))
      return rewriter.notifyMatchFailure(op, "no element moves");
    WeightOp permuted = permuteRows(op.getWeightOp(), positions, rewriter);
    auto flat = ReshapeOp::create(rewriter, reshape.getLoc(),
                                  reshape.getY().getType(), transpose.getX());
    rewriter.modifyOpInPlace(op, [&] {
      op.getXMutable().assign(flat);
      op.setWeight(permuted.getSymName());
    });
    ++count;
    return success();
  }

  int64_t &count;
};

//===----------------------------------------------------------------------===//
// Clamps
//===----------------------------------------------------------------------===//

/// requantize(f(x)) at one scale and zero point narrows the range of f.
struct ClampIntoProducer : OpRewritePattern<RequantizeOp> {
  ClampIntoProducer(MLIRContext *context, int64_t &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(RequantizeOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getXScale() != op.getYScale() ||
        op.getXZeroPoint() != op.getYZeroPoint())
      return rewriter.notifyMatchFailure(op, "more than a clamp");
    auto producer = op.getX().getDefiningOp<RequantizingOpInterface>();
    if (!producer || !op.getX().hasOneUse() ||
        producer.getYScale() != op.getXScale() ||
        producer.getYZeroPoint() != op.getXZeroPoint())
      return rewriter.notifyMatchFailure(op, "no producer of its own");
    auto clamp = [&](int32_t value) {
      value = std::clamp(value, op.getMinimum(), op.getMaximum());
      return rewriter.getI8IntegerAttr(static_cast<int8_t>(value));
    };
    rewriter.modifyOpInPlace(producer, [&] {
      producer.setMinimumAttr(clamp(producer.getMinimum()));
      producer.setMaximumAttr(clamp(producer.getMaximum()));
      producer->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    });
    rewriter.replaceOp(op, op.getX());
    ++count;
    return success();
  }

  int64_t &count;
};

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

class NormalisePass : public cm::cmnn::impl::NormaliseBase<NormalisePass> {
  void runOnOperation() override {
    FusionCounts counts;
    if (failed(fuseQuantization(getOperation(), &counts)))
      return signalPassFailure();
    numRecognised += counts.recognised;
    numFolded += counts.folded;
    numFused += counts.fused;
    numViews += counts.views;
    numPorts += counts.ports;
    int64_t flattens = 0, clamps = 0;
    RewritePatternSet patterns(&getContext());
    patterns.add<FlattenIntoWeight>(&getContext(), flattens);
    patterns.add<ClampIntoProducer>(&getContext(), clamps);
    AveragePoolOp::getCanonicalizationPatterns(patterns, &getContext());
    TransposeOp::getCanonicalizationPatterns(patterns, &getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    numFlattens += flattens;
    numClamps += clamps;
    numWeights += counts.weights + eraseUnusedWeights(getOperation());
  }
};
} // namespace
