//===- Prove.h - proofs of schedules and programs ---------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// docs/Proof.md says what is proved, how, and what is assumed. Nothing here
// knows the code that makes rules, loops, schedules or buffers.
//
//===----------------------------------------------------------------------===//

#ifndef CM_PROOF_PROVE_H
#define CM_PROOF_PROVE_H

#include "cm/Proof/Contract.h"
#include "cm/Proof/Counterexample.h"

namespace cm::proof {

/// A buffer of an object on a node, as the schedule wants it.
struct Storage {
  uint32_t object = 0, node = 0;
  Fold fold = Fold::Row;
  int64_t slots = 1;
  std::vector<uint32_t> writers; // stages with a stream into it
};

/// What a proof was made of.
struct ProofCounts {
  uint64_t iterations = 0; // of one image
  uint64_t data = 0;       // orders of a write before a read
  uint64_t slots = 0;      // orders of a last read before an overwriting write
  uint64_t turns = 0;      // orders of two writes of one slot by two stages
};

/// Nothing where the schedule of the contract strictly increases from each
/// write to each read of it, from each last read to the write that takes its
/// slot in `storage`, and along the iterations of each stage.
std::optional<Counterexample> proveSchedule(const Contract &contract,
                                            const std::vector<Storage> &storage,
                                            ProofCounts &counts);

/// Nothing where `program`, which has passed `validateProgram`, does for any
/// number of images what the contract says: every iteration fires once and in
/// order, at the locations of the relations, reads nothing before it is
/// written, overwrites nothing that is still to be read, and never stops.
std::optional<Counterexample> proveControl(const program::Program &program,
                                           const Contract &contract,
                                           ProofCounts &counts);

} // namespace cm::proof

#endif // CM_PROOF_PROVE_H
