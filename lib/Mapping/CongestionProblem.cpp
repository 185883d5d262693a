//===- CongestionProblem.cpp - what right places are ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sanity of groups and of any places of them.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Congestion.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/STLExtras.h"
#include <map>

using namespace cm;
using llvm::Error;

Error CongestionProblem::check() const {
  for (const CongestionGroup &group : groups) {
    if (group.nodes.empty())
      return makeError("congestion: group '{0}' may be nowhere", group.name);
    for (NodeId node : group.nodes)
      if (node >= machine->numNodes())
        return makeError(
            "congestion: group '{0}' may be on node {1}, there are "
            "{2}",
            group.name, node, machine->numNodes());
  }
  for (const CongestionStream &stream : streams) {
    std::vector<uint32_t> ends = stream.to;
    ends.push_back(stream.from);
    for (uint32_t group : ends)
      if (group >= groups.size())
        return makeError("congestion: stream '{0}' names group {1}, there are "
                         "{2}",
                         stream.name, group, groups.size());
  }
  return Error::success();
}

RoutingProblem
CongestionProblem::routingAt(const std::vector<NodeId> &nodes) const {
  RoutingProblem routing;
  routing.machine = machine;
  for (const CongestionStream &stream : streams) {
    RoutingStream &data = routing.streams.emplace_back();
    data.name = stream.name;
    data.source = nodes[stream.from];
    for (uint32_t group : stream.to)
      data.destinations.push_back(nodes[group]);
    data.payload = stream.payload, data.messages = stream.messages;
    data.credits = stream.credits;
  }
  return routing;
}

Error CongestionProblem::verify(const CongestionSolution &solution) const {
  if (solution.node.size() != groups.size())
    return makeError("congestion: {0} nodes for {1} groups",
                     solution.node.size(), groups.size());
  std::map<NodeId, uint32_t> taken;
  for (uint32_t i = 0; i < groups.size(); ++i) {
    NodeId node = solution.node[i];
    if (!llvm::is_contained(groups[i].nodes, node))
      return makeError("congestion: group '{0}' is on node {1}, where it may "
                       "not be",
                       groups[i].name, node);
    auto [other, isNew] = taken.try_emplace(node, i);
    if (!isNew && machine->isCore(node))
      return makeError("congestion: groups '{0}' and '{1}' are both on {2}",
                       groups[other->second].name, groups[i].name,
                       machine->nodeName(node));
  }
  return routingAt(solution.node).verify(solution.routing);
}
