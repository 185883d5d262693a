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

/// The bytes of `values`.
template <typename T> static ArrayRef<char> bytesOf(ArrayRef<T> values) {
  return {reinterpret_cast<const char *>(values.data()),
          values.size() * sizeof(T)};
}

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
    for (auto [channel, value] : llvm::enumerate(values)) {
      float scale = product.getXScale() * product.getWScale(channel);
      double steps = std::nearbyint(static_cast<double>(value) / scale) +
                     (old.empty() ? 0 : old[channel]);
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
    if (!llvm::all_of(scales, isScale))
      return failure();
    replaceByCopy<ProductOp>(rewriter, op, product,
                             [&](ProductOp copy) { copy.setWScales(scales); });
    return success();
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

//===----------------------------------------------------------------------===//
// Views of constants
//===----------------------------------------------------------------------===//

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

/// The element of the operand of `op` at each element of the result.
std::vector<int64_t> transposedOrder(TransposeOp op) {
  ArrayRef<int64_t> shape = op.getX().getType().getShape();
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t axis = shape.size(); axis-- > 1;)
    strides[axis - 1] = strides[axis] * shape[axis];
  std::vector<int64_t> order = {0};
  for (int64_t axis : op.getPermutation()) {
    std::vector<int64_t> longer;
    longer.reserve(order.size() * shape[axis]);
    for (int64_t base : order)
      for (int64_t i = 0; i < shape[axis]; ++i)
        longer.push_back(base + i * strides[axis]);
    order = std::move(longer);
  }
  return order;
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
      for (auto [i, position] : llvm::enumerate(transposedOrder(op)))
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

void cm::cmnn::populateConstantPatterns(RewritePatternSet &patterns,
                                        FusionCounts &counts) {
  patterns.add<BiasIntoProduct<Conv2DOp>, BiasIntoProduct<ConvTranspose2DOp>,
               BiasIntoProduct<MatMulOp>, ScaleIntoProduct<Conv2DOp>,
               ScaleIntoProduct<ConvTranspose2DOp>, ScaleIntoProduct<MatMulOp>,
               ViewOfConstant<ReshapeOp>, ViewOfConstant<TransposeOp>>(
      patterns.getContext(), counts);
}
