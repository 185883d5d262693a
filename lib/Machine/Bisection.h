//===- Bisection.h - links between two halves ------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The least links between two halves of a graph: sets with the same number of
// cores but for one, with switches on either side.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MACHINE_BISECTION_H
#define CM_LIB_MACHINE_BISECTION_H

#include <cstdint>
#include <utility>
#include <vector>

namespace cm {

/// Of each node, both ways: the other end and the link's weight. The first
/// `cores` nodes are cores.
struct WeightedGraph {
  uint32_t cores = 0;
  std::vector<std::vector<std::pair<uint32_t, uint32_t>>> neighbours;

  uint32_t nodes() const { return neighbours.size(); }
};

struct Bisection {
  uint64_t weight = 0;  // of all links between the halves
  bool isExact = false; // else the least that was found
};

/// Exact for up to 20 nodes.
Bisection measureBisection(const WeightedGraph &graph);

} // namespace cm

#endif // CM_LIB_MACHINE_BISECTION_H
