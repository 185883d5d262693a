//===- Replication.h - the replication problem of a graph -------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// From a cmflow graph to copies of its layers. The replication problem shares
// each resource of the chip perfectly, so its II is a bound; placements of the
// copies tell what whole cores reach.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TRANSFORMS_REPLICATION_H
#define CM_TRANSFORMS_REPLICATION_H

#include "cm/Analysis/StageGraph.h"
#include "cm/Mapping/Placement.h"
#include "cm/Mapping/Replication.h"
#include <map>

namespace cm {

/// The discardable attribute of a graph that says what cm-replicate found:
/// `cores` to use, `ii_bound` in cycles, and what sets it, `limit`. Without
/// `ii_bound`, why layers are not copied.
inline constexpr llvm::StringLiteral replicationAttrName = "cm.replication";

/// True if the object is the int32 result of a row tile.
inline bool isPartialSum(cmflow::ObjectOp object) {
  return object && object.getElementBytes() == 4;
}

/// Layers of a graph: stages of one layer and domain, connected by their
/// partial sums.
struct GraphReplication {
  /// `cores` is how many may be used; 0: all.
  GraphReplication(const StageGraph &graph, const MachineModel &machine,
                   SplitAxis axis, uint64_t cores);

  /// The items of `copies` of each layer, as a placement problem without edges.
  PlacementProblem placement(const std::vector<uint64_t> &copies) const;

  /// With costs as the schedule predicts them, and with the least of any
  /// program: that one's II is a bound.
  ReplicationProblem problem, least;
  std::vector<llvm::SmallVector<uint32_t>> nodes; // of each layer

private:
  /// Index of the layer of a node, which is added to it.
  uint32_t layerOf(const StageNode &node, uint32_t index);

  std::map<std::pair<std::string, Domain>, uint32_t> layers;
  PlacementProblem single;   // item i is node i
  std::vector<bool> isSplit; // what each node sends, with its layer's copies
};

struct ReplicationChoice {
  std::vector<uint64_t> copies; // of each layer
  uint64_t cores = 0;           // to place them on
  uint64_t ii = 0; // of the placement that was tried; 0: there is none
  /// No copies have a smaller II on the cores; 0: not even one copy of each
  /// layer fits.
  uint64_t iiBound = 0;
  std::string limit; // what sets the bound, or does not fit
};

/// Copies for the least II that a placement on the allowed cores reaches, tried
/// for IIs from the bound, or `from` where that is more, on.
llvm::Expected<ReplicationChoice>
leastInterval(const GraphReplication &replication, uint64_t from = 0);

/// Copies and the fewest cores with which a placement keeps to the II.
llvm::Expected<ReplicationChoice>
fewestCores(const GraphReplication &replication, uint64_t ii);

} // namespace cm

#endif // CM_TRANSFORMS_REPLICATION_H
