//===- Ranges.cpp - which integers a value can hold -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Ranges.h"
#include "Patterns.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <limits>

using namespace mlir;
using namespace cm;
using namespace cm::tosa_to_cmnn;

static constexpr Range int8s = {-128, 127};
static constexpr Range int32s = {std::numeric_limits<int32_t>::min(),
                                 std::numeric_limits<int32_t>::max()};

static bool isWithin(const Range &a, const Range &b) {
  return a.least >= b.least && a.greatest <= b.greatest;
}

bool Range::isInt8() const { return isWithin(*this, int8s); }
bool Range::isInt32() const { return isWithin(*this, int32s); }

static Range intersect(const Range &a, const Range &b) {
  return {std::clamp(a.least, b.least, b.greatest),
          std::clamp(a.greatest, b.least, b.greatest)};
}

Range tosa_to_cmnn::operator-(const Range &a, const Range &b) {
  return {a.least - b.greatest, a.greatest - b.least};
}

Range tosa_to_cmnn::operator*(const Range &a, const Range &b) {
  auto [least, greatest] =
      std::minmax({a.least * b.least, a.least * b.greatest,
                   a.greatest * b.least, a.greatest * b.greatest});
  return {least, greatest};
}

static Range rangeOfType(Value value) { return isInt8(value) ? int8s : int32s; }

/// However a rescale rounds, it is less than two off the quotient rounded down.
static Range rangeOfRescale(cmnn::RescaleOp op, const Range &x) {
  int64_t zeroPoint = op.getXZeroPoint();
  Range all = {int32s.greatest, int32s.least};
  for (auto [multiplier, shift] :
       llvm::zip(op.getMultipliers(), op.getShifts())) {
    // The verifier refuses it, later.
    if (multiplier < 0 || shift < 2 || shift > 62)
      return rangeOfType(op.getY());
    all.least = std::min(all.least,
                         (((x.least - zeroPoint) * multiplier) >> shift) - 2);
    all.greatest = std::max(
        all.greatest, (((x.greatest - zeroPoint) * multiplier) >> shift) + 2);
  }
  all = {all.least + op.getYZeroPoint(), all.greatest + op.getYZeroPoint()};
  return intersect(intersect(all, {op.getMinimum(), op.getMaximum()}),
                   rangeOfType(op.getY()));
}

template <typename T> static std::optional<Range> rangeOfConstant(Value value) {
  auto elements = readConstant<T>(value);
  if (!elements || elements->empty())
    return std::nullopt;
  auto [least, greatest] =
      std::minmax_element(elements->begin(), elements->end());
  return Range{*least, *greatest};
}

Range tosa_to_cmnn::rangeOf(Value value) {
  // Converters have two rescales in a row at most.
  SmallVector<cmnn::RescaleOp> rescales;
  while (auto rescale = value.getDefiningOp<cmnn::RescaleOp>()) {
    if (rescales.size() == 4)
      break;
    rescales.push_back(rescale);
    value = rescale.getX();
  }
  auto constant = isInt8(value) ? rangeOfConstant<int8_t>(value)
                                : rangeOfConstant<int32_t>(value);
  Range range = constant ? *constant : rangeOfType(value);
  for (cmnn::RescaleOp rescale : llvm::reverse(rescales))
    range = rangeOfRescale(rescale, range);
  return range;
}
