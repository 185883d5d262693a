//===- Parts.h - nodes with paths to each other -----------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A machine may fall into parts: links break, cores stand alone.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MAPPING_PARTS_H
#define CM_LIB_MAPPING_PARTS_H

#include "RoutingLoads.h"
#include "llvm/ADT/EquivalenceClasses.h"

namespace cm {

/// Which cores have a path to which.
class Parts {
public:
  explicit Parts(const MachineModel &machine) : machine(machine) {
    for (NodeId node = 0; node < machine.numNodes(); ++node)
      parts.insert(node);
    for (const LinkModel &link : machine.links())
      if (forwards(machine, link.from) && forwards(machine, link.to))
        parts.unionSets(link.from, link.to);
  }

  /// I/O nodes begin and end paths and are in the middle of none.
  bool areJoined(NodeId from, NodeId to) const {
    if (from == to)
      return true;
    for (NodeId first : placesOf(from))
      for (NodeId last : placesOf(to))
        if (parts.isEquivalent(first, last))
          return true;
    return false;
  }

private:
  std::vector<NodeId> placesOf(NodeId node) const {
    if (forwards(machine, node))
      return {node};
    std::vector<NodeId> places;
    for (LinkId link : machine.linksFrom(node))
      places.push_back(machine.link(link).to);
    return places;
  }

  const MachineModel &machine;
  llvm::EquivalenceClasses<NodeId> parts;
};

} // namespace cm

#endif // CM_LIB_MAPPING_PARTS_H
