//===- Lattices.h - pixels that are computed alike --------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A transposed convolution with stride 2 is four small convolutions: one for
// the pixels whose row and column are even, and so on. Likewise an image that
// grows. Such a set of pixels is a lattice.
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_LATTICES_H
#define CM_DIALECT_CMNN_LATTICES_H

#include "cm/Poly/Access.h"

namespace cm::cmnn {

/// One axis of a lattice: pixels `offset + i * stride` of the result. Window
/// position k of iteration i is row (or column) `i * readStride + readOffset +
/// k * dilation` of the operand.
struct LatticeAxis {
  int64_t stride = 1, offset = 0;
  /// How many, where the lattice ends before the extent; else 0.
  int64_t length = 0;
  int64_t readStride = 1, readOffset = 0;
  int64_t dilation = 1;
  /// Of a transposed convolution: the kernel's row for each window position.
  llvm::SmallVector<int64_t, 2> taps;
  /// Of a linear resize: the weights of the two window positions, for each row
  /// that the window may begin with, from -1 on.
  llvm::SmallVector<float> weights;

  /// Pixels of an extent of the result.
  int64_t count(int64_t extent) const {
    return length ? length : (extent - offset + stride - 1) / stride;
  }
};

struct Lattice {
  LatticeAxis y, x;
  /// Of a depth-to-space: which of the blocks of channels.
  int64_t block = 0;

  /// The iterations that compute the lattice's pixels of `result`.
  Domain domain(const Extent &result) const {
    return {y.count(result.h), x.count(result.w)};
  }
  /// The positions of a kernel of `width` columns that the window has, in its
  /// order; none where it has all.
  llvm::SmallVector<int64_t> taps(int64_t width) const {
    llvm::SmallVector<int64_t> positions;
    for (int64_t row : y.taps)
      for (int64_t column : x.taps)
        positions.push_back(row * width + column);
    return positions;
  }
};

using Lattices = llvm::SmallVector<Lattice, 1>;

} // namespace cm::cmnn

#endif // CM_DIALECT_CMNN_LATTICES_H
