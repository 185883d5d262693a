//===- CongestionSearch.cpp - the best places of all ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Puts groups on nodes one by one, in order, as long as the bound of the
// streams between those that have one allows something better.
//
//===----------------------------------------------------------------------===//

#include "RoutingLoads.h"
#include "cm/Mapping/Congestion.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/STLExtras.h"

using namespace cm;

namespace {
class PlaceSearch {
public:
  PlaceSearch(const CongestionProblem &problem, uint64_t steps)
      : problem(problem), steps(steps), nodes(problem.groups.size(), nowhere),
        taken(problem.machine->numNodes()) {}

  bool run() {
    branch(0);
    return !isOut;
  }

  std::optional<CongestionSolution> best;

private:
  static constexpr NodeId nowhere = ~NodeId(0);

  void branch(uint32_t group);
  void finish();
  bool cannotBeat(uint32_t placed) const;

  const CongestionProblem &problem;
  uint64_t steps;
  bool isOut = false;
  std::vector<NodeId> nodes;
  llvm::BitVector taken;
};
} // namespace

/// Whether what is known of streams between the first groups is as bad as the
/// best already.
bool PlaceSearch::cannotBeat(uint32_t placed) const {
  if (!best)
    return false;
  RoutingProblem known;
  known.machine = problem.machine;
  uint64_t bytes = 0; // * hops, at least: a link to each node of a stream
  for (const CongestionStream &stream : problem.streams) {
    RoutingStream data;
    data.name = stream.name;
    data.payload = stream.payload, data.messages = stream.messages;
    data.source = nodes[stream.from];
    uint64_t links = 0;
    for (uint32_t group : stream.to) {
      links += group != stream.from;
      if (stream.from < placed && group < placed)
        data.destinations.push_back(nodes[group]);
    }
    bytes += links * StreamCost(*problem.machine, data).bytes();
    if (stream.from < placed)
      known.streams.push_back(std::move(data));
  }
  if (llvm::Error error = known.check()) {
    llvm::consumeError(std::move(error));
    return true; // no routes
  }
  return std::make_pair(routingBound(known).cycles, bytes) >=
         best->routing.cost();
}

void PlaceSearch::finish() {
  RoutingProblem routing = problem.routingAt(nodes);
  llvm::Expected<RoutingSolution> start =
      solveRouting(routing, RoutingStrategy::Shortest);
  if (!start)
    return llvm::consumeError(start.takeError());
  std::optional<RoutingSolution> found = searchRouting(routing, *start, steps);
  if (!found)
    isOut = true;
  else if (!best || found->cost() < best->routing.cost())
    best = {nodes, std::move(*found)};
}

void PlaceSearch::branch(uint32_t group) {
  if (steps == 0)
    isOut = true;
  if (isOut)
    return;
  --steps;
  if (cannotBeat(group))
    return;
  if (group == nodes.size())
    return finish();
  for (NodeId node : problem.groups[group].nodes) {
    if (taken.test(node))
      continue;
    bool isCore = problem.machine->isCore(node);
    nodes[group] = node;
    if (isCore)
      taken.set(node);
    branch(group + 1);
    taken.reset(node);
  }
  nodes[group] = nowhere;
}

std::optional<CongestionSolution>
cm::searchCongestion(const CongestionProblem &problem, uint64_t steps) {
  PlaceSearch search(problem, steps);
  if (!search.run())
    return std::nullopt;
  return std::move(search.best);
}
