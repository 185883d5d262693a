//===- PlacementPacksTest.cpp - items that share a crossbar ---------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which items are packed, where packs go, and wrong packs.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Placement.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <map>
#include <set>

using namespace cm;
using testing::HasSubstr;

static MachineModel machineWith(std::vector<std::string> settings) {
  return llvm::cantFail(loadMachine("tiny8", settings));
}

/// `count` matrices of 32x32 with 10 MVMs each: four share a 64x64 crossbar.
static PlacementProblem quarters(const MachineModel &machine, unsigned count) {
  PlacementProblem problem;
  problem.machine = &machine;
  for (unsigned i = 0; i < count; ++i) {
    PlacementItem item;
    item.name = std::string(1, 'a' + i);
    item.matrixRows = item.matrixCols = 32;
    item.mvms = 10;
    problem.items.push_back(item);
    if (i)
      problem.edges.push_back({i - 1, i, 100});
  }
  return problem;
}

static unsigned packed(const PlacementProblem &problem) {
  unsigned count = 0;
  for (const PlacementItem &item : problem.items)
    count += item.pack.has_value();
  return count;
}

TEST(PlacementPacks, NothingIsPackedWhereAllFits) {
  MachineModel machine = machineWith({"core.count=1"});
  PlacementProblem problem = quarters(machine, 8);
  PlacementSolution solution = llvm::cantFail(solvePackedPlacement(problem, 0));
  EXPECT_EQ(packed(problem), 0u);
  EXPECT_EQ(solution.maxLoad, 160u);
}

TEST(PlacementPacks, AsFewArePackedAsNeeded) {
  MachineModel machine = machineWith({"core.count=1"});
  PlacementProblem problem = quarters(machine, 16);
  EXPECT_THAT(llvm::toString(solvePlacement(problem).takeError()),
              HasSubstr("8 are short"));
  PlacementSolution solution = llvm::cantFail(solvePackedPlacement(problem, 0));
  EXPECT_EQ(llvm::toString(problem.verify(solution)), "");
  EXPECT_EQ(packed(problem), 16u);
  EXPECT_EQ(solution.maxLoad, 320u); // two on each crossbar, not four
}

/// The stages of each crossbar of a core.
static std::map<std::pair<NodeId, uint32_t>, unsigned>
stagesOf(const PlacementSolution &solution) {
  std::map<std::pair<NodeId, uint32_t>, unsigned> stages;
  for (size_t i = 0; i < solution.node.size(); ++i)
    ++stages[{solution.node[i], solution.firstCrossbar[i]}];
  return stages;
}

TEST(PlacementPacks, OneTooManyIsOnePack) {
  MachineModel machine = machineWith({"core.count=1"});
  PlacementProblem problem = quarters(machine, 9);
  PlacementSolution solution = llvm::cantFail(solvePackedPlacement(problem, 0));
  EXPECT_EQ(llvm::toString(problem.verify(solution)), "");
  EXPECT_EQ(packed(problem), 2u);
  EXPECT_EQ(stagesOf(solution).size(), 8u);
}

TEST(PlacementPacks, ALongStageIsAlone) {
  MachineModel machine = machineWith({"core.count=1"});
  PlacementProblem problem = quarters(machine, 14);
  problem.items[3].mvms = 40; // the least time of any crossbar
  PlacementSolution solution = llvm::cantFail(solvePackedPlacement(problem, 0));
  EXPECT_EQ(llvm::toString(problem.verify(solution)), "");
  EXPECT_FALSE(problem.items[3].pack);
  EXPECT_EQ(solution.maxLoad, 640u);
  EXPECT_EQ(stagesOf(solution).size(), 8u);
  for (auto [crossbar, stages] : stagesOf(solution))
    EXPECT_LE(stages, 3u); // not the four that the time allows
}

TEST(PlacementPacks, PacksThatFreeNoCoreAreLeft) {
  // All eight are on one core of eight crossbars anyway.
  MachineModel machine =
      machineWith({"core.count=8", "core.mvm_concurrency=CORE"});
  PlacementProblem problem = quarters(machine, 8);
  problem.cores = 1;
  llvm::cantFail(solvePackedPlacement(problem, 640));
  EXPECT_EQ(packed(problem), 0u);
}

TEST(PlacementPacks, PacksGoToTheFewestCores) {
  MachineModel machine = machineWith({"core.count=8"});
  PlacementProblem problem = quarters(machine, 8);
  PlacementSolution solution =
      llvm::cantFail(solvePackedPlacement(problem, 8 * 160));
  EXPECT_EQ(llvm::toString(problem.verify(solution)), "");
  std::set<NodeId> cores(solution.node.begin(), solution.node.end());
  EXPECT_EQ(cores.size(), 1u);
  EXPECT_EQ(solution.maxLoad, 8 * 160u);
}

TEST(PlacementPacks, AWrongProblemIsTheError) {
  MachineModel machine = machineWith({"core.count=1"});
  PlacementProblem problem = quarters(machine, 9);
  problem.edges.push_back({3, 77, 1});
  EXPECT_EQ(llvm::toString(solvePackedPlacement(problem, 0).takeError()),
            "placement: an edge joins items 3 and 77, there are 9");
}

TEST(PlacementPacks, WeightsNeedCrossbarsOfTheirBits) {
  MachineModel machine = machineWith({"core.weight_bits=4"});
  PlacementProblem problem = quarters(machine, 1);
  problem.items[0].weightBits = 4;
  EXPECT_EQ(problem.crossbarsOn(0, 0), 1u);
  problem.items[0].weightBits = 5;
  EXPECT_EQ(problem.crossbarsOn(0, 0), std::nullopt);
}

TEST(PlacementPacks, TheWantedIILeavesCoresFree) {
  MachineModel machine = machineWith({"core.count=1"});
  PlacementProblem problem = quarters(machine, 8);
  PlacementSolution solution =
      llvm::cantFail(solvePackedPlacement(problem, 640));
  EXPECT_EQ(llvm::toString(problem.verify(solution)), "");
  EXPECT_EQ(packed(problem), 8u);
  std::set<NodeId> cores(solution.node.begin(), solution.node.end());
  EXPECT_EQ(cores.size(), 2u);
  EXPECT_LE(solution.maxLoad, 640u);
}

TEST(PlacementPacks, MvmsOfOneCrossbarTakeTurnsWhereCrossbarsDoNot) {
  MachineModel machine =
      machineWith({"core.count=2", "core.mvm_concurrency=CORE"});
  PlacementProblem problem = quarters(machine, 4);
  EXPECT_EQ(problem.coreLoad(0, {0, 1, 2}).mvm, 160u);
  problem.items[0].pack = problem.items[1].pack = 3;
  EXPECT_EQ(problem.coreLoad(0, {0, 1, 2}).mvm, 320u);
}

TEST(PlacementPacks, WhatDoesNotFitStaysTheError) {
  MachineModel machine = machineWith({"core.count=1"});
  PlacementProblem problem = quarters(machine, 26);
  for (PlacementItem &item : problem.items)
    item.matrixRows = item.matrixCols = 33; // no two fit
  EXPECT_THAT(llvm::toString(solvePackedPlacement(problem, 0).takeError()),
              HasSubstr("18 are short"));
}

TEST(PlacementPacks, DifferentCrossbarsAreNotPacked) {
  machine::Machine proto = machineWith({"core.count=1"}).proto();
  machine::CoreType *other = proto.add_core_types();
  *other = proto.core_types(0);
  other->set_name("other");
  other->mutable_crossbar()->set_rows(32);
  machine::Assignment *some = proto.mutable_topology()->add_assignments();
  some->set_first(4), some->set_count(2), some->set_core_type("other");
  MachineModel machine = llvm::cantFail(MachineModel::create(proto));
  PlacementProblem problem = quarters(machine, 4);
  EXPECT_EQ(packItems(problem, 10000), 0u);
  EXPECT_EQ(packed(problem), 0u);
}

//===----------------------------------------------------------------------===//
// Wrong packs
//===----------------------------------------------------------------------===//

class WrongPacks : public testing::Test {
protected:
  WrongPacks()
      : machine(machineWith({"core.count=2"})), problem(quarters(machine, 3)) {
    problem.items[0].pack = problem.items[1].pack = 0;
    problem.items[1].firstCol = 32;
    solution = llvm::cantFail(solvePlacement(problem));
    EXPECT_EQ(llvm::toString(problem.verify(solution)), "");
    EXPECT_EQ(solution.node[0], solution.node[1]);
  }
  std::string verify() { return llvm::toString(problem.verifyFit(solution)); }

  MachineModel machine;
  PlacementProblem problem;
  PlacementSolution solution;
};

TEST_F(WrongPacks, CellsThatOverlap) {
  problem.items[1].firstCol = 31;
  EXPECT_THAT(verify(), HasSubstr("'a' and 'b' both hold cells of crossbar"));
}

TEST_F(WrongPacks, CellsThatLeaveTheCrossbar) {
  problem.items[1].firstCol = 33;
  EXPECT_THAT(verify(),
              HasSubstr("has no crossbars for the 32x32 matrix of 'b'"));
}

TEST_F(WrongPacks, TwoCrossbars) {
  solution.firstCrossbar[1] = 1;
  EXPECT_EQ(verify(), "placement: 'a' and 'b' are packed, expected both on one "
                      "crossbar");
}

TEST_F(WrongPacks, ACrossbarOfOthers) {
  solution.node[2] = solution.node[0];
  solution.firstCrossbar[2] = solution.firstCrossbar[0];
  problem.items[2].firstRow = 32; // apart, but no part of the pack
  EXPECT_THAT(verify(), HasSubstr("'a' and 'c' both hold crossbar"));
}
