//===- Problems.cpp - problems of a stage graph ---------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the plain problems of Mapping are for the stages of a graph, and what
// the graph says of their solutions.
//
//===----------------------------------------------------------------------===//

#include "cm/Transforms/Problems.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSet.h"
#include <map>

using namespace cm;

//===----------------------------------------------------------------------===//
// Placement
//===----------------------------------------------------------------------===//

NodeId cm::representativeCore(const MachineModel &machine) {
  for (NodeId core = 0; core < machine.numCores(); ++core)
    if (machine.hasCrossbar(core))
      return core;
  return 0;
}

/// Bytes of the rows that a window spans, and of those that a message brings to
/// write into, one at least; or of two pixels where they are written and read
/// one by one. An estimate until capacities are known.
static uint64_t bufferEstimate(const StageRead &read, int64_t rowsAtOnce) {
  cmflow::ObjectOp object = read.object;
  Extent extent = object.getExtent();
  const Window &window = read.window;
  uint64_t pixels = 2;
  if (window.kernelY * window.kernelX > 1 || rowsAtOnce > 0)
    pixels = std::min<uint64_t>(extent.h * extent.w,
                                ((window.kernelY - 1) * window.dilationY + 1 +
                                 std::max<int64_t>(1, rowsAtOnce)) *
                                    extent.w);
  return pixels * extent.c * object.getElementBytes();
}

/// A core of each type; ~0 for types without one.
static std::vector<NodeId> coreOfTypes(const MachineModel &machine) {
  std::vector<NodeId> cores(machine.numCoreTypes(), ~NodeId(0));
  for (NodeId core = machine.numCores(); core-- > 0;)
    cores[machine.coreType(core)] = core;
  return cores;
}

/// `cost(core)` on the cores that stand for each type, if they can host the
/// node; 0 on others.
template <typename Cost>
static CoreCycles costOnTypes(const StageNode &node,
                              const MachineModel &machine,
                              llvm::ArrayRef<NodeId> cores, Cost cost) {
  return CoreCycles::of(cores.size(), [&](uint32_t type) -> uint64_t {
    NodeId core = cores[type];
    bool hosts =
        core != ~NodeId(0) && (!node.mvm() || machine.hasCrossbar(core));
    return hosts ? cost(core) : 0;
  });
}

static PlacementItem placementItem(const StageGraph &graph,
                                   const StageNode &node,
                                   const MachineModel &machine,
                                   llvm::ArrayRef<NodeId> cores,
                                   SramCosts costs) {
  PlacementItem item;
  item.name = node.name().str();
  if (node.role == StageNode::Compute)
    item.layer = node.stage().getLayerName().str();
  if (node.role == StageNode::Input)
    item.fixed = machine.inputNode();
  if (node.role == StageNode::Output)
    item.fixed = machine.outputNode();
  if (node.role != StageNode::Compute)
    return item;
  if (cmflow::MvmOp mvm = node.stage().getMvm()) {
    item.matrixRows = mvm.getMatrixRows();
    item.matrixCols = mvm.getMatrixCols();
    if (mvm.getCells()) {
      item.firstRow = (*mvm.getCells())[1];
      item.firstCol = (*mvm.getCells())[2];
    }
    item.mvms = node.domain.size();
  }
  item.dpuCycles = costOnTypes(node, machine, cores, [&](NodeId core) {
    return node.domain.size() * dpuCycles(node, machine, core);
  });
  item.sramCycles = costOnTypes(node, machine, cores, [&](NodeId core) {
    if (costs == SramCosts::Predicted)
      return imageReadCycles(node, machine, core);
    ImageTiming least = leastImageTiming(node, machine, core);
    return least.gather + least.dpuLoads;
  });
  for (const StageRead &read : node.reads)
    item.sramBytes += bufferEstimate(read, graph.rowsAtOnce(read.object));
  return item;
}

/// Stages that say that they hold cells of one crossbar are a pack.
static void setPacks(const StageGraph &graph, PlacementProblem &problem) {
  std::map<std::pair<NodeId, int64_t>, uint32_t> packs;
  for (auto [node, item] : llvm::zip(graph.nodes, problem.items)) {
    cmflow::MvmOp mvm = node.mvm();
    if (mvm && mvm.getCells() && node.op->hasAttr("place"))
      item.pack =
          packs.try_emplace({node.place(), (*mvm.getCells())[0]}, packs.size())
              .first->second;
  }
}

/// Port cycles of all messages of a node.
static CoreCycles arrivalsFrom(const StageNode &node,
                               const MachineModel &machine,
                               llvm::ArrayRef<NodeId> cores, SramCosts costs) {
  cmflow::ObjectOp object = node.written;
  return CoreCycles::of(cores.size(), [&](uint32_t type) -> uint64_t {
    NodeId core = cores[type];
    if (core == ~NodeId(0) || !object)
      return 0;
    if (costs == SramCosts::Predicted)
      return imageWriteCycles(machine, core, node.domain, node.write,
                              object.getExtent(), object.getElementBytes());
    return node.domain.size() *
           messageWriteCycles(machine, core, node.payload(), node.write.rows);
  });
}

/// Bits of two's complement that hold the value.
static uint32_t bitsOf(int value) {
  uint32_t bits = 1;
  for (int rest = value < 0 ? ~value : value; rest; rest >>= 1)
    ++bits;
  return bits;
}

/// Where not all crossbars hold int8: the bits that weights take, those of the
/// stages of one layer alike. A column of ones takes two.
static void setWeightBits(const StageGraph &graph, const MachineModel &machine,
                          PlacementProblem &problem) {
  auto hasFewer = [](const machine::CoreType &type) {
    return type.has_crossbar() && type.crossbar().weight_bits() < 8;
  };
  if (llvm::none_of(machine.proto().core_types(), hasFewer))
    return;
  std::map<std::string, uint32_t> known;
  for (auto [node, item] : llvm::zip(graph.nodes, problem.items)) {
    cmflow::MvmOp mvm = node.mvm();
    if (!mvm)
      continue;
    auto [bits, isNew] = known.try_emplace(mvm.getWeight().str(), 1);
    auto weight = mlir::SymbolTable::lookupNearestSymbolFrom<cmnn::WeightOp>(
        graph.graph->getParentOp(), mvm.getWeightAttr());
    std::vector<int8_t> storage;
    if (isNew && weight)
      for (int8_t value : weight.getInt8(storage))
        bits->second = std::max(bits->second, bitsOf(value));
    item.weightBits = std::max(bits->second, mvm.getSums() ? 2u : 1u);
  }
}

PlacementProblem cm::placementProblem(const StageGraph &graph,
                                      const MachineModel &machine,
                                      SramCosts costs) {
  PlacementProblem problem;
  problem.machine = &machine;
  std::vector<NodeId> cores = coreOfTypes(machine);
  for (const StageNode &node : graph.nodes) {
    problem.items.push_back(placementItem(graph, node, machine, cores, costs));
    problem.arrivals.push_back(arrivalsFrom(node, machine, cores, costs));
  }
  setPacks(graph, problem);
  setWeightBits(graph, machine, problem);
  for (const StageStream &stream : graph.streams) {
    const StageNode &writer = graph.nodes[stream.writer];
    uint64_t bytes = writer.domain.size() * machine.wireBytes(writer.payload());
    problem.edges.push_back({stream.writer, stream.reader, bytes});
    std::vector<uint32_t> &arrivals = problem.items[stream.reader].arrivals;
    if (graph.nodes[stream.reader].role == StageNode::Compute)
      arrivals.push_back(stream.writer);
  }
  return problem;
}

PlacementSolution cm::currentPlacement(const PlacementProblem &problem,
                                       const StageGraph &graph) {
  PlacementSolution solution;
  std::vector<uint32_t> next = firstFreeCrossbars(graph, *problem.machine);
  for (auto [index, node] : llvm::enumerate(graph.nodes)) {
    NodeId place = node.place();
    solution.node.push_back(place);
    solution.firstCrossbar.push_back(0);
    cmflow::MvmOp mvm = node.mvm();
    if (!mvm)
      continue;
    if (mvm.getCells()) {
      solution.firstCrossbar.back() = (*mvm.getCells())[0];
      continue;
    }
    solution.firstCrossbar.back() = next[place];
    next[place] += problem.crossbarsOn(index, place).value_or(0);
  }
  return solution;
}

//===----------------------------------------------------------------------===//
// Routing
//===----------------------------------------------------------------------===//

/// Credits per image from each destination: one for each iteration of each
/// reader there. I/O nodes give none.
static std::vector<uint64_t> creditsFrom(const StageGraph &graph,
                                         uint32_t writer,
                                         llvm::ArrayRef<NodeId> destinations,
                                         const MachineModel &machine) {
  std::vector<uint64_t> credits(destinations.size(), 0);
  for (uint32_t stream : graph.streamsFrom(writer)) {
    const StageNode &reader = graph.nodes[graph.streams[stream].reader];
    size_t k = llvm::find(destinations, reader.place()) - destinations.begin();
    if (machine.isCore(reader.place()))
      credits[k] += reader.domain.size();
  }
  return credits;
}

GraphRouting cm::routingProblem(const StageGraph &graph,
                                const MachineModel &machine) {
  GraphRouting routing;
  routing.problem.machine = &machine;
  for (auto [index, node] : llvm::enumerate(graph.nodes)) {
    llvm::SetVector<NodeId> destinations;
    for (uint32_t stream : graph.streamsFrom(index))
      destinations.insert(graph.nodes[graph.streams[stream].reader].place());
    if (destinations.empty())
      continue;
    RoutingStream stream;
    stream.name = node.name().str();
    stream.source = node.place();
    stream.destinations.assign(destinations.begin(), destinations.end());
    stream.payload = node.payload();
    stream.messages = node.domain.size();
    stream.credits = creditsFrom(graph, index, stream.destinations, machine);
    routing.problem.streams.push_back(std::move(stream));
    routing.writers.push_back(index);
  }
  return routing;
}

RoutingSolution cm::currentRouting(const GraphRouting &routing,
                                   const StageGraph &graph) {
  RoutingSolution solution;
  for (auto [writer, data] :
       llvm::zip(routing.writers, routing.problem.streams)) {
    std::vector<std::vector<LinkId>> &paths = solution.paths.emplace_back(
        data.destinations.size(), std::vector<LinkId>());
    for (uint32_t index : graph.streamsFrom(writer)) {
      const StageStream &stream = graph.streams[index];
      NodeId node = graph.nodes[stream.reader].place();
      paths[llvm::find(data.destinations, node) - data.destinations.begin()] =
          stream.links();
    }
  }
  countRoutingLoads(routing.problem, solution);
  return solution;
}
