//===- PlacementParts.cpp - on machines that fall apart -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A part is tried with the cores of all others left out.
//
//===----------------------------------------------------------------------===//

#include "PlacementParts.h"
#include "PlacementError.h"
#include "RoutingLoads.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/STLExtras.h"
#include <map>
#include <set>

using namespace cm;
using llvm::Error;
using llvm::Expected;

std::vector<MachinePart> cm::partsOf(const MachineModel &machine) {
  llvm::EquivalenceClasses<NodeId> joined;
  for (NodeId core = 0; core < machine.numCores(); ++core)
    joined.insert(core);
  for (const LinkModel &link : machine.links())
    if (forwards(machine, link.from) && forwards(machine, link.to))
      joined.unionSets(link.from, link.to);
  std::map<NodeId, MachinePart> parts; // by leader
  for (NodeId core = 0; core < machine.numCores(); ++core)
    parts[joined.getLeaderValue(core)].cores.push_back(core);
  for (NodeId node = machine.numCores(); node < machine.numNodes(); ++node) {
    if (forwards(machine, node))
      continue;
    std::set<NodeId> reached;
    for (LinkId link : machine.linksFrom(node))
      reached.insert(joined.getLeaderValue(machine.link(link).to));
    for (NodeId leader : reached)
      parts[leader].ioNodes.push_back(node);
  }
  std::vector<MachinePart> result;
  for (auto &[leader, part] : parts)
    if (!part.cores.empty())
      result.push_back(std::move(part));
  llvm::stable_sort(result, [](const MachinePart &a, const MachinePart &b) {
    return a.cores.size() != b.cores.size() ? a.cores.size() > b.cores.size()
                                            : a.cores[0] < b.cores[0];
  });
  return result;
}

/// "3 parts that have no paths to each other, of 5, 2, 1 cores".
static std::string sizesOf(llvm::ArrayRef<MachinePart> parts) {
  std::string text = llvm::formatv(
      "{0} parts that have no paths to each other, of", parts.size());
  for (size_t i = 0; i < std::min<size_t>(parts.size(), 8); ++i)
    text += llvm::formatv("{0} {1}", i ? "," : "", parts[i].cores.size());
  return text + (parts.size() > 8 ? ", .. cores" : " cores");
}

/// The first item that is fixed to a node beyond the part.
static const PlacementItem *findOutside(const PlacementProblem &problem,
                                        const MachinePart &part) {
  for (const PlacementItem &item : problem.items)
    if (item.fixed && !llvm::is_contained(part.cores, *item.fixed) &&
        !llvm::is_contained(part.ioNodes, *item.fixed))
      return &item;
  return nullptr;
}

/// No part has all nodes that items are fixed to: two of them have no route.
static Error haveNoRoute(const PlacementProblem &problem,
                         llvm::ArrayRef<MachinePart> parts) {
  const PlacementItem *first = nullptr;
  for (const PlacementItem &item : problem.items)
    if (item.fixed && !first)
      first = &item;
  const PlacementItem *other = first;
  for (const MachinePart &part : parts)
    if (const PlacementItem *outside = findOutside(problem, part);
        outside && outside != first)
      other = outside;
  return makeError("'{0}' on {1} and '{2}' on {3} have no route between them: "
                   "machine '{4}' falls into {5}, none of which is joined to "
                   "both",
                   first->name, problem.machine->nodeName(*first->fixed),
                   other->name, problem.machine->nodeName(*other->fixed),
                   problem.machine->name(), sizesOf(parts));
}

Expected<PlacementSolution>
cm::placeInOnePart(const PlacementProblem &problem,
                   llvm::ArrayRef<MachinePart> parts,
                   const PlacementOptions &options) {
  std::string reason;
  for (const MachinePart &part : parts) {
    if (findOutside(problem, part))
      continue;
    PlacementProblem inPart = problem;
    inPart.excluded.assign(problem.machine->numCores(), true);
    bool anyUsed = false;
    for (NodeId core : part.cores) {
      inPart.excluded[core] = false;
      anyUsed |= core < problem.numCores();
    }
    if (!anyUsed)
      continue;
    Expected<PlacementSolution> solution = solvePlacement(inPart, options);
    if (solution) {
      solution->loadBound = placementLoadBound(problem);
      return solution;
    }
    std::string text = llvm::toString(solution.takeError());
    if (reason.empty())
      reason = std::move(text);
  }
  if (reason.empty())
    return haveNoRoute(problem, parts);
  return makeError("{0}; machine '{1}' falls into {2}", reason,
                   problem.machine->name(), sizesOf(parts));
}
