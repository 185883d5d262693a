//===- RelieveLinks.cpp - other cores for busy links ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The nodes that a graph uses are the groups of a congestion problem.
//
//===----------------------------------------------------------------------===//

#include "RelieveLinks.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/MapVector.h"

using namespace cm;

namespace {
/// Used nodes, and their groups.
struct UsedNodes {
  uint32_t groupOf(NodeId node) {
    return groups.insert({node, uint32_t(groups.size())}).first->second;
  }
  llvm::MapVector<NodeId, uint32_t> groups;
};
} // namespace

/// Cores whose contents stay where they are: something is fixed there, or what
/// is there sends and receives nothing over links.
static llvm::BitVector lockedNodes(const PlacementProblem &problem,
                                   const PlacementSolution &solution,
                                   const UsedNodes &used) {
  llvm::BitVector locked(problem.machine->numNodes());
  for (auto [item, node] : llvm::zip(problem.items, solution.node))
    if (item.fixed == node || !used.groups.count(node))
      locked.set(node);
  return locked;
}

/// Nodes where what is on `node` may go: cores of its type, of those that are
/// used at all, that are not locked.
static std::vector<NodeId> choicesOf(const PlacementProblem &problem,
                                     const llvm::BitVector &locked,
                                     NodeId node) {
  const MachineModel &machine = *problem.machine;
  if (!machine.isCore(node) || locked.test(node))
    return {node};
  std::vector<NodeId> choices;
  for (NodeId core = 0; core < problem.numCores(); ++core)
    if (&machine.core(core) == &machine.core(node) && !locked.test(core))
      choices.push_back(core);
  return choices;
}

static CongestionProblem congestionProblem(const PlacementProblem &problem,
                                           const PlacementSolution &solution,
                                           const RoutingProblem &routing,
                                           UsedNodes &used) {
  CongestionProblem result;
  result.machine = problem.machine;
  for (const RoutingStream &stream : routing.streams) {
    CongestionStream &data = result.streams.emplace_back();
    data.name = stream.name;
    data.from = used.groupOf(stream.source);
    for (NodeId node : stream.destinations)
      data.to.push_back(used.groupOf(node));
    data.payload = stream.payload, data.messages = stream.messages;
    data.credits = stream.credits;
  }
  llvm::BitVector locked = lockedNodes(problem, solution, used);
  for (auto [node, group] : used.groups)
    result.groups.push_back(
        {problem.machine->nodeName(node), choicesOf(problem, locked, node)});
  return result;
}

llvm::Error cm::relieveLinks(StageGraph &graph, const MachineModel &machine,
                             const PlacementProblem &problem, uint64_t ii,
                             const CongestionOptions &options,
                             PlacementSolution &solution) {
  GraphRouting routing = routingProblem(graph, machine);
  llvm::Expected<RoutingSolution> routes =
      solveRouting(routing.problem, options.strategy);
  if (!routes)
    return routes.takeError();
  if (routes->cost().first <= std::max(solution.maxLoad, ii))
    return llvm::Error::success();
  UsedNodes used;
  CongestionProblem congestion =
      congestionProblem(problem, solution, routing.problem, used);
  std::vector<NodeId> start;
  for (auto [node, group] : used.groups)
    start.push_back(node);
  llvm::Expected<CongestionSolution> better =
      solveCongestion(congestion, start, options);
  if (!better)
    return better.takeError();
  assert(!llvm::errorToBool(congestion.verify(*better)));
  for (NodeId &node : solution.node)
    if (auto group = used.groups.find(node); group != used.groups.end())
      node = better->node[group->second];
  solution.byteHops = placementByteHops(problem, solution.node);
  for (auto [node, place] : llvm::zip(graph.nodes, solution.node))
    node.op->setAttr(
        "place", mlir::Builder(node.op->getContext()).getI64IntegerAttr(place));
  return llvm::Error::success();
}
