//===- ReplicationOfGraph.cpp - the replication problem of a graph --------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Collects the cost of stages, and the items of so many copies.
//
//===----------------------------------------------------------------------===//

#include "cm/Transforms/Problems.h"
#include "cm/Transforms/Replication.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/MathExtras.h"

using namespace cm;

//===----------------------------------------------------------------------===//
// Costs
//===----------------------------------------------------------------------===//

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

/// Cycles of the machine's widest link for a message of a node.
static uint64_t linkCycles(const StageNode &node, const MachineModel &machine) {
  uint32_t widest = 1;
  for (const LinkModel &link : machine.links())
    widest = std::max(widest, link.widthBytes);
  return llvm::divideCeil(machine.wireBytes(node.payload()), uint64_t(widest));
}

/// The least bytes of SRAM that the part of a buffer takes that one iteration
/// reads, or a message brings: whole rows, but where pixels are written and
/// read one by one.
static uint64_t leastBytes(const StageRead &read, const Domain &domain,
                           int64_t rowsAtOnce) {
  cmflow::ObjectOp object = read.object;
  Extent extent = object.getExtent();
  const Window &window = read.window;
  uint64_t pixel = extent.c * object.getElementBytes();
  if (extent.h == 1 || window.kernelY * window.kernelX == 1)
    return pixel * (rowsAtOnce ? rowsAtOnce * extent.w : 1);
  int64_t rows = extent.h;
  for (int64_t d0 = 0; d0 < domain.h; ++d0) {
    int64_t first = d0 * window.strideY + window.offsetY;
    int64_t last = first + (window.kernelY - 1) * window.dilationY;
    int64_t inside = std::min(last, extent.h - 1) - std::max<int64_t>(first, 0);
    rows = std::clamp<int64_t>(inside + 1, 1, rows);
  }
  return std::max(rows, rowsAtOnce) * extent.w * pixel;
}

namespace {
/// Collects the replication problem of a graph.
class ReplicationCollector {
public:
  ReplicationCollector(const StageGraph &graph, const MachineModel &machine,
                       const PlacementProblem &single, SramCosts costs)
      : graph(graph), machine(machine), single(single), costs(costs) {}

  void addCores(ReplicationProblem &problem) const;
  void addFloor(ReplicationProblem &problem) const;
  /// A message input for each node, and room for each object.
  void addInputs(ReplicationProblem &problem);
  ReplicationStage stage(uint32_t index) const;

private:
  /// The least on a type of core that can host the node.
  template <typename Cost> uint64_t least(uint32_t index, Cost cost) const {
    uint64_t best = ~uint64_t(0);
    for (NodeId core : single.firstOfTypes())
      if (single.crossbarsOn(index, core))
        best = std::min<uint64_t>(best, cost(core));
    return best == ~uint64_t(0) ? 0 : best;
  }
  uint64_t onType(const CoreCycles &cycles, NodeId core) const {
    return cycles.on(machine.coreType(core));
  }
  void addCycles(uint32_t index, ReplicationStage &stage) const;
  void addStreams(uint32_t index, ReplicationStage &stage) const;

  const StageGraph &graph;
  const MachineModel &machine;
  const PlacementProblem &single;
  SramCosts costs;
  llvm::DenseMap<mlir::Operation *, uint32_t> roomFor; // input of each object
};
} // namespace

void ReplicationCollector::addCores(ReplicationProblem &problem) const {
  std::vector<uint64_t> links(machine.numNodes(), 0);
  for (const LinkModel &link : machine.links())
    ++links[link.to];
  for (NodeId node = 0; node < single.numCores(); ++node) {
    const machine::CoreType &type = machine.core(node);
    ReplicationCore core;
    core.crossbars = type.has_crossbar() ? type.crossbar().count() : 0;
    core.contexts = type.lcu().contexts();
    core.ports = std::max(1u, type.sram().ports());
    core.links = std::max<uint64_t>(1, links[node]);
    core.bytes = type.sram().bytes();
    problem.cores.push_back(core);
  }
}

void ReplicationCollector::addFloor(ReplicationProblem &problem) const {
  for (const StageNode &node : graph.nodes) {
    if (node.role == StageNode::Compute)
      continue;
    uint64_t cycles = ioCycles(node, machine);
    if (node.role == StageNode::Input)
      cycles = std::max<uint64_t>(cycles, node.domain.size() *
                                              linkCycles(node, machine));
    if (cycles <= problem.floorII)
      continue;
    problem.floorII = cycles;
    problem.floorName = node.name().str();
  }
}

void ReplicationCollector::addInputs(ReplicationProblem &problem) {
  for (auto [index, node] : llvm::enumerate(graph.nodes)) {
    ReplicationInput &input = problem.inputs.emplace_back();
    if (node.role == StageNode::Output || isPartialSum(node.written))
      continue; // nothing, or split with its layer
    input.external = node.role == StageNode::Input;
    input.link = node.domain.size() * linkCycles(node, machine);
    input.arrivals = ~uint64_t(0);
    for (NodeId core : single.firstOfTypes())
      input.arrivals =
          std::min(input.arrivals, onType(single.arrivals[index], core));
  }
  for (const StageNode &node : graph.nodes)
    for (const StageRead &read : node.reads) {
      if (node.role != StageNode::Compute || isPartialSum(read.object))
        continue;
      uint64_t bytes =
          leastBytes(read, node.domain, graph.rowsAtOnce(read.object));
      auto [room, isNew] = roomFor.try_emplace(cmflow::ObjectOp(read.object),
                                               uint32_t(problem.inputs.size()));
      if (isNew)
        problem.inputs.emplace_back().bytes = bytes;
      ReplicationInput &input = problem.inputs[room->second];
      input.bytes = std::min(input.bytes, bytes);
    }
}

void ReplicationCollector::addCycles(uint32_t index,
                                     ReplicationStage &stage) const {
  const StageNode &node = graph.nodes[index];
  const PlacementItem &item = single.items[index];
  auto timing = [&](NodeId core) {
    return iterationTiming(node, machine, core);
  };
  stage.mvm = least(index, [&](NodeId core) {
    bool turns = machine.core(core).crossbar().mvm_concurrency() !=
                 machine::MVM_CONCURRENCY_CORE;
    return turns ? timing(core).mvm : 0;
  });
  stage.dpu = least(index, [&](NodeId core) { return timing(core).dpu; });
  stage.port = least(index, [&](NodeId core) {
    uint64_t cycles = onType(item.sramCycles, core);
    for (uint32_t arrival : item.arrivals)
      if (isPartialSum(graph.nodes[arrival].written))
        cycles += onType(single.arrivals[arrival], core);
    return cycles;
  });
  stage.service = least(index, [&](NodeId core) {
    IterationTiming parts = timing(core);
    if (costs == SramCosts::Least)
      return std::max<uint64_t>(
          {1, parts.mvm, parts.dpu,
           machine.core(core).lcu().instruction_cycles()});
    parts.control = controlCycles(graph, index, machine, core);
    return parts.service();
  });
  if (costs == SramCosts::Least)
    stage.gather = least(index, [&](NodeId core) {
      ImageTiming image = leastImageTiming(node, machine, core);
      return std::max(image.gather, image.dpuLoads);
    });
}

void ReplicationCollector::addStreams(uint32_t index,
                                      ReplicationStage &stage) const {
  const StageNode &node = graph.nodes[index];
  stage.send = linkCycles(node, machine);
  if (!isPartialSum(node.written))
    stage.output = index;
  for (uint32_t stream : graph.streamsFrom(index))
    stage.leaves |=
        graph.nodes[graph.streams[stream].reader].role == StageNode::Output;
  llvm::SmallSetVector<uint32_t, 8> inputs;
  for (uint32_t stream : graph.streamsInto(index)) {
    const StageNode &writer = graph.nodes[graph.streams[stream].writer];
    if (!isPartialSum(writer.written))
      inputs.insert(graph.streams[stream].writer);
  }
  for (const StageRead &read : node.reads)
    if (auto room = roomFor.find(cmflow::ObjectOp(read.object));
        room != roomFor.end())
      inputs.insert(room->second);
    else
      stage.bytes +=
          leastBytes(read, node.domain, graph.rowsAtOnce(read.object));
  stage.inputs.assign(inputs.begin(), inputs.end());
}

ReplicationStage ReplicationCollector::stage(uint32_t index) const {
  ReplicationStage stage;
  stage.name = graph.nodes[index].name().str();
  stage.crossbars = ~uint32_t(0); // where no core can host it
  for (NodeId core : single.firstOfTypes())
    if (std::optional<uint32_t> needed = single.crossbarsOn(index, core))
      stage.crossbars = std::min<uint64_t>(stage.crossbars, *needed);
  addCycles(index, stage);
  addStreams(index, stage);
  return stage;
}

uint32_t GraphReplication::layerOf(const StageNode &node, uint32_t index) {
  auto [entry, isNew] =
      layers.insert({{node.stage().getLayerName().str(), node.domain},
                     uint32_t(nodes.size())});
  if (isNew) {
    nodes.emplace_back();
    ReplicationLayer layer;
    layer.name = entry->first.first;
    layer.domain = node.domain;
    layer.maxCopies =
        problem.axis == SplitAxis::Rows ? node.domain.h : node.domain.w;
    problem.layers.push_back(layer);
    least.layers.push_back(layer);
  }
  nodes[entry->second].push_back(index);
  return entry->second;
}

GraphReplication::GraphReplication(const StageGraph &graph,
                                   const MachineModel &machine, SplitAxis axis,
                                   uint64_t cores)
    : single(placementProblem(graph, machine)) {
  PlacementProblem leastSingle =
      placementProblem(graph, machine, SramCosts::Least);
  single.cores = leastSingle.cores = cores;
  problem.axis = least.axis = axis;
  ReplicationCollector predicted(graph, machine, single, SramCosts::Predicted);
  ReplicationCollector bound(graph, machine, leastSingle, SramCosts::Least);
  for (auto [collector, target] :
       {std::pair(&predicted, &problem), std::pair(&bound, &least)}) {
    collector->addCores(*target);
    collector->addFloor(*target);
    collector->addInputs(*target);
  }
  for (auto [index, node] : llvm::enumerate(graph.nodes)) {
    isSplit.push_back(isPartialSum(node.written));
    if (node.role != StageNode::Compute)
      continue;
    uint32_t layer = layerOf(node, index);
    problem.layers[layer].stages.push_back(predicted.stage(index));
    least.layers[layer].stages.push_back(bound.stage(index));
  }
}

PlacementProblem
GraphReplication::placement(const std::vector<uint64_t> &copies) const {
  PlacementProblem result;
  result.machine = single.machine;
  result.cores = single.cores;
  result.arrivals = single.arrivals;
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
        item.dpuCycles = item.dpuCycles.map(scaled);
        item.sramCycles = item.sramCycles.map(scaled);
        // What a copy is sent of partial sums no other copy is.
        for (uint32_t &arrival : item.arrivals)
          if (isSplit[arrival]) {
            result.arrivals.push_back(single.arrivals[arrival].map(scaled));
            arrival = result.arrivals.size() - 1;
          }
        result.items.push_back(std::move(item));
      }
  return result;
}
