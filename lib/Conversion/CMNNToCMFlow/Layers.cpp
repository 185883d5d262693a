//===- Layers.cpp - which operations share stages -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Layers.h"

using namespace cm;
using namespace cm::partition;
using namespace mlir;

int64_t Layer::columnTiles() const {
  return std::max<int64_t>(
      1, llvm::count_if(tiling.tiles,
                        [](const Tile &tile) { return tile.rowTile == 0; }));
}

static bool isVectorOp(Operation *op) {
  return isa<cmnn::AddOp, cmnn::RequantizeOp, cmnn::SoftmaxOp>(op);
}

static bool isPool(Operation *op) {
  return isa<cmnn::MaxPoolOp, cmnn::AveragePoolOp, cmnn::GlobalAveragePoolOp>(
      op);
}

//===----------------------------------------------------------------------===//
// Tiling
//===----------------------------------------------------------------------===//

/// The crossbars that cores of the machine have, one of each size.
static SmallVector<const machine::Crossbar *>
crossbarsOf(const MachineModel &machine) {
  SmallVector<const machine::Crossbar *> crossbars;
  for (NodeId core = 0; core < machine.numCores(); ++core) {
    if (!machine.hasCrossbar(core))
      continue;
    const machine::Crossbar &crossbar = machine.core(core).crossbar();
    if (llvm::none_of(crossbars, [&](const machine::Crossbar *known) {
          return known->rows() == crossbar.rows() &&
                 known->cols() == crossbar.cols() &&
                 known->count() == crossbar.count();
        }))
      crossbars.push_back(&crossbar);
  }
  return crossbars;
}

/// Weights are int8, of which a machine may hold fewer bits.
static LogicalResult checkWeights(Operation *op, cmnn::WeightOp weight,
                                  const MachineModel &machine,
                                  const machine::Crossbar &crossbar) {
  int greatest = (1 << (crossbar.weight_bits() - 1)) - 1;
  std::vector<int8_t> storage;
  for (int8_t value : weight.getInt8(storage))
    if (value > greatest || value < -greatest - 1)
      return op->emitOpError("'")
             << nameOf(op->getResult(0)) << "' has the weight " << int(value)
             << ", the " << crossbar.weight_bits() << " bits of machine '"
             << machine.name() << "' hold " << -greatest - 1 << " to "
             << greatest;
  return success();
}

static TilingProblem tilingProblem(Operation *op) {
  TilingProblem problem;
  problem.name = nameOf(op->getResult(0)).str();
  if (auto conv = dyn_cast<cmnn::Conv2DOp>(op)) {
    ArrayRef<int64_t> shape = conv.getWeightOp().getType().getShape();
    problem.kernelY = shape[0], problem.kernelX = shape[1];
    problem.groups = conv.getGroups();
    problem.channelsIn = shape[2];
    problem.channelsOut = shape[3] / problem.groups;
    return problem;
  }
  // A product reads the whole object as one window.
  auto product = cast<cmnn::MatMulOp>(op);
  Extent extent = extentOf(resolve(product.getX()));
  problem.kernelY = extent.h, problem.kernelX = extent.w;
  problem.channelsIn = extent.c;
  problem.channelsOut = product.getWeightOp().getType().getDimSize(1);
  return problem;
}

static cmnn::WeightOp weightOf(Operation *op) {
  if (auto conv = dyn_cast<cmnn::Conv2DOp>(op))
    return conv.getWeightOp();
  return cast<cmnn::MatMulOp>(op).getWeightOp();
}

/// Tiles for the size of crossbar that takes the fewest of them; of equal ones
/// that of the lower core.
static LogicalResult tile(Layer &layer, const MachineModel &machine,
                          int64_t maxStack) {
  TilingProblem problem = tilingProblem(layer.head);
  bool isFirst = true;
  for (const machine::Crossbar *crossbar : crossbarsOf(machine)) {
    if (failed(
            checkWeights(layer.head, weightOf(layer.head), machine, *crossbar)))
      return failure();
    problem.crossbarRows = crossbar->rows();
    problem.crossbarCols = crossbar->cols();
    problem.maxCrossbars = crossbar->count();
    problem.maxStack = maxStack;
    llvm::Expected<TilingSolution> solution = solveTiling(problem);
    if (!solution)
      return layer.head->emitOpError(llvm::toString(solution.takeError()));
    if (isFirst || solution->crossbars() < layer.tiling.crossbars())
      layer.tiling = std::move(*solution);
    isFirst = false;
  }
  if (isFirst)
    return layer.head->emitOpError("needs a crossbar, but machine '")
           << machine.name() << "' has none";
  return success();
}

//===----------------------------------------------------------------------===//
// Grouping
//===----------------------------------------------------------------------===//

namespace {
class Planner {
public:
  Planner(const MachineModel &machine, int64_t maxStack)
      : machine(machine), maxStack(maxStack) {}

  LogicalResult plan(Operation &op);
  std::vector<Layer> layers;

private:
  Layer *hostFor(Operation *op);
  void add(Layer layer);

  const MachineModel &machine;
  int64_t maxStack;
  /// The layer that computes a value.
  llvm::DenseMap<Value, size_t> producers;
};
} // namespace

void Planner::add(Layer layer) {
  producers[layer.result()] = layers.size();
  layers.push_back(std::move(layer));
}

/// The layer that a vector operation joins, or null. Only the latest of the
/// operands' layers can host it: all that it reads has a lower index.
Layer *Planner::hostFor(Operation *op) {
  Value latest;
  size_t index = 0;
  for (Value operand : op->getOperands()) {
    auto found = producers.find(resolve(operand));
    if (found == producers.end() || (latest && found->second <= index))
      continue;
    latest = operand;
    index = found->second;
  }
  if (!latest || usersOf(resolve(latest)).size() != 1 ||
      extentOf(resolve(latest)).key() != extentOf(latest).key())
    return nullptr;
  Layer &host = layers[index];
  if (isa<cmnn::SoftmaxOp>(op) && host.columnTiles() > 1)
    return nullptr;
  return &host;
}

LogicalResult Planner::plan(Operation &op) {
  if (isa<cmnn::ReshapeOp, func::ReturnOp>(op))
    return success();
  if (isVectorOp(&op)) {
    if (Layer *host = hostFor(&op)) {
      producers[op.getResult(0)] = host - layers.data();
      host->fused.push_back(&op);
      return success();
    }
    add({&op, {}, {}});
    return success();
  }
  if (isPool(&op)) {
    add({&op, {}, {}});
    return success();
  }
  if (isa<cmnn::Conv2DOp, cmnn::MatMulOp>(op)) {
    Layer layer{&op, {}, {}};
    if (failed(tile(layer, machine, maxStack)))
      return failure();
    add(std::move(layer));
    return success();
  }
  return op.emitOpError("has no stage: expected a normalised cmnn operation");
}

/// A flattened image can only feed a product, or leave the network.
static LogicalResult checkReshapes(func::FuncOp func) {
  for (auto reshape : func.getOps<cmnn::ReshapeOp>()) {
    Value root = resolve(reshape.getX());
    if (extentOf(root).key() == extentOf(reshape.getY()).key())
      continue;
    bool flattens =
        extentOf(reshape.getY()).h == 1 && extentOf(reshape.getY()).w == 1;
    for (Operation *user : reshape.getY().getUsers())
      if (!flattens ||
          !isa<cmnn::MatMulOp, cmnn::ReshapeOp, func::ReturnOp>(user))
        return reshape.emitOpError(
                   "changes the pixels of what is not a product's operand: "
                   "expected cmnn.matmul as its user, found ")
               << user->getName();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Stacking
//===----------------------------------------------------------------------===//

/// Rows of crossbars that a tile may take at most.
static int64_t highestStack(const MachineModel &machine, StackTiles stack) {
  int64_t highest = 1;
  for (const machine::Crossbar *crossbar : crossbarsOf(machine))
    if (stack == StackTiles::Full ||
        (stack == StackTiles::Auto &&
         crossbar->mvm_concurrency() == machine::MVM_CONCURRENCY_CORE))
      highest = std::max<int64_t>(highest, crossbar->count());
  return highest;
}

/// Whether the tiles find room, largest first, each in the first core that has
/// it.
static bool fitCores(ArrayRef<Layer> layers, const MachineModel &machine,
                     uint64_t cores) {
  std::vector<int64_t> needs, room;
  for (const Layer &layer : layers)
    for (const Tile &tile : layer.tiling.tiles)
      needs.push_back(tile.crossbars);
  llvm::sort(needs, std::greater<>());
  for (NodeId core = 0; core < (cores ? cores : machine.numCores()); ++core)
    if (core < machine.numCores() && machine.hasCrossbar(core))
      room.push_back(machine.core(core).crossbar().count());
  return llvm::all_of(needs, [&](int64_t need) {
    auto core = llvm::find_if(room, [&](int64_t free) { return free >= need; });
    if (core == room.end())
      return false;
    *core -= need;
    return true;
  });
}

FailureOr<std::vector<Layer>> partition::planLayers(func::FuncOp func,
                                                    const MachineModel &machine,
                                                    StackTiles stack,
                                                    uint64_t cores) {
  if (failed(checkReshapes(func)))
    return failure();
  for (int64_t height = highestStack(machine, stack);; height /= 2) {
    Planner planner(machine, height);
    for (Operation &op : func.getBody().front())
      if (failed(planner.plan(op)))
        return failure();
    // Lower stacks leave fewer gaps.
    if (height == 1 || fitCores(planner.layers, machine, cores))
      return std::move(planner.layers);
  }
}
