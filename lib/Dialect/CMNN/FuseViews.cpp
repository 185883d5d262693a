//===- FuseViews.cpp - quantisation moves past views ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fusion.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace cm::cmnn;

/// `op` as a view that is one, with operands; or null.
static ViewOpInterface asView(Operation *op) {
  auto view = dyn_cast_or_null<ViewOpInterface>(op);
  if (!view || !view.isView() || view.getViewed().empty())
    return nullptr;
  return view;
}

/// Whether the fill of `view`, if it has one, is exactly an int8.
static bool hasInt8Fill(Operation *view, Quantization quantization) {
  auto pad = dyn_cast<PadOp>(view);
  if (!pad || pad.getMode() != PadMode::Constant)
    return true;
  float fill = pad.getFloatFill();
  int32_t value = quantizeValue(fill, quantization);
  return dequantizeValue(value, quantization) == fill;
}

/// An int8 copy of the f32 `view` on `operands`, with its fill as `fill` says.
static Operation *cloneAsInt8(OpBuilder &builder, Operation *view,
                              ValueRange operands,
                              llvm::function_ref<int32_t(float)> fill) {
  Operation *clone = builder.clone(*view);
  clone->setOperands(operands);
  Value y = clone->getResult(0);
  y.setType(withElement(y, builder.getI8Type()));
  clone->setDiscardableAttrs(DictionaryAttr::get(view->getContext()));
  auto pad = dyn_cast<PadOp>(view);
  if (pad && pad.getMode() == PadMode::Constant)
    cast<PadOp>(clone).setValueAttr(builder.getI8IntegerAttr(
        static_cast<int8_t>(fill(pad.getFloatFill()))));
  return clone;
}

/// view(dequantize(x), ...) of one quantisation as dequantize(view(x, ...)).
static DequantizeOp moveDequantizeOver(OpBuilder &builder,
                                       ViewOpInterface view) {
  SmallVector<Value> sources;
  DequantizeOp first;
  for (Value operand : view.getViewed()) {
    DequantizeOp dequantize = int8DequantizeOf(operand);
    if (!dequantize)
      return nullptr;
    first = first ? first : dequantize;
    if (dequantize.getOperandQuantization(0) != first.getOperandQuantization(0))
      return nullptr;
    sources.push_back(dequantize.getX());
  }
  Quantization quantization = first.getOperandQuantization(0);
  if (!hasInt8Fill(view, quantization))
    return nullptr;
  Operation *moved = cloneAsInt8(builder, view, sources, [&](float fill) {
    return quantizeValue(fill, quantization);
  });
  auto result = DequantizeOp::create(
      builder, first.getLoc(), view->getResult(0).getType(),
      moved->getResult(0), quantization.scale, quantization.zeroPoint);
  result->setDiscardableAttrs(view->getDiscardableAttrDictionary());
  return result;
}

/// clip(dequantize(x)) with bounds that are int8 values is
/// dequantize(requantize{range}(x)).
static DequantizeOp moveDequantizeOver(OpBuilder &builder, ClipOp clip) {
  DequantizeOp source = int8DequantizeOf(clip.getX());
  if (!source || clip.getLow() > clip.getHigh())
    return nullptr;
  Quantization q = source.getOperandQuantization(0);
  int32_t low = quantizeValue(clip.getLow(), q);
  int32_t high = quantizeValue(clip.getHigh(), q);
  bool exact = (clip.getLow() <= dequantizeValue(-128, q) ||
                clip.getLow() == dequantizeValue(low, q)) &&
               (clip.getHigh() >= dequantizeValue(127, q) ||
                clip.getHigh() == dequantizeValue(high, q));
  if (!exact)
    return nullptr;
  auto clamp = RequantizeOp::create(
      builder, clip.getLoc(), source.getX().getType(), source.getX(), q.scale,
      q.zeroPoint, q.scale, q.zeroPoint, low, high);
  auto result =
      DequantizeOp::create(builder, source.getLoc(), clip.getY().getType(),
                           clamp, q.scale, q.zeroPoint);
  result->setDiscardableAttrs(clip->getDiscardableAttrDictionary());
  return result;
}

static DequantizeOp moveDequantizeOver(OpBuilder &builder, Operation *op) {
  if (auto clip = dyn_cast_or_null<ClipOp>(op))
    return moveDequantizeOver(builder, clip);
  ViewOpInterface view = asView(op);
  return view ? moveDequantizeOver(builder, view) : nullptr;
}

DequantizeOp cm::cmnn::dequantizedFrom(OpBuilder &builder, Value value) {
  if (DequantizeOp dequantize = int8DequantizeOf(value))
    return dequantize;
  Operation *op = value.getDefiningOp();
  if (!asView(op) && !isa_and_nonnull<ClipOp>(op))
    return nullptr;
  for (OpOperand &operand : op->getOpOperands()) {
    DequantizeOp moved = dequantizedFrom(builder, operand.get());
    if (!moved)
      return nullptr;
    operand.set(moved);
  }
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointAfter(op);
  DequantizeOp moved = moveDequantizeOver(builder, op);
  if (moved)
    value.replaceAllUsesWith(moved);
  return moved;
}

//===----------------------------------------------------------------------===//
// Quantisations move before views and take clips along
//===----------------------------------------------------------------------===//

/// quantize(clip(x)) = quantize{range}(x): rounding grows with its argument.
static void absorbClip(QuantizeOp op, ClipOp clip) {
  Quantization y = op.getResultQuantization();
  int32_t low = op.getMinimum(), high = op.getMaximum();
  int32_t maximum = std::clamp(quantizeValue(clip.getHigh(), y), low, high);
  int32_t minimum =
      std::min(std::clamp(quantizeValue(clip.getLow(), y), low, high), maximum);
  op.getXMutable().assign(clip.getX());
  op.setMinimum(minimum);
  op.setMaximum(maximum);
  op->setLoc(fusedLocation({clip, op}));
}

/// `value` as `like` quantises it, right behind it; equal ones are shared.
static Value quantized(Value value, QuantizeOp like) {
  for (Operation *user : value.getUsers()) {
    auto found = dyn_cast<QuantizeOp>(user);
    if (found && found.getProperties() == like.getProperties() &&
        found->getBlock() == like->getBlock() && found->isBeforeInBlock(like))
      return found;
  }
  OpBuilder builder(like);
  builder.setInsertionPointAfterValue(value);
  return QuantizeOp::create(
      builder, like.getLoc(), withElement(value, builder.getI8Type()), value,
      like.getYScaleAttr(), like.getYZeroPointAttr(), like.getMinimumAttr(),
      like.getMaximumAttr(), like.getIsUnsignedAttr());
}

/// quantize(view(x)) -> view(quantize(x)); returns the new view.
static Operation *moveBefore(QuantizeOp op, ViewOpInterface view) {
  SmallVector<Value> operands;
  for (Value operand : view.getViewed())
    operands.push_back(quantized(operand, op));
  OpBuilder builder(op);
  Operation *moved = cloneAsInt8(builder, view, operands, [&](float fill) {
    return std::clamp(quantizeValue(fill, op.getResultQuantization()),
                      op.getMinimum(), op.getMaximum());
  });
  moved->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  op.getY().replaceAllUsesWith(moved->getResult(0));
  op.erase();
  return moved;
}

void cm::cmnn::moveQuantizesBeforeViews(Block &block, FusionCounts &counts) {
  // From the end, so that all quantisations of a tensor are there, as one, when
  // its own view is met: where tensors split and join again and again, their
  // number would double each time.
  Operation *op = block.empty() ? nullptr : &block.back();
  while (op) {
    if (auto quantize = dyn_cast<QuantizeOp>(op)) {
      while (auto clip = quantize.getX().getDefiningOp<ClipOp>()) {
        absorbClip(quantize, clip);
        ++counts.fused;
      }
      if (ViewOpInterface view = asView(quantize.getX().getDefiningOp())) {
        op = moveBefore(quantize, view);
        ++counts.views;
        continue;
      }
    }
    op = op->getPrevNode();
  }
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

namespace {
/// Whether all that `op` leads to, beyond views and clips, are quantisations.
bool reachesQuantize(Operation *op) {
  SetVector<Operation *> ops; // each once: views may split and join
  ops.insert(op);
  for (size_t i = 0; i < ops.size(); ++i)
    for (Operation *user : ops[i]->getUsers()) {
      if (isa<ClipOp>(user) || asView(user))
        ops.insert(user);
      else if (!isa<QuantizeOp>(user))
        return false;
    }
  return true;
}

/// view(dequantize(x)) -> dequantize(view(x)), and clips that no quantize can
/// take.
struct DequantizeAfterView : RewritePattern {
  DequantizeAfterView(MLIRContext *context, FusionCounts &counts)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context), counts(counts) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (isa<ClipOp>(op) && reachesQuantize(op))
      return rewriter.notifyMatchFailure(op, "a clip before a quantize");
    DequantizeOp moved = moveDequantizeOver(rewriter, op);
    if (!moved)
      return rewriter.notifyMatchFailure(op, "no view of dequantised tensors");
    rewriter.replaceOp(op, moved);
    ++counts.views;
    return success();
  }

  FusionCounts &counts;
};

/// The f32 `weight` as `op` quantises it.
WeightOp quantizeWeight(WeightOp weight, QuantizeOp op, OpBuilder &builder) {
  std::vector<float> storage;
  std::vector<char> bytes;
  for (float real : weight.getFloat(storage))
    bytes.push_back(static_cast<char>(
        std::clamp(quantizeValue(real, op.getResultQuantization()),
                   op.getMinimum(), op.getMaximum())));
  RankedTensorType type = weight.getType().clone(builder.getI8Type());
  return cloneWeight(weight, "_int8", type, bytes, builder);
}

/// quantize of a constant, or of rows of a constant table, is one of int8.
struct QuantizeOfConstant : OpRewritePattern<QuantizeOp> {
  QuantizeOfConstant(MLIRContext *context, FusionCounts &counts)
      : OpRewritePattern(context), counts(counts) {}

  LogicalResult matchAndRewrite(QuantizeOp op,
                                PatternRewriter &rewriter) const override {
    Operation *source = op.getX().getDefiningOp();
    Operation *folded = nullptr;
    if (auto constant = dyn_cast_or_null<ConstantOp>(source)) {
      WeightOp weight = quantizeWeight(constant.getWeightOp(), op, rewriter);
      folded = ConstantOp::create(rewriter, fusedLocation({source, op}),
                                  op.getY().getType(), weight.getSymName());
    } else if (auto gather = dyn_cast_or_null<GatherOp>(source)) {
      WeightOp table = quantizeWeight(gather.getTableOp(), op, rewriter);
      folded = GatherOp::create(rewriter, fusedLocation({source, op}),
                                op.getY().getType(), table.getSymName(),
                                gather.getIds());
    } else {
      return rewriter.notifyMatchFailure(op, "no constant");
    }
    folded->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    rewriter.replaceOp(op, folded);
    ++counts.fused;
    return success();
  }

  FusionCounts &counts;
};
} // namespace

void cm::cmnn::populateDequantizePatterns(RewritePatternSet &patterns,
                                          FusionCounts &counts) {
  patterns.add<DequantizeAfterView>(patterns.getContext(), counts);
}

void cm::cmnn::populateQuantizeConstantPatterns(RewritePatternSet &patterns,
                                                FusionCounts &counts) {
  patterns.add<QuantizeOfConstant>(patterns.getContext(), counts);
}
