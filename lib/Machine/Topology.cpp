//===- Topology.cpp - which nodes are joined ------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Topology.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/STLExtras.h"

using namespace cm;
using llvm::Error;
using llvm::Expected;

Error cm::checkSize(const std::string &path, uint64_t cores, uint64_t switches,
                    uint64_t links) {
  constexpr uint64_t maxNodes = 1 << 16, maxLinks = 1 << 20;
  auto check = [&](const char *what, uint64_t most, uint64_t found) -> Error {
    if (found <= most)
      return Error::success();
    return makeError("{0}: expected at most {1} {2}, found {3}", path, most,
                     what, found);
  };
  if (Error error = check("cores", maxNodes, cores))
    return error;
  if (Error error = check("switches", maxNodes, switches))
    return error;
  return check("links", maxLinks, links);
}

static Expected<TopologyGraph> buildExplicit(const machine::Explicit &list,
                                             const std::string &path) {
  TopologyGraph graph{list.cores(), list.switches(), {}};
  if (Error error =
          checkSize(path, list.cores(), list.switches(), list.links_size()))
    return std::move(error);
  for (int i = 0; i < list.links_size(); ++i) {
    const machine::ExplicitLink &link = list.links(i);
    for (uint32_t end : {link.a(), link.b()})
      if (end >= graph.nodes())
        return makeError("{0}.explicit.links[{1}]: expected {2} 0 to {3}, "
                         "found {4}",
                         path, i, graph.nodeWords(), graph.nodes() - 1, end);
    if (link.a() == link.b())
      return makeError("{0}.explicit.links[{1}]: expected two different {2}, "
                       "found {3} twice",
                       path, i, graph.nodeWords(), link.a());
    graph.join(link.a(), link.b(), link.has_link() ? &link.link() : nullptr);
  }
  return graph;
}

static Error noKind(const std::string &path) {
  return makeError(
      "{0}: expected one of mesh, all_to_all, path_power, prism, "
      "explicit, hypercube, ring, tree, butterfly, star, chiplets, "
      "file, found none",
      path);
}

static Expected<TopologyGraph> build(const machine::Topology &topology,
                                     const std::string &path) {
  switch (topology.kind_case()) {
  case machine::Topology::kMesh:
    return buildMesh(topology.mesh(), path);
  case machine::Topology::kAllToAll: {
    uint32_t cores = topology.all_to_all().cores();
    return buildPathPower(cores, cores - 1, path);
  }
  case machine::Topology::kPathPower:
    return buildPathPower(topology.path_power().cores(),
                          topology.path_power().power(), path);
  case machine::Topology::kPrism:
    return buildPrism(topology.prism(), path);
  case machine::Topology::kExplicit:
    return buildExplicit(topology.explicit_(), path);
  case machine::Topology::kHypercube:
    return buildHypercube(topology.hypercube());
  case machine::Topology::kRing:
    return buildRing(topology.ring());
  case machine::Topology::kTree:
    return buildTree(topology.tree());
  case machine::Topology::kButterfly:
    return buildButterfly(topology.butterfly(), path);
  case machine::Topology::kStar:
    return buildStar(topology.star());
  case machine::Topology::kChiplets:
    return buildChiplets(topology.chiplets(), path + ".chiplets");
  case machine::Topology::kFile:
    return makeError(
        "{0}.file: expected a machine from a file, which says where "
        "'{1}' is; `explicit` has the links themselves",
        path, topology.file());
  case machine::Topology::KIND_NOT_SET:
    break;
  }
  return noKind(path);
}

using Ends = std::pair<uint32_t, uint32_t>;

static Ends endsOf(const Edge &edge) { return {edge.a, edge.b}; }

static bool isBefore(const Edge &left, const Edge &right) {
  return endsOf(left) < endsOf(right);
}

/// Removes the broken links from sorted edges.
static Error breakLinks(const machine::Topology &topology,
                        const std::string &path, TopologyGraph &graph) {
  std::vector<bool> isBroken(graph.edges.size(), false);
  for (int i = 0; i < topology.broken_links_size(); ++i) {
    uint32_t a = topology.broken_links(i).a(), b = topology.broken_links(i).b();
    Edge wanted{std::min(a, b), std::max(a, b)};
    auto edge = llvm::lower_bound(graph.edges, wanted, isBefore);
    size_t index = edge - graph.edges.begin();
    if (edge == graph.edges.end() || endsOf(*edge) != endsOf(wanted) ||
        isBroken[index])
      return makeError("{0}.broken_links[{1}]: expected a link of the "
                       "topology, each once, found {2} and {3}",
                       path, i, a, b);
    isBroken[index] = true;
  }
  size_t kept = 0;
  for (size_t i = 0; i < graph.edges.size(); ++i)
    if (!isBroken[i])
      graph.edges[kept++] = graph.edges[i];
  graph.edges.resize(kept);
  return Error::success();
}

Expected<TopologyGraph> cm::buildTopology(const machine::Topology &topology,
                                          const std::string &path) {
  Expected<TopologyGraph> graph = build(topology, path);
  if (!graph)
    return graph;
  llvm::stable_sort(graph->edges, isBefore);
  auto isSame = [](const Edge &left, const Edge &right) {
    return endsOf(left) == endsOf(right);
  };
  auto twice =
      std::adjacent_find(graph->edges.begin(), graph->edges.end(), isSame);
  if (twice != graph->edges.end() && topology.has_explicit_())
    return makeError(
        "{0}.explicit.links: expected one link between {1} {2} and "
        "{3}, found more",
        path, graph->nodeWords(), twice->a, twice->b);
  graph->edges.erase(
      std::unique(graph->edges.begin(), graph->edges.end(), isSame),
      graph->edges.end());
  if (Error error = breakLinks(topology, path, *graph))
    return std::move(error);
  return graph;
}

Error cm::checkConnected(const TopologyGraph &graph,
                         llvm::ArrayRef<uint32_t> attached) {
  llvm::EquivalenceClasses<uint32_t> parts;
  for (uint32_t node = 0; node < graph.nodes(); ++node)
    parts.insert(node);
  for (const Edge &edge : graph.edges)
    parts.unionSets(edge.a, edge.b);
  auto check = [&](uint32_t node) -> Error {
    if (parts.isEquivalent(0, node))
      return Error::success();
    return makeError(
        "topology: expected a connected graph, found no path from core 0 to "
        "{0} {1}",
        node < graph.cores ? "core" : "node", node);
  };
  for (uint32_t core = 1; core < graph.cores; ++core)
    if (Error error = check(core))
      return error;
  for (uint32_t node : attached)
    if (Error error = check(node))
      return error;
  return Error::success();
}
