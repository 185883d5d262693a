//===- TilingTest.cpp - cutting weights to the crossbars ------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Known tile counts, random problems, and wrong solutions.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Tiling.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/MathExtras.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <random>

using namespace cm;
using testing::HasSubstr;

static TilingProblem convolution(int64_t kernel, int64_t in, int64_t out,
                                 int64_t rows, int64_t cols) {
  TilingProblem problem;
  problem.name = "conv";
  problem.kernelY = problem.kernelX = kernel;
  problem.channelsIn = in;
  problem.channelsOut = out;
  problem.crossbarRows = rows;
  problem.crossbarCols = cols;
  return problem;
}

static TilingSolution solve(const TilingProblem &problem) {
  TilingSolution solution = llvm::cantFail(solveTiling(problem));
  EXPECT_EQ(llvm::toString(problem.verify(solution)), "");
  return solution;
}

/// A residual network for CIFAR-10 with `blocks` basic blocks of each width and
/// projections where the width changes.
static std::vector<TilingProblem> cifarResNet(int blocks, int64_t size) {
  std::vector<TilingProblem> layers = {convolution(3, 3, 16, size, size)};
  int64_t in = 16;
  for (int64_t width : {16, 32, 64})
    for (int block = 0; block < blocks; ++block) {
      layers.push_back(convolution(3, in, width, size, size));
      layers.push_back(convolution(3, width, width, size, size));
      if (in != width)
        layers.push_back(convolution(1, in, width, size, size));
      in = width;
    }
  layers.push_back(convolution(1, 64, 10, size, size));
  return layers;
}

static size_t countTiles(const std::vector<TilingProblem> &layers) {
  size_t count = 0;
  for (const TilingProblem &layer : layers)
    count += solve(layer).tiles.size();
  return count;
}

TEST(Tiling, CifarResNetsNeedTheKnownNumberOfTiles) {
  EXPECT_EQ(cifarResNet(5, 256).size(), 34u);
  EXPECT_EQ(countTiles(cifarResNet(5, 256)), 62u);
  EXPECT_EQ(countTiles(cifarResNet(5, 512)), 43u);
  EXPECT_EQ(cifarResNet(3, 256).size(), 22u);
  EXPECT_EQ(countTiles(cifarResNet(3, 256)), 38u);
  EXPECT_EQ(countTiles(cifarResNet(3, 512)), 27u);
}

TEST(Tiling, RowTilesEndAtPixelsOfTheWindowWhereThatIsFree) {
  TilingSolution solution = solve(convolution(3, 64, 64, 256, 256));
  ASSERT_EQ(solution.tiles.size(), 3u);
  for (const Tile &tile : solution.tiles)
    EXPECT_EQ(tile.rows(), 192);
}

TEST(Tiling, ColumnTilesUseNoMoreCrossbarsThanTheMatrixNeeds) {
  TilingProblem problem = convolution(1, 10, 1000, 64, 64);
  problem.maxCrossbars = 5; // 16 crossbars in 4 tiles
  TilingSolution solution = solve(problem);
  EXPECT_EQ(solution.tiles.size(), 4u);
  EXPECT_EQ(solution.crossbars(), 16);
}

TEST(Tiling, RowTilesAreStackedWhereACoreHasTheCrossbars) {
  TilingProblem problem = convolution(3, 512, 512, 128, 128);
  problem.maxCrossbars = problem.maxStack = 64;
  // 36 row tiles of 4 crossbars: 12 to a core.
  TilingSolution solution = solve(problem);
  ASSERT_EQ(solution.tiles.size(), 3u);
  for (const Tile &tile : solution.tiles) {
    EXPECT_EQ(tile.rows(), 1536);
    EXPECT_EQ(tile.crossbars, 48);
  }
}

TEST(Tiling, StackedRowTilesUseNoMoreCrossbarsThanTheMatrixNeeds) {
  TilingProblem problem = convolution(3, 64, 64, 128, 128);
  problem.maxCrossbars = problem.maxStack = 3; // 4.5 row tiles in 3 and 2
  TilingSolution solution = solve(problem);
  ASSERT_EQ(solution.tiles.size(), 2u);
  EXPECT_EQ(solution.tiles[0].rows(), 320);
  EXPECT_EQ(solution.crossbars(), 5);
}

TEST(Tiling, DepthwiseChannelsArePackedAsManyAsFit) {
  TilingProblem problem = convolution(3, 1, 1, 64, 64);
  problem.groups = 32; // 7 groups of 9 rows fit into 64 rows
  TilingSolution solution = solve(problem);
  ASSERT_EQ(solution.tiles.size(), 5u);
  EXPECT_EQ(solution.tiles[0].rows(), 63);
  EXPECT_EQ(solution.tiles[0].cols(), 7);
  EXPECT_EQ(solution.tiles[4].cols(), 4);
}

TEST(Tiling, RandomProblemsHoldEachWeightOnce) {
  std::mt19937 random(11);
  for (int trial = 0; trial < 500; ++trial) {
    auto pick = [&](int64_t most) { return int64_t(1 + random() % most); };
    TilingProblem problem =
        convolution(pick(5), pick(20), pick(40), pick(70), pick(30));
    problem.kernelX = pick(3);
    problem.groups = trial % 2 ? 1 : pick(12);
    problem.maxCrossbars = pick(4);
    problem.maxStack = pick(3);
    TilingSolution solution = solve(problem);
    int64_t rowTiles =
        llvm::divideCeil(problem.groupRows(), problem.crossbarRows);
    int64_t columnTiles =
        llvm::divideCeil(problem.channelsOut, problem.maxCols());
    int64_t width =
        llvm::divideCeil(llvm::divideCeil(problem.channelsOut, columnTiles),
                         problem.crossbarCols);
    int64_t height =
        std::clamp<int64_t>(problem.maxCrossbars / width, 1, problem.maxStack);
    int64_t perGroup = llvm::divideCeil(rowTiles, height) * columnTiles;
    EXPECT_LE(int64_t(solution.tiles.size()), perGroup * problem.groups)
        << "trial " << trial;
    if (problem.groups == 1) {
      EXPECT_EQ(solution.crossbars(),
                rowTiles * int64_t(llvm::divideCeil(problem.channelsOut,
                                                    problem.crossbarCols)))
          << "trial " << trial;
      EXPECT_EQ(int64_t(solution.tiles.size()), perGroup) << "trial " << trial;
    }
  }
}

TEST(Tiling, SlicesTakeColumnsAndRunOverIntoTheNextCrossbar) {
  TilingProblem problem = convolution(3, 4, 7, 36, 10);
  problem.maxCrossbars = 3;
  problem.slices = 4; // 28 columns of cells
  TilingSolution solution = solve(problem);
  ASSERT_EQ(solution.tiles.size(), 1u);
  EXPECT_EQ(solution.crossbars(), 3);
  problem.maxCrossbars = 2; // 5 columns
  EXPECT_EQ(solve(problem).tiles.size(), 2u);
}

TEST(Tiling, SumsOfTheInputsTakeAColumnOfEachGroup) {
  TilingProblem problem = convolution(1, 4, 8, 16, 8);
  EXPECT_EQ(solve(problem).tiles.size(), 1u);
  problem.sums = true;
  EXPECT_EQ(solve(problem).tiles.size(), 2u);
  problem.channelsOut = 3;
  problem.groups = 4; // two groups of 3 + 1 columns
  EXPECT_EQ(solve(problem).tiles.size(), 2u);
}

/// Fewest parts of `total`, all of them possible, by trying them all.
static int64_t fewestParts(int64_t total,
                           llvm::function_ref<bool(int64_t)> isPossible) {
  std::vector<int64_t> fewest(total + 1, total + 1);
  fewest[0] = 0;
  for (int64_t end = 1; end <= total; ++end)
    for (int64_t part = 1; part <= end; ++part)
      if (isPossible(part))
        fewest[end] = std::min(fewest[end], fewest[end - part] + 1);
  return fewest[total];
}

/// Fewest tiles: of whole groups, or of each group by rows and columns.
static int64_t fewestTiles(const TilingProblem &problem) {
  auto cells = [&](int64_t cols, int64_t groups) {
    return (cols + (problem.sums ? groups : 0)) * problem.slices;
  };
  int64_t limit = problem.crossbarCols * problem.maxCrossbars;
  bool fitsWhole = problem.groupRows() <= problem.crossbarRows &&
                   cells(problem.channelsOut, 1) <= limit;
  if (fitsWhole)
    return fewestParts(problem.groups, [&](int64_t groups) {
      return groups * problem.groupRows() <= problem.crossbarRows &&
             cells(groups * problem.channelsOut, groups) <= limit;
    });
  int64_t rows = fewestParts(problem.groupRows(), [&](int64_t part) {
    return part <= problem.crossbarRows;
  });
  int64_t cols = fewestParts(problem.channelsOut, [&](int64_t part) {
    return cells(part, 1) <= limit;
  });
  return rows * cols * problem.groups;
}

TEST(Tiling, NoTilingHasFewerTiles) {
  std::mt19937 random(5);
  for (int trial = 0; trial < 500; ++trial) {
    auto pick = [&](int64_t most) { return int64_t(1 + random() % most); };
    TilingProblem problem =
        convolution(pick(3), pick(9), pick(12), pick(30), pick(12));
    problem.kernelX = pick(3);
    problem.groups = trial % 2 ? 1 : pick(9);
    problem.maxCrossbars = pick(4);
    problem.slices = pick(4);
    problem.sums = random() % 2;
    if (problem.maxCols() < 1)
      continue;
    EXPECT_EQ(int64_t(solve(problem).tiles.size()), fewestTiles(problem))
        << "trial " << trial;
  }
}

//===----------------------------------------------------------------------===//
// Wrong input and wrong solutions
//===----------------------------------------------------------------------===//

TEST(Tiling, AnExtentBelowOneIsRefused) {
  TilingProblem problem = convolution(3, 0, 4, 8, 8);
  EXPECT_EQ(llvm::toString(solveTiling(problem).takeError()),
            "tiling of 'conv': input channels must be at least 1, found 0");
}

TEST(Tiling, ACrossbarWithoutRoomForAColumnIsRefused) {
  TilingProblem problem = convolution(3, 4, 4, 8, 3);
  problem.slices = 4;
  EXPECT_EQ(llvm::toString(solveTiling(problem).takeError()),
            "tiling of 'conv': a column of weights takes 4 columns of cells, a "
            "core's crossbars have 3");
  problem.slices = 2;
  problem.sums = true;
  EXPECT_EQ(llvm::toString(solveTiling(problem).takeError()),
            "tiling of 'conv': a column of weights and the column of ones takes "
            "4 columns of cells, a core's crossbars have 3");
}

class WrongTiling : public testing::Test {
protected:
  /// What `verify` says once `change` has been made.
  template <typename Change> std::string after(Change change) {
    TilingProblem problem = convolution(3, 8, 12, 30, 8);
    TilingSolution solution = solve(problem); // 3 row by 2 column tiles
    EXPECT_EQ(solution.tiles.size(), 6u);
    change(solution.tiles);
    return llvm::toString(problem.verify(solution));
  }
  using Tiles = std::vector<Tile>;
};

TEST_F(WrongTiling, AMissingTile) {
  EXPECT_EQ(after([](Tiles &tiles) { tiles.pop_back(); }),
            "tiling of 'conv': the weight of group 0, row 48, column 6 is in 0 "
            "tiles, expected 1");
}

TEST_F(WrongTiling, ATile257Times) {
  EXPECT_THAT(after([](Tiles &tiles) {
                Tile first = tiles[0];
                tiles.insert(tiles.end(), 256, first);
              }),
              HasSubstr("row 0, column 0 is in 255 tiles, expected 1"));
}

TEST_F(WrongTiling, ATileTwice) {
  EXPECT_THAT(after([](Tiles &tiles) { tiles.push_back(tiles[0]); }),
              HasSubstr("row 0, column 0 is in 2 tiles, expected 1"));
}

TEST_F(WrongTiling, TooManyRows) {
  EXPECT_EQ(after([](Tiles &tiles) { tiles[0].elementEnd = 31; }),
            "tiling of 'conv': tile 0 has 31 rows, at most 30 are possible");
}

TEST_F(WrongTiling, TooManyColumns) {
  EXPECT_EQ(after([](Tiles &tiles) { tiles[0].columnEnd = 9; }),
            "tiling of 'conv': tile 0 of 24 rows and 9 columns is said to take "
            "1 crossbars, expected 2");
}

TEST_F(WrongTiling, TooManyCrossbars) {
  EXPECT_EQ(after([](Tiles &tiles) { tiles[0].crossbars = 2; }),
            "tiling of 'conv': tile 0 has 2 crossbars, at most 1 are possible");
}

TEST_F(WrongTiling, ARangeOutsideTheMatrix) {
  EXPECT_EQ(after([](Tiles &tiles) { tiles[5].columnEnd = 13; }),
            "tiling of 'conv': tile 5 has an empty range or one that leaves "
            "the matrix");
}

TEST_F(WrongTiling, RowTilesOutOfOrder) {
  EXPECT_EQ(after([](Tiles &tiles) { std::swap(tiles[0], tiles[1]); }),
            "tiling of 'conv': expected row tile 0 of 3 of columns 0 to 6 at "
            "tile 0");
}

TEST_F(WrongTiling, ColumnsOfAnotherGroup) {
  EXPECT_EQ(after([](Tiles &tiles) { tiles[0].groupEnd = 2; }),
            "tiling of 'conv': tile 0 has columns 0 to 6, which are not those "
            "of groups 0 to 2");
}

TEST_F(WrongTiling, NoRoomForSlicesAndSums) {
  TilingProblem problem = convolution(1, 4, 6, 8, 8);
  TilingSolution solution = solve(problem);
  problem.slices = 2;
  problem.maxCrossbars = 2;
  EXPECT_EQ(llvm::toString(problem.verify(solution)),
            "tiling of 'conv': tile 0 of 4 rows and 6 columns is said to take "
            "1 crossbars, expected 2");
  problem.slices = 1, problem.sums = true;
  solution.tiles[0].columnEnd = problem.channelsOut = 8;
  EXPECT_EQ(llvm::toString(problem.verify(solution)),
            "tiling of 'conv': tile 0 of 4 rows and 8 columns is said to take "
            "1 crossbars, expected 2");
}
