//===- RoutingStrategiesTest.cpp - strategies, bounds and searches --------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Random streams on random machines, whole and broken: every strategy is right,
// the balanced one is no worse than the others and no better than the bound,
// and the search finds what trying all trees finds.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Routing.h"
#include "llvm/ADT/STLExtras.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <map>
#include <random>
#include <set>

using namespace cm;
using testing::HasSubstr;

using Random = std::mt19937;

static MachineModel machineOf(const std::string &topology,
                              const std::string &network = "",
                              const std::string &attached = "0, 1") {
  std::string text = R"(
    name: "test" clock_ghz: 1
    core_types { name: "c" crossbar { rows: 64 cols: 64 mvm_cycles: 10 }
                 dpu { lanes: 16 } sram { bytes: 0 access_bytes: 16 } }
    link { width_bytes: 4 }
    network { )" + network +
                     R"( }
    io_nodes { name: "host" bytes_per_cycle: 8 attached_to: [)" +
                     attached + "] } topology { " + topology + " }";
  return llvm::cantFail(
      MachineModel::create(llvm::cantFail(parseMachine(text, "test"))));
}

/// A connected graph: a random tree and some links more, of several widths.
static std::string randomGraph(Random &random, uint32_t cores) {
  std::set<std::pair<uint32_t, uint32_t>> links;
  for (uint32_t core = 1; core < cores; ++core)
    links.insert({random() % core, core});
  for (uint32_t i = 0; i < cores; ++i) {
    uint32_t a = random() % cores, b = random() % cores;
    if (a != b)
      links.insert({std::min(a, b), std::max(a, b)});
  }
  std::string text = "explicit { cores: " + std::to_string(cores);
  for (auto [a, b] : links)
    text += " links { a: " + std::to_string(a) + " b: " + std::to_string(b) +
            " link { width_bytes: " + std::to_string(1 << random() % 4) +
            " } }";
  return text + " }";
}

/// A core or an I/O node: switches neither send nor receive.
static NodeId randomEnd(Random &random, const MachineModel &machine) {
  for (;;) {
    NodeId node = random() % machine.numNodes();
    if (machine.isCore(node) || machine.isIo(node))
      return node;
  }
}

static RoutingStream randomStream(Random &random, const MachineModel &machine,
                                  uint32_t most) {
  RoutingStream stream;
  stream.source = randomEnd(random, machine);
  std::set<NodeId> nodes;
  for (uint32_t i = 0, count = 1 + random() % most; i < count; ++i)
    nodes.insert(randomEnd(random, machine));
  stream.destinations.assign(nodes.begin(), nodes.end());
  stream.payload = random() % 100;
  stream.messages = 1 + random() % 20;
  for (size_t i = 0; i < nodes.size(); ++i)
    stream.credits.push_back(random() % 30);
  return stream;
}

static RoutingProblem randomProblem(Random &random, const MachineModel &machine,
                                    uint32_t streams, uint32_t most) {
  RoutingProblem problem;
  problem.machine = &machine;
  for (uint32_t i = 0; i < streams; ++i) {
    problem.streams.push_back(randomStream(random, machine, most));
    problem.streams.back().name = std::to_string(i);
  }
  return problem;
}

static std::string randomTopology(Random &random) {
  static const char *const regular[] = {
      "mesh { width: 3 height: 3 }",
      "mesh { width: 4 height: 2 torus: true }",
      "mesh { width: 2 height: 2 depth: 2 }",
      "mesh { width: 3 height: 2 king: true }",
      "path_power { cores: 8 power: 2 }",
      "star { cores: 6 }",
      "tree { cores: 6 fat: true }",
      "butterfly { levels: 2 }",
      "chiplets { chiplet { star { cores: 2 } } package { star { cores: 3 } } "
      "link { width_bytes: 2 latency: 7 } joints { a: 0 } joints { a: 1 } }"};
  if (random() % 2)
    return regular[random() % std::size(regular)];
  return randomGraph(random, 2 + random() % 8);
}

static std::string randomNetwork(Random &random) {
  return "header_bytes: " + std::to_string(random() % 5) +
         " max_payload: " + std::to_string(random() % 3 * 16) +
         (random() % 2 ? " credits: CREDITS_INBAND" : "");
}

static RoutingSolution solve(const RoutingProblem &problem,
                             RoutingStrategy strategy) {
  RoutingSolution solution = llvm::cantFail(solveRouting(problem, strategy));
  EXPECT_EQ(llvm::toString(problem.verify(solution)), "");
  return solution;
}

TEST(RoutingStrategies, BalancedIsNoWorseThanOthersAndNoBetterThanTheBound) {
  Random random(11);
  uint64_t atBound = 0, cases = 0, bounds = 0, loads = 0;
  for (int i = 0; i < 300; ++i) {
    MachineModel machine =
        machineOf(randomTopology(random), randomNetwork(random));
    RoutingProblem problem =
        randomProblem(random, machine, 1 + random() % 20, 4);
    RoutingSolution balanced = solve(problem, RoutingStrategy::Balanced);
    EXPECT_LE(balanced.cost(),
              solve(problem, RoutingStrategy::Shortest).cost());
    if (machine.isGrid()) {
      EXPECT_LE(balanced.cost(),
                solve(problem, RoutingStrategy::DimensionOrder).cost());
    }
    uint64_t bound = routingBound(problem).cycles;
    EXPECT_LE(bound, balanced.cost().first);
    atBound += bound == balanced.cost().first;
    ++cases;
    bounds += bound, loads += balanced.cost().first;
    RoutingSolution again = solve(problem, RoutingStrategy::Balanced);
    EXPECT_EQ(again.paths, balanced.paths);
  }
  // The bound says something.
  EXPECT_GT(10 * atBound, cases) << atBound;
  EXPECT_GT(5 * bounds, 3 * loads) << bounds << " of " << loads;
}

/// The links of the path to each destination, in order.
using Tree = std::vector<std::vector<LinkId>>;

/// Tries all combinations of these trees of streams, without a thought: they
/// are like the digits of a number that counts up.
static std::pair<uint64_t, uint64_t>
bestOf(const RoutingProblem &problem,
       const std::vector<std::vector<Tree>> &trees) {
  std::vector<size_t> digits(trees.size(), 0);
  std::pair<uint64_t, uint64_t> best(~uint64_t(0), ~uint64_t(0));
  for (;;) {
    RoutingSolution solution;
    for (size_t i = 0; i < digits.size(); ++i)
      solution.paths.push_back(trees[i][digits[i]]);
    countRoutingLoads(problem, solution);
    EXPECT_EQ(llvm::toString(problem.verify(solution)), "");
    best = std::min(best, solution.cost());
    size_t i = 0;
    while (i < digits.size() && ++digits[i] == trees[i].size())
      digits[i++] = 0;
    if (i == digits.size())
      return best;
  }
}

/// Of `links` into nodes, one each at most: the paths from the source, where
/// they reach all destinations and every link is part of one.
static std::optional<Tree> treeOf(const MachineModel &machine,
                                  const RoutingStream &stream,
                                  const std::map<NodeId, LinkId> &links) {
  Tree tree;
  std::set<LinkId> used;
  for (NodeId node : stream.destinations) {
    tree.emplace_back();
    while (node != stream.source) {
      auto found = links.find(node);
      if (found == links.end() || tree.back().size() == links.size())
        return std::nullopt;
      tree.back().insert(tree.back().begin(), found->second);
      used.insert(found->second);
      node = machine.link(found->second).from;
    }
  }
  return used.size() == links.size() ? std::optional(tree) : std::nullopt;
}

/// All of a stream's trees, with whatever detours: each node has one of the
/// links that lead to it, or none.
static std::vector<Tree> allTrees(const MachineModel &machine,
                                  const RoutingStream &stream) {
  std::vector<std::vector<LinkId>> into(machine.numNodes());
  for (LinkId link = 0; link < machine.links().size(); ++link) {
    NodeId from = machine.link(link).from, to = machine.link(link).to;
    if (to != stream.source &&
        (from == stream.source || machine.forwards(from)))
      into[to].push_back(link);
  }
  std::vector<Tree> trees;
  std::vector<size_t> digits(into.size(), 0); // 0: none
  for (;;) {
    std::map<NodeId, LinkId> links;
    for (NodeId node = 0; node < into.size(); ++node)
      if (digits[node])
        links[node] = into[node][digits[node] - 1];
    if (auto tree = treeOf(machine, stream, links))
      trees.push_back(std::move(*tree));
    size_t i = 0;
    while (i < digits.size() && ++digits[i] > into[i].size())
      digits[i++] = 0;
    if (i == digits.size())
      return trees;
  }
}

static double combinationsOf(const std::vector<std::vector<Tree>> &trees) {
  double count = 1;
  for (const std::vector<Tree> &some : trees)
    count *= some.size();
  return count;
}

TEST(RoutingStrategies, NoTreesOfAnyLengthBeatTheBound) {
  Random random(13);
  unsigned cases = 0, reached = 0, detours = 0;
  while (cases < 200) {
    MachineModel machine =
        machineOf(randomGraph(random, 3 + random() % 3), randomNetwork(random));
    RoutingProblem problem =
        randomProblem(random, machine, 1 + random() % 4, 2);
    std::vector<std::vector<Tree>> trees;
    for (const RoutingStream &stream : problem.streams)
      trees.push_back(allTrees(machine, stream));
    if (combinationsOf(trees) > 2000)
      continue;
    ++cases;
    auto best = bestOf(problem, trees);
    uint64_t bound = routingBound(problem).cycles;
    EXPECT_LE(bound, best.first);
    reached += bound == best.first;
    detours +=
        best.first < bestOf(problem, *shortestTrees(problem, 1000)).first;
  }
  EXPECT_GT(reached, cases / 3); // so that a bound of one more is found out
  EXPECT_GT(detours, 5u);
}

/// Trees by another way: all sets of links are looked through for those that
/// hold one way in for each node and shortest ways to all destinations.
static size_t countTrees(const MachineModel &machine,
                         const RoutingStream &stream) {
  std::vector<LinkId> useful;
  std::vector<uint32_t> hops = machine.hopsFrom(stream.source);
  for (LinkId link = 0; link < machine.links().size(); ++link) {
    NodeId from = machine.link(link).from, to = machine.link(link).to;
    if (hops[from] + 1 == hops[to] &&
        (from == stream.source || machine.forwards(from)))
      useful.push_back(link);
  }
  std::set<std::set<LinkId>> trees;
  EXPECT_LE(useful.size(), 20u);
  for (uint32_t mask = 0; mask < (1u << useful.size()); ++mask) {
    std::map<NodeId, LinkId> entry;
    bool isTree = true;
    for (size_t i = 0; i < useful.size(); ++i)
      if (mask >> i & 1)
        isTree &= entry.insert({machine.link(useful[i]).to, useful[i]}).second;
    if (isTree && treeOf(machine, stream, entry)) {
      std::set<LinkId> links;
      for (auto [node, link] : entry)
        links.insert(link);
      trees.insert(links);
    }
  }
  return trees.size();
}

TEST(RoutingStrategies, TreesOfShortestPathsAreAllListed) {
  Random random(5);
  for (int i = 0; i < 100; ++i) {
    MachineModel machine = machineOf(randomTopology(random));
    RoutingProblem problem = randomProblem(random, machine, 1, 4);
    EXPECT_EQ(shortestTrees(problem, 1000)->front().size(),
              countTrees(machine, problem.streams[0]));
  }
}

TEST(RoutingStrategies, SearchEqualsAllTreesOnSmallProblems) {
  Random random(7);
  uint64_t heuristicIsBest = 0, cases = 0;
  double farthest = 1;
  while (cases < 200) {
    MachineModel machine =
        machineOf(randomTopology(random), randomNetwork(random));
    RoutingProblem problem =
        randomProblem(random, machine, 1 + random() % 6, 3);
    auto trees = shortestTrees(problem, 1000);
    if (!trees || combinationsOf(*trees) > 3000)
      continue;
    ++cases;
    auto best = bestOf(problem, *trees);
    RoutingSolution plain = solve(problem, RoutingStrategy::Shortest);
    auto searched = searchRouting(problem, plain, 10000000);
    ASSERT_TRUE(searched);
    EXPECT_EQ(llvm::toString(problem.verify(*searched)), "");
    EXPECT_EQ(searched->cost(), best);
    EXPECT_EQ(searchRouting(problem, *searched, 10000000)->cost(), best);
    auto balanced = solve(problem, RoutingStrategy::Balanced).cost();
    EXPECT_GE(balanced, best);
    EXPECT_LE(routingBound(problem).cycles, best.first);
    heuristicIsBest += balanced.first == best.first;
    if (best.first)
      farthest = std::max(farthest, double(balanced.first) / best.first);
  }
  // The solver searches problems as small as these itself.
  EXPECT_EQ(heuristicIsBest, cases) << "farthest " << farthest;
}

TEST(RoutingStrategies, ASearchThatIsCutShortSaysNothing) {
  MachineModel machine = machineOf("mesh { width: 3 height: 3 }");
  RoutingProblem problem;
  problem.machine = &machine;
  for (int i = 0; i < 6; ++i)
    problem.streams.push_back({std::to_string(i), 0, {8}, 16, 10, {}});
  RoutingSolution plain = solve(problem, RoutingStrategy::Shortest);
  EXPECT_FALSE(searchRouting(problem, plain, 3));
  EXPECT_TRUE(searchRouting(problem, plain, 1000000));
  for (int i = 0; i < 1000; ++i)
    problem.streams.push_back(problem.streams[0]);
  EXPECT_FALSE(shortestTrees(problem, 4096));
  EXPECT_FALSE(searchRouting(problem, solve(problem, RoutingStrategy::Shortest),
                             1000000));
}

//===----------------------------------------------------------------------===//
// Dimension order
//===----------------------------------------------------------------------===//

static std::vector<NodeId> nodesOf(const MachineModel &machine, NodeId source,
                                   const std::vector<LinkId> &path) {
  std::vector<NodeId> nodes = {source};
  for (LinkId link : path)
    nodes.push_back(machine.link(link).to);
  return nodes;
}

TEST(RoutingStrategies, DimensionOrderGoesAlongXThenY) {
  MachineModel machine = machineOf("mesh { width: 4 height: 3 }", "", "3, 11");
  RoutingProblem problem;
  problem.machine = &machine;
  problem.streams = {{"a", 0, {10, 12}, 4, 1, {}}, {"b", 12, {8, 2}, 4, 1, {}}};
  RoutingSolution solution = solve(problem, RoutingStrategy::DimensionOrder);
  EXPECT_EQ(nodesOf(machine, 0, solution.paths[0][0]),
            (std::vector<NodeId>{0, 1, 2, 6, 10}));
  EXPECT_EQ(nodesOf(machine, 0, solution.paths[0][1]),
            (std::vector<NodeId>{0, 1, 2, 3, 12}));
  EXPECT_EQ(nodesOf(machine, 12, solution.paths[1][0]),
            (std::vector<NodeId>{12, 11, 10, 9, 8}));
  EXPECT_EQ(nodesOf(machine, 12, solution.paths[1][1]),
            (std::vector<NodeId>{12, 3, 2}));
  MachineModel torus = machineOf("mesh { width: 4 height: 5 torus: true }");
  problem.machine = &torus;
  problem.streams = {{"a", 0, {19, 2}, 4, 1, {}}};
  solution = solve(problem, RoutingStrategy::DimensionOrder);
  EXPECT_EQ(nodesOf(torus, 0, solution.paths[0][0]),
            (std::vector<NodeId>{0, 3, 19}));
  EXPECT_EQ(nodesOf(torus, 0, solution.paths[0][1]),
            (std::vector<NodeId>{0, 1, 2}));
}

TEST(RoutingStrategies, DimensionOrderNeedsAMesh) {
  MachineModel machine = machineOf("all_to_all { cores: 4 }");
  RoutingProblem problem;
  problem.machine = &machine;
  EXPECT_EQ(
      llvm::toString(
          solveRouting(problem, RoutingStrategy::DimensionOrder).takeError()),
      "routing: machine 'test' has no x and y: expected a mesh for "
      "routes in order of dimensions");
}

TEST(RoutingStrategies, DimensionOrderOnAMeshHasNoCycleOfChannels) {
  Random random(2);
  for (int i = 0; i < 20; ++i) {
    MachineModel machine =
        machineOf("mesh { width: 4 height: 4 }", "", "0, 15");
    RoutingProblem problem = randomProblem(random, machine, 60, 5);
    RoutingSolution solution = solve(problem, RoutingStrategy::DimensionOrder);
    EXPECT_TRUE(channelCycle(problem, solution).empty());
  }
}

TEST(RoutingStrategies, ARingHasACycleOfChannels) {
  MachineModel machine = machineOf("mesh { width: 5 height: 1 torus: true }");
  RoutingProblem problem;
  problem.machine = &machine;
  for (NodeId core = 0; core < 5; ++core)
    problem.streams.push_back(
        {std::to_string(core), core, {(core + 2) % 5}, 4, 1, {}});
  RoutingSolution solution = solve(problem, RoutingStrategy::Shortest);
  std::vector<LinkId> cycle = channelCycle(problem, solution);
  EXPECT_EQ(cycle.size(), 5u);
  for (size_t i = 0; i < cycle.size(); ++i)
    EXPECT_EQ(machine.link(cycle[i]).to,
              machine.link(cycle[(i + 1) % cycle.size()]).from);
}

//===----------------------------------------------------------------------===//
// Loads
//===----------------------------------------------------------------------===//

TEST(RoutingStrategies, PacketsHaveHeadersAndCreditsGoBack) {
  MachineModel machine =
      machineOf("mesh { width: 2 height: 1 }",
                "header_bytes: 3 max_payload: 8 credits: CREDITS_INBAND "
                "credit_bytes: 5");
  RoutingProblem problem;
  problem.machine = &machine;
  // 19 bytes: packets of 11, 11 and 6 bytes, of 3 + 3 + 2 cycles.
  problem.streams = {{"a", 0, {1}, 19, 10, {7}}};
  RoutingSolution solution = solve(problem, RoutingStrategy::Balanced);
  LinkId out = *machine.findLink(0, 1), back = *machine.findLink(1, 0);
  EXPECT_EQ(solution.linkBytes[out], 280u);
  EXPECT_EQ(solution.linkCycles[out], 80u);
  EXPECT_EQ(solution.linkBytes[back], 35u);
  EXPECT_EQ(solution.linkCycles[back], 14u);
  auto shares = linkShares(problem, solution);
  ASSERT_EQ(shares[back].size(), 1u);
  EXPECT_TRUE(shares[back][0].isCredit);
  EXPECT_EQ(shares[out][0].bytes, 280u);
}

TEST(RoutingStrategies, BoundsNameWhatSetsThem) {
  // Four streams of 40 cycles leave a corner over two links.
  MachineModel machine = machineOf("mesh { width: 3 height: 3 }", "", "8");
  RoutingProblem problem;
  problem.machine = &machine;
  for (NodeId node : {1, 3, 4, 5})
    problem.streams.push_back({std::to_string(node), 0, {node}, 16, 10, {}});
  EXPECT_EQ(routingBound(problem).name, "what leaves core[0]");
  EXPECT_EQ(routingBound(problem).cycles, 80u);
  problem.streams.resize(1);
  EXPECT_EQ(routingBound(problem).name, "stream '1'");
  // All from the left column to the right one.
  problem.streams.clear();
  for (NodeId node : {0, 3, 6, 0, 3, 6, 0})
    problem.streams.push_back({"s", node, {node + 2}, 16, 10, {}});
  EXPECT_EQ(routingBound(problem).cycles, 94u); // 280 over three links
  EXPECT_EQ(routingBound(problem).name, "what leaves the first 1 columns");
}

TEST(RoutingStrategies, CreditsMustBeThoseOfTheReaders) {
  MachineModel machine = machineOf("mesh { width: 2 height: 2 }");
  RoutingProblem problem;
  problem.machine = &machine;
  problem.streams = {{"a", 0, {1, 2}, 4, 1, {3}}};
  EXPECT_EQ(llvm::toString(problem.check()),
            "routing: stream 'a' has credits of 1 readers, expected 2");
}
