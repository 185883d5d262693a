//===- EarliestOfGraph.cpp - the earliest firing of a stage graph ---------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Times of iterations, units and routes of a placed and routed graph, in the
// order of the program that it becomes.
//
//===----------------------------------------------------------------------===//

#include "cm/Transforms/Problems.h"
#include "llvm/ADT/MapVector.h"
#include <map>
#include <memory>

using namespace cm;

namespace {
/// Units whose MVMs take turns: all of a core, those of a crossbar, or one.
class MvmUnits {
public:
  uint32_t of(const StageNode &node, const MachineModel &machine) {
    cmflow::MvmOp mvm = node.mvm();
    if (!mvm)
      return next++;
    NodeId core = node.place();
    bool together = machine.core(core).crossbar().mvm_concurrency() !=
                    machine::MVM_CONCURRENCY_CORE;
    if (!together && !mvm.getCells())
      return next++;
    int64_t number = together ? -1 : (*mvm.getCells())[0];
    auto [entry, isNew] = known.try_emplace({core, number}, next);
    next += isNew;
    return entry->second;
  }

private:
  uint32_t next = 0;
  std::map<std::pair<NodeId, int64_t>, uint32_t> known;
};

/// Port cycles of reads, each computed once.
class ReadCycles {
public:
  explicit ReadCycles(const MachineModel &machine) : machine(machine) {}

  uint64_t get(uint32_t read, NodeId core, const Domain &domain,
               const Window &window, const Extent &object,
               const BufferLayout &layout, int64_t d0, int64_t d1,
               uint64_t image) {
    uint64_t steps = layout.foldPixels ? object.h * object.w : object.h;
    if (read >= tables.size())
      tables.resize(read + 1);
    std::vector<uint32_t> &times =
        tables[read][{layout.slots, image * steps % layout.slots}];
    if (times.empty())
      times.assign(domain.size(), unknown);
    uint32_t &time = times[d0 * domain.w + d1];
    if (time == unknown) {
      uint64_t cycles = 0;
      for (const SramRun &run :
           gatherRuns(window, object, layout, d0, d1, image))
        cycles += machine.sramReadCycles(core, run.address, run.bytes);
      time = std::min<uint64_t>(cycles, unknown - 1);
    }
    return time;
  }

private:
  static constexpr uint32_t unknown = ~0u;
  const MachineModel &machine;
  /// Of each read, by slots and by where an image begins among them.
  std::vector<std::map<std::pair<uint64_t, uint64_t>, std::vector<uint32_t>>>
      tables;
};
} // namespace

static BufferLayout layoutOf(const ScheduleBuffer &buffer,
                             const BufferCapacity &capacity) {
  BufferLayout layout;
  layout.slots = capacity.slots;
  layout.foldPixels = capacity.fold == Fold::Pixel;
  layout.elementBytes = buffer.elementBytes;
  return layout;
}

/// The longest of a domain, and one access more for each run where rows or
/// pixels of the buffer do not begin alike.
static uint64_t longestRead(const MachineModel &machine, NodeId core,
                            const ScheduleBuffer &buffer, Fold fold,
                            const Domain &domain, const Window &window) {
  BufferLayout layout;
  layout.elementBytes = buffer.elementBytes;
  uint64_t cycles =
      longestGatherCycles(machine, core, domain, window, buffer.object, layout);
  uint64_t access = machine.core(core).sram().access_bytes();
  uint64_t pitch = buffer.object.c * buffer.elementBytes *
                   (fold == Fold::Row ? buffer.object.w : 1);
  if (pitch % access == 0)
    return cycles;
  uint64_t runs = window.kernelY;
  if (window.channels() < buffer.object.c || window.dilationX > 1)
    runs *= window.kernelX;
  if (fold == Fold::Pixel)
    ++runs;
  return cycles + runs * machine.core(core).sram().read_cycles();
}

static EarliestStage earliestStage(const StageNode &node,
                                   const StageGraph &graph, uint32_t index,
                                   const MachineModel &machine) {
  EarliestStage stage;
  stage.node = node.place();
  stage.payload = node.payload();
  IterationTiming timing = iterationTiming(node, machine, stage.node);
  if (node.role == StageNode::Input)
    stage.input = timing.dpuLoads;
  if (node.role != StageNode::Compute)
    return stage;
  stage.hasMvm = bool(node.mvm());
  stage.mvm = timing.mvm, stage.dpu = timing.dpu;
  stage.control = controlCycles(graph, index, machine, stage.node);
  stage.instruction = machine.core(stage.node).lcu().instruction_cycles();
  return stage;
}

/// Routes as control plans them: of each writer, one for each node that reads.
static void addRoutes(const StageGraph &graph, EarliestProblem &problem) {
  problem.routeOf.resize(graph.streams.size());
  for (uint32_t writer = 0; writer < graph.nodes.size(); ++writer) {
    std::map<NodeId, uint32_t> known;
    for (uint32_t index : graph.streamsFrom(writer)) {
      const StageStream &stream = graph.streams[index];
      NodeId node = graph.nodes[stream.reader].place();
      auto [entry, isNew] = known.try_emplace(node, problem.routes.size());
      if (isNew)
        problem.routes.push_back({writer, node, stream.links(),
                                  problem.schedule->streams[index].buffer});
      problem.routeOf[index] = entry->second;
    }
  }
}

/// The stages, and what they read.
static void addStages(const StageGraph &graph, const MachineModel &machine,
                      EarliestProblem &problem) {
  std::map<std::pair<mlir::Operation *, NodeId>, uint32_t> buffers;
  for (auto [stream, data] :
       llvm::zip(graph.streams, problem.schedule->streams)) {
    cmflow::ObjectOp object = stream.object;
    buffers[{object, graph.nodes[stream.reader].place()}] = data.buffer;
  }
  MvmUnits units;
  uint32_t numReads = 0;
  for (auto [index, node] : llvm::enumerate(graph.nodes)) {
    EarliestStage stage = earliestStage(node, graph, index, machine);
    stage.mvmUnit = units.of(node, machine);
    if (node.role == StageNode::Compute)
      for (const StageRead &read : node.reads) {
        cmflow::ObjectOp object = read.object;
        stage.reads.push_back({buffers.at({object, stage.node}), read.window,
                               read.feedsCrossbar, uint32_t(index),
                               numReads++});
      }
    problem.stages.push_back(std::move(stage));
    problem.writes.push_back(node.write);
  }
}

EarliestProblem cm::earliestProblem(const StageGraph &graph,
                                    const MachineModel &machine,
                                    const ScheduleProblem &schedule) {
  EarliestProblem problem;
  problem.machine = &machine;
  problem.schedule = &schedule;
  addStages(graph, machine, problem);
  addRoutes(graph, problem);
  std::vector<NodeId> nodes;
  for (const EarliestStage &stage : problem.stages)
    nodes.push_back(stage.node);
  auto cycles = std::make_shared<ReadCycles>(machine);
  problem.readCycles = [cycles, nodes,
                        &schedule](const EarliestRead &read,
                                   const BufferCapacity &capacity, int64_t d0,
                                   int64_t d1, uint64_t image) {
    const ScheduleBuffer &buffer = schedule.buffers[read.buffer];
    return cycles->get(
        read.number, nodes[read.stage], schedule.stages[read.stage].domain,
        read.window, buffer.object, layoutOf(buffer, capacity), d0, d1, image);
  };
  std::vector<Fold> folds = schedule.folds();
  problem.longestReadCycles = [&machine, &schedule, nodes,
                               folds](const EarliestRead &read) {
    return longestRead(machine, nodes[read.stage],
                       schedule.buffers[read.buffer], folds[read.buffer],
                       schedule.stages[read.stage].domain, read.window);
  };
  return problem;
}
