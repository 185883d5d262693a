//===- EmbeddingGraph.cpp - what an embedding keeps -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmbeddingGraph.h"
#include "llvm/ADT/DenseMap.h"
#include <map>
#include <numeric>

using namespace cm;
using llvm::BitVector;

EmbeddingGraph::EmbeddingGraph(uint32_t nodes, const std::vector<Arc> &arcs)
    : out(nodes, BitVector(nodes)), in(nodes, BitVector(nodes)),
      both(nodes, BitVector(nodes)), common(nodes) {
  for (auto [from, to] : arcs) {
    out[from].set(to);
    in[to].set(from);
    both[from].set(to);
    both[to].set(from);
  }
  for (uint32_t a = 0; a < nodes; ++a)
    for (uint32_t b = 0; b < nodes; ++b) {
      BitVector meet = both[a];
      meet &= both[b];
      common[a].push_back(meet.count());
    }
  findDistances();
}

/// By breadth: the ball of each radius is that before and its neighbours.
void EmbeddingGraph::findDistances() {
  hops.assign(size(), std::vector<uint32_t>(size(), ~0u));
  balls.resize(size());
  for (uint32_t node = 0; node < size(); ++node) {
    BitVector ball(size());
    ball.set(node);
    hops[node][node] = 0;
    for (uint32_t radius = 1;; ++radius) {
      balls[node].push_back(ball);
      BitVector next = ball;
      for (uint32_t other : ball.set_bits())
        next |= both[other];
      if (next == ball)
        break;
      for (uint32_t other : next.set_bits())
        hops[node][other] = std::min(hops[node][other], radius);
      ball = std::move(next);
    }
  }
}

namespace {
/// Which of some things are joined, and how many classes are left.
class Classes {
public:
  explicit Classes(uint32_t size) : count(size), parent(size) {
    std::iota(parent.begin(), parent.end(), 0);
  }

  uint32_t leader(uint32_t one) {
    while (parent[one] != one)
      one = parent[one] = parent[parent[one]];
    return one;
  }
  void join(uint32_t a, uint32_t b) {
    a = leader(a), b = leader(b);
    count -= a != b;
    parent[a] = b;
  }

  uint32_t count;

private:
  std::vector<uint32_t> parent;
};
} // namespace

/// The nodes of each class of links, of those that are in a cycle.
static std::vector<BitVector> nodesOf(Classes &classes,
                                      llvm::ArrayRef<Arc> links,
                                      const std::vector<bool> &isInCycle,
                                      uint32_t size) {
  std::map<uint32_t, BitVector> nodes; // by the leader of a class
  for (uint32_t link = 0; link < links.size(); ++link)
    if (isInCycle[link]) {
      BitVector &of =
          nodes.try_emplace(classes.leader(link), size).first->second;
      of.set(links[link].first);
      of.set(links[link].second);
    }
  std::vector<BitVector> result;
  for (auto &[leader, of] : nodes)
    result.push_back(std::move(of));
  return result;
}

std::vector<BitVector> EmbeddingGraph::cycleClasses(unsigned longest) const {
  std::vector<Arc> links;
  llvm::DenseMap<Arc, uint32_t> number;
  for (uint32_t a = 0; a < size(); ++a)
    for (uint32_t b : both[a].set_bits())
      if (a < b) {
        number[{a, b}] = links.size();
        links.push_back({a, b});
      }
  if (links.empty())
    return {};
  Classes classes(links.size());
  std::vector<bool> isInCycle(links.size(), false);
  auto join = [&](Arc one, Arc other) {
    uint32_t a = number.lookup(std::minmax(one.first, one.second));
    uint32_t b = number.lookup(std::minmax(other.first, other.second));
    isInCycle[a] = isInCycle[b] = true;
    classes.join(a, b);
  };
  for (uint32_t a = 0; a < size(); ++a)
    for (uint32_t b = a + 1; b < size(); ++b) {
      // a, b and one between them, or two.
      bool areJoined = both[a].test(b);
      if (isInCycle[0] && classes.count == 1)
        break; // all links
      if (!areJoined && (longest < 4 || common[a][b] < 2))
        continue;
      BitVector between = both[a];
      between &= both[b];
      int first = between.find_first();
      for (uint32_t node : between.set_bits()) {
        join({a, node}, {b, node});
        join({a, node}, areJoined ? Arc(a, b) : Arc(a, first));
      }
    }
  return nodesOf(classes, links, isInCycle, size());
}

void EmbeddingGraph::findJoints() {
  joints.assign(size(), std::vector<Joint>(size()));
  for (uint32_t a = 0; a < size(); ++a)
    for (uint32_t b = 0; b <= a; ++b)
      for (uint32_t i = 0; i < std::tuple_size<Joint>(); ++i) {
        BitVector both = ball(a, i + 2);
        both |= ball(b, i + 2);
        joints[a][b][i] = joints[b][a][i] = both.count();
      }
}

bool EmbeddingGraph::isBipartite() const {
  // Neighbours are at distances of different parity from any node.
  for (uint32_t a = 0; a < size(); ++a)
    for (uint32_t b : both[a].set_bits()) {
      uint32_t root = balls[a].back().find_first();
      if ((hops[root][a] + hops[root][b]) % 2 == 0)
        return false;
    }
  return true;
}
