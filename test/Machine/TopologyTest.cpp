//===- TopologyTest.cpp - the generators against their definitions --------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Machine/Describe.h"
#include "cm/Machine/MachineModel.h"
#include "llvm/Support/FormatVariadic.h"
#include "gmock/gmock.h"
#include <functional>
#include <set>

using namespace cm;
using Edges = std::set<std::pair<uint32_t, uint32_t>>;
using Joined = std::function<bool(uint32_t, uint32_t)>;

/// A machine of plain cores with the given topology and one I/O node at core 0.
static MachineModel make(const std::string &topology) {
  std::string text =
      "name: 'm' clock_ghz: 1 core_types { dpu { lanes: 1 } sram { "
      "access_bytes: 1 } } link { width_bytes: 1 } io_nodes { "
      "bytes_per_cycle: 1 attached_to: [0] } topology { " +
      topology + " }";
  return llvm::cantFail(
      MachineModel::create(llvm::cantFail(parseMachine(text, "test"))));
}

static Edges edgesOf(const MachineModel &machine) {
  Edges edges;
  for (const LinkModel &link : machine.links())
    if (machine.isCore(link.from) && machine.isCore(link.to))
      edges.insert({link.from, link.to});
  return edges;
}

/// Both directions of every pair that the definition joins.
static Edges bruteForce(uint32_t cores, const Joined &joined) {
  Edges edges;
  for (uint32_t a = 0; a < cores; ++a)
    for (uint32_t b = a + 1; b < cores; ++b)
      if (joined(a, b) || joined(b, a)) {
        edges.insert({a, b});
        edges.insert({b, a});
      }
  return edges;
}

TEST(Topology, MeshesAndToriJoinNeighboursInRowsAndColumns) {
  for (bool torus : {false, true})
    for (uint32_t width = 1; width <= 5; ++width)
      for (uint32_t height = 1; height <= 4; ++height) {
        std::string text =
            llvm::formatv("mesh {{ width: {0} height: {1} torus: {2} }", width,
                          height, torus ? "true" : "false");
        // One step along an axis, around the end in a torus.
        auto step = [&](uint32_t p, uint32_t q, uint32_t extent) {
          return q == p + 1 || (torus && p == extent - 1 && q == 0 && p != q);
        };
        Joined joined = [&](uint32_t a, uint32_t b) {
          uint32_t ax = a % width, ay = a / width;
          uint32_t bx = b % width, by = b / width;
          return (ay == by && step(ax, bx, width)) ||
                 (ax == bx && step(ay, by, height));
        };
        MachineModel machine = make(text);
        ASSERT_EQ(machine.numCores(), width * height);
        EXPECT_EQ(edgesOf(machine), bruteForce(width * height, joined)) << text;
      }
}

TEST(Topology, AllToAllJoinsEveryPair) {
  for (uint32_t cores = 1; cores <= 9; ++cores) {
    MachineModel machine =
        make(llvm::formatv("all_to_all {{ cores: {0} }", cores));
    EXPECT_EQ(edgesOf(machine),
              bruteForce(cores, [](uint32_t, uint32_t) { return true; }));
  }
}

TEST(Topology, PathPowersJoinNodesUpToTheirPowerApart) {
  for (uint32_t cores = 1; cores <= 12; ++cores)
    for (uint32_t power = 1; power <= 13; ++power) {
      MachineModel machine = make(
          llvm::formatv("path_power {{ cores: {0} power: {1} }", cores, power));
      EXPECT_EQ(edgesOf(machine), bruteForce(cores,
                                             [&](uint32_t a, uint32_t b) {
                                               return b > a && b - a <= power;
                                             }))
          << cores << " " << power;
    }
}

TEST(Topology, PrismsJoinLayersNodeToNodeOrCompletely) {
  for (bool overlapping : {false, true})
    for (uint32_t layers = 1; layers <= 4; ++layers)
      for (uint32_t nodes = 1; nodes <= 5; ++nodes) {
        MachineModel machine = make(llvm::formatv(
            "prism {{ layers: {0} layer_nodes: {1} overlapping: {2} }", layers,
            nodes, overlapping ? "true" : "false"));
        Joined joined = [&](uint32_t a, uint32_t b) {
          if (a / nodes == b / nodes)
            return a != b;
          return b / nodes == a / nodes + 1 &&
                 (overlapping || a % nodes == b % nodes);
        };
        EXPECT_EQ(edgesOf(machine), bruteForce(layers * nodes, joined));
      }
}

// The degrees that docs/Rationale/Topologies.md speaks of.
TEST(Topology, HasTheDegreesOfTheComparedGraphs) {
  auto maxDegree = [](const char *topology) {
    return measureGraph(make(topology)).maxDegree;
  };
  EXPECT_EQ(maxDegree("mesh { width: 6 height: 6 }"), 4u);
  EXPECT_EQ(maxDegree("mesh { width: 6 height: 6 torus: true }"), 4u);
  EXPECT_EQ(maxDegree("path_power { cores: 36 power: 5 }"), 10u);
  EXPECT_EQ(maxDegree("prism { layers: 9 layer_nodes: 4 }"), 5u);
  EXPECT_EQ(maxDegree("prism { layers: 12 layer_nodes: 3 overlapping: true }"),
            8u);
  EXPECT_EQ(maxDegree("prism { layers: 9 layer_nodes: 4 overlapping: true }"),
            11u);
}

TEST(Topology, GraphFiguresOfAMeshAreThoseOfManhattanDistance) {
  GraphFigures figures = measureGraph(make("mesh { width: 5 height: 3 }"));
  uint64_t sum = 0;
  for (int a = 0; a < 15; ++a)
    for (int b = 0; b < 15; ++b)
      sum += std::abs(a % 5 - b % 5) + std::abs(a / 5 - b / 5);
  EXPECT_EQ(figures.links, 22u);
  EXPECT_EQ(figures.minDegree, 2u);
  EXPECT_EQ(figures.diameter, 6u);
  EXPECT_DOUBLE_EQ(figures.meanDistance, sum / (15.0 * 14));
}

TEST(Topology, BisectionsAreThoseOfTheTextbooks) {
  auto links = [](const char *topology) {
    return measureGraph(make(topology)).bisection;
  };
  EXPECT_EQ(links("mesh { width: 8 height: 8 }"), 8u);
  EXPECT_EQ(links("mesh { width: 8 height: 8 torus: true }"), 16u);
  EXPECT_EQ(links("mesh { width: 16 height: 4 }"), 4u);
  EXPECT_EQ(links("all_to_all { cores: 16 }"), 64u);
  EXPECT_EQ(links("all_to_all { cores: 24 }"), 144u);
  // 1 + 2 + .. + 5: each of the last five of a half reaches over the middle.
  EXPECT_EQ(links("path_power { cores: 64 power: 5 }"), 15u);
  EXPECT_EQ(links("prism { layers: 10 layer_nodes: 4 overlapping: true }"),
            16u);
  EXPECT_TRUE(
      measureGraph(make("mesh { width: 5 height: 4 }")).isBisectionExact);
  EXPECT_FALSE(
      measureGraph(make("mesh { width: 7 height: 3 }")).isBisectionExact);
}

TEST(Topology, TheLeastBisectionOfSmallGraphsIsFound) {
  EXPECT_EQ(measureGraph(make("mesh { width: 3 height: 3 }")).bisection, 4u);
  EXPECT_EQ(measureGraph(make("mesh { width: 1 height: 7 }")).bisection, 1u);
  EXPECT_EQ(measureGraph(make("mesh { width: 1 height: 1 }")).bisection, 0u);
}

TEST(Topology, GraphFiguresOfLargeMachinesAreSampled) {
  MachineModel machine = make("mesh { width: 10 height: 10 torus: true }");
  GraphFigures all = measureGraph(machine), some = measureGraph(machine, 7);
  EXPECT_EQ(all.measured, 100u);
  EXPECT_EQ(some.measured, 7u);
  // All cores of a torus are alike.
  EXPECT_EQ(some.diameter, all.diameter);
  EXPECT_DOUBLE_EQ(some.meanDistance, all.meanDistance);
  EXPECT_EQ(some.links, all.links);
  EXPECT_EQ(some.bisection, 0u);
}

TEST(Topology, ExplicitLinksMayDifferFromTheMachines) {
  MachineModel machine =
      make("explicit { cores: 3 links { a: 2 b: 1 link { width_bytes: 9 "
           "latency: 5 } } links { a: 0 b: 1 } }");
  LinkId own = *machine.findLink(1, 2), plain = *machine.findLink(1, 0);
  EXPECT_EQ(machine.link(own).widthBytes, 9u);
  EXPECT_EQ(machine.link(own).latency, 5u);
  EXPECT_EQ(machine.link(plain).widthBytes, 1u);
  EXPECT_EQ(machine.link(plain).latency, 1u);
  EXPECT_EQ(machine.findLink(0, 2), std::nullopt);
}

TEST(Topology, LinksComeInPairsOrderedByTheirCores) {
  MachineModel machine = make("mesh { width: 3 height: 3 }");
  for (LinkId id = 0; id < machine.links().size(); id += 2) {
    EXPECT_EQ(machine.link(id).from, machine.link(id + 1).to);
    EXPECT_EQ(machine.link(id).to, machine.link(id + 1).from);
    EXPECT_LT(machine.link(id).from, machine.link(id).to);
  }
  // Core 4 is the centre.
  std::vector<NodeId> neighbours;
  for (LinkId id : machine.linksFrom(4))
    neighbours.push_back(machine.link(id).to);
  EXPECT_THAT(neighbours, testing::ElementsAre(1, 3, 5, 7));
}
