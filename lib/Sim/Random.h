//===- Random.h - random numbers by where they are used ---------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A generator without state: the number depends on a key and a counter only, so
// that neither threads nor the order of events can change it.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_RANDOM_H
#define CM_LIB_SIM_RANDOM_H

#include <array>
#include <cstdint>

namespace cm::sim {

using RandomKey = std::array<uint32_t, 2>;
using RandomBlock = std::array<uint32_t, 4>;

/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
/// SC 2011).
RandomBlock philox(RandomKey key, RandomBlock counter);

/// What random numbers are for: the first word of a counter.
enum class RandomUse : uint32_t {
  Programming = 1, // of an epoch
  Stuck = 2,
  Converter = 3,
  Read = 4,
  Sample = 5,
  CalibrationRead = 6,
};

/// The key of one place of a chip: the first two words of philox(seed, {use +
/// 256 * epoch, a, b, c}).
RandomKey keyOf(uint64_t seed, RandomUse use, uint32_t epoch, uint32_t a,
                uint32_t b, uint32_t c);

/// (word + 1/2) / 2^32: between 0 and 1, both excluded.
double uniform(uint32_t word);

/// Four normal numbers, by Box and Muller: of words u, v
/// sqrt(-2 ln u) cos(2 pi v) and sqrt(-2 ln u) sin(2 pi v).
std::array<double, 4> normals(RandomBlock block);

} // namespace cm::sim

#endif // CM_LIB_SIM_RANDOM_H
