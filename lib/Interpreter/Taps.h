//===- Taps.h - windows over images -----------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_INTERPRETER_TAPS_H
#define CM_LIB_INTERPRETER_TAPS_H

#include "Kernels.h"
#include "Positions.h"

namespace cm::interpreter {

/// The extents of an N x H x W x C tensor.
struct Images {
  int64_t count, height, width, channels;

  explicit Images(Shape shape)
      : count(shape[0]), height(shape[1]), width(shape[2]), channels(shape[3]) {
  }
  /// Of one image.
  int64_t numPixels() const { return height * width; }
  /// Of all images.
  int64_t numElements() const { return count * numPixels() * channels; }
};

/// Calls `visit(image, row, column, pixel)` for every pixel of all images in
/// row-major order; `pixel` counts from 0.
template <typename Visit> void forEachPixel(const Images &images, Visit visit) {
  int64_t pixel = 0;
  for (int64_t image = 0; image < images.count; ++image)
    for (int64_t row = 0; row < images.height; ++row)
      for (int64_t column = 0; column < images.width; ++column)
        visit(image, row, column, pixel++);
}

/// Calls `visit(k, pixel)` for every position k = ky * width + kx of the window
/// of output pixel (`row`, `column`) that lies in the image, in (ky, kx) order;
/// `pixel` is the index of the image's pixel.
template <typename Visit>
void forEachTap(const Window &window, const Images &in, int64_t row,
                int64_t column, Visit visit) {
  for (int64_t ky = 0; ky < window.kernel[0]; ++ky) {
    int64_t y =
        row * window.strides[0] - window.pads[0] + ky * window.dilations[0];
    if (y < 0 || y >= in.height)
      continue;
    for (int64_t kx = 0; kx < window.kernel[1]; ++kx) {
      int64_t x = column * window.strides[1] - window.pads[1] +
                  kx * window.dilations[1];
      if (x >= 0 && x < in.width)
        visit(ky * window.kernel[1] + kx, y * in.width + x);
    }
  }
}

/// The same for a transposed convolution: the pixels from which the window,
/// laid over the output, reaches (`row`, `column`).
template <typename Visit>
void forEachTransposedTap(const Window &window, const Images &in, int64_t row,
                          int64_t column, Visit visit) {
  for (int64_t ky = 0; ky < window.kernel[0]; ++ky) {
    int64_t y = row + window.pads[0] - ky * window.dilations[0];
    if (y % window.strides[0] != 0 || y < 0 ||
        y / window.strides[0] >= in.height)
      continue;
    for (int64_t kx = 0; kx < window.kernel[1]; ++kx) {
      int64_t x = column + window.pads[1] - kx * window.dilations[1];
      if (x % window.strides[1] == 0 && x >= 0 &&
          x / window.strides[1] < in.width)
        visit(ky * window.kernel[1] + kx,
              y / window.strides[0] * in.width + x / window.strides[1]);
    }
  }
}

} // namespace cm::interpreter

#endif // CM_LIB_INTERPRETER_TAPS_H
