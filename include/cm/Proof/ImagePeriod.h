//===- ImagePeriod.h - expressions as functions of the image ----*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How a quasi-affine expression changes from image to image.
//
//===----------------------------------------------------------------------===//

#ifndef CM_PROOF_IMAGEPERIOD_H
#define CM_PROOF_IMAGEPERIOD_H

#include "cm/Program/Program.pb.h"
#include <cstdint>

namespace cm::proof {

/// e(n + images, d) = e(n, d) + growth for all n and d. The period is saturated
/// at `maxPeriod`, where `growth` means nothing.
struct ImagePeriod {
  static constexpr int64_t maxPeriod = 64;

  int64_t images = 1;
  int64_t growth = 0;

  bool isTooLong() const { return images >= maxPeriod; }
};
ImagePeriod imagePeriod(const program::QuasiAffine &affine);

/// Whether the expression speaks of the image at all.
bool dependsOnImage(const program::QuasiAffine &affine);

} // namespace cm::proof

#endif // CM_PROOF_IMAGEPERIOD_H
