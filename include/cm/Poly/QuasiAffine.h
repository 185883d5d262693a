//===- QuasiAffine.h - affine expressions with floors -----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The expressions that an LCU evaluates: thresholds, loop bounds and guards, as
// in `QuasiAffine` of Program.proto.
//
//===----------------------------------------------------------------------===//

#ifndef CM_POLY_QUASIAFFINE_H
#define CM_POLY_QUASIAFFINE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdint>
#include <string>
#include <vector>

namespace cm {

struct FloorDiv;

/// constant + image * n + sum dims[k] * d_k + sum over divs of
/// coefficient * floor(numerator / divisor), where n is the number of the image.
struct QuasiAffine {
  int64_t constant = 0;
  int64_t image = 0;
  std::vector<int64_t> dims;
  std::vector<FloorDiv> divs;

  QuasiAffine();
  QuasiAffine(int64_t constant);
  QuasiAffine(const QuasiAffine &);
  QuasiAffine(QuasiAffine &&);
  QuasiAffine &operator=(const QuasiAffine &);
  QuasiAffine &operator=(QuasiAffine &&);
  ~QuasiAffine();

  /// The expression d_k.
  static QuasiAffine dim(unsigned k);
  /// floor(numerator / divisor), divisor >= 1.
  static QuasiAffine floorDiv(QuasiAffine numerator, int64_t divisor);

  /// True if the value depends on neither image nor dims.
  bool isConstant() const;
  /// The value; `dimValues` has all the dims that the expression speaks of.
  int64_t eval(int64_t imageNumber, llvm::ArrayRef<int64_t> dimValues) const;

  /// Such as "1024*n + 32*d0 + 2*floor((d0 + 1)/2) + 34". isl reads it.
  std::string str() const;

  QuasiAffine &operator+=(const QuasiAffine &other);
  QuasiAffine &operator*=(int64_t factor);
};

/// coefficient * floor(numerator / divisor)
struct FloorDiv {
  int64_t coefficient = 0;
  int64_t divisor = 1;
  QuasiAffine numerator;
};

/// Equality of the expressions as written; trailing zeros in `dims` do not
/// count.
bool operator==(const QuasiAffine &a, const QuasiAffine &b);
bool operator==(const FloorDiv &a, const FloorDiv &b);
inline bool operator!=(const QuasiAffine &a, const QuasiAffine &b) {
  return !(a == b);
}

QuasiAffine operator+(QuasiAffine a, const QuasiAffine &b);
QuasiAffine operator-(QuasiAffine a, QuasiAffine b);
QuasiAffine operator*(QuasiAffine a, int64_t factor);

llvm::raw_ostream &operator<<(llvm::raw_ostream &os, const QuasiAffine &value);

} // namespace cm

#endif // CM_POLY_QUASIAFFINE_H
