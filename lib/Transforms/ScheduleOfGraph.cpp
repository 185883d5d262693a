//===- ScheduleOfGraph.cpp - the schedule problem of a stage graph --------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Transforms/Problems.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"
#include <map>
#include <tuple>

using namespace cm;

namespace {
/// Units whose MVMs take turns.
struct Turn {
  enum Kind { Alone, Core, Crossbar } kind;
  NodeId core;
  int64_t number; // of the stage or the crossbar

  bool operator<(const Turn &other) const {
    return std::tie(kind, core, number) <
           std::tie(other.kind, other.core, other.number);
  }
};

/// Times of all nodes, and what the nodes of each core do in one turn.
struct CoreTurns {
  CoreTurns(const StageGraph &graph, const MachineModel &machine);

  /// The longest wait of a node for units that it shares.
  uint64_t mvmWait(uint32_t node) const {
    return timing[node].mvm ? mvm.at(turn[node]) - timing[node].mvm : 0;
  }
  uint64_t dpuWait(uint32_t node) const {
    return dpu[place[node]] - timing[node].dpu;
  }
  uint64_t sramWait(uint32_t node) const {
    return sram[place[node]] - timing[node].gather - timing[node].dpuLoads;
  }

  std::vector<IterationTiming> timing; // of each node of the graph
  std::vector<NodeId> place;
  std::vector<Turn> turn;          // of each node
  std::map<Turn, uint64_t> mvm;    // sums by what takes turns
  std::vector<uint64_t> dpu, sram; // sums by core
};
} // namespace

/// What a stage's MVMs take turns with: those of its core, of its crossbar, or
/// none.
static Turn turnOf(const StageNode &node, uint32_t index,
                   const MachineModel &machine) {
  NodeId core = node.place();
  cmflow::MvmOp mvm = node.mvm();
  if (!mvm)
    return {Turn::Alone, core, index};
  if (machine.core(core).crossbar().mvm_concurrency() !=
      machine::MVM_CONCURRENCY_CORE)
    return {Turn::Core, core, 0};
  if (mvm.getCells())
    return {Turn::Crossbar, core, (*mvm.getCells())[0]};
  return {Turn::Alone, core, index};
}

CoreTurns::CoreTurns(const StageGraph &graph, const MachineModel &machine)
    : dpu(machine.numNodes()), sram(machine.numNodes()) {
  for (auto [index, node] : llvm::enumerate(graph.nodes)) {
    NodeId core = node.place();
    place.push_back(core);
    timing.push_back(iterationTiming(node, machine, core));
    timing.back().control = controlCycles(graph, index, machine, core);
    turn.push_back(turnOf(node, index, machine));
    mvm[turn.back()] += timing.back().mvm;
    dpu[core] += timing.back().dpu;
    sram[core] += timing.back().gather + timing.back().dpuLoads;
  }
  // A wait for arrivals counts them as if each row began at an access.
  llvm::DenseSet<std::pair<uint32_t, NodeId>> arrived; // by writer and core
  for (const StageStream &stream : graph.streams) {
    NodeId core = graph.nodes[stream.reader].place();
    const StageNode &writer = graph.nodes[stream.writer];
    if (machine.isCore(core) && arrived.insert({stream.writer, core}).second)
      sram[core] += messageWriteCycles(machine, core, writer.payload(),
                                       writer.write.rows);
  }
}

static ScheduleStage scheduleStage(const StageNode &node, uint32_t index,
                                   const CoreTurns &turns) {
  static constexpr ScheduleStage::Role roles[] = {
      ScheduleStage::Compute, ScheduleStage::Input, ScheduleStage::Output};
  const IterationTiming &timing = turns.timing[index];
  ScheduleStage stage;
  stage.name = node.name().str();
  stage.domain = node.domain;
  stage.role = roles[node.role];
  stage.serviceCycles = std::max<uint64_t>(1, timing.service());
  if (node.role != StageNode::Compute)
    return stage;
  stage.retireCycles = timing.retire() + turns.sramWait(index);
  if (llvm::any_of(node.reads,
                   [](const StageRead &read) { return !read.feedsCrossbar; }))
    stage.retireCycles += turns.mvmWait(index) + turns.dpuWait(index);
  return stage;
}

static ScheduleStream scheduleStream(const StageGraph &graph,
                                     const StageStream &stream,
                                     const MachineModel &machine,
                                     const CoreTurns &turns) {
  const StageNode &writer = graph.nodes[stream.writer];
  std::vector<LinkId> links = stream.links();
  MessageTiming message =
      messageTiming(machine, links, graph.nodes[stream.reader].place(),
                    writer.payload(), writer.write.rows);
  ScheduleStream result;
  result.writer = stream.writer, result.reader = stream.reader;
  result.write = writer.write;
  result.windows = stream.windows;
  result.object = cmflow::ObjectOp(stream.object).getExtent();
  result.transferCycles = turns.timing[stream.writer].result() +
                          turns.sramWait(stream.writer) +
                          turns.mvmWait(stream.writer) +
                          turns.dpuWait(stream.writer) + message.arrivalCycles;
  if (machine.isCore(turns.place[stream.reader]))
    result.transferCycles += turns.sram[turns.place[stream.reader]];
  result.creditCycles = creditCycles(machine, links);
  return result;
}

llvm::Expected<ScheduleProblem>
cm::scheduleProblem(const StageGraph &graph, const MachineModel &machine) {
  CoreTurns turns(graph, machine);
  ScheduleProblem problem;
  for (auto [index, node] : llvm::enumerate(graph.nodes))
    problem.stages.push_back(scheduleStage(node, index, turns));

  for (NodeId node = 0; node < machine.numCores(); ++node) {
    const machine::Sram &sram = machine.core(node).sram();
    problem.memories.push_back(
        {machine.nodeName(node), sram.bytes(), sram.access_bytes()});
  }
  llvm::MapVector<std::pair<mlir::Operation *, NodeId>, uint32_t> buffers;
  for (const StageStream &stream : graph.streams) {
    problem.streams.push_back(scheduleStream(graph, stream, machine, turns));
    NodeId node = turns.place[stream.reader];
    if (!machine.isCore(node))
      continue;
    cmflow::ObjectOp object = stream.object;
    auto [entry, isNew] =
        buffers.insert({{object, node}, uint32_t(problem.buffers.size())});
    if (isNew)
      problem.buffers.push_back({object.getSymName().str(), object.getExtent(),
                                 uint32_t(object.getElementBytes()), node});
    problem.streams.back().buffer = entry->second;
  }

  PlacementProblem placement = placementProblem(graph, machine);
  problem.resources =
      placementLoads(placement, currentPlacement(placement, graph));
  GraphRouting routing = routingProblem(graph, machine);
  llvm::append_range(
      problem.resources,
      routingLoads(routing.problem, currentRouting(routing, graph)));
  return problem;
}

bool cm::isPaced(cmflow::GraphOp graph) {
  auto said = graph->getAttrOfType<mlir::DictionaryAttr>(predictionAttrName);
  auto paced = said ? said.getAs<mlir::BoolAttr>("paced") : mlir::BoolAttr();
  return !paced || paced.getValue();
}

ScheduleSolution cm::currentSchedule(const ScheduleProblem &problem,
                                     const StageGraph &graph) {
  ScheduleSolution solution;
  cmflow::GraphOp op = graph.graph;
  solution.ii = *op.getIi();
  for (const StageNode &node : graph.nodes) {
    auto offset = node.op->getAttrOfType<mlir::IntegerAttr>("offset");
    solution.offset.push_back(offset ? offset.getInt() : 0);
  }
  solution.capacity.resize(problem.buffers.size());
  for (auto [stream, data] : llvm::zip(graph.streams, problem.streams)) {
    cmflow::StreamOp op = stream.op;
    if (data.buffer != ScheduleStream::noBuffer)
      solution.capacity[data.buffer] = {
          op.getCapacityAttr().toFold(),
          uint64_t(op.getCapacityAttr().getSlots())};
  }
  ResourceLoad bound = problem.lowerBound();
  solution.iiBound = bound.cycles, solution.iiBoundBy = bound.name;
  solution.latency = problem.latencyOf(solution);
  return solution;
}
