//===- Contracts.h - contracts of modules -----------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads what the proof needs from the IR: access relations and the schedule.
//
//===----------------------------------------------------------------------===//

#ifndef CM_PIPELINES_CONTRACTS_H
#define CM_PIPELINES_CONTRACTS_H

#include "cm/Dialect/CMCore/CMCoreOps.h"
#include "cm/Dialect/CMFlow/CMFlowOps.h"
#include "cm/Proof/Prove.h"

namespace cm {

/// A scheduled graph: what its stages do, and the buffers that it wants.
struct ScheduledGraph {
  proof::Contract contract;
  std::vector<proof::Storage> storage;
};
/// Emits an error where the graph is not placed or not scheduled.
mlir::FailureOr<ScheduledGraph> readScheduledGraph(cmflow::GraphOp graph);

/// The contract that is kept beside the contexts of a program (`cm.access`).
/// Where there is none, as where the program was read from a file, that of its
/// own gathers and writes. Emits an error where some contexts have none, or one
/// that cannot be read.
mlir::FailureOr<proof::Contract> readContract(cmcore::ProgramOp op,
                                              const program::Program &program);

} // namespace cm

#endif // CM_PIPELINES_CONTRACTS_H
