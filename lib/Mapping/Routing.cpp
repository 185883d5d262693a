//===- Routing.cpp - streams onto links -----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shortest-path trees that avoid busy links.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Routing.h"
#include "Hops.h"
#include "RoutingLoads.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>

using namespace cm;
using llvm::Error;
using llvm::Expected;

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
        load(machine.links().size(), 0), paths(problem.streams.size()),
        reached(machine.numNodes()), entry(machine.numNodes(), noLink),
        seen(machine.numNodes(), false), marks(machine) {
    for (const RoutingStream &stream : problem.streams)
      costs.emplace_back(machine, stream);
  }

  void route(size_t stream);
  /// Routes the stream again, with its load taken off its links before.
  void reroute(size_t stream) {
    add(stream, -1);
    route(stream);
  }
  /// Reroutes a stream of the busiest link so that it, or the number of links
  /// that are as busy, or the bytes of all links become less. False where no
  /// stream can.
  bool relieve();
  RoutingSolution solution() const;

private:
  /// The busiest link's cycles, how many are as busy, bytes of all links.
  struct Cost {
    int64_t busiest = 0;
    uint64_t count = 0, bytes = 0;
    bool operator<(const Cost &other) const {
      return std::tie(busiest, count, bytes) <
             std::tie(other.busiest, other.count, other.bytes);
    }
  };

  Cost cost() const;
  void collectBetween(NodeId source, NodeId destination);
  void relax(NodeId node, size_t stream);
  void reach(NodeId destination, size_t stream, std::vector<TreeLink> &tree);
  void add(size_t stream, int64_t sign);

  const RoutingProblem &problem;
  const MachineModel &machine;
  Hops hops;
  std::vector<StreamCost> costs;
  std::vector<int64_t> load; // cycles of each link
  uint64_t bytes = 0;        // of all links
  std::vector<StreamPaths> paths;
  std::vector<Reached> reached; // of each node
  std::vector<LinkId> entry;    // of the tree at hand, by node
  std::vector<NodeId> between;  // from the destination backwards
  std::vector<bool> seen;       // is in `between`
  LinkMarks marks;
};
} // namespace

void Router::add(size_t stream, int64_t sign) {
  costs[stream].forEachLink(
      paths[stream], marks,
      [&](LinkId link, bool, uint64_t sent, uint64_t cycles) {
        load[link] += sign * int64_t(cycles);
        bytes += sign * sent;
      });
}

Router::Cost Router::cost() const {
  Cost cost;
  cost.bytes = bytes;
  for (int64_t cycles : load) {
    if (cycles > cost.busiest)
      cost.busiest = cycles, cost.count = 0;
    cost.count += cycles == cost.busiest;
  }
  return cost;
}

/// Nodes on shortest paths from the tree to a destination, farthest from the
/// source first. I/O nodes pass on only what is theirs.
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
      if (seen[before] || (before != source && !machine.forwards(before)) ||
          hops.between(source, before) + 1 != distance)
        continue;
      seen[before] = true;
      between.push_back(before);
    }
  }
}

/// The link over which a node is best reached: the least busy of the busiest on
/// the way, then the least sum, then the lowest link.
void Router::relax(NodeId node, size_t index) {
  const RoutingStream &stream = problem.streams[index];
  constexpr int64_t never = std::numeric_limits<int64_t>::max();
  Reached &result = reached[node] = {never, never, noLink};
  uint32_t distance = hops.between(stream.source, node);
  for (LinkId back : machine.linksFrom(node)) {
    LinkId link = back ^ 1; // the other direction
    NodeId from = machine.link(link).from;
    if (!seen[from] || hops.between(stream.source, from) + 1 != distance)
      continue;
    int64_t busy = load[link] + int64_t(costs[index].cyclesOn(link));
    Reached next = {std::max(reached[from].busiest, busy),
                    reached[from].sum + busy, link};
    if (std::tie(next.busiest, next.sum, next.best) <
        std::tie(result.busiest, result.sum, result.best))
      result = next;
  }
}

/// Joins `destination` to the tree over a shortest path whose busiest link is
/// the least busy, then whose links are least busy together.
void Router::reach(NodeId destination, size_t index,
                   std::vector<TreeLink> &tree) {
  const RoutingStream &stream = problem.streams[index];
  collectBetween(stream.source, destination);
  for (auto node = between.rbegin(); node != between.rend(); ++node) {
    if (*node == stream.source || entry[*node] != noLink)
      reached[*node] = {};
    else
      relax(*node, index);
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
  std::vector<TreeLink> tree;
  for (auto [distance, destination] : nearest) {
    assert(distance != ~0u && "refused by check");
    reach(destination, index, tree);
  }
  paths[index].clear();
  for (NodeId destination : stream.destinations) {
    std::vector<LinkId> &path = paths[index].emplace_back();
    for (NodeId node = destination; node != stream.source;
         node = machine.link(path.back()).from)
      path.push_back(entry[node]);
    std::reverse(path.begin(), path.end());
  }
  for (auto [node, link] : tree)
    entry[node] = noLink;
  add(index, 1);
}

bool Router::relieve() {
  Cost before = cost();
  LinkId busiest = std::max_element(load.begin(), load.end()) - load.begin();
  for (size_t stream = 0; stream < paths.size(); ++stream) {
    auto uses = [&](const std::vector<LinkId> &path) {
      return llvm::is_contained(path, busiest);
    };
    if (llvm::none_of(paths[stream], uses))
      continue;
    StreamPaths old = paths[stream];
    reroute(stream);
    if (cost() < before)
      return true;
    add(stream, -1);
    paths[stream] = std::move(old);
    add(stream, 1);
  }
  return false;
}

RoutingSolution Router::solution() const {
  RoutingSolution result;
  result.paths = paths;
  countRoutingLoads(problem, result);
  return result;
}

static RoutingSolution balance(const RoutingProblem &problem) {
  Router router(problem);
  std::vector<size_t> order(problem.streams.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const RoutingStream &left = problem.streams[a];
    const RoutingStream &right = problem.streams[b];
    return left.payload * left.messages > right.payload * right.messages;
  });
  for (int round = 0; round < 3; ++round)
    for (size_t stream : order)
      round == 0 ? router.route(stream) : router.reroute(stream);
  for (int round = 0; round < 200 && router.relieve(); ++round)
    ;
  return router.solution();
}

static RoutingSolution withLoads(const RoutingProblem &problem,
                                 std::vector<StreamPaths> paths) {
  RoutingSolution solution;
  solution.paths = std::move(paths);
  countRoutingLoads(problem, solution);
  return solution;
}

Expected<RoutingSolution> cm::solveRouting(const RoutingProblem &problem,
                                           RoutingStrategy strategy) {
  if (Error error = problem.check())
    return std::move(error);
  if (strategy != RoutingStrategy::Balanced) {
    auto paths = fixedPaths(problem, strategy);
    if (!paths)
      return paths.takeError();
    return withLoads(problem, std::move(*paths));
  }
  RoutingSolution best = balance(problem);
  bool isMesh = problem.machine->isGrid();
  for (RoutingStrategy other :
       {RoutingStrategy::Shortest, RoutingStrategy::DimensionOrder}) {
    if (other == RoutingStrategy::DimensionOrder && !isMesh)
      continue;
    RoutingSolution fixed =
        withLoads(problem, llvm::cantFail(fixedPaths(problem, other)));
    if (fixed.cost() < best.cost())
      best = std::move(fixed);
  }
  if (best.cost().first > routingBound(problem).cycles)
    if (auto searched = searchRouting(problem, best, 50000))
      return std::move(*searched);
  return best;
}
