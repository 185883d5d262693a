//===- Knowledge.h - what has happened when an iteration fires --*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A wait may be left out where another implies it: whoever has fired has
// waited, and so has whoever it waited for. This follows all waits back.
//
//===----------------------------------------------------------------------===//

#ifndef CM_PROOF_KNOWLEDGE_H
#define CM_PROOF_KNOWLEDGE_H

#include "cm/Proof/EventOrder.h"
#include "cm/Proof/ProgramView.h"

namespace cm::proof {

/// What is certain when iteration `rank` of `stage` fires in some image n, as
/// numbers relative to n (see LiftedCounter): iterations of each stage that
/// have fired, messages of each route that have been received, iterations that
/// stages have retired. `images` earlier images exist.
class Knowledge {
public:
  Knowledge(const ProgramView &view, const LiftedProgram &program,
            uint32_t stage, int64_t rank, int64_t images);

  /// Messages of a route that have arrived.
  int64_t received(uint32_t route) const { return arrived[route]; }
  /// Iterations that a stage has retired.
  int64_t retired(uint32_t stage) const { return done[stage]; }

private:
  void follow(const LiftedCounter &counter, int64_t value);

  std::vector<int64_t> fired, done; // by stage
  std::vector<int64_t> arrived;     // by route
  std::vector<uint32_t> open;       // stages of which more has fired
};

} // namespace cm::proof

#endif // CM_PROOF_KNOWLEDGE_H
