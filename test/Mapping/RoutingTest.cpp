//===- RoutingTest.cpp - streams onto links -------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Random multicasts on several topologies, load spreading, and wrong solutions.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Routing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <random>

using namespace cm;
using testing::HasSubstr;

static MachineModel machineOf(const std::string &topology) {
  std::string text = R"(
    name: "test" clock_ghz: 1
    core_types { name: "c" crossbar { rows: 64 cols: 64 mvm_cycles: 10 }
                 dpu { lanes: 16 } sram { bytes: 0 access_bytes: 16 } }
    link { width_bytes: 4 }
    io_nodes { name: "host" bytes_per_cycle: 8 attached_to: [0, 3] }
    topology { )" + topology +
                     " }";
  return llvm::cantFail(
      MachineModel::create(llvm::cantFail(parseMachine(text, "test"))));
}

static RoutingProblem problemOn(const MachineModel &machine) {
  RoutingProblem problem;
  problem.machine = &machine;
  return problem;
}

static RoutingSolution solve(const RoutingProblem &problem) {
  RoutingSolution solution = llvm::cantFail(solveRouting(problem));
  EXPECT_EQ(llvm::toString(problem.verify(solution)), "");
  return solution;
}

TEST(Routing, RandomMulticastsAreShortestPathTrees) {
  std::mt19937 random(3);
  for (const char *topology :
       {"mesh { width: 4 height: 3 }",
        "mesh { width: 4 height: 4 torus: true }",
        "mesh { width: 5 height: 3 torus: true }",
        "path_power { cores: 12 power: 5 }", "all_to_all { cores: 9 }"}) {
    MachineModel machine = machineOf(topology);
    RoutingProblem problem = problemOn(machine);
    for (int i = 0; i < 60; ++i) {
      RoutingStream stream;
      stream.name = std::to_string(i);
      stream.source = random() % machine.numNodes();
      for (NodeId node = 0; node < machine.numNodes(); ++node)
        if (random() % 4 == 0)
          stream.destinations.push_back(node);
      stream.payload = random() % 100;
      stream.messages = 1 + random() % 50;
      problem.streams.push_back(stream);
    }
    RoutingSolution solution = solve(problem);
    for (size_t i = 0; i < problem.streams.size(); ++i) {
      const RoutingStream &stream = problem.streams[i];
      std::vector<uint32_t> hops = machine.hopsFrom(stream.source);
      for (size_t k = 0; k < stream.destinations.size(); ++k)
        EXPECT_EQ(solution.paths[i][k].size(), hops[stream.destinations[k]])
            << topology << " stream " << i;
    }
  }
}

TEST(Routing, TwoStreamsTakeTheTwoSidesOfASquare) {
  MachineModel machine = machineOf("mesh { width: 2 height: 2 }");
  RoutingProblem problem = problemOn(machine);
  problem.streams = {{"a", 1, {2}, 16, 10}, {"b", 1, {2}, 16, 10}};
  RoutingSolution solution = solve(problem);
  EXPECT_NE(solution.paths[0][0].front(), solution.paths[1][0].front());
  for (uint64_t cycles : solution.linkCycles)
    EXPECT_LE(cycles, 40u);
}

TEST(Routing, NothingPassesThroughAnIoNode) {
  // The host joins cores 0 and 3, the ends of a line: a short cut if it were
  // one.
  MachineModel machine = machineOf("mesh { width: 4 height: 1 }");
  RoutingProblem problem = problemOn(machine);
  problem.streams = {{"a", 0, {3, 4}, 4, 1}};
  RoutingSolution solution = solve(problem);
  EXPECT_EQ(solution.paths[0][0].size(), 3u);
  EXPECT_EQ(solution.paths[0][1].size(), 1u);
}

TEST(Routing, AMulticastLoadsEachLinkOnce) {
  MachineModel machine = machineOf("mesh { width: 4 height: 1 }");
  RoutingProblem problem = problemOn(machine);
  problem.streams = {{"a", 0, {0, 1, 2, 3}, 10, 7}};
  RoutingSolution solution = solve(problem);
  std::vector<ResourceLoad> loads = routingLoads(problem, solution);
  ASSERT_EQ(loads.size(), 3u);
  EXPECT_EQ(loads[0].name, "link core[0]->core[1]");
  EXPECT_EQ(loads[0].cycles, 21u); // 3 cycles for 10 bytes, 7 times
  EXPECT_EQ(solution.linkBytes[solution.paths[0][1].front()], 70u);
}

TEST(Routing, WrongInputIsRefused) {
  MachineModel machine = machineOf("mesh { width: 2 height: 2 }");
  RoutingProblem problem = problemOn(machine);
  problem.streams = {{"a", 0, {9}, 1, 1}};
  EXPECT_EQ(llvm::toString(problem.check()),
            "routing: stream 'a' names node 9, there are 5");
  problem.streams = {{"a", 0, {2, 1, 2}, 1, 1}};
  EXPECT_EQ(llvm::toString(solveRouting(problem).takeError()),
            "routing: stream 'a' goes to core[2] twice");
}

TEST(Routing, WrongSolutionsAreFound) {
  MachineModel machine = machineOf("mesh { width: 2 height: 2 }");
  RoutingProblem problem = problemOn(machine);
  problem.streams = {{"a", 0, {3, 1}, 4, 1}};
  RoutingSolution right = solve(problem);
  LinkId right01 = *machine.findLink(0, 1), down02 = *machine.findLink(0, 2);
  LinkId down13 = *machine.findLink(1, 3), right23 = *machine.findLink(2, 3);
  auto verify = [&](auto change) {
    RoutingSolution wrong = right;
    change(wrong.paths, wrong);
    return llvm::toString(problem.verify(wrong));
  };
  EXPECT_EQ(verify([&](auto &paths, auto &) { paths[0][0] = {right01}; }),
            "routing: the path of stream 'a' to core[3] ends at core[1]");
  EXPECT_EQ(verify([&](auto &paths, auto &) { paths[0][0] = {down13}; }),
            "routing: the path of stream 'a' to core[3] does not go on from "
            "core[0]");
  EXPECT_EQ(verify([&](auto &paths, auto &) {
              paths[0] = {{down02, right23},
                          {down02, right23, *machine.findLink(3, 1)}};
              paths[0][0] = {right01, down13};
            }),
            "routing: the paths of stream 'a' enter core[3] twice");
  EXPECT_EQ(verify([&](auto &paths, auto &) {
              paths[0][1] = {*machine.findLink(0, 4), *machine.findLink(4, 3)};
            }),
            "routing: the path of stream 'a' to core[1] passes through host");
  EXPECT_EQ(verify([&](auto &, auto &wrong) { ++wrong.linkCycles[0]; }),
            "routing: the link loads are not those of the paths");
  EXPECT_EQ(verify([&](auto &paths, auto &) { paths.pop_back(); }),
            "routing: 0 trees for 1 streams");
  EXPECT_EQ(verify([&](auto &paths, auto &) { paths[0].pop_back(); }),
            "routing: stream 'a' has 1 paths for 2 destinations");
}
