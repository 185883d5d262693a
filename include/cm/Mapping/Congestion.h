//===- Congestion.h - places for the sake of links --------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which core takes which group of stages so that the busiest link is the least
// busy. What a group holds is settled, so cores are as busy on any place.
//
//===----------------------------------------------------------------------===//

#ifndef CM_MAPPING_CONGESTION_H
#define CM_MAPPING_CONGESTION_H

#include "cm/Mapping/Routing.h"

namespace cm {

/// Stages that share a node, and the nodes where they may be.
struct CongestionGroup {
  std::string name;
  std::vector<NodeId> nodes; // rising; one of an I/O node
};

/// As RoutingStream, with groups for nodes.
struct CongestionStream {
  std::string name;
  uint32_t from = 0;
  std::vector<uint32_t> to; // distinct
  uint64_t payload = 0, messages = 0;
  std::vector<uint64_t> credits = {};
};

struct CongestionSolution {
  std::vector<NodeId> node; // of each group
  RoutingSolution routing;
};

struct CongestionProblem {
  const MachineModel *machine = nullptr;
  std::vector<CongestionGroup> groups;
  std::vector<CongestionStream> streams;

  /// Groups may be somewhere, streams join groups.
  llvm::Error check() const;
  /// Each group is where it may be, no two share a core, and routes are right.
  llvm::Error verify(const CongestionSolution &solution) const;
  /// The streams of groups at these nodes.
  RoutingProblem routingAt(const std::vector<NodeId> &nodes) const;
};

struct CongestionOptions {
  uint64_t seed = 1;
  RoutingStrategy strategy = RoutingStrategy::Balanced; // of the routes
  uint64_t moves = 50000;     // of the exchange; fewer for few groups
  uint64_t visits = 10000000; // of links by these moves
  uint64_t steps = 3000;      // of an exact search, which may well find nothing
};

/// Minimises the cycles of the busiest link, then bytes * hops: exchanges
/// groups from `start` on, by the fourth powers of the loads of plain routes;
/// what is then routed well and better than `start` is taken, so the result is
/// never worse with that strategy. Small problems with balanced routes are
/// searched exactly. The same input gives the same answer. Fails where `start`
/// has no routes.
llvm::Expected<CongestionSolution>
solveCongestion(const CongestionProblem &problem,
                const std::vector<NodeId> &start,
                const CongestionOptions &options = {});

/// The least cost of all places and trees of shortest paths, by branch and
/// bound; nothing where `steps` places and trees were tried before the search
/// was over, or no places have routes. For small problems that pass `check`.
std::optional<CongestionSolution>
searchCongestion(const CongestionProblem &problem, uint64_t steps);

} // namespace cm

#endif // CM_MAPPING_CONGESTION_H
