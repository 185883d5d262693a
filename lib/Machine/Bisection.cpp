//===- Bisection.cpp - links between two halves ---------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Exhaustive where there are few cores; else Fiduccia and Mattheyses' passes
// ("A linear-time heuristic for improving network partitions", DAC 1982) from
// several breadth-first halves, which gives an upper bound.
//
//===----------------------------------------------------------------------===//

#include "Bisection.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <set>

using namespace cm;

static uint32_t cutOf(const Neighbours &graph, const std::vector<char> &side) {
  uint32_t cut = 0;
  for (uint32_t node = 0; node < graph.size(); ++node)
    for (uint32_t other : graph[node])
      cut += node < other && side[node] != side[other];
  return cut;
}

/// All halves with node 0 on the one side.
static uint32_t leastOfAll(const Neighbours &graph) {
  uint32_t nodes = graph.size(), least = ~0u;
  std::vector<char> side(nodes);
  for (uint32_t half = 0; half < 1u << (nodes - 1); ++half) {
    uint32_t count = llvm::popcount(half);
    if (count != nodes / 2 && count != (nodes + 1) / 2)
      continue;
    for (uint32_t node = 1; node < nodes; ++node)
      side[node] = half >> (node - 1) & 1;
    least = std::min(least, cutOf(graph, side));
  }
  return least;
}

namespace {
/// One pass: every node changes sides once, best first, the sides in turns; the
/// best of all that it has seen remains.
class Pass {
public:
  Pass(const Neighbours &graph, std::vector<char> &side)
      : graph(graph), side(side), gain(graph.size(), 0) {
    for (uint32_t node = 0; node < graph.size(); ++node) {
      for (uint32_t other : graph[node])
        gain[node] += side[node] != side[other] ? 1 : -1;
      open[int(side[node])].insert({-gain[node], node});
    }
  }

  /// Returns by how much the cut is less.
  int64_t run() {
    std::vector<uint32_t> moved;
    int64_t sum = 0, best = 0;
    size_t bestCount = 0;
    int from = open[0].size() >= open[1].size() ? 0 : 1;
    while (!open[from].empty()) {
      uint32_t node = open[from].begin()->second;
      sum += gain[node];
      move(node, from);
      moved.push_back(node);
      from = 1 - from;
      if (moved.size() % 2 == 0 && sum > best) {
        best = sum;
        bestCount = moved.size();
      }
    }
    for (size_t i = bestCount; i < moved.size(); ++i)
      side[moved[i]] ^= 1;
    return best;
  }

private:
  void move(uint32_t node, int from) {
    open[from].erase({-gain[node], node});
    side[node] ^= 1;
    for (uint32_t other : graph[node]) {
      auto &ofOther = open[int(side[other])];
      auto found = ofOther.find({-gain[other], other});
      gain[other] += side[other] == side[node] ? -2 : 2;
      if (found == ofOther.end())
        continue; // has moved
      ofOther.erase(found);
      ofOther.insert({-gain[other], other});
    }
  }

  const Neighbours &graph;
  std::vector<char> &side;
  std::vector<int64_t> gain; // how much less the cut is if the node moves
  std::set<std::pair<int64_t, uint32_t>> open[2]; // by gain, of each side
};
} // namespace

/// The first half of the nodes by breadth from one of them.
static std::vector<char> halfFrom(const Neighbours &graph, uint32_t start) {
  std::vector<char> side(graph.size(), 1), isSeen(graph.size(), 0);
  std::vector<uint32_t> queue{start};
  isSeen[start] = 1;
  for (size_t i = 0; i < queue.size() && i < graph.size() / 2; ++i) {
    side[queue[i]] = 0;
    for (uint32_t other : graph[queue[i]])
      if (!isSeen[other]) {
        isSeen[other] = 1;
        queue.push_back(other);
      }
  }
  return side;
}

Bisection cm::measureBisection(const Neighbours &graph) {
  constexpr uint32_t mostExact = 20, starts = 12;
  uint32_t nodes = graph.size();
  if (nodes < 2)
    return {0, true};
  if (nodes <= mostExact)
    return {leastOfAll(graph), true};
  uint32_t least = ~0u;
  for (uint64_t i = 0; i < starts; ++i) {
    std::vector<char> side = halfFrom(graph, i * nodes / starts);
    while (Pass(graph, side).run() > 0) {
    }
    least = std::min(least, cutOf(graph, side));
  }
  return {least, false};
}
