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
