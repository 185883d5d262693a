//===- Routing.h - streams onto links ---------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The problem of giving every stream its links, what a right answer is, and
// algorithms. Routes are static: one path for each source and destination.
//
//===----------------------------------------------------------------------===//

#ifndef CM_MAPPING_ROUTING_H
#define CM_MAPPING_ROUTING_H

#include "cm/Machine/MachineModel.h"
#include "cm/Mapping/Resource.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cm {

/// How paths are chosen. All of them are shortest.
enum class RoutingStrategy {
  Balanced,       // around busy links
  Shortest,       // over the lowest links, whatever they carry
  DimensionOrder, // on a mesh: along x, then along y
};

/// As options and reports write it.
llvm::StringRef routingName(RoutingStrategy strategy);

/// What one stage sends: a multicast to one node or several. A message crosses
/// each link of the tree once.
struct RoutingStream {
  std::string name;
  NodeId source = 0;
  std::vector<NodeId> destinations; // distinct; the source itself is local
  uint64_t payload = 0;             // bytes of one message
  uint64_t messages = 0;            // per image
  /// Credits per image that each destination returns over the same links where
  /// the machine counts them (`CREDITS_INBAND`). Empty: none.
  std::vector<uint64_t> credits = {};
};

struct RoutingSolution {
  /// Links from source to destination, in order: [stream][destination].
  std::vector<std::vector<std::vector<LinkId>>> paths;
  /// Cycles per image that each link is busy, and bytes that cross it.
  std::vector<uint64_t> linkCycles;
  std::vector<uint64_t> linkBytes;

  /// What is minimised: cycles of the busiest link, then bytes * hops.
  std::pair<uint64_t, uint64_t> cost() const;
};

/// What a stream puts on a link per image.
struct LinkShare {
  uint32_t stream = 0;
  bool isCredit = false; // of the stream's readers, on their way back
  uint64_t bytes = 0;    // headers included
  uint64_t cycles = 0;   // that the link is busy with it
};

struct RoutingProblem {
  const MachineModel *machine = nullptr;
  std::vector<RoutingStream> streams;

  /// Nodes exist, destinations differ, credits are those of destinations.
  llvm::Error check() const;
  /// Paths are continuous from source to destination, no node of a stream's
  /// paths is entered over two links (the tree property) and none twice, and
  /// the loads are those of the paths.
  llvm::Error verify(const RoutingSolution &solution) const;
};

/// `Balanced`: shortest paths that minimise the busiest link on the way, stream
/// by stream in order of falling bytes; rounds of taking out and routing again
/// follow, then of relieving the busiest link; small problems are searched
/// (`searchRouting`). Never worse than the other strategies. Ties go to the
/// lowest link. Fails where `check` does, and where `DimensionOrder` is asked
/// for of a machine that is no mesh.
llvm::Expected<RoutingSolution>
solveRouting(const RoutingProblem &problem,
             RoutingStrategy strategy = RoutingStrategy::Balanced);

/// The least cost of all trees of shortest paths, by branch and bound from
/// `start`. Nothing where there are more than 4096 trees in all, or `steps`
/// trees were tried before the search was over. The problem has passed `check`.
std::optional<RoutingSolution> searchRouting(const RoutingProblem &problem,
                                             const RoutingSolution &start,
                                             uint64_t steps);

/// The trees of shortest paths of each stream, [stream][tree][destination];
/// nothing where there are more than `most` in all.
std::optional<std::vector<std::vector<std::vector<std::vector<LinkId>>>>>
shortestTrees(const RoutingProblem &problem, size_t most);

/// No routes, shortest or not, of these streams between these nodes keep the
/// busiest link to fewer cycles, if each message takes one tree: the largest of
/// a stream on one link, what leaves or enters a set of cores over the links
/// that do (cores alone, those within some hops of a core, rows and columns of
/// a mesh), and all links together.
ResourceLoad routingBound(const RoutingProblem &problem);

/// Links of a cycle in which each is followed by the next on some path, in
/// order; empty where there is none. Queues that streams share could block
/// forever along it.
std::vector<LinkId> channelCycle(const RoutingProblem &problem,
                                 const RoutingSolution &solution);

/// Who puts what on each link, by link, in order of streams.
std::vector<std::vector<LinkShare>> linkShares(const RoutingProblem &problem,
                                               const RoutingSolution &solution);

/// Fills in the loads that the paths cause.
void countRoutingLoads(const RoutingProblem &problem,
                       RoutingSolution &solution);

/// Each link that carries something with its busy cycles: inputs of the
/// schedule's bound.
std::vector<ResourceLoad> routingLoads(const RoutingProblem &problem,
                                       const RoutingSolution &solution);

} // namespace cm

#endif // CM_MAPPING_ROUTING_H
