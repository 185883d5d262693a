//===- PackingSearch.cpp - packings of few matrices, proved ---------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Branch and bound over which items meet; whether a set of items fits one
// crossbar is found by trying all places that matter.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Packing.h"
#include <algorithm>
#include <map>
#include <numeric>
#include <set>

using namespace cm;

namespace {
class PackingSearch {
public:
  PackingSearch(const PackingProblem &problem, uint64_t steps)
      : problem(problem), steps(steps), places(problem.items.size()) {
    order.resize(problem.items.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      return cellsOf(a) > cellsOf(b);
    });
  }

  std::optional<PackingSolution> run();

private:
  using Set = std::vector<uint32_t>; // items, in `order`

  int64_t cellsOf(uint32_t item) const {
    return problem.items[item].rows * problem.items[item].cols;
  }
  bool spend() { return used++ < steps; }
  /// All items of the set have a place in one crossbar; `places` has them.
  bool fits(const Set &set);
  bool placeFrom(const Set &set, size_t index, const std::set<int64_t> &rows,
                 const std::set<int64_t> &cols);
  bool isWithinLimits(const Set &set, uint64_t &cycles) const;
  void assign(size_t index, uint64_t busiest);

  const PackingProblem &problem;
  uint64_t steps, used = 0;
  std::vector<uint32_t> order;
  std::vector<Set> crossbars;
  std::vector<PackingPlace> places; // of the set that `fits` looked at last
  std::map<Set, std::optional<std::vector<PackingPlace>>> known;
  std::optional<PackingSolution> best;
};
} // namespace

bool PackingSearch::isWithinLimits(const Set &set, uint64_t &cycles) const {
  uint64_t bytes = 0;
  int64_t cells = 0;
  cycles = 0;
  for (uint32_t item : set) {
    cycles += problem.items[item].cycles;
    bytes += problem.items[item].bytes;
    cells += cellsOf(item);
  }
  return cycles <= problem.cycles && cells <= problem.rows * problem.cols &&
         (problem.bytes == 0 || bytes <= problem.bytes) &&
         (problem.contexts == 0 || set.size() <= problem.contexts);
}

/// All sums of some of the extents that leave room for another.
static std::set<int64_t> sumsBelow(const std::vector<int64_t> &extents,
                                   int64_t limit) {
  std::set<int64_t> sums{0};
  for (int64_t extent : extents) {
    std::set<int64_t> more = sums;
    for (int64_t sum : sums)
      if (sum + extent < limit)
        more.insert(sum + extent);
    sums = std::move(more);
  }
  return sums;
}

/// Any packing can be pushed up and left until each item begins at a sum of
/// extents of others.
bool PackingSearch::fits(const Set &set) {
  auto found = known.find(set);
  if (found == known.end()) {
    std::vector<int64_t> rows, cols;
    for (uint32_t item : set) {
      rows.push_back(problem.items[item].rows);
      cols.push_back(problem.items[item].cols);
    }
    bool fit = placeFrom(set, 0, sumsBelow(rows, problem.rows),
                         sumsBelow(cols, problem.cols));
    found = known.emplace(set, std::nullopt).first;
    if (fit)
      found->second = places;
  }
  if (found->second)
    places = *found->second;
  return found->second.has_value();
}

bool PackingSearch::placeFrom(const Set &set, size_t index,
                              const std::set<int64_t> &rows,
                              const std::set<int64_t> &cols) {
  if (index == set.size())
    return true;
  const PackingItem &item = problem.items[set[index]];
  for (int64_t row : rows)
    for (int64_t col : cols) {
      if (row + item.rows > problem.rows || col + item.cols > problem.cols)
        continue;
      if (!spend())
        return false;
      bool apart = true;
      for (size_t k = 0; k < index && apart; ++k) {
        const PackingItem &other = problem.items[set[k]];
        const PackingPlace &taken = places[set[k]];
        apart = taken.row >= row + item.rows || row >= taken.row + other.rows ||
                taken.col >= col + item.cols || col >= taken.col + other.cols;
      }
      if (!apart)
        continue;
      places[set[index]] = {0, row, col};
      if (placeFrom(set, index + 1, rows, cols))
        return true;
    }
  return false;
}

void PackingSearch::assign(size_t index, uint64_t busiest) {
  if (!spend() ||
      (best && std::make_pair(uint32_t(crossbars.size()), busiest) >=
                   std::make_pair(best->crossbars, best->maxCycles)))
    return;
  if (index == order.size()) {
    best.emplace();
    best->crossbars = crossbars.size();
    best->maxCycles = busiest;
    best->place.resize(order.size());
    for (uint32_t c = 0; c < crossbars.size(); ++c) {
      fits(crossbars[c]);
      for (uint32_t item : crossbars[c])
        best->place[item] = {c, places[item].row, places[item].col};
    }
    return;
  }
  uint32_t item = order[index];
  for (size_t c = 0; c < crossbars.size(); ++c) {
    uint64_t cycles;
    crossbars[c].push_back(item);
    Set set = crossbars[c];
    if (isWithinLimits(set, cycles) && fits(set))
      assign(index + 1, std::max(busiest, cycles));
    crossbars[c].pop_back();
  }
  crossbars.push_back({item});
  assign(index + 1, std::max(busiest, problem.items[item].cycles));
  crossbars.pop_back();
}

std::optional<PackingSolution> PackingSearch::run() {
  assign(0, 0);
  if (used > steps || !best)
    return std::nullopt;
  best->bound = best->crossbars;
  best->isOptimal = true;
  return best;
}

std::optional<PackingSolution> cm::searchPacking(const PackingProblem &problem,
                                                 uint64_t steps) {
  if (llvm::errorToBool(problem.check()))
    return std::nullopt;
  return PackingSearch(problem, steps).run();
}
