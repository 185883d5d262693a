//===- Recognise.cpp - functions that exporters take apart ----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fusion.h"

using namespace mlir;
using namespace cm::cmnn;

//===----------------------------------------------------------------------===//
// Matching
//===----------------------------------------------------------------------===//

std::optional<std::vector<float>> cm::cmnn::constantValues(Value value) {
  std::vector<float> values;
  if (auto dequantize = value.getDefiningOp<DequantizeOp>()) {
    auto constant = dequantize.getX().getDefiningOp<ConstantOp>();
    if (!constant)
      return std::nullopt;
    Quantization q = dequantize.getOperandQuantization(0);
    std::vector<int8_t> bytes;
    std::vector<int32_t> words;
    if (elementOf(constant).isInteger(8))
      for (int8_t v : constant.getWeightOp().getInt8(bytes))
        values.push_back(dequantizeValue(v, q));
    else
      for (int32_t v : constant.getWeightOp().getInt32(words))
        values.push_back(dequantizeValue(v, q));
    return values;
  }
  auto constant = value.getDefiningOp<ConstantOp>();
  if (!constant || !elementOf(constant).isF32())
    return std::nullopt;
  ArrayRef<float> floats = constant.getWeightOp().getFloat(values);
  if (floats.data() != values.data())
    values.assign(floats.begin(), floats.end());
  return values;
}

/// The number that all elements of the constant `value` are.
static std::optional<float> scalarOf(Value value) {
  auto values = constantValues(value);
  if (!values || !llvm::all_equal(*values))
    return std::nullopt;
  return values->front();
}

static bool isNear(float found, double expected) {
  return std::abs(found - expected) <= 1e-4 * std::abs(expected);
}

/// The other operand of an addition of `value` and the number `expected`.
static Value addedTo(Value value, double expected) {
  auto add = value.getDefiningOp<AddOp>();
  if (!add || !isFloatTensor(value))
    return nullptr;
  for (bool second : {false, true}) {
    auto number = scalarOf(second ? add.getB() : add.getA());
    if (number && isNear(*number, expected))
      return second ? add.getA() : add.getB();
  }
  return nullptr;
}

namespace {
/// A product taken apart: scale * factors[0] * factors[1] * ...
struct Factors {
  explicit Factors(Value product) { collect(product, /*depth=*/0); }

  /// Whether the factors are x^exponent.
  bool isPower(Value x, float exponent) const {
    for (Value factor : values) {
      auto pow = factor.getDefiningOp<PowOp>();
      bool power = pow && pow.getX() == x;
      if (!power && factor != x)
        return false;
      exponent -= power ? pow.getExponent() : 1;
    }
    return exponent == 0;
  }

  /// The factor beside `values[i]`, if there are two.
  Value beside(size_t i) const {
    return values.size() == 2 ? values[1 - i] : Value();
  }

  double scale = 1;
  SmallVector<Value> values;
  SmallVector<Operation *> ops;

private:
  void collect(Value value, unsigned depth) {
    Operation *op = value.getDefiningOp();
    bool mine = depth == 0 || (depth < 4 && value.hasOneUse());
    auto mul = dyn_cast_or_null<MulOp>(op);
    auto div = dyn_cast_or_null<DivOp>(op);
    float divisor = div ? scalarOf(div.getB()).value_or(0.0f) : 0.0f;
    if (mine && mul) {
      collect(mul.getA(), depth + 1);
      collect(mul.getB(), depth + 1);
      ops.push_back(op);
    } else if (mine && divisor != 0) {
      collect(div.getA(), depth + 1);
      scale /= divisor;
      ops.push_back(op);
    } else if (auto number = scalarOf(value)) {
      scale *= *number;
    } else {
      values.push_back(value);
    }
  }
};

/// Where a match is rewritten: the new operation's location and names.
template <typename OpTy, typename... Args>
OpTy replaceWith(PatternRewriter &rewriter, Operation *root,
                 ArrayRef<Operation *> parts, Args &&...args) {
  SmallVector<Operation *> all(parts);
  all.push_back(root);
  auto attrs = root->getDiscardableAttrDictionary();
  auto op =
      OpTy::create(rewriter, fusedLocation(all), root->getResult(0).getType(),
                   std::forward<Args>(args)...);
  op->setDiscardableAttrs(attrs);
  rewriter.replaceOp(root, op);
  return op;
}

//===----------------------------------------------------------------------===//
// Gelu and HardSwish
//===----------------------------------------------------------------------===//

/// z is x / sqrt(2).
bool isErfArgument(Value z, Value x) {
  Factors factors(z);
  return factors.values.size() == 1 && factors.values[0] == x &&
         isNear(factors.scale, 0.70710678118654752);
}

/// w is sqrt(2 / pi) * (x + 0.044715 * x^3), x taken out or not.
bool isTanhArgument(Value w, Value x) {
  Factors factors(w);
  if (!isNear(factors.scale, 0.79788456080286536))
    return false;
  auto isTerm = [&](Value value, float exponent) {
    Factors term(value);
    return isNear(term.scale, 0.044715) && term.isPower(x, exponent);
  };
  for (auto [i, value] : llvm::enumerate(factors.values)) {
    if (factors.beside(i) == x)
      if (Value term = addedTo(value, 1); term && isTerm(term, 2))
        return true;
    auto add = value.getDefiningOp<AddOp>();
    if (factors.values.size() == 1 && add &&
        ((add.getA() == x && isTerm(add.getB(), 3)) ||
         (add.getB() == x && isTerm(add.getA(), 3))))
      return true;
  }
  return false;
}

/// x * (1 + erf(x / sqrt(2))) / 2 and its tanh form, in any order.
template <typename RootOp> struct RecogniseGelu : OpRewritePattern<RootOp> {
  RecogniseGelu(MLIRContext *context, FusionCounts &counts)
      : OpRewritePattern<RootOp>(context), counts(counts) {}

  LogicalResult matchAndRewrite(RootOp op,
                                PatternRewriter &rewriter) const override {
    Factors factors(op.getY());
    for (auto [i, value] : llvm::enumerate(factors.values)) {
      Value x = factors.beside(i);
      Value inner = x && isNear(factors.scale, 0.5) ? addedTo(value, 1) : x;
      Operation *function =
          inner && inner != x ? inner.getDefiningOp() : nullptr;
      auto erf = dyn_cast_or_null<ErfOp>(function);
      auto tanh = dyn_cast_or_null<TanhOp>(function);
      if (!(erf && isErfArgument(erf.getX(), x)) &&
          !(tanh && isTanhArgument(tanh.getX(), x)))
        continue;
      auto parts = factors.ops;
      parts.append({value.getDefiningOp(), function});
      auto gelu = replaceWith<GeluOp>(rewriter, op, parts, x);
      gelu.setApproximate(static_cast<bool>(tanh));
      ++counts.recognised;
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no gelu");
  }

  FusionCounts &counts;
};

/// x * hard_sigmoid(x) or x * clip(x + 3, 0, 6) / 6.
template <typename RootOp>
struct RecogniseHardSwish : OpRewritePattern<RootOp> {
  RecogniseHardSwish(MLIRContext *context, FusionCounts &counts)
      : OpRewritePattern<RootOp>(context), counts(counts) {}

  LogicalResult matchAndRewrite(RootOp op,
                                PatternRewriter &rewriter) const override {
    Factors factors(op.getY());
    for (auto [i, value] : llvm::enumerate(factors.values)) {
      Value x = factors.beside(i);
      if (!x || x.getType() != op.getY().getType() ||
          !isGate(value, x, factors.scale))
        continue;
      auto parts = factors.ops;
      parts.push_back(value.getDefiningOp());
      replaceWith<HardSwishOp>(rewriter, op, parts, x);
      ++counts.recognised;
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no hard_swish");
  }

private:
  static bool isGate(Value gate, Value x, double scale) {
    if (auto sigmoid = gate.getDefiningOp<HardSigmoidOp>())
      return sigmoid.getX() == x && isNear(scale, 1) &&
             isNear(sigmoid.getAlpha(), 1.0 / 6) &&
             isNear(sigmoid.getBeta(), 0.5);
    auto clip = gate.getDefiningOp<ClipOp>();
    return clip && clip.getLow() == 0 && isNear(clip.getHigh(), 6) &&
           isNear(scale, 1.0 / 6) && addedTo(clip.getX(), 3) == x;
  }

  FusionCounts &counts;
};

//===----------------------------------------------------------------------===//
// LayerNormalization
//===----------------------------------------------------------------------===//

/// What sqrt(variance + epsilon) divides, and what it is.
struct Normalised {
  Value deviation, variance; // variance + epsilon
  SmallVector<Operation *> ops;
};

/// d / sqrt(v), d * reciprocal(sqrt(v)) or d * v^-0.5.
std::optional<Normalised> splitNormalised(Operation *root) {
  auto under = [](Value root, double exponent) -> Value {
    if (auto sqrt = root.getDefiningOp<SqrtOp>(); sqrt && exponent > 0)
      return sqrt.getX();
    auto pow = root.getDefiningOp<PowOp>();
    return pow && isNear(pow.getExponent(), exponent) ? pow.getX() : Value();
  };
  if (auto div = dyn_cast<DivOp>(root)) {
    Value variance = under(div.getB(), 0.5);
    if (!variance)
      return std::nullopt;
    return Normalised{div.getA(), variance, {div.getB().getDefiningOp()}};
  }
  for (unsigned i : {0, 1}) {
    Value factor = root->getOperand(i), other = root->getOperand(1 - i);
    SmallVector<Operation *> ops = {factor.getDefiningOp()};
    Value variance = under(factor, -0.5);
    if (auto inverse = factor.getDefiningOp<ReciprocalOp>()) {
      variance = under(inverse.getX(), 0.5);
      ops.push_back(inverse.getX().getDefiningOp());
    }
    if (variance)
      return Normalised{other, variance, ops};
  }
  return std::nullopt;
}

/// What `value` is the deviation x - mean(x) of.
Value meanTakenFrom(Value value, ArrayRef<int64_t> &axes) {
  auto sub = value.getDefiningOp<SubOp>();
  auto mean = sub ? sub.getB().getDefiningOp<ReduceMeanOp>() : nullptr;
  if (!mean || mean.getX() != sub.getA())
    return nullptr;
  axes = mean.getAxes();
  return sub.getA();
}

/// Whether `value` is the mean over `axes` of the squares of the deviation of
/// x.
bool isVariance(Value value, Value x, ArrayRef<int64_t> axes) {
  auto mean = value.getDefiningOp<ReduceMeanOp>();
  if (!mean || mean.getAxes() != axes)
    return false;
  Value deviation;
  if (auto pow = mean.getX().getDefiningOp<PowOp>();
      pow && pow.getExponent() == 2)
    deviation = pow.getX();
  if (auto mul = mean.getX().getDefiningOp<MulOp>();
      mul && mul.getA() == mul.getB())
    deviation = mul.getA();
  ArrayRef<int64_t> found;
  return deviation && meanTakenFrom(deviation, found) == x && found == axes;
}

/// Whether `axes` are the last ones of `rank`.
bool areLast(ArrayRef<int64_t> axes, int64_t rank) {
  for (auto [i, axis] : llvm::enumerate(axes))
    if (axis != rank - static_cast<int64_t>(axes.size() - i))
      return false;
  return !axes.empty();
}

template <typename RootOp>
struct RecogniseLayerNorm : OpRewritePattern<RootOp> {
  RecogniseLayerNorm(MLIRContext *context, FusionCounts &counts)
      : OpRewritePattern<RootOp>(context), counts(counts) {}

  LogicalResult matchAndRewrite(RootOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<Normalised> parts =
        isFloatTensor(op.getY()) ? splitNormalised(op) : std::nullopt;
    auto sum =
        parts ? parts->variance.template getDefiningOp<AddOp>() : nullptr;
    if (!sum)
      return rewriter.notifyMatchFailure(op, "no normalisation");
    ArrayRef<int64_t> axes;
    Value x = meanTakenFrom(parts->deviation, axes);
    for (unsigned i : {0, 1}) {
      Value variance = sum->getOperand(i);
      auto epsilon = scalarOf(sum->getOperand(1 - i));
      if (!x || !epsilon || !(*epsilon >= 0) ||
          x.getType() != op.getY().getType() ||
          !isVariance(variance, x, axes) ||
          !areLast(axes, op.getY().getType().getRank()))
        continue;
      parts->ops.append(
          {parts->deviation.getDefiningOp(), variance.getDefiningOp(), sum});
      replaceWith<LayerNormOp>(rewriter, op, parts->ops, x, FlatSymbolRefAttr(),
                               FlatSymbolRefAttr(),
                               rewriter.getI64IntegerAttr(axes.front()),
                               rewriter.getF32FloatAttr(*epsilon));
      ++counts.recognised;
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no layer_norm");
  }

  FusionCounts &counts;
};

/// layer_norm(x) * c is its scale, layer_norm(x) + c its bias.
template <typename RootOp, bool isScale>
struct ConstantIntoLayerNorm : OpRewritePattern<RootOp> {
  ConstantIntoLayerNorm(MLIRContext *context, FusionCounts &counts)
      : OpRewritePattern<RootOp>(context), counts(counts) {}

  LogicalResult matchAndRewrite(RootOp op,
                                PatternRewriter &rewriter) const override {
    for (bool second : {false, true}) {
      Value value = second ? op.getB() : op.getA();
      Value constant = second ? op.getA() : op.getB();
      auto norm = value.getDefiningOp<LayerNormOp>();
      if (!norm || !value.hasOneUse() || norm.getBiasAttr() ||
          (isScale && norm.getScaleAttr()) ||
          value.getType() != op.getY().getType())
        continue;
      auto values = constantValues(constant);
      ArrayRef<int64_t> extents =
          norm.getX().getType().getShape().drop_front(norm.getAxis());
      if (!values || !expand(*values, constant, extents))
        continue;
      FlatSymbolRefAttr symbol =
          floatWeight(rewriter, constant, *values, extents);
      replaceWith<LayerNormOp>(rewriter, op, {norm.getOperation()}, norm.getX(),
                               isScale ? symbol : norm.getScaleAttr(),
                               isScale ? FlatSymbolRefAttr() : symbol,
                               norm.getAxisAttr(), norm.getEpsilonAttr());
      ++counts.recognised;
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no constant beside a layer_norm");
  }

private:
  /// Makes `values` of the broadcast `constant` those of `extents`.
  static bool expand(std::vector<float> &values, Value constant,
                     ArrayRef<int64_t> extents) {
    size_t count = 1;
    for (int64_t extent : extents)
      count *= extent;
    if (values.size() == 1)
      values.resize(count, values.front());
    auto shape = cast<RankedTensorType>(constant.getType()).getShape();
    return values.size() == count &&
           (shape.take_back(extents.size()) == extents ||
            llvm::all_equal(values));
  }

  FusionCounts &counts;
};
} // namespace

void cm::cmnn::populateRecognisers(RewritePatternSet &patterns,
                                   FusionCounts &counts) {
  patterns.add<RecogniseGelu<MulOp>, RecogniseGelu<DivOp>,
               RecogniseHardSwish<MulOp>, RecogniseHardSwish<DivOp>,
               RecogniseLayerNorm<DivOp>, RecogniseLayerNorm<MulOp>,
               ConstantIntoLayerNorm<MulOp, true>,
               ConstantIntoLayerNorm<AddOp, false>>(patterns.getContext(),
                                                    counts);
}
