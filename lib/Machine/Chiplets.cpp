//===- Chiplets.cpp - copies of a topology, joined by other links ---------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Topology.h"
#include "cm/Support/Error.h"

using namespace cm;
using llvm::Error;
using llvm::Expected;

/// What only the whole topology has.
static Error checkPart(const machine::Topology &part, const std::string &path) {
  if (part.assignments().empty())
    return Error::success();
  return makeError(
      "{0}.assignments: expected none inside of chiplets; those of "
      "the whole topology name its cores",
      path);
}

static Error checkJoints(const machine::Chiplets &chiplets, uint32_t cores,
                         const std::string &path) {
  if (chiplets.joints().empty())
    return makeError("{0}.joints: expected at least one, found none", path);
  for (int i = 0; i < chiplets.joints_size(); ++i)
    for (uint32_t core : {chiplets.joints(i).a(), chiplets.joints(i).b()})
      if (core >= cores)
        return makeError("{0}.joints[{1}]: expected cores 0 to {2} of a "
                         "chiplet, found {3}",
                         path, i, cores - 1, core);
  return Error::success();
}

namespace {
/// Numbers of nodes in the whole.
struct Numbering {
  const TopologyGraph &chiplet, &package;

  uint32_t cores() const { return chiplet.cores * package.cores; }
  uint32_t ofChiplet(uint32_t copy, uint32_t node) const {
    if (node < chiplet.cores)
      return copy * chiplet.cores + node;
    return cores() + copy * chiplet.switches + node - chiplet.cores;
  }
  uint32_t ofPackage(uint32_t node) const {
    return cores() + package.cores * chiplet.switches + node - package.cores;
  }
};
} // namespace

/// The links that one of the package stands for: one for each joint, unless it
/// joins two switches.
static void joinChiplets(const machine::Chiplets &chiplets,
                         const Numbering &numbers, const Edge &edge,
                         TopologyGraph &whole) {
  const machine::Link *link = edge.own              ? edge.own
                              : chiplets.has_link() ? &chiplets.link()
                                                    : nullptr;
  uint32_t copies = numbers.package.cores;
  if (edge.a >= copies)
    return whole.join(numbers.ofPackage(edge.a), numbers.ofPackage(edge.b),
                      link, edge.factor);
  for (const machine::Joint &joint : chiplets.joints()) {
    uint32_t end = edge.b < copies ? numbers.ofChiplet(edge.b, joint.b())
                                   : numbers.ofPackage(edge.b);
    whole.join(numbers.ofChiplet(edge.a, joint.a()), end, link, edge.factor);
  }
}

Expected<TopologyGraph> cm::buildChiplets(const machine::Chiplets &chiplets,
                                          const std::string &path) {
  for (auto [part, name] : {std::pair(&chiplets.chiplet(), ".chiplet"),
                            std::pair(&chiplets.package(), ".package")})
    if (Error error = checkPart(*part, path + name))
      return std::move(error);
  auto chiplet = buildTopology(chiplets.chiplet(), path + ".chiplet");
  if (!chiplet)
    return chiplet;
  auto package = buildTopology(chiplets.package(), path + ".package");
  if (!package)
    return package;
  if (Error error = checkJoints(chiplets, chiplet->cores, path))
    return std::move(error);
  uint64_t copies = package->cores;
  if (Error error = checkSize(path, copies * chiplet->cores,
                              copies * chiplet->switches + package->switches,
                              copies * chiplet->edges.size() +
                                  package->edges.size() *
                                      uint64_t(chiplets.joints_size())))
    return std::move(error);
  Numbering numbers{*chiplet, *package};
  TopologyGraph whole{
      numbers.cores(),
      static_cast<uint32_t>(copies * chiplet->switches + package->switches),
      {}};
  for (uint32_t copy = 0; copy < copies; ++copy)
    for (const Edge &edge : chiplet->edges)
      whole.join(numbers.ofChiplet(copy, edge.a),
                 numbers.ofChiplet(copy, edge.b), edge.own, edge.factor);
  for (const Edge &edge : package->edges)
    joinChiplets(chiplets, numbers, edge, whole);
  return whole;
}
