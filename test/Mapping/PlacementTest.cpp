//===- PlacementTest.cpp - stages onto cores ------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Small problems against all placements, limits, errors, and wrong solutions.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Placement.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <random>
#include <set>

using namespace cm;
using testing::HasSubstr;

static MachineModel machineOf(llvm::StringRef preset,
                              std::vector<std::string> settings = {}) {
  return llvm::cantFail(loadMachine(preset, settings));
}

/// A 2x2 mesh of two crossbar cores and two digital cores.
static MachineModel mixedMachine() {
  return llvm::cantFail(MachineModel::create(llvm::cantFail(parseMachine(
      R"(name: "mixed" clock_ghz: 1
         core_types { name: "x"
           crossbar { count: 2 rows: 64 cols: 32 mvm_cycles: 10 }
           dpu { lanes: 16 } sram { bytes: 1000 access_bytes: 16 }
           lcu { contexts: 3 } }
         core_types { name: "d" dpu { lanes: 16 }
           sram { bytes: 4000 access_bytes: 16 } lcu { contexts: 3 } }
         link { width_bytes: 4 }
         topology { mesh { width: 2 height: 2 }
           assignments { first: 2 count: 2 core_type: "d" } }
         io_nodes { name: "host" bytes_per_cycle: 8 attached_to: [0] })",
      "mixed"))));
}

static PlacementItem matrix(std::string name, int64_t rows, int64_t cols,
                            uint64_t mvms) {
  PlacementItem item;
  item.name = std::move(name);
  item.matrixRows = rows;
  item.matrixCols = cols;
  item.mvms = mvms;
  return item;
}

static PlacementItem digital(std::string name, uint64_t cycles) {
  PlacementItem item;
  item.name = std::move(name);
  item.dpuCycles = cycles;
  return item;
}

static PlacementProblem problemOn(const MachineModel &machine) {
  PlacementProblem problem;
  problem.machine = &machine;
  return problem;
}

static PlacementSolution solve(const PlacementProblem &problem) {
  PlacementSolution solution = llvm::cantFail(solvePlacement(problem));
  EXPECT_EQ(llvm::toString(problem.verify(solution)), "");
  return solution;
}

static std::string solveError(const PlacementProblem &problem) {
  return llvm::toString(solvePlacement(problem).takeError());
}

/// A chain from the host through `items` stages with random work.
static PlacementProblem randomChain(const MachineModel &machine, int items,
                                    std::mt19937 &random) {
  PlacementProblem problem = problemOn(machine);
  problem.items.push_back(digital("in", 0));
  problem.items.back().fixed = machine.inputNode();
  for (int i = 0; i < items; ++i) {
    bool mvm = random() % 4 != 0;
    std::string name = "s" + std::to_string(i);
    problem.items.push_back(
        mvm ? matrix(name, 1 + random() % 64, 1 + random() % 64, random() % 50)
            : digital(name, random() % 500));
    uint32_t from = random() % 3 ? i : random() % (i + 1);
    problem.edges.push_back({from, uint32_t(i + 1), 1 + random() % 1000});
  }
  return problem;
}

/// The least busy time over all placements; nothing where none fits.
static std::optional<uint64_t> leastLoad(const PlacementProblem &problem) {
  uint32_t cores = problem.machine->numCores(), items = problem.items.size();
  std::optional<uint64_t> least;
  std::vector<NodeId> node(items, 0);
  std::vector<std::vector<uint32_t>> hops;
  for (NodeId node = 0; node < problem.machine->numNodes(); ++node)
    hops.push_back(problem.machine->hopsFrom(node));
  while (true) {
    PlacementSolution trial;
    std::vector<uint32_t> used(cores, 0);
    std::vector<std::vector<uint32_t>> hosted(cores);
    for (uint32_t i = 0; i < items; ++i) {
      NodeId at = problem.items[i].fixed.value_or(node[i]);
      trial.node.push_back(at);
      trial.firstCrossbar.push_back(at < cores ? used[at] : 0);
      if (at >= cores)
        continue;
      used[at] += problem.crossbarsOn(i, at).value_or(0);
      hosted[at].push_back(i);
    }
    for (NodeId core = 0; core < cores; ++core)
      trial.maxLoad =
          std::max(trial.maxLoad, problem.coreLoad(core, hosted[core]).max());
    for (const PlacementEdge &edge : problem.edges)
      trial.byteHops +=
          edge.bytes * hops[trial.node[edge.from]][trial.node[edge.to]];
    if (llvm::Error error = problem.verify(trial))
      llvm::consumeError(std::move(error));
    else
      least = std::min(least.value_or(trial.maxLoad), trial.maxLoad);
    uint32_t i = 0;
    for (; i < items; ++i) {
      if (!problem.items[i].fixed && ++node[i] < cores)
        break;
      node[i] = 0;
    }
    if (i == items)
      return least;
  }
}

TEST(Placement, SmallProblemsAreNearTheBestOfAllPlacements) {
  MachineModel machine = mixedMachine();
  std::mt19937 random(17);
  int placed = 0, best = 0;
  for (int trial = 0; trial < 100; ++trial) {
    PlacementProblem problem = randomChain(machine, 5, random);
    std::optional<uint64_t> least = leastLoad(problem);
    llvm::Expected<PlacementSolution> solution = solvePlacement(problem);
    if (!solution) {
      llvm::consumeError(solution.takeError());
      EXPECT_FALSE(least) << "trial " << trial;
      continue;
    }
    ASSERT_EQ(llvm::toString(problem.verify(*solution)), "");
    ASSERT_TRUE(least);
    EXPECT_LE(solution->loadBound, *least) << "trial " << trial;
    EXPECT_LE(3 * solution->maxLoad, 4 * *least) << "trial " << trial;
    ++placed;
    best += solution->maxLoad == *least;
  }
  EXPECT_GT(placed, 20);
  EXPECT_GE(10 * best, 9 * placed);
}

TEST(Placement, LargeProblemsAreRightRepeatableAndNearTheBound) {
  MachineModel machine = machineOf("pimcomp144");
  std::mt19937 random(23);
  PlacementProblem problem = randomChain(machine, 300, random);
  PlacementSolution first = solve(problem), second = solve(problem);
  EXPECT_EQ(first.node, second.node);
  EXPECT_EQ(first.firstCrossbar, second.firstCrossbar);
  EXPECT_LE(10 * first.maxLoad, 13 * first.loadBound);
  std::set<NodeId> used(first.node.begin(), first.node.end());
  EXPECT_EQ(used.size(), 145u); // all cores and the host

  PlacementOptions still;
  still.moves = 0;
  PlacementSolution unannealed = llvm::cantFail(solvePlacement(problem, still));
  EXPECT_LT(10 * first.byteHops, 7 * unannealed.byteHops);
  EXPECT_EQ(first.maxLoad, unannealed.maxLoad);
}

TEST(Placement, AChainOnALineOfCoresTakesOneHopPerEdge) {
  MachineModel machine = machineOf("hermes64");
  PlacementProblem problem = problemOn(machine);
  for (uint32_t i = 0; i < 20; ++i) {
    problem.items.push_back(matrix("s" + std::to_string(i), 256, 256, 100));
    if (i > 0)
      problem.edges.push_back({i - 1, i, 1000});
  }
  EXPECT_EQ(solve(problem).byteHops, 19000u);
}

/// Types 0 and 1 of the mixed machine.
static CoreCycles onTypes(uint64_t first, uint64_t second) {
  return CoreCycles::of(2,
                        [&](uint32_t type) { return type ? second : first; });
}

TEST(Placement, CostsAreThoseOfTheTypeOfCore) {
  MachineModel machine = mixedMachine();
  PlacementProblem problem = problemOn(machine);
  for (const char *name : {"a", "b", "c", "d"}) {
    problem.items.push_back(digital(name, 0));
    problem.items.back().dpuCycles = onTypes(90, 40);
    problem.items.back().sramCycles = onTypes(5, 30);
  }
  problem.items[2].dpuCycles = onTypes(20, 400);
  problem.items[3].dpuCycles = onTypes(30, 400);
  EXPECT_EQ(problem.coreLoad(0, {0, 1}).dpu, 180u);
  EXPECT_EQ(problem.coreLoad(2, {0, 1}).dpu, 80u);
  EXPECT_EQ(problem.coreLoad(2, {0, 1}).sram, 60u);
  PlacementSolution solution = solve(problem);
  EXPECT_EQ(solution.maxLoad, 40u);
  EXPECT_EQ(solution.loadBound, 40u);
}

TEST(Placement, WhatAWriterSendsArrivesOnceAtACore) {
  MachineModel machine = mixedMachine();
  PlacementProblem problem = problemOn(machine);
  problem.items = {digital("a", 0), digital("b", 0)};
  problem.arrivals = {7, onTypes(10, 20)};
  problem.items[0].arrivals = {0, 1};
  problem.items[1].arrivals = {1};
  problem.items[1].sramCycles = 3;
  EXPECT_EQ(problem.coreLoad(0, {0}).sram, 17u);
  EXPECT_EQ(problem.coreLoad(0, {0, 1}).sram, 20u);
  EXPECT_EQ(problem.coreLoad(2, {0, 1}).sram, 30u);
  EXPECT_EQ(solve(problem).loadBound, 17u); // 'a', which takes both
  problem.items[1].arrivals.push_back(2);
  EXPECT_EQ(solveError(problem),
            "placement: 'b' is sent arrival 2, there are 2");
}

TEST(Placement, LoadsFollowTheConcurrencyOfTheMachine) {
  uint64_t expected[] = {16 * (10 + 3 * 4), 16 * (10 + 4), 16 * 10};
  const char *names[] = {"MVM_CONCURRENCY_CROSSBAR", "MVM_CONCURRENCY_GROUP",
                         "MVM_CONCURRENCY_CORE"};
  for (int i = 0; i < 3; ++i) {
    MachineModel machine =
        machineOf("tiny8", {std::string("core.mvm_concurrency=") + names[i]});
    PlacementProblem problem = problemOn(machine);
    problem.items = {matrix("a", 64, 64, 10), matrix("b", 64, 192, 4)};
    problem.items[0].sramCycles = 31; // two ports
    problem.items[1].dpuCycles = 9;
    CoreLoad load = problem.coreLoad(0, {0, 1});
    EXPECT_EQ(load.mvm, expected[i]);
    EXPECT_EQ(load.sram, 16u);
    EXPECT_EQ(load.dpu, 9u);
  }
}

TEST(Placement, ResourceLoadsNameTheUnits) {
  MachineModel machine = mixedMachine();
  PlacementProblem problem = problemOn(machine);
  problem.items = {matrix("a", 64, 64, 10)};
  PlacementSolution solution = solve(problem);
  std::vector<ResourceLoad> loads = placementLoads(problem, solution);
  ASSERT_EQ(loads.size(), 12u);
  const ResourceLoad &load = loads[3 * solution.node[0]];
  EXPECT_EQ(load.name,
            "crossbars of core[" + std::to_string(solution.node[0]) + "]");
  EXPECT_EQ(load.cycles, 100u);
}

//===----------------------------------------------------------------------===//
// What does not fit
//===----------------------------------------------------------------------===//

TEST(Placement, MissingCrossbarsAreCountedWithTheLayersThatTakeMost) {
  MachineModel machine = mixedMachine();
  PlacementProblem problem = problemOn(machine);
  problem.items = {matrix("a.0", 64, 64, 1), matrix("b", 64, 32, 1),
                   matrix("a.1", 64, 64, 1)};
  problem.items[0].layer = problem.items[2].layer = "a";
  EXPECT_EQ(
      solveError(problem),
      "the network needs 5 crossbars, machine 'mixed' has 4: 1 are short (1 "
      "core with 2 each); layers that take most: 'a' (4), 'b' (1); "
      "--allow-reload runs it in parts");
}

TEST(Placement, MissingContextsAndBytesAreCounted) {
  MachineModel machine = mixedMachine();
  PlacementProblem problem = problemOn(machine);
  problem.items.assign(13, digital("d", 1));
  EXPECT_EQ(solveError(problem),
            "the network needs 13 LCU contexts, machine 'mixed' has 12: 1 are "
            "short; layers that take most: 'd' (13)");
  problem.items.assign(1, digital("d", 1));
  problem.items[0].sramBytes = 10001;
  EXPECT_EQ(solveError(problem),
            "the network needs 10001 bytes of SRAM, machine 'mixed' has 10000: "
            "1 are short; layers that take most: 'd' (10001)");
}

TEST(Placement, AMatrixTooLargeForAnyCoreIsNamed) {
  MachineModel machine = mixedMachine();
  PlacementProblem problem = problemOn(machine);
  problem.items = {matrix("a", 6400, 1, 1)};
  EXPECT_EQ(solveError(problem),
            "stage 'a': no core of machine 'mixed' has crossbars for a matrix "
            "of 6400 rows and 1 columns");
}

TEST(Placement, PiecesThatDoNotFitTogetherAreNamed) {
  MachineModel machine = mixedMachine();
  PlacementProblem problem = problemOn(machine);
  problem.items.assign(3, matrix("m", 64, 32, 1));
  for (PlacementItem &item : problem.items)
    item.sramBytes = 600; // one to a core with crossbars
  EXPECT_EQ(solveError(problem),
            "no core of machine 'mixed' has room left for stage 'm', which "
            "needs 1 crossbars, an LCU context and 600 bytes of SRAM in one "
            "core; the network needs 3 of 4 crossbars; layers that take most: "
            "'m' (3)");
}

TEST(Placement, CoresThatPiecesTakeAreCounted) {
  MachineModel machine = llvm::cantFail(
      loadMachine("tiny8", {"topology.all_to_all.cores=8", "core.count=3"}));
  PlacementProblem problem = problemOn(machine);
  problem.items.assign(9, matrix("m", 64, 128, 1)); // two crossbars of three
  EXPECT_THAT(solveError(problem),
              testing::HasSubstr("needs 18 of 24 crossbars; first fit takes 9 "
                                 "cores, 1 are short; layers that take most"));
}

TEST(Placement, LargeMatricesComeFirstWhereCrossbarsAreScarce) {
  MachineModel machine = mixedMachine();
  PlacementProblem problem = problemOn(machine);
  problem.items = {matrix("a", 64, 32, 90), matrix("b", 64, 32, 80),
                   matrix("c", 64, 64, 1)};
  PlacementSolution solution = solve(problem);
  EXPECT_EQ(solution.node[0], solution.node[1]);
}

//===----------------------------------------------------------------------===//
// Wrong input and wrong solutions
//===----------------------------------------------------------------------===//

TEST(Placement, WrongInputIsRefused) {
  MachineModel machine = mixedMachine();
  PlacementProblem problem = problemOn(machine);
  problem.items = {matrix("a", 64, 0, 1)};
  EXPECT_EQ(solveError(problem), "placement: the matrix of 'a' is 64x0");
  problem.items = {digital("a", 1)};
  problem.items[0].fixed = 5;
  EXPECT_EQ(solveError(problem),
            "placement: 'a' is fixed to node 5, there are 5");
  problem.items[0].fixed = 4;
  problem.edges = {{0, 1, 1}};
  EXPECT_EQ(solveError(problem),
            "placement: an edge joins items 0 and 1, there are 1");
}

TEST(Placement, AnItemFixedWhereItDoesNotFitIsNamed) {
  MachineModel machine = mixedMachine();
  PlacementProblem problem = problemOn(machine);
  problem.items = {matrix("a", 64, 32, 1), matrix("b", 64, 32, 1)};
  problem.items[0].fixed = 1;
  EXPECT_EQ(solve(problem).node[0], 1u);
  problem.items[0].fixed = 2;
  EXPECT_EQ(solveError(problem),
            "placement: core[2] has no crossbars for the 64x32 matrix of 'a'");
}

class WrongPlacement : public testing::Test {
protected:
  WrongPlacement() : machine(mixedMachine()), problem(problemOn(machine)) {
    problem.items = {digital("in", 0), matrix("a", 64, 32, 5),
                     matrix("b", 64, 64, 5)};
    problem.items[0].fixed = 4;
    problem.items[1].sramBytes = problem.items[2].sramBytes = 600;
    problem.edges = {{0, 1, 10}, {1, 2, 10}};
  }
  template <typename Change> std::string after(Change change) {
    PlacementSolution solution = solve(problem);
    change(solution);
    return llvm::toString(problem.verify(solution));
  }
  MachineModel machine;
  PlacementProblem problem;
};

TEST_F(WrongPlacement, EachMistakeIsNamed) {
  using Solution = PlacementSolution;
  EXPECT_EQ(after([](Solution &s) { s.node[0] = 0; }),
            "placement: 'in' is on node 0, expected host");
  EXPECT_EQ(after([](Solution &s) { s.node[1] = 4; }),
            "placement: 'a' is on node 4, expected a core");
  EXPECT_EQ(after([](Solution &s) { s.node[1] = 2; }),
            "placement: core[2] has no crossbars for the 64x32 matrix of 'a'");
  EXPECT_EQ(after([](Solution &s) { s.node[1] = s.node[2]; }),
            "placement: 'a' and 'b' both hold crossbar 0 of core[1]");
  EXPECT_EQ(after([](Solution &s) { s.firstCrossbar[1] = 2; }),
            "placement: 'a' holds crossbar 2 of core[0], there are 2");
  EXPECT_THAT(after([](Solution &s) { ++s.maxLoad; }),
              HasSubstr("placement: load 51 and byte hops"));
  EXPECT_EQ(after([](Solution &s) { s.loadBound = 51; }),
            "placement: the bound of 51 is above the load of 50");
  EXPECT_EQ(after([](Solution &s) { s.node.pop_back(); }),
            "placement: 2 nodes and 3 crossbars for 3 items");
}

TEST_F(WrongPlacement, TooManyBytesOrContexts) {
  problem.items[2].matrixCols = 32;
  EXPECT_EQ(after([](PlacementSolution &s) {
              s.node[1] = s.node[2];
              s.firstCrossbar[1] = 1;
            }),
            "placement: stages of core[1] need 1200 bytes of SRAM, there are "
            "1000");
  problem.items.assign(4, digital("d", 1));
  problem.edges.clear();
  EXPECT_EQ(after([](PlacementSolution &s) {
              s.node = {1, 1, 1, 1};
            }),
            "placement: core[1] hosts 4 stages, its LCU has 3 contexts");
}

TEST(Placement, ANumberOfCoresIsNotCut) {
  MachineModel machine = machineOf("tiny8");
  PlacementProblem problem;
  problem.machine = &machine;
  problem.items = {matrix("a", 8, 8, 1)};
  for (uint64_t cores : {uint64_t(9), uint64_t(4294967296), ~uint64_t(0)}) {
    problem.cores = cores;
    EXPECT_EQ(llvm::toString(solvePlacement(problem).takeError()),
              "placement: " + std::to_string(cores) +
                  " cores are wanted, machine 'tiny8' has 8");
  }
}

TEST(Placement, AFewStagesOnALargeMachineNeedNoTableOfAllPairs) {
  // 65536 cores, the most that a machine may have: 17 GB of distances.
  MachineModel machine = llvm::cantFail(MachineModel::create(
      llvm::cantFail(parseMachine(R"(name: "large" clock_ghz: 1
         core_types { crossbar { rows: 64 cols: 64 mvm_cycles: 10 }
           dpu { lanes: 16 } sram { access_bytes: 16 } }
         link { width_bytes: 4 }
         topology { mesh { width: 256 height: 256 } }
         io_nodes { name: "host" bytes_per_cycle: 8 attached_to: [0] })",
                                  "large"))));
  PlacementProblem problem;
  problem.machine = &machine;
  for (int i = 0; i < 8; ++i) {
    problem.items.push_back(matrix("s" + std::to_string(i), 64, 64, 10));
    if (i > 0)
      problem.edges.push_back({uint32_t(i - 1), uint32_t(i), 100});
  }
  PlacementSolution solution = llvm::cantFail(solvePlacement(problem));
  EXPECT_EQ(llvm::toString(problem.verify(solution)), "");
  EXPECT_EQ(solution.maxLoad, solution.loadBound);
  EXPECT_EQ(solution.byteHops, 700u); // a line of neighbours
}

TEST(Placement, ExcludedCoresHostNothing) {
  std::mt19937 random(6);
  MachineModel machine = machineOf("hermes64");
  for (int trial = 0; trial < 20; ++trial) {
    PlacementProblem problem = randomChain(machine, 20, random);
    for (NodeId core = 0; core < machine.numCores(); ++core)
      problem.excluded.push_back(random() % 2);
    PlacementSolution solution = solve(problem);
    for (uint32_t i = 1; i < problem.items.size(); ++i)
      EXPECT_FALSE(problem.excluded[solution.node[i]]);
    problem.excluded[solution.node[5]] = true;
    EXPECT_EQ(llvm::toString(problem.verify(solution)),
              "placement: 's4' is on node " + std::to_string(solution.node[5]) +
                  ", expected a core");
    problem.excluded.assign(machine.numCores(), true);
    EXPECT_NE(solveError(problem), "");
  }
}
