//===- RoutingProblem.cpp - what right routes are -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sanity of the input, loads of any routes, and a check that follows every
// path.
//
//===----------------------------------------------------------------------===//

#include "RoutingLoads.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/STLExtras.h"
#include <numeric>

using namespace cm;
using llvm::Error;

std::pair<uint64_t, uint64_t> RoutingSolution::cost() const {
  uint64_t busiest = 0;
  for (uint64_t cycles : linkCycles)
    busiest = std::max(busiest, cycles);
  return {busiest,
          std::accumulate(linkBytes.begin(), linkBytes.end(), uint64_t(0))};
}

//===----------------------------------------------------------------------===//
// Input
//===----------------------------------------------------------------------===//

Error RoutingProblem::check() const {
  for (const RoutingStream &stream : streams) {
    std::vector<NodeId> nodes = stream.destinations;
    nodes.push_back(stream.source);
    for (NodeId node : nodes)
      if (node >= machine->numNodes())
        return makeError("routing: stream '{0}' names node {1}, there are {2}",
                         stream.name, node, machine->numNodes());
    nodes.pop_back();
    std::sort(nodes.begin(), nodes.end());
    auto twice = std::adjacent_find(nodes.begin(), nodes.end());
    if (twice != nodes.end())
      return makeError("routing: stream '{0}' goes to {1} twice", stream.name,
                       machine->nodeName(*twice));
    if (!stream.credits.empty() && stream.credits.size() != nodes.size())
      return makeError("routing: stream '{0}' has credits of {1} readers, "
                       "expected {2}",
                       stream.name, stream.credits.size(), nodes.size());
  }
  return Error::success();
}

llvm::StringRef cm::routingName(RoutingStrategy strategy) {
  static const llvm::StringLiteral names[] = {"balanced", "shortest", "xy"};
  return names[int(strategy)];
}

//===----------------------------------------------------------------------===//
// Loads
//===----------------------------------------------------------------------===//

std::vector<std::vector<LinkShare>>
cm::linkShares(const RoutingProblem &problem, const RoutingSolution &solution) {
  std::vector<std::vector<LinkShare>> shares(problem.machine->links().size());
  LinkMarks marks(*problem.machine);
  for (uint32_t i = 0; i < problem.streams.size(); ++i) {
    StreamCost cost(*problem.machine, problem.streams[i]);
    cost.forEachLink(
        solution.paths[i], marks,
        [&](LinkId link, bool isCredit, uint64_t bytes, uint64_t cycles) {
          std::vector<LinkShare> &all = shares[link];
          if (!all.empty() && all.back().stream == i &&
              all.back().isCredit == isCredit) {
            all.back().bytes += bytes; // credits of several destinations
            all.back().cycles += cycles;
          } else {
            all.push_back({i, isCredit, bytes, cycles});
          }
        });
  }
  return shares;
}

void cm::countRoutingLoads(const RoutingProblem &problem,
                           RoutingSolution &solution) {
  solution.linkCycles.assign(problem.machine->links().size(), 0);
  solution.linkBytes.assign(problem.machine->links().size(), 0);
  LinkMarks marks(*problem.machine);
  for (size_t i = 0; i < problem.streams.size(); ++i)
    StreamCost(*problem.machine, problem.streams[i])
        .forEachLink(solution.paths[i], marks,
                     [&](LinkId link, bool, uint64_t bytes, uint64_t cycles) {
                       solution.linkBytes[link] += bytes;
                       solution.linkCycles[link] += cycles;
                     });
}

std::vector<ResourceLoad> cm::routingLoads(const RoutingProblem &problem,
                                           const RoutingSolution &solution) {
  std::vector<ResourceLoad> loads;
  for (LinkId link = 0; link < solution.linkCycles.size(); ++link)
    if (solution.linkCycles[link])
      loads.push_back({"link " + problem.machine->linkName(link),
                       solution.linkCycles[link]});
  return loads;
}

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

/// Follows one path; `entry` holds the link over which the stream's paths enter
/// each node.
static Error verifyPath(const MachineModel &machine,
                        const RoutingStream &stream, NodeId destination,
                        const std::vector<LinkId> &path,
                        std::vector<LinkId> &entry) {
  NodeId node = stream.source;
  for (LinkId link : path) {
    if (link >= machine.links().size() || machine.link(link).from != node)
      return makeError(
          "routing: the path of stream '{0}' to {1} does not go on "
          "from {2}",
          stream.name, machine.nodeName(destination), machine.nodeName(node));
    if (node != stream.source && !machine.forwards(node))
      return makeError(
          "routing: the path of stream '{0}' to {1} passes through "
          "{2}",
          stream.name, machine.nodeName(destination), machine.nodeName(node));
    node = machine.link(link).to;
    if (node == stream.source || (entry[node] != noLink && entry[node] != link))
      return makeError("routing: the paths of stream '{0}' enter {1} twice",
                       stream.name, machine.nodeName(node));
    entry[node] = link;
  }
  if (node != destination)
    return makeError("routing: the path of stream '{0}' to {1} ends at {2}",
                     stream.name, machine.nodeName(destination),
                     machine.nodeName(node));
  return Error::success();
}

Error RoutingProblem::verify(const RoutingSolution &solution) const {
  if (solution.paths.size() != streams.size())
    return makeError("routing: {0} trees for {1} streams",
                     solution.paths.size(), streams.size());
  for (size_t i = 0; i < streams.size(); ++i) {
    const RoutingStream &stream = streams[i];
    if (solution.paths[i].size() != stream.destinations.size())
      return makeError("routing: stream '{0}' has {1} paths for {2} "
                       "destinations",
                       stream.name, solution.paths[i].size(),
                       stream.destinations.size());
    std::vector<LinkId> entry(machine->numNodes(), noLink);
    for (size_t k = 0; k < stream.destinations.size(); ++k)
      if (Error error = verifyPath(*machine, stream, stream.destinations[k],
                                   solution.paths[i][k], entry))
        return error;
  }
  RoutingSolution counted;
  counted.paths = solution.paths;
  countRoutingLoads(*this, counted);
  if (counted.linkCycles != solution.linkCycles ||
      counted.linkBytes != solution.linkBytes)
    return makeError("routing: the link loads are not those of the paths");
  return Error::success();
}
