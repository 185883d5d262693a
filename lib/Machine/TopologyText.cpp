//===- TopologyText.cpp - a topology in words -----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Machine/Describe.h"
#include "llvm/Support/FormatVariadic.h"

using namespace cm;
using llvm::formatv;

static std::string nameMesh(const machine::Mesh &mesh) {
  std::string depth =
      mesh.depth() > 1 ? formatv("x{0}", mesh.depth()).str() : "";
  return formatv("{0}{1} {2}x{3}{4}", mesh.king() ? "king " : "",
                 mesh.torus() ? "torus" : "mesh", mesh.width(), mesh.height(),
                 depth);
}

static std::string namePrism(const machine::Prism &prism) {
  return formatv("{0} prism, {1} {2} of {3} nodes",
                 prism.overlapping() ? "overlapping" : "cartesian",
                 prism.layers(), prism.cycles() ? "cycles" : "complete graphs",
                 prism.layer_nodes());
}

static std::string nameTree(const machine::Tree &tree) {
  return formatv("{0}tree of arity {1}, {2} {3}", tree.fat() ? "fat " : "",
                 tree.arity(), tree.cores(),
                 tree.cores_only() ? "cores in all places" : "leaves");
}

static std::string nameButterfly(const machine::Butterfly &fly) {
  return formatv("butterfly of radix {0}, {1} levels{2}", fly.radix(),
                 fly.levels(),
                 fly.cores_only() ? ", cores in all places" : " of switches");
}

static std::string nameChiplets(const machine::Chiplets &chiplets) {
  return formatv("chiplets: {0}; joined as {1}, links at each joint: {2}",
                 topologyName(chiplets.chiplet()),
                 topologyName(chiplets.package()), chiplets.joints_size());
}

std::string cm::topologyName(const machine::Topology &topology) {
  switch (topology.kind_case()) {
  case machine::Topology::kMesh:
    return nameMesh(topology.mesh());
  case machine::Topology::kAllToAll:
    return formatv("all to all, {0} cores", topology.all_to_all().cores());
  case machine::Topology::kPathPower:
    return formatv("path power {0}, {1} cores", topology.path_power().power(),
                   topology.path_power().cores());
  case machine::Topology::kPrism:
    return namePrism(topology.prism());
  case machine::Topology::kExplicit:
    return "explicit links";
  case machine::Topology::kHypercube:
    return formatv("hypercube of {0} dimensions",
                   topology.hypercube().dimensions());
  case machine::Topology::kRing:
    return formatv("ring of {0} cores", topology.ring().cores());
  case machine::Topology::kTree:
    return nameTree(topology.tree());
  case machine::Topology::kButterfly:
    return nameButterfly(topology.butterfly());
  case machine::Topology::kStar:
    return formatv("star of {0} cores{1}", topology.star().cores(),
                   topology.star().cores_only() ? ", core 0 in the middle"
                                                : " at a switch");
  case machine::Topology::kChiplets:
    return nameChiplets(topology.chiplets());
  case machine::Topology::kFile:
    return topology.file();
  case machine::Topology::KIND_NOT_SET:
    break;
  }
  return "none";
}
