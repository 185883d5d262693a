//===- EmbeddingFamiliesTest.cpp - ResNets on every generated topology ----===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The generators of the machine, over all of their parameters that give up to
// 96 cores. Machines with fewer cores than stages are decided by counting, so
// most of those here have enough.
//
//===----------------------------------------------------------------------===//

#include "EmbeddingNetworks.h"
#include "cm/Machine/MachineModel.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"
#include <ctime>
#include <map>

using namespace cm;
using namespace cm::test;
using llvm::formatv;

namespace {

constexpr uint32_t mostCores = 96;

/// Cores and the links between them.
Graph coresOf(const std::string &topology) {
  std::string text =
      "name: 'm' clock_ghz: 1 core_types { dpu { lanes: 1 } sram { "
      "access_bytes: 1 } } link { width_bytes: 1 } io_nodes { "
      "bytes_per_cycle: 1 attached_to: [0] } topology { " +
      topology + " }";
  MachineModel machine = llvm::cantFail(
      MachineModel::create(llvm::cantFail(parseMachine(text, "test"))));
  Graph graph{machine.numCores(), {}};
  for (const LinkModel &link : machine.links())
    if (machine.isCore(link.from) && machine.isCore(link.to))
      graph.join(link.from, link.to);
  return graph;
}

const char *word(bool value) { return value ? "true" : "false"; }

/// Topologies by family, as text.
using Families = std::map<std::string, std::vector<std::string>>;

void addMeshes(uint32_t least, Families &families) {
  for (uint32_t w = 1; w <= mostCores; ++w)
    for (uint32_t h = 1; h <= w && w * h <= mostCores; ++h)
      for (uint32_t d = 1; d <= h && w * h * d <= mostCores; ++d)
        for (bool torus : {false, true})
          for (bool king : {false, true})
            if (w * h * d >= least)
              families[formatv("{0}{1}{2}", king ? "king " : "",
                               torus ? "torus" : "mesh", d > 1 ? " 3-D" : "")]
                  .push_back(formatv("mesh {{ width: {0} height: {1} depth: "
                                     "{2} torus: {3} king: {4} }",
                                     w, h, d, word(torus), word(king)));
}

void addPrisms(uint32_t least, Families &families) {
  for (uint32_t nodes = 1; nodes <= mostCores; ++nodes)
    for (uint32_t layers = 1; layers * nodes <= mostCores; ++layers)
      for (bool overlapping : {false, true})
        for (bool cycles : {false, true})
          if (layers * nodes >= least)
            families[formatv("{0} prism{1}",
                             overlapping ? "overlapping" : "cartesian",
                             cycles ? " of cycles" : "")]
                .push_back(formatv("prism {{ layers: {0} layer_nodes: {1} "
                                   "overlapping: {2} cycles: {3} }",
                                   layers, nodes, word(overlapping),
                                   word(cycles)));
}

/// Families with one parameter beside the number of cores, or none.
void addSimple(uint32_t least, Families &families) {
  auto add = [&](const char *family, std::string text) {
    families[family].push_back(std::move(text));
  };
  for (uint32_t cores = least; cores <= mostCores; ++cores) {
    for (uint32_t power = 1; power <= 12; ++power)
      add("path power",
          formatv("path_power {{ cores: {0} power: {1} }", cores, power));
    add("ring", formatv("ring {{ cores: {0} }", cores));
    add("all to all", formatv("all_to_all {{ cores: {0} }", cores));
    for (bool coresOnly : {false, true}) {
      add("star", formatv("star {{ cores: {0} cores_only: {1} }", cores,
                          word(coresOnly)));
      for (uint32_t arity = 2; arity <= 8; ++arity)
        add("tree", formatv("tree {{ cores: {0} arity: {1} cores_only: {2} }",
                            cores, arity, word(coresOnly)));
    }
  }
  for (uint32_t dimensions = 1; dimensions <= 6; ++dimensions)
    add("hypercube", formatv("hypercube {{ dimensions: {0} }", dimensions));
  for (auto [radix, levels] : {std::pair(2, 2),
                               {2, 3},
                               {2, 4},
                               {3, 2},
                               {4, 2},
                               {5, 2},
                               {24, 1},
                               {40, 1}})
    add("butterfly", formatv("butterfly {{ radix: {0} levels: {1} cores_only: "
                             "{2} }",
                             radix, levels, word(radix != 24)));
}

/// Chiplets of a few kinds, joined at one, two or all cores.
void addChiplets(Families &families) {
  const std::pair<const char *, uint32_t> kinds[] = {
      {"mesh { width: 4 height: 4 }", 16},
      {"mesh { width: 4 height: 4 king: true }", 16},
      {"path_power { cores: 16 power: 5 }", 16},
      {"path_power { cores: 24 power: 5 }", 24},
      {"path_power { cores: 48 power: 5 }", 48},
      {"prism { layers: 4 layer_nodes: 4 }", 16},
      {"prism { layers: 4 layer_nodes: 4 overlapping: true }", 16},
      {"all_to_all { cores: 8 }", 8},
      {"hypercube { dimensions: 4 }", 16},
      {"tree { cores: 15 cores_only: true }", 15}};
  const std::pair<const char *, uint32_t> packages[] = {
      {"ring { cores: 4 }", 4},
      {"mesh { width: 2 height: 2 king: true }", 4},
      {"mesh { width: 6 height: 1 }", 6},
      {"mesh { width: 3 height: 2 }", 6},
      {"all_to_all { cores: 2 }", 2},
      {"star { cores: 4 }", 4},
      {"mesh { width: 4 height: 3 }", 12}};
  for (auto [chiplet, cores] : kinds)
    for (auto [package, copies] : packages)
      for (uint32_t joints : {1u, 2u, cores}) {
        if (cores * copies > mostCores)
          continue;
        std::string text = formatv("chiplets {{ chiplet {{ {0} } package {{ "
                                   "{1} } ",
                                   chiplet, package);
        // The last core of one to the first of the other, or alike.
        for (uint32_t i = 0; i < joints; ++i)
          text += formatv("joints {{ a: {0} b: {1} } ", cores - 1 - i,
                          joints == cores ? cores - 1 - i : i);
        families["chiplets"].push_back(text + "}");
      }
}

Families familiesFrom(uint32_t least) {
  Families families;
  addMeshes(least, families);
  addPrisms(least, families);
  addSimple(least, families);
  addChiplets(families);
  return families;
}

/// Decides ResNet-(6n+2) on every `stride`-th topology of each family. Every
/// "no" on up to 36 cores is derived again by the naive search.
void decide(uint32_t n, uint32_t least, size_t stride) {
  Graph network = resnet(n);
  for (const auto &[family, topologies] : familiesFrom(least)) {
    unsigned found = 0, none = 0, again = 0;
    double longest = 0;
    for (size_t i = n % stride; i < topologies.size(); i += stride) {
      Graph graph = coresOf(topologies[i]);
      ASSERT_LE(graph.nodes, mostCores);
      EmbeddingProblem problem = problemOf(network, graph);
      std::clock_t start = std::clock();
      EmbeddingSolution solution = llvm::cantFail(solveEmbedding(problem));
      longest =
          std::max(longest, double(std::clock() - start) / CLOCKS_PER_SEC);
      ASSERT_EQ(llvm::toString(problem.verify(solution)), "");
      ASSERT_NE(solution.answer, EmbeddingSolution::Unknown)
          << topologies[i] << " after " << longest << " s";
      bool isFound = solution.answer == EmbeddingSolution::Found;
      (isFound ? found : none) += 1;
      if (isFound || graph.nodes > 36)
        continue;
      EXPECT_FALSE(embedsNaively(problem)) << topologies[i];
      again += 1;
    }
    // For check-cm-slow.
    std::string line =
        formatv("ResNet-{0} on {1}: {2} yes, {3} no ({4} of them on up to 36 "
                "cores, derived again), longest {5:F3} s\n",
                6 * n + 2, family, found, none, again, longest);
    fputs(line.c_str(), stdout);
    EXPECT_LT(longest, 60) << family; // the limit
  }
}

TEST(EmbeddingFamilies, ResNetsAreDecidedOnSomeOfEachFamily) {
  decide(3, 24, 11);
  decide(5, 36, 11);
}

/// All that have a core for each stage: check-cm-slow.
TEST(EmbeddingFamilies, DISABLED_ResNetsAreDecidedOnAll) {
  decide(3, 22, 1);
  decide(5, 34, 1);
}

} // namespace
