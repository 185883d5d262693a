//===- ReplicationTest.cpp - how many copies of each layer ----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Known networks, all copies of small random problems, and wrong solutions.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Replication.h"
#include "gtest/gtest.h"
#include <random>

using namespace cm;

static ReplicationLayer layer(const std::string &name, Domain domain,
                              uint64_t tiles, uint64_t mvm) {
  ReplicationLayer layer;
  layer.name = name;
  layer.domain = domain;
  layer.maxCopies = domain.w;
  for (uint64_t tile = 0; tile < tiles; ++tile) {
    ReplicationStage stage;
    stage.name = name + "." + std::to_string(tile);
    stage.service = stage.mvm = mvm;
    stage.crossbars = 1;
    layer.stages.push_back(stage);
  }
  return layer;
}

static ReplicationProblem singleCrossbars(uint64_t cores) {
  ReplicationProblem problem;
  problem.crossbars = 1;
  problem.cores = problem.crossbarCores = cores;
  return problem;
}

TEST(Replication, CopiesShareTheIterations) {
  for (SplitAxis axis : {SplitAxis::Rows, SplitAxis::Pixels})
    for (uint64_t copies = 1; copies <= 5; ++copies) {
      int64_t sum = 0;
      for (uint64_t copy = 0; copy < copies; ++copy)
        sum += domainOfCopy({5, 7}, axis, copies, copy).size();
      EXPECT_EQ(sum, 35);
    }
  EXPECT_EQ(domainOfCopy({5, 7}, SplitAxis::Rows, 3, 2), (Domain{1, 7}));
  EXPECT_EQ(domainOfCopy({5, 7}, SplitAxis::Pixels, 3, 0), (Domain{5, 3}));
}

/// ResNet-32 for CIFAR-10 on cores with one crossbar of 512x512: 43 tiles.
/// facts: stage 1 four times, or sixteen times and stage 2 four times.
TEST(Replication, ResNet32ReachesTheKnownThroughput) {
  ReplicationProblem problem = singleCrossbars(43 + 11 * 3);
  problem.layers.push_back(layer("stage1", {32, 32}, 11, 100));
  problem.layers.push_back(layer("stage2", {16, 16}, 11, 100));
  problem.layers.push_back(layer("stage3", {8, 8}, 21, 100));
  ReplicationSolution solution = llvm::cantFail(solveReplication(problem));
  EXPECT_EQ(solution.ii, 25600u); // 39,062 images/s at 1 ns
  EXPECT_EQ(solution.copies, (std::vector<uint64_t>{4, 1, 1}));
  EXPECT_EQ(solution.limit, "crossbars");
  problem.cores = problem.crossbarCores = 43 + 11 * 15 + 11 * 3;
  solution = llvm::cantFail(solveReplication(problem));
  EXPECT_EQ(solution.ii, 6400u); // 156,250
  EXPECT_EQ(solution.copies, (std::vector<uint64_t>{16, 4, 1}));
  solution = llvm::cantFail(solveReplicationFor(problem, 25600));
  EXPECT_EQ(solution.cores, 43u + 11 * 3);
}

static ReplicationProblem randomProblem(std::mt19937 &random, int maxLayers,
                                        int maxExtent) {
  auto pick = [&](uint64_t low, uint64_t high) {
    return low + random() % (high - low + 1);
  };
  ReplicationProblem problem;
  problem.axis = random() % 2 ? SplitAxis::Rows : SplitAxis::Pixels;
  problem.crossbars = pick(1, 4);
  problem.contexts = pick(1, 6);
  problem.ports = pick(1, 2);
  problem.mvmsTakeTurns = random() % 2;
  problem.crossbarCores = pick(1, 12);
  problem.cores = problem.crossbarCores + pick(0, 4);
  problem.floorII = pick(1, 60);
  for (uint64_t l = pick(1, maxLayers); l > 0; --l) {
    ReplicationLayer layer;
    layer.name = "l" + std::to_string(l);
    layer.domain = {int64_t(pick(1, maxExtent)), int64_t(pick(1, maxExtent))};
    layer.maxCopies = pick(1, problem.axis == SplitAxis::Rows ? layer.domain.h
                                                              : layer.domain.w);
    for (uint64_t s = pick(1, 3); s > 0; --s) {
      ReplicationStage stage;
      stage.name = layer.name + "." + std::to_string(s);
      stage.crossbars = pick(0, problem.crossbars);
      stage.mvm = stage.crossbars ? pick(1, 20) : 0;
      stage.dpu = pick(0, 8);
      stage.port = pick(0, 8);
      stage.arrivals = pick(0, 10);
      stage.service = std::max({stage.mvm, stage.dpu, stage.port, pick(1, 5)});
      layer.stages.push_back(stage);
    }
    problem.layers.push_back(layer);
  }
  return problem;
}

/// The least II of given copies if it is below `below`, by trying one after the
/// other.
static uint64_t leastII(const ReplicationProblem &problem,
                        const std::vector<uint64_t> &copies, uint64_t below) {
  if (below <= problem.floorII ||
      problem.coresFor(copies, below - 1) > problem.cores)
    return below; // more time never needs more cores
  for (uint64_t ii = problem.floorII; ii < below; ++ii)
    if (problem.coresFor(copies, ii) <= problem.cores)
      return ii;
  return below;
}

/// Calls `visit` for all numbers of copies.
static void forAllCopies(const ReplicationProblem &problem,
                         std::vector<uint64_t> &copies,
                         llvm::function_ref<void()> visit) {
  if (copies.size() == problem.layers.size())
    return visit();
  uint64_t most = problem.layers[copies.size()].maxCopies;
  for (uint64_t c = 1; c <= most; ++c) {
    copies.push_back(c);
    forAllCopies(problem, copies, visit);
    copies.pop_back();
  }
}

TEST(Replication, EqualsAllCopiesOfRandomProblems) {
  std::mt19937 random(5);
  int solved = 0, several = 0;
  for (int trial = 0; solved < 500; ++trial) {
    ReplicationProblem problem = randomProblem(random, 8, 4);
    uint64_t none = 100000, best = none;
    std::vector<uint64_t> copies;
    forAllCopies(problem, copies,
                 [&] { best = leastII(problem, copies, best); });
    llvm::Expected<ReplicationSolution> solution = solveReplication(problem);
    if (best == none) {
      EXPECT_FALSE(bool(solution)) << "trial " << trial;
      llvm::consumeError(solution.takeError());
      continue;
    }
    ASSERT_TRUE(bool(solution)) << "trial " << trial;
    EXPECT_EQ(llvm::toString(problem.verify(*solution)), "");
    EXPECT_EQ(solution->ii, best) << "trial " << trial;
    ++solved;
    several += llvm::any_of(solution->copies, [](uint64_t c) { return c > 1; });
  }
  EXPECT_GT(several, 100);
}

TEST(Replication, FewestCoresEqualAllCopiesOfRandomProblems) {
  std::mt19937 random(6);
  int solved = 0;
  for (int trial = 0; solved < 200; ++trial) {
    ReplicationProblem problem = randomProblem(random, 5, 4);
    uint64_t ii = problem.floorII + random() % 100;
    uint64_t best = ~uint64_t(0);
    std::vector<uint64_t> copies;
    forAllCopies(problem, copies,
                 [&] { best = std::min(best, problem.coresFor(copies, ii)); });
    llvm::Expected<ReplicationSolution> solution =
        solveReplicationFor(problem, ii);
    if (best > problem.cores) {
      EXPECT_FALSE(bool(solution)) << "trial " << trial;
      llvm::consumeError(solution.takeError());
      continue;
    }
    ASSERT_TRUE(bool(solution)) << "trial " << trial;
    EXPECT_EQ(solution->cores, best) << "trial " << trial;
    ++solved;
  }
}

//===----------------------------------------------------------------------===//
// Wrong input and wrong solutions
//===----------------------------------------------------------------------===//

static std::string errorOf(const ReplicationProblem &problem) {
  return llvm::toString(solveReplication(problem).takeError());
}

TEST(Replication, WrongInput) {
  ReplicationProblem problem = singleCrossbars(2);
  problem.layers.push_back(layer("a", {4, 4}, 3, 10));
  EXPECT_EQ(errorOf(problem), "replication: crossbars do not suffice for one "
                              "copy of each layer on 2 cores");
  problem.layers[0].stages[0].crossbars = 2;
  EXPECT_EQ(errorOf(problem),
            "replication: stage 'a.0' takes 2 crossbars, a core has 1");
  problem.layers[0].maxCopies = 5;
  EXPECT_EQ(errorOf(problem), "replication: layer 'a' has 3 stages over 4x4 "
                              "iterations and 5 copies at most");
  problem.cores = 0;
  EXPECT_EQ(errorOf(problem),
            "replication: expected at least one core, context "
            "and port, found 0, 1 and 1");
}

TEST(Replication, AnIIThatIsOutOfReach) {
  ReplicationProblem problem = singleCrossbars(3);
  problem.layers.push_back(layer("a", {4, 4}, 1, 10));
  problem.floorII = 30;
  auto errorAt = [&](uint64_t ii) {
    return llvm::toString(solveReplicationFor(problem, ii).takeError());
  };
  EXPECT_EQ(errorAt(29), "replication: an II of 29 cycles is below 30, which "
                         "the input needs");
  EXPECT_EQ(errorAt(39), "replication: layer 'a' does not allow an II of 39 "
                         "cycles on 3 cores");
  EXPECT_EQ(errorAt(40), "replication: crossbars does not allow an II of 40 "
                         "cycles on 3 cores");
}

TEST(Replication, WrongSolutions) {
  ReplicationProblem problem = singleCrossbars(5);
  problem.layers.push_back(layer("a", {4, 4}, 1, 10));
  problem.layers.push_back(layer("b", {2, 2}, 1, 10));
  problem.floorII = 20;
  ReplicationSolution good = llvm::cantFail(solveReplication(problem));
  EXPECT_EQ(good.ii, 40u);
  auto after = [&](auto change) {
    ReplicationSolution solution = good;
    change(solution);
    return llvm::toString(problem.verify(solution));
  };
  EXPECT_EQ(after([](auto &) {}), "");
  EXPECT_EQ(after([](auto &s) { s.copies.pop_back(); }),
            "replication: copies of 1 layers, there are 2");
  EXPECT_EQ(after([](auto &s) { s.ii = 19; }),
            "replication: the II of 19 is below 20, which the input needs");
  EXPECT_EQ(after([](auto &s) { s.copies[1] = 3; }),
            "replication: layer 'b' has 3 copies, expected 1 to 2");
  EXPECT_EQ(after([](auto &s) { s.ii = 39; }),
            "replication: layer 'a' does not allow an II of 39 on 5 cores");
  EXPECT_EQ(after([](auto &s) { s.copies[1] = 2; }),
            "replication: crossbars does not allow an II of 40 on 5 cores");
  EXPECT_EQ(after([](auto &s) { s.cores = 4; }),
            "replication: 4 cores are said to be used, expected 5");
}
