//===- RecogniseAffine.cpp - factors and offsets of channels --------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A batch normalisation that no product before it takes in is a product with a
// constant and a sum with another: cmnn.affine.
//
//===----------------------------------------------------------------------===//

#include "Fusion.h"

using namespace mlir;
using namespace cm::cmnn;

namespace {
/// An f32 value `x` and a constant with a number for each of its channels.
struct Channelwise {
  Value x, constant;
  std::vector<float> numbers;

  explicit operator bool() const { return x != nullptr; }
};
} // namespace

/// The operands of `op`; x is empty where they are others.
template <typename RootOp> static Channelwise splitChannelwise(RootOp op) {
  if (!isFloatTensor(op.getY()))
    return {};
  for (bool second : {false, true}) {
    Value x = second ? op.getB() : op.getA();
    Value constant = second ? op.getA() : op.getB();
    if (x.getType() != op.getY().getType())
      continue;
    int64_t channels = op.getY().getType().getShape().back();
    if (auto numbers = channelValues(constant, channels))
      return {x, constant, std::move(*numbers)};
  }
  return {};
}

/// Whether `step` is of a dequantised value and a constant that is not: one
/// that is makes an int8 product or sum of them.
static bool isAlone(const Channelwise &step) {
  return step && int8DequantizeOf(step.x) &&
         step.constant.getDefiningOp<ConstantOp>();
}

/// The f32 weight that has `numbers` for the channels of `step`.
static FlatSymbolRefAttr weightOf(const Channelwise &step,
                                  ArrayRef<float> numbers, OpBuilder &builder) {
  return floatWeight(builder, step.constant, numbers,
                     static_cast<int64_t>(numbers.size()));
}

/// x * factor + offset in the place of `op`. What is empty of the two is 1, or
/// -0: neither changes a float.
static void replaceByAffine(PatternRewriter &rewriter, Operation *op,
                            const Channelwise &factor,
                            const Channelwise &offset) {
  const Channelwise &first = factor ? factor : offset;
  size_t channels = first.numbers.size();
  std::vector<float> ones(channels, 1.0f), zeros(channels, -0.0f);
  FlatSymbolRefAttr scale =
      weightOf(first, factor ? factor.numbers : ones, rewriter);
  FlatSymbolRefAttr bias = weightOf(offset ? offset : factor,
                                    offset ? offset.numbers : zeros, rewriter);
  Operation *mul = factor && offset ? offset.x.getDefiningOp() : nullptr;
  auto names = op->getDiscardableAttrDictionary();
  auto affine = AffineOp::create(rewriter, fusedLocation({mul, op}),
                                 first.x.getType(), first.x, scale, bias);
  affine->setDiscardableAttrs(names);
  rewriter.replaceOp(op, affine);
}

namespace {
/// x * c + d, and dequantize(x) + d.
struct AffineOfSum : OpRewritePattern<AddOp> {
  AffineOfSum(MLIRContext *context, FusionCounts &counts)
      : OpRewritePattern(context), counts(counts) {}

  LogicalResult matchAndRewrite(AddOp op,
                                PatternRewriter &rewriter) const override {
    Channelwise sum = splitChannelwise(op);
    auto mul = sum ? sum.x.getDefiningOp<MulOp>() : nullptr;
    Channelwise product =
        mul && mul->hasOneUse() ? splitChannelwise(mul) : Channelwise();
    if (!product && !isAlone(sum))
      return rewriter.notifyMatchFailure(op, "no factor and offset");
    replaceByAffine(rewriter, op, product, sum);
    ++counts.recognised;
    return success();
  }

  FusionCounts &counts;
};

/// dequantize(x) * c.
struct AffineOfProduct : OpRewritePattern<MulOp> {
  AffineOfProduct(MLIRContext *context, FusionCounts &counts)
      : OpRewritePattern(context), counts(counts) {}

  LogicalResult matchAndRewrite(MulOp op,
                                PatternRewriter &rewriter) const override {
    Channelwise product = splitChannelwise(op);
    auto sum =
        op->hasOneUse() ? dyn_cast<AddOp>(*op->getUsers().begin()) : nullptr;
    if (!isAlone(product) || (sum && splitChannelwise(sum)))
      return rewriter.notifyMatchFailure(op, "no factor alone");
    replaceByAffine(rewriter, op, product, Channelwise());
    ++counts.recognised;
    return success();
  }

  FusionCounts &counts;
};
} // namespace

void cm::cmnn::populateAffinePatterns(RewritePatternSet &patterns,
                                      FusionCounts &counts) {
  patterns.add<AffineOfSum, AffineOfProduct>(patterns.getContext(), counts);
}
