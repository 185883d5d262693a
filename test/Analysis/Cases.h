//===- Cases.h - random streams and naive rules -----------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the rules of control mean, by enumeration, for small random streams.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_ANALYSIS_CASES_H
#define CM_TEST_ANALYSIS_CASES_H

#include "cm/Analysis/Control.h"
#include <optional>
#include <random>
#include <set>
#include <string>

namespace cm::test {

using Location = std::tuple<int64_t, int64_t, int64_t>; // y, x, c
using Random = std::mt19937_64;

/// A value between `low` and `high`, both included.
int64_t pick(Random &random, int64_t low, int64_t high);

/// Sizes, kernels, strides, dilations, offsets, channels and element ranges at
/// random, kernels larger than the object and reads of nothing included; with
/// `severalAtOnce`, iterations that write several pixels of several rows.
StreamAccess randomStream(Random &random, bool severalAtOnce = false);
std::string describe(const StreamAccess &stream);

/// Locations inside the object that iteration (d0, d1) reads.
std::set<Location> readsOf(const StreamAccess &stream, int64_t d0, int64_t d1);
std::set<Location> writesOf(const StreamAccess &stream, int64_t d0, int64_t d1);

/// What iteration `rank` of the reader needs in image `image`: its own reads
/// only. The number of messages received since the beginning.
std::optional<int64_t> directFire(const StreamAccess &stream, int64_t image,
                                  int64_t rank);
/// What iteration `rank` of the writer needs in image `image`: for its own
/// writes only. The number of iterations retired since the beginning.
std::optional<int64_t> directCredit(const StreamAccess &stream, Fold fold,
                                    int64_t slots, int64_t image, int64_t rank);

/// True if one writer and one reader that follow the rules run for ever, by the
/// naive rules.
bool isLive(const StreamAccess &stream, Fold fold, int64_t slots);

} // namespace cm::test

#endif // CM_TEST_ANALYSIS_CASES_H
