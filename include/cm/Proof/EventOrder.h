//===- EventOrder.h - no stage waits for itself -----------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The events of a program are the fires of all iterations; an edge leads from
// an iteration to each that waits for it. There is no deadlock where no edge
// leads back to an earlier image and the events of one image have no cycle.
//
//===----------------------------------------------------------------------===//

#ifndef CM_PROOF_EVENTORDER_H
#define CM_PROOF_EVENTORDER_H

#include "cm/Proof/LiftedContext.h"

namespace cm::proof {

/// Of all stages; outputs have no counters.
using LiftedProgram = std::vector<LiftedContext>;

/// A deadlock, or nothing. The schedule of the contract, where there is one, is
/// tried as a certificate: each edge strictly increases it. What it does not
/// cover is decided by sorting the events.
std::optional<Counterexample> findDeadlock(const Contract &contract,
                                           const LiftedProgram &program);

} // namespace cm::proof

#endif // CM_PROOF_EVENTORDER_H
