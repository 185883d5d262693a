//===- Placement.cpp - stages onto cores ----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Longest processing time first, exchanges on the busiest core, relabelling of
// cores, annealing of the traffic.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Placement.h"
#include "PlacementError.h"
#include "PlacementPacks.h"
#include "PlacementState.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <numeric>
#include <random>

using namespace cm;
using llvm::Error;
using llvm::Expected;

//===----------------------------------------------------------------------===//
// Balance
//===----------------------------------------------------------------------===//

namespace {
/// Looks for the core that is the least busy with one more item, of equal ones
/// that with the fewest items.
struct BestCore {
  BestCore(const PlacementState &state, uint32_t item)
      : state(state), item(item) {}

  void consider(NodeId candidate) {
    // More items are never less busy: most cores need no closer look.
    std::pair<uint64_t, size_t> least = {state.load(candidate),
                                         state.hosted(candidate).size() + 1};
    if (core != PlacementState::nowhere && least >= cost)
      return;
    std::vector<uint32_t> hosted = state.hosted(candidate);
    hosted.push_back(item);
    if (!state.fits(candidate, hosted))
      return;
    std::pair<uint64_t, size_t> next = {
        state.problem.coreLoad(candidate, hosted).max(), hosted.size()};
    if (core == PlacementState::nowhere || next < cost) {
      core = candidate;
      cost = next;
    }
  }

  const PlacementState &state;
  uint32_t item;
  NodeId core = PlacementState::nowhere;
  std::pair<uint64_t, size_t> cost;
};
} // namespace

/// Puts each item on its best core. False where one does not fit; `state` then
/// holds those before it.
static bool placeInOrder(PlacementState &state,
                         llvm::ArrayRef<uint32_t> order) {
  for (uint32_t item : order) {
    BestCore best(state, item);
    std::vector<NodeId> cores = state.candidates();
    for (bool empty : {true, false}) // empty ones mostly are the best
      for (NodeId core : cores)
        if (state.hosted(core).empty() == empty)
          best.consider(core);
    if (best.core == PlacementState::nowhere)
      return false;
    state.place(item, best.core);
  }
  return true;
}

namespace {
/// Items that change cores: `item` goes to `core`, and `other`, if any, comes
/// back.
struct Exchange {
  uint32_t item = 0;
  NodeId core = 0;
  uint32_t other = PlacementState::nowhere;
};
} // namespace

/// Takes load off the busiest core by the move or swap that leaves the two
/// cores least busy, as long as there is one.
static bool relieveBusiest(PlacementState &state) {
  NodeId busiest = state.busiest();
  uint64_t best = state.load(busiest);
  if (llvm::any_of(state.hosted(busiest), [&](uint32_t item) {
        return state.leastLoad(item) >= best;
      }))
    return false; // nowhere is the item less load
  std::optional<Exchange> choice;
  auto consider = [&](const Exchange &exchange) {
    std::optional<uint64_t> load =
        state.loadAfter(exchange.item, exchange.core, exchange.other);
    if (load && *load < best) {
      best = *load;
      choice = exchange;
    }
  };
  std::vector<NodeId> cores = state.candidates();
  for (uint32_t item : state.hosted(busiest)) {
    if (state.problem.items[item].fixed)
      continue;
    for (NodeId core : cores) {
      if (core == busiest)
        continue;
      consider({item, core});
      for (uint32_t other : state.hosted(core))
        if (!state.problem.items[other].fixed)
          consider({item, core, other});
    }
  }
  if (!choice)
    return false;
  state.exchange(choice->item, choice->core, choice->other);
  return true;
}

static bool balance(PlacementState &state, bool crossbarsFirst) {
  const PlacementProblem &problem = state.problem;
  std::vector<uint32_t> order;
  for (uint32_t i = 0; i < problem.items.size(); ++i)
    if (!problem.items[i].fixed)
      order.push_back(i);
    else if (problem.machine->isCore(*problem.items[i].fixed))
      state.place(i, *problem.items[i].fixed);
  std::vector<std::pair<uint32_t, uint64_t>> keys(problem.items.size());
  for (uint32_t item : order)
    keys[item] = {crossbarsFirst ? state.crossbars(item) : 0,
                  state.leastLoad(item)};
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return keys[a] > keys[b]; });
  if (!placeInOrder(state, order))
    return false;
  for (int round = 0; round < 1000 && relieveBusiest(state); ++round)
    ;
  return true;
}

//===----------------------------------------------------------------------===//
// Traffic
//===----------------------------------------------------------------------===//

/// Gives the contents of the cores, in pipeline order, the core of the same
/// type that is nearest to what has been placed.
static void relabel(PlacementState &state) {
  std::vector<NodeId> groups;
  for (NodeId core = 0; core < state.numCores(); ++core)
    if (!state.hosted(core).empty())
      groups.push_back(core);
  std::sort(groups.begin(), groups.end(), [&](NodeId a, NodeId b) {
    return state.hosted(a).front() < state.hosted(b).front();
  });
  std::vector<std::vector<uint32_t>> contents;
  std::vector<NodeId> from;
  for (NodeId core : groups) {
    bool hasFixed = llvm::any_of(state.hosted(core), [&](uint32_t item) {
      return state.problem.items[item].fixed.has_value();
    });
    if (hasFixed)
      continue;
    contents.push_back(state.hosted(core));
    from.push_back(core);
  }
  for (const std::vector<uint32_t> &group : contents)
    for (uint32_t item : group)
      state.remove(item);
  std::vector<NodeId> free; // in ascending order
  for (NodeId core = 0; core < state.numCores(); ++core)
    if (state.hosted(core).empty())
      free.push_back(core);
  for (size_t i = 0; i < contents.size(); ++i) {
    std::vector<NodeId> empty;
    for (NodeId core : free)
      if (state.sameType(core, from[i]))
        empty.push_back(core);
    std::vector<uint64_t> costs = state.traffic(contents[i], empty);
    size_t best = std::min_element(costs.begin(), costs.end()) - costs.begin();
    for (uint32_t item : contents[i])
      state.place(item, empty[best]);
    free.erase(std::lower_bound(free.begin(), free.end(), empty[best]));
  }
}

namespace {
/// Anneals bytes * hops. No move raises the busiest core above where it was,
/// breaks a limit, or empties a core into one that is in use.
class Annealing {
public:
  Annealing(PlacementState &state, const PlacementOptions &options)
      : state(state), options(options), random(options.seed),
        limit(state.load(state.busiest())) {
    for (uint32_t i = 0; i < state.problem.items.size(); ++i)
      if (!state.problem.items[i].fixed)
        movable.push_back(i);
  }

  void run();

private:
  uint64_t pick(uint64_t count) { return random() % count; }
  bool accept(int64_t delta) {
    return delta <= 0 || uint64_t(delta) < threshold();
  }
  /// With a probability of exp(-x / temperature) above x, to one part in 2^16
  /// and with integers only, so that all machines draw the same.
  uint64_t threshold();
  void tryExchange();
  void trySwapCores();

  PlacementState &state;
  const PlacementOptions &options;
  std::mt19937_64 random;
  uint64_t limit;
  uint64_t temperature = 1; // bytes * hops, times 256
  std::vector<uint32_t> movable;
};
} // namespace

uint64_t Annealing::threshold() {
  // -ln(u) of a uniform u in (0, 1): its binary exponent, and between powers of
  // two the area under 1/x in 64 steps.
  uint64_t u = random() | 1;
  unsigned zeros = llvm::countl_zero(u);
  uint64_t mantissa = (u << zeros) >> 48; // 2^15 to 2^16 - 1
  uint64_t ln = 0;                        // of 2^16 / mantissa, times 2^16
  for (uint64_t x = mantissa, step = (65536 - mantissa) / 64 + 1; x < 65536;
       x += step) {
    uint64_t end = std::min<uint64_t>(x + step, 65536);
    ln += ((end - x) << 17) / (x + end);
  }
  constexpr uint64_t ln2 = 45426; // times 2^16
  return llvm::SaturatingMultiply(temperature, zeros * ln2 + ln) >> 24;
}

void Annealing::tryExchange() {
  uint32_t item = movable[pick(movable.size())];
  uint32_t other = PlacementState::nowhere;
  NodeId core;
  if (pick(2)) {
    other = movable[pick(movable.size())];
    core = state.node(other);
  } else {
    core = pick(state.numCores());
    if (state.hosted(state.node(item)).size() == 1 &&
        !state.hosted(core).empty())
      return;
  }
  if (core == state.node(item))
    return;
  std::optional<uint64_t> load = state.loadAfter(item, core, other);
  if (!load || *load > limit)
    return;
  NodeId home = state.node(item);
  int64_t before = state.trafficOf(item, other);
  state.exchange(item, core, other);
  if (!accept(int64_t(state.trafficOf(item, other)) - before))
    state.exchange(item, home, other);
}

void Annealing::trySwapCores() {
  NodeId a = pick(state.numCores()), b = pick(state.numCores());
  if (a == b || !state.sameType(a, b) || state.hasFixed(a) ||
      state.hasFixed(b) || (state.hosted(a).empty() && state.hosted(b).empty()))
    return;
  int64_t before = state.trafficOfCores(a, b);
  state.swapCores(a, b);
  if (!accept(int64_t(state.trafficOfCores(a, b)) - before))
    state.swapCores(a, b);
}

void Annealing::run() {
  if (movable.empty() || state.numCores() < 2)
    return;
  constexpr uint64_t steps = 100;
  uint64_t moves = std::min<uint64_t>(options.moves, 4000 * movable.size());
  uint64_t best = state.totalTraffic();
  std::vector<NodeId> bestNodes = state.nodes();
  uint64_t edges = std::max<size_t>(1, state.problem.edges.size());
  // Falls to a thousandth: 0.9326 to the power of 99.
  temperature = std::max<uint64_t>(1, best / edges) * 256;
  for (uint64_t step = 0; step < steps && best > 0; ++step) {
    for (uint64_t move = 0; move < moves / steps; ++move)
      pick(3) ? tryExchange() : trySwapCores();
    if (uint64_t now = state.totalTraffic(); now < best) {
      best = now;
      bestNodes = state.nodes();
    }
    temperature = std::max<uint64_t>(1, temperature / 10000 * 9326 +
                                            temperature % 10000 * 9326 / 10000);
  }
  state.assign(bestNodes);
}

//===----------------------------------------------------------------------===//
// Solution
//===----------------------------------------------------------------------===//

static PlacementSolution finish(const PlacementState &state) {
  PlacementSolution solution;
  const PlacementProblem &problem = state.problem;
  std::vector<uint32_t> used(state.numCores(), 0);
  for (uint32_t i = 0; i < problem.items.size(); ++i) {
    NodeId node = state.node(i);
    solution.node.push_back(node);
    solution.firstCrossbar.push_back(0);
  }
  // Packs first: others take what is behind them (`firstFreeCrossbars`).
  for (bool isPack : {true, false})
    for (uint32_t i = 0; i < problem.items.size(); ++i) {
      uint32_t needed = problem.crossbarsOn(i, solution.node[i]).value_or(0);
      if (needed == 0 || problem.items[i].isPack != isPack)
        continue;
      solution.firstCrossbar[i] = used[solution.node[i]];
      used[solution.node[i]] += needed;
    }
  solution.maxLoad = state.load(state.busiest());
  solution.loadBound = placementLoadBound(problem);
  solution.byteHops = state.totalTraffic();
  return solution;
}

Expected<PlacementSolution>
cm::solvePlacement(const PlacementProblem &problem,
                   const PlacementOptions &options) {
  if (Error error = problem.check())
    return std::move(error);
  if (llvm::any_of(problem.items,
                   [](auto &item) { return item.pack.has_value(); }))
    return placePacks(problem, options);
  if (Error error = checkPlacementTotals(problem))
    return std::move(error);
  std::optional<PlacementState> state(std::in_place, problem);
  if (!balance(*state, /*crossbarsFirst=*/false)) {
    state.emplace(problem);
    if (!balance(*state, /*crossbarsFirst=*/true))
      return placementDoesNotFit(*state);
  }
  relabel(*state);
  Annealing(*state, options).run();
  PlacementSolution solution = finish(*state);
  if (Error error =
          problem.verify(solution)) // items fixed where they do not fit
    return std::move(error);
  return solution;
}
