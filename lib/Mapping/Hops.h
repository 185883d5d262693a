//===- Hops.h - distances between nodes, on demand --------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// On a mesh the coordinates say how far apart two cores are. Elsewhere, and
// from I/O nodes, distances are searched from those nodes that are asked for: a
// network uses few of a large machine.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MAPPING_HOPS_H
#define CM_LIB_MAPPING_HOPS_H

#include "cm/Machine/MachineModel.h"
#include <algorithm>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace cm {

/// Where cores are on a mesh.
class Grid {
public:
  explicit Grid(const machine::Mesh &mesh)
      : width(mesh.width()), height(mesh.height()), torus(mesh.torus()) {
    for (uint32_t core = 0; core < width * height; ++core)
      at.push_back({core % width, core / width});
  }

  uint32_t x(NodeId core) const { return at[core].first; }
  uint32_t y(NodeId core) const { return at[core].second; }
  uint32_t hopsX(uint32_t a, uint32_t b) const { return hops(a, b, width); }
  uint32_t hopsY(uint32_t a, uint32_t b) const { return hops(a, b, height); }
  uint32_t between(NodeId a, NodeId b) const {
    return hopsX(x(a), x(b)) + hopsY(y(a), y(b));
  }

  const uint32_t width, height;

private:
  uint32_t hops(uint32_t a, uint32_t b, uint32_t extent) const {
    uint32_t distance = a > b ? a - b : b - a;
    return torus ? std::min(distance, extent - distance) : distance;
  }

  bool torus;
  std::vector<std::pair<uint32_t, uint32_t>> at; // x and y of each core
};

/// Links are full-duplex, so distances are the same both ways.
class Hops {
public:
  using Row = std::vector<uint32_t>; // by node; ~0u: unreachable

  explicit Hops(const MachineModel &machine);

  /// Nothing: the cores are not on a mesh.
  const std::optional<Grid> &grid() const { return mesh; }

  /// Hops from a node to all others.
  std::shared_ptr<const Row> from(NodeId node);

  uint32_t between(NodeId a, NodeId b) {
    if (!mesh)
      return searched(a, b);
    if (machine.isCore(a) && machine.isCore(b))
      return mesh->between(a, b);
    // There are few I/O nodes.
    return machine.isCore(a) ? searched(b, a) : searched(a, b);
  }

private:
  /// 256 MB; then all are forgotten.
  static constexpr size_t maxEntries = size_t(1) << 26;

  uint32_t searched(NodeId a, NodeId b) {
    auto known = rows.find(a);
    return known != rows.end() ? (*known->second)[b] : (*from(b))[a];
  }

  const MachineModel &machine;
  std::optional<Grid> mesh;
  std::unordered_map<NodeId, std::shared_ptr<const Row>> rows;
};

} // namespace cm

#endif // CM_LIB_MAPPING_HOPS_H
