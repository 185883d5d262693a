//===- Embedding.cpp - the search for an embedding ------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmbeddingSwaps.h"
#include <cassert>
#include <numeric>
#include <optional>
#include <random>
#include <tuple>

using namespace cm;
using llvm::BitVector;

namespace {
class Search {
public:
  Search(const EmbeddingProblem &problem, uint64_t maxSteps);
  EmbeddingSolution run() {
    EmbeddingSolution solution;
    solution.answer = answer();
    solution.host = std::move(found);
    solution.steps = steps;
    return solution;
  }

private:
  /// Cores that each stage can still be on.
  using Domains = std::vector<BitVector>;

  EmbeddingSolution::Answer answer();
  bool fits(uint32_t stage, uint32_t core) const;
  void findTwins();
  void findCycles(unsigned longest);
  bool put(Domains &domains, uint32_t stage, uint32_t core);
  void takeCrowded(BitVector &domain, uint32_t stage, uint32_t core,
                   uint32_t other) const;
  bool propagate(Domains &domains, BitVector &placed);
  bool hasRoom(const Domains &domains);
  std::optional<uint32_t> choose(const Domains &domains,
                                 const BitVector &placed) const;
  std::vector<uint32_t> coresInOrder(const Domains &domains,
                                     const BitVector &placed, uint32_t stage);
  bool search(Domains domains, BitVector placed);
  bool isAlike(uint32_t core, llvm::ArrayRef<uint32_t> tried,
               const Domains &domains, const BitVector &placed) const;
  void useSwaps();

  const EmbeddingProblem &problem;
  EmbeddingGraph guest, host;
  uint64_t maxSteps, steps = 0, lastStep = 0;
  bool hasJoints;
  std::mt19937 random{1}; // the same sequence everywhere
  Domains initial;
  /// Of each stage, those of its classes of short cycles; of each core, the
  /// same.
  struct Near {
    std::vector<BitVector> stages, cores;
  };
  std::vector<Near> near; // for triangles, and for cycles of up to 4
  std::vector<std::vector<uint32_t>> twins; // of each stage
  std::optional<EmbeddingSwaps> swaps;      // instead of the twins
  std::vector<uint64_t> weight; // how often a stage had no core left
  std::vector<uint32_t> found;
};
} // namespace

//===----------------------------------------------------------------------===//
// Conditions
//===----------------------------------------------------------------------===//

/// Whether the surroundings of the core are no smaller than the stage's.
bool Search::fits(uint32_t stage, uint32_t core) const {
  if (host.successors(core).count() < guest.successors(stage).count() ||
      host.predecessors(core).count() < guest.predecessors(stage).count() ||
      host.neighbours(core).count() < guest.neighbours(stage).count())
    return false;
  for (uint32_t radius = 2; radius <= guest.size(); ++radius) {
    size_t wanted = guest.ball(stage, radius).count();
    if (host.ball(core, radius).count() < wanted)
      return false;
    if (wanted == guest.ball(stage, guest.size()).count())
      break;
  }
  return true;
}

/// Stages with the same streams and the same cores are interchangeable.
void Search::findTwins() {
  twins.resize(guest.size());
  for (uint32_t a = 0; a < guest.size(); ++a)
    for (uint32_t b = 0; b < guest.size(); ++b)
      if (a != b && initial[a] == initial[b] &&
          guest.successors(a) == guest.successors(b) &&
          guest.predecessors(a) == guest.predecessors(b))
        twins[a].push_back(b);
}

/// Joins those that have a member in common.
static void joinMeeting(std::vector<BitVector> &sets) {
  for (size_t i = 0; i < sets.size();) {
    auto meeting = std::find_if(
        sets.begin(), sets.begin() + i,
        [&](const BitVector &other) { return other.anyCommon(sets[i]); });
    if (meeting == sets.begin() + i) {
      ++i;
      continue;
    }
    *meeting |= sets[i];
    sets.erase(sets.begin() + i);
    i = 0; // it may meet others now
  }
}

/// Streams that short cycles join go onto links that such cycles join: their
/// stages are in one class of cores, which has as many at least. Where no core
/// is in two classes, cycles that share a stage are in one class, too.
void Search::findCycles(unsigned longest) {
  std::vector<BitVector> stages = guest.cycleClasses(longest);
  if (stages.empty())
    return;
  std::vector<BitVector> cores = host.cycleClasses(longest);
  Near result{std::vector<BitVector>(guest.size(), BitVector(guest.size())),
              std::vector<BitVector>(host.size(), BitVector(host.size()))};
  bool areApart = true;
  for (const BitVector &some : cores)
    for (uint32_t core : some.set_bits()) {
      areApart &= result.cores[core].none();
      result.cores[core] |= some;
    }
  if (areApart)
    joinMeeting(stages);
  for (const BitVector &some : stages) {
    BitVector large(host.size());
    for (const BitVector &those : cores)
      if (those.count() >= some.count())
        large |= those;
    for (uint32_t stage : some.set_bits()) {
      result.stages[stage] |= some;
      initial[stage] &= large;
    }
  }
  near.push_back(std::move(result));
}

Search::Search(const EmbeddingProblem &problem, uint64_t maxSteps)
    : problem(problem), guest(problem.stages, problem.streams),
      host(problem.cores, problem.links), maxSteps(maxSteps),
      hasJoints(problem.cores <= 1024),
      initial(problem.stages, BitVector(problem.cores)),
      weight(problem.stages, 1) {
  if (hasJoints) {
    guest.findJoints();
    host.findJoints();
  }
  std::vector<uint32_t> all(problem.cores);
  std::iota(all.begin(), all.end(), 0);
  for (uint32_t stage = 0; stage < problem.stages; ++stage)
    for (uint32_t core : problem.allowed.empty() ? all : problem.allowed[stage])
      if (fits(stage, core))
        initial[stage].set(core);
  findCycles(3);
  findCycles(4);
  findTwins();
}

/// Takes from the domain of `other` the cores that have fewer cores around
/// themselves and `core` than there are stages around `other` and `stage`.
void Search::takeCrowded(BitVector &domain, uint32_t stage, uint32_t core,
                         uint32_t other) const {
  const EmbeddingGraph::Joint &wanted = guest.joint(stage, other);
  for (uint32_t at : domain.set_bits()) {
    const EmbeddingGraph::Joint &found = host.joint(core, at);
    for (auto [least, size] : llvm::zip(wanted, found))
      if (size < least) {
        domain.reset(at);
        break;
      }
  }
}

/// Takes from all other stages what they cannot be on if `stage` is on `core`.
bool Search::put(Domains &domains, uint32_t stage, uint32_t core) {
  for (uint32_t other = 0; other < guest.size(); ++other) {
    if (other == stage)
      continue;
    BitVector &domain = domains[other];
    domain.reset(core);
    if (guest.successors(stage).test(other))
      domain &= host.successors(core);
    if (guest.predecessors(stage).test(other))
      domain &= host.predecessors(core);
    for (const Near &kind : near)
      if (kind.stages[stage].test(other))
        domain &= kind.cores[core];
    uint32_t distance = guest.distance(stage, other);
    if (distance != ~0u && distance > 1)
      domain &= host.ball(core, distance);
    if (uint32_t shared = guest.shared(stage, other); shared > 0)
      for (int at = domain.find_first(); at >= 0; at = domain.find_next(at))
        if (host.shared(core, at) < shared)
          domain.reset(at);
    if (hasJoints && distance <= 2)
      takeCrowded(domain, stage, core, other);
    if (domain.none()) {
      ++weight[other];
      return false;
    }
  }
  for (uint32_t twin : twins[stage]) {
    if (twin < stage)
      domains[twin].reset(core, host.size());
    else
      domains[twin].reset(0, core);
  }
  return true;
}

/// Whether stages in order of the size of their domains leave each other a
/// core: k stages need k cores between them.
bool Search::hasRoom(const Domains &domains) {
  std::vector<std::pair<size_t, uint32_t>> bySize;
  for (uint32_t stage = 0; stage < domains.size(); ++stage)
    bySize.push_back({domains[stage].count(), stage});
  llvm::sort(bySize);
  BitVector all(host.size());
  size_t count = 0;
  for (auto [size, stage] : bySize) {
    all |= domains[stage];
    if (all.count() < ++count) {
      ++weight[stage];
      return false;
    }
  }
  return true;
}

/// Puts stages that have one core left there, until none has.
bool Search::propagate(Domains &domains, BitVector &placed) {
  for (bool again = true; again;) {
    again = false;
    for (uint32_t stage = 0; stage < guest.size(); ++stage) {
      if (placed.test(stage))
        continue;
      if (domains[stage].none()) {
        ++weight[stage];
        return false;
      }
      if (domains[stage].count() > 1)
        continue;
      placed.set(stage);
      again = true;
      if (!put(domains, stage, domains[stage].find_first()))
        return false;
    }
  }
  return hasRoom(domains);
}

//===----------------------------------------------------------------------===//
// Search
//===----------------------------------------------------------------------===//

/// The stage with the fewest cores for how often it had none.
std::optional<uint32_t> Search::choose(const Domains &domains,
                                       const BitVector &placed) const {
  std::optional<uint32_t> best;
  auto cost = [&](uint32_t stage) {
    return double(domains[stage].count()) /
           (weight[stage] * (1 + guest.neighbours(stage).count()));
  };
  for (uint32_t stage = 0; stage < guest.size(); ++stage)
    if (!placed.test(stage) && (!best || cost(stage) < cost(*best)))
      best = stage;
  return best;
}

/// Cores next to many that are taken come first: what is packed leaves room.
/// Ties are drawn, so that each restart sees other corners.
std::vector<uint32_t> Search::coresInOrder(const Domains &domains,
                                           const BitVector &placed,
                                           uint32_t stage) {
  BitVector taken(host.size());
  for (uint32_t other : placed.set_bits())
    taken |= domains[other];
  std::vector<std::tuple<int64_t, uint32_t, uint32_t>> order;
  for (uint32_t core : domains[stage].set_bits()) {
    BitVector near = host.neighbours(core);
    near &= taken;
    order.push_back({-int64_t(near.count()), random(), core});
  }
  llvm::sort(order);
  std::vector<uint32_t> cores;
  for (auto [key, tie, core] : order)
    cores.push_back(core);
  return cores;
}

/// Whether what was found of one of the cores that have been tried holds of
/// this one: what is left to be put would have the same cores in another order.
bool Search::isAlike(uint32_t core, llvm::ArrayRef<uint32_t> tried,
                     const Domains &domains, const BitVector &placed) const {
  if (!swaps || tried.empty())
    return false;
  BitVector taken(host.size()), open(host.size());
  for (uint32_t stage : placed.set_bits()) {
    taken |= domains[stage];
    // Without what is not placed.
    BitVector waiting = guest.neighbours(stage);
    waiting.reset(placed);
    if (waiting.any())
      open |= domains[stage];
  }
  return llvm::any_of(tried, [&](uint32_t other) {
    return swaps->areAlike(core, other, taken, open);
  });
}

/// Orders of twins and swaps of cores do not go together: a swap may take a
/// solution to one in another order.
void Search::useSwaps() {
  swaps.emplace(host, initial);
  if (swaps->empty())
    swaps.reset();
  else
    twins.assign(guest.size(), {});
}

bool Search::search(Domains domains, BitVector placed) {
  if (!propagate(domains, placed))
    return false;
  std::optional<uint32_t> stage = choose(domains, placed);
  if (!stage) {
    for (const BitVector &domain : domains)
      found.push_back(domain.find_first());
    return true;
  }
  std::vector<uint32_t> cores = coresInOrder(domains, placed, *stage);
  BitVector before = placed;
  placed.set(*stage);
  for (auto [index, core] : llvm::enumerate(cores)) {
    if (steps == lastStep)
      return false;
    if (isAlike(core, llvm::ArrayRef(cores).take_front(index), domains, before))
      continue;
    ++steps;
    Domains next = domains;
    next[*stage].reset();
    next[*stage].set(core);
    if (put(next, *stage, core) && search(std::move(next), placed))
      return true;
  }
  return false;
}

/// Restarts, each twice as long, keep the weights of the stages: what was hard
/// comes first. Swaps of cores are looked for where that was not enough. A
/// search that ends before its last step has seen all.
EmbeddingSolution::Answer Search::answer() {
  if (host.isBipartite() && !guest.isBipartite())
    return EmbeddingSolution::None;
  constexpr uint64_t swapsFrom = 16'000;
  for (uint64_t length = 1000; steps < maxSteps; length *= 2) {
    if (length == swapsFrom)
      useSwaps();
    lastStep = std::min(maxSteps, steps + length);
    if (search(initial, BitVector(guest.size())))
      return EmbeddingSolution::Found;
    if (steps < lastStep)
      return EmbeddingSolution::None;
  }
  return EmbeddingSolution::Unknown;
}

llvm::Expected<EmbeddingSolution>
cm::solveEmbedding(const EmbeddingProblem &problem, uint64_t maxSteps) {
  if (llvm::Error error = problem.check())
    return std::move(error);
  EmbeddingSolution solution = Search(problem, maxSteps).run();
  assert(!llvm::errorToBool(problem.verify(solution)));
  return solution;
}
