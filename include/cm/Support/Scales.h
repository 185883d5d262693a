//===- Scales.h - which scales quantisation can have ------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one rule about scales (docs/Numerics.md, "Notation"): a scale, and every
// quotient of scales that an operation computes with, is normal and at most
// 2^80. Sums of 2^31 bytes times such a scale are finite: no infinity is
// subtracted from another, and no NaN is ever clamped.
//
//===----------------------------------------------------------------------===//

#ifndef CM_SUPPORT_SCALES_H
#define CM_SUPPORT_SCALES_H

#include <cmath>

namespace cm {

inline constexpr float maxScale = 0x1p80f;

/// Whether `value` is positive, normal and at most `maxScale`.
inline bool isScale(float value) {
  return value > 0 && value <= maxScale && std::isnormal(value);
}

} // namespace cm

#endif // CM_SUPPORT_SCALES_H
