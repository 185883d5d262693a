//===- Random.cpp - random numbers by where they are used -----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Random.h"
#include <cmath>

using namespace cm::sim;

RandomBlock cm::sim::philox(RandomKey key, RandomBlock counter) {
  constexpr uint64_t multipliers[] = {0xD2511F53, 0xCD9E8D57};
  constexpr uint32_t weyl[] = {0x9E3779B9, 0xBB67AE85};
  for (unsigned round = 0; round != 10; ++round) {
    uint64_t a = multipliers[0] * counter[0], b = multipliers[1] * counter[2];
    counter = {uint32_t(b >> 32) ^ counter[1] ^ key[0], uint32_t(b),
               uint32_t(a >> 32) ^ counter[3] ^ key[1], uint32_t(a)};
    key[0] += weyl[0], key[1] += weyl[1];
  }
  return counter;
}

RandomKey cm::sim::keyOf(uint64_t seed, RandomUse use, uint32_t epoch,
                         uint32_t a, uint32_t b, uint32_t c) {
  RandomBlock block = philox({uint32_t(seed), uint32_t(seed >> 32)},
                             {uint32_t(use) + 256 * epoch, a, b, c});
  return {block[0], block[1]};
}

double cm::sim::uniform(uint32_t word) { return (word + 0.5) * 0x1p-32; }

std::array<double, 4> cm::sim::normals(RandomBlock block) {
  std::array<double, 4> result;
  for (unsigned pair = 0; pair != 4; pair += 2) {
    double length = std::sqrt(-2 * std::log(uniform(block[pair])));
    double angle = 2 * 3.14159265358979323846 * uniform(block[pair + 1]);
    result[pair] = length * std::cos(angle);
    result[pair + 1] = length * std::sin(angle);
  }
  return result;
}
