//===- IslConvert.cpp - isl's expressions as ours -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "IslConvert.h"
#include <isl/constraint.h>
#include <isl/val.h>
#include <limits>

using namespace cm;

/// Takes `value`; nothing if it is not an integer that fits.
static std::optional<int64_t> convertVal(isl_val *value) {
  constexpr long kLimit = std::numeric_limits<int32_t>::max() * (1L << 24);
  std::optional<int64_t> result;
  if (value && isl_val_is_int(value) == isl_bool_true &&
      isl_val_cmp_si(value, kLimit) < 0 && isl_val_cmp_si(value, -kLimit) > 0)
    result = isl_val_get_num_si(value);
  isl_val_free(value);
  return result;
}

/// `factor` times the affine expression, which becomes one of integers.
static std::optional<QuasiAffine> convertScaled(isl_aff *aff, isl_val *factor) {
  auto scaled = [&](isl_val *value) {
    return convertVal(isl_val_mul(value, isl_val_copy(factor)));
  };
  QuasiAffine result;
  auto constant = scaled(isl_aff_get_constant_val(aff));
  if (!constant)
    return std::nullopt;
  result.constant = *constant;
  int numDims = isl_aff_dim(aff, isl_dim_in);
  for (int k = 0; k < numDims; ++k) {
    auto value = scaled(isl_aff_get_coefficient_val(aff, isl_dim_in, k));
    if (!value)
      return std::nullopt;
    if (*value != 0)
      result += QuasiAffine::dim(k) * *value;
  }
  int numDivs = isl_aff_dim(aff, isl_dim_div);
  for (int k = 0; k < numDivs; ++k) {
    auto value = scaled(isl_aff_get_coefficient_val(aff, isl_dim_div, k));
    if (!value)
      return std::nullopt;
    if (*value == 0)
      continue;
    // isl: floor(div), div being an affine expression over a denominator.
    isl_aff *div = isl_aff_get_div(aff, k);
    isl_val *denominator = isl_aff_get_denominator_val(div);
    std::optional<QuasiAffine> numerator;
    if (div && denominator)
      numerator = convertScaled(div, denominator);
    isl_aff_free(div);
    auto divisor = convertVal(denominator);
    if (!numerator || !divisor)
      return std::nullopt;
    result += QuasiAffine::floorDiv(*numerator, *divisor) * *value;
  }
  return result;
}

std::optional<QuasiAffine> cm::convertAff(isl_aff *aff) {
  if (!aff)
    return std::nullopt;
  isl_val *denominator = isl_aff_get_denominator_val(aff);
  std::optional<QuasiAffine> result;
  if (denominator)
    result = convertScaled(aff, denominator);
  auto divisor = convertVal(denominator);
  if (!result || !divisor)
    return std::nullopt;
  return QuasiAffine::floorDiv(*result, *divisor);
}

/// Takes `constraint` and adds it to the Conjunction at `user`.
static isl_stat addConstraint(isl_constraint *constraint, void *user) {
  auto &conjunction = *static_cast<Conjunction *>(user);
  isl_bool isDiv = isl_constraint_is_div_constraint(constraint);
  isl_bool isEquality = isl_constraint_is_equality(constraint);
  std::optional<QuasiAffine> expression;
  if (isDiv == isl_bool_false) {
    isl_aff *aff = isl_constraint_get_aff(constraint);
    expression = convertAff(aff);
    isl_aff_free(aff);
  }
  isl_constraint_free(constraint);
  if (isDiv == isl_bool_true)
    return isl_stat_ok;
  if (!expression || isEquality < 0)
    return isl_stat_error;
  conjunction.push_back(*expression);
  if (isEquality == isl_bool_true)
    conjunction.push_back(*expression * -1);
  return isl_stat_ok;
}

static isl_stat addBasicSet(isl_basic_set *basicSet, void *user) {
  Conjunction conjunction;
  isl_stat status =
      isl_basic_set_foreach_constraint(basicSet, addConstraint, &conjunction);
  isl_basic_set_free(basicSet);
  static_cast<std::vector<Conjunction> *>(user)->push_back(
      std::move(conjunction));
  return status;
}

std::optional<std::vector<Conjunction>> cm::convertSet(isl_set *set) {
  std::vector<Conjunction> result;
  isl_set *known =
      isl_set_remove_redundancies(isl_set_compute_divs(isl_set_copy(set)));
  isl_stat status = isl_set_foreach_basic_set(known, addBasicSet, &result);
  isl_set_free(known);
  if (status != isl_stat_ok)
    return std::nullopt;
  return result;
}

static isl_stat addPiece(isl_set *set, isl_aff *aff, void *user) {
  auto domain = convertSet(set);
  auto value = convertAff(aff);
  isl_set_free(set);
  isl_aff_free(aff);
  if (!domain || !value)
    return isl_stat_error;
  static_cast<Piecewise *>(user)->pieces.push_back(
      {std::move(*domain), std::move(*value)});
  return isl_stat_ok;
}

std::optional<Piecewise> cm::convertPwAff(isl_pw_aff *function) {
  Piecewise result;
  if (isl_pw_aff_foreach_piece(function, addPiece, &result) != isl_stat_ok)
    return std::nullopt;
  return result;
}
