//===- RoutingBound.cpp - what no routes can beat -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Cuts: what must leave or enter a set of cores, over the links that do. And
// the cycles of channels in which shared queues could block.
//
//===----------------------------------------------------------------------===//

#include "Hops.h"
#include "RoutingLoads.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace cm;

//===----------------------------------------------------------------------===//
// Bound
//===----------------------------------------------------------------------===//

namespace {
class Cuts {
public:
  explicit Cuts(const RoutingProblem &problem)
      : problem(problem), machine(*problem.machine), hops(machine),
        inside(machine.numNodes()) {
    for (const RoutingStream &stream : problem.streams)
      costs.emplace_back(machine, stream);
  }

  ResourceLoad find();

private:
  void tryStreams();
  void tryAllLinks();
  void tryBalls();
  void tryRowsAndColumns();
  void trySet(const std::string &name);
  void take(uint64_t bound, const std::string &name) {
    if (bound > best.cycles)
      best = {name, bound};
  }
  uint64_t cyclesAt(size_t stream, uint64_t width) const {
    return costs[stream].message.cyclesAt(width) *
           problem.streams[stream].messages;
  }

  const RoutingProblem &problem;
  const MachineModel &machine;
  Hops hops;
  std::vector<StreamCost> costs;
  llvm::BitVector inside;
  ResourceLoad best{"nothing", 0};
};
} // namespace

namespace {
/// Links that messages must share, and what they add up to.
struct Channel {
  void add(const LinkModel &link) {
    ++links;
    widest = std::max<uint64_t>(widest, link.widthBytes);
    widths += link.widthBytes;
  }
  /// Each link is busy for this long at least where messages of so many cycles,
  /// were all links the widest, and so many bytes are spread over them.
  uint64_t boundOf(uint64_t cycles, uint64_t bytes) const {
    if (links == 0)
      return 0;
    return std::max(llvm::divideCeil(cycles, links),
                    llvm::divideCeil(bytes, widths));
  }

  uint64_t links = 0, widest = 1, widths = 0;
};
} // namespace

/// Over a link of its source, and a link of each destination.
void Cuts::tryStreams() {
  for (auto [index, stream] : llvm::enumerate(problem.streams)) {
    auto atNode = [&, index = index](NodeId node) {
      uint64_t widest = 1;
      for (LinkId link : machine.linksFrom(node)) // as wide both ways
        widest = std::max<uint64_t>(widest, machine.link(link).widthBytes);
      return cyclesAt(index, widest);
    };
    for (NodeId node : stream.destinations)
      if (node != stream.source)
        take(std::max(atNode(stream.source), atNode(node)),
             "stream '" + stream.name + "'");
  }
}

/// A tree has a link into each destination, and as many as the farthest needs.
void Cuts::tryAllLinks() {
  Channel all;
  for (const LinkModel &link : machine.links())
    all.add(link);
  uint64_t cycles = 0, bytes = 0;
  for (auto [index, stream] : llvm::enumerate(problem.streams)) {
    uint64_t links = 0, farthest = 0;
    for (NodeId node : stream.destinations) {
      links += node != stream.source;
      farthest =
          std::max<uint64_t>(farthest, hops.between(stream.source, node));
    }
    links = std::max(links, farthest);
    cycles += links * cyclesAt(index, all.widest);
    bytes += links * costs[index].bytes();
  }
  take(all.boundOf(cycles, bytes), "all links");
}

/// What has to cross from the set to the rest, and back.
void Cuts::trySet(const std::string &name) {
  Channel channel;
  for (const LinkModel &link : machine.links())
    if (inside.test(link.from) && !inside.test(link.to))
      channel.add(link);
  uint64_t outCycles = 0, outBytes = 0, inCycles = 0, inBytes = 0;
  for (auto [index, stream] : llvm::enumerate(problem.streams)) {
    bool from = inside.test(stream.source);
    if (llvm::none_of(stream.destinations,
                      [&](NodeId node) { return inside.test(node) != from; }))
      continue;
    (from ? outCycles : inCycles) += cyclesAt(index, channel.widest);
    (from ? outBytes : inBytes) += costs[index].bytes();
  }
  take(channel.boundOf(outCycles, outBytes), "what leaves " + name);
  take(channel.boundOf(inCycles, inBytes), "what enters " + name);
}

/// The nodes within some hops of each node that sends or is sent something.
void Cuts::tryBalls() {
  llvm::BitVector ends(machine.numNodes());
  for (const RoutingStream &stream : problem.streams) {
    ends.set(stream.source);
    for (NodeId node : stream.destinations)
      ends.set(node);
  }
  // Of large problems the sets of one node only.
  bool isSmall = uint64_t(ends.count()) * problem.streams.size() < 100000;
  for (NodeId center : ends.set_bits())
    for (uint32_t radius = 0; radius < (isSmall ? 4u : 1u); ++radius) {
      inside.reset();
      inside.set(center);
      for (NodeId node = 0; radius && node < machine.numCores(); ++node)
        if (hops.between(center, node) <= radius)
          inside.set(node);
      trySet(radius == 0 ? machine.nodeName(center)
                         : llvm::formatv("the cores within {0} hops of {1}",
                                         radius, machine.nodeName(center))
                               .str());
    }
}

void Cuts::tryRowsAndColumns() {
  if (!hops.grid())
    return;
  const Grid &grid = *hops.grid();
  for (bool rows : {false, true}) {
    inside.reset();
    uint32_t extent = rows ? grid.height : grid.width;
    for (uint32_t end = 1; end < extent; ++end) {
      for (NodeId core = 0; core < machine.numCores(); ++core)
        if ((rows ? grid.y(core) : grid.x(core)) < end)
          inside.set(core);
      trySet(
          llvm::formatv("the first {0} {1}", end, rows ? "rows" : "columns"));
    }
  }
}

ResourceLoad Cuts::find() {
  tryStreams();
  tryAllLinks();
  tryBalls();
  tryRowsAndColumns();
  return best;
}

ResourceLoad cm::routingBound(const RoutingProblem &problem) {
  return Cuts(problem).find();
}

//===----------------------------------------------------------------------===//
// Channels
//===----------------------------------------------------------------------===//

std::vector<LinkId> cm::channelCycle(const RoutingProblem &problem,
                                     const RoutingSolution &solution) {
  size_t count = problem.machine->links().size();
  std::vector<std::vector<LinkId>> next(count);
  for (const StreamPaths &paths : solution.paths)
    for (const std::vector<LinkId> &path : paths)
      for (size_t i = 1; i < path.size(); ++i)
        next[path[i - 1]].push_back(path[i]);
  enum : uint8_t { Unseen, OnWay, Done };
  std::vector<uint8_t> state(count, Unseen);
  std::vector<size_t> tried(count, 0);
  std::vector<LinkId> way;
  for (LinkId start = 0; start < count; ++start) {
    if (state[start] != Unseen)
      continue;
    way.push_back(start);
    state[start] = OnWay;
    while (!way.empty()) {
      LinkId link = way.back();
      if (tried[link] == next[link].size()) {
        state[link] = Done;
        way.pop_back();
        continue;
      }
      LinkId follower = next[link][tried[link]++];
      if (state[follower] == OnWay) {
        way.erase(way.begin(), llvm::find(way, follower));
        return way;
      }
      if (state[follower] == Unseen) {
        state[follower] = OnWay;
        way.push_back(follower);
      }
    }
  }
  return {};
}
