//===- FoldConstants.cpp - constants go into the weights before them ------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fusion.h"
#include "mlir/IR/AsmState.h"

using namespace mlir;
using namespace cm::cmnn;

/// The weight behind a constant or the dequantisation of one.
static WeightOp weightBehind(Value value) {
  if (auto dequantize = value.getDefiningOp<DequantizeOp>())
    value = dequantize.getX();
  return value.getDefiningOp<ConstantOp>().getWeightOp();
}

FlatSymbolRefAttr cm::cmnn::floatWeight(OpBuilder &builder, Value constant,
                                        ArrayRef<float> values,
                                        ArrayRef<int64_t> extents) {
  auto type = RankedTensorType::get(extents, builder.getF32Type());
  WeightOp weight = cloneWeight(weightBehind(constant), "_flat", type,
                                bytesOf(values), builder);
  return FlatSymbolRefAttr::get(weight.getSymNameAttr());
}

//===----------------------------------------------------------------------===//
// Constants after products
//===----------------------------------------------------------------------===//

std::optional<std::vector<float>> cm::cmnn::channelValues(Value constant,
                                                          int64_t channels) {
  auto type = cast<RankedTensorType>(constant.getType());
  if (type.getNumElements() != 1 &&
      (type.getNumElements() != channels || type.getShape().back() != channels))
    return std::nullopt;
  auto values = constantValues(constant);
  if (values && values->size() == 1)
    values->resize(channels, values->front());
  return values;
}

namespace {
/// The product that `op` reads beside a constant, both f32, and that has no
/// other user.
template <typename ProductOp, typename RootOp>
std::pair<ProductOp, Value> productBeside(RootOp op) {
  for (bool second : {false, true}) {
    Value value = second ? op.getB() : op.getA();
    auto product = value.getDefiningOp<ProductOp>();
    if (product && value.hasOneUse() && isFloatTensor(value) &&
        value.getType() == op.getY().getType())
      return {product, second ? op.getA() : op.getB()};
  }
  return {};
}

/// Puts a copy of `product` with changes of `change` in the place of `op`.
template <typename ProductOp>
void replaceByCopy(PatternRewriter &rewriter, Operation *op, ProductOp product,
                   llvm::function_ref<void(ProductOp)> change) {
  auto copy = cast<ProductOp>(rewriter.clone(*product));
  copy->setLoc(fusedLocation({product, op}));
  copy->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  change(copy);
  rewriter.replaceOp(op, copy);
}

/// Puts `product` with these scales of its int8 weights in the place of `op`.
/// Fails where one is no scale.
template <typename ProductOp>
LogicalResult setScales(Operation *op, ProductOp product,
                        ArrayRef<float> scales, PatternRewriter &rewriter) {
  auto isStep = [&](float scale) {
    return cm::isScale(scale) && cm::isScale(product.getXScale() * scale);
  };
  if (!llvm::all_of(scales, isStep))
    return failure();
  replaceByCopy<ProductOp>(rewriter, op, product,
                           [&](ProductOp copy) { copy.setWScales(scales); });
  return success();
}

/// product(x) + c is its bias. That of an int8 product is rounded to int32, as
/// QLinearConv has it.
template <typename ProductOp> struct BiasIntoProduct : OpRewritePattern<AddOp> {
  BiasIntoProduct(MLIRContext *context, FusionCounts &counts)
      : OpRewritePattern<AddOp>(context), counts(counts) {}

  LogicalResult matchAndRewrite(AddOp op,
                                PatternRewriter &rewriter) const override {
    auto [product, constant] = productBeside<ProductOp>(op);
    auto values =
        product ? channelValues(constant, channelsOf(product)) : std::nullopt;
    if (!values)
      return rewriter.notifyMatchFailure(op, "no constant beside a product");
    bool isInt8 = elementOf(product.getX()).isInteger(8);
    auto bias = isInt8 ? int32Bias(product, *values, constant, rewriter)
                       : floatBias(product, *values, constant, rewriter);
    if (!bias)
      return rewriter.notifyMatchFailure(op, "bias beyond int32");
    replaceByCopy<ProductOp>(rewriter, op, product,
                             [&](ProductOp copy) { copy.setBiasAttr(*bias); });
    ++counts.folded;
    return success();
  }

private:
  /// The elements of `constant` where it is the dequantisation of int32.
  static std::vector<int32_t> int32Elements(Value constant) {
    auto dequantize = constant.getDefiningOp<DequantizeOp>();
    if (!dequantize || !elementOf(dequantize.getX()).isInteger(32))
      return {};
    std::vector<int32_t> storage;
    ArrayRef<int32_t> elements = weightBehind(constant).getInt32(storage);
    return std::vector<int32_t>(elements.begin(), elements.end());
  }

  static Quantization quantizationOf(Value constant) {
    auto dequantize = constant.getDefiningOp<DequantizeOp>();
    return dequantize ? dequantize.getOperandQuantization(0) : Quantization();
  }

  static int64_t channelsOf(ProductOp product) {
    return product.getY().getType().getShape().back();
  }

  static std::optional<FlatSymbolRefAttr> floatBias(ProductOp product,
                                                    std::vector<float> values,
                                                    Value constant,
                                                    OpBuilder &builder) {
    std::vector<float> storage;
    if (WeightOp bias = product.getBiasOp())
      for (auto [value, old] : llvm::zip_equal(values, bias.getFloat(storage)))
        value += old;
    return floatWeight(builder, constant, values, channelsOf(product));
  }

  static std::optional<FlatSymbolRefAttr> int32Bias(ProductOp product,
                                                    ArrayRef<float> values,
                                                    Value constant,
                                                    OpBuilder &builder) {
    std::vector<int32_t> bias, storage;
    ArrayRef<int32_t> old;
    if (WeightOp weight = product.getBiasOp())
      old = weight.getInt32(storage);
    std::vector<int32_t> exact = int32Elements(constant);
    Quantization quantization = quantizationOf(constant);
    for (auto [channel, value] : llvm::enumerate(values)) {
      float scale = product.getXScale() * product.getWScale(channel);
      double steps = std::nearbyint(static_cast<double>(value) / scale);
      // Its own numbers, of which f32 may not hold all bits.
      bool isBias = quantization.zeroPoint == 0 &&
                    std::abs(quantization.scale - scale) <= 1e-4f * scale;
      if (!exact.empty() && isBias)
        steps = exact[exact.size() == 1 ? 0 : channel];
      steps += old.empty() ? 0 : old[channel];
      if (!(std::abs(steps) <= 2147483647.0))
        return std::nullopt;
      bias.push_back(static_cast<int32_t>(steps));
    }
    auto type =
        RankedTensorType::get(channelsOf(product), builder.getI32Type());
    WeightOp weight = cloneWeight(weightBehind(constant), "_int32", type,
                                  bytesOf<int32_t>(bias), builder);
    return FlatSymbolRefAttr::get(weight.getSymNameAttr());
  }

  FusionCounts &counts;
};

/// product(x) * c goes into the weights, or into their scales where they are
/// int8 and c is positive.
template <typename ProductOp>
struct ScaleIntoProduct : OpRewritePattern<MulOp> {
  ScaleIntoProduct(MLIRContext *context, FusionCounts &counts)
      : OpRewritePattern<MulOp>(context), counts(counts) {}

  LogicalResult matchAndRewrite(MulOp op,
                                PatternRewriter &rewriter) const override {
    auto [product, constant] = productBeside<ProductOp>(op);
    auto factors =
        product ? channelValues(constant,
                                product.getY().getType().getShape().back())
                : std::nullopt;
    if (!factors)
      return rewriter.notifyMatchFailure(op, "no constant beside a product");
    if (elementOf(product.getX()).isInteger(8)) {
      if (failed(scaleInt8(op, product, *factors, rewriter)))
        return rewriter.notifyMatchFailure(op, "no positive scale");
    } else {
      scaleFloat(op, product, *factors, rewriter);
    }
    ++counts.folded;
    return success();
  }

private:
  static LogicalResult scaleInt8(MulOp op, ProductOp product,
                                 ArrayRef<float> factors,
                                 PatternRewriter &rewriter) {
    SmallVector<float> scales;
    for (auto [channel, factor] : llvm::enumerate(factors))
      scales.push_back(product.getWScale(channel) * factor);
    return setScales(op, product, scales, rewriter);
  }

  static FlatSymbolRefAttr scaled(WeightOp weight, ArrayRef<float> factors,
                                  OpBuilder &builder) {
    std::vector<float> values;
    ArrayRef<float> old = weight.getFloat(values);
    if (old.data() != values.data())
      values.assign(old.begin(), old.end());
    for (auto [i, value] : llvm::enumerate(values))
      value *= factors[i % factors.size()];
    WeightOp clone = cloneWeight(weight, "_scaled", weight.getType(),
                                 bytesOf<float>(values), builder);
    return FlatSymbolRefAttr::get(clone.getSymNameAttr());
  }

  static void scaleFloat(MulOp op, ProductOp product, ArrayRef<float> factors,
                         PatternRewriter &rewriter) {
    FlatSymbolRefAttr weight = scaled(product.getWeightOp(), factors, rewriter);
    FlatSymbolRefAttr bias;
    if (product.getBiasAttr())
      bias = scaled(product.getBiasOp(), factors, rewriter);
    replaceByCopy<ProductOp>(rewriter, op, product, [&](ProductOp copy) {
      copy.setWeightAttr(weight);
      if (bias)
        copy.setBiasAttr(bias);
    });
  }

  FusionCounts &counts;
};

/// product(x) / c with int8 weights and a positive c goes into their scales. So
/// PyTorch exports quantisation-aware training before a batch normalisation.
template <typename ProductOp>
struct DivisorIntoProduct : OpRewritePattern<DivOp> {
  DivisorIntoProduct(MLIRContext *context, FusionCounts &counts)
      : OpRewritePattern<DivOp>(context), counts(counts) {}

  LogicalResult matchAndRewrite(DivOp op,
                                PatternRewriter &rewriter) const override {
    auto [product, constant] = productBeside<ProductOp>(op);
    if (!product || constant != op.getB() ||
        !elementOf(product.getX()).isInteger(8))
      return rewriter.notifyMatchFailure(op, "no product of int8");
    auto divisors =
        channelValues(constant, op.getY().getType().getShape().back());
    if (!divisors)
      return rewriter.notifyMatchFailure(op, "no constant of channels");
    SmallVector<float> scales;
    for (auto [channel, divisor] : llvm::enumerate(*divisors))
      scales.push_back(product.getWScale(channel) / divisor);
    if (failed(setScales(op, product, scales, rewriter)))
      return rewriter.notifyMatchFailure(op, "no positive scale");
    ++counts.folded;
    return success();
  }

  FusionCounts &counts;
};
} // namespace

void cm::cmnn::populateConstantPatterns(RewritePatternSet &patterns,
                                        FusionCounts &counts) {
  patterns
      .add<BiasIntoProduct<Conv2DOp>, BiasIntoProduct<ConvTranspose2DOp>,
           BiasIntoProduct<MatMulOp>, ScaleIntoProduct<Conv2DOp>,
           ScaleIntoProduct<ConvTranspose2DOp>, ScaleIntoProduct<MatMulOp>,
           DivisorIntoProduct<Conv2DOp>, DivisorIntoProduct<ConvTranspose2DOp>,
           DivisorIntoProduct<MatMulOp>>(patterns.getContext(), counts);
  populateConstantViewPatterns(patterns, counts);
}
