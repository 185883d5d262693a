//===- Bisection.h - links between two halves ------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The fewest links between two halves of a graph, equal in size but for one
// node.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MACHINE_BISECTION_H
#define CM_LIB_MACHINE_BISECTION_H

#include <cstdint>
#include <vector>

namespace cm {

/// Of each node, both ways.
using Neighbours = std::vector<std::vector<uint32_t>>;

struct Bisection {
  uint32_t links = 0;
  bool isExact = false; // else the least that was found
};

Bisection measureBisection(const Neighbours &graph);

} // namespace cm

#endif // CM_LIB_MACHINE_BISECTION_H
