//===- LcuCost.h - what an LCU needs for a program --------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Thresholds and conditions need no multiplier: docs/LCU.md, "How a chip keeps
// them".
//
//===----------------------------------------------------------------------===//

#ifndef CM_ANALYSIS_LCUCOST_H
#define CM_ANALYSIS_LCUCOST_H

#include "cm/Analysis/Lcu.h"

namespace cm {

struct LcuCost {
  unsigned instructions = 0;
  /// One for each expression of the body of a loop, and one for the remainder of
  /// each of its divisions.
  unsigned registers = 0;
  /// Additions and subtractions from one iteration of an innermost loop to the
  /// next, at most. An expression that does not change takes none, a term of the
  /// loop's index one, a division by which it changes three: its remainder goes
  /// on, may be reduced, and the quotient goes into the value.
  unsigned additions = 0;
};

LcuCost lcuCost(const LcuProgram &program);

} // namespace cm

#endif // CM_ANALYSIS_LCUCOST_H
