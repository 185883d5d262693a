//===- QuasiAffine.cpp - affine expressions with floors -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Poly/QuasiAffine.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cassert>

using namespace cm;

QuasiAffine::QuasiAffine() = default;
QuasiAffine::QuasiAffine(int64_t constant) : constant(constant) {}
QuasiAffine::QuasiAffine(const QuasiAffine &) = default;
QuasiAffine::QuasiAffine(QuasiAffine &&) = default;
QuasiAffine &QuasiAffine::operator=(const QuasiAffine &) = default;
QuasiAffine &QuasiAffine::operator=(QuasiAffine &&) = default;
QuasiAffine::~QuasiAffine() = default;

QuasiAffine QuasiAffine::dim(unsigned k) {
  QuasiAffine result;
  result.dims.assign(k + 1, 0);
  result.dims[k] = 1;
  return result;
}

QuasiAffine QuasiAffine::floorDiv(QuasiAffine numerator, int64_t divisor) {
  assert(divisor >= 1 && "divisors are positive");
  if (divisor == 1)
    return numerator;
  if (numerator.isConstant())
    return QuasiAffine(llvm::divideFloorSigned(numerator.constant, divisor));
  QuasiAffine result;
  result.divs.push_back({1, divisor, std::move(numerator)});
  return result;
}

bool QuasiAffine::isConstant() const {
  return image == 0 && llvm::all_of(dims, [](int64_t v) { return v == 0; }) &&
         divs.empty();
}

int64_t QuasiAffine::eval(int64_t imageNumber,
                          llvm::ArrayRef<int64_t> dimValues) const {
  int64_t value = constant + image * imageNumber;
  for (size_t k = 0; k < dims.size(); ++k)
    if (dims[k] != 0)
      value += dims[k] * dimValues[k];
  for (const FloorDiv &div : divs)
    value += div.coefficient *
             llvm::divideFloorSigned(div.numerator.eval(imageNumber, dimValues),
                                     div.divisor);
  return value;
}

/// Adds `coefficient * name` to a sum that is being written.
static void addTerm(std::string &sum, int64_t coefficient,
                    const std::string &name) {
  if (coefficient == 0)
    return;
  if (sum.empty())
    sum += coefficient < 0 ? "-" : "";
  else
    sum += coefficient < 0 ? " - " : " + ";
  std::string magnitude =
      std::to_string(coefficient < 0 ? -coefficient : coefficient);
  if (name.empty())
    sum += magnitude;
  else
    sum += magnitude == "1" ? name : magnitude + "*" + name;
}

std::string QuasiAffine::str() const {
  std::string sum;
  addTerm(sum, image, "n");
  for (size_t k = 0; k < dims.size(); ++k)
    addTerm(sum, dims[k], "d" + std::to_string(k));
  for (const FloorDiv &div : divs)
    addTerm(sum, div.coefficient,
            "floor((" + div.numerator.str() + ")/" +
                std::to_string(div.divisor) + ")");
  addTerm(sum, constant, "");
  return sum.empty() ? "0" : sum;
}

QuasiAffine &QuasiAffine::operator+=(const QuasiAffine &other) {
  constant += other.constant;
  image += other.image;
  dims.resize(std::max(dims.size(), other.dims.size()), 0);
  for (size_t k = 0; k < other.dims.size(); ++k)
    dims[k] += other.dims[k];
  for (const FloorDiv &div : other.divs) {
    auto same = llvm::find_if(divs, [&](const FloorDiv &mine) {
      return mine.divisor == div.divisor && mine.numerator == div.numerator;
    });
    if (same == divs.end())
      divs.push_back(div);
    else
      same->coefficient += div.coefficient;
  }
  llvm::erase_if(divs, [](const FloorDiv &div) { return div.coefficient == 0; });
  return *this;
}

QuasiAffine &QuasiAffine::operator*=(int64_t factor) {
  constant *= factor;
  image *= factor;
  for (int64_t &coefficient : dims)
    coefficient *= factor;
  for (FloorDiv &div : divs)
    div.coefficient *= factor;
  if (factor == 0)
    divs.clear();
  return *this;
}

bool cm::operator==(const FloorDiv &a, const FloorDiv &b) {
  return a.coefficient == b.coefficient && a.divisor == b.divisor &&
         a.numerator == b.numerator;
}

bool cm::operator==(const QuasiAffine &a, const QuasiAffine &b) {
  if (a.constant != b.constant || a.image != b.image)
    return false;
  for (size_t k = 0; k < std::max(a.dims.size(), b.dims.size()); ++k)
    if ((k < a.dims.size() ? a.dims[k] : 0) !=
        (k < b.dims.size() ? b.dims[k] : 0))
      return false;
  return a.divs == b.divs;
}

QuasiAffine cm::operator+(QuasiAffine a, const QuasiAffine &b) {
  a += b;
  return a;
}

QuasiAffine cm::operator-(QuasiAffine a, QuasiAffine b) {
  b *= -1;
  a += b;
  return a;
}

QuasiAffine cm::operator*(QuasiAffine a, int64_t factor) {
  a *= factor;
  return a;
}

llvm::raw_ostream &cm::operator<<(llvm::raw_ostream &os,
                                  const QuasiAffine &value) {
  return os << value.str();
}
