//===- Divisor.h - division by what does not change -------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Quotients and remainders of numbers below 2^32 by two multiplications
// (Lemire, Kaser, Kurz: "Faster remainder by direct computation", Software:
// Practice and Experience 49(6), 2019); of others by the processor's division.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_DIVISOR_H
#define CM_LIB_SIM_DIVISOR_H

#include <cstdint>

namespace cm::sim {

class Divisor {
public:
  /// `value` is not 0.
  explicit Divisor(uint64_t value = 1)
      : value(value),
        inverse(value >> 32 || value == 1 ? 0 : ~uint64_t(0) / value + 1) {}

  uint64_t quotient(uint64_t number) const {
    if (number >> 32 || inverse == 0)
      return value == 1 ? number : number / value;
    return Wide(inverse) * number >> 64;
  }
  uint64_t remainder(uint64_t number) const {
    if (number >> 32 || inverse == 0)
      return value == 1 ? 0 : number % value;
    return Wide(inverse * number) * value >> 64;
  }

private:
  using Wide = unsigned __int128;
  uint64_t value, inverse;
};

} // namespace cm::sim

#endif // CM_LIB_SIM_DIVISOR_H
