//===- ProductTiling.cpp - weights cut to the crossbars -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// From a convolution or product to the problems of Mapping.
//
//===----------------------------------------------------------------------===//

#include "Layers.h"
#include "cm/Analysis/Timing.h"
#include "cm/Machine/Crossbar.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace cm;
using namespace cm::partition;
using namespace mlir;

/// The cores with crossbars that differ: the first of each kind.
static SmallVector<NodeId> coresToTry(const MachineModel &machine) {
  SmallVector<NodeId> cores;
  for (NodeId core = 0; core < machine.numCores(); ++core)
    if (machine.hasCrossbar(core) && llvm::none_of(cores, [&](NodeId known) {
          return isAlike(machine.core(known).crossbar(),
                         machine.core(core).crossbar());
        }))
      cores.push_back(core);
  return cores;
}

static cmnn::WeightOp weightOf(Operation *op) {
  if (auto conv = dyn_cast<cmnn::Conv2DOp>(op))
    return conv.getWeightOp();
  if (auto conv = dyn_cast<cmnn::ConvTranspose2DOp>(op))
    return conv.getWeightOp();
  return cast<cmnn::MatMulOp>(op).getWeightOp();
}

bool partition::needsInputSums(Operation *op) {
  auto isUsed = [](ArrayRef<int8_t> points) {
    return llvm::any_of(points, [](int8_t point) { return point != 0; });
  };
  if (auto conv = dyn_cast<cmnn::Conv2DOp>(op))
    return isUsed(conv.getWZeroPoints());
  if (auto conv = dyn_cast<cmnn::ConvTranspose2DOp>(op))
    return isUsed(conv.getWZeroPoints());
  return isUsed(cast<cmnn::MatMulOp>(op).getWZeroPoints());
}

/// Weights are int8, of which a machine may hold fewer bits. A sum of inputs
/// has the weight 1.
static LogicalResult checkWeights(Operation *op, const MachineModel &machine,
                                  const machine::Crossbar &crossbar) {
  int greatest = (1 << (crossbar.weight_bits() - 1)) - 1;
  auto check = [&](int value) -> LogicalResult {
    if (value <= greatest && value >= -greatest - 1)
      return success();
    return op->emitOpError("'")
           << nameOf(op->getResult(0)) << "' has the weight " << value
           << ", the " << crossbar.weight_bits() << " bits of machine '"
           << machine.name() << "' hold " << -greatest - 1 << " to "
           << greatest;
  };
  std::vector<int8_t> storage;
  for (int8_t value : weightOf(op).getInt8(storage))
    if (failed(check(value)))
      return failure();
  return needsInputSums(op) ? check(1) : success();
}

static void setKernel(TilingProblem &problem, cmnn::WeightOp weight,
                      int64_t groups) {
  ArrayRef<int64_t> shape = weight.getType().getShape();
  problem.kernelY = shape[0], problem.kernelX = shape[1];
  problem.groups = groups;
  problem.channelsIn = shape[2];
  problem.channelsOut = shape[3] / groups;
}

static TilingProblem tilingProblem(Operation *op, const Lattice &lattice) {
  TilingProblem problem;
  problem.name = nameOf(op->getResult(0)).str();
  problem.sums = needsInputSums(op);
  if (auto conv = dyn_cast<cmnn::Conv2DOp>(op)) {
    setKernel(problem, conv.getWeightOp(), conv.getGroups());
    return problem;
  }
  if (auto conv = dyn_cast<cmnn::ConvTranspose2DOp>(op)) {
    setKernel(problem, conv.getWeightOp(), conv.getGroups());
    problem.kernelY = lattice.y.taps.size();
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

static LogicalResult tileLattice(Layer &layer, const Lattice &lattice,
                                 const MachineModel &machine, int64_t maxStack,
                                 TilingSolution &best) {
  TilingProblem problem = tilingProblem(layer.head, lattice);
  bool isFirst = true;
  for (NodeId core : coresToTry(machine)) {
    const machine::Crossbar &crossbar = machine.core(core).crossbar();
    if (failed(checkWeights(layer.head, machine, crossbar)))
      return failure();
    problem.crossbarRows = crossbar.rows();
    problem.crossbarCols = usableCols(crossbar);
    problem.slices = weightSlices(crossbar);
    problem.maxCrossbars = crossbar.count();
    problem.maxStack = maxStack;
    llvm::Expected<TilingSolution> solution = solveTiling(problem);
    if (!solution)
      return layer.head->emitOpError(llvm::toString(solution.takeError()));
    assert(!llvm::errorToBool(problem.verify(*solution)));
    if (isFirst || solution->crossbars() < best.crossbars()) {
      best = std::move(*solution);
      layer.core = core;
    }
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
// Depthwise convolutions
//===----------------------------------------------------------------------===//

std::string partition::reasonForDpu(const Layer &layer,
                                    const MachineModel &machine,
                                    DepthwiseUnit wanted) {
  TilingProblem shape = tilingProblem(layer.head, layer.lattices.front());
  if (wanted == DepthwiseUnit::Crossbar || !isa<cmnn::Conv2DOp>(layer.head) ||
      shape.channelsIn != 1 || shape.channelsOut != 1 || shape.groups == 1)
    return "";
  uint64_t products = shape.kernelY * shape.kernelX * shape.groups;
  uint64_t dpu = machine.dpuCycles(layer.core, DpuClass::Mac, products);
  const Tile &tile = layer.tilings.front().tiles.front();
  uint64_t mvm = machine.mvmCycles(
      layer.core, machine.groupShape(layer.core, tile.rows(), tile.cols()));
  // The load of one pixel goes on beside the products of the one before.
  uint64_t load =
      shape.kernelY *
      machine.sramReadCycles(layer.core, 0, shape.kernelX * shape.groups);
  // Bias, requantisation and what is fused follow on the DPU in either case.
  uint64_t tail = (2 + layer.fused.size()) *
                  machine.dpuCycles(layer.core, DpuClass::Alu, shape.groups);
  if (wanted == DepthwiseUnit::Auto &&
      std::max(dpu + tail, load) > std::max({mvm, load, tail}))
    return "";
  return llvm::formatv("depthwise: {0} products take {1} cycles of the DPU and "
                       "{2} to load, an MVM {3} and {4} crossbars",
                       products, dpu, load, mvm,
                       layer.tilings.front().crossbars());
}

//===----------------------------------------------------------------------===//
// Partial sums
//===----------------------------------------------------------------------===//

/// Cycles from the start of sending partial sums to their last byte at a
/// neighbour.
static uint64_t neighbourCycles(const MachineModel &machine, NodeId core,
                                uint64_t payload) {
  for (LinkId link : machine.linksFrom(core))
    if (machine.isCore(machine.link(link).to)) {
      MessageTiming timing =
          messageTiming(machine, {link}, machine.link(link).to, payload);
      return timing.arrivalCycles - timing.writeCycles;
    }
  return 1;
}

/// Costs of the row tiles of a column tile, as far as they are known before
/// anything has a place.
static ReductionProblem reductionProblem(const Layer &layer, size_t lattice,
                                         const MachineModel &machine) {
  const Tile &tile = layer.tilings[lattice].tiles.front();
  NodeId core = layer.core;
  uint64_t bytes = 4 * tile.cols(); // of partial sums
  uint64_t add = machine.dpuCycles(core, DpuClass::Alu, tile.cols());
  TilingProblem shape = tilingProblem(layer.head, layer.lattices[lattice]);
  // A run for each row of the kernel.
  int64_t runs = std::max<int64_t>(
      1, llvm::divideCeil(tile.rows(), shape.kernelX * shape.channelsIn));

  ReductionProblem problem;
  problem.name = shape.name;
  problem.rowTiles = tile.rowTiles;
  GroupShape group =
      machine.groupShape(core, tile.rows(), tile.cols() + shape.sums);
  problem.mvmCycles = machine.mvmCycles(core, group);
  problem.portCycles =
      runs * machine.sramReadCycles(core, 0, tile.rows() / runs);
  problem.addCycles = add;
  // Bias, requantisation, and the sums of a stack.
  problem.lastCycles = (2 + layer.fused.size()) * add +
                       machine.mvmSumCycles(core, group, tile.cols());
  problem.loadCycles = machine.sramReadCycles(core, 0, bytes);
  problem.storeCycles = machine.sramWriteCycles(core, 0, bytes);
  problem.messageCycles = neighbourCycles(machine, core, bytes);
  problem.controlCycles = machine.core(core).lcu().instruction_cycles();
  return problem;
}

LogicalResult partition::planReductions(MutableArrayRef<Layer> layers,
                                        const MachineModel &machine,
                                        Reduction wanted) {
  for (Layer &layer : layers)
    for (size_t lattice = 0; lattice < layer.tilings.size(); ++lattice) {
      ReductionProblem problem = reductionProblem(layer, lattice, machine);
      llvm::Expected<ReductionSolution> solution =
          solveReduction(problem, wanted);
      if (!solution)
        return layer.head->emitOpError(llvm::toString(solution.takeError()));
      assert(wanted == Reduction::Tree ||
             !llvm::errorToBool(problem.verify(*solution)));
      layer.fanIns.push_back(solution->fanIn);
    }
  return success();
}
