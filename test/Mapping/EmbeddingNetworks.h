//===- EmbeddingNetworks.h - graphs to embed and to embed into --*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Blocks of convolutional networks, a stage for each layer, and topologies.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_MAPPING_EMBEDDINGNETWORKS_H
#define CM_TEST_MAPPING_EMBEDDINGNETWORKS_H

#include "cm/Mapping/Embedding.h"

namespace cm::test {

struct Graph {
  uint32_t nodes = 0;
  std::vector<Arc> arcs;

  uint32_t add() { return nodes++; }
  void join(uint32_t a, uint32_t b) { arcs.push_back({a, b}); }
};

// Topologies: every link in both directions.
Graph mesh(uint32_t height, uint32_t width, bool torus = false);
Graph king(uint32_t height, uint32_t width);
Graph hypercube(uint32_t dims);
Graph pathPower(uint32_t nodes, uint32_t power);
/// Layers of complete graphs, or of cycles where `isCycle`, joined node to
/// node, or completely where `overlapping`.
Graph prism(uint32_t layers, uint32_t width, bool overlapping,
            bool isCycle = false);

// Networks.
/// Basic blocks with the addition fused, one after the other.
Graph basicBlocks(uint32_t count);
Graph bottleneck();
/// `modules` modules of four branches of 1, 2, 2 and 2 layers, one after the
/// other; with `merge` a stage between two joins the branches.
Graph inception(uint32_t modules, bool merge);
Graph clique(uint32_t nodes);
/// ResNet-(6n+2) for CIFAR-10 with additions fused: first layer, 3n basic
/// blocks, of which two have a projection, classifier.
Graph resnet(uint32_t n);

EmbeddingProblem problemOf(const Graph &network, const Graph &topology);

/// Whether there is an embedding, by nothing but links: each stage on every
/// core that is left to it. Of cores that a reflection of the topology swaps
/// one is tried, where `allowed` is empty, and no position is entered twice. Up
/// to 64 cores.
bool embedsNaively(const EmbeddingProblem &problem);

} // namespace cm::test

#endif // CM_TEST_MAPPING_EMBEDDINGNETWORKS_H
