//===- Replication.cpp - the replication problem of a graph ---------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Collects the cost of stages, and tries numbers of copies on whole cores.
//
//===----------------------------------------------------------------------===//

#include "cm/Transforms/Replication.h"
#include "cm/Support/Error.h"
#include "cm/Support/Limits.h"
#include "cm/Transforms/Problems.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace cm;

//===----------------------------------------------------------------------===//
// Collection
//===----------------------------------------------------------------------===//

static ReplicationStage stageOf(const StageGraph &graph, uint32_t index,
                                const MachineModel &machine, NodeId core,
                                uint64_t readCycles, uint64_t sramCycles) {
  const StageNode &node = graph.nodes[index];
  IterationTiming timing = iterationTiming(node, machine, core);
  timing.control = controlCycles(graph, index, machine, core);
  ReplicationStage stage;
  stage.name = node.name().str();
  stage.service = timing.service();
  stage.mvm = timing.mvm;
  stage.dpu = timing.dpu;
  // Rounded down, so that the II of the problem is a bound.
  stage.port = readCycles / uint64_t(node.domain.size());
  stage.arrivals = sramCycles - readCycles;
  if (cmflow::MvmOp mvm = node.stage().getMvm())
    stage.crossbars = groupOf(mvm, machine, core).crossbars();
  return stage;
}

/// Cycles per image of an input or output.
static uint64_t ioCycles(const StageNode &node, const MachineModel &machine) {
  NodeId io = node.role == StageNode::Input ? machine.inputNode()
                                            : machine.outputNode();
  uint64_t bytes = node.payload();
  if (node.role == StageNode::Output) {
    cmflow::ObjectOp object = node.reads.front().object;
    bytes = object.getChannels() * object.getElementBytes();
  }
  return node.domain.size() *
         llvm::divideCeil(bytes,
                          uint64_t(machine.ioNode(io).bytes_per_cycle()));
}

void GraphReplication::addCores(const MachineModel &machine, NodeId core) {
  problem.cores = single.numCores();
  problem.crossbarCores = 0;
  for (NodeId node = 0; node < problem.cores; ++node)
    problem.crossbarCores += machine.hasCrossbar(node);
  const machine::CoreType &type = machine.core(core);
  problem.crossbars = type.has_crossbar() ? type.crossbar().count() : 0;
  problem.contexts = type.lcu().contexts();
  problem.ports = std::max(1u, type.sram().ports());
  problem.mvmsTakeTurns =
      type.crossbar().mvm_concurrency() != machine::MVM_CONCURRENCY_CORE;
}

void GraphReplication::addPort(const StageNode &node,
                               const MachineModel &machine) {
  uint64_t cycles = ioCycles(node, machine);
  if (cycles <= problem.floorII)
    return;
  problem.floorII = cycles;
  problem.floorName = node.name().str();
}

ReplicationLayer &GraphReplication::layerOf(const StageNode &node,
                                            uint32_t index) {
  auto [entry, isNew] =
      layers.insert({{node.stage().getLayerName().str(), node.domain},
                     uint32_t(nodes.size())});
  if (isNew) {
    nodes.emplace_back();
    ReplicationLayer &layer = problem.layers.emplace_back();
    layer.name = entry->first.first;
    layer.domain = node.domain;
    layer.maxCopies =
        problem.axis == SplitAxis::Rows ? node.domain.h : node.domain.w;
  }
  nodes[entry->second].push_back(index);
  return problem.layers[entry->second];
}

/// Port cycles of the partial sums that a node is sent: they are split with its
/// layer, as its reads are.
static uint64_t partialSumCycles(const StageGraph &graph, uint32_t index,
                                 const MachineModel &machine, NodeId core) {
  uint64_t cycles = 0;
  for (uint32_t stream : graph.streamsInto(index)) {
    const StageNode &writer = graph.nodes[graph.streams[stream].writer];
    if (isPartialSum(graph.streams[stream].object))
      cycles += writer.domain.size() *
                machine.sramWriteCycles(core, 0, writer.payload());
  }
  return cycles;
}

GraphReplication::GraphReplication(const StageGraph &graph,
                                   const MachineModel &machine, SplitAxis axis,
                                   uint64_t cores)
    : single(placementProblem(graph, machine)) {
  NodeId core = representativeCore(machine);
  single.cores = cores;
  problem.axis = axis;
  addCores(machine, core);
  for (auto [index, node] : llvm::enumerate(graph.nodes)) {
    readCycles.push_back(0);
    if (node.role != StageNode::Compute) {
      addPort(node, machine);
      continue;
    }
    readCycles.back() = imageReadCycles(node, machine, core) +
                        partialSumCycles(graph, index, machine, core);
    layerOf(node, index)
        .stages.push_back(stageOf(graph, index, machine, core,
                                  readCycles.back(),
                                  single.items[index].sramCycles));
  }
}

PlacementProblem
GraphReplication::placement(const std::vector<uint64_t> &copies) const {
  PlacementProblem result;
  result.machine = single.machine;
  result.cores = single.cores;
  for (auto [layer, members, count] : llvm::zip(problem.layers, nodes, copies))
    for (uint32_t node : members)
      for (uint64_t copy = 0; copy < count; ++copy) {
        PlacementItem item = single.items[node];
        uint64_t all = layer.domain.size();
        uint64_t share =
            domainOfCopy(layer.domain, problem.axis, count, copy).size();
        auto scaled = [&](uint64_t cycles) {
          return llvm::divideCeil(cycles * share, all);
        };
        item.mvms = item.mvms ? share : 0;
        item.dpuCycles = scaled(item.dpuCycles);
        item.sramCycles += scaled(readCycles[node]) - readCycles[node];
        result.items.push_back(std::move(item));
      }
  return result;
}

//===----------------------------------------------------------------------===//
// Choice
//===----------------------------------------------------------------------===//

namespace {
/// Copies, and a placement of them.
struct Trial {
  std::vector<uint64_t> copies;
  uint64_t ii = 0;     // of the busiest core
  uint64_t excess = 0; // over the target, of all cores together
};
} // namespace

/// Places copies; nothing where they do not fit the cores.
static std::optional<Trial> tryCopies(const GraphReplication &replication,
                                      const std::vector<uint64_t> &copies,
                                      uint64_t target, uint64_t cores) {
  PlacementProblem problem = replication.placement(copies);
  problem.cores = cores;
  PlacementOptions options;
  options.moves = 0;
  llvm::Expected<PlacementSolution> solution = solvePlacement(problem, options);
  if (!solution) {
    llvm::consumeError(solution.takeError());
    return std::nullopt;
  }
  std::vector<std::vector<uint32_t>> hosted(problem.numCores());
  for (auto [item, node] : llvm::enumerate(solution->node))
    hosted[node].push_back(item);
  Trial trial{copies, std::max(solution->maxLoad, replication.problem.floorII),
              0};
  for (auto [core, items] : llvm::enumerate(hosted))
    if (uint64_t load = problem.coreLoad(core, items).max(); load > target)
      trial.excess += load - target;
  return trial;
}

/// The fewest copies that keep to an II; layers that cannot have as many keep
/// their most.
static std::vector<uint64_t> copiesFor(const ReplicationProblem &problem,
                                       uint64_t ii) {
  std::vector<uint64_t> copies;
  for (const ReplicationLayer &layer : problem.layers)
    copies.push_back(problem.fewestCopies(layer, ii).value_or(layer.maxCopies));
  return copies;
}

/// Layers by the stages that their copies have, fewest first.
static std::vector<uint32_t>
layersByStages(const ReplicationProblem &problem,
               const std::vector<uint64_t> &copies) {
  std::vector<uint32_t> order(copies.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::stable_sort(order, [&](uint32_t a, uint32_t b) {
    return copies[a] * problem.layers[a].stages.size() <
           copies[b] * problem.layers[b].stages.size();
  });
  return order;
}

/// The fewest copies for `target`, and then of some layers more where that
/// takes load off cores that exceed it: smaller copies fill the gaps that
/// others leave. Each copy has streams from all copies before it, so more must
/// be worth something. Nothing where the copies do not fit the cores.
static std::optional<Trial> refine(const GraphReplication &replication,
                                   uint64_t target, uint64_t cores) {
  const ReplicationProblem &problem = replication.problem;
  std::optional<Trial> best =
      tryCopies(replication, copiesFor(problem, target), target, cores);
  if (!best)
    return std::nullopt;
  auto attempt = [&](uint32_t layer, uint64_t factor) {
    std::vector<uint64_t> copies = best->copies;
    copies[layer] =
        std::min(factor * copies[layer], problem.layers[layer].maxCopies);
    if (copies == best->copies)
      return;
    std::optional<Trial> trial = tryCopies(replication, copies, target, cores);
    if (trial && trial->excess < best->excess - best->excess / 16)
      best = std::move(trial);
  };
  for (uint32_t layer : layersByStages(problem, best->copies))
    for (uint64_t factor : {2, 4})
      if (best->excess > 0)
        attempt(layer, factor);
  return best;
}

/// Not even one copy of each layer fits.
static bool isTooLarge(const ReplicationProblem &problem) {
  std::vector<uint64_t> ones(problem.layers.size(), 1);
  return problem.coresFor(ones, maxReleaseInterval) > problem.cores;
}

/// The graph as it is: cm-place says what is short.
static ReplicationChoice oneOfEach(const ReplicationProblem &problem) {
  ReplicationChoice choice;
  choice.copies.assign(problem.layers.size(), 1);
  choice.cores = problem.cores;
  return choice;
}

llvm::Expected<ReplicationChoice>
cm::leastInterval(const GraphReplication &replication) {
  const ReplicationProblem &problem = replication.problem;
  if (isTooLarge(problem))
    return oneOfEach(problem);
  llvm::Expected<ReplicationSolution> bound = solveReplication(problem);
  if (!bound)
    return bound.takeError();
  assert(!llvm::errorToBool(problem.verify(*bound)));
  ReplicationChoice choice;
  choice.cores = problem.cores;
  choice.iiBound = bound->ii;
  choice.limit = bound->limit;
  // Where whole cores do not share as well as the bound, a larger II may.
  for (uint64_t target = bound->ii;
       choice.copies.empty() ? target <= 16 * bound->ii : target < choice.ii;
       target += target / 32 + 1) {
    std::optional<Trial> trial = refine(replication, target, problem.cores);
    if (!trial ||
        (!choice.copies.empty() && trial->ii >= choice.ii - choice.ii / 100))
      continue;
    choice.ii = trial->ii;
    choice.copies = std::move(trial->copies);
  }
  return choice.copies.empty() ? oneOfEach(problem) : choice;
}

llvm::Expected<ReplicationChoice>
cm::fewestCores(const GraphReplication &replication, uint64_t ii) {
  const ReplicationProblem &problem = replication.problem;
  if (isTooLarge(problem))
    return oneOfEach(problem);
  llvm::Expected<ReplicationSolution> bound = solveReplicationFor(problem, ii);
  if (!bound)
    return bound.takeError();
  ReplicationChoice choice;
  choice.iiBound = bound->ii;
  choice.limit = bound->limit;
  for (uint64_t cores = bound->cores; cores <= problem.cores;
       cores += cores / 64 + 1) {
    std::optional<Trial> trial = refine(replication, ii, cores);
    if (!trial || trial->ii > ii)
      continue;
    choice.ii = trial->ii;
    choice.cores = cores;
    choice.copies = std::move(trial->copies);
    return choice;
  }
  return makeError(
      "no placement on {0} cores keeps to an II of {1} cycles; {2} "
      "cores would do if work were shared perfectly, by {3}",
      problem.cores, ii, bound->cores, bound->limit);
}
