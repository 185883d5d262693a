//===- Lcu.h - LCU code of one context, ready to run ------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The loop tree of a context as a flat list of instructions, and the machine
// that steps through it for image after image.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_LCU_H
#define CM_LIB_SIM_LCU_H

#include "cm/Program/Program.pb.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <array>
#include <cstdint>
#include <vector>

namespace cm::sim {

using Dims = std::array<int64_t, 2>;

/// A quasi-affine expression without indirection for the common case that it
/// has no divisions.
struct FlatAffine {
  struct Div;
  int64_t constant = 0, image = 0, d0 = 0, d1 = 0;
  std::vector<Div> divs;
  inline int64_t evaluate(uint64_t imageNumber, const Dims &dims) const;

private:
  uint64_t evaluateDivs(uint64_t imageNumber, const Dims &dims) const;
};

struct FlatAffine::Div {
  int64_t coefficient, divisor;
  FlatAffine numerator;
};

// Arithmetic wraps: what a program cannot mean it may compute.
int64_t FlatAffine::evaluate(uint64_t imageNumber, const Dims &dims) const {
  uint64_t value = uint64_t(constant) + uint64_t(image) * imageNumber +
                   uint64_t(d0) * dims[0] + uint64_t(d1) * dims[1];
  return divs.empty() ? value : value + evaluateDivs(imageNumber, dims);
}

struct LcuOp {
  enum Kind : uint8_t { LoopBegin, LoopEnd, Guard, Wait, Fire, End };
  Kind kind = End;
  uint32_t dim = 0;
  int64_t step = 1;
  uint32_t target = 0;  // loop end, loop begin, end of the guard
  uint32_t counter = 0; // Wait
  std::vector<FlatAffine> lower, upper; // a guard's conditions are in `lower`
  FlatAffine threshold;
};

using LcuCode = std::vector<LcuOp>;

/// Compiles the code of a context. `counterOf` gives the number of the counter
/// that a wait looks at.
LcuCode
compileLcu(const program::Context &context,
           llvm::function_ref<uint32_t(const program::Wait &)> counterOf);

/// Position of a context in its code.
struct LcuState {
  uint32_t pc = 0;
  uint64_t image = 0;
  Dims dims = {0, 0};
  std::array<int64_t, 2> upper = {0, 0};

  /// Executes one instruction that is neither Wait, Fire nor End.
  void step(const LcuCode &code);
  /// Executes instructions up to the next that is; returns how many, at most
  /// `limit`.
  uint64_t run(const LcuCode &code, uint64_t limit);
};

} // namespace cm::sim

#endif // CM_LIB_SIM_LCU_H
