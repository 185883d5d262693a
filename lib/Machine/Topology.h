//===- Topology.h - which cores are joined -------------------- -*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MACHINE_TOPOLOGY_H
#define CM_LIB_MACHINE_TOPOLOGY_H

#include "cm/Machine/Machine.pb.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <vector>

namespace cm {

/// A full-duplex link. `own` is what an explicit link says of itself.
struct Edge {
  uint32_t a;
  uint32_t b;
  const machine::Link *own = nullptr;
};

/// The number of cores; an error where it is zero or more than 65536.
llvm::Expected<uint32_t> countCores(const machine::Topology &topology);

/// The links between cores, each once with a < b, in lexicographic order.
/// Explicit links must name cores of the machine and be there once. Ranges of
/// single fields have been checked.
llvm::Expected<std::vector<Edge>> buildEdges(const machine::Topology &topology,
                                             uint32_t numCores);

/// An error where not every core can be reached from core 0.
llvm::Error checkConnected(const std::vector<Edge> &edges, uint32_t numCores);

} // namespace cm

#endif // CM_LIB_MACHINE_TOPOLOGY_H
