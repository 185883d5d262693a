//===- Affine.cpp - evaluate and print quasi-affine expressions -----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Program/Affine.h"

using namespace cm;

static uint64_t floorDivide(int64_t numerator, int64_t divisor) {
  int64_t quotient = numerator / divisor;
  return quotient - (numerator % divisor < 0 ? 1 : 0);
}

int64_t cm::evaluateAffine(const program::QuasiAffine &affine, int64_t image,
                           llvm::ArrayRef<int64_t> dims) {
  // Unsigned, so that coefficients of a damaged file wrap around.
  uint64_t value = affine.constant() + uint64_t(affine.image()) * image;
  for (int k = 0, e = affine.dims_size(); k != e; ++k)
    if (size_t(k) < dims.size())
      value += uint64_t(affine.dims(k)) * dims[k];
  for (const program::FloorDiv &div : affine.divs()) {
    int64_t numerator = evaluateAffine(div.numerator(), image, dims);
    int64_t divisor = div.divisor();
    if (divisor > 0)
      value += uint64_t(div.coefficient()) * floorDivide(numerator, divisor);
  }
  return value;
}

static void appendTerm(std::string &text, int64_t coefficient,
                       const std::string &factor) {
  if (coefficient == 0)
    return;
  uint64_t magnitude =
      coefficient < 0 ? -uint64_t(coefficient) : uint64_t(coefficient);
  if (text.empty())
    text += coefficient < 0 ? "-" : "";
  else
    text += coefficient < 0 ? " - " : " + ";
  if (factor.empty())
    text += std::to_string(magnitude);
  else
    text += magnitude == 1 ? factor : std::to_string(magnitude) + "*" + factor;
}

std::string cm::printAffine(const program::QuasiAffine &affine) {
  std::string text;
  appendTerm(text, affine.image(), "n");
  for (int k = 0, e = affine.dims_size(); k != e; ++k)
    appendTerm(text, affine.dims(k), "d" + std::to_string(k));
  for (const program::FloorDiv &div : affine.divs())
    appendTerm(text, div.coefficient(),
               "floor((" + printAffine(div.numerator()) + ")/" +
                   std::to_string(div.divisor()) + ")");
  appendTerm(text, affine.constant(), "");
  return text.empty() ? "0" : text;
}
