//===- EarliestBounds.cpp - the longest that a request takes --------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Of requests that are served in the order in which they came, and links whose
// queues take turns. docs/Schedule.md has the argument.
//
//===----------------------------------------------------------------------===//

#include "EarliestEngine.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <map>

using namespace cm;

namespace {
/// Messages of a route that ask for a port within d cycles: at most
/// d / gap + 1, as the last link lets through, and (d + jitter) / period + 3 of
/// those that the writer computes (two may wait in its registers). No more than
/// two at once where the writer waits until they are stored.
struct Arrivals {
  uint64_t cycles = 1; // of the port, each
  uint64_t gap = 1, period = 1, jitter = 0;
  bool isLocal = false;

  uint64_t work(uint64_t d) const {
    if (isLocal)
      return 2 * cycles;
    uint64_t count = d / gap + 1;
    if (jitter != unknown)
      count = std::min(count, (d + jitter) / period + 3);
    return cycles * count;
  }
  static constexpr uint64_t unknown = ~uint64_t(0);
};

/// What asks for the ports of one node.
struct PortLoad {
  uint64_t ports = 1;
  uint64_t reads = 0;   // one request of each reader, added up
  uint64_t longest = 0; // single request
  std::vector<Arrivals> arrivals;

  void addRead(uint64_t cycles) {
    reads += cycles;
    longest = std::max(longest, cycles);
  }
  void addArrivals(const Arrivals &route) {
    arrivals.push_back(route);
    longest = std::max(longest, route.cycles);
  }
  std::optional<uint64_t> response() const;
};
} // namespace

/// The least R with  R >= reads + work(R)  (shared by ports): if all messages
/// before took at most R, then all that one finds before it came within R.
std::optional<uint64_t> PortLoad::response() const {
  constexpr uint64_t most = uint64_t(1) << 24;
  uint64_t response = 0;
  while (response < most) {
    uint64_t work = reads;
    for (const Arrivals &route : arrivals)
      work += route.work(response);
    uint64_t next = ports == 1 ? work : longest + llvm::divideCeil(work, ports);
    if (next <= response)
      return response;
    response = next;
  }
  return std::nullopt;
}

/// The greatest cycles of a stage's gathers, or loads, in one iteration: at any
/// alignment that images and slots lead to.
static uint64_t longestRead(const EarliestProblem &problem, uint32_t index,
                            bool gather) {
  const EarliestStage &stage = problem.stages[index];
  uint64_t cycles = 0;
  for (const EarliestRead &read : stage.reads)
    if (read.feedsCrossbar == gather)
      cycles += problem.longestReadCycles(read);
  return cycles;
}

/// Cycles of the port, or of global memory, that a message takes at most.
static uint64_t longestWrite(const EarliestProblem &problem,
                             const EarliestRoute &route) {
  const MachineModel &machine = *problem.machine;
  uint64_t payload = problem.stages[route.writer].payload;
  if (!machine.isCore(route.node)) {
    uint64_t width = machine.ioNode(route.node).bytes_per_cycle();
    return std::max<uint64_t>(
        1, llvm::divideCeil(payload, std::max<uint64_t>(1, width)));
  }
  const ScheduleBuffer &buffer = problem.schedule->buffers[route.buffer];
  uint64_t access = machine.core(route.node).sram().access_bytes();
  const PixelWrite &write = problem.writes[route.writer];
  uint64_t address = write.channelBegin * buffer.elementBytes;
  if (buffer.object.c * buffer.elementBytes % access != 0)
    address = access - 1; // some pixel begins anywhere
  return std::max<uint64_t>(
      1, write.rows * machine.sramWriteCycles(route.node, address,
                                              payload / uint64_t(write.rows)));
}

/// A queue gets a burst of messages, and lets one through in `packets` turns of
/// its link; where that is faster than the writer computes them, the burst is
/// all that ever waits.
static Arrivals arrivalsOf(const EarliestProblem &problem,
                           const EarliestRoute &route,
                           const std::vector<uint64_t> &linkBounds) {
  const EarliestStage &writer = problem.stages[route.writer];
  std::vector<uint64_t> packets = packetBytes(*problem.machine, writer.payload);
  Arrivals arrivals;
  arrivals.cycles = longestWrite(problem, route);
  arrivals.isLocal = route.links.empty();
  arrivals.period =
      std::max<uint64_t>({1, writer.mvm, writer.dpu, writer.input});
  for (LinkId link : route.links) {
    uint64_t turns = packets.size() * linkBounds[link];
    if (turns > arrivals.period)
      arrivals.jitter = Arrivals::unknown;
    if (arrivals.jitter != Arrivals::unknown)
      arrivals.jitter +=
          turns * (3 + llvm::divideCeil(arrivals.jitter, arrivals.period));
    arrivals.gap = 0;
    for (uint64_t bytes : packets)
      arrivals.gap += std::max<uint64_t>(
          1, problem.machine->serializationCycles(link, bytes));
  }
  return arrivals;
}

/// A packet waits for one of each of the link's other queues.
static std::vector<uint64_t> linkTurns(const EarliestProblem &problem) {
  const MachineModel &machine = *problem.machine;
  std::vector<uint64_t> turns(machine.links().size());
  EarliestTrees trees(problem);
  for (const EarliestHop &hop : trees.hops) {
    uint64_t longest = 1;
    for (uint64_t bytes :
         packetBytes(machine, problem.stages[hop.writer].payload))
      longest = std::max(longest, machine.serializationCycles(hop.link, bytes));
    turns[hop.link] += longest;
  }
  return turns;
}

std::optional<EarliestBounds>
EarliestBounds::create(const EarliestProblem &problem) {
  const MachineModel &machine = *problem.machine;
  EarliestBounds bounds;
  bounds.dpu.resize(machine.numNodes());
  bounds.link = linkTurns(problem);
  std::map<uint32_t, uint64_t> turns;
  std::vector<PortLoad> ports(machine.numNodes()), sinks(machine.numNodes());
  for (uint32_t i = 0; i < problem.stages.size(); ++i) {
    const EarliestStage &stage = problem.stages[i];
    bounds.dpu[stage.node] += stage.dpu;
    turns[stage.mvmUnit] += stage.mvm;
    ports[stage.node].addRead(stage.input + longestRead(problem, i, true));
    ports[stage.node].addRead(longestRead(problem, i, false));
  }
  for (const EarliestStage &stage : problem.stages)
    bounds.mvm.push_back(turns[stage.mvmUnit]);
  for (const EarliestRoute &route : problem.routes)
    (machine.isCore(route.node) ? ports : sinks)[route.node].addArrivals(
        arrivalsOf(problem, route, bounds.link));
  for (NodeId node = 0; node < machine.numNodes(); ++node) {
    if (machine.isCore(node))
      ports[node].ports =
          std::max<uint32_t>(1, machine.core(node).sram().ports());
    std::optional<uint64_t> port = ports[node].response();
    std::optional<uint64_t> sink = sinks[node].response();
    if (!port || !sink)
      return std::nullopt;
    bounds.port.push_back(*port);
    bounds.sink.push_back(*sink);
  }
  return bounds;
}
