//===- Layout.h - where nodes are drawn -------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Places in the plane whose distances are about those of a graph.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MACHINE_LAYOUT_H
#define CM_LIB_MACHINE_LAYOUT_H

#include <cstdint>
#include <utility>
#include <vector>

namespace cm {

using Point = std::pair<double, double>;

/// Stress majorization (Gansner, Koren and North, "Graph drawing by stress
/// majorization", GD 2004): one unit for each hop. `hops` is a square matrix of
/// finite distances. The same places each time.
std::vector<Point> layOut(const std::vector<std::vector<uint32_t>> &hops);

} // namespace cm

#endif // CM_LIB_MACHINE_LAYOUT_H
