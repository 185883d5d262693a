//===- Congestion.cpp - places for the sake of links ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Late acceptance: a move is taken if it is no worse than what was there so
// many moves ago. Integers only, so that all machines find the same.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Congestion.h"
#include "RoutingLoads.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <random>

using namespace cm;
using llvm::Error;
using llvm::Expected;

namespace {
/// Powers of loads, summed.
using Power = unsigned __int128;

class Exchange {
public:
  Exchange(const CongestionProblem &problem, const std::vector<NodeId> &start,
           const CongestionOptions &options);

  /// The places of the least sums that were seen, the least last.
  std::vector<std::vector<NodeId>> run();

private:
  struct Move {
    uint32_t group;
    NodeId node;
    uint32_t other; // group that is there, or `nobody`
  };

  static constexpr uint32_t nobody = ~0u;

  std::optional<Move> draw();
  void apply(const Move &move);
  /// Takes the streams of the groups off their links, or puts them on.
  void collectStreams(const Move &move);
  void add(bool isOn);
  Power powerOf(uint64_t cycles) const {
    Power scaled = cycles >> shift;
    return scaled * scaled * scaled * scaled;
  }

  const CongestionProblem &problem;
  const CongestionOptions &options;
  std::mt19937_64 random;
  std::vector<NodeId> nodes;
  std::vector<uint32_t> groupAt;                // by node
  std::vector<std::vector<uint32_t>> streamsOf; // of each group
  std::vector<uint32_t> movable;                // groups
  RoutingProblem routing;
  std::vector<StreamCost> costs;
  std::vector<StreamPaths> paths;
  std::unique_ptr<PlainPaths> router;
  std::vector<uint64_t> load; // cycles of each link
  unsigned shift = 0;         // loads keep to 24 bits
  Power sum = 0;
  uint64_t byteHops = 0;
  std::vector<uint32_t> touched; // streams of a move
  LinkMarks marks;
  uint64_t visits = 0; // of links, by all moves
};
} // namespace

Exchange::Exchange(const CongestionProblem &problem,
                   const std::vector<NodeId> &start,
                   const CongestionOptions &options)
    : problem(problem), options(options), random(options.seed), nodes(start),
      groupAt(problem.machine->numNodes(), nobody),
      streamsOf(problem.groups.size()), routing(problem.routingAt(start)),
      paths(problem.streams.size()), router(plainPaths(*problem.machine)),
      load(problem.machine->links().size(), 0), marks(*problem.machine) {
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    groupAt[nodes[i]] = i;
    if (problem.groups[i].nodes.size() > 1)
      movable.push_back(i);
  }
  uint64_t most = 0;
  for (uint32_t i = 0; i < problem.streams.size(); ++i) {
    const CongestionStream &stream = problem.streams[i];
    costs.emplace_back(*problem.machine, routing.streams[i]);
    most = llvm::SaturatingAdd(most,
                               costs[i].message.cyclesAt(1) * stream.messages);
    streamsOf[stream.from].push_back(i);
    for (uint32_t group : stream.to)
      if (group != stream.from)
        streamsOf[group].push_back(i);
    touched.push_back(i);
  }
  while (most >> shift >= uint64_t(1) << 24)
    ++shift;
  add(true);
}

void Exchange::add(bool isOn) {
  for (uint32_t index : touched) {
    RoutingStream &stream = routing.streams[index];
    if (isOn) {
      const CongestionStream &data = problem.streams[index];
      stream.source = nodes[data.from];
      paths[index].clear();
      for (size_t k = 0; k < data.to.size(); ++k) {
        stream.destinations[k] = nodes[data.to[k]];
        paths[index].push_back(
            router->path(stream.source, stream.destinations[k]));
      }
    }
    for (const std::vector<LinkId> &path : paths[index])
      visits += path.size();
    costs[index].forEachLink(
        paths[index], marks,
        [&](LinkId link, bool, uint64_t bytes, uint64_t cycles) {
          sum -= powerOf(load[link]);
          load[link] += isOn ? cycles : -cycles;
          sum += powerOf(load[link]);
          byteHops += isOn ? bytes : -bytes;
        });
  }
}

std::optional<Exchange::Move> Exchange::draw() {
  uint32_t group = movable[random() % movable.size()];
  auto isAllowed = [&](uint32_t group, NodeId node) {
    const std::vector<NodeId> &nodes = problem.groups[group].nodes;
    return std::binary_search(nodes.begin(), nodes.end(), node);
  };
  const std::vector<NodeId> &choices = problem.groups[group].nodes;
  NodeId node = choices[random() % choices.size()];
  // Half of the time next to something that it is joined to by a stream.
  if (random() % 2 && !streamsOf[group].empty()) {
    const CongestionStream &stream =
        problem.streams[streamsOf[group][random() % streamsOf[group].size()]];
    uint32_t friendGroup = stream.from != group
                               ? stream.from
                               : stream.to[random() % stream.to.size()];
    llvm::ArrayRef<LinkId> links =
        problem.machine->linksFrom(nodes[friendGroup]);
    node = problem.machine->link(links[random() % links.size()]).to;
    if (!isAllowed(group, node))
      return std::nullopt;
  }
  if (node == nodes[group])
    return std::nullopt;
  uint32_t other = groupAt[node];
  if (other != nobody && !isAllowed(other, nodes[group]))
    return std::nullopt;
  return Move{group, node, other};
}

void Exchange::collectStreams(const Move &move) {
  touched = streamsOf[move.group];
  if (move.other != nobody)
    llvm::append_range(touched, streamsOf[move.other]);
  llvm::sort(touched);
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
}

void Exchange::apply(const Move &move) {
  collectStreams(move);
  add(false);
  NodeId home = nodes[move.group];
  nodes[move.group] = move.node;
  groupAt[move.node] = move.group;
  groupAt[home] = move.other;
  if (move.other != nobody)
    nodes[move.other] = home;
  add(true);
}

std::vector<std::vector<NodeId>> Exchange::run() {
  std::vector<std::vector<NodeId>> best;
  if (movable.empty())
    return best;
  auto cost = [&] { return std::make_pair(sum, byteHops); };
  auto bestCost = cost();
  constexpr size_t memory = 500;
  std::vector<std::pair<Power, uint64_t>> before(memory, bestCost);
  uint64_t moves = std::min<uint64_t>(options.moves, 2000 * movable.size());
  for (uint64_t i = 0; i < moves && visits < options.visits; ++i) {
    std::optional<Move> move = draw();
    if (!move)
      continue;
    auto old = cost();
    NodeId home = nodes[move->group];
    apply(*move);
    if (cost() > before[i % memory] && cost() > old)
      apply({move->group, home, move->other});
    if (cost() < bestCost)
      bestCost = cost(), best.push_back(nodes);
    before[i % memory] = cost();
  }
  return best;
}

/// Routes the last of the places well, and keeps what is better.
static void takeBetter(const CongestionProblem &problem,
                       const std::vector<std::vector<NodeId>> &places,
                       RoutingStrategy strategy, CongestionSolution &solution) {
  bool isSmall = problem.streams.size() < 100;
  size_t tried = std::min<size_t>(places.size(), isSmall ? 16 : 2);
  for (size_t i = places.size() - tried; i < places.size(); ++i) {
    auto routing = solveRouting(problem.routingAt(places[i]), strategy);
    if (!routing)
      llvm::consumeError(routing.takeError()); // `start` is routed
    else if (routing->cost() < solution.routing.cost())
      solution = {places[i], std::move(*routing)};
  }
}

Expected<CongestionSolution>
cm::solveCongestion(const CongestionProblem &problem,
                    const std::vector<NodeId> &start,
                    const CongestionOptions &options) {
  if (Error error = problem.check())
    return std::move(error);
  auto routing = solveRouting(problem.routingAt(start), options.strategy);
  if (!routing)
    return routing.takeError();
  CongestionSolution solution{start, std::move(*routing)};
  if (Error error = problem.verify(solution))
    return std::move(error);
  takeBetter(problem, Exchange(problem, start, options).run(), options.strategy,
             solution);
  bool isSmall = problem.groups.size() <= 8 &&
                 problem.machine->numNodes() <= 256 &&
                 options.strategy == RoutingStrategy::Balanced;
  if (options.steps && isSmall)
    if (auto best = searchCongestion(problem, options.steps);
        best && best->routing.cost() < solution.routing.cost())
      return std::move(*best);
  return solution;
}
