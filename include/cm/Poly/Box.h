//===- Box.h - products of intervals ----------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The domains of nearly all pieces of control rules. What is known of them
// needs no isl.
//
//===----------------------------------------------------------------------===//

#ifndef CM_POLY_BOX_H
#define CM_POLY_BOX_H

#include "cm/Poly/Piecewise.h"
#include <optional>

namespace cm {

/// lower[k] <= d_k <= upper[k].
struct Box {
  std::vector<int64_t> lower, upper;

  bool contains(llvm::ArrayRef<int64_t> dims) const;
  bool isEmpty() const;
};

/// The box of `dims` dims that the conjunction is; nothing where it is none or
/// has no bound on some side.
std::optional<Box> boxOf(const Conjunction &conjunction, unsigned dims);
/// All conjunctions as boxes, empty ones left out; nothing where one is none.
std::optional<std::vector<Box>> boxesOf(llvm::ArrayRef<Conjunction> domain,
                                        unsigned dims);
/// Whether some piece is no union of boxes: it has residues of a dim, mostly.
bool hasResidues(const Piecewise &rule, unsigned dims);

Conjunction conjunctionOf(const Box &box);

/// Whether two expressions without divisions have the same values on the box:
/// affine expressions do if they agree at its corners.
bool agreeOn(const QuasiAffine &a, const QuasiAffine &b, const Box &box);

/// Makes a the union of both if that is a box, or returns false. Neither is
/// empty.
bool joinBoxes(Box &a, const Box &b);

} // namespace cm

#endif // CM_POLY_BOX_H
