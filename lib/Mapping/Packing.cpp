//===- Packing.cpp - several matrices on one crossbar ---------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Best fit into free rectangles: a crossbar keeps the largest rectangles that
// are free, which may overlap; what is placed is cut out of each of them.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Packing.h"
#include <algorithm>
#include <numeric>
#include <random>
#include <tuple>

using namespace cm;
using llvm::Error;
using llvm::Expected;

namespace {
struct Rectangle {
  int64_t row, col, rows, cols;

  bool contains(const Rectangle &other) const {
    return row <= other.row && col <= other.col &&
           row + rows >= other.row + other.rows &&
           col + cols >= other.col + other.cols;
  }
  bool overlaps(const Rectangle &other) const {
    return row < other.row + other.rows && other.row < row + rows &&
           col < other.col + other.cols && other.col < col + cols;
  }
};

/// A crossbar that is being filled.
struct OpenCrossbar {
  std::vector<Rectangle> free;
  uint64_t cycles = 0, bytes = 0, count = 0;
  int64_t cells = 0; // that are free

  void cut(const Rectangle &taken);
};

/// Less is better.
using Fit = std::tuple<int64_t, int64_t, uint64_t>;
} // namespace

void OpenCrossbar::cut(const Rectangle &taken) {
  std::vector<Rectangle> next;
  for (const Rectangle &f : free) {
    if (!f.overlaps(taken)) {
      next.push_back(f);
      continue;
    }
    const Rectangle parts[] = {{f.row, f.col, taken.row - f.row, f.cols},
                               {taken.row + taken.rows, f.col,
                                f.row + f.rows - taken.row - taken.rows,
                                f.cols},
                               {f.row, f.col, f.rows, taken.col - f.col},
                               {f.row, taken.col + taken.cols, f.rows,
                                f.col + f.cols - taken.col - taken.cols}};
    for (const Rectangle &part : parts)
      if (part.rows > 0 && part.cols > 0)
        next.push_back(part);
  }
  free.clear();
  for (size_t i = 0; i < next.size(); ++i) {
    bool isInside = false;
    for (size_t k = 0; k < next.size() && !isInside; ++k)
      isInside = k != i && next[k].contains(next[i]) &&
                 (k < i || !next[i].contains(next[k]));
    if (!isInside)
      free.push_back(next[i]);
  }
}

/// How items and crossbars are taken.
namespace {
enum class Order { Cycles, Cells, Rows, Cols, Share };
enum class Choice { First, Cells, Cycles };

class Filling {
public:
  Filling(const PackingProblem &problem, Choice choice)
      : problem(problem), choice(choice), place(problem.items.size()) {}

  void add(uint32_t item);
  PackingSolution finish(uint32_t bound) const;

private:
  std::optional<Fit> fit(const OpenCrossbar &crossbar, const PackingItem &item,
                         Rectangle &best) const;

  const PackingProblem &problem;
  Choice choice;
  std::vector<PackingPlace> place;
  std::vector<OpenCrossbar> open;
};
} // namespace

/// The free rectangle that leaves least room beside the item.
std::optional<Fit> Filling::fit(const OpenCrossbar &crossbar,
                                const PackingItem &item,
                                Rectangle &best) const {
  if (crossbar.cells < item.rows * item.cols ||
      crossbar.cycles + item.cycles > problem.cycles ||
      (problem.bytes && crossbar.bytes + item.bytes > problem.bytes) ||
      (problem.contexts && crossbar.count == problem.contexts))
    return std::nullopt;
  std::optional<Fit> least;
  for (const Rectangle &f : crossbar.free) {
    int64_t down = f.rows - item.rows, right = f.cols - item.cols;
    if (down < 0 || right < 0)
      continue;
    Fit here{std::min(down, right), std::max(down, right), 0};
    if (!least || here < *least) {
      least = here;
      best = {f.row, f.col, item.rows, item.cols};
    }
  }
  if (!least)
    return std::nullopt;
  if (choice == Choice::Cells)
    return Fit{crossbar.cells, std::get<0>(*least), 0};
  if (choice == Choice::Cycles)
    return Fit{int64_t(problem.cycles - crossbar.cycles), std::get<0>(*least),
               0};
  return least;
}

void Filling::add(uint32_t index) {
  const PackingItem &item = problem.items[index];
  uint32_t chosen = open.size();
  Rectangle best{0, 0, item.rows, item.cols};
  std::optional<Fit> least;
  for (uint32_t c = 0; c < open.size(); ++c) {
    Rectangle here{};
    std::optional<Fit> cost = fit(open[c], item, here);
    if (!cost || (least && !(*cost < *least)))
      continue;
    least = cost, chosen = c, best = here;
    if (choice == Choice::First)
      break;
  }
  if (chosen == open.size()) {
    open.emplace_back();
    open.back().free = {{0, 0, problem.rows, problem.cols}};
    open.back().cells = problem.rows * problem.cols;
  }
  OpenCrossbar &crossbar = open[chosen];
  crossbar.cut(best);
  crossbar.cycles += item.cycles;
  crossbar.bytes += item.bytes;
  crossbar.cells -= item.rows * item.cols;
  ++crossbar.count;
  place[index] = {chosen, best.row, best.col};
}

PackingSolution Filling::finish(uint32_t bound) const {
  PackingSolution solution;
  solution.place = place;
  solution.crossbars = open.size();
  for (const OpenCrossbar &crossbar : open)
    solution.maxCycles = std::max(solution.maxCycles, crossbar.cycles);
  solution.bound = bound;
  return solution;
}

/// Items, the largest first in what the order goes by.
static std::vector<uint32_t> orderOf(const PackingProblem &problem,
                                     Order order) {
  double cells = double(problem.rows) * problem.cols;
  auto key = [&](const PackingItem &item) -> double {
    switch (order) {
    case Order::Cycles:
      return double(item.cycles) + double(item.rows * item.cols) / (cells + 1);
    case Order::Rows:
      return double(item.rows) + double(item.cols) / double(problem.cols + 1);
    case Order::Cols:
      return double(item.cols) + double(item.rows) / double(problem.rows + 1);
    case Order::Share:
      return std::max(double(item.cycles) /
                          double(std::max<uint64_t>(1, problem.cycles)),
                      double(item.rows * item.cols) / cells);
    default:
      return double(item.rows * item.cols);
    }
  };
  std::vector<uint32_t> items(problem.items.size());
  std::iota(items.begin(), items.end(), 0u);
  std::vector<double> keys;
  for (const PackingItem &item : problem.items)
    keys.push_back(key(item));
  std::stable_sort(items.begin(), items.end(),
                   [&](uint32_t a, uint32_t b) { return keys[a] > keys[b]; });
  return items;
}

/// Nothing can be better: each item alone, or all the time on one crossbar.
static bool isTrivial(const PackingProblem &problem,
                      const PackingSolution &solution) {
  return solution.bound == solution.crossbars &&
         (solution.crossbars == problem.items.size() ||
          solution.crossbars <= 1);
}

static PackingSolution fill(const PackingProblem &problem,
                            const std::vector<uint32_t> &items, Choice choice,
                            uint32_t bound) {
  Filling filling(problem, choice);
  for (uint32_t item : items)
    filling.add(item);
  return filling.finish(bound);
}

static bool isBetter(const PackingSolution &a, const PackingSolution &b) {
  return std::tie(a.crossbars, a.maxCycles) <
         std::tie(b.crossbars, b.maxCycles);
}

/// Fills first fit again, the items of a crossbar one after the other but the
/// crossbars in another order, which rarely takes more of them; a few items
/// come first, so that they meet others.
static void improve(const PackingProblem &problem, PackingSolution &best,
                    std::vector<uint32_t> items) {
  std::mt19937_64 random(1);
  auto below = [&](uint64_t count) { return random() % count; };
  PackingSolution current = best;
  uint64_t rounds = 100000 / (problem.items.size() + 1);
  for (uint64_t round = 0; round < rounds && best.crossbars > best.bound;
       ++round) {
    std::vector<uint64_t> rank(current.crossbars);
    for (uint64_t &value : rank)
      value = below(1 << 20);
    std::vector<uint64_t> key(items.size());
    for (uint32_t item = 0; item < key.size(); ++item)
      key[item] = rank[current.place[item].crossbar] + 1;
    for (uint64_t first = below(4); first > 0; --first)
      key[below(key.size())] = 0;
    std::stable_sort(items.begin(), items.end(),
                     [&](uint32_t a, uint32_t b) { return key[a] < key[b]; });
    PackingSolution next = fill(problem, items, Choice::First, best.bound);
    if (next.crossbars <= current.crossbars)
      current = next;
    if (isBetter(next, best))
      best = next;
  }
}

Expected<PackingSolution> cm::solvePacking(const PackingProblem &problem) {
  if (Error error = problem.check())
    return std::move(error);
  uint32_t bound = packingBound(problem);
  std::optional<PackingSolution> best;
  bool isLarge = problem.items.size() > 2000; // then first fit alone
  for (Order order :
       {Order::Share, Order::Cells, Order::Cycles, Order::Rows, Order::Cols}) {
    std::vector<uint32_t> items = orderOf(problem, order);
    for (Choice choice : {Choice::First, Choice::Cells, Choice::Cycles}) {
      if (isLarge && choice != Choice::First)
        continue;
      PackingSolution solution = fill(problem, items, choice, bound);
      if (!best || isBetter(solution, *best))
        best = std::move(solution);
    }
  }
  improve(problem, *best, orderOf(problem, Order::Share));
  best->isOptimal = isTrivial(problem, *best);
  return std::move(*best);
}
