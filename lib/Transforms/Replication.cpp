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
  stage.port = llvm::divideCeil(readCycles, uint64_t(node.domain.size()));
  stage.arrivals = sramCycles - readCycles;
  if (cmflow::MvmOp mvm = node.stage().getMvm())
    stage.crossbars = groupOf(mvm, machine, core).crossbars();
  return stage;
}

/// Cycles per image of an input or output.
static uint64_t ioCycles(const StageNode &node, const MachineModel &machine) {
  NodeId io = node.role == StageNode::Input ? machine.inputNode()
                                            : machine.outputNode();
  cmflow::ObjectOp object =
      node.role == StageNode::Input ? node.written : node.reads.front().object;
  uint64_t pixelBytes = object.getChannels() * object.getElementBytes();
  return node.domain.size() *
         llvm::divideCeil(pixelBytes,
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
    readCycles.back() = imageReadCycles(node, machine, core);
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

/// Busy cycles of the busiest core when the copies are placed.
static llvm::Expected<uint64_t> tryCopies(const GraphReplication &replication,
                                          const std::vector<uint64_t> &copies,
                                          uint64_t cores) {
  PlacementProblem problem = replication.placement(copies);
  problem.cores = cores;
  PlacementOptions options;
  options.moves = 0;
  llvm::Expected<PlacementSolution> solution = solvePlacement(problem, options);
  if (!solution)
    return solution.takeError();
  return std::max(solution->maxLoad, replication.problem.floorII);
}

/// Eighths of the II that copies are to need, from coarse to fine.
static constexpr uint64_t grains[] = {8, 6, 4, 3, 2, 1};

/// The fewest copies that need at most a part of the II; layers that cannot
/// have as many keep their most.
static std::vector<uint64_t> copiesFor(const ReplicationProblem &problem,
                                       uint64_t ii) {
  std::vector<uint64_t> copies;
  for (const ReplicationLayer &layer : problem.layers)
    copies.push_back(problem.fewestCopies(layer, std::max<uint64_t>(1, ii))
                         .value_or(layer.maxCopies));
  return copies;
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
  choice.ii = ~uint64_t(0);
  // Where cores do not pack at the bound, a larger II may.
  for (uint64_t raised = bound->ii, round = 0; round < 12;
       raised += raised / 4 + 1, ++round) {
    for (uint64_t grain : grains) {
      std::vector<uint64_t> copies = copiesFor(problem, raised / 8 * grain);
      llvm::Expected<uint64_t> ii =
          tryCopies(replication, copies, problem.cores);
      if (!ii) {
        llvm::consumeError(ii.takeError());
        break; // more copies fit no better
      }
      if (*ii >= choice.ii)
        continue;
      choice.ii = *ii;
      choice.copies = std::move(copies);
    }
    if (choice.ii <= raised + raised / 4)
      break; // larger IIs are no better
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
       cores += cores / 64 + 1)
    for (uint64_t grain : grains) {
      std::vector<uint64_t> copies = copiesFor(problem, ii / 8 * grain);
      llvm::Expected<uint64_t> reached = tryCopies(replication, copies, cores);
      if (!reached) {
        llvm::consumeError(reached.takeError());
        break;
      }
      if (*reached > ii)
        continue;
      choice.ii = *reached;
      choice.cores = cores;
      choice.copies = std::move(copies);
      return choice;
    }
  return makeError(
      "no placement on {0} cores keeps to an II of {1} cycles; {2} "
      "cores would do if work were shared perfectly, by {3}",
      problem.cores, ii, bound->cores, bound->limit);
}
