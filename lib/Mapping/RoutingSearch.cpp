//===- RoutingSearch.cpp - the best trees of shortest paths ---------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lists the trees of each stream, then branches over streams in order of
// falling cycles and cuts what cannot be better.
//
//===----------------------------------------------------------------------===//

#include "Hops.h"
#include "RoutingLoads.h"
#include "llvm/ADT/STLExtras.h"
#include <numeric>

using namespace cm;

namespace {
/// Lists the trees of one stream: a path for each destination in turn, each of
/// which enters the nodes that it shares with others as they do.
class TreeList {
public:
  TreeList(const MachineModel &machine, Hops &hops, const RoutingStream &stream,
           size_t most)
      : machine(machine), hops(hops), stream(stream), most(most),
        entry(machine.numNodes(), noLink), used(machine.numNodes(), 0),
        paths(stream.destinations.size()) {}

  /// False: there are more than `most`.
  bool collect() {
    nextDestination(0);
    return trees.size() <= most;
  }

  std::vector<StreamPaths> trees;

private:
  void nextDestination(size_t index) {
    if (trees.size() > most)
      return;
    if (index == stream.destinations.size()) {
      trees.push_back(paths);
      for (std::vector<LinkId> &path : trees.back())
        std::reverse(path.begin(), path.end());
      return;
    }
    paths[index].clear();
    back(index, stream.destinations[index]);
  }

  /// All ways from a node back to the source.
  void back(size_t index, NodeId node) {
    if (trees.size() > most)
      return;
    if (node == stream.source)
      return nextDestination(index + 1);
    uint32_t distance = hops.between(stream.source, node);
    for (LinkId out : machine.linksFrom(node)) {
      LinkId link = out ^ 1;
      NodeId from = machine.link(link).from;
      bool passes = from == stream.source || machine.forwards(from);
      if (!passes || hops.between(stream.source, from) + 1 != distance ||
          (used[node] && entry[node] != link))
        continue;
      ++used[node];
      entry[node] = link;
      paths[index].push_back(link);
      back(index, from);
      paths[index].pop_back();
      --used[node];
    }
  }

  const MachineModel &machine;
  Hops &hops;
  const RoutingStream &stream;
  size_t most;
  std::vector<LinkId> entry;
  std::vector<uint32_t> used; // how many paths enter the node
  StreamPaths paths;          // from the destination backwards
};

/// What a tree adds to a link.
struct Added {
  LinkId link;
  uint64_t cycles;
};

struct Tree {
  std::vector<Added> loads;
  uint64_t bytes = 0;
  size_t index = 0; // of the stream's list
};

class Search {
public:
  Search(const RoutingProblem &problem, uint64_t steps)
      : problem(problem), steps(steps),
        load(problem.machine->links().size(), 0) {}

  /// False: the steps did not suffice.
  bool run(const std::vector<std::vector<StreamPaths>> &trees,
           const RoutingSolution &start);

  std::vector<size_t> best; // tree of each stream; empty: none beats `start`
private:
  void branch(size_t depth, uint64_t busiest, uint64_t bytes);
  void add(const Tree &tree, int64_t sign) {
    for (Added added : tree.loads)
      load[added.link] += sign * int64_t(added.cycles);
  }

  const RoutingProblem &problem;
  uint64_t steps;
  bool isOut = false; // of steps
  std::vector<uint64_t> load;
  std::vector<uint32_t> order;           // of streams
  std::vector<std::vector<Tree>> trees;  // in that order
  std::vector<uint64_t> leastBytesAfter; // of the streams from here on
  std::pair<uint64_t, uint64_t> bestCost;
  std::vector<size_t> chosen;
};
} // namespace

void Search::branch(size_t depth, uint64_t busiest, uint64_t bytes) {
  if (std::make_pair(busiest, bytes + leastBytesAfter[depth]) >= bestCost)
    return;
  if (depth == order.size()) {
    bestCost = {busiest, bytes};
    best = chosen;
    return;
  }
  for (const Tree &tree : trees[depth]) {
    if (steps == 0) {
      isOut = true;
      return;
    }
    --steps;
    uint64_t most = busiest;
    add(tree, 1);
    for (Added added : tree.loads)
      most = std::max(most, load[added.link]);
    chosen[order[depth]] = tree.index;
    branch(depth + 1, most, bytes + tree.bytes);
    add(tree, -1);
    if (isOut)
      return;
  }
}

bool Search::run(const std::vector<std::vector<StreamPaths>> &all,
                 const RoutingSolution &start) {
  std::vector<std::vector<Tree>> costs(all.size());
  std::vector<uint64_t> weight(all.size());
  LinkMarks marks(*problem.machine);
  for (size_t i = 0; i < all.size(); ++i) {
    StreamCost cost(*problem.machine, problem.streams[i]);
    weight[i] = cost.bytes();
    for (size_t k = 0; k < all[i].size(); ++k) {
      Tree &tree = costs[i].emplace_back();
      tree.index = k;
      cost.forEachLink(all[i][k], marks,
                       [&](LinkId link, bool, uint64_t bytes, uint64_t cycles) {
                         tree.loads.push_back({link, cycles});
                         tree.bytes += bytes;
                       });
    }
  }
  order.resize(all.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return weight[a] > weight[b];
  });
  leastBytesAfter.assign(order.size() + 1, 0);
  for (size_t depth = order.size(); depth-- > 0;) {
    uint64_t least = ~uint64_t(0);
    for (const Tree &tree : costs[order[depth]])
      least = std::min(least, tree.bytes);
    leastBytesAfter[depth] = leastBytesAfter[depth + 1] + least;
  }
  for (uint32_t stream : order)
    trees.push_back(std::move(costs[stream]));
  chosen.assign(all.size(), 0);
  bestCost = start.cost();
  branch(0, 0, 0);
  return !isOut;
}

std::optional<std::vector<std::vector<StreamPaths>>>
cm::shortestTrees(const RoutingProblem &problem, size_t most) {
  std::vector<std::vector<StreamPaths>> all;
  Hops hops(*problem.machine);
  size_t count = 0;
  for (const RoutingStream &stream : problem.streams) {
    uint64_t links = 0; // of all paths: the depth of the recursion
    for (NodeId node : stream.destinations)
      links += hops.between(stream.source, node);
    if (links > 4 * most)
      return std::nullopt;
    TreeList list(*problem.machine, hops, stream, most - count);
    if (!list.collect())
      return std::nullopt;
    count += list.trees.size();
    all.push_back(std::move(list.trees));
  }
  return all;
}

std::optional<RoutingSolution> cm::searchRouting(const RoutingProblem &problem,
                                                 const RoutingSolution &start,
                                                 uint64_t steps) {
  constexpr size_t most = 4096;
  auto trees = shortestTrees(problem, most);
  if (!trees)
    return std::nullopt;
  Search search(problem, steps);
  if (!search.run(*trees, start))
    return std::nullopt;
  RoutingSolution solution = start;
  for (size_t i = 0; i < search.best.size(); ++i)
    solution.paths[i] = (*trees)[i][search.best[i]];
  countRoutingLoads(problem, solution);
  return solution;
}
