//===- Knowledge.cpp - what has happened when an iteration fires ----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Proof/Knowledge.h"
#include "llvm/Support/MathExtras.h"

using namespace cm;
using namespace cm::proof;

/// A counter of a stage that has fired was at least `value`.
void Knowledge::follow(const LiftedCounter &counter, int64_t value) {
  int64_t &known =
      counter.reader ? done[counter.counted] : arrived[counter.route];
  known = std::max(known, value);
  if (value <= fired[counter.counted])
    return;
  fired[counter.counted] = value;
  open.push_back(counter.counted);
}

Knowledge::Knowledge(const ProgramView &view, const LiftedProgram &program,
                     uint32_t stage, int64_t rank, int64_t images)
    : fired(program.size(), nothing), done(fired),
      arrived(view.program.routes_size(), nothing) {
  fired[stage] = rank + 1;
  open.push_back(stage);
  while (!open.empty()) {
    uint32_t at = open.back();
    open.pop_back();
    int64_t size = view.contract.stages[at].domain.size();
    int64_t image = llvm::divideFloorSigned(fired[at] - 1, size);
    // Before the first image nothing fired; what needs a later image is a
    // deadlock, which others find, and may raise itself for ever.
    if (image < -images || image > 0)
      continue;
    int64_t k = fired[at] - 1 - image * size;
    for (const LiftedCounter &counter : program[at].counters) {
      int64_t value =
          image > -images ? counter.certainLater(k) : counter.certain[k];
      if (value > nothing / 2)
        follow(counter, value + image * counter.perImage);
    }
  }
}
