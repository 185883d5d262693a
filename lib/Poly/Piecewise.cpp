//===- Piecewise.cpp - quasi-affine functions in pieces -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Poly/Piecewise.h"
#include "llvm/ADT/STLExtras.h"

using namespace cm;

bool Piece::contains(llvm::ArrayRef<int64_t> dims) const {
  return llvm::any_of(domain, [&](const Conjunction &conjunction) {
    return llvm::all_of(conjunction, [&](const QuasiAffine &expression) {
      return expression.eval(0, dims) >= 0;
    });
  });
}

std::optional<int64_t> Piecewise::eval(int64_t image,
                                       llvm::ArrayRef<int64_t> dims) const {
  for (const Piece &piece : pieces)
    if (piece.contains(dims))
      return piece.value.eval(image, dims);
  return std::nullopt;
}

static std::string formatConditions(llvm::ArrayRef<Conjunction> domain) {
  std::string text;
  for (const Conjunction &conjunction : domain) {
    if (!text.empty())
      text += " or ";
    if (conjunction.empty())
      text += "true";
    llvm::interleave(
        conjunction,
        [&](const QuasiAffine &condition) { text += condition.str() + " >= 0"; },
        [&] { text += " and "; });
  }
  return text.empty() ? "false" : text;
}

std::string Piecewise::str() const {
  std::string text;
  for (const Piece &piece : pieces)
    text += piece.value.str() + " : " + formatConditions(piece.domain) + "\n";
  return text;
}

std::string cm::formatSet(llvm::ArrayRef<Conjunction> domain, unsigned dims) {
  std::string text = "{ [";
  for (unsigned k = 0; k < dims; ++k)
    text += (k ? ", d" : "d") + std::to_string(k);
  return text + "] : " + formatConditions(domain) + " }";
}

bool cm::operator==(const Piece &a, const Piece &b) {
  return a.domain == b.domain && a.value == b.value;
}

bool cm::operator==(const Piecewise &a, const Piecewise &b) {
  return a.pieces == b.pieces;
}
