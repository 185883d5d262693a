//===- Expectation.h - what a wrong program's errors must be ----*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each kind of mutator states which hazards it leads to and who is to blame;
// docs/Proof.md has the table. The proof and the simulator have to say so.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_PROOF_EXPECTATION_H
#define CM_TEST_PROOF_EXPECTATION_H

#include "Mutator.h"
#include "cm/Proof/Counterexample.h"
#include <set>

namespace cm::proof {

using Names = std::set<std::string>;

/// One thing that may be found.
struct Finding {
  Hazard hazard = Hazard::Unproved;
  /// The culprit and the object that the proof names, any of these; an empty
  /// set: it names none, or any.
  Names stages, objects;
  /// The classes of the simulator's errors; it names one of `stages`, and one
  /// of `objects`. Where a location is wrong, others may trip over it: one of
  /// either, or one of `tensors` that are wrong, is enough.
  Names failures, tensors;

  bool allows(const Counterexample &example) const;
  bool allows(llvm::StringRef error) const;
};

/// The first words of a simulator's error, without names and numbers.
std::string errorClass(llvm::StringRef error);

/// What the proof and the simulator may find; nothing: there is no error.
std::vector<Finding> expectedFindings(const program::Program &right,
                                      const program::Program &mutant,
                                      const Site &site);

} // namespace cm::proof

#endif // CM_TEST_PROOF_EXPECTATION_H
