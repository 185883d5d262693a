//===- Lcu.h - the LCU program of a stage -----------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The tree of `LcuInstr` of Program.proto in plain C++, and its synthesis from
// thresholds. docs/Control.md explains both.
//
//===----------------------------------------------------------------------===//

#ifndef CM_ANALYSIS_LCU_H
#define CM_ANALYSIS_LCU_H

#include "cm/Poly/Access.h"
#include "cm/Poly/Piecewise.h"
#include <map>
#include <string>

namespace cm {

/// Loop: d_dim runs from the greatest of `lower` to the least of `upper`,
/// inclusive, in steps of `step`. Guard: the body where all `conditions` are
/// >= 0. Wait: until counter `counter` is at least `threshold`. Fire: starts
/// iteration (d0, d1).
struct LcuNode {
  enum class Kind { Loop, Guard, Wait, Fire };

  Kind kind = Kind::Fire;
  unsigned dim = 0;
  std::vector<QuasiAffine> lower, upper;
  int64_t step = 1;
  Conjunction conditions;
  unsigned counter = 0;
  QuasiAffine threshold;
  std::vector<LcuNode> body;
};

using LcuProgram = std::vector<LcuNode>;

/// A counter, whose meaning is the caller's, and what it must reach before an
/// iteration fires: nothing where no piece holds.
struct CounterRule {
  unsigned counter = 0;
  Piecewise threshold;
};

/// Makes LCU programs; remembers those that differ in the counters' numbers
/// only.
class LcuSynthesiser {
public:
  /// Programs of more nodes than this have the guarded form.
  static constexpr unsigned kMaxNodes = 400;

  /// Without `useBoxes` isl makes all loops: for tests.
  explicit LcuSynthesiser(PolyContext &context, unsigned maxNodes = kMaxNodes,
                          bool useBoxes = true)
      : context(context), maxNodes(maxNodes), useBoxes(useBoxes) {}

  /// The program of one image: every iteration of `domain` fires once, in
  /// lexicographic order, after all its waits. Loops go over the common
  /// refinement of the pieces, so that an iteration runs no waits but its own;
  /// isl makes them where not all pieces are boxes. The size depends on the
  /// number of pieces only, not on extents. Where loops have too many nodes or
  /// isl's do not fit, there is one loop nest with guarded waits instead, of the
  /// same effect.
  llvm::Expected<LcuProgram> synthesise(const Domain &domain,
                                        llvm::ArrayRef<CounterRule> rules);

private:
  llvm::Expected<LcuProgram> makeProgram(const Domain &domain,
                                         llvm::ArrayRef<CounterRule> rules);

  PolyContext &context;
  unsigned maxNodes;
  bool useBoxes;
  std::map<std::string, LcuProgram> known;
};

/// Nodes of the program, those inside others included.
unsigned countNodes(const LcuProgram &program);

/// One node per line, indented.
std::string formatLcu(const LcuProgram &program);

} // namespace cm

#endif // CM_ANALYSIS_LCU_H
