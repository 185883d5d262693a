//===- FuseQuantization.cpp - from QuantizeLinear to int8 operations ------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fusion.h"
#include "Rules.h"
#include "mlir/IR/AsmState.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include <algorithm>

using namespace mlir;
using namespace cm::cmnn;

//===----------------------------------------------------------------------===//
// What the parts share
//===----------------------------------------------------------------------===//

Location cm::cmnn::fusedLocation(ArrayRef<Operation *> ops) {
  SmallVector<Location> locations;
  for (Operation *op : ops)
    if (op)
      locations.push_back(op->getLoc());
  return FusedLoc::get(locations.front().getContext(), locations);
}

DequantizeOp cm::cmnn::int8DequantizeOf(Value value) {
  auto dequantize = value.getDefiningOp<DequantizeOp>();
  if (!dequantize || !elementOf(dequantize.getX()).isInteger(8))
    return nullptr;
  return dequantize;
}

int32_t cm::cmnn::quantizeValue(float real, Quantization quantization) {
  auto zeroPoint = static_cast<float>(quantization.zeroPoint);
  float steps = std::isnan(real) ? 0.0f : real / quantization.scale;
  float clamped = std::clamp(steps, -128.0f - zeroPoint, 127.0f - zeroPoint);
  return quantization.zeroPoint +
         static_cast<int32_t>(std::nearbyintf(clamped));
}

float cm::cmnn::dequantizeValue(int32_t value, Quantization quantization) {
  return static_cast<float>(value - quantization.zeroPoint) *
         quantization.scale;
}

WeightOp cm::cmnn::cloneWeight(WeightOp weight, StringRef suffix,
                               RankedTensorType type, ArrayRef<char> data,
                               OpBuilder &builder) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointAfter(weight);
  // One weight may have several clones.
  SymbolTable symbols(weight->getParentOfType<ModuleOp>());
  std::string first = (weight.getSymName() + suffix).str(), name = first;
  for (unsigned number = 1; symbols.lookup(name); ++number)
    name = first + "_" + std::to_string(number);
  auto value = DenseResourceElementsAttr::get(
      type, name,
      HeapAsmResourceBlob::allocateAndCopyWithAlign(data, alignof(int64_t)));
  return WeightOp::create(builder, weight.getLoc(), name, value);
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

/// Whether `op` keeps all of int8.
static bool hasFullRange(QuantizeOp op) {
  return op.getMinimum() == -128 && op.getMaximum() == 127;
}

namespace {
/// quantize(dequantize(x)) is x, or another quantisation of it.
struct QuantizeOfDequantize : OpRewritePattern<QuantizeOp> {
  QuantizeOfDequantize(MLIRContext *context, FusionCounts &counts)
      : OpRewritePattern(context), counts(counts) {}

  LogicalResult matchAndRewrite(QuantizeOp op,
                                PatternRewriter &rewriter) const override {
    DequantizeOp dequantize = int8DequantizeOf(op.getX());
    if (!dequantize)
      return rewriter.notifyMatchFailure(op, "no dequantize");
    Quantization x = dequantize.getOperandQuantization(0);
    Quantization y = op.getResultQuantization();
    ++counts.fused;
    if (x == y && hasFullRange(op)) {
      Operation *producer = dequantize.getX().getDefiningOp();
      if (producer && !producer->hasAttr(tensorAttrName))
        producer->setDiscardableAttrs(op->getDiscardableAttrDictionary());
      rewriter.replaceOp(op, dequantize.getX());
      return success();
    }
    auto attrs = op->getDiscardableAttrDictionary();
    auto requantize = RequantizeOp::create(
        rewriter, fusedLocation({dequantize, op}), op.getY().getType(),
        dequantize.getX(), x.scale, x.zeroPoint, y.scale, y.zeroPoint,
        op.getMinimum(), op.getMaximum());
    requantize->setDiscardableAttrs(attrs);
    rewriter.replaceOp(op, requantize);
    return success();
  }

  FusionCounts &counts;
};

/// quantize(f(dequantize(x), ...)) is the int8 form of f. A product that reads
/// int8 already takes the quantisation of its result.
struct QuantizeOfFunction : OpRewritePattern<QuantizeOp> {
  QuantizeOfFunction(MLIRContext *context, FusionCounts &counts)
      : OpRewritePattern(context), counts(counts) {}

  LogicalResult matchAndRewrite(QuantizeOp op,
                                PatternRewriter &rewriter) const override {
    Operation *function = op.getX().getDefiningOp();
    if (!function || !isa<QuantizableOpInterface>(function) ||
        isa<DequantizeOp>(function))
      return rewriter.notifyMatchFailure(op, "no function of real numbers");
    SmallVector<DequantizeOp> sources;
    if (failed(findSources(function, sources)) || !hasInt8Form(function, op))
      return rewriter.notifyMatchFailure(op, "no int8 form");
    if (failed(replace(op, function, sources, rewriter)))
      return rewriter.notifyMatchFailure(op, "no scales of an int8 form");
    ++counts.fused;
    return success();
  }

private:
  /// The dequantisation of each operand; null for one that is int8, and for the
  /// slopes of a prelu, which may be f32.
  static LogicalResult findSources(Operation *function,
                                   SmallVectorImpl<DequantizeOp> &sources) {
    for (OpOperand &operand : function->getOpOperands()) {
      sources.push_back(int8DequantizeOf(operand.get()));
      bool isSlope = isa<PReluOp>(function) &&
                     operand.getOperandNumber() == 1 &&
                     operand.get().getDefiningOp<ConstantOp>();
      if (!sources.back() && !isSlope && !elementOf(operand.get()).isInteger(8))
        return failure();
    }
    return success();
  }

  /// Whether `function` can give what `op` gives, its operands being int8.
  static bool hasInt8Form(Operation *function, QuantizeOp op) {
    if (isa<ProductOpInterface>(function))
      return elementOf(function->getOperand(0)).isInteger(8);
    if (auto view = dyn_cast<ViewOpInterface>(function); view && view.isView())
      return false;
    if (auto softmax = dyn_cast<SoftmaxOp>(function))
      return hasFullRange(op) &&
             SoftmaxOp::isScaleOf(op.getYScale(), softmax.getExtent());
    return true;
  }

  /// Fails, with nothing changed, where a quotient of scales is no scale:
  /// (C10).
  static LogicalResult replace(QuantizeOp op, Operation *function,
                               MutableArrayRef<DequantizeOp> sources,
                               PatternRewriter &rewriter) {
    SmallVector<Operation *> absorbed(sources.begin(), sources.end());
    absorbed.append({function, op});
    auto fused = cast<QuantizableOpInterface>(rewriter.clone(*function));
    for (auto [i, source] : llvm::enumerate(sources)) {
      if (!source)
        continue;
      fused->setOperand(i, source.getX());
      fused.setOperandQuantization(i, source.getOperandQuantization(0));
    }
    fused->getResult(0).setType(op.getY().getType());
    fused.setResultQuantization(op.getResultQuantization());
    if (auto clamping =
            dyn_cast<RequantizingOpInterface>(fused.getOperation())) {
      clamping.setMinimumAttr(op.getMinimumAttr());
      clamping.setMaximumAttr(op.getMaximumAttr());
    }
    setRounding(fused, op.getIsUnsigned());
    fused->setLoc(fusedLocation(absorbed));
    fused->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    if (fused.findBadScale()) {
      rewriter.eraseOp(fused);
      return failure();
    }
    rewriter.replaceOp(op, fused);
    return success();
  }

  /// Sums and means of uint8 tensors round otherwise: docs/Numerics.md.
  static void setRounding(Operation *fused, bool isUnsigned) {
    constexpr StringLiteral name = "unsigned_rounding";
    if (isUnsigned && fused->getName().isRegistered() &&
        llvm::any_of(fused->getName().getAttributeNames(),
                     [&](StringAttr attr) { return attr == name; }))
      fused->setAttr(name, UnitAttr::get(fused->getContext()));
  }

  FusionCounts &counts;
};
} // namespace

void cm::cmnn::populateQuantizePatterns(RewritePatternSet &patterns,
                                        FusionCounts &counts) {
  patterns.add<QuantizeOfDequantize, QuantizeOfFunction>(patterns.getContext(),
                                                         counts);
  populateQuantizeConstantPatterns(patterns, counts);
}

//===----------------------------------------------------------------------===//
// All of it
//===----------------------------------------------------------------------===//

int64_t cm::cmnn::eraseUnusedWeights(ModuleOp module) {
  llvm::DenseSet<StringAttr> used;
  module.walk([&](Operation *op) {
    for (NamedAttribute attr : op->getAttrs())
      if (auto symbol = dyn_cast<FlatSymbolRefAttr>(attr.getValue()))
        used.insert(symbol.getAttr());
  });
  int64_t erased = 0;
  for (WeightOp weight : llvm::make_early_inc_range(module.getOps<WeightOp>()))
    if (!used.contains(weight.getSymNameAttr())) {
      weight.erase();
      ++erased;
    }
  return erased;
}

LogicalResult cm::cmnn::fuseQuantization(ModuleOp module,
                                         FusionCounts *result) {
  FusionCounts counts;
  for (auto function : module.getOps<func::FuncOp>())
    nameQuantization(function);
  RewritePatternSet recognisers(module.getContext());
  populateRecognisers(recognisers, counts);
  populateConstantPatterns(recognisers, counts);
  // Dequantisations first, so that a requantisation comes last.
  RewritePatternSet dequantizes(module.getContext());
  populateDequantizePatterns(dequantizes, counts);
  populateAffinePatterns(dequantizes, counts);
  RewritePatternSet quantizes(module.getContext());
  populateQuantizePatterns(quantizes, counts);
  // Every pattern moves a quantisation towards an end, so this ends.
  auto config =
      GreedyRewriteConfig().setMaxIterations(GreedyRewriteConfig::kNoLimit);
  if (failed(applyPatternsGreedily(module, std::move(recognisers), config)) ||
      failed(applyPatternsGreedily(module, std::move(dequantizes), config)))
    return failure();
  for (auto function : module.getOps<func::FuncOp>())
    for (Block &block : function.getBody())
      moveQuantizesBeforeViews(block, counts);
  if (failed(applyPatternsGreedily(module, std::move(quantizes), config)))
    return failure();
  for (auto function : module.getOps<func::FuncOp>())
    fusePorts(function, counts);
  counts.weights = eraseUnusedWeights(module);
  if (result)
    *result = counts;
  return success();
}
