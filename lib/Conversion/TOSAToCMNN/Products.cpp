//===- Products.cpp - convolutions and matrix products --------------------===//
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

namespace {
/// Weight, bias and zero points of a convolution, read.
struct ConvConstants {
  std::vector<int8_t> weight;
  std::vector<int32_t> bias;
  int32_t xZeroPoint, wZeroPoint;
};

template <typename ConvOp> class ConvPattern : public OpRewritePattern<ConvOp> {
public:
  ConvPattern(MLIRContext *context, Weights &weights)
      : OpRewritePattern<ConvOp>(context), weights(weights) {}

protected:
  FailureOr<ConvConstants> read(ConvOp op, PatternRewriter &rewriter) const {
    if (!isInt8(op.getInput()) || isInt8(op.getOutput()))
      return rewriter.notifyMatchFailure(
          op, "expected an int8 input and an int32 result");
    auto weight = readConstant<int8_t>(op.getWeight());
    if (!weight)
      return rewriter.notifyMatchFailure(op, "expected a constant int8 weight");
    auto bias = readConstant<int32_t>(op.getBias());
    if (!bias)
      return rewriter.notifyMatchFailure(op, "expected a constant int32 bias");
    auto xZeroPoint = readScalar(op.getInputZp());
    auto wZeroPoint = readScalar(op.getWeightZp());
    if (!xZeroPoint || !wZeroPoint)
      return rewriter.notifyMatchFailure(op, "expected constant zero points");
    return ConvConstants{std::move(*weight), std::move(*bias), *xZeroPoint,
                         *wZeroPoint};
  }

  /// The attributes that all products have.
  Attributes common(ConvOp op, PatternRewriter &rewriter,
                    const ConvConstants &constants, ArrayRef<int64_t> shape,
                    ArrayRef<int8_t> weight) const {
    auto type = RankedTensorType::get(shape, rewriter.getI8Type());
    Attributes attributes(rewriter);
    attributes.symbol(
        "weight", weights.get(op.getLoc(), "weight", type, bytesOf(weight)));
    attributes.symbol("bias", biasOf(op, rewriter, constants.bias));
    attributes.int64s("strides", op.getStride());
    attributes.zeroPoint("x_zero_point", constants.xZeroPoint);
    if (constants.wZeroPoint)
      attributes.add("w_zero_points", rewriter.getDenseI8ArrayAttr(
                                          int8_t(constants.wZeroPoint)));
    return attributes;
  }

private:
  /// One element stands for all channels; zeros need no bias.
  FlatSymbolRefAttr biasOf(ConvOp op, PatternRewriter &rewriter,
                           std::vector<int32_t> bias) const {
    if (llvm::all_of(bias, [](int32_t b) { return b == 0; }))
      return nullptr;
    if (bias.size() == 1)
      bias.assign(typeOf(op.getOutput()).getDimSize(3), bias.front());
    auto type =
        RankedTensorType::get({int64_t(bias.size())}, rewriter.getI32Type());
    return weights.get(op.getLoc(), "bias", type,
                       bytesOf(ArrayRef<int32_t>(bias)));
  }

  Weights &weights;
};

/// pad is top, bottom, left, right; cmnn's pads are top, left, bottom, right.
SmallVector<int64_t> padsOf(ArrayRef<int64_t> pad) {
  return {pad[0], pad[2], pad[1], pad[3]};
}

/// Weights OxKHxKWxI become KHxKWxIxO.
struct Conv2DPattern : ConvPattern<tosa::Conv2DOp> {
  using ConvPattern::ConvPattern;

  LogicalResult matchAndRewrite(tosa::Conv2DOp op,
                                PatternRewriter &rewriter) const override {
    auto constants = read(op, rewriter);
    if (failed(constants))
      return failure();
    ArrayRef<int64_t> w = typeOf(op.getWeight()).getShape();
    auto weight = permuteElements<int8_t>(constants->weight, w, {1, 2, 3, 0});
    Attributes attributes =
        common(op, rewriter, *constants, {w[1], w[2], w[3], w[0]}, weight);
    attributes.int64s("dilations", op.getDilation())
        .int64s("pads", padsOf(op.getPad()));
    rewriter.replaceOpWithNewOp<cmnn::Conv2DOp>(
        op, op.getType(), op.getInput(), ArrayRef<NamedAttribute>(attributes));
    return success();
  }
};

/// Weights KHxKWxCxM are KHxKWx1x(C*M) in C groups.
struct DepthwisePattern : ConvPattern<tosa::DepthwiseConv2DOp> {
  using ConvPattern::ConvPattern;

  LogicalResult matchAndRewrite(tosa::DepthwiseConv2DOp op,
                                PatternRewriter &rewriter) const override {
    auto constants = read(op, rewriter);
    if (failed(constants))
      return failure();
    ArrayRef<int64_t> w = typeOf(op.getWeight()).getShape();
    Attributes attributes =
        common(op, rewriter, *constants, {w[0], w[1], 1, w[2] * w[3]},
               constants->weight);
    attributes.int64s("dilations", op.getDilation())
        .int64s("pads", padsOf(op.getPad()))
        .int64("groups", w[2]);
    rewriter.replaceOpWithNewOp<cmnn::Conv2DOp>(
        op, op.getType(), op.getInput(), ArrayRef<NamedAttribute>(attributes));
    return success();
  }
};

/// out_pad adds to the result: cmnn's pads are its negative.
struct TransposeConvPattern : ConvPattern<tosa::TransposeConv2DOp> {
  using ConvPattern::ConvPattern;

  LogicalResult matchAndRewrite(tosa::TransposeConv2DOp op,
                                PatternRewriter &rewriter) const override {
    auto constants = read(op, rewriter);
    if (failed(constants))
      return failure();
    SmallVector<int64_t> pads = padsOf(op.getOutPad());
    if (pads[0] > 0 || pads[1] > 0)
      return rewriter.notifyMatchFailure(
          op, "expected an out_pad of at most 0 at the top and the left");
    SmallVector<int64_t> outputPads;
    for (int64_t &pad : pads) {
      if (&pad - pads.data() >= 2)
        outputPads.push_back(std::max<int64_t>(pad, 0));
      pad = std::max<int64_t>(-pad, 0);
    }
    ArrayRef<int64_t> w = typeOf(op.getWeight()).getShape();
    auto weight = permuteElements<int8_t>(constants->weight, w, {1, 2, 3, 0});
    Attributes attributes =
        common(op, rewriter, *constants, {w[1], w[2], w[3], w[0]}, weight);
    attributes.int64s("pads", pads).int64s("output_pads", outputPads);
    rewriter.replaceOpWithNewOp<cmnn::ConvTranspose2DOp>(
        op, op.getType(), op.getInput(), ArrayRef<NamedAttribute>(attributes));
    return success();
  }
};

/// A constant b of one matrix is a weight.
struct MatMulPattern : OpRewritePattern<tosa::MatMulOp> {
  MatMulPattern(MLIRContext *context, Weights &weights)
      : OpRewritePattern(context), weights(weights) {}

  LogicalResult matchAndRewrite(tosa::MatMulOp op,
                                PatternRewriter &rewriter) const override {
    if (!isInt8(op.getA()) || isInt8(op.getOutput()))
      return rewriter.notifyMatchFailure(
          op, "expected int8 operands and an int32 result");
    auto aZeroPoint = readScalar(op.getAZp()),
         bZeroPoint = readScalar(op.getBZp());
    if (!aZeroPoint || !bZeroPoint)
      return rewriter.notifyMatchFailure(op, "expected constant zero points");
    ArrayRef<int64_t> b = typeOf(op.getB()).getShape();
    auto matrix = readConstant<int8_t>(op.getB());
    Attributes attributes(rewriter);
    if (!matrix || b[0] != 1) {
      attributes.zeroPoint("a_zero_point", *aZeroPoint)
          .zeroPoint("b_zero_point", *bZeroPoint);
      rewriter.replaceOpWithNewOp<cmnn::BatchMatMulOp>(
          op, op.getType(), ValueRange{op.getA(), op.getB()},
          ArrayRef<NamedAttribute>(attributes));
      return success();
    }
    auto type = RankedTensorType::get({b[1], b[2]}, rewriter.getI8Type());
    attributes
        .symbol("weight", weights.get(op.getLoc(), "weight", type,
                                      bytesOf(ArrayRef<int8_t>(*matrix))))
        .zeroPoint("x_zero_point", *aZeroPoint);
    if (*bZeroPoint)
      attributes.add("w_zero_points",
                     rewriter.getDenseI8ArrayAttr(int8_t(*bZeroPoint)));
    rewriter.replaceOpWithNewOp<cmnn::MatMulOp>(
        op, op.getType(), op.getA(), ArrayRef<NamedAttribute>(attributes));
    return success();
  }

private:
  Weights &weights;
};
} // namespace

void tosa_to_cmnn::populateProductPatterns(RewritePatternSet &patterns,
                                           Weights &weights) {
  patterns.add<Conv2DPattern, DepthwisePattern, TransposeConvPattern,
               MatMulPattern>(patterns.getContext(), weights);
}
