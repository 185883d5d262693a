//===- EmbeddingGraph.cpp - what an embedding keeps -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmbeddingGraph.h"

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
