//===- RandomGraphsTest.cpp - what holds of every topology ----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machines.h"
#include "cm/Machine/Describe.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <numeric>
#include <random>

using namespace cm;
using namespace cm::test;
using llvm::formatv;

namespace {

class Generator {
public:
  explicit Generator(unsigned seed) : random(seed) {}

  uint32_t pick(uint32_t least, uint32_t most) {
    return least + random() % (most - least + 1);
  }
  const char *flip() { return pick(0, 1) ? "true" : "false"; }

  /// A topology of any family; chiplets of chiplets `depth` deep.
  std::string topology(unsigned depth = 1) {
    switch (pick(0, depth ? 10 : 9)) {
    case 0:
      return formatv("mesh {{ width: {0} height: {1} depth: {2} torus: {3} "
                     "king: {4} }",
                     pick(1, 5), pick(1, 5), pick(1, 3), flip(), flip());
    case 1:
      return formatv("all_to_all {{ cores: {0} }", pick(1, 12));
    case 2:
      return formatv("path_power {{ cores: {0} power: {1} }", pick(1, 30),
                     pick(1, 7));
    case 3:
      return formatv("prism {{ layers: {0} layer_nodes: {1} overlapping: {2} "
                     "cycles: {3} }",
                     pick(1, 6), pick(1, 6), flip(), flip());
    case 4:
      return formatv("hypercube {{ dimensions: {0} }", pick(1, 5));
    case 5:
      return formatv("ring {{ cores: {0} }", pick(1, 20));
    case 6:
      return formatv("tree {{ cores: {0} arity: {1} fat: {2} cores_only: {3} }",
                     pick(1, 30), pick(2, 5), flip(), flip());
    case 7:
      return formatv("butterfly {{ radix: {0} levels: {1} cores_only: {2} }",
                     pick(2, 3), pick(1, 3), flip());
    case 8:
      return formatv("star {{ cores: {0} cores_only: {1} }", pick(1, 20),
                     flip());
    case 9:
      return links();
    default:
      return formatv("chiplets {{ chiplet {{ {0} } package {{ {1} } joints {{ "
                     "a: 0 } link {{ width_bytes: 2 latency: 5 } }",
                     topology(depth - 1), topology(depth - 1));
    }
  }

private:
  /// A random tree and further links.
  std::string links() {
    uint32_t cores = pick(1, 15), switches = pick(0, 4);
    Edges edges;
    for (uint32_t node = 1; node < cores + switches; ++node)
      edges.insert({pick(0, node - 1), node});
    for (uint32_t i = pick(0, 20); i-- && cores > 1;) {
      uint32_t b = pick(1, cores - 1);
      edges.insert({pick(0, b - 1), b});
    }
    std::string text =
        formatv("explicit {{ cores: {0} switches: {1} ", cores, switches);
    for (auto [a, b] : edges)
      text += formatv("links {{ a: {0} b: {1} } ", b, a);
    return text + "}";
  }

  std::mt19937 random;
};

/// Nodes that links lead to from core 0.
std::vector<bool> reachedFrom0(uint32_t nodes, const Edges &edges) {
  std::vector<bool> isReached(nodes, false);
  isReached[0] = true;
  for (bool changed = true; changed;) {
    changed = false;
    for (auto [a, b] : edges)
      if (isReached[a] != isReached[b])
        isReached[a] = isReached[b] = changed = true;
  }
  return isReached;
}

TEST(RandomGraphs, AreConnectedSymmetricAndConsistent) {
  for (unsigned seed = 0; seed < 600; ++seed) {
    std::string text = Generator(seed).topology(seed % 3);
    SCOPED_TRACE(formatv("seed {0}: {1}", seed, text).str());
    MachineModel machine = make(text);
    Edges edges = edgesOf(machine);
    uint32_t nodes = machine.numCores() + machine.numSwitches();
    for (auto [a, b] : edges) {
      ASSERT_NE(a, b);
      ASSERT_TRUE(edges.count({b, a}));
      ASSERT_LT(a, nodes);
    }
    GraphFigures figures = measureGraph(machine);
    // The I/O node has one link; no link is there twice.
    ASSERT_EQ(machine.links().size(), edges.size() + 2);
    ASSERT_EQ(figures.links * 2, edges.size());
    ASSERT_LE(figures.minDegree, figures.maxDegree);
    uint64_t degrees = 0;
    for (NodeId node = 0; node < nodes; ++node)
      degrees += machine.linksFrom(node).size() - (node == 0);
    ASSERT_EQ(degrees, edges.size());
    std::vector<bool> isReached = reachedFrom0(nodes, edges);
    ASSERT_EQ(std::count(isReached.begin(),
                         isReached.begin() + machine.numCores(), true),
              machine.numCores());
    ASSERT_LT(figures.diameter, nodes);
    ASSERT_LE(figures.bisection, figures.links);
    ASSERT_GE(figures.bisection, machine.numCores() > 1);
  }
}

/// All halves of the cores, switches on the side that is better for them.
uint32_t leastCut(const MachineModel &machine) {
  uint32_t cores = machine.numCores(), nodes = cores + machine.numSwitches();
  uint32_t least = ~0u;
  const Edges edges = edgesOf(machine);
  for (uint32_t sides = 0; sides < 1u << nodes; ++sides) {
    uint32_t ones = 0, cut = 0;
    for (uint32_t core = 0; core < cores; ++core)
      ones += sides >> core & 1;
    if (ones != cores / 2)
      continue;
    for (auto [a, b] : edges)
      cut += a < b && (sides >> a & 1) != (sides >> b & 1);
    least = std::min(least, cut);
  }
  return least;
}

TEST(RandomGraphs, BisectionsOfSmallOnesAreTheLeast) {
  unsigned tried = 0;
  for (unsigned seed = 0; tried < 60; ++seed) {
    std::string text = Generator(seed).topology();
    MachineModel machine = make(text);
    uint32_t nodes = machine.numCores() + machine.numSwitches();
    if (machine.numCores() < 2 || nodes > 11)
      continue;
    ++tried;
    ASSERT_EQ(measureGraph(machine).bisection, leastCut(machine))
        << "seed " << seed << ": " << text;
  }
}

/// Without some of its links a machine is the same, or an error names a core
/// that cannot be reached.
TEST(RandomGraphs, LinksMayBreak) {
  unsigned cutOff = 0, whole = 0;
  for (unsigned seed = 0; seed < 400; ++seed) {
    Generator generator(seed);
    std::string text = generator.topology();
    MachineModel machine = make(text);
    Edges edges = edgesOf(machine);
    uint32_t nodes = machine.numCores() + machine.numSwitches();
    std::string broken;
    for (uint32_t i = generator.pick(1, 6); i-- && !edges.empty();) {
      auto edge = edges.begin();
      std::advance(edge, generator.pick(0, edges.size() - 1));
      auto [a, b] = *edge;
      edges.erase({a, b});
      edges.erase({b, a});
      broken += formatv(" broken_links {{ a: {0} b: {1} }", a, b);
    }
    SCOPED_TRACE(formatv("seed {0}: {1}{2}", seed, text, broken).str());
    std::vector<bool> isReached = reachedFrom0(nodes, edges);
    auto lost = std::find(isReached.begin(),
                          isReached.begin() + machine.numCores(), false);
    llvm::Expected<MachineModel> rest = tryMake(text + broken);
    if (lost != isReached.begin() + machine.numCores()) {
      ++cutOff;
      ASSERT_FALSE(bool(rest));
      EXPECT_EQ(llvm::toString(rest.takeError()),
                formatv("topology: expected a connected graph, found no path "
                        "from core 0 to core {0}",
                        lost - isReached.begin())
                    .str());
      continue;
    }
    ++whole;
    ASSERT_TRUE(bool(rest)) << llvm::toString(rest.takeError());
    EXPECT_EQ(edgesOf(*rest), edges);
  }
  EXPECT_GT(cutOff, 50u);
  EXPECT_GT(whole, 50u);
}

/// Grids say by coordinates how far apart cores are: not where links are
/// missing or added.
TEST(RandomGraphs, OnlyWholeFlatMeshesAreGrids) {
  EXPECT_TRUE(make("mesh { width: 3 height: 3 torus: true }").isGrid());
  EXPECT_FALSE(make("mesh { width: 3 height: 3 king: true }").isGrid());
  EXPECT_FALSE(make("mesh { width: 3 height: 3 depth: 2 }").isGrid());
  EXPECT_FALSE(make("ring { cores: 4 }").isGrid());
  EXPECT_FALSE(
      make("mesh { width: 3 height: 3 } broken_links { a: 0 b: 1 }").isGrid());
}

} // namespace
