//===- Routing.cpp - streams onto links -----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shortest-path trees that avoid busy links, and a check that follows every
// path.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Routing.h"
#include "Hops.h"
#include "cm/Support/Error.h"
#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>

using namespace cm;
using llvm::Error;
using llvm::Expected;

static constexpr LinkId noLink = ~LinkId(0);

/// Busy cycles per image that the stream puts on a link.
static uint64_t cyclesOn(const MachineModel &machine, LinkId link,
                         const RoutingStream &stream) {
  uint64_t bytes = machine.wireBytes(stream.payload);
  return machine.serializationCycles(link, bytes) * stream.messages;
}

Error RoutingProblem::check() const {
  for (const RoutingStream &stream : streams) {
    std::vector<NodeId> nodes = stream.destinations;
    nodes.push_back(stream.source);
    for (NodeId node : nodes)
      if (node >= machine->numNodes())
        return makeError("routing: stream '{0}' names node {1}, there are {2}",
                         stream.name, node, machine->numNodes());
    nodes.pop_back();
    std::sort(nodes.begin(), nodes.end());
    auto twice = std::adjacent_find(nodes.begin(), nodes.end());
    if (twice != nodes.end())
      return makeError("routing: stream '{0}' goes to {1} twice", stream.name,
                       machine->nodeName(*twice));
  }
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Algorithm
//===----------------------------------------------------------------------===//

namespace {
/// The link into a node of a stream's tree.
struct TreeLink {
  NodeId node;
  LinkId link;
};

/// What is known of a node while a destination is joined to a tree.
struct Reached {
  int64_t busiest = 0, sum = 0; // of the links on the way to it
  LinkId best = noLink;         // the last of them
};

class Router {
public:
  Router(const RoutingProblem &problem)
      : problem(problem), machine(*problem.machine), hops(machine),
        load(machine.links().size(), 0), trees(problem.streams.size()),
        reached(machine.numNodes()), entry(machine.numNodes(), noLink),
        seen(machine.numNodes(), false) {}

  void route(size_t stream);
  /// Takes the stream's load off its links.
  void remove(size_t stream) { add(stream, -1); }
  RoutingSolution solution();

private:
  void collectBetween(NodeId source, NodeId destination);
  void relax(NodeId node, const RoutingStream &stream, uint64_t bytes);
  void reach(NodeId destination, const RoutingStream &stream, uint64_t bytes,
             std::vector<TreeLink> &tree);
  void add(size_t stream, int64_t sign);

  const RoutingProblem &problem;
  const MachineModel &machine;
  Hops hops;
  std::vector<int64_t> load;                // cycles of each link
  std::vector<std::vector<TreeLink>> trees; // of each stream
  std::vector<Reached> reached;             // of each node
  std::vector<LinkId> entry;                // of the tree at hand, by node
  std::vector<NodeId> between;              // from the destination backwards
  std::vector<bool> seen;                   // is in `between`
};
} // namespace

void Router::add(size_t stream, int64_t sign) {
  for (auto [node, link] : trees[stream])
    load[link] +=
        sign * int64_t(cyclesOn(machine, link, problem.streams[stream]));
}

/// Nodes on shortest paths from the tree to a destination, farthest from the
/// source first. Only the source and cores pass anything on.
void Router::collectBetween(NodeId source, NodeId destination) {
  between.assign(1, destination);
  seen[destination] = true;
  for (size_t done = 0; done < between.size(); ++done) {
    NodeId node = between[done];
    if (node == source || entry[node] != noLink)
      continue;
    uint32_t distance = hops.between(source, node);
    for (LinkId link : machine.linksFrom(node)) {
      NodeId before = machine.link(link).to; // links go both ways
      if (seen[before] || (before != source && !machine.isCore(before)) ||
          hops.between(source, before) + 1 != distance)
        continue;
      seen[before] = true;
      between.push_back(before);
    }
  }
}

/// The link over which a node is best reached: the least busy of the busiest on
/// the way, then the least sum, then the lowest link.
void Router::relax(NodeId node, const RoutingStream &stream, uint64_t bytes) {
  constexpr int64_t never = std::numeric_limits<int64_t>::max();
  Reached &result = reached[node] = {never, never, noLink};
  uint32_t distance = hops.between(stream.source, node);
  for (LinkId back : machine.linksFrom(node)) {
    LinkId link = back ^ 1; // the other direction
    NodeId from = machine.link(link).from;
    if (!seen[from] || hops.between(stream.source, from) + 1 != distance)
      continue;
    int64_t busy =
        load[link] +
        int64_t(machine.serializationCycles(link, bytes) * stream.messages);
    Reached next = {std::max(reached[from].busiest, busy),
                    reached[from].sum + busy, link};
    if (std::tie(next.busiest, next.sum, next.best) <
        std::tie(result.busiest, result.sum, result.best))
      result = next;
  }
}

/// Joins `destination` to the tree over a shortest path whose busiest link is
/// the least busy, then whose links are least busy together.
void Router::reach(NodeId destination, const RoutingStream &stream,
                   uint64_t bytes, std::vector<TreeLink> &tree) {
  collectBetween(stream.source, destination);
  for (auto node = between.rbegin(); node != between.rend(); ++node) {
    if (*node == stream.source || entry[*node] != noLink)
      reached[*node] = {};
    else
      relax(*node, stream, bytes);
  }
  for (NodeId node : between)
    seen[node] = false;
  for (NodeId node = destination;
       node != stream.source && entry[node] == noLink;
       node = machine.link(entry[node]).from) {
    entry[node] = reached[node].best;
    tree.push_back({node, entry[node]});
  }
}

void Router::route(size_t index) {
  const RoutingStream &stream = problem.streams[index];
  std::vector<std::pair<uint32_t, NodeId>> nearest;
  for (NodeId node : stream.destinations)
    nearest.push_back({hops.between(stream.source, node), node});
  std::stable_sort(nearest.begin(), nearest.end(),
                   [](auto &a, auto &b) { return a.first < b.first; });
  std::vector<TreeLink> &tree = trees[index];
  tree.clear();
  uint64_t bytes = machine.wireBytes(stream.payload);
  for (auto [distance, destination] : nearest) {
    assert(distance != ~0u && "machines are connected");
    reach(destination, stream, bytes, tree);
  }
  for (auto [node, link] : tree)
    entry[node] = noLink;
  add(index, 1);
}

static void
countLoads(const RoutingProblem &problem,
           const std::vector<std::vector<std::vector<LinkId>>> &paths,
           std::vector<uint64_t> &cycles, std::vector<uint64_t> &bytes) {
  const MachineModel &machine = *problem.machine;
  cycles.assign(machine.links().size(), 0);
  bytes.assign(machine.links().size(), 0);
  std::vector<size_t> counted(machine.links().size(), ~size_t(0));
  for (size_t i = 0; i < paths.size(); ++i) {
    const RoutingStream &stream = problem.streams[i];
    uint64_t sent = machine.wireBytes(stream.payload) * stream.messages;
    for (const std::vector<LinkId> &path : paths[i])
      for (LinkId link : path) {
        if (counted[link] == i) // of the tree: each is crossed once
          continue;
        counted[link] = i;
        cycles[link] += cyclesOn(machine, link, stream);
        bytes[link] += sent;
      }
  }
}

RoutingSolution Router::solution() {
  RoutingSolution result;
  for (size_t i = 0; i < trees.size(); ++i) {
    const RoutingStream &stream = problem.streams[i];
    for (auto [node, link] : trees[i])
      entry[node] = link;
    auto &paths = result.paths.emplace_back();
    for (NodeId destination : stream.destinations) {
      std::vector<LinkId> &path = paths.emplace_back();
      for (NodeId node = destination; node != stream.source;
           node = machine.link(path.back()).from)
        path.push_back(entry[node]);
      std::reverse(path.begin(), path.end());
    }
    for (auto [node, link] : trees[i])
      entry[node] = noLink;
  }
  countLoads(problem, result.paths, result.linkCycles, result.linkBytes);
  return result;
}

Expected<RoutingSolution> cm::solveRouting(const RoutingProblem &problem) {
  if (Error error = problem.check())
    return std::move(error);
  Router router(problem);
  std::vector<size_t> order(problem.streams.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const RoutingStream &left = problem.streams[a];
    const RoutingStream &right = problem.streams[b];
    return left.payload * left.messages > right.payload * right.messages;
  });
  for (int round = 0; round < 3; ++round)
    for (size_t stream : order) {
      if (round > 0)
        router.remove(stream);
      router.route(stream);
    }
  return router.solution();
}

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

/// Follows one path; `entry` holds the link over which the stream's paths enter
/// each node.
static Error verifyPath(const MachineModel &machine,
                        const RoutingStream &stream, NodeId destination,
                        const std::vector<LinkId> &path,
                        std::vector<LinkId> &entry) {
  NodeId node = stream.source;
  for (LinkId link : path) {
    if (link >= machine.links().size() || machine.link(link).from != node)
      return makeError(
          "routing: the path of stream '{0}' to {1} does not go on "
          "from {2}",
          stream.name, machine.nodeName(destination), machine.nodeName(node));
    if (node != stream.source && !machine.isCore(node))
      return makeError(
          "routing: the path of stream '{0}' to {1} passes through "
          "{2}",
          stream.name, machine.nodeName(destination), machine.nodeName(node));
    node = machine.link(link).to;
    if (node == stream.source || (entry[node] != noLink && entry[node] != link))
      return makeError("routing: the paths of stream '{0}' enter {1} twice",
                       stream.name, machine.nodeName(node));
    entry[node] = link;
  }
  if (node != destination)
    return makeError("routing: the path of stream '{0}' to {1} ends at {2}",
                     stream.name, machine.nodeName(destination),
                     machine.nodeName(node));
  return Error::success();
}

Error RoutingProblem::verify(const RoutingSolution &solution) const {
  if (solution.paths.size() != streams.size())
    return makeError("routing: {0} trees for {1} streams",
                     solution.paths.size(), streams.size());
  for (size_t i = 0; i < streams.size(); ++i) {
    const RoutingStream &stream = streams[i];
    if (solution.paths[i].size() != stream.destinations.size())
      return makeError("routing: stream '{0}' has {1} paths for {2} "
                       "destinations",
                       stream.name, solution.paths[i].size(),
                       stream.destinations.size());
    std::vector<LinkId> entry(machine->numNodes(), noLink);
    for (size_t k = 0; k < stream.destinations.size(); ++k)
      if (Error error = verifyPath(*machine, stream, stream.destinations[k],
                                   solution.paths[i][k], entry))
        return error;
  }
  std::vector<uint64_t> cycles, bytes;
  countLoads(*this, solution.paths, cycles, bytes);
  if (cycles != solution.linkCycles || bytes != solution.linkBytes)
    return makeError("routing: the link loads are not those of the paths");
  return Error::success();
}

void cm::countRoutingLoads(const RoutingProblem &problem,
                           RoutingSolution &solution) {
  countLoads(problem, solution.paths, solution.linkCycles, solution.linkBytes);
}

std::vector<ResourceLoad> cm::routingLoads(const RoutingProblem &problem,
                                           const RoutingSolution &solution) {
  std::vector<ResourceLoad> loads;
  for (LinkId link = 0; link < solution.linkCycles.size(); ++link)
    if (solution.linkCycles[link])
      loads.push_back({"link " + problem.machine->linkName(link),
                       solution.linkCycles[link]});
  return loads;
}
