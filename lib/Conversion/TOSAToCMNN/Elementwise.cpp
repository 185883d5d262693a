//===- Elementwise.cpp - sums, products, extremes of two tensors ----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "Ranges.h"
#include "llvm/ADT/STLExtras.h"
#include <limits>

using namespace mlir;
using namespace cm;
using namespace cm::tosa_to_cmnn;

/// An operation of two int32 tensors.
template <typename BinaryOp>
static Value createExact(OpBuilder &builder, Location loc, Type y, Value a,
                         Value b) {
  return BinaryOp::create(builder, loc, y, ValueRange{a, b},
                          ArrayRef<NamedAttribute>());
}

static Value widened(OpBuilder &builder, Location loc, Value x) {
  return isInt8(x) ? createWiden(builder, loc, x) : x;
}

static RankedTensorType int32Of(RankedTensorType type) {
  return type.clone(IntegerType::get(type.getContext(), 32));
}

namespace {
/// Exact in int32, which is the only integer that TOSA adds.
template <typename FromOp, typename ToOp>
struct SumPattern : OpRewritePattern<FromOp> {
  using OpRewritePattern<FromOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(FromOp op,
                                PatternRewriter &rewriter) const override {
    if (isInt8(op.getOutput()))
      return rewriter.notifyMatchFailure(op, "expected int32 operands");
    rewriter.replaceOp(op,
                       createExact<ToOp>(rewriter, op.getLoc(), op.getType(),
                                         op.getInput1(), op.getInput2()));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// int8 operands are widened: their product is int32. A shift is that of a
/// rescale.
struct MulPattern : OpRewritePattern<tosa::MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::MulOp op,
                                PatternRewriter &rewriter) const override {
    auto shift = readScalar(op.getShift());
    if (!shift || *shift < 0 || *shift > 62)
      return rewriter.notifyMatchFailure(
          op, "expected a constant shift from 0 to 62");
    if (isInt8(op.getOutput()))
      return rewriter.notifyMatchFailure(op, "expected an int32 result");
    if (*shift != 0 && isInt8(op.getInput1()))
      return rewriter.notifyMatchFailure(op, "expected a shift of 0 of int8");
    Value product = *shift == 0 ? createProduct(op, rewriter)
                                : createShifted(op, *shift, rewriter);
    if (!product)
      return rewriter.notifyMatchFailure(
          op, "expected a shift of 0, a product within int32 or a factor that "
              "is constant, at least 0 and one number or one per channel");
    rewriter.replaceOp(op, product);
    return success();
  }

private:
  static Value createProduct(tosa::MulOp op, OpBuilder &builder) {
    Location loc = op.getLoc();
    Value a = widened(builder, loc, op.getInput1());
    Value b = widened(builder, loc, op.getInput2());
    return createExact<cmnn::MulOp>(builder, loc, op.getType(), a, b);
  }

  /// Null where no cmnn operation is exact.
  static Value createShifted(tosa::MulOp op, int32_t shift,
                             OpBuilder &builder) {
    Value a = op.getInput1(), b = op.getInput2();
    if ((rangeOf(a) * rangeOf(b)).isInt32())
      return createScaled(op, createProduct(op, builder), {1}, shift, builder);
    for (auto [x, factor] : {std::pair(a, b), std::pair(b, a)})
      if (auto multipliers = readFactors(factor, typeOf(op)))
        if (x.getType() == op.getType())
          return createScaled(op, x, *multipliers, shift, builder);
    return nullptr;
  }

  /// (x * multiplier + 2^(shift - 1)) >> shift; null where it is no rescale.
  static Value createScaled(tosa::MulOp op, Value x,
                            std::vector<int32_t> multipliers, int32_t shift,
                            OpBuilder &builder) {
    // The least shift of a rescale is 2.
    for (int32_t &multiplier : multipliers)
      if (shift == 1) {
        if (multiplier > std::numeric_limits<int32_t>::max() / 2)
          return nullptr;
        multiplier *= 2;
      }
    std::vector<int8_t> shifts(multipliers.size(), std::max(shift, 2));
    Attributes attributes(builder);
    attributes.add("multipliers", builder.getDenseI32ArrayAttr(multipliers))
        .add("shifts", builder.getDenseI8ArrayAttr(shifts));
    return cmnn::RescaleOp::create(builder, op.getLoc(), op.getType(), x,
                                   ArrayRef<NamedAttribute>(attributes));
  }

  /// A constant as multipliers of a rescale to `y`.
  static std::optional<std::vector<int32_t>> readFactors(Value value,
                                                         RankedTensorType y) {
    auto factors = readConstant<int32_t>(value);
    if (!factors || factors->empty() ||
        llvm::any_of(*factors, [](int32_t factor) { return factor < 0; }))
      return std::nullopt;
    if (llvm::all_equal(*factors))
      return std::vector<int32_t>{factors->front()};
    int64_t channels = y.getShape().back();
    bool isPerChannel = typeOf(value).getShape().back() == channels &&
                        static_cast<int64_t>(factors->size()) == channels;
    return isPerChannel ? factors : std::nullopt;
  }
};

//===----------------------------------------------------------------------===//
// Extremes
//===----------------------------------------------------------------------===//

/// maximum or minimum: with one number a clamp, of two tensors the second one
/// plus what the first one is above or below it.
template <typename ExtremeOp, bool isMaximum>
struct ExtremePattern : OpRewritePattern<ExtremeOp> {
  using OpRewritePattern<ExtremeOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(ExtremeOp op,
                                PatternRewriter &rewriter) const override {
    Value a = op.getInput1(), b = op.getInput2();
    for (auto [x, number] : {std::pair(a, b), std::pair(b, a)}) {
      auto bound = readNumber(number);
      if (!bound || x.getType() != op.getType())
        continue;
      replaceByClamp(rewriter, op, x, isMaximum ? *bound : least,
                     isMaximum ? greatest : *bound);
      return success();
    }
    if (!(rangeOf(a) - rangeOf(b)).isInt32())
      return rewriter.notifyMatchFailure(
          op, "expected operands whose difference is known to be within int32");
    rewriter.replaceOp(op, createExtreme(op, rewriter));
    return success();
  }

private:
  static constexpr int32_t least = std::numeric_limits<int32_t>::min();
  static constexpr int32_t greatest = std::numeric_limits<int32_t>::max();

  static Value createExtreme(ExtremeOp op, OpBuilder &builder) {
    Location loc = op.getLoc();
    RankedTensorType type = int32Of(typeOf(op));
    Value a = widened(builder, loc, op.getInput1());
    Value b = widened(builder, loc, op.getInput2());
    Value difference = createExact<cmnn::SubOp>(builder, loc, type, a, b);
    Value excess = createClamp(builder, loc, type, difference,
                               isMaximum ? 0 : least, isMaximum ? greatest : 0);
    Value y = createExact<cmnn::AddOp>(builder, loc, type, excess, b);
    return isInt8(op.getOutput())
               ? createClamp(builder, loc, op.getType(), y, -128, 127)
               : y;
  }

  /// What all elements of a constant are.
  static std::optional<int32_t> readNumber(Value value) {
    auto int32 = readConstant<int32_t>(value);
    if (int32 && !int32->empty() && llvm::all_equal(*int32))
      return int32->front();
    auto int8 = readConstant<int8_t>(value);
    if (int8 && !int8->empty() && llvm::all_equal(*int8))
      return int8->front();
    return std::nullopt;
  }
};
} // namespace

void tosa_to_cmnn::populateElementwisePatterns(RewritePatternSet &patterns) {
  patterns.add<SumPattern<tosa::AddOp, cmnn::AddOp>,
               SumPattern<tosa::SubOp, cmnn::SubOp>, MulPattern,
               ExtremePattern<tosa::MaximumOp, true>,
               ExtremePattern<tosa::MinimumOp, false>>(patterns.getContext());
}
