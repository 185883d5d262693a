//===- ProgramPlan.h - routes, buffers and counters -------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_CONVERSION_CMFLOWTOCMCORE_PROGRAMPLAN_H
#define CM_LIB_CONVERSION_CMFLOWTOCMCORE_PROGRAMPLAN_H

#include "cm/Analysis/StageGraph.h"
#include "llvm/ADT/MapVector.h"

namespace cm::control {

/// One writer's messages to one buffer of one node, as in Program.proto.
struct PlannedRoute {
  uint32_t writer = 0; // index of a node of the graph
  cmflow::ObjectOp object;
  NodeId destination = 0;
  std::vector<LinkId> links;
  /// Nodes of the graph at the destination that read the buffer; empty at an
  /// output node.
  std::vector<uint32_t> readers;
  bool hasBuffer = true;
};

/// An object on a core.
struct PlannedBuffer {
  cmflow::ObjectOp object;
  cmflow::CapacityAttr capacity;
  uint64_t address = 0;

  uint64_t bytes() const;
};

/// What the streams of a graph amount to on the chip.
struct ProgramPlan {
  std::vector<PlannedRoute> routes; // by writer, then by first stream
  /// Buffers of each core, in the order of their first stream.
  llvm::MapVector<NodeId, std::vector<PlannedBuffer>> buffers;

  /// Indices of the routes that `writer` sends on.
  std::vector<uint32_t> routesFrom(uint32_t writer) const;
  /// The route over which `writer` feeds `object` on a node.
  uint32_t routeTo(uint32_t writer, cmflow::ObjectOp object,
                   NodeId destination) const;
};

/// The graph is placed, routed and scheduled. Fails where buffers exceed SRAM.
llvm::Expected<ProgramPlan> planProgram(const StageGraph &graph,
                                        const MachineModel &machine);

} // namespace cm::control

#endif // CM_LIB_CONVERSION_CMFLOWTOCMCORE_PROGRAMPLAN_H
