//===- Switched.cpp - trees, butterflies and stars ------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Their cores are at the ends, joined by switches; or there are cores in all
// places.
//
//===----------------------------------------------------------------------===//

#include "Topology.h"

using namespace cm;
using llvm::Error;
using llvm::Expected;

/// Cores in the order of a heap: the parent of i is (i - 1) / arity.
static TopologyGraph buildTreeOfCores(const machine::Tree &tree) {
  TopologyGraph graph{tree.cores(), 0, {}};
  std::vector<uint32_t> below(graph.cores, 1); // and the node itself
  for (uint32_t node = graph.cores; node-- > 1;) {
    uint32_t parent = (node - 1) / tree.arity();
    below[parent] += below[node];
    graph.join(node, parent, nullptr, tree.fat() ? below[node] : 1);
  }
  return graph;
}

/// Each switch joins the next `arity` nodes of the level below it; one that is
/// left over goes up by itself.
TopologyGraph cm::buildTree(const machine::Tree &tree) {
  if (tree.cores_only())
    return buildTreeOfCores(tree);
  struct Node {
    uint32_t id, cores; // below it
  };
  TopologyGraph graph{tree.cores(), 0, {}};
  std::vector<Node> level;
  for (uint32_t core = 0; core < graph.cores; ++core)
    level.push_back({core, 1});
  while (level.size() > 1) {
    std::vector<Node> above;
    for (size_t first = 0; first < level.size(); first += tree.arity()) {
      size_t end = std::min<size_t>(level.size(), first + tree.arity());
      if (end == first + 1) {
        above.push_back(level[first]);
        continue;
      }
      Node node{graph.nodes(), 0};
      ++graph.switches;
      for (size_t i = first; i < end; ++i) {
        graph.join(level[i].id, node.id, nullptr,
                   tree.fat() ? level[i].cores : 1);
        node.cores += level[i].cores;
      }
      above.push_back(node);
    }
    level = std::move(above);
  }
  return graph;
}

/// Joins column `a` of a level that begins at `lower` to the columns of the
/// next, at `upper`, that differ from it in one digit at most, the one of value
/// `weight`.
static void joinDigits(TopologyGraph &graph, uint32_t lower, uint32_t upper,
                       uint32_t a, uint32_t weight, uint32_t radix) {
  uint32_t base = a - a / weight % radix * weight;
  for (uint32_t digit = 0; digit < radix; ++digit)
    graph.join(lower + a, upper + base + digit * weight);
}

Expected<TopologyGraph> cm::buildButterfly(const machine::Butterfly &fly,
                                           const std::string &path) {
  uint64_t radix = fly.radix(), columns = 1;
  for (uint32_t level = 0; level < fly.levels(); ++level) {
    columns *= radix;
    if (Error error = checkSize(path, columns, 0, 0))
      return std::move(error);
  }
  uint32_t levels = fly.levels();
  if (fly.cores_only()) {
    if (Error error = checkSize(path, columns * (levels + 1), 0,
                                columns * radix * levels))
      return std::move(error);
    TopologyGraph graph{static_cast<uint32_t>(columns * (levels + 1)), 0, {}};
    uint32_t weight = 1;
    for (uint32_t level = 0; level < levels; ++level, weight *= radix)
      for (uint32_t a = 0; a < columns; ++a)
        joinDigits(graph, level * columns, (level + 1) * columns, a, weight,
                   radix);
    return graph;
  }
  uint64_t across = columns / radix; // switches of a level
  if (Error error = checkSize(path, columns, across * levels, columns * levels))
    return std::move(error);
  TopologyGraph graph{static_cast<uint32_t>(columns),
                      static_cast<uint32_t>(across * levels),
                      {}};
  for (uint32_t core = 0; core < columns; ++core)
    graph.join(core, columns + core / radix);
  uint32_t weight = 1;
  for (uint32_t level = 0; level + 1 < levels; ++level, weight *= radix)
    for (uint32_t a = 0; a < across; ++a)
      joinDigits(graph, columns + level * across,
                 columns + (level + 1) * across, a, weight, radix);
  return graph;
}

TopologyGraph cm::buildStar(const machine::Star &star) {
  TopologyGraph graph{star.cores(), star.cores_only() ? 0u : 1u, {}};
  uint32_t hub = star.cores_only() ? 0 : star.cores();
  for (uint32_t core = 0; core < star.cores(); ++core)
    if (core != hub)
      graph.join(core, hub);
  return graph;
}
