//===- RoutingPaths.cpp - routes that look at no load ---------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Dimension order on a mesh, and paths over the lowest links anywhere. Both
// give each node one predecessor for each source, so that paths of a source are
// a tree.
//
//===----------------------------------------------------------------------===//

#include "Hops.h"
#include "RoutingLoads.h"
#include "cm/Support/Error.h"

using namespace cm;
using llvm::Error;
using llvm::Expected;

namespace {
/// The path over which each step back towards the source takes the lowest link.
struct LowestLinks : PlainPaths {
  explicit LowestLinks(const MachineModel &machine)
      : machine(machine), hops(machine) {}

  std::vector<LinkId> path(NodeId source, NodeId destination) override {
    std::vector<LinkId> links;
    for (NodeId node = destination; node != source;
         node = machine.link(links.back()).from)
      links.push_back(before(source, node));
    std::reverse(links.begin(), links.end());
    return links;
  }

private:
  LinkId before(NodeId source, NodeId node) {
    LinkId lowest = noLink;
    uint32_t distance = hops.between(source, node);
    for (LinkId back : machine.linksFrom(node)) {
      NodeId from = machine.link(back).to;
      bool passes = from == source || machine.forwards(from);
      if (passes && hops.between(source, from) + 1 == distance)
        lowest = std::min<LinkId>(lowest, back ^ 1);
    }
    return lowest;
  }

  const MachineModel &machine;
  Hops hops;
};

/// Along x, then along y; on a torus the shorter way round, upwards where both
/// are as long. Between an I/O node and cores: over the nearest core that it is
/// attached to, the lowest of equal ones.
struct DimensionOrder : PlainPaths {
  DimensionOrder(const MachineModel &machine, const machine::Mesh &mesh)
      : machine(machine), mesh(mesh), grid(mesh) {}

  std::vector<LinkId> path(NodeId source, NodeId destination) override {
    std::vector<LinkId> links;
    if (source == destination)
      return links;
    NodeId node = source;
    auto go = [&](NodeId next) {
      links.push_back(*machine.findLink(node, next));
      node = next;
    };
    // From one I/O node to another: over the first core that is near to both.
    if (!machine.isCore(node))
      go(nearest(node, machine.isCore(destination) ? destination
                                                   : near(node, destination)));
    NodeId last =
        machine.isCore(destination) ? destination : nearest(destination, node);
    while (grid.x(node) != grid.x(last))
      go(grid.y(node) * mesh.width() +
         next(grid.x(node), grid.x(last), mesh.width()));
    while (grid.y(node) != grid.y(last))
      go(next(grid.y(node), grid.y(last), mesh.height()) * mesh.width() +
         grid.x(node));
    if (node != destination)
      go(destination);
    return links;
  }

private:
  uint32_t next(uint32_t from, uint32_t to, uint32_t extent) const {
    uint32_t up = (to + extent - from) % extent;
    bool isUp = mesh.torus() ? 2 * up <= extent : to > from;
    return isUp ? (from + 1) % extent : (from + extent - 1) % extent;
  }

  /// The core that `io` is attached to and that is nearest to `core`.
  NodeId nearest(NodeId io, NodeId core) const {
    NodeId best = ~NodeId(0);
    for (LinkId link : machine.linksFrom(io)) {
      NodeId other = machine.link(link).to;
      if (best == ~NodeId(0) ||
          std::make_pair(grid.between(other, core), other) <
              std::make_pair(grid.between(best, core), best))
        best = other;
    }
    return best;
  }

  /// The core of `to` that is nearest to one of `from`.
  NodeId near(NodeId from, NodeId to) const {
    NodeId best = ~NodeId(0);
    uint32_t least = ~0u;
    for (LinkId link : machine.linksFrom(from)) {
      NodeId core = nearest(to, machine.link(link).to);
      uint32_t hops = grid.between(core, machine.link(link).to);
      if (hops < least)
        least = hops, best = core;
    }
    return best;
  }

  const MachineModel &machine;
  const machine::Mesh &mesh;
  Grid grid;
};
} // namespace

static std::unique_ptr<PlainPaths> inOrder(const MachineModel &machine) {
  return std::make_unique<DimensionOrder>(machine,
                                          machine.proto().topology().mesh());
}

std::unique_ptr<PlainPaths> cm::plainPaths(const MachineModel &machine) {
  if (machine.isGrid())
    return inOrder(machine);
  return std::make_unique<LowestLinks>(machine);
}

Expected<std::vector<StreamPaths>> cm::fixedPaths(const RoutingProblem &problem,
                                                  RoutingStrategy strategy) {
  const MachineModel &machine = *problem.machine;
  bool isInOrder = strategy == RoutingStrategy::DimensionOrder;
  if (isInOrder && !machine.isGrid())
    return makeError("routing: machine '{0}' has no x and y: expected a mesh "
                     "for routes in order of dimensions",
                     machine.name());
  std::unique_ptr<PlainPaths> router =
      isInOrder ? inOrder(machine) : std::make_unique<LowestLinks>(machine);
  std::vector<StreamPaths> all;
  for (const RoutingStream &stream : problem.streams) {
    StreamPaths &paths = all.emplace_back();
    for (NodeId destination : stream.destinations)
      paths.push_back(router->path(stream.source, destination));
  }
  return all;
}
