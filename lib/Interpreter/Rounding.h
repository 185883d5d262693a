//===- Rounding.h - between int8 and the numbers it stands for --*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_INTERPRETER_ROUNDING_H
#define CM_LIB_INTERPRETER_ROUNDING_H

#include "cm/Support/Tensor.h"
#include <algorithm>
#include <cmath>

namespace cm::interpreter {

/// What an int8 value x stands for: scale * (x - zeroPoint).
struct Quantization {
  float scale = 1.0f;
  int32_t zeroPoint = 0;

  float toReal(int32_t value) const {
    return static_cast<float>(value - zeroPoint) * scale;
  }
};

/// How an operation rounds: docs/Numerics.md.
struct Rounding : Quantization {
  int32_t minimum = -128, maximum = 127;

  /// clamp_rint: rounds `value` steps and adds the zero point to the integer.
  int8_t toInt8(float value) const {
    if (std::isnan(value))
      value = 0;
    float low = static_cast<float>(minimum - zeroPoint);
    float high = static_cast<float>(maximum - zeroPoint);
    float clamped = std::min(std::max(value, low), high);
    return static_cast<int8_t>(zeroPoint +
                               static_cast<int32_t>(std::nearbyintf(clamped)));
  }

  /// Rounds `value`, in which the zero point and `shift` are included.
  int8_t toInt8WithZeroPoint(float value, int32_t shift) const {
    float low = static_cast<float>(minimum + shift);
    float high = static_cast<float>(maximum + shift);
    float clamped = std::min(std::max(value, low), high);
    float rounded = std::nearbyintf(clamped);
    return static_cast<int8_t>(rounded - static_cast<float>(shift));
  }

  /// QuantizeLinear of a real number.
  int8_t quantize(float real) const { return toInt8(real / scale); }
};

/// The numbers that `x`, int8 or float32, stands for.
std::vector<float> realsOf(const Tensor &x, const Quantization &quantization);

/// The tensor of `type`, int8 or float32, that stands for `reals`.
Tensor tensorOf(llvm::ArrayRef<float> reals, llvm::ArrayRef<int64_t> shape,
                ElementType type, const Rounding &rounding);

} // namespace cm::interpreter

#endif // CM_LIB_INTERPRETER_ROUNDING_H
