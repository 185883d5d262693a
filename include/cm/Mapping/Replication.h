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

/// One stage of each copy of a layer: a tile.
struct ReplicationStage {
  std::string name;
  uint64_t crossbars = 0;
  // Cycles of one iteration.
  uint64_t service = 1; // between two iterations, at least
  uint64_t mvm = 0;     // of MVMs that take turns with those of other stages
  uint64_t dpu = 0;
  uint64_t send = 0; // of a link that its message goes over
  // Of an image, shared by the copies.
  uint64_t gather = 0; // what takes one SRAM port after another
  uint64_t port = 0;   // all that SRAM ports do, but the inputs
  uint64_t bytes = 0;  // of SRAM, of each copy, but the inputs
  bool leaves = false; // an I/O node takes its messages
  /// What each copy reads; indices of the problem's inputs.
  std::vector<uint32_t> inputs;
  std::optional<uint32_t> output; // of the inputs, what its messages are
};

/// What a core takes once for all its stages that read it, whole: messages, or
/// room for them.
struct ReplicationInput {
  uint64_t arrivals = 0; // port cycles per image
  uint64_t link = 0;     // cycles per image of a link into the core
  uint64_t bytes = 0;    // of SRAM
  bool external = false; // it comes from an I/O node, not from a core
};

/// Stages that are copied together, since they add up one result.
struct ReplicationLayer {
  std::string name;
  Domain domain;
  uint64_t maxCopies = 1; // at most the extent of the split axis
  std::vector<ReplicationStage> stages;
};

struct ReplicationCore {
  uint64_t crossbars = 0, contexts = 1, ports = 1;
  uint64_t links = 1; // into it
  uint64_t bytes = 0; // of SRAM; 0: unlimited

  static constexpr uint64_t unlimitedBytes = uint64_t(1) << 40;
  uint64_t sram() const { return bytes ? bytes : unlimitedBytes; }
};

struct ReplicationSolution {
  std::vector<uint64_t> copies; // of each layer
  uint64_t cores = 0;           // the first so many are used
  uint64_t ii = 0;              // cycles between images, within the model
  std::string limit;            // what keeps the II, or the cores, from less
};

struct ReplicationProblem {
  std::vector<ReplicationLayer> layers;
  std::vector<ReplicationInput> inputs;
  std::vector<ReplicationCore> cores; // that may be used, in this order
  SplitAxis axis = SplitAxis::Pixels;
  uint64_t floorII = 1; // what no replication changes, such as I/O
  std::string floorName = "the input";

  /// Iterations of the largest copy.
  uint64_t largestCopy(const ReplicationLayer &layer, uint64_t copies) const;
  /// Of each layer the least copies with which its stages keep to an II; its
  /// most, where no number does.
  std::vector<uint64_t> fewestCopies(uint64_t ii) const;
  /// How many of the cores, from the first on, have all that so many copies
  /// need at this II, each resource shared perfectly (docs/Mapping.md). ~0
  /// where all of them do not, or a stage does not keep to the II. `limit`, if
  /// given, is told what asks for most.
  uint64_t coresFor(const std::vector<uint64_t> &copies, uint64_t ii,
                    std::string *limit = nullptr) const;
  /// The least II of these copies by their stages alone, on cores of their own.
  uint64_t slowestOf(const std::vector<uint64_t> &copies) const;

  /// Layers have stages and iterations, there is a core, a stage's crossbars
  /// and bytes are in one core, and inputs exist.
  llvm::Error check() const;
  /// Copies are possible, keep to the II and need no more than the cores.
  llvm::Error verify(const ReplicationSolution &solution) const;
};

/// The least II for the cores, by bisection over the fewest copies: more copies
/// than the fewest take more of every resource. Fails where one copy of each
/// layer does not fit.
llvm::Expected<ReplicationSolution>
solveReplication(const ReplicationProblem &problem);

/// The fewest cores for an II; fails where all do not suffice.
llvm::Expected<ReplicationSolution>
solveReplicationFor(const ReplicationProblem &problem, uint64_t ii);

} // namespace cm

#endif // CM_MAPPING_REPLICATION_H
