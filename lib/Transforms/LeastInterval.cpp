//===- LeastInterval.cpp - what no program can beat -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The schedule keeps a uniform pace and predicts costs; a chip that is not
// paced may be faster. Here are only costs that every program has: of a stage's
// own units, of those that the stages of a core share, of I/O nodes, of links.
//
//===----------------------------------------------------------------------===//

#include "cm/Transforms/Problems.h"
#include "llvm/Support/MathExtras.h"

using namespace cm;

/// The busiest unit of the node itself.
static uint64_t leastCyclesOf(const StageNode &node,
                              const MachineModel &machine) {
  switch (node.role) {
  case StageNode::Compute:
    return leastImageTiming(node, machine, node.place()).max();
  case StageNode::Input:
    return node.domain.size() *
           iterationTiming(node, machine, node.place()).dpuLoads;
  case StageNode::Output:
    return 0;
  }
  llvm_unreachable("no such role");
}

ResourceLoad cm::leastInterval(const StageGraph &graph,
                               const MachineModel &machine) {
  PlacementProblem placement =
      placementProblem(graph, machine, SramCosts::Least);
  std::vector<ResourceLoad> loads =
      placementLoads(placement, currentPlacement(placement, graph));
  GraphRouting routing = routingProblem(graph, machine);
  llvm::append_range(
      loads, routingLoads(routing.problem, currentRouting(routing, graph)));
  for (const StageNode &node : graph.nodes)
    loads.push_back(
        {"stage '" + node.name().str() + "'", leastCyclesOf(node, machine)});
  ResourceLoad bound{"nothing", 1};
  for (const ResourceLoad &load : loads)
    if (load.cycles > bound.cycles)
      bound = load;
  return bound;
}
