//===- CongestionTest.cpp - places for the sake of links ------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Random groups on random machines, whole, broken and of several types of
// cores: the exact search finds what trying everything finds, and the exchange
// is never worse than where it began.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Congestion.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"
#include <iostream>
#include <random>
#include <set>

using namespace cm;

using Random = std::mt19937;

static MachineModel machineOf(const std::string &topology) {
  std::string text = R"(
    name: "test" clock_ghz: 1
    core_types { name: "a" crossbar { rows: 64 cols: 64 mvm_cycles: 10 }
                 dpu { lanes: 16 } sram { bytes: 0 access_bytes: 16 } }
    link { width_bytes: 4 }
    io_nodes { name: "host" bytes_per_cycle: 8 attached_to: [0] }
    topology { )" + topology +
                     " }";
  return llvm::cantFail(
      MachineModel::create(llvm::cantFail(parseMachine(text, "test"))));
}

/// A mesh of 3x3 of which some links are broken, but not its first row and
/// column of them.
static std::string brokenMesh(Random &random) {
  std::string text = "explicit { cores: 9";
  auto join = [&](uint32_t a, uint32_t b, bool isKept) {
    if (isKept || random() % 3)
      text += llvm::formatv(" links { a: {0} b: {1} }", a, b);
  };
  for (uint32_t y = 0; y < 3; ++y)
    for (uint32_t x = 0; x < 3; ++x) {
      if (x < 2)
        join(3 * y + x, 3 * y + x + 1, true);
      if (y < 2)
        join(3 * y + x, 3 * y + x + 3, x == 0);
    }
  return text + " }";
}

static std::string randomTopology(Random &random, uint32_t &cores) {
  switch (random() % 8) {
  case 4:
    cores = 6;
    return "star { cores: 6 }";
  case 5:
    cores = 6;
    return "tree { cores: 6 arity: 3 }";
  case 6:
    cores = 6;
    return "chiplets { chiplet { mesh { width: 3 height: 1 } } package { mesh "
           "{ width: 2 height: 1 } } link { width_bytes: 1 latency: 5 } joints "
           "{ a: 2 b: 0 } }";
  case 0:
    cores = 6;
    return "mesh { width: 3 height: 2 }";
  case 1:
    cores = 5 + random() % 3;
    return llvm::formatv("path_power { cores: {0} power: 2 }", cores);
  case 2:
    cores = 6;
    return "mesh { width: 6 height: 1 torus: true }";
  case 3:
    cores = 6;
    return "prism { layers: 2 layer_nodes: 3 }";
  default:
    cores = 9;
    return brokenMesh(random);
  }
}

/// Cores of two types: those of a group's type are even or odd, or any.
static std::vector<NodeId> choices(Random &random, uint32_t cores) {
  std::vector<NodeId> nodes;
  uint32_t type = random() % 4;
  for (NodeId core = 0; core < cores; ++core)
    if (type > 1 || core % 2 == type)
      nodes.push_back(core);
  return nodes;
}

static CongestionProblem randomProblem(Random &random,
                                       const MachineModel &machine,
                                       uint32_t stages, uint32_t extra) {
  CongestionProblem problem;
  problem.machine = &machine;
  problem.groups.push_back({"host", {machine.inputNode()}});
  for (uint32_t i = 0; i < stages; ++i)
    problem.groups.push_back(
        {std::to_string(i), choices(random, machine.numCores())});
  // A chain from the host on, and what skips some of it.
  for (uint32_t i = 0; i < stages + extra; ++i) {
    CongestionStream stream;
    stream.name = std::to_string(i);
    stream.from = i < stages ? i : random() % stages;
    std::set<uint32_t> to = {i < stages ? i + 1 : stages};
    if (random() % 3 == 0)
      to.insert(stream.from + 1 + random() % (stages - stream.from));
    stream.to.assign(to.begin(), to.end());
    stream.payload = 1 + random() % 40;
    stream.messages = 1 + random() % 9;
    problem.streams.push_back(stream);
  }
  return problem;
}

/// Groups of the first type that there are cores for.
static bool canBePlaced(const CongestionProblem &problem,
                        std::vector<NodeId> &nodes) {
  std::vector<bool> taken(problem.machine->numNodes(), false);
  nodes.clear();
  for (const CongestionGroup &group : problem.groups) {
    auto free = llvm::find_if(group.nodes, [&](NodeId n) { return !taken[n]; });
    if (free == group.nodes.end())
      return false;
    taken[*free] = problem.machine->isCore(*free);
    nodes.push_back(*free);
  }
  return true;
}

//===----------------------------------------------------------------------===//
// All places, all trees
//===----------------------------------------------------------------------===//

namespace {
using Cost = std::pair<uint64_t, uint64_t>;

/// Counts through all trees of one placement.
void tryTrees(const RoutingProblem &routing, Cost &best) {
  auto trees = *shortestTrees(routing, 100000);
  std::vector<size_t> digits(trees.size(), 0);
  for (;;) {
    RoutingSolution solution;
    for (size_t i = 0; i < digits.size(); ++i)
      solution.paths.push_back(trees[i][digits[i]]);
    countRoutingLoads(routing, solution);
    best = std::min(best, solution.cost());
    size_t i = 0;
    while (i < digits.size() && ++digits[i] == trees[i].size())
      digits[i++] = 0;
    if (i == digits.size())
      return;
  }
}

Cost bestOfAll(const CongestionProblem &problem) {
  Cost best(~uint64_t(0), ~uint64_t(0));
  size_t groups = problem.groups.size();
  uint32_t cores = problem.machine->numCores();
  std::vector<NodeId> nodes(groups, 0);
  nodes[0] = problem.machine->inputNode();
  for (;;) {
    bool isRight =
        std::set<NodeId>(nodes.begin(), nodes.end()).size() == groups;
    for (size_t i = 1; i < groups; ++i)
      isRight &= llvm::is_contained(problem.groups[i].nodes, nodes[i]);
    if (isRight)
      tryTrees(problem.routingAt(nodes), best);
    size_t i = 1;
    while (i < groups && ++nodes[i] == cores)
      nodes[i++] = 0;
    if (i == groups)
      return best;
  }
}
} // namespace

TEST(Congestion, SearchEqualsAllPlacesAndTrees) {
  Random random(21);
  uint32_t cases = 0, heuristicIsBest = 0;
  double farthest = 1, sum = 0;
  while (cases < 50) {
    uint32_t cores = 0;
    MachineModel machine = machineOf(randomTopology(random, cores));
    uint32_t stages = 2 + random() % (cores > 7 ? 3 : 4);
    CongestionProblem problem =
        randomProblem(random, machine, stages, random() % 3);
    std::vector<NodeId> start;
    if (!canBePlaced(problem, start))
      continue;
    ++cases;
    Cost best = bestOfAll(problem);
    auto searched = searchCongestion(problem, 100000000);
    ASSERT_TRUE(searched);
    EXPECT_EQ(llvm::toString(problem.verify(*searched)), "");
    EXPECT_EQ(searched->routing.cost(), best);
    CongestionOptions exchange;
    exchange.steps = 0; // no exact search
    CongestionSolution found =
        llvm::cantFail(solveCongestion(problem, start, exchange));
    EXPECT_EQ(llvm::toString(problem.verify(found)), "");
    EXPECT_GE(found.routing.cost(), best);
    double ratio = double(found.routing.cost().first) / best.first;
    farthest = std::max(farthest, ratio);
    sum += ratio;
    heuristicIsBest += found.routing.cost().first == best.first;
  }
  std::string distance =
      llvm::formatv("exchange: {0} of {1} are best, {2:f3} times the best in "
                    "the mean, {3:f3} "
                    "at most",
                    heuristicIsBest, cases, sum / cases, farthest);
  std::cout << distance << "\n";
  EXPECT_GE(heuristicIsBest, cases * 7 / 10);
  EXPECT_LE(sum / cases, 1.15);
}

TEST(Congestion, SearchIsRightForSixStagesOnNineNodes) {
  Random random(4);
  MachineModel machine = machineOf("mesh { width: 3 height: 3 }");
  CongestionProblem problem = randomProblem(random, machine, 6, 0);
  for (CongestionGroup &group : problem.groups)
    if (group.name != "host") {
      // Types of cores take turns, on the mesh and along the chain.
      group.nodes.clear();
      for (NodeId core = std::stoi(group.name) % 2; core < 9; core += 2)
        group.nodes.push_back(core);
    }
  auto searched = searchCongestion(problem, 100000000);
  ASSERT_TRUE(searched);
  EXPECT_EQ(searched->routing.cost(), bestOfAll(problem));
}

TEST(Congestion, AnExchangeIsRepeatableAndNeverWorseThanItsStart) {
  Random random(8);
  uint32_t better = 0;
  for (int i = 0; i < 40; ++i) {
    MachineModel machine = machineOf("mesh { width: 6 height: 6 }");
    CongestionProblem problem = randomProblem(random, machine, 12, 10);
    std::vector<NodeId> start;
    if (!canBePlaced(problem, start))
      continue;
    std::pair<uint64_t, uint64_t> before =
        llvm::cantFail(solveRouting(problem.routingAt(start))).cost();
    CongestionOptions options;
    options.seed = i, options.moves = 5000;
    CongestionSolution found =
        llvm::cantFail(solveCongestion(problem, start, options));
    EXPECT_EQ(llvm::toString(problem.verify(found)), "");
    EXPECT_LE(found.routing.cost(), before);
    better += found.routing.cost() < before;
    EXPECT_EQ(llvm::cantFail(solveCongestion(problem, start, options)).node,
              found.node);
  }
  EXPECT_GT(better, 30u);
}

TEST(Congestion, ASearchThatIsCutShortSaysNothing) {
  Random random(3);
  MachineModel machine = machineOf("mesh { width: 3 height: 3 }");
  CongestionProblem problem = randomProblem(random, machine, 4, 1);
  EXPECT_FALSE(searchCongestion(problem, 2));
}

//===----------------------------------------------------------------------===//
// What is wrong
//===----------------------------------------------------------------------===//

TEST(Congestion, WrongInputIsRefused) {
  MachineModel machine = machineOf("mesh { width: 2 height: 2 }");
  CongestionProblem problem;
  problem.machine = &machine;
  problem.groups = {{"a", {}}};
  EXPECT_EQ(llvm::toString(problem.check()),
            "congestion: group 'a' may be nowhere");
  problem.groups = {{"a", {7}}};
  EXPECT_EQ(llvm::toString(solveCongestion(problem, {7}).takeError()),
            "congestion: group 'a' may be on node 7, there are 5");
  problem.groups = {{"a", {0, 1}}};
  problem.streams = {{"s", 0, {1}, 4, 1}};
  EXPECT_EQ(llvm::toString(problem.check()),
            "congestion: stream 's' names group 1, there are 1");
}

TEST(Congestion, WrongSolutionsAreFound) {
  MachineModel machine = machineOf("mesh { width: 2 height: 2 }");
  CongestionProblem problem;
  problem.machine = &machine;
  problem.groups = {{"a", {0, 1}}, {"b", {0, 1, 2, 3}}};
  problem.streams = {{"s", 0, {1}, 4, 1}};
  CongestionSolution right = llvm::cantFail(solveCongestion(problem, {0, 3}));
  EXPECT_EQ(llvm::toString(problem.verify(right)), "");
  EXPECT_EQ(right.routing.cost().second, 4u);
  CongestionSolution wrong = right;
  wrong.node = {2, 3};
  EXPECT_EQ(llvm::toString(problem.verify(wrong)),
            "congestion: group 'a' is on node 2, where it may not be");
  wrong.node = {0, 0};
  EXPECT_EQ(llvm::toString(problem.verify(wrong)),
            "congestion: groups 'a' and 'b' are both on core[0]");
  wrong.node = {0};
  EXPECT_EQ(llvm::toString(problem.verify(wrong)),
            "congestion: 1 nodes for 2 groups");
  wrong = right;
  ++wrong.routing.linkBytes[0];
  EXPECT_EQ(llvm::toString(problem.verify(wrong)),
            "routing: the link loads are not those of the paths");
}
