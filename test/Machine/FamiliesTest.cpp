//===- FamiliesTest.cpp - generated graphs against closed formulas --------===//
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
#include <cmath>

using namespace cm;
using namespace cm::test;
using llvm::formatv;

namespace {

/// What a formula says; what it does not say is ~0.
struct Formula {
  static constexpr uint32_t unsaid = ~0u;
  uint32_t cores, switches, links, minDegree, maxDegree, diameter;
  uint32_t bisection = unsaid;
  double meanDistance = -1;
};

void expect(const std::string &topology, const Formula &formula) {
  SCOPED_TRACE(topology);
  MachineModel machine = make(topology);
  GraphFigures figures = measureGraph(machine);
  EXPECT_EQ(machine.numCores(), formula.cores);
  EXPECT_EQ(machine.numSwitches(), formula.switches);
  EXPECT_EQ(figures.links, formula.links);
  EXPECT_EQ(figures.minDegree, formula.minDegree);
  EXPECT_EQ(figures.maxDegree, formula.maxDegree);
  EXPECT_EQ(figures.diameter, formula.diameter);
  if (formula.bisection != Formula::unsaid) {
    EXPECT_EQ(figures.bisection, formula.bisection);
    EXPECT_EQ(figures.bisectionBytes, 8 * formula.bisection);
  }
  if (formula.meanDistance >= 0) {
    EXPECT_NEAR(figures.meanDistance, formula.meanDistance, 1e-9);
  }
}

uint32_t power(uint32_t base, uint32_t exponent) {
  uint32_t result = 1;
  while (exponent--)
    result *= base;
  return result;
}

/// Meshes of three extents: each axis is a path, or a ring.
TEST(Families, MeshesAndTori) {
  for (bool torus : {false, true})
    for (auto [w, h, d] : {std::array<uint32_t, 3>{4, 4, 1},
                           {6, 3, 1},
                           {8, 8, 1},
                           {5, 7, 1},
                           {4, 3, 3},
                           {4, 4, 4},
                           {6, 2, 4},
                           {2, 2, 2},
                           {1, 6, 4},
                           {3, 5, 3}}) {
      uint32_t nodes = w * h * d, links = 0, least = 0, most = 0, diameter = 0;
      uint32_t longest = std::max({w, h, d});
      for (uint32_t extent : {w, h, d}) {
        bool isRing = torus && extent > 2;
        links += nodes / extent * (isRing ? extent : extent - 1);
        least += isRing ? 2 : extent > 1;
        most += isRing ? 2 : std::min(extent - 1, 2u);
        diameter += isRing ? extent / 2 : extent - 1;
      }
      uint32_t cut = nodes / longest * (torus && longest > 2 ? 2 : 1);
      expect(formatv("mesh {{ width: {0} height: {1} depth: {2} torus: {3} }",
                     w, h, d, torus ? "true" : "false"),
             {nodes, 0, links, least, most, diameter,
              longest % 2 ? Formula::unsaid : cut});
    }
}

TEST(Families, KingMeshes) {
  for (auto [w, h] :
       {std::pair(2u, 2u), {4u, 4u}, {8u, 8u}, {8u, 5u}, {12u, 8u}})
    expect(formatv("mesh {{ width: {0} height: {1} king: true }", w, h),
           {w * h, 0, (w - 1) * h + w * (h - 1) + 2 * (w - 1) * (h - 1), 3,
            w > 2 && h > 2 ? 8u : 3u, std::max(w, h) - 1, 3 * h - 2});
  // Every core of a closed one has all of its 3^n - 1 neighbours.
  expect("mesh { width: 6 height: 5 king: true torus: true }",
         {30, 0, 120, 8, 8, 3});
  expect("mesh { width: 4 height: 3 depth: 3 king: true torus: true }",
         {36, 0, 36 * 13, 26, 26, 2});
  expect("mesh { width: 4 height: 3 depth: 3 king: true }",
         {36, 0, 227, 7, 26, 3});
}

TEST(Families, Hypercubes) {
  for (uint32_t n = 1; n <= 8; ++n) {
    double cores = 1u << n;
    expect(formatv("hypercube {{ dimensions: {0} }", n),
           {1u << n, 0, n << (n - 1), n, n, n, 1u << (n - 1),
            n / 2.0 * cores / (cores - 1)});
  }
}

TEST(Families, Rings) {
  for (uint32_t cores : {3, 4, 7, 16, 33, 64})
    expect(formatv("ring {{ cores: {0} }", cores),
           {cores, 0, cores, 2, 2, cores / 2, 2});
  expect("ring { cores: 2 }", {2, 0, 1, 1, 1, 1, 1});
  expect("ring { cores: 1 }", {1, 0, 0, 0, 0, 0, 0});
}

TEST(Families, AllToAll) {
  for (uint32_t cores : {2, 5, 8, 24})
    expect(formatv("all_to_all {{ cores: {0} }", cores),
           {cores, 0, cores * (cores - 1) / 2, cores - 1, cores - 1, 1,
            cores / 2 * ((cores + 1) / 2), 1});
}

/// The first and the last core have the least links, `p`.
TEST(Families, PathPowers) {
  for (auto [n, p] : {std::pair(64u, 5u), {96u, 5u}, {20u, 3u}, {36u, 2u}})
    expect(formatv("path_power {{ cores: {0} power: {1} }", n, p),
           {n, 0, n * p - p * (p + 1) / 2, p, 2 * p, (n - 2 + p) / p,
            p * (p + 1) / 2});
}

TEST(Families, Prisms) {
  for (auto [layers, nodes] :
       {std::pair(8u, 4u), {4u, 4u}, {16u, 3u}, {6u, 6u}, {10u, 5u}}) {
    auto text = [&, l = layers, n = nodes](const char *more) {
      return formatv("prism {{ layers: {0} layer_nodes: {1} {2} }", l, n, more)
          .str();
    };
    uint32_t inside = layers * nodes * (nodes - 1) / 2, between = layers - 1;
    expect(text(""), {layers * nodes, 0, inside + between * nodes, nodes,
                      nodes + 1, layers, nodes});
    expect(text("overlapping: true"),
           {layers * nodes, 0, inside + between * nodes * nodes, 2 * nodes - 1,
            3 * nodes - 1, layers - 1, nodes * nodes});
    if (nodes > 3)
      expect(text("cycles: true"),
             {layers * nodes, 0, layers * nodes + between * nodes, 3, 4,
              layers - 1 + nodes / 2});
  }
}

/// Trees of which all leaves are equally deep.
TEST(Families, Trees) {
  for (auto [arity, levels] : {std::pair(2u, 1u),
                               {2u, 3u},
                               {2u, 4u},
                               {2u, 6u},
                               {3u, 2u},
                               {4u, 3u},
                               {8u, 2u}}) {
    uint32_t cores = power(arity, levels);
    uint32_t switches = (cores - 1) / (arity - 1);
    std::string text = formatv("tree {{ cores: {0} arity: {1} }", cores, arity);
    // Half of the root's links.
    expect(text, {cores, switches, cores + switches - 1, 1, 1, 2 * levels,
                  arity % 2 ? Formula::unsaid : arity / 2});
    GraphFigures figures = measureGraph(make(text));
    EXPECT_EQ(figures.minSwitchDegree, arity);
    EXPECT_EQ(figures.maxSwitchDegree, levels == 1 ? arity : arity + 1);
    // Full bisection: half of the cores can send to the other half.
    std::string fat =
        formatv("tree {{ cores: {0} arity: {1} fat: true }", cores, arity);
    if (arity % 2 == 0) {
      EXPECT_EQ(measureGraph(make(fat)).bisectionBytes, 8 * cores / 2) << fat;
    }
  }
  // Five cores: two pairs at switches, the fifth goes up by itself.
  expect("tree { cores: 5 }", {5, 4, 8, 1, 1, 4});
  expect("tree { cores: 1 }", {1, 0, 0, 0, 0, 0});
}

TEST(Families, TreesOfCores) {
  for (uint32_t depth = 1; depth <= 6; ++depth) {
    uint32_t cores = (2u << depth) - 1;
    expect(formatv("tree {{ cores: {0} cores_only: true }", cores),
           {cores, 0, cores - 1, 1, depth == 1 ? 2u : 3u, 2 * depth});
  }
  expect("tree { cores: 96 arity: 95 cores_only: true }",
         {96, 0, 95, 1, 95, 2, 48});
}

TEST(Families, Butterflies) {
  for (auto [radix, levels] : {std::pair(2u, 1u),
                               {2u, 2u},
                               {2u, 3u},
                               {2u, 5u},
                               {4u, 2u},
                               {4u, 3u},
                               {3u, 2u},
                               {8u, 2u}}) {
    uint32_t cores = power(radix, levels), across = cores / radix;
    std::string text =
        formatv("butterfly {{ radix: {0} levels: {1} }", radix, levels);
    // Switches of all levels but the last have `radix` links up and down.
    expect(text, {cores, across * levels, cores * levels, 1, 1, 2 * levels,
                  radix % 2 ? Formula::unsaid : cores / 2});
    GraphFigures figures = measureGraph(make(text));
    EXPECT_EQ(figures.minSwitchDegree, radix);
    EXPECT_EQ(figures.maxSwitchDegree, levels == 1 ? radix : 2 * radix);
    expect(formatv("butterfly {{ radix: {0} levels: {1} cores_only: true }",
                   radix, levels),
           {cores * (levels + 1), 0, cores * levels * radix, radix,
            levels == 1 ? radix : 2 * radix, 2 * levels});
  }
}

TEST(Families, Stars) {
  for (uint32_t cores : {3, 8, 15, 64}) {
    expect(formatv("star {{ cores: {0} }", cores),
           {cores, 1, cores, 1, 1, 2, cores / 2, 2});
    expect(formatv("star {{ cores: {0} cores_only: true }", cores),
           {cores, 0, cores - 1, 1, cores - 1, 2, cores / 2});
  }
  expect("star { cores: 1 cores_only: true }", {1, 0, 0, 0, 0, 0});
}

/// Joined at all of their cores, chiplets are the product of two graphs.
TEST(Families, ChipletsJoinedEverywhereAreAProduct) {
  std::string joints;
  for (int core = 0; core < 12; ++core)
    joints += formatv("joints {{ a: {0} } ", core);
  MachineModel chiplets = make("chiplets { chiplet { mesh { width: 4 height: 3 "
                               "} } package { mesh { width: 1 height: 5 } } " +
                               joints + "}");
  EXPECT_EQ(edgesOf(chiplets),
            edgesOf(make("mesh { width: 4 height: 3 depth: 5 }")));
}

/// In a row of copies of a ring, joined at cores 0 and 2 of four.
TEST(Families, ChipletsInARow) {
  for (uint32_t copies : {2, 3, 6})
    expect(
        formatv("chiplets {{ chiplet {{ ring {{ cores: 4 } } package {{ mesh "
                "{{ width: {0} height: 1 } } joints {{ a: 2 b: 0 } }",
                copies),
        {4 * copies, 0, 4 * copies + copies - 1, 2, 3, 3 * copies - 1,
         copies % 2 ? Formula::unsaid : 1});
}

TEST(Families, LinksBetweenChipletsAreTheirOwn) {
  MachineModel machine =
      make("chiplets { chiplet { star { cores: 3 } } package { star { cores: 2 "
           "} } link { width_bytes: 2 latency: 9 } joints { a: 1 } }");
  // Cores 0 to 5, the switches of the chiplets 6 and 7, that of the package 8.
  EXPECT_EQ(machine.numCores(), 6u);
  EXPECT_EQ(machine.numSwitches(), 3u);
  const std::set<std::pair<uint32_t, uint32_t>> expected = {
      {0, 6}, {1, 6}, {2, 6}, {3, 7}, {4, 7}, {5, 7}, {1, 8}, {4, 8}};
  std::set<std::pair<uint32_t, uint32_t>> found;
  for (const LinkModel &link : machine.links())
    if (link.from < link.to && machine.forwards(link.to)) {
      found.insert({link.from, link.to});
      bool isBetween = link.to == 8;
      EXPECT_EQ(link.widthBytes, isBetween ? 2u : 8u);
      EXPECT_EQ(link.latency, isBetween ? 9u : 1u);
    }
  EXPECT_EQ(found, expected);
  EXPECT_EQ(measureGraph(machine).diameter, 6u);
  EXPECT_EQ(machine.nodeName(8), "switch[8]");
  EXPECT_EQ(machine.inputNode(), 9u);
  EXPECT_TRUE(machine.isIo(9));
  EXPECT_FALSE(machine.forwards(9));
}

TEST(Families, LinksOfAFatTreeAreAsWideAsThoseBelowThem) {
  MachineModel machine = make("tree { cores: 6 fat: true }");
  // 0..5, pairs at 6, 7, 8; 6 and 7 at 9; 9 and 8 at 10.
  auto width = [&](uint32_t a, uint32_t b) {
    return machine.link(*machine.findLink(a, b)).widthBytes;
  };
  EXPECT_EQ(width(0, 6), 8u);
  EXPECT_EQ(width(6, 9), 16u);
  EXPECT_EQ(width(9, 10), 32u);
  EXPECT_EQ(width(10, 8), 16u);
  MachineModel heap = make("tree { cores: 7 fat: true cores_only: true }");
  EXPECT_EQ(heap.link(*heap.findLink(0, 1)).widthBytes, 24u);
  EXPECT_EQ(heap.link(*heap.findLink(6, 2)).widthBytes, 8u);
}

} // namespace
