//===- FoldViews.cpp - views of constants are constants -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fusion.h"
#include "cm/Support/Transpose.h"

using namespace mlir;
using namespace cm::cmnn;

namespace {
/// The bytes of a weight, in row-major order.
std::vector<char> rawBytes(WeightOp weight) {
  Type element = weight.getType().getElementType();
  auto copy = [](auto values) {
    ArrayRef<char> bytes = bytesOf(values);
    return std::vector<char>(bytes.begin(), bytes.end());
  };
  std::vector<int8_t> bytes;
  std::vector<int32_t> words;
  std::vector<int64_t> longs;
  std::vector<float> floats;
  if (element.isInteger(8))
    return copy(weight.getInt8(bytes));
  if (element.isInteger(32))
    return copy(weight.getInt32(words));
  if (element.isInteger(64))
    return copy(weight.getInt64(longs));
  return copy(weight.getFloat(floats));
}

/// A reshape or transpose of a constant is a constant.
template <typename ViewOp> struct ViewOfConstant : OpRewritePattern<ViewOp> {
  ViewOfConstant(MLIRContext *context, FusionCounts &counts)
      : OpRewritePattern<ViewOp>(context), counts(counts) {}

  LogicalResult matchAndRewrite(ViewOp op,
                                PatternRewriter &rewriter) const override {
    auto constant = op.getX().template getDefiningOp<ConstantOp>();
    if (!constant)
      return rewriter.notifyMatchFailure(op, "no constant");
    WeightOp weight = constant.getWeightOp();
    std::vector<char> from = rawBytes(weight), to = from;
    if constexpr (std::is_same_v<ViewOp, TransposeOp>) {
      size_t size = weight.getType().getElementTypeBitWidth() / 8;
      std::vector<int64_t> order = cm::transposedIndices(
          op.getX().getType().getShape(), op.getPermutation());
      for (auto [i, position] : llvm::enumerate(order))
        std::copy_n(&from[position * size], size, &to[i * size]);
    }
    WeightOp view =
        cloneWeight(weight, "_view", op.getY().getType(), to, rewriter);
    auto attrs = op->getDiscardableAttrDictionary();
    auto result = ConstantOp::create(rewriter, fusedLocation({constant, op}),
                                     op.getY().getType(), view.getSymName());
    result->setDiscardableAttrs(attrs);
    rewriter.replaceOp(op, result);
    ++counts.folded;
    return success();
  }

  FusionCounts &counts;
};
} // namespace

void cm::cmnn::populateConstantViewPatterns(RewritePatternSet &patterns,
                                            FusionCounts &counts) {
  patterns.add<ViewOfConstant<ReshapeOp>, ViewOfConstant<TransposeOp>>(
      patterns.getContext(), counts);
}
