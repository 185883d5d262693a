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
#include "cm/Support/Error.h"
#include <algorithm>
#include <cassert>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <set>

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
/// Distances from one source, and the order in which nodes are reached. Only
/// the source and cores pass anything on.
struct Search {
  Search(const MachineModel &machine, NodeId source)
      : hops(machine.numNodes(), ~0u) {
    hops[source] = 0;
    order.push_back(source);
    for (size_t done = 0; done < order.size(); ++done) {
      NodeId node = order[done];
      if (node != source && !machine.isCore(node))
        continue;
      for (LinkId link : machine.linksFrom(node)) {
        NodeId to = machine.link(link).to;
        if (hops[to] != ~0u)
          continue;
        hops[to] = hops[node] + 1;
        order.push_back(to);
      }
    }
  }

  std::vector<uint32_t> hops;
  std::vector<NodeId> order;
};

class Router {
public:
  Router(const RoutingProblem &problem)
      : problem(problem), machine(*problem.machine),
        load(machine.links().size(), 0), trees(problem.streams.size()) {}

  void route(size_t stream);
  /// Takes the stream's load off its links.
  void remove(size_t stream) { add(stream, -1); }
  RoutingSolution solution() const;

private:
  const Search &search(NodeId source) {
    std::unique_ptr<Search> &known = searches[source];
    if (!known)
      known = std::make_unique<Search>(machine, source);
    return *known;
  }
  void reach(NodeId destination, const Search &from,
             const RoutingStream &stream, std::vector<LinkId> &tree);
  void add(size_t stream, int64_t sign);

  const RoutingProblem &problem;
  const MachineModel &machine;
  std::vector<int64_t> load;              // cycles of each link
  std::vector<std::vector<LinkId>> trees; // link into each node, per stream
  std::map<NodeId, std::unique_ptr<Search>> searches;
};
} // namespace

void Router::add(size_t stream, int64_t sign) {
  for (LinkId link : trees[stream])
    if (link != noLink)
      load[link] +=
          sign * int64_t(cyclesOn(machine, link, problem.streams[stream]));
}

/// Joins `destination` to the tree over a shortest path whose busiest link is
/// the least busy, then whose links are least busy together.
void Router::reach(NodeId destination, const Search &from,
                   const RoutingStream &stream, std::vector<LinkId> &tree) {
  using Cost = std::pair<int64_t, int64_t>; // busiest link, sum
  constexpr int64_t never = std::numeric_limits<int64_t>::max();
  std::vector<Cost> cost(machine.numNodes(), {never, never});
  std::vector<LinkId> best(machine.numNodes(), noLink);
  for (NodeId node : from.order) {
    if (from.hops[node] > from.hops[destination])
      break;
    if (node == stream.source || tree[node] != noLink)
      cost[node] = {0, 0};
    if (cost[node].first == never ||
        (node != stream.source && !machine.isCore(node)))
      continue;
    for (LinkId link : machine.linksFrom(node)) {
      NodeId to = machine.link(link).to;
      if (from.hops[to] != from.hops[node] + 1)
        continue;
      int64_t busy = load[link] + int64_t(cyclesOn(machine, link, stream));
      Cost next = {std::max(cost[node].first, busy), cost[node].second + busy};
      if (std::tie(next, link) < std::tie(cost[to], best[to])) {
        cost[to] = next;
        best[to] = link;
      }
    }
  }
  for (NodeId node = destination; node != stream.source && tree[node] == noLink;
       node = machine.link(best[node]).from)
    tree[node] = best[node];
}

void Router::route(size_t index) {
  const RoutingStream &stream = problem.streams[index];
  const Search &from = search(stream.source);
  std::vector<NodeId> nearest = stream.destinations;
  std::stable_sort(nearest.begin(), nearest.end(), [&](NodeId a, NodeId b) {
    return from.hops[a] < from.hops[b];
  });
  std::vector<LinkId> &tree = trees[index];
  tree.assign(machine.numNodes(), noLink);
  for (NodeId destination : nearest) {
    assert(from.hops[destination] != ~0u && "machines are connected");
    reach(destination, from, stream, tree);
  }
  add(index, 1);
}

static void
countLoads(const RoutingProblem &problem,
           const std::vector<std::vector<std::vector<LinkId>>> &paths,
           std::vector<uint64_t> &cycles, std::vector<uint64_t> &bytes) {
  const MachineModel &machine = *problem.machine;
  cycles.assign(machine.links().size(), 0);
  bytes.assign(machine.links().size(), 0);
  for (size_t i = 0; i < paths.size(); ++i) {
    const RoutingStream &stream = problem.streams[i];
    std::set<LinkId> links; // of the tree: each is crossed once
    for (const std::vector<LinkId> &path : paths[i])
      links.insert(path.begin(), path.end());
    for (LinkId link : links) {
      cycles[link] += cyclesOn(machine, link, stream);
      bytes[link] += machine.wireBytes(stream.payload) * stream.messages;
    }
  }
}

RoutingSolution Router::solution() const {
  RoutingSolution result;
  for (size_t i = 0; i < trees.size(); ++i) {
    const RoutingStream &stream = problem.streams[i];
    auto &paths = result.paths.emplace_back();
    for (NodeId destination : stream.destinations) {
      std::vector<LinkId> &path = paths.emplace_back();
      for (NodeId node = destination; node != stream.source;
           node = machine.link(path.back()).from)
        path.push_back(trees[i][node]);
      std::reverse(path.begin(), path.end());
    }
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
