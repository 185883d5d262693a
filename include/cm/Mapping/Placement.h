//===- Placement.h - stages onto cores --------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The problem of giving every stage a core, what a right answer is, and an
// algorithm.
//
//===----------------------------------------------------------------------===//

#ifndef CM_MAPPING_PLACEMENT_H
#define CM_MAPPING_PLACEMENT_H

#include "cm/Machine/MachineModel.h"
#include "cm/Mapping/CoreCycles.h"
#include "cm/Mapping/Resource.h"
#include "llvm/Support/Error.h"
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cm {

/// A stage, or the work of an I/O node (which is `fixed` and costs nothing).
struct PlacementItem {
  std::string name;
  std::string layer; // what errors sum up by; empty: the name
  int64_t matrixRows = 0, matrixCols = 0; // 0: no crossbar needed
  /// Where the cells begin in the first crossbar. Items with the same `pack`
  /// share one crossbar and take turns.
  int64_t firstRow = 0, firstCol = 0;
  std::optional<uint32_t> pack;
  bool isPack = false;     // stands for all items of one
  uint32_t weightBits = 0; // that a crossbar must have at least
  uint32_t contexts = 1;   // of the LCU
  // Per image.
  uint64_t mvms = 0;      // iterations with an MVM
  CoreCycles dpuCycles;   // of the DPU
  CoreCycles sramCycles;  // of the ports: gathers and loads of the DPU
  uint64_t sramBytes = 0; // of buffers, an estimate
  /// What it is sent, besides; indices of the problem's `arrivals`.
  std::vector<uint32_t> arrivals;
  std::optional<NodeId> fixed;
};

/// What `from` sends to `to` in one image; indices of items.
struct PlacementEdge {
  uint32_t from = 0, to = 0;
  uint64_t bytes = 0;
};

/// Time that the stages of a core need of each of its units per image, in
/// cycles. Units overlap, so the core needs the maximum.
struct CoreLoad {
  uint64_t mvm = 0, dpu = 0, sram = 0;

  uint64_t max() const { return std::max(mvm, std::max(dpu, sram)); }
};

struct PlacementSolution {
  std::vector<NodeId> node; // of each item
  /// The first of the consecutive crossbars of its core that an item holds; 0
  /// where it needs none.
  std::vector<uint32_t> firstCrossbar;
  uint64_t maxLoad = 0;   // cycles per image of the busiest core
  uint64_t loadBound = 0; // no placement has a smaller maxLoad than this
  uint64_t byteHops = 0;  // sum over edges of bytes * hops
};

struct PlacementOptions {
  uint64_t seed = 1;
  uint64_t moves = 200000; // of the annealing, at most; fewer for few items
};

struct PlacementProblem {
  const MachineModel *machine = nullptr;
  std::vector<PlacementItem> items; // in pipeline order
  std::vector<PlacementEdge> edges;
  /// Port cycles per image of messages: those of one writer, which a core takes
  /// once, however many of its items read them.
  std::vector<CoreCycles> arrivals;
  uint64_t cores = 0;         // only the first so many are used; 0: all
  std::vector<bool> excluded; // cores that are not used either; empty: none

  /// No more than the machine has.
  uint32_t numCores() const {
    uint64_t all = machine->numCores();
    return cores ? std::min(cores, all) : all;
  }

  bool isUsable(NodeId core) const {
    return core < numCores() && (excluded.empty() || !excluded[core]);
  }

  /// The first of each run of cores of one type: what holds of it holds of all
  /// of them.
  std::vector<NodeId> firstOfTypes() const;

  /// Crossbars that the item needs on this core: 0 where it needs none, nothing
  /// where the core has no crossbars with enough rows, columns and bits.
  std::optional<uint32_t> crossbarsOn(uint32_t item, NodeId core) const;
  /// Busy cycles per image of a core that hosts these items: DPU and SRAM (over
  /// its ports) add up, each arrival once; MVMs add up as `mvm_concurrency`
  /// says: all crossbars take turns, groups take turns, or all crossbars run at
  /// once, where only items of a pack take turns.
  CoreLoad coreLoad(NodeId core, llvm::ArrayRef<uint32_t> items) const;

  /// Edges name items, items name arrivals, fixed nodes exist, matrices are
  /// whole.
  llvm::Error check() const;
  /// Crossbars, contexts and SRAM of no core are exceeded, no two items share a
  /// crossbar but those of a pack, whose cells are apart, and fixed items are
  /// where they must be.
  llvm::Error verifyFit(const PlacementSolution &solution) const;
  /// The same, and the figures are right.
  llvm::Error verify(const PlacementSolution &solution) const;
};

/// Minimises the busy time of the busiest core, then bytes * hops. Longest
/// processing time first onto the least busy core (so empty cores are taken
/// first), an exchange phase on the busiest core, cores relabelled greedily in
/// pipeline order, then a seeded annealing that never raises the maximum. The
/// same problem and options give the same answer. Fails with what is short and
/// the layers that take most where the items do not fit; a fit that exists may
/// be missed. Cores beyond `cores`, and those that are excluded, host nothing;
/// the others may be of any types. What is fixed to a core counts there as all
/// other items do.
llvm::Expected<PlacementSolution>
solvePlacement(const PlacementProblem &problem,
               const PlacementOptions &options = {});

/// Lets items share crossbars (`PackingProblem`) as long as those of one take
/// no more than `cycles` per image together: sets `pack` and where they begin.
/// Returns the crossbars that this saves: 0 where cores have crossbars of
/// different kinds. Nothing may be packed yet.
uint32_t packItems(PlacementProblem &problem, uint64_t cycles);

/// Packs and places. Where all items fit without sharing crossbars and no II is
/// wanted (0), nothing is packed. Where they do not fit, items are packed for
/// about the least time per crossbar with which they do, and packs are split
/// while crossbars are free. For a wanted II items are packed, and placed on as
/// few cores as keep to it, if these are fewer than without packs. The busiest
/// core never exceeds the II because of it.
llvm::Expected<PlacementSolution>
solvePackedPlacement(PlacementProblem &problem, uint64_t ii,
                     const PlacementOptions &options = {});

/// Sum over edges of bytes * hops.
uint64_t placementByteHops(const PlacementProblem &problem,
                           const std::vector<NodeId> &node);

/// The units of each core with their load: inputs of the schedule's bound.
std::vector<ResourceLoad> placementLoads(const PlacementProblem &problem,
                                         const PlacementSolution &solution);

} // namespace cm

#endif // CM_MAPPING_PLACEMENT_H
