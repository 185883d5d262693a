//===- Box.cpp - products of intervals ------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Poly/Box.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <limits>

using namespace cm;

static constexpr int64_t least = std::numeric_limits<int64_t>::min();
static constexpr int64_t most = std::numeric_limits<int64_t>::max();

bool Box::contains(llvm::ArrayRef<int64_t> dims) const {
  for (unsigned k = 0; k < lower.size(); ++k)
    if (dims[k] < lower[k] || dims[k] > upper[k])
      return false;
  return true;
}

bool Box::isEmpty() const {
  for (unsigned k = 0; k < lower.size(); ++k)
    if (lower[k] > upper[k])
      return true;
  return false;
}

/// Adds `condition` >= 0 to the box if it is about one dim.
static bool addCondition(const QuasiAffine &condition, Box &box) {
  int index = -1;
  for (auto [k, factor] : llvm::enumerate(condition.dims)) {
    if (factor == 0)
      continue;
    if (index >= 0)
      return false;
    index = k;
  }
  if (index < 0 || size_t(index) >= box.lower.size() || condition.image ||
      !condition.divs.empty())
    return false;
  int64_t factor = condition.dims[index], constant = condition.constant;
  if (factor > 0)
    box.lower[index] =
        std::max(box.lower[index], llvm::divideCeilSigned(-constant, factor));
  else
    box.upper[index] =
        std::min(box.upper[index], llvm::divideFloorSigned(constant, -factor));
  return true;
}

std::optional<Box> cm::boxOf(const Conjunction &conjunction, unsigned dims) {
  Box box{std::vector<int64_t>(dims, least), std::vector<int64_t>(dims, most)};
  for (const QuasiAffine &condition : conjunction)
    if (!addCondition(condition, box))
      return std::nullopt;
  if (llvm::is_contained(box.lower, least) ||
      llvm::is_contained(box.upper, most))
    return std::nullopt;
  return box;
}

Conjunction cm::conjunctionOf(const Box &box) {
  Conjunction result;
  for (unsigned k = 0; k < box.lower.size(); ++k) {
    result.push_back(QuasiAffine::dim(k) - box.lower[k]);
    result.push_back(QuasiAffine::dim(k) * -1 + box.upper[k]);
  }
  return result;
}

bool cm::agreeOn(const QuasiAffine &a, const QuasiAffine &b, const Box &box) {
  if (a.image != b.image)
    return false;
  unsigned dims = box.lower.size();
  for (unsigned corner = 0; corner < 1u << dims; ++corner) {
    std::vector<int64_t> at;
    for (unsigned k = 0; k < dims; ++k)
      at.push_back(corner >> k & 1 ? box.upper[k] : box.lower[k]);
    if (a.eval(0, at) != b.eval(0, at))
      return false;
  }
  return true;
}

bool cm::joinBoxes(Box &a, const Box &b) {
  int differs = -1;
  for (unsigned k = 0; k < a.lower.size(); ++k) {
    if (a.lower[k] == b.lower[k] && a.upper[k] == b.upper[k])
      continue;
    if (differs >= 0)
      return false;
    differs = k;
  }
  if (differs < 0)
    return true;
  if (a.upper[differs] + 1 == b.lower[differs])
    a.upper[differs] = b.upper[differs];
  else if (b.upper[differs] + 1 == a.lower[differs])
    a.lower[differs] = b.lower[differs];
  else
    return false;
  return true;
}

std::optional<std::vector<Box>> cm::boxesOf(llvm::ArrayRef<Conjunction> domain,
                                            unsigned dims) {
  std::vector<Box> boxes;
  for (const Conjunction &conjunction : domain) {
    std::optional<Box> box = boxOf(conjunction, dims);
    if (!box)
      return std::nullopt;
    if (!box->isEmpty())
      boxes.push_back(std::move(*box));
  }
  return boxes;
}

bool cm::hasResidues(const Piecewise &rule, unsigned dims) {
  return llvm::any_of(rule.pieces, [&](const Piece &piece) {
    return !boxesOf(piece.domain, dims);
  });
}
