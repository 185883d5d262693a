//===- ReplicationTest.cpp - how many copies of each layer ----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Known networks, one resource at a time, and wrong solutions.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Replication.h"
#include "gtest/gtest.h"

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
  ReplicationCore core;
  core.crossbars = 1;
  problem.cores.assign(cores, core);
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
  problem.cores.resize(43 + 11 * 15 + 11 * 3, problem.cores[0]);
  solution = llvm::cantFail(solveReplication(problem));
  EXPECT_EQ(solution.ii, 6400u); // 156,250
  EXPECT_EQ(solution.copies, (std::vector<uint64_t>{16, 4, 1}));
  solution = llvm::cantFail(solveReplicationFor(problem, 25600));
  EXPECT_EQ(solution.cores, 43u + 11 * 3);
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
  problem.cores[1].ports = 0;
  EXPECT_EQ(errorOf(problem), "replication: expected contexts, ports and links "
                              "of each core, found 1, 0 and 1");
  problem.cores.clear();
  EXPECT_EQ(errorOf(problem), "replication: expected at least one core");
}

TEST(Replication, WrongInputsOfStages) {
  ReplicationProblem problem = singleCrossbars(2);
  problem.cores[0].bytes = problem.cores[1].bytes = 10;
  problem.layers.push_back(layer("a", {4, 4}, 1, 10));
  ReplicationStage &stage = problem.layers[0].stages[0];
  stage.bytes = 4;
  stage.inputs = {0};
  EXPECT_EQ(errorOf(problem),
            "replication: stage 'a.0' reads input 0, there are 0");
  problem.inputs.resize(1);
  problem.inputs[0].bytes = 7;
  EXPECT_EQ(errorOf(problem), "replication: stage 'a.0' needs 11 bytes of "
                              "SRAM, a core has 10");
  stage.output = 1;
  EXPECT_EQ(errorOf(problem),
            "replication: stage 'a.0' writes input 1, there are 1");
}

//===----------------------------------------------------------------------===//
// One resource each
//===----------------------------------------------------------------------===//

/// A layer of 4x4 iterations on four cores: what sets the least II.
static std::pair<uint64_t, std::string>
limitWith(llvm::function_ref<void(ReplicationProblem &)> change) {
  ReplicationProblem problem = singleCrossbars(4);
  problem.layers.push_back(layer("a", {4, 4}, 1, 10));
  problem.layers[0].stages[0].inputs = {0};
  problem.inputs.resize(1);
  change(problem);
  ReplicationSolution solution = llvm::cantFail(solveReplication(problem));
  EXPECT_EQ(llvm::toString(problem.verify(solution)), "");
  return {solution.ii, solution.limit};
}

using Limit = std::pair<uint64_t, std::string>;

TEST(Replication, FourCopiesWhereNothingIsShort) {
  EXPECT_EQ(limitWith([](ReplicationProblem &) {}), Limit(40, "layer 'a'"));
}

TEST(Replication, EachCopyNeedsItsMemory) {
  EXPECT_EQ(limitWith([](ReplicationProblem &problem) {
              problem.cores[3].bytes = problem.cores[2].bytes = 1;
              problem.cores[1].bytes = problem.cores[0].bytes = 9;
              problem.inputs[0].bytes = 9; // of two copies, on two cores
            }),
            Limit(80, "SRAM"));
}

TEST(Replication, EachCopyIsSentAllThatItReads) {
  EXPECT_EQ(limitWith([](ReplicationProblem &problem) {
              problem.inputs[0] = {/*arrivals=*/70, 0, 0, false};
            }),
            Limit(70, "layer 'a'"));
  // The messages of a core need no link to it, those of an I/O node do.
  EXPECT_EQ(limitWith([](ReplicationProblem &problem) {
              problem.inputs[0] = {0, /*link=*/70, 0, false};
            }),
            Limit(53, "the time of links")); // three of four cores
  EXPECT_EQ(limitWith([](ReplicationProblem &problem) {
              problem.inputs[0] = {0, /*link=*/70, 0, true};
            }),
            Limit(70, "layer 'a'"));
}

TEST(Replication, ALinkTakesAllMessagesOfACopy) {
  auto send = [](ReplicationProblem &problem) {
    problem.layers[0].stages[0].send = 30;
  };
  // They stay where one core can read them.
  EXPECT_EQ(limitWith(send), Limit(40, "layer 'a'"));
  EXPECT_EQ(limitWith([&](ReplicationProblem &problem) {
              send(problem);
              problem.layers[0].stages[0].leaves = true;
            }),
            Limit(120, "layer 'a'"));
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
