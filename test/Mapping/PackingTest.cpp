//===- PackingTest.cpp - several matrices on one crossbar -----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A known network, small problems against all packings, limits, and wrong
// solutions.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Packing.h"
#include "cm/Mapping/Tiling.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <functional>
#include <random>

using namespace cm;

static PackingProblem crossbars(int64_t rows, int64_t cols, uint64_t cycles) {
  PackingProblem problem;
  problem.rows = rows, problem.cols = cols, problem.cycles = cycles;
  return problem;
}

static void add(PackingProblem &problem, int64_t rows, int64_t cols,
                uint64_t cycles, uint64_t bytes = 0) {
  std::string name = std::to_string(problem.items.size());
  problem.items.push_back({name, rows, cols, cycles, bytes});
}

static PackingSolution solve(const PackingProblem &problem) {
  PackingSolution solution = llvm::cantFail(solvePacking(problem));
  EXPECT_EQ(llvm::toString(problem.verify(solution)), "");
  return solution;
}

/// The tiles of a convolution with 3x3 or 1x1 kernel on 256x256, each of so
/// many MVMs.
static void addLayer(PackingProblem &problem, int64_t kernel, int64_t in,
                     int64_t out, uint64_t mvms) {
  TilingProblem tiling;
  tiling.kernelY = tiling.kernelX = kernel;
  tiling.channelsIn = in, tiling.channelsOut = out;
  tiling.crossbarRows = tiling.crossbarCols = 256;
  for (const Tile &tile : llvm::cantFail(solveTiling(tiling)).tiles)
    add(problem, tile.rows(), tile.cols(), mvms);
}

TEST(Packing, ResNet32NeedsFarFewerCrossbarsThanTiles) {
  // One image in the time of 1,024 MVMs: what the first stage needs
  // unreplicated.
  PackingProblem problem = crossbars(256, 256, 1024);
  addLayer(problem, 3, 3, 16, 1024);
  int64_t in = 16;
  uint64_t mvms = 1024;
  for (int64_t width : {16, 32, 64}) {
    for (int block = 0; block < 5; ++block, in = width) {
      addLayer(problem, 3, in, width,
               mvms = width == 16   ? 1024
                      : width == 32 ? 256
                                    : 64);
      addLayer(problem, 3, width, width, mvms);
      if (in != width)
        addLayer(problem, 1, in, width, mvms);
    }
  }
  addLayer(problem, 1, 64, 10, 1);
  EXPECT_EQ(problem.items.size(), 62u);
  PackingSolution solution = solve(problem);
  // 18,177 MVMs in all, of which 11 layers take a crossbar's time each.
  EXPECT_EQ(solution.bound, 18u);
  EXPECT_EQ(solution.crossbars, 20u);
  EXPECT_LE(solution.maxCycles, 1024u);
}

TEST(Packing, TimeIsShortBeforeCells) {
  PackingProblem problem = crossbars(8, 8, 10);
  for (int i = 0; i < 4; ++i)
    add(problem, 2, 2, 6);
  PackingSolution solution = solve(problem);
  EXPECT_EQ(solution.crossbars, 4u);
  EXPECT_EQ(solution.bound, 4u); // no two may meet
  EXPECT_TRUE(solution.isOptimal);
  problem.cycles = 12;
  EXPECT_EQ(solve(problem).crossbars, 2u);
}

TEST(Packing, MemoryAndContextsAreLimits) {
  PackingProblem problem = crossbars(8, 8, 100);
  for (int i = 0; i < 4; ++i)
    add(problem, 2, 2, 1, 40);
  EXPECT_EQ(solve(problem).crossbars, 1u);
  problem.bytes = 100;
  EXPECT_EQ(solve(problem).crossbars, 2u);
  problem.bytes = 0, problem.contexts = 3;
  EXPECT_EQ(solve(problem).crossbars, 2u);
  problem.contexts = 1;
  EXPECT_EQ(solve(problem).crossbars, 4u);
}

TEST(Packing, CellsAreCutLikeAPinwheel) {
  // 3x2 and 2x3 around a hole of one cell: no cut goes through.
  PackingProblem problem = crossbars(5, 5, 100);
  add(problem, 2, 3, 1), add(problem, 3, 2, 1);
  add(problem, 2, 3, 1), add(problem, 3, 2, 1);
  add(problem, 1, 1, 1);
  std::optional<PackingSolution> solution = searchPacking(problem);
  ASSERT_TRUE(solution);
  EXPECT_EQ(llvm::toString(problem.verify(*solution)), "");
  EXPECT_EQ(solution->crossbars, 1u);
}

TEST(Packing, NothingNeedsNothing) {
  EXPECT_EQ(solve(crossbars(8, 8, 1)).crossbars, 0u);
}

//===----------------------------------------------------------------------===//
// All packings
//===----------------------------------------------------------------------===//

/// Whether items have places in one crossbar, by trying all cells.
static bool fitTogether(const PackingProblem &problem,
                        const std::vector<uint32_t> &set) {
  std::vector<std::vector<bool>> taken(problem.rows,
                                       std::vector<bool>(problem.cols, false));
  std::function<bool(size_t)> place = [&](size_t index) {
    if (index == set.size())
      return true;
    const PackingItem &item = problem.items[set[index]];
    auto mark = [&](int64_t row, int64_t col, bool value) {
      for (int64_t r = row; r < row + item.rows; ++r)
        for (int64_t c = col; c < col + item.cols; ++c)
          taken[r][c] = value;
    };
    for (int64_t row = 0; row + item.rows <= problem.rows; ++row)
      for (int64_t col = 0; col + item.cols <= problem.cols; ++col) {
        bool isFree = true;
        for (int64_t r = row; r < row + item.rows && isFree; ++r)
          for (int64_t c = col; c < col + item.cols && isFree; ++c)
            isFree = !taken[r][c];
        if (!isFree)
          continue;
        mark(row, col, true);
        bool fits = place(index + 1);
        mark(row, col, false);
        if (fits)
          return true;
      }
    return false;
  };
  return place(0);
}

/// Fewest crossbars, then least time, over all partitions of the items.
static std::pair<uint32_t, uint64_t> bestOfAll(const PackingProblem &problem) {
  std::pair<uint32_t, uint64_t> best{~0u, ~uint64_t(0)};
  std::vector<std::vector<uint32_t>> sets;
  std::function<void(uint32_t)> assign = [&](uint32_t item) {
    if (item == problem.items.size()) {
      uint64_t busiest = 0;
      for (const std::vector<uint32_t> &set : sets) {
        uint64_t cycles = 0, bytes = 0;
        for (uint32_t member : set) {
          cycles += problem.items[member].cycles;
          bytes += problem.items[member].bytes;
        }
        busiest = std::max(busiest, cycles);
        if (cycles > problem.cycles ||
            (problem.bytes && bytes > problem.bytes) ||
            (problem.contexts && set.size() > problem.contexts) ||
            !fitTogether(problem, set))
          return;
      }
      best = std::min(best, {uint32_t(sets.size()), busiest});
      return;
    }
    for (size_t s = 0; s < sets.size(); ++s) {
      sets[s].push_back(item);
      assign(item + 1);
      sets[s].pop_back();
    }
    sets.push_back({item});
    assign(item + 1);
    sets.pop_back();
  };
  assign(0);
  return best;
}

TEST(Packing, TheSearchIsAsGoodAsAllPackings) {
  std::mt19937 random(17);
  unsigned same = 0;
  for (int trial = 0; trial < 200; ++trial) {
    auto pick = [&](int64_t most) { return int64_t(1 + random() % most); };
    PackingProblem problem = crossbars(2 + pick(3), 2 + pick(3), 10 + pick(20));
    problem.bytes = pick(2) == 1 ? 0 : 10 + pick(20);
    problem.contexts = pick(4) - 1;
    int items = pick(5);
    for (int i = 0; i < items; ++i)
      add(problem, pick(problem.rows), pick(problem.cols), pick(11), pick(11));
    auto [fewest, busiest] = bestOfAll(problem);
    std::optional<PackingSolution> found = searchPacking(problem);
    ASSERT_TRUE(found) << "trial " << trial;
    EXPECT_EQ(llvm::toString(problem.verify(*found)), "");
    EXPECT_EQ(found->crossbars, fewest) << "trial " << trial;
    EXPECT_EQ(found->maxCycles, busiest) << "trial " << trial;
    PackingSolution quick = solve(problem);
    EXPECT_GE(quick.crossbars, fewest);
    EXPECT_LE(quick.bound, fewest) << "trial " << trial;
    if (quick.isOptimal) {
      EXPECT_EQ(quick.crossbars, fewest) << "trial " << trial;
      EXPECT_EQ(quick.maxCycles, busiest) << "trial " << trial;
    }
    same += quick.crossbars == fewest;
  }
  EXPECT_GE(same, 195u); // the quick one is rarely worse
}

TEST(Packing, ASearchThatTakesTooLongHasNoAnswer) {
  PackingProblem problem = crossbars(64, 64, 1000);
  for (int i = 0; i < 12; ++i)
    add(problem, 9 + i, 20 - i, 1);
  EXPECT_FALSE(searchPacking(problem, 20));
}

TEST(Packing, TenThousandMatricesArePackedWell) {
  std::mt19937 random(2);
  PackingProblem problem = crossbars(128, 128, 5000);
  for (int i = 0; i < 10000; ++i)
    add(problem, 1 + random() % 128, 1 + random() % 128, 1 + random() % 2000);
  PackingSolution solution = solve(problem);
  EXPECT_LT(solution.crossbars, solution.bound * 3 / 2);
}

//===----------------------------------------------------------------------===//
// Wrong input and wrong solutions
//===----------------------------------------------------------------------===//

TEST(Packing, WhatFitsNoCrossbarIsRefused) {
  auto errorWith = [](int64_t rows, uint64_t cycles, uint64_t bytes) {
    PackingProblem problem = crossbars(8, 8, 10);
    problem.bytes = 100;
    add(problem, rows, 8, cycles, bytes);
    EXPECT_FALSE(searchPacking(problem));
    return llvm::toString(solvePacking(problem).takeError());
  };
  EXPECT_EQ(errorWith(9, 1, 1), "packing: '0' has 9x8 cells, a crossbar 8x8");
  EXPECT_EQ(errorWith(8, 11, 1),
            "packing: '0' takes 11 cycles, at most 10 are possible");
  EXPECT_EQ(errorWith(8, 1, 101),
            "packing: '0' takes 101 bytes, at most 100 are possible");
  EXPECT_EQ(llvm::toString(solvePacking(crossbars(0, 8, 1)).takeError()),
            "packing: crossbars of 0x8 cells");
}

class WrongPacking : public testing::Test {
protected:
  WrongPacking() : problem(crossbars(8, 8, 10)) {
    problem.bytes = 100, problem.contexts = 3;
    add(problem, 8, 4, 5, 50);
    add(problem, 4, 4, 5, 50);
    add(problem, 4, 4, 5, 50);
  }
  /// What `verify` says once `change` has been made.
  template <typename Change> std::string after(Change change) {
    PackingSolution solution = solve(problem);
    EXPECT_EQ(solution.crossbars, 2u);
    solution.place = {{0, 0, 0}, {0, 0, 4}, {1, 0, 0}};
    EXPECT_EQ(llvm::toString(problem.verify(solution)), "");
    change(solution);
    return llvm::toString(problem.verify(solution));
  }
  PackingProblem problem;
};

TEST_F(WrongPacking, AMissingPlace) {
  EXPECT_EQ(after([](PackingSolution &s) { s.place.pop_back(); }),
            "packing: 2 places for 3 items");
}

TEST_F(WrongPacking, ACrossbarThatIsNotThere) {
  EXPECT_EQ(after([](PackingSolution &s) { s.place[2].crossbar = 2; }),
            "packing: '2' is on crossbar 2, there are 2");
}

TEST_F(WrongPacking, AnEmptyCrossbar) {
  EXPECT_EQ(after([](PackingSolution &s) { s.crossbars = 3; }),
            "packing: crossbar 2 is empty");
}

TEST_F(WrongPacking, CellsOutsideTheCrossbar) {
  EXPECT_EQ(after([](PackingSolution &s) { s.place[2].row = 5; }),
            "packing: '2' begins at row 5 and column 0, where its 4x4 cells "
            "leave the crossbar");
}

TEST_F(WrongPacking, SharedCells) {
  EXPECT_EQ(after([](PackingSolution &s) { s.place[1].col = 3; }),
            "packing: '0' and '1' share cells of crossbar 0");
}

TEST_F(WrongPacking, TooMuchTimeMemoryOrTooManyContexts) {
  auto together = [](PackingSolution &s) {
    s.place[2] = {0, 4, 4};
    s.crossbars = 1;
  };
  EXPECT_EQ(after(together), "packing: crossbar 0 is busy for 15 cycles, at "
                             "most 10 are possible");
  PackingSolution one = solve(problem);
  one.place = {{0, 0, 0}, {0, 0, 4}, {0, 4, 4}}, one.crossbars = 1;
  problem.cycles = 20;
  EXPECT_EQ(llvm::toString(problem.verify(one)),
            "packing: crossbar 0 takes 150 bytes, at most 100 are possible");
  problem.bytes = 0, problem.contexts = 2;
  EXPECT_EQ(llvm::toString(problem.verify(one)),
            "packing: crossbar 0 has 3 matrices, at most 2 are possible");
}

TEST_F(WrongPacking, FiguresThatAreNotRight) {
  EXPECT_EQ(after([](PackingSolution &s) { s.maxCycles = 9; }),
            "packing: the busiest crossbar is said to take 9 cycles, 10 are "
            "found");
  EXPECT_EQ(after([](PackingSolution &s) { s.bound = 3; }),
            "packing: the bound of 3 is above the 2 crossbars");
  EXPECT_EQ(after([](PackingSolution &s) {
              s.bound = 1;
              s.isOptimal = false;
            }),
            "packing: the bound is said to be 1, 2 is found");
}
