//===- Reduction.cpp - adding the sums of row tiles -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The cost of heaps of row tiles, by going through them.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Reduction.h"
#include "cm/Support/Error.h"
#include <algorithm>

using namespace cm;
using llvm::Error;
using llvm::Expected;

std::vector<int64_t> cm::childrenOf(int64_t index, int64_t rowTiles,
                                    int64_t fanIn) {
  std::vector<int64_t> children;
  int64_t number = rowTiles - 1 - index;
  int64_t end = std::min(rowTiles, fanIn * (number + 1) + 1);
  for (int64_t child = fanIn * number + 1; child < end; ++child)
    children.push_back(rowTiles - 1 - child);
  return children;
}

/// All arrive one after the other at the port, are loaded and added.
uint64_t ReductionProblem::latency(int64_t fanIn) const {
  std::vector<uint64_t> done(rowTiles, 0);
  for (int64_t index = 0; index < rowTiles; ++index) {
    uint64_t last = 0;
    std::vector<int64_t> children = childrenOf(index, rowTiles, fanIn);
    for (int64_t child : children)
      last = std::max(last, done[child] + messageCycles);
    done[index] =
        last + children.size() * (storeCycles + loadCycles + addCycles);
  }
  return done.back();
}

uint64_t ReductionProblem::service(int64_t fanIn) const {
  // The last tile has as many children as any and more to do.
  uint64_t children = std::min(fanIn, rowTiles - 1);
  uint64_t loads = children * loadCycles;
  return std::max({mvmCycles, portCycles + loads + children * storeCycles,
                   lastCycles + children * addCycles,
                   (5 + children) * controlCycles});
}

Error ReductionProblem::check() const {
  if (rowTiles < 1)
    return makeError("reduction of '{0}': row tiles must be at least 1, found "
                     "{1}",
                     name, rowTiles);
  return Error::success();
}

Error ReductionProblem::verify(const ReductionSolution &solution) const {
  if (solution.fanIn < minFanIn() || solution.fanIn > maxFanIn())
    return makeError("reduction of '{0}': a fan-in of {1}, expected {2} to {3}",
                     name, solution.fanIn, minFanIn(), maxFanIn());
  if (wanted == Reduction::Auto && service(solution.fanIn) > service(1))
    return makeError("reduction of '{0}': with a fan-in of {1} a tile is busy "
                     "for {2} cycles, in a chain for {3}",
                     name, solution.fanIn, service(solution.fanIn), service(1));
  if (solution.latency != latency(solution.fanIn) ||
      solution.service != service(solution.fanIn))
    return makeError("reduction of '{0}': latency {1} and service {2} are "
                     "said, {3} and {4} are found",
                     name, solution.latency, solution.service,
                     latency(solution.fanIn), service(solution.fanIn));
  return Error::success();
}

Expected<ReductionSolution>
cm::solveReduction(const ReductionProblem &problem) {
  if (Error error = problem.check())
    return std::move(error);
  int64_t first = problem.minFanIn(), last = problem.maxFanIn();
  ReductionSolution best{first, problem.latency(first), problem.service(first)};
  for (int64_t fanIn = first + 1; fanIn <= last; ++fanIn) {
    ReductionSolution next{fanIn, problem.latency(fanIn),
                           problem.service(fanIn)};
    bool slows =
        problem.wanted == Reduction::Auto && next.service > problem.service(1);
    if (!slows && next.latency < best.latency)
      best = next;
  }
  return best;
}
