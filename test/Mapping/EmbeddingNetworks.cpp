//===- EmbeddingNetworks.cpp - graphs to embed and to embed into ----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmbeddingNetworks.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/ErrorHandling.h"
#include <optional>
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
/// Sets of cores are words. A step puts the stage that has the fewest cores
/// left on each of them in turn and looks one stream ahead. Of two cores that a
/// reflection of the topology swaps, which leaves all used cores where they
/// are, one is tried; no position is entered twice.
class Naive {
public:
  explicit Naive(const EmbeddingProblem &problem)
      : problem(problem), to(problem.cores, 0), from(problem.cores, 0),
        streams(problem.stages), isOpen(problem.stages, true) {
    if (problem.cores > 64)
      llvm::report_fatal_error("more cores than a word has bits");
    for (auto [a, b] : problem.links) {
      to[a] |= bit(b);
      from[b] |= bit(a);
    }
    for (auto [a, b] : problem.streams) {
      streams[a].push_back({b, true});
      streams[b].push_back({a, false});
    }
    if (problem.allowed.empty())
      findReflections();
  }

  bool search() { return problem.stages <= problem.cores && search(domains()); }

private:
  using Cores = uint64_t;
  struct End {
    uint32_t stage;
    bool isReader;
  };

  /// Swaps the cores of each of two pairs; of one pair where the other is a
  /// core twice.
  struct Reflection {
    std::pair<uint32_t, uint32_t> pairs[2];
    Cores moved;
  };

  static Cores bit(uint32_t core) { return Cores(1) << core; }
  static Cores swapped(Cores cores, const Reflection &by) {
    for (auto [a, b] : by.pairs)
      if (((cores >> a) ^ (cores >> b)) & 1)
        cores ^= bit(a) | bit(b);
    return cores;
  }
  Cores allCores() const {
    return problem.cores == 64 ? ~Cores(0) : bit(problem.cores) - 1;
  }

  void findReflections() {
    for (uint32_t a = 0; a < problem.cores; ++a)
      for (uint32_t b = a + 1; b < problem.cores; ++b) {
        addReflection({{{a, b}, {a, a}}, bit(a) | bit(b)});
        for (uint32_t c = a + 1; c < problem.cores; ++c)
          for (uint32_t d = c + 1; d < problem.cores; ++d)
            if (c != b && d != b)
              addReflection(
                  {{{a, b}, {c, d}}, bit(a) | bit(b) | bit(c) | bit(d)});
      }
  }
  /// Where it is one.
  void addReflection(const Reflection &reflection) {
    auto image = [&](uint32_t core) {
      return llvm::countr_zero(swapped(bit(core), reflection));
    };
    for (Cores rest = reflection.moved; rest != 0; rest &= rest - 1) {
      uint32_t core = llvm::countr_zero(rest);
      if (to[image(core)] != swapped(to[core], reflection) ||
          from[image(core)] != swapped(from[core], reflection))
        return;
    }
    reflections.push_back(reflection);
  }
  /// Cores that come to the same as `core` now.
  Cores likeIt(uint32_t core) const {
    Cores like = 0;
    for (const Reflection &reflection : reflections)
      if ((reflection.moved & used) == 0)
        like |= swapped(bit(core), reflection);
    return like;
  }

  std::vector<Cores> domains() const {
    std::vector<Cores> domains(problem.stages, allCores());
    for (size_t stage = 0; stage < problem.allowed.size(); ++stage) {
      domains[stage] = 0;
      for (uint32_t core : problem.allowed[stage])
        domains[stage] |= bit(core);
    }
    return domains;
  }
  bool search(const std::vector<Cores> &domains) {
    std::optional<uint32_t> stage = next(domains);
    if (!stage)
      return true;
    if (!entered.insert(positionOf(domains)).second)
      return false;
    isOpen[*stage] = false;
    for (Cores rest = domains[*stage]; rest != 0;) {
      uint32_t core = llvm::countr_zero(rest);
      std::vector<Cores> left = domains;
      used |= bit(core);
      if (put(*stage, core, left) && search(left))
        return true;
      used &= ~bit(core);
      rest &= ~(bit(core) | likeIt(core));
    }
    isOpen[*stage] = true;
    return false;
  }
  /// All that the rest of the search depends on: used cores, open stages, and
  /// the cores of those of them that may not be on every free one.
  std::vector<Cores> positionOf(const std::vector<Cores> &domains) const {
    std::vector<Cores> position = {used, 0};
    for (uint32_t stage = 0; stage < problem.stages; ++stage) {
      if (!isOpen[stage])
        continue;
      position[1] |= Cores(1) << stage;
      if (domains[stage] == (allCores() & ~used))
        continue;
      position.push_back(stage);
      position.push_back(domains[stage]);
    }
    return position;
  }
  /// The open stage with the fewest cores; of these, with the most streams.
  std::optional<uint32_t> next(const std::vector<Cores> &domains) const {
    std::optional<uint32_t> best;
    auto isBetter = [&](uint32_t a, uint32_t b) {
      int few = llvm::popcount(domains[a]), some = llvm::popcount(domains[b]);
      return few != some ? few < some : streams[a].size() > streams[b].size();
    };
    for (uint32_t stage = 0; stage < problem.stages; ++stage)
      if (isOpen[stage] && (!best || isBetter(stage, *best)))
        best = stage;
    return best;
  }
  /// Whether every open stage still has a core then, and all of them together
  /// as many as they are.
  bool put(uint32_t stage, uint32_t core, std::vector<Cores> &domains) const {
    for (uint32_t other = 0; other < problem.stages; ++other)
      if (isOpen[other])
        domains[other] &= ~bit(core);
    for (auto [other, isReader] : streams[stage])
      if (isOpen[other])
        domains[other] &= isReader ? to[core] : from[core];
    Cores together = 0;
    int open = 0;
    for (uint32_t other = 0; other < problem.stages; ++other) {
      if (!isOpen[other])
        continue;
      if (domains[other] == 0)
        return false;
      together |= domains[other];
      ++open;
    }
    return llvm::popcount(together) >= open;
  }

  const EmbeddingProblem &problem;
  std::vector<Cores> to, from; // over a link
  std::vector<std::vector<End>> streams;
  std::vector<Reflection> reflections;
  std::set<std::vector<Cores>> entered;
  std::vector<bool> isOpen;
  Cores used = 0;
};
} // namespace

bool test::embedsNaively(const EmbeddingProblem &problem) {
  return Naive(problem).search();
}
