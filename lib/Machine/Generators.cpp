//===- Generators.cpp - topologies of cores -------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Topology.h"
#include <array>

using namespace cm;
using llvm::Error;
using llvm::Expected;

using Position = std::array<int64_t, 3>;

/// Half of the steps to a neighbour: those to nodes with higher numbers, unless
/// the step closes a ring. Without diagonals only one coordinate changes.
static std::vector<Position> stepsOf(bool king) {
  std::vector<Position> steps;
  for (int64_t z = -1; z <= 1; ++z)
    for (int64_t y = -1; y <= 1; ++y)
      for (int64_t x = -1; x <= 1; ++x) {
        bool isForward = z > 0 || (z == 0 && (y > 0 || (y == 0 && x > 0)));
        if (isForward && (king || std::abs(x) + std::abs(y) + std::abs(z) == 1))
          steps.push_back({x, y, z});
      }
  return steps;
}

/// { p - q : q = p + step }, modulo the extents in a torus; rings of two nodes
/// have one link.
Expected<TopologyGraph> cm::buildMesh(const machine::Mesh &mesh,
                                      const std::string &path) {
  const Position extent{mesh.width(), mesh.height(), mesh.depth()};
  // Two numbers below 2^32: three do not overflow one after the other.
  uint64_t plane = extent[0] * extent[1];
  if (Error error = checkSize(path, plane, 0, 0))
    return std::move(error);
  if (Error error = checkSize(path, plane * extent[2], 0, 0))
    return std::move(error);
  TopologyGraph graph{static_cast<uint32_t>(plane * extent[2]), 0, {}};
  std::vector<Position> steps = stepsOf(mesh.king());
  for (uint32_t node = 0; node < graph.cores; ++node) {
    const Position from{node % extent[0], node / extent[0] % extent[1],
                        int64_t(node / plane)};
    for (const Position &step : steps) {
      Position to;
      bool isInside = true;
      for (int axis = 0; axis < 3; ++axis) {
        to[axis] = from[axis] + step[axis];
        isInside &= to[axis] >= 0 && to[axis] < extent[axis];
        to[axis] = (to[axis] + extent[axis]) % extent[axis];
      }
      uint32_t other = (to[2] * extent[1] + to[1]) * extent[0] + to[0];
      if ((isInside || mesh.torus()) && other != node)
        graph.join(node, other);
    }
  }
  return graph;
}

Expected<TopologyGraph> cm::buildPathPower(uint64_t cores, uint64_t power,
                                           const std::string &path) {
  power = std::min(power, cores - 1);
  uint64_t links = cores * power - power * (power + 1) / 2;
  if (Error error = checkSize(path, cores, 0, links))
    return std::move(error);
  TopologyGraph graph{static_cast<uint32_t>(cores), 0, {}};
  for (uint32_t i = 0; i < cores; ++i)
    for (uint32_t j = i + 1; j < cores && j <= i + power; ++j)
      graph.join(i, j);
  return graph;
}

Expected<TopologyGraph> cm::buildPrism(const machine::Prism &prism,
                                       const std::string &path) {
  uint64_t layers = prism.layers(), nodes = prism.layer_nodes();
  uint64_t inLayer = prism.cycles() ? nodes : nodes * (nodes - 1) / 2;
  uint64_t between = prism.overlapping() ? nodes * nodes : nodes;
  if (Error error = checkSize(path, layers * nodes, 0,
                              layers * inLayer + (layers - 1) * between))
    return std::move(error);
  TopologyGraph graph{static_cast<uint32_t>(layers * nodes), 0, {}};
  for (uint32_t first = 0; first < graph.cores; first += nodes)
    for (uint32_t i = 0; i < nodes; ++i) {
      for (uint32_t j = i + 1; j < nodes; ++j)
        if (!prism.cycles() || j == i + 1 || (i == 0 && j + 1 == nodes))
          graph.join(first + i, first + j);
      for (uint32_t j = 0; first + nodes < graph.cores && j < nodes; ++j)
        if (prism.overlapping() || i == j)
          graph.join(first + i, first + nodes + j);
    }
  return graph;
}

TopologyGraph cm::buildHypercube(const machine::Hypercube &cube) {
  TopologyGraph graph{1u << cube.dimensions(), 0, {}};
  for (uint32_t node = 0; node < graph.cores; ++node)
    for (uint32_t bit = 1; bit < graph.cores; bit <<= 1)
      if (!(node & bit))
        graph.join(node, node | bit);
  return graph;
}

TopologyGraph cm::buildRing(const machine::Ring &ring) {
  TopologyGraph graph{ring.cores(), 0, {}};
  for (uint32_t node = 0; node + 1 < graph.cores; ++node)
    graph.join(node, node + 1);
  if (graph.cores > 2)
    graph.join(0, graph.cores - 1);
  return graph;
}
