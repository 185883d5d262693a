//===- PackingProblem.cpp - what a right packing is -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sanity of the input and of any packing, and a bound.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Packing.h"
#include "cm/Support/Error.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <numeric>

using namespace cm;
using llvm::Error;

bool PackingProblem::mayMeet(uint32_t a, uint32_t b) const {
  const PackingItem &x = items[a], &y = items[b];
  bool apart = x.rows + y.rows <= rows || x.cols + y.cols <= cols;
  return apart && x.cycles + y.cycles <= cycles &&
         (bytes == 0 || x.bytes + y.bytes <= bytes) && contexts != 1;
}

Error PackingProblem::check() const {
  if (rows < 1 || cols < 1)
    return makeError("packing: crossbars of {0}x{1} cells", rows, cols);
  for (const PackingItem &item : items) {
    if (item.rows < 1 || item.cols < 1 || item.rows > rows || item.cols > cols)
      return makeError("packing: '{0}' has {1}x{2} cells, a crossbar {3}x{4}",
                       item.name, item.rows, item.cols, rows, cols);
    if (item.cycles > cycles)
      return makeError("packing: '{0}' takes {1} cycles, at most {2} are "
                       "possible",
                       item.name, item.cycles, cycles);
    if (bytes && item.bytes > bytes)
      return makeError("packing: '{0}' takes {1} bytes, at most {2} are "
                       "possible",
                       item.name, item.bytes, bytes);
  }
  return Error::success();
}

static Error checkPlace(const PackingProblem &problem, uint32_t index,
                        const PackingSolution &solution) {
  const PackingItem &item = problem.items[index];
  const PackingPlace &place = solution.place[index];
  if (place.crossbar >= solution.crossbars)
    return makeError("packing: '{0}' is on crossbar {1}, there are {2}",
                     item.name, place.crossbar, solution.crossbars);
  if (place.row < 0 || place.row + item.rows > problem.rows || place.col < 0 ||
      place.col + item.cols > problem.cols)
    return makeError("packing: '{0}' begins at row {1} and column {2}, where "
                     "its {3}x{4} cells leave the crossbar",
                     item.name, place.row, place.col, item.rows, item.cols);
  for (uint32_t other = 0; other < index; ++other) {
    const PackingItem &left = problem.items[other];
    const PackingPlace &taken = solution.place[other];
    if (taken.crossbar == place.crossbar && taken.row < place.row + item.rows &&
        place.row < taken.row + left.rows &&
        taken.col < place.col + item.cols && place.col < taken.col + left.cols)
      return makeError("packing: '{0}' and '{1}' share cells of crossbar {2}",
                       left.name, item.name, place.crossbar);
  }
  return Error::success();
}

/// What the items of one crossbar need together.
static Error checkSums(const PackingProblem &problem, uint32_t crossbar,
                       const PackingSolution &solution, uint64_t &cycles) {
  uint64_t bytes = 0, count = 0;
  cycles = 0;
  for (uint32_t i = 0; i < problem.items.size(); ++i) {
    if (solution.place[i].crossbar != crossbar)
      continue;
    cycles += problem.items[i].cycles;
    bytes += problem.items[i].bytes;
    ++count;
  }
  if (count == 0)
    return makeError("packing: crossbar {0} is empty", crossbar);
  if (cycles > problem.cycles)
    return makeError(
        "packing: crossbar {0} is busy for {1} cycles, at most {2} "
        "are possible",
        crossbar, cycles, problem.cycles);
  if (problem.bytes && bytes > problem.bytes)
    return makeError("packing: crossbar {0} takes {1} bytes, at most {2} are "
                     "possible",
                     crossbar, bytes, problem.bytes);
  if (problem.contexts && count > problem.contexts)
    return makeError("packing: crossbar {0} has {1} matrices, at most {2} are "
                     "possible",
                     crossbar, count, problem.contexts);
  return Error::success();
}

Error PackingProblem::verify(const PackingSolution &solution) const {
  if (solution.place.size() != items.size())
    return makeError("packing: {0} places for {1} items", solution.place.size(),
                     items.size());
  for (uint32_t i = 0; i < items.size(); ++i)
    if (Error error = checkPlace(*this, i, solution))
      return error;
  uint64_t busiest = 0;
  for (uint32_t crossbar = 0; crossbar < solution.crossbars; ++crossbar) {
    uint64_t cycles;
    if (Error error = checkSums(*this, crossbar, solution, cycles))
      return error;
    busiest = std::max(busiest, cycles);
  }
  if (solution.maxCycles != busiest)
    return makeError(
        "packing: the busiest crossbar is said to take {0} cycles, "
        "{1} are found",
        solution.maxCycles, busiest);
  if (solution.bound > solution.crossbars)
    return makeError("packing: the bound of {0} is above the {1} crossbars",
                     solution.bound, solution.crossbars);
  // What is proved optimal is a bound, too.
  if (!solution.isOptimal && solution.bound != packingBound(*this))
    return makeError("packing: the bound is said to be {0}, {1} is found",
                     solution.bound, packingBound(*this));
  return Error::success();
}

/// Items of which no two may meet need a crossbar each. The largest first.
static uint32_t cliqueBound(const PackingProblem &problem) {
  std::vector<uint32_t> order(problem.items.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    const PackingItem &x = problem.items[a], &y = problem.items[b];
    return std::make_pair(x.cycles, x.rows * x.cols) >
           std::make_pair(y.cycles, y.rows * y.cols);
  });
  std::vector<uint32_t> clique;
  for (uint32_t item : order)
    if (std::none_of(clique.begin(), clique.end(), [&](uint32_t other) {
          return problem.mayMeet(item, other);
        }))
      clique.push_back(item);
  return clique.size();
}

uint32_t cm::packingBound(const PackingProblem &problem) {
  uint64_t cells = 0, cycles = 0, bytes = 0;
  for (const PackingItem &item : problem.items) {
    cells += uint64_t(item.rows) * item.cols;
    cycles += item.cycles;
    bytes += item.bytes;
  }
  uint64_t bound = llvm::divideCeil(cells, problem.rows * problem.cols);
  if (problem.cycles)
    bound = std::max(bound, llvm::divideCeil(cycles, problem.cycles));
  if (problem.bytes)
    bound = std::max(bound, llvm::divideCeil(bytes, problem.bytes));
  if (problem.contexts)
    bound = std::max<uint64_t>(
        bound, llvm::divideCeil(problem.items.size(), problem.contexts));
  return std::max<uint64_t>(bound, cliqueBound(problem));
}
