//===- Hops.h - distances between nodes, on demand --------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A network uses few nodes of a large machine: distances are found from those
// that are asked for.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MAPPING_HOPS_H
#define CM_LIB_MAPPING_HOPS_H

#include "cm/Machine/MachineModel.h"
#include <memory>
#include <unordered_map>
#include <vector>

namespace cm {

/// Links are full-duplex, so distances are the same both ways.
class Hops {
public:
  using Row = std::vector<uint32_t>; // by node; ~0u: unreachable

  explicit Hops(const MachineModel &machine) : machine(machine) {}

  /// Hops from a node to all others.
  std::shared_ptr<const Row> from(NodeId node) {
    auto known = rows.find(node);
    if (known != rows.end())
      return known->second;
    if (rows.size() * machine.numNodes() >= maxEntries)
      rows.clear();
    return rows[node] = std::make_shared<const Row>(machine.hopsFrom(node));
  }

  uint32_t between(NodeId a, NodeId b) {
    auto known = rows.find(a);
    return known != rows.end() ? (*known->second)[b] : (*from(b))[a];
  }

private:
  /// 256 MB; then all are forgotten.
  static constexpr size_t maxEntries = size_t(1) << 26;

  const MachineModel &machine;
  std::unordered_map<NodeId, std::shared_ptr<const Row>> rows;
};

} // namespace cm

#endif // CM_LIB_MAPPING_HOPS_H
