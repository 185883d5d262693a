//===- Replication.h - how many copies of each layer ------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The problem of choosing copies (replicas) of layers for the least II that a
// chip's cores allow, or the fewest cores for an II; what a right answer is,
// and an algorithm that is optimal within this model (docs/Mapping.md).
//
//===----------------------------------------------------------------------===//

#ifndef CM_MAPPING_REPLICATION_H
#define CM_MAPPING_REPLICATION_H

#include "cm/Poly/Access.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cm {

/// How the copies of a layer share its iterations (d0, d1): copy k of r takes
/// those with d0 mod r = k, or with d1 mod r = k.
enum class SplitAxis { Rows, Pixels };

/// Iterations of copy `copy` of `copies`.
Domain domainOfCopy(const Domain &domain, SplitAxis axis, uint64_t copies,
                    uint64_t copy);

/// One stage of each copy of a layer: a tile. Cycles are those of one
/// iteration, but `arrivals`.
struct ReplicationStage {
  std::string name;
  uint64_t service = 1; // between two iterations, at least
  uint64_t mvm = 0;     // of the MVM units that stages of a core share
  uint64_t dpu = 0;
  uint64_t port = 0;     // reads of SRAM
  uint64_t arrivals = 0; // port cycles of what each copy is sent, per image
  uint64_t crossbars = 0;
};

/// Stages that are copied together, since they add up one result.
struct ReplicationLayer {
  std::string name;
  Domain domain;
  uint64_t maxCopies = 1; // at most the extent of the split axis
  std::vector<ReplicationStage> stages;
};

struct ReplicationSolution {
  std::vector<uint64_t> copies; // of each layer
  uint64_t cores = 0;           // that are used
  uint64_t ii = 0;              // cycles between images, within the model
  std::string limit;            // what keeps the II, or the cores, from less
};

struct ReplicationProblem {
  std::vector<ReplicationLayer> layers;
  SplitAxis axis = SplitAxis::Pixels;
  // Of each core.
  uint64_t crossbars = 0, contexts = 1, ports = 1;
  /// False: the MVMs of a core run at once, one of each stage.
  bool mvmsTakeTurns = true;
  uint64_t cores = 1;         // that may be used
  uint64_t crossbarCores = 1; // of them with crossbars
  uint64_t floorII = 1;       // what no replication changes, such as I/O
  std::string floorName = "the input";

  /// Iterations of the largest copy.
  uint64_t largestCopy(const ReplicationLayer &layer, uint64_t copies) const;
  /// Least copies with which each stage keeps to an II; nothing: no number of
  /// copies does.
  std::optional<uint64_t> fewestCopies(const ReplicationLayer &layer,
                                       uint64_t ii) const;
  /// Cores that so many copies need at this II, each resource of the chip
  /// shared perfectly: crossbars, contexts, MVM units, DPUs and SRAM ports.
  /// ~0 where a stage does not keep to the II. `limit`, if given, is told what
  /// asks for them.
  uint64_t coresFor(const std::vector<uint64_t> &copies, uint64_t ii,
                    std::string *limit = nullptr) const;

  /// Layers have stages and iterations, the chip has a core, and a stage's
  /// crossbars are in one core.
  llvm::Error check() const;
  /// Copies are possible, keep to the II and need no more than the cores.
  llvm::Error verify(const ReplicationSolution &solution) const;
};

/// The least II for the cores, by bisection over the fewest copies: more copies
/// than the fewest take more of every resource. Fails where one copy of each
/// layer does not fit.
llvm::Expected<ReplicationSolution>
solveReplication(const ReplicationProblem &problem);

/// The fewest cores for an II, at most `problem.cores`; fails where they do not
/// suffice.
llvm::Expected<ReplicationSolution>
solveReplicationFor(const ReplicationProblem &problem, uint64_t ii);

} // namespace cm

#endif // CM_MAPPING_REPLICATION_H
