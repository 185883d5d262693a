//===- ProductTiling.cpp - weights cut to the crossbars -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// From a convolution or product to the problems of Mapping: tiles and partial
// sums.
//
//===----------------------------------------------------------------------===//

#include "Layers.h"
#include "cm/Analysis/Timing.h"
#include "cm/Machine/Crossbar.h"
#include "llvm/Support/MathExtras.h"

using namespace cm;
using namespace cm::partition;
using namespace mlir;

bool partition::needsInputSums(cmnn::ProductOpInterface product) {
  return llvm::any_of(product.getWZeroPoints(),
                      [](int8_t point) { return point != 0; });
}

TilingProblem partition::tilingProblem(cmnn::ProductOpInterface product,
                                       const Lattice &lattice) {
  Window window = windowOf(product, 0, lattice);
  TilingProblem problem;
  problem.name = nameOf(product->getResult(0)).str();
  problem.sums = needsInputSums(product);
  problem.kernelY = window.kernelY, problem.kernelX = window.kernelX;
  problem.groups = product.getGroups();
  problem.channelsIn = window.channels() / problem.groups;
  problem.channelsOut = extentOf(product->getResult(0)).c / problem.groups;
  return problem;
}

llvm::Expected<KindTiling>
partition::tileForKind(cmnn::ProductOpInterface product,
                       ArrayRef<Lattice> lattices, const MachineModel &machine,
                       NodeId core, int64_t maxStack) {
  const machine::Crossbar &crossbar = machine.core(core).crossbar();
  KindTiling kind;
  kind.core = core;
  for (const Lattice &lattice : lattices) {
    TilingProblem problem = tilingProblem(product, lattice);
    problem.crossbarRows = crossbar.rows();
    problem.crossbarCols = usableCols(crossbar);
    problem.slices = weightSlices(crossbar);
    problem.maxCrossbars = crossbar.count();
    problem.maxStack = maxStack;
    llvm::Expected<TilingSolution> solution = solveTiling(problem);
    if (!solution)
      return solution.takeError();
    assert(!llvm::errorToBool(problem.verify(*solution)));
    kind.tilings.push_back(std::move(*solution));
  }
  return std::move(kind);
}

//===----------------------------------------------------------------------===//
// Partial sums
//===----------------------------------------------------------------------===//

/// Cycles from the start of sending partial sums to their last byte at a
/// neighbour: a core that one link leads to, or two by way of a switch.
static uint64_t neighbourCycles(const MachineModel &machine, NodeId core,
                                uint64_t payload) {
  auto cycles = [&](const std::vector<LinkId> &path) {
    NodeId end = machine.link(path.back()).to;
    MessageTiming timing = messageTiming(machine, path, end, payload);
    return timing.arrivalCycles - timing.writeCycles;
  };
  for (LinkId link : machine.linksFrom(core))
    if (machine.isCore(machine.link(link).to))
      return cycles({link});
  for (LinkId first : machine.linksFrom(core))
    for (LinkId second : machine.linksFrom(machine.link(first).to))
      if (machine.isCore(machine.link(second).to) &&
          machine.link(second).to != core &&
          machine.forwards(machine.link(first).to))
        return cycles({first, second});
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
  TilingProblem shape = tilingProblem(
      cast<cmnn::ProductOpInterface>(layer.head), layer.lattices[lattice]);
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
      problem.wanted = wanted;
      llvm::Expected<ReductionSolution> solution = solveReduction(problem);
      if (!solution)
        return layer.head->emitOpError(llvm::toString(solution.takeError()));
      assert(!llvm::errorToBool(problem.verify(*solution)));
      layer.fanIns.push_back(solution->fanIn);
    }
  return success();
}
