//===- EmbeddingGraph.h - what an embedding keeps ---------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Neighbours, distances and shared neighbours of a graph, for stages and cores
// alike.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MAPPING_EMBEDDINGGRAPH_H
#define CM_LIB_MAPPING_EMBEDDINGGRAPH_H

#include "cm/Mapping/Embedding.h"
#include "llvm/ADT/BitVector.h"
#include <array>

namespace cm {

class EmbeddingGraph {
public:
  EmbeddingGraph(uint32_t nodes, const std::vector<Arc> &arcs);

  uint32_t size() const { return out.size(); }
  const llvm::BitVector &successors(uint32_t node) const { return out[node]; }
  const llvm::BitVector &predecessors(uint32_t node) const { return in[node]; }
  /// Successors and predecessors.
  const llvm::BitVector &neighbours(uint32_t node) const { return both[node]; }

  /// Hops between two nodes, directions apart; ~0 where there is no path.
  uint32_t distance(uint32_t a, uint32_t b) const { return hops[a][b]; }
  /// Nodes that are at most `radius` hops away, itself included.
  const llvm::BitVector &ball(uint32_t node, uint32_t radius) const {
    const std::vector<llvm::BitVector> &of = balls[node];
    return of[std::min<size_t>(radius, of.size() - 1)];
  }
  /// Neighbours that two nodes share.
  uint32_t shared(uint32_t a, uint32_t b) const { return common[a][b]; }
  /// Nodes that are at most 2, 3 and 4 hops away from one of the two.
  using Joint = std::array<uint32_t, 3>;
  void findJoints();
  const Joint &joint(uint32_t a, uint32_t b) const { return joints[a][b]; }
  /// The nodes of each class of links that cycles of up to `longest` links, 3
  /// or 4, join: links of a cycle are in one class. Without links that are in
  /// none.
  std::vector<llvm::BitVector> cycleClasses(unsigned longest) const;
  /// True if no cycle has an odd number of nodes.
  bool isBipartite() const;

private:
  void findDistances();

  std::vector<llvm::BitVector> out, in, both;
  std::vector<std::vector<uint32_t>> hops, common;
  std::vector<std::vector<llvm::BitVector>> balls; // of each node and radius
  std::vector<std::vector<Joint>> joints;          // after findJoints
};

} // namespace cm

#endif // CM_LIB_MAPPING_EMBEDDINGGRAPH_H
