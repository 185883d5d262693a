//===- Topology.h - which nodes are joined -------------------- -*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The graph that a topology stands for. Generators are in Generators.cpp
// (cores only), Switched.cpp (trees, butterflies, stars) and Chiplets.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MACHINE_TOPOLOGY_H
#define CM_LIB_MACHINE_TOPOLOGY_H

#include "cm/Machine/Machine.pb.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>
#include <vector>

namespace cm {

/// Bytes per cycle.
constexpr uint32_t maxLinkWidth = 1u << 20;

/// A full-duplex link. `own` is its description where it is not the machine's;
/// it is `factor` times as wide as that says.
struct Edge {
  uint32_t a;
  uint32_t b;
  const machine::Link *own = nullptr;
  uint32_t factor = 1;
};

/// Cores 0 to cores-1, switches behind them.
struct TopologyGraph {
  uint32_t cores = 0, switches = 0;
  std::vector<Edge> edges;

  uint32_t nodes() const { return cores + switches; }
  /// What nodes are, for errors.
  const char *nodeWords() const {
    return switches ? "cores and switches" : "cores";
  }
  void join(uint32_t a, uint32_t b, const machine::Link *own = nullptr,
            uint32_t factor = 1) {
    edges.push_back({std::min(a, b), std::max(a, b), own, factor});
  }
};

/// The graph of a topology: each link once with a < b, in lexicographic order,
/// broken ones left out. Ranges of single fields have been checked. Errors
/// begin with `path`. Descriptions of links are those of the message, which
/// stays.
llvm::Expected<TopologyGraph>
buildTopology(const machine::Topology &topology,
              const std::string &path = "topology");

/// An error where not every core can be reached from core 0.
llvm::Error checkConnected(const TopologyGraph &graph,
                           llvm::ArrayRef<uint32_t> attached);

/// An error where a graph would be too large: at most 65536 cores, 65536
/// switches and 1048576 links (1448 cores all to all).
llvm::Error checkSize(const std::string &path, uint64_t cores,
                      uint64_t switches, uint64_t links);

// Generators. Links may be there twice. Errors begin with `path`.
llvm::Expected<TopologyGraph> buildMesh(const machine::Mesh &mesh,
                                        const std::string &path);
/// { i - j : 1 <= j - i <= power }; all to all is power = cores - 1.
llvm::Expected<TopologyGraph> buildPathPower(uint64_t cores, uint64_t power,
                                             const std::string &path);
llvm::Expected<TopologyGraph> buildPrism(const machine::Prism &prism,
                                         const std::string &path);
TopologyGraph buildHypercube(const machine::Hypercube &cube);
TopologyGraph buildRing(const machine::Ring &ring);
TopologyGraph buildTree(const machine::Tree &tree);
llvm::Expected<TopologyGraph> buildButterfly(const machine::Butterfly &fly,
                                             const std::string &path);
TopologyGraph buildStar(const machine::Star &star);
llvm::Expected<TopologyGraph> buildChiplets(const machine::Chiplets &chiplets,
                                            const std::string &path);

} // namespace cm

#endif // CM_LIB_MACHINE_TOPOLOGY_H
