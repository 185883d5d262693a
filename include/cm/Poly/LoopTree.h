//===- LoopTree.h - loops that visit sets in order --------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// isl's AST generator, its result as a plain tree.
//
//===----------------------------------------------------------------------===//

#ifndef CM_POLY_LOOPTREE_H
#define CM_POLY_LOOPTREE_H

#include "cm/Poly/Piecewise.h"
#include "llvm/Support/Error.h"

namespace cm {

class PolyContext;
class Set;

/// Loop: d_dim runs from the greatest of `lower` to the least of `upper`,
/// inclusive, in steps of `step`. Guard: the body where all `conditions` are
/// >= 0. Leaf: the point (d0, d1) of set number `cell`.
struct LoopNode {
  enum class Kind { Loop, Guard, Leaf };

  Kind kind = Kind::Leaf;
  unsigned dim = 0;
  std::vector<QuasiAffine> lower, upper;
  int64_t step = 1;
  Conjunction conditions;
  unsigned cell = 0;
  std::vector<LoopNode> body;
};

/// Loops that visit each point of the disjoint sets of [d0, d1] once, all
/// together in lexicographic order. Loops are separated so that guards are rare.
/// Around every leaf there is a loop over d0 and within it one over d1. Fails
/// if the budget does not suffice. Nothing if isl's loops do not fit this form:
/// sets of every other row make it step by 2 and visit d0 + 1 in the body.
llvm::Expected<std::optional<std::vector<LoopNode>>>
scanInOrder(PolyContext &context, llvm::ArrayRef<Set> cells);

} // namespace cm

#endif // CM_POLY_LOOPTREE_H
