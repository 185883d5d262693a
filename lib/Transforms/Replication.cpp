//===- Replication.cpp - copies on whole cores ----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tries numbers of copies on whole cores, from the bound on.
//
//===----------------------------------------------------------------------===//

#include "cm/Transforms/Replication.h"
#include "cm/Support/Error.h"
#include <numeric>

using namespace cm;

namespace {
/// Copies, and a placement of them.
struct Trial {
  std::vector<uint64_t> copies;
  uint64_t ii = 0;     // of the busiest core
  uint64_t excess = 0; // over the target, of all cores together
};
} // namespace

/// Places copies; nothing where they do not fit the cores.
static std::optional<Trial> tryCopies(const GraphReplication &replication,
                                      const std::vector<uint64_t> &copies,
                                      uint64_t target, uint64_t cores) {
  PlacementProblem problem = replication.placement(copies);
  problem.cores = cores;
  PlacementOptions options;
  options.moves = 0;
  llvm::Expected<PlacementSolution> solution = solvePlacement(problem, options);
  if (!solution) {
    llvm::consumeError(solution.takeError());
    return std::nullopt;
  }
  std::vector<std::vector<uint32_t>> hosted(problem.numCores());
  for (auto [item, node] : llvm::enumerate(solution->node))
    hosted[node].push_back(item);
  Trial trial{
      copies,
      std::max(solution->maxLoad, replication.problem.slowestOf(copies)), 0};
  for (auto [core, items] : llvm::enumerate(hosted))
    if (uint64_t load = problem.coreLoad(core, items).max(); load > target)
      trial.excess += load - target;
  return trial;
}

/// Layers by the stages that their copies have, fewest first.
static std::vector<uint32_t>
layersByStages(const ReplicationProblem &problem,
               const std::vector<uint64_t> &copies) {
  std::vector<uint32_t> order(copies.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::stable_sort(order, [&](uint32_t a, uint32_t b) {
    return copies[a] * problem.layers[a].stages.size() <
           copies[b] * problem.layers[b].stages.size();
  });
  return order;
}

/// The fewest copies for `target`, and then of some layers more where that
/// takes load off cores that exceed it: smaller copies fill the gaps that
/// others leave. Each copy has streams from all copies before it, so more must
/// be worth something. Nothing where the copies do not fit the cores.
static std::optional<Trial> refine(const GraphReplication &replication,
                                   uint64_t target, uint64_t cores) {
  const ReplicationProblem &problem = replication.problem;
  std::optional<Trial> best =
      tryCopies(replication, problem.fewestCopies(target), target, cores);
  if (!best)
    return std::nullopt;
  auto attempt = [&](uint32_t layer, uint64_t factor) {
    std::vector<uint64_t> copies = best->copies;
    copies[layer] =
        std::min(factor * copies[layer], problem.layers[layer].maxCopies);
    if (copies == best->copies)
      return;
    std::optional<Trial> trial = tryCopies(replication, copies, target, cores);
    if (trial && trial->excess < best->excess - best->excess / 16)
      best = std::move(trial);
  };
  for (uint32_t layer : layersByStages(problem, best->copies))
    for (uint64_t factor : {2, 4})
      if (best->excess > 0)
        attempt(layer, factor);
  return best;
}

/// The graph as it is: cm-place packs it, or says what is short.
static ReplicationChoice oneOfEach(const ReplicationProblem &problem,
                                   std::string limit) {
  ReplicationChoice choice;
  choice.copies.assign(problem.layers.size(), 1);
  choice.cores = problem.cores.size();
  choice.limit = std::move(limit);
  return choice;
}

/// No copies yet, but what bounds them.
static ReplicationChoice withBound(const ReplicationProblem &problem,
                                   const ReplicationSolution &bound) {
  assert(!llvm::errorToBool(problem.verify(bound)));
  ReplicationChoice choice;
  choice.cores = problem.cores.size();
  choice.iiBound = bound.ii;
  choice.limit = bound.limit;
  return choice;
}

llvm::Expected<ReplicationChoice>
cm::leastInterval(const GraphReplication &replication, uint64_t from) {
  const ReplicationProblem &least = replication.least;
  llvm::Expected<ReplicationSolution> bound = solveReplication(least);
  if (!bound)
    return oneOfEach(least, llvm::toString(bound.takeError()));
  ReplicationChoice choice = withBound(least, *bound);
  // Where whole cores do not share as well as the bound, a larger II may.
  uint64_t first = std::max(bound->ii, from);
  for (uint64_t target = first;
       choice.copies.empty() ? target <= 16 * first : target < choice.ii;
       target += target / 32 + 1) {
    std::optional<Trial> trial = refine(replication, target, choice.cores);
    if (!trial ||
        (!choice.copies.empty() && trial->ii >= choice.ii - choice.ii / 100))
      continue;
    choice.ii = trial->ii;
    choice.copies = std::move(trial->copies);
  }
  if (choice.copies.empty())
    choice.copies.assign(least.layers.size(), 1);
  return choice;
}

llvm::Expected<ReplicationChoice>
cm::fewestCores(const GraphReplication &replication, uint64_t ii) {
  const ReplicationProblem &least = replication.least;
  if (llvm::Error error = solveReplication(least).takeError())
    return oneOfEach(least, llvm::toString(std::move(error)));
  llvm::Expected<ReplicationSolution> bound = solveReplicationFor(least, ii);
  if (!bound)
    return bound.takeError();
  ReplicationChoice choice = withBound(least, *bound);
  for (uint64_t cores = bound->cores; cores <= least.cores.size();
       cores += cores / 64 + 1) {
    std::optional<Trial> trial = refine(replication, ii, cores);
    if (!trial || trial->ii > ii)
      continue;
    choice.ii = trial->ii;
    choice.cores = cores;
    choice.copies = std::move(trial->copies);
    return choice;
  }
  return makeError(
      "no placement on {0} cores keeps to an II of {1} cycles; {2} "
      "cores would do if work were shared perfectly, by {3}",
      least.cores.size(), ii, bound->cores, bound->limit);
}
