//===- Bisection.cpp - links between two halves ---------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Exhaustive where there are few nodes; else Fiduccia and Mattheyses' passes
// ("A linear-time heuristic for improving network partitions", DAC 1982) from
// several breadth-first halves, which gives an upper bound.
//
//===----------------------------------------------------------------------===//

#include "Bisection.h"
#include <algorithm>
#include <set>

using namespace cm;

static uint64_t cutOf(const WeightedGraph &graph,
                      const std::vector<char> &side) {
  uint64_t cut = 0;
  for (uint32_t node = 0; node < graph.nodes(); ++node)
    for (auto [other, weight] : graph.neighbours[node])
      cut += node < other && side[node] != side[other] ? weight : 0;
  return cut;
}

/// All halves with node 0 on the one side.
static uint64_t leastOfAll(const WeightedGraph &graph) {
  uint64_t least = UINT64_MAX;
  std::vector<char> side(graph.nodes());
  for (uint32_t half = 0; half < 1u << (graph.nodes() - 1); ++half) {
    for (uint32_t node = 1; node < graph.nodes(); ++node)
      side[node] = half >> (node - 1) & 1;
    uint32_t count = std::count(side.begin(), side.begin() + graph.cores, 1);
    if (count == graph.cores / 2 || count == (graph.cores + 1) / 2)
      least = std::min(least, cutOf(graph, side));
  }
  return least;
}

namespace {
/// One pass: every node changes sides once, best first, cores of the sides in
/// turns, switches whenever that makes it better; the best of all that
/// it has seen remains.
class Pass {
public:
  Pass(const WeightedGraph &graph, std::vector<char> &side)
      : graph(graph), side(side), gain(graph.nodes(), 0) {
    for (uint32_t node = 0; node < graph.nodes(); ++node) {
      for (auto [other, weight] : graph.neighbours[node])
        gain[node] += side[node] != side[other] ? weight : -int64_t(weight);
      openOf(node).insert({-gain[node], node});
    }
  }

  /// Returns by how much the cut is less.
  int64_t run() {
    std::vector<uint32_t> moved;
    int64_t sum = 0, best = 0;
    size_t bestCount = 0;
    int from = open[0].size() >= open[1].size() ? 0 : 1;
    bool isEven = true;
    while (true) {
      bool isSwitch = !switches.empty() &&
                      (switches.begin()->first < 0 || open[from].empty());
      Queue &queue = isSwitch ? switches : open[from];
      if (queue.empty())
        break;
      uint32_t node = queue.begin()->second;
      sum += gain[node];
      move(node);
      moved.push_back(node);
      if (!isSwitch) {
        from = 1 - from;
        isEven = !isEven;
      }
      if (isEven && sum > best) {
        best = sum;
        bestCount = moved.size();
      }
    }
    for (size_t i = bestCount; i < moved.size(); ++i)
      side[moved[i]] ^= 1;
    return best;
  }

private:
  using Queue = std::set<std::pair<int64_t, uint32_t>>; // by falling gain

  Queue &openOf(uint32_t node) {
    return node < graph.cores ? open[int(side[node])] : switches;
  }

  void move(uint32_t node) {
    openOf(node).erase({-gain[node], node});
    side[node] ^= 1;
    for (auto [other, weight] : graph.neighbours[node]) {
      Queue &ofOther = openOf(other);
      auto found = ofOther.find({-gain[other], other});
      gain[other] += (side[other] == side[node] ? -2 : 2) * int64_t(weight);
      if (found == ofOther.end())
        continue; // has moved
      ofOther.erase(found);
      ofOther.insert({-gain[other], other});
    }
  }

  const WeightedGraph &graph;
  std::vector<char> &side;
  std::vector<int64_t> gain; // how much less the cut is if the node moves
  Queue open[2];             // cores of each side
  Queue switches;
};
} // namespace

/// Half of the cores, by breadth from one of them, and the switches between.
static std::vector<char> halfFrom(const WeightedGraph &graph, uint32_t start) {
  std::vector<char> side(graph.nodes(), 1), isSeen(graph.nodes(), 0);
  std::vector<uint32_t> queue{start};
  isSeen[start] = 1;
  uint32_t cores = 0;
  for (size_t i = 0; i < queue.size() && cores < graph.cores / 2; ++i) {
    side[queue[i]] = 0;
    cores += queue[i] < graph.cores;
    for (auto [other, weight] : graph.neighbours[queue[i]])
      if (!isSeen[other]) {
        isSeen[other] = 1;
        queue.push_back(other);
      }
  }
  return side;
}

Bisection cm::measureBisection(const WeightedGraph &graph) {
  constexpr uint32_t mostExact = 20, starts = 12;
  if (graph.cores < 2)
    return {0, true};
  if (graph.nodes() <= mostExact)
    return {leastOfAll(graph), true};
  uint64_t least = UINT64_MAX;
  for (uint64_t i = 0; i < starts; ++i) {
    std::vector<char> side = halfFrom(graph, i * graph.cores / starts);
    while (Pass(graph, side).run() > 0) {
    }
    least = std::min(least, cutOf(graph, side));
  }
  return {least, false};
}
