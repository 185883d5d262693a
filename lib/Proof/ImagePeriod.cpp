//===- ImagePeriod.cpp - expressions as functions of the image ------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Proof/ImagePeriod.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cstdlib>
#include <numeric>

using namespace cm;
using namespace cm::proof;

static ImagePeriod tooLong() { return {ImagePeriod::maxPeriod, 0}; }

static ImagePeriod sum(const ImagePeriod &a, const ImagePeriod &b) {
  int64_t images = std::lcm(a.images, b.images);
  int64_t ofA = 0, ofB = 0, growth = 0;
  if (a.isTooLong() || b.isTooLong() || images >= ImagePeriod::maxPeriod ||
      llvm::MulOverflow(a.growth, images / a.images, ofA) ||
      llvm::MulOverflow(b.growth, images / b.images, ofB) ||
      llvm::AddOverflow(ofA, ofB, growth))
    return tooLong();
  return {images, growth};
}

/// floor(e / q) grows evenly over as many periods of e as make the growth of e
/// a multiple of q.
static ImagePeriod divided(const ImagePeriod &numerator, int64_t divisor) {
  int64_t periods = divisor / std::gcd(divisor, std::abs(numerator.growth));
  int64_t growth = 0;
  if (numerator.isTooLong() || periods >= ImagePeriod::maxPeriod ||
      numerator.images * periods >= ImagePeriod::maxPeriod ||
      llvm::MulOverflow(numerator.growth, periods, growth))
    return tooLong();
  return {numerator.images * periods, growth / divisor};
}

ImagePeriod proof::imagePeriod(const program::QuasiAffine &affine) {
  ImagePeriod period{1, affine.image()};
  for (const program::FloorDiv &div : affine.divs()) {
    ImagePeriod quotient =
        divided(imagePeriod(div.numerator()), int64_t(div.divisor()));
    if (llvm::MulOverflow<int64_t>(quotient.growth, div.coefficient(),
                                   quotient.growth))
      return tooLong();
    period = sum(period, quotient);
  }
  return period;
}

bool proof::dependsOnImage(const program::QuasiAffine &affine) {
  return affine.image() != 0 ||
         std::any_of(affine.divs().begin(), affine.divs().end(),
                     [](const program::FloorDiv &div) {
                       return dependsOnImage(div.numerator());
                     });
}
