//===- CodeTrace.h - what LCU code does -------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs the LCU code of a context for some images and says how wrong code
// differs from the right one: that is what its errors have to be. Shares
// nothing with the proof or the simulator.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_PROOF_CODETRACE_H
#define CM_TEST_PROOF_CODETRACE_H

#include "cm/Program/Program.pb.h"
#include <set>
#include <tuple>

namespace cm::proof {

/// Whether it counts what readers retire, the route, and the reader or 0.
using CodeCounter = std::tuple<bool, uint32_t, uint32_t>;

/// How the code of a context differs from what it should be.
struct CodeDifference {
  bool firesTooSoon = false;     // an iteration comes before its turn, or never
  bool firesTooMuch = false;     // again, too late, or outside the domain
  bool changesWithImage = false; // loops or guards speak of the image
  std::set<CodeCounter> waitsForLess, waitsForMore;
};

/// `wrong` against `right`, which fires each iteration of its domain in order.
CodeDifference compareCode(const program::Context &right,
                           const program::Context &wrong);

} // namespace cm::proof

#endif // CM_TEST_PROOF_CODETRACE_H
