//===- Layers.cpp - the tiles of a layer ----------------------------------===//
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
  int64_t count = 1;
  for (const TilingSolution &tiling : tilings)
    count = std::max<int64_t>(
        count, llvm::count_if(tiling.tiles, [](const Tile &tile) {
          return tile.rowTile == 0;
        }));
  return count;
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

static TilingProblem windowProblem(cmnn::WeightOp weight, int64_t groups) {
  TilingProblem problem;
  ArrayRef<int64_t> shape = weight.getType().getShape();
  problem.kernelY = shape[0], problem.kernelX = shape[1];
  problem.groups = groups;
  problem.channelsIn = shape[2];
  problem.channelsOut = shape[3] / groups;
  return problem;
}

static TilingProblem tilingProblem(Operation *op, const Lattice &lattice) {
  TilingProblem problem;
  if (auto conv = dyn_cast<cmnn::Conv2DOp>(op))
    return windowProblem(conv.getWeightOp(), conv.getGroups());
  if (auto conv = dyn_cast<cmnn::ConvTranspose2DOp>(op)) {
    problem = windowProblem(conv.getWeightOp(), conv.getGroups());
    problem.kernelY = lattice.y.taps.size(),
    problem.kernelX = lattice.x.taps.size();
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
  if (auto conv = dyn_cast<cmnn::ConvTranspose2DOp>(op))
    return conv.getWeightOp();
  return cast<cmnn::MatMulOp>(op).getWeightOp();
}

/// Tiles for the size of crossbar that takes the fewest of them; of equal ones
/// that of the lower core.
static LogicalResult tileLattice(const Layer &layer, const Lattice &lattice,
                                 const MachineModel &machine, int64_t maxStack,
                                 TilingSolution &best) {
  TilingProblem problem = tilingProblem(layer.head, lattice);
  problem.name = nameOf(layer.head->getResult(0)).str();
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
    if (isFirst || solution->crossbars() < best.crossbars())
      best = std::move(*solution);
    isFirst = false;
  }
  if (isFirst)
    return layer.head->emitOpError("needs a crossbar, but machine '")
           << machine.name() << "' has none";
  return success();
}

LogicalResult partition::tile(Layer &layer, const MachineModel &machine,
                              int64_t maxStack) {
  for (const Lattice &lattice : layer.lattices)
    if (failed(tileLattice(layer, lattice, machine, maxStack,
                           layer.tilings.emplace_back())))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Stacking
//===----------------------------------------------------------------------===//

int64_t partition::highestStack(const MachineModel &machine, StackTiles stack) {
  int64_t highest = 1;
  for (const machine::Crossbar *crossbar : crossbarsOf(machine))
    if (stack == StackTiles::Full ||
        (stack == StackTiles::Auto &&
         crossbar->mvm_concurrency() == machine::MVM_CONCURRENCY_CORE))
      highest = std::max<int64_t>(highest, crossbar->count());
  return highest;
}

bool partition::fitCores(ArrayRef<Layer> layers, const MachineModel &machine,
                         uint64_t cores) {
  std::vector<int64_t> needs, room;
  for (const Layer &layer : layers)
    for (const TilingSolution &tiling : layer.tilings)
      for (const Tile &tile : tiling.tiles)
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
