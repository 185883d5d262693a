//===- Grouping.cpp - which operations share stages -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which operations become one layer, in which order, and where concats put
// their parts.
//
//===----------------------------------------------------------------------===//

#include "Layers.h"
#include "ProductKinds.h"
#include "cm/Dialect/CMNN/ChannelShuffle.h"

using namespace cm;
using namespace cm::partition;
using namespace mlir;

//===----------------------------------------------------------------------===//
// Kinds of operations
//===----------------------------------------------------------------------===//

bool partition::isVectorOp(Operation *op) {
  return cmnn::isChannelShuffle(op) ||
         cmnn::getStageRole(op) == StageRole::Pixelwise;
}

/// An operation whose result at a channel needs other channels, too.
static bool mixesChannels(Operation *op) {
  return cmnn::isChannelShuffle(op) ||
         cast<cmnn::StageOpInterface>(op).mixesChannels();
}

/// Operands that a stage computes or reads: it holds the others.
static SmallVector<Value> inputsOf(Operation *op) {
  SmallVector<Value> inputs;
  bool isShuffle = cmnn::isChannelShuffle(op);
  auto stage = cast<cmnn::StageOpInterface>(op);
  for (auto [index, operand] : llvm::enumerate(operandsOf(op))) {
    bool isHeld = isShuffle || stage.getOperandForms(index).constant;
    bool isTable = index > 0 && isByteFunction(op);
    if (!isTable && !(isHeld && isConstant(operand)))
      inputs.push_back(operand);
  }
  return inputs;
}

//===----------------------------------------------------------------------===//
// Planner
//===----------------------------------------------------------------------===//

namespace {
class Planner {
public:
  explicit Planner(ProductUnits &units) : units(units) {}

  LogicalResult plan(Operation &op);
  Plan result;

private:
  static constexpr size_t never = SIZE_MAX;

  LogicalResult addLayer(Layer layer);
  void grow(Layer &layer);
  bool joins(const Layer &layer, Operation *op,
             const llvm::DenseSet<Value> &computed) const;
  LogicalResult planJoin(Operation *join);
  void planPixelJoin(Operation *join);
  FailureOr<Layer> layerOf(Operation *op);
  bool canLiveIn(Value operand) const;
  LogicalResult checkOperands(Operation *op) const;
  /// The number of layers that have to come first: 0 for what the network is
  /// given, `never` for what no layer has computed yet.
  size_t layersBefore(Value value) const;

  ProductUnits &units;
  /// 1 + index of the layer that computes a value for others; of a join that
  /// of its last part.
  llvm::DenseMap<Value, size_t> producers;
  llvm::DenseSet<Operation *> grouped;
};
} // namespace

size_t Planner::layersBefore(Value value) const {
  value = resolve(value);
  if (isa<BlockArgument>(value))
    return 0;
  if (isChannelRange(value.getDefiningOp()))
    return layersBefore(value.getDefiningOp()->getOperand(0));
  auto found = producers.find(value);
  return found == producers.end() ? never : found->second;
}

/// Whether `op` can follow in the stages of the last layer: it computes with
/// what they compute, pixel by pixel, and with what comes before.
bool Planner::joins(const Layer &layer, Operation *op,
                    const llvm::DenseSet<Value> &computed) const {
  if (grouped.contains(op) || !isVectorOp(op) ||
      (mixesChannels(op) && layer.columnTiles() > 1))
    return false;
  Extent pixels = extentOf(layer.head->getResult(0));
  Extent extent = extentOf(op->getResult(0));
  bool usesLayer = false;
  for (Value operand : inputsOf(op)) {
    Value value = resolve(operand);
    if (!computed.contains(value)) {
      if (layersBefore(value) > result.layers.size())
        return false;
      continue;
    }
    usesLayer = true;
    // One that is flattened, or repeated, is not the pixel at hand.
    if (extentOf(value) != extentOf(operand) ||
        extentOf(operand).h != extent.h || extentOf(operand).w != extent.w ||
        (extentOf(operand).c != extent.c && !mixesChannels(op)))
      return false;
  }
  return usesLayer && extent.h == pixels.h && extent.w == pixels.w;
}

/// Whether someone outside the layer uses one of its values.
static bool isOpen(Value value, const llvm::DenseSet<Value> &computed) {
  return llvm::any_of(usersOf(value), [&](Operation *user) {
    return user->getNumResults() != 1 || !computed.contains(user->getResult(0));
  });
}

/// Takes all that can follow, and gives back what comes after the last point
/// where one value is all that others use.
void Planner::grow(Layer &layer) {
  SmallVector<Value> values{layer.head->getResult(0)};
  llvm::DenseSet<Value> computed{values.front()};
  size_t best = 0;
  for (Operation *op = layer.head->getNextNode(); op; op = op->getNextNode()) {
    if (!joins(layer, op, computed))
      continue;
    layer.fused.push_back(op);
    computed.insert(op->getResult(0));
    if (llvm::none_of(values,
                      [&](Value value) { return isOpen(value, computed); }))
      best = layer.fused.size();
    values.push_back(op->getResult(0));
  }
  layer.fused.resize(best);
}

LogicalResult Planner::checkOperands(Operation *op) const {
  for (Value operand : inputsOf(op))
    if (layersBefore(operand) == never)
      return op->emitOpError("reads what has no stage: expected a normalised "
                             "cmnn operation, found ")
             << resolve(operand).getDefiningOp()->getName();
  return success();
}

LogicalResult Planner::addLayer(Layer layer) {
  if (failed(checkOperands(layer.head)))
    return failure();
  if (!layer.copied)
    grow(layer);
  result.layers.push_back(std::move(layer));
  const Layer &added = result.layers.back();
  grouped.insert(added.head);
  grouped.insert(added.fused.begin(), added.fused.end());
  producers[added.result()] = result.layers.size();
  return success();
}

//===----------------------------------------------------------------------===//
// Joins
//===----------------------------------------------------------------------===//

/// Whether the stages that compute an operand can write into the join: it has
/// stages, and no other home. A result of the network is an object of its own.
bool Planner::canLiveIn(Value operand) const {
  return producers.count(operand) && !result.homes.isPart(operand) &&
         llvm::none_of(usersOf(operand), [](Operation *user) {
           return isa<func::ReturnOp>(user);
         });
}

/// Operands that follow each other along rows or columns: each is copied.
void Planner::planPixelJoin(Operation *join) {
  int64_t position = 0;
  Extent whole = extentOf(join->getResult(0));
  for (Value operand : join->getOperands()) {
    Extent extent = extentOf(operand);
    bool isVertical = extent.h != whole.h;
    Layer copy;
    copy.head = join, copy.copied = operand;
    copy.lattices = copyLattices(extent, whole, isVertical ? position : 0,
                                 isVertical ? 0 : position);
    copy.isPart = true;
    position += isVertical ? extent.h : extent.w;
    result.layers.push_back(std::move(copy));
  }
  producers[join->getResult(0)] = result.layers.size();
}

static bool isJoin(Operation *op) {
  return cmnn::getStageRole(op) == StageRole::Join;
}

LogicalResult Planner::planJoin(Operation *join) {
  if (failed(checkOperands(join)))
    return failure();
  Value whole = join->getResult(0);
  Extent first = extentOf(join->getOperand(0)), all = extentOf(whole);
  if (first.h != all.h || first.w != all.w) {
    planPixelJoin(join);
    return success();
  }
  int64_t channel = 0;
  size_t last = 0;
  bool isNamed = true;
  for (Value operand : join->getOperands()) {
    Value value = resolve(operand);
    if (canLiveIn(value) && extentOf(value) == extentOf(operand)) {
      result.homes.put(value, whole, channel);
      isNamed &= !tensorNames(value) && !isJoin(value.getDefiningOp());
      last = std::max(last, layersBefore(value));
    } else {
      Layer copy;
      copy.head = join;
      copy.copied = operand, copy.copyChannel = channel;
      result.layers.push_back(std::move(copy));
      last = result.layers.size();
    }
    channel += extentOf(operand).c;
  }
  producers[whole] = last;
  if (isNamed)
    result.homes.setNamed(whole);
  return success();
}

//===----------------------------------------------------------------------===//
// Operations in order
//===----------------------------------------------------------------------===//

/// A layer with `op` as its head.
FailureOr<Layer> Planner::layerOf(Operation *op) {
  Layer layer;
  layer.head = op;
  if (movesPixels(op)) {
    layer.copied = op->getOperand(0);
    layer.lattices =
        copyLattices(extentOf(layer.copied), extentOf(op->getResult(0)), 0, 0);
    return layer;
  }
  if (isa<cmnn::ProductOpInterface>(op)) {
    ProductUnit &unit = units.of[op];
    layer.lattices = unit.lattices;
    layer.onDpu = unit.onDpu, layer.reason = unit.reason;
    if (!unit.onDpu) {
      layer.core = unit.kinds.front().core;
      layer.tilings = std::move(unit.kinds.front().tilings);
    }
    return layer;
  }
  if (!isVectorOp(op) && cmnn::getStageRole(op) != StageRole::Window)
    return op->emitOpError(
        "has no stage: expected a normalised cmnn operation");
  FailureOr<Lattices> lattices = cast<cmnn::StageOpInterface>(op).getLattices();
  if (failed(lattices))
    return failure();
  layer.lattices = *lattices;
  return layer;
}

LogicalResult Planner::plan(Operation &op) {
  bool isView = (cmnn::isReshape(&op) && !movesPixels(&op)) ||
                cmnn::isWithinShuffle(&op) || isTransposedOperand(&op);
  if (grouped.contains(&op) || isChannelRange(&op) || isa<func::ReturnOp>(op) ||
      isConstant(op.getResult(0)) || (isView && !cmnn::isChannelShuffle(&op)))
    return success();
  if (cmnn::isChannelShuffle(&op) && failed(cmnn::getChannelOrder(&op)))
    return op.emitOpError("moves elements to other pixels, which is not "
                          "mapped: expected a shuffle of channels");
  if (isJoin(&op))
    return planJoin(&op);
  FailureOr<Layer> layer = layerOf(&op);
  return failed(layer) ? failure() : addLayer(std::move(*layer));
}

/// A flattened image can only feed products and sums, or leave the network.
static LogicalResult checkReshapes(func::FuncOp func) {
  for (Operation &op : func.getBody().front()) {
    if (!cmnn::isReshape(&op) || cmnn::isChannelShuffle(&op) ||
        cmnn::isWithinShuffle(&op))
      continue;
    Value x = op.getOperand(0), y = op.getResult(0), root = resolve(x);
    if (extentOf(root) == extentOf(y) || isConstant(root))
      continue;
    Extent from = extentOf(x), to = extentOf(y);
    if (movesPixels(&op) && (from.h == 1 || to.h == 1))
      continue;
    bool flattens = to.h == 1 && to.w == 1;
    Operation *other = op.use_empty() ? nullptr
                       : flattens     ? cmnn::findUserOfPixels(y)
                                      : *op.user_begin();
    if (other)
      return op.emitOpError("changes the pixels of what is read pixel by "
                            "pixel: expected products and sums as its users, "
                            "found ")
             << other->getName();
  }
  return success();
}

FailureOr<Plan> partition::planLayers(func::FuncOp func,
                                      const MachineModel &machine,
                                      StackTiles stack, uint64_t cores,
                                      DepthwiseUnit depthwise) {
  if (failed(checkReshapes(func)))
    return failure();
  for (int64_t height = highestStack(machine, stack);; height /= 2) {
    FailureOr<ProductUnits> units =
        chooseUnits(func, machine, height, cores, depthwise);
    if (failed(units))
      return failure();
    // Lower stacks leave fewer gaps.
    if (height > 1 && !units->fit)
      continue;
    Planner planner(*units);
    for (Operation &op : func.getBody().front())
      if (failed(planner.plan(op)))
        return failure();
    return std::move(planner.result);
  }
}
