//===- Hops.cpp - distances between nodes ---------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Hops.h"

using namespace cm;

Hops::Hops(const MachineModel &machine) : machine(machine) {
  if (machine.isGrid())
    mesh.emplace(machine.proto().topology().mesh());
}

std::shared_ptr<const Hops::Row> Hops::from(NodeId node) {
  auto known = rows.find(node);
  if (known != rows.end())
    return known->second;
  if (rows.size() * machine.numNodes() >= maxEntries)
    rows.clear();
  return rows[node] = std::make_shared<const Row>(machine.hopsFrom(node));
}
