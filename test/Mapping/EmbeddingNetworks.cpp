//===- EmbeddingNetworks.cpp - graphs to embed and to embed into ----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmbeddingNetworks.h"
#include "llvm/ADT/STLExtras.h"
#include <set>

using namespace cm;
using namespace cm::test;

//===----------------------------------------------------------------------===//
// Topologies
//===----------------------------------------------------------------------===//

static void joinBothWays(Graph &graph, uint32_t a, uint32_t b) {
  graph.join(a, b);
  graph.join(b, a);
}

Graph test::mesh(uint32_t height, uint32_t width, bool torus) {
  Graph graph{height * width, {}};
  for (uint32_t y = 0; y < height; ++y)
    for (uint32_t x = 0; x < width; ++x) {
      if (x + 1 < width || torus)
        joinBothWays(graph, y * width + x, y * width + (x + 1) % width);
      if (y + 1 < height || torus)
        joinBothWays(graph, y * width + x, (y + 1) % height * width + x);
    }
  return graph;
}

Graph test::king(uint32_t height, uint32_t width) {
  Graph graph = mesh(height, width);
  for (uint32_t y = 0; y + 1 < height; ++y)
    for (uint32_t x = 0; x + 1 < width; ++x) {
      joinBothWays(graph, y * width + x, (y + 1) * width + x + 1);
      joinBothWays(graph, y * width + x + 1, (y + 1) * width + x);
    }
  return graph;
}

Graph test::hypercube(uint32_t dims) {
  Graph graph{1u << dims, {}};
  for (uint32_t node = 0; node < graph.nodes; ++node)
    for (uint32_t k = 0; k < dims; ++k)
      graph.join(node, node ^ 1u << k);
  return graph;
}

Graph test::pathPower(uint32_t nodes, uint32_t power) {
  Graph graph{nodes, {}};
  for (uint32_t a = 0; a < nodes; ++a)
    for (uint32_t b = a + 1; b < nodes && b <= a + power; ++b)
      joinBothWays(graph, a, b);
  return graph;
}

Graph test::prism(uint32_t layers, uint32_t width, bool overlapping,
                  bool isCycle) {
  Graph graph{layers * width, {}};
  for (uint32_t layer = 0; layer < layers; ++layer)
    for (uint32_t a = 0; a < width; ++a) {
      uint32_t node = layer * width + a;
      for (uint32_t b = a + 1; b < width; ++b)
        if (!isCycle || b == a + 1 || (a == 0 && b == width - 1))
          joinBothWays(graph, node, layer * width + b);
      for (uint32_t b = 0; layer + 1 < layers && b < width; ++b)
        if (overlapping || a == b)
          joinBothWays(graph, node, (layer + 1) * width + b);
    }
  return graph;
}

//===----------------------------------------------------------------------===//
// Networks
//===----------------------------------------------------------------------===//

Graph test::basicBlocks(uint32_t count) {
  Graph graph;
  uint32_t last = graph.add();
  for (uint32_t block = 0; block < count; ++block) {
    uint32_t first = graph.add(), second = graph.add();
    graph.join(last, first);
    graph.join(first, second);
    graph.join(last, second);
    last = second;
  }
  return graph;
}

Graph test::bottleneck() { return {4, {{0, 1}, {1, 2}, {2, 3}, {0, 3}}}; }

Graph test::inception(uint32_t modules, bool merge) {
  Graph graph;
  std::vector<uint32_t> sources{graph.add()};
  for (uint32_t module = 0; module < modules; ++module) {
    std::vector<uint32_t> ends;
    for (uint32_t layers : {1, 2, 2, 2}) {
      uint32_t last = graph.add();
      for (uint32_t source : sources)
        graph.join(source, last);
      if (layers == 2) {
        uint32_t next = graph.add();
        graph.join(last, next);
        last = next;
      }
      ends.push_back(last);
    }
    sources = ends;
    if (!merge)
      continue;
    uint32_t joined = graph.add();
    for (uint32_t end : ends)
      graph.join(end, joined);
    sources = {joined};
  }
  return graph;
}

Graph test::clique(uint32_t nodes) {
  Graph graph{nodes, {}};
  for (uint32_t a = 0; a < nodes; ++a)
    for (uint32_t b = a + 1; b < nodes; ++b)
      graph.join(a, b);
  return graph;
}

Graph test::resnet(uint32_t n) {
  Graph graph;
  uint32_t last = graph.add();
  for (uint32_t block = 0; block < 3 * n; ++block) {
    uint32_t first = graph.add(), second = graph.add();
    graph.join(last, first);
    graph.join(first, second);
    uint32_t skip = last;
    if (block == n || block == 2 * n) {
      skip = graph.add();
      graph.join(last, skip);
    }
    graph.join(skip, second);
    last = second;
  }
  uint32_t classifier = graph.add();
  graph.join(last, classifier);
  return graph;
}

EmbeddingProblem test::problemOf(const Graph &network, const Graph &topology) {
  EmbeddingProblem problem;
  problem.stages = network.nodes;
  problem.cores = topology.nodes;
  problem.streams = network.arcs;
  problem.links = topology.arcs;
  return problem;
}

//===----------------------------------------------------------------------===//
// A second search
//===----------------------------------------------------------------------===//

namespace {
class Naive {
public:
  Naive(const EmbeddingProblem &problem, uint64_t steps)
      : steps(steps), problem(problem),
        links(problem.links.begin(), problem.links.end()),
        host(problem.stages, free), isTaken(problem.cores, false) {}

  uint64_t steps; // that are left

  bool search() {
    uint32_t stage = next();
    if (stage == free)
      return true;
    for (uint32_t core = 0; core < problem.cores; ++core) {
      if (isTaken[core] || !mayBeOn(stage, core) || !isLinked(stage, core))
        continue;
      if (steps == 0)
        return false;
      --steps;
      host[stage] = core;
      isTaken[core] = true;
      if (search())
        return true;
      host[stage] = free;
      isTaken[core] = false;
    }
    return false;
  }

private:
  static constexpr uint32_t free = ~0u;

  /// The open stage with the most streams to stages that have a core.
  uint32_t next() const {
    uint32_t best = free, most = 0;
    for (uint32_t stage = 0; stage < problem.stages; ++stage) {
      if (host[stage] != free)
        continue;
      uint32_t count = 0;
      for (auto [from, to] : problem.streams)
        count += (from == stage && host[to] != free) ||
                 (to == stage && host[from] != free);
      if (best == free || count > most) {
        best = stage;
        most = count;
      }
    }
    return best;
  }
  bool mayBeOn(uint32_t stage, uint32_t core) const {
    return problem.allowed.empty() ||
           llvm::is_contained(problem.allowed[stage], core);
  }
  bool isLinked(uint32_t stage, uint32_t core) const {
    return llvm::all_of(problem.streams, [&](const Arc &stream) {
      if (stream.first == stage && host[stream.second] != free)
        return links.count({core, host[stream.second]}) > 0;
      if (stream.second == stage && host[stream.first] != free)
        return links.count({host[stream.first], core}) > 0;
      return true;
    });
  }

  const EmbeddingProblem &problem;
  std::set<Arc> links;
  std::vector<uint32_t> host;
  std::vector<bool> isTaken;
};
} // namespace

bool test::embedsNaively(const EmbeddingProblem &problem) {
  return Naive(problem, ~uint64_t(0)).search();
}

std::optional<bool> test::embedsNaively(const EmbeddingProblem &problem,
                                        uint64_t maxSteps) {
  Naive naive(problem, maxSteps);
  bool isFound = naive.search();
  if (!isFound && naive.steps == 0)
    return std::nullopt;
  return isFound;
}
