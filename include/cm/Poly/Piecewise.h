//===- Piecewise.h - quasi-affine functions in pieces -----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Plain values, independent of isl and of any context, so that they can be kept,
// compared and evaluated anywhere.
//
//===----------------------------------------------------------------------===//

#ifndef CM_POLY_PIECEWISE_H
#define CM_POLY_PIECEWISE_H

#include "cm/Poly/QuasiAffine.h"
#include <optional>

namespace cm {

/// The points where all expressions are >= 0.
using Conjunction = std::vector<QuasiAffine>;

/// One value on a union of conjunctions.
struct Piece {
  std::vector<Conjunction> domain;
  QuasiAffine value;

  bool contains(llvm::ArrayRef<int64_t> dims) const;
};

/// A partial function of the loop indices and the image number: where no piece
/// contains the point there is no value. Pieces are disjoint.
struct Piecewise {
  std::vector<Piece> pieces;

  std::optional<int64_t> eval(int64_t image, llvm::ArrayRef<int64_t> dims) const;
  /// One line per piece: "VALUE : CONDITION >= 0 and ... or ...".
  std::string str() const;
};

/// Pieces whose values agree where one of them holds become one, and boxes that
/// are one box, too: afterwards no piece without divisions can take in another.
/// The function of `dims` loop indices stays the same.
void mergePieces(Piecewise &function, unsigned dims);

/// "{ [d0, d1] : A >= 0 and B >= 0 or ... }", which isl reads.
std::string formatSet(llvm::ArrayRef<Conjunction> domain, unsigned dims);

bool operator==(const Piece &a, const Piece &b);
bool operator==(const Piecewise &a, const Piecewise &b);

} // namespace cm

#endif // CM_POLY_PIECEWISE_H
