//===- ReductionTest.cpp - adding the sums of row tiles -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Chains and trees, their cost, and wrong solutions.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Reduction.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <random>

using namespace cm;
using testing::ElementsAre;
using testing::IsEmpty;

static ReductionProblem rowTiles(int64_t count) {
  ReductionProblem problem;
  problem.name = "conv";
  problem.rowTiles = count;
  problem.mvmCycles = 100;
  problem.portCycles = 10;
  problem.addCycles = 4;
  problem.lastCycles = 8;
  problem.loadCycles = 2;
  problem.storeCycles = 3;
  problem.messageCycles = 20;
  return problem;
}

static ReductionSolution solve(ReductionProblem problem,
                               Reduction wanted = Reduction::Auto) {
  problem.wanted = wanted;
  ReductionSolution solution = llvm::cantFail(solveReduction(problem));
  EXPECT_EQ(llvm::toString(problem.verify(solution)), "");
  return solution;
}

TEST(Reduction, HeapsEndInTheLastTile) {
  // Numbers from the last tile on: 6 5 4 3 2 1 0.
  EXPECT_THAT(childrenOf(6, 7, 2), ElementsAre(5, 4));
  EXPECT_THAT(childrenOf(5, 7, 2), ElementsAre(3, 2));
  EXPECT_THAT(childrenOf(4, 7, 2), ElementsAre(1, 0));
  EXPECT_THAT(childrenOf(0, 7, 2), IsEmpty());
  EXPECT_THAT(childrenOf(6, 7, 1), ElementsAre(5));
  EXPECT_THAT(childrenOf(2, 4, 3), IsEmpty());
  EXPECT_THAT(childrenOf(0, 1, 1), IsEmpty());
}

TEST(Reduction, EachTileButTheLastIsAddedOnceAndLater) {
  for (int64_t tiles = 1; tiles < 12; ++tiles)
    for (int64_t fanIn = 1; fanIn < 12; ++fanIn) {
      std::vector<int> added(tiles, 0);
      for (int64_t index = 0; index < tiles; ++index)
        for (int64_t child : childrenOf(index, tiles, fanIn)) {
          EXPECT_LT(child, index);
          ++added[child];
        }
      EXPECT_EQ(added.back(), 0);
      added.pop_back();
      EXPECT_THAT(added, testing::Each(1));
    }
}

TEST(Reduction, AChainTakesAHopForEachTile) {
  ReductionSolution chain = solve(rowTiles(5), Reduction::Chain);
  EXPECT_EQ(chain.fanIn, 1);
  EXPECT_EQ(chain.latency, 4u * (20 + 2 + 3 + 4));
  EXPECT_EQ(chain.service, 100u);
}

TEST(Reduction, ATreeIsTakenWhereItHidesBehindTheMvm) {
  // Depth 2: two hops and twice two sums.
  ReductionSolution tree = solve(rowTiles(7));
  EXPECT_GE(tree.fanIn, 2);
  EXPECT_LT(tree.latency, rowTiles(7).latency(1));
  EXPECT_EQ(rowTiles(7).latency(2), 2u * (20 + 2 * (2 + 3 + 4)));
}

TEST(Reduction, AChainIsKeptWhereSumsAreTheBottleneck) {
  ReductionProblem problem = rowTiles(7);
  problem.mvmCycles = 10; // the DPU of the last tile takes 8 + 2 + 4
  EXPECT_EQ(solve(problem).fanIn, 1);
  EXPECT_GE(solve(problem, Reduction::Tree).fanIn, 2);
}

TEST(Reduction, AChainIsKeptWhereWaitingForSumsIsTheBottleneck) {
  ReductionProblem problem = rowTiles(9);
  problem.controlCycles = 15; // six waits of a chain are hidden, more are not
  EXPECT_EQ(solve(problem).fanIn, 1);
  problem.controlCycles = 10;
  EXPECT_GT(solve(problem).fanIn, 1);
}

TEST(Reduction, TwoTilesAreAChain) {
  EXPECT_EQ(solve(rowTiles(2), Reduction::Tree).fanIn, 1);
  EXPECT_EQ(solve(rowTiles(1)).latency, 0u);
}

/// Cycles until the sums of tile `index` are there, by going up from it.
static uint64_t doneAt(const ReductionProblem &problem, int64_t fanIn,
                       int64_t index) {
  uint64_t last = 0, sum = 0;
  for (int64_t child = 0; child < problem.rowTiles; ++child) {
    int64_t number = problem.rowTiles - 1 - child;
    int64_t parent = (number - 1) / fanIn; // of number > 0
    if (number == 0 || problem.rowTiles - 1 - parent != index)
      continue;
    last =
        std::max(last, doneAt(problem, fanIn, child) + problem.messageCycles);
    sum += problem.storeCycles + problem.loadCycles + problem.addCycles;
  }
  return last + sum;
}

TEST(Reduction, NoFanInIsBetter) {
  std::mt19937 random(3);
  for (int trial = 0; trial < 300; ++trial) {
    auto pick = [&](uint64_t most) { return uint64_t(random() % (most + 1)); };
    ReductionProblem problem;
    problem.rowTiles = 1 + pick(9);
    problem.mvmCycles = pick(60), problem.portCycles = pick(20);
    problem.addCycles = pick(9), problem.lastCycles = pick(20);
    problem.loadCycles = pick(9), problem.storeCycles = pick(9);
    problem.messageCycles = pick(30);
    uint64_t best = ~uint64_t(0);
    for (int64_t fanIn = 1; fanIn < problem.rowTiles + 1; ++fanIn)
      if (problem.service(fanIn) <= problem.service(1))
        best = std::min(best, doneAt(problem, fanIn, problem.rowTiles - 1));
    EXPECT_EQ(solve(problem).latency, best) << "trial " << trial;
  }
}

TEST(Reduction, NoTileIsRefused) {
  EXPECT_EQ(llvm::toString(solveReduction(rowTiles(0)).takeError()),
            "reduction of 'conv': row tiles must be at least 1, found 0");
}

TEST(WrongReduction, AFanInThatIsNotPossible) {
  EXPECT_EQ(llvm::toString(rowTiles(4).verify({0, 0, 0})),
            "reduction of 'conv': a fan-in of 0, expected 1 to 3");
  EXPECT_EQ(llvm::toString(rowTiles(4).verify({4, 0, 0})),
            "reduction of 'conv': a fan-in of 4, expected 1 to 3");
}

TEST(WrongReduction, AFanInThatIsNotWanted) {
  ReductionProblem problem = rowTiles(7);
  problem.wanted = Reduction::Chain;
  EXPECT_EQ(llvm::toString(problem.verify({2, 76, 100})),
            "reduction of 'conv': a fan-in of 2, expected 1 to 1");
  problem.wanted = Reduction::Tree;
  EXPECT_EQ(llvm::toString(problem.verify({1, 174, 100})),
            "reduction of 'conv': a fan-in of 1, expected 2 to 6");
}

TEST(WrongReduction, FiguresOfATreeThatWasWanted) {
  ReductionProblem problem = rowTiles(7);
  problem.mvmCycles = 10, problem.wanted = Reduction::Tree; // busier, as told
  EXPECT_EQ(llvm::toString(problem.verify({2, 76, 20})), "");
  EXPECT_EQ(llvm::toString(problem.verify({2, 76, 19})),
            "reduction of 'conv': latency 76 and service 19 are said, 76 and "
            "20 are found");
}

TEST(WrongReduction, ATileBusierThanInAChain) {
  ReductionProblem problem = rowTiles(7);
  problem.mvmCycles = 10;
  EXPECT_EQ(llvm::toString(problem.verify({3, 0, 0})),
            "reduction of 'conv': with a fan-in of 3 a tile is busy for 25 "
            "cycles, in a chain for 15");
}

TEST(WrongReduction, FiguresThatAreNotRight) {
  EXPECT_EQ(llvm::toString(rowTiles(7).verify({2, 75, 100})),
            "reduction of 'conv': latency 75 and service 100 are said, 76 and "
            "100 are found");
}
