//===- IslConvert.h - isl's expressions as ours -----------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Poly.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_POLY_ISLCONVERT_H
#define CM_LIB_POLY_ISLCONVERT_H

#include "cm/Poly/Piecewise.h"
#include <isl/aff.h>
#include <isl/set.h>
#include <optional>

namespace cm {

/// The floor of `aff` (isl's pieces may be rational expressions that are integer
/// where they hold). Nothing if `aff` is null or its coefficients are too large.
std::optional<QuasiAffine> convertAff(isl_aff *aff);

/// The set as a union of conjunctions. Nothing on failure.
std::optional<std::vector<Conjunction>> convertSet(isl_set *set);

/// The pieces of `function`. Nothing on failure.
std::optional<Piecewise> convertPwAff(isl_pw_aff *function);

} // namespace cm

#endif // CM_LIB_POLY_ISLCONVERT_H
