//===- Figures.cpp - degrees, distances and bisection ---------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Bisection.h"
#include "cm/Machine/Describe.h"
#include "llvm/ADT/STLExtras.h"

using namespace cm;

/// Adds a node's number of links to others than I/O nodes.
static void addDegree(const MachineModel &machine, NodeId node,
                      GraphFigures &figures) {
  uint32_t degree = llvm::count_if(machine.linksFrom(node), [&](LinkId id) {
    return machine.forwards(machine.link(id).to);
  });
  bool isCore = machine.isCore(node);
  uint32_t &least = isCore ? figures.minDegree : figures.minSwitchDegree;
  uint32_t &most = isCore ? figures.maxDegree : figures.maxSwitchDegree;
  bool isFirst = node == 0 || node == machine.numCores();
  least = isFirst ? degree : std::min(least, degree);
  most = isFirst ? degree : std::max(most, degree);
}

static void measureDistances(const MachineModel &machine,
                             GraphFigures &figures) {
  uint64_t distances = 0;
  uint64_t numCores = machine.numCores();
  for (uint64_t i = 0; i < figures.measured; ++i) {
    std::vector<uint32_t> hops =
        machine.hopsFrom(i * numCores / figures.measured);
    for (NodeId other = 0; other < numCores; ++other) {
      figures.diameter = std::max(figures.diameter, hops[other]);
      distances += hops[other];
    }
  }
  if (numCores > 1)
    figures.meanDistance =
        double(distances) / figures.measured / (numCores - 1);
}

/// Links by their widths where `isWide` says so, else by their number.
static Bisection bisect(const MachineModel &machine, bool isWide) {
  WeightedGraph graph;
  graph.cores = machine.numCores();
  graph.neighbours.resize(machine.numCores() + machine.numSwitches());
  for (const LinkModel &link : machine.links())
    if (machine.forwards(link.from) && machine.forwards(link.to))
      graph.neighbours[link.from].push_back(
          {link.to, isWide ? link.widthBytes : 1});
  return measureBisection(graph);
}

GraphFigures cm::measureGraph(const MachineModel &machine,
                              uint32_t maxMeasured) {
  GraphFigures figures;
  NodeId nodes = machine.numCores() + machine.numSwitches();
  for (NodeId node = 0; node < nodes; ++node)
    addDegree(machine, node, figures);
  bool isUniform = true;
  uint32_t width = 0;
  for (const LinkModel &link : machine.links())
    if (machine.forwards(link.from) && machine.forwards(link.to)) {
      figures.links += link.from < link.to;
      isUniform &= width == 0 || width == link.widthBytes;
      width = link.widthBytes;
    }
  figures.measured = std::min(machine.numCores(), maxMeasured);
  measureDistances(machine, figures);
  if (figures.measured < machine.numCores())
    return figures;
  Bisection bisection = bisect(machine, /*isWide=*/false);
  figures.bisection = bisection.weight;
  figures.isBisectionExact = bisection.isExact;
  figures.bisectionBytes = isUniform ? bisection.weight * width
                                     : bisect(machine, /*isWide=*/true).weight;
  return figures;
}
