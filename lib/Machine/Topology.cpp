//===- Topology.cpp - which cores are joined ------------------------------===//
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
#include "llvm/Support/MathExtras.h"

using namespace cm;
using Edges = std::vector<Edge>;

static constexpr uint64_t maxCores = 1 << 16;
/// Full-duplex links: enough for 1448 cores all to all.
static constexpr uint64_t maxEdges = 1 << 20;

llvm::Expected<uint32_t> cm::countCores(const machine::Topology &topology) {
  uint64_t count = 0;
  switch (topology.kind_case()) {
  case machine::Topology::kMesh:
    count = uint64_t(topology.mesh().width()) * topology.mesh().height();
    break;
  case machine::Topology::kAllToAll:
    count = topology.all_to_all().cores();
    break;
  case machine::Topology::kPathPower:
    count = topology.path_power().cores();
    break;
  case machine::Topology::kPrism:
    count =
        uint64_t(topology.prism().layers()) * topology.prism().layer_nodes();
    break;
  case machine::Topology::kExplicit:
    count = topology.explicit_().cores();
    break;
  case machine::Topology::KIND_NOT_SET:
    return makeError("topology: expected one of mesh, all_to_all, path_power, "
                     "prism, explicit, found none");
  }
  if (count > maxCores)
    return makeError("topology: expected at most {0} cores, found {1}",
                     maxCores, count);
  return static_cast<uint32_t>(count);
}

static Edges buildMesh(const machine::Mesh &mesh) {
  uint32_t width = mesh.width(), height = mesh.height();
  Edges edges;
  auto join = [&](uint32_t a, uint32_t b) {
    edges.push_back({std::min(a, b), std::max(a, b)});
  };
  for (uint32_t y = 0; y < height; ++y)
    for (uint32_t x = 0; x < width; ++x) {
      uint32_t node = y * width + x;
      if (x + 1 < width)
        join(node, node + 1);
      if (y + 1 < height)
        join(node, node + width);
      // Two nodes are neighbours already: only longer rings are closed.
      if (mesh.torus() && x + 1 == width && width > 2)
        join(node, y * width);
      if (mesh.torus() && y + 1 == height && height > 2)
        join(node, x);
    }
  return edges;
}

/// { i - j : 1 <= j - i <= power }; all to all is power = cores - 1.
static llvm::Expected<Edges> buildPathPower(uint64_t cores, uint64_t power) {
  power = std::min(power, cores - 1);
  uint64_t count = cores * power - power * (power + 1) / 2;
  if (count > maxEdges)
    return makeError("topology: expected at most {0} links, found {1}",
                     maxEdges, count);
  Edges edges;
  for (uint32_t i = 0; i < cores; ++i)
    for (uint32_t j = i + 1; j < cores && j <= i + power; ++j)
      edges.push_back({i, j});
  return edges;
}

static llvm::Expected<Edges> buildPrism(const machine::Prism &prism) {
  uint64_t layers = prism.layers(), nodes = prism.layer_nodes();
  uint64_t between = prism.overlapping() ? nodes * nodes : nodes;
  uint64_t count = layers * (nodes * (nodes - 1) / 2) + (layers - 1) * between;
  if (count > maxEdges)
    return makeError("topology: expected at most {0} links, found {1}",
                     maxEdges, count);
  Edges edges;
  for (uint32_t layer = 0; layer < layers; ++layer)
    for (uint32_t i = 0; i < nodes; ++i) {
      uint32_t node = layer * nodes + i;
      for (uint32_t j = i + 1; j < nodes; ++j)
        edges.push_back({node, static_cast<uint32_t>(layer * nodes + j)});
      if (layer + 1 == layers)
        continue;
      for (uint32_t j = 0; j < nodes; ++j)
        if (prism.overlapping() || i == j)
          edges.push_back(
              {node, static_cast<uint32_t>((layer + 1) * nodes + j)});
    }
  return edges;
}

static llvm::Expected<Edges> buildExplicit(const machine::Explicit &graph) {
  Edges edges;
  for (int i = 0; i < graph.links_size(); ++i) {
    const machine::ExplicitLink &link = graph.links(i);
    for (uint32_t end : {link.a(), link.b()})
      if (end >= graph.cores())
        return makeError("topology.explicit.links[{0}]: expected cores 0 to "
                         "{1}, found {2}",
                         i, graph.cores() - 1, end);
    if (link.a() == link.b())
      return makeError("topology.explicit.links[{0}]: expected two different "
                       "cores, found {1} twice",
                       i, link.a());
    edges.push_back({std::min(link.a(), link.b()), std::max(link.a(), link.b()),
                     link.has_link() ? &link.link() : nullptr});
  }
  return edges;
}

static llvm::Expected<Edges> build(const machine::Topology &topology) {
  switch (topology.kind_case()) {
  case machine::Topology::kMesh:
    return buildMesh(topology.mesh());
  case machine::Topology::kAllToAll: {
    uint32_t cores = topology.all_to_all().cores();
    return buildPathPower(cores, cores - 1);
  }
  case machine::Topology::kPathPower:
    return buildPathPower(topology.path_power().cores(),
                          topology.path_power().power());
  case machine::Topology::kPrism:
    return buildPrism(topology.prism());
  case machine::Topology::kExplicit:
    return buildExplicit(topology.explicit_());
  case machine::Topology::KIND_NOT_SET:
    break;
  }
  llvm_unreachable("countCores has refused a topology without a kind");
}

llvm::Expected<Edges> cm::buildEdges(const machine::Topology &topology,
                                     uint32_t numCores) {
  llvm::Expected<Edges> edges = build(topology);
  if (!edges)
    return edges;
  auto ends = [](const Edge &edge) { return std::make_pair(edge.a, edge.b); };
  llvm::sort(*edges, [&](const Edge &left, const Edge &right) {
    return ends(left) < ends(right);
  });
  auto twice = std::adjacent_find(edges->begin(), edges->end(),
                                  [&](const Edge &left, const Edge &right) {
                                    return ends(left) == ends(right);
                                  });
  if (twice != edges->end())
    return makeError("topology.explicit.links: expected one link between cores "
                     "{0} and {1}, found more",
                     twice->a, twice->b);
  return edges;
}

llvm::Error cm::checkConnected(const Edges &edges, uint32_t numCores) {
  llvm::EquivalenceClasses<uint32_t> parts;
  for (uint32_t core = 0; core < numCores; ++core)
    parts.insert(core);
  for (const Edge &edge : edges)
    parts.unionSets(edge.a, edge.b);
  for (uint32_t core = 1; core < numCores; ++core)
    if (!parts.isEquivalent(0, core))
      return makeError(
          "topology: expected a connected graph, found no path from core 0 to "
          "core {0}",
          core);
  return llvm::Error::success();
}
