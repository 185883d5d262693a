//===- TopologyMachines.cpp - the topologies that are compared ------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Topology.h"
#include "llvm/Support/MathExtras.h"

using namespace cm;

/// A mesh as near to a square, or a cube, as powers of two allow.
static machine::Topology meshOf(uint32_t bits, uint32_t axes, bool torus,
                                bool king = false) {
  machine::Topology topology;
  machine::Mesh &mesh = *topology.mutable_mesh();
  auto extent = [&](uint32_t axis) {
    return 1u << (bits + axes - 1 - axis) / axes;
  };
  mesh.set_width(extent(0));
  mesh.set_height(extent(1));
  if (axes == 3)
    mesh.set_depth(extent(2));
  mesh.set_torus(torus);
  mesh.set_king(king);
  return topology;
}

static machine::Topology prismOf(uint32_t cores, bool overlapping) {
  constexpr uint32_t layerNodes = 4;
  machine::Topology topology;
  machine::Prism &prism = *topology.mutable_prism();
  prism.set_layers(cores / layerNodes);
  prism.set_layer_nodes(layerNodes);
  prism.set_overlapping(overlapping);
  return topology;
}

static machine::Topology treeOf(uint32_t cores, bool fat) {
  machine::Topology topology;
  topology.mutable_tree()->set_cores(cores);
  topology.mutable_tree()->set_fat(fat);
  return topology;
}

/// Four path powers of 5 in a ring, joined at four cores each by links of half
/// the width and four times the latency.
static machine::Topology chipletsOf(uint32_t cores) {
  constexpr uint32_t chips = 4, width = 128, latency = 4;
  machine::Topology topology;
  machine::Chiplets &chiplets = *topology.mutable_chiplets();
  machine::PathPower &path = *chiplets.mutable_chiplet()->mutable_path_power();
  path.set_cores(cores / chips);
  path.set_power(5);
  chiplets.mutable_package()->mutable_ring()->set_cores(chips);
  chiplets.mutable_link()->set_width_bytes(width);
  chiplets.mutable_link()->set_latency(latency);
  for (uint32_t core : {0u, 1u, cores / chips - 2, cores / chips - 1})
    chiplets.add_joints()->set_a(core);
  return topology;
}

std::vector<ComparedTopology> cm::comparedTopologies(uint32_t cores) {
  uint32_t bits = llvm::Log2_32(cores);
  machine::Topology cube, ring, path, fly, star, all;
  cube.mutable_hypercube()->set_dimensions(bits);
  ring.mutable_ring()->set_cores(cores);
  path.mutable_path_power()->set_cores(cores);
  path.mutable_path_power()->set_power(5);
  fly.mutable_butterfly()->set_radix(bits % 2 ? 2 : 4);
  fly.mutable_butterfly()->set_levels(bits % 2 ? bits : bits / 2);
  star.mutable_star()->set_cores(cores);
  all.mutable_all_to_all()->set_cores(cores);
  return {{"mesh", meshOf(bits, 2, false)},
          {"torus", meshOf(bits, 2, true)},
          {"mesh3d", meshOf(bits, 3, false)},
          {"torus3d", meshOf(bits, 3, true)},
          {"king", meshOf(bits, 2, false, true)},
          {"hypercube", cube},
          {"ring", ring},
          {"5pp", path},
          {"prism", prismOf(cores, false)},
          {"overlapping", prismOf(cores, true)},
          {"chiplets", chipletsOf(cores)},
          {"tree", treeOf(cores, false)},
          {"fattree", treeOf(cores, true)},
          {"butterfly", fly},
          {"star", star},
          {"alltoall", all}};
}
