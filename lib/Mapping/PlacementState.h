//===- PlacementState.h - a placement that is being searched ----*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which core hosts which items, with loads and traffic kept for cheap moves.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MAPPING_PLACEMENTSTATE_H
#define CM_LIB_MAPPING_PLACEMENTSTATE_H

#include "Hops.h"
#include "cm/Mapping/Placement.h"

namespace cm {

class PlacementState {
public:
  static constexpr uint32_t nowhere = ~0u;

  /// Items that are fixed to I/O nodes are there; all others are nowhere.
  explicit PlacementState(const PlacementProblem &problem);

  uint32_t numCores() const { return contents.size(); }
  NodeId node(uint32_t item) const { return place_[item]; }
  const std::vector<NodeId> &nodes() const { return place_; }
  /// In ascending order.
  const std::vector<uint32_t> &hosted(NodeId core) const {
    return contents[core];
  }
  bool hasFixed(NodeId core) const;
  /// Cores that host something, and of the empty ones the first of each type:
  /// the others are no better for load. In ascending order.
  std::vector<NodeId> candidates() const;
  bool sameType(NodeId a, NodeId b) const {
    return &problem.machine->core(a) == &problem.machine->core(b) &&
           problem.isUsable(a) == problem.isUsable(b);
  }

  /// Crossbars of the item on the first core that can host it, and its load
  /// there alone.
  uint32_t crossbars(uint32_t item) const;
  uint64_t leastLoad(uint32_t item) const;

  /// Busy cycles of a core, and of the busiest.
  uint64_t load(NodeId core) const { return loads[core]; }
  NodeId busiest() const;
  /// Crossbars, contexts and SRAM of the core suffice for these items.
  bool fits(NodeId core, const std::vector<uint32_t> &items) const;
  /// The busier of the two cores after `exchange`; nothing where it breaks a
  /// limit.
  std::optional<uint64_t> loadAfter(uint32_t item, NodeId core,
                                    uint32_t other) const;

  void place(uint32_t item, NodeId core);
  void remove(uint32_t item);
  /// Moves `item` to `core` and `other` (or `nowhere`) to where `item` was.
  void exchange(uint32_t item, NodeId core, uint32_t other);
  void swapCores(NodeId a, NodeId b);
  void assign(const std::vector<NodeId> &nodes);

  /// bytes * hops between the items, were they on each of `cores`, and all that
  /// is placed.
  std::vector<uint64_t> traffic(const std::vector<uint32_t> &items,
                                const std::vector<NodeId> &cores) const;
  /// Of two items (or one), each edge once.
  uint64_t trafficOf(uint32_t item, uint32_t other) const;
  uint64_t trafficOfCores(NodeId a, NodeId b) const;
  uint64_t totalTraffic() const;

  const PlacementProblem &problem;

private:
  uint64_t edgeTraffic(const PlacementEdge &edge) const;
  void update(NodeId core);

  std::vector<NodeId> place_;
  std::vector<std::vector<uint32_t>> contents;
  std::vector<uint64_t> loads;
  std::vector<NodeId> types; // the first core of each
  mutable Hops hops;
  std::vector<std::vector<uint32_t>> edgesOf; // of each item
};

} // namespace cm

#endif // CM_LIB_MAPPING_PLACEMENTSTATE_H
