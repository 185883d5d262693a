//===- Routing.h - streams onto links ---------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The problem of giving every stream its links, what a right answer is, and an
// algorithm. Routes are static: one path for each source and destination.
//
//===----------------------------------------------------------------------===//

#ifndef CM_MAPPING_ROUTING_H
#define CM_MAPPING_ROUTING_H

#include "cm/Machine/MachineModel.h"
#include "cm/Mapping/Resource.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>
#include <vector>

namespace cm {

/// What one stage sends: a multicast to one node or several. A message crosses
/// each link of the tree once.
struct RoutingStream {
  std::string name;
  NodeId source = 0;
  std::vector<NodeId> destinations; // distinct; the source itself is local
  uint64_t payload = 0;             // bytes of one message
  uint64_t messages = 0;            // per image
};

struct RoutingSolution {
  /// Links from source to destination, in order: [stream][destination].
  std::vector<std::vector<std::vector<LinkId>>> paths;
  /// Cycles per image that each link is busy, and bytes that cross it.
  std::vector<uint64_t> linkCycles;
  std::vector<uint64_t> linkBytes;
};

struct RoutingProblem {
  const MachineModel *machine = nullptr;
  std::vector<RoutingStream> streams;

  llvm::Error check() const;
  /// Paths are continuous from source to destination, no node of a stream's
  /// paths is entered over two links (the tree property) and none twice, and
  /// the loads are those of the paths.
  llvm::Error verify(const RoutingSolution &solution) const;
};

/// Shortest paths that minimise the busiest link on the way, stream by stream
/// in order of falling bytes; two rounds of taking out and routing again
/// follow. Ties go to the lowest link. Streams that want to join a node that
/// their tree has reached follow the tree. Fails only where `check` does: a
/// machine is connected.
llvm::Expected<RoutingSolution> solveRouting(const RoutingProblem &problem);

/// Fills in the loads that the paths cause.
void countRoutingLoads(const RoutingProblem &problem,
                       RoutingSolution &solution);

/// Each link that carries something with its busy cycles: inputs of the
/// schedule's bound.
std::vector<ResourceLoad> routingLoads(const RoutingProblem &problem,
                                       const RoutingSolution &solution);

} // namespace cm

#endif // CM_MAPPING_ROUTING_H
