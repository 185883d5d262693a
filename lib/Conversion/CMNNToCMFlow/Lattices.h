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

#ifndef CM_LIB_CONVERSION_CMNNTOCMFLOW_LATTICES_H
#define CM_LIB_CONVERSION_CMNNTOCMFLOW_LATTICES_H

#include "cm/Dialect/CMNN/CMNNOps.h"
#include "cm/Poly/Access.h"

namespace cm::partition {

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

  bool isWhole() const { return y.stride == 1 && x.stride == 1; }
};

/// The lattices of an operation whose stages write every n-th pixel, one
/// lattice of all pixels for others. An error where pixels of a lattice are not
/// alike.
mlir::FailureOr<llvm::SmallVector<Lattice, 1>> latticesOf(mlir::Operation *op);

/// The lattices that copy an array of `from` to one of `to` with as many
/// channels: where rows are cut or joined a lattice for each of them, else one
/// that begins at pixel (y, x) of `to`.
llvm::SmallVector<Lattice, 1> copyLattices(Extent from, Extent to, int64_t y,
                                           int64_t x);

} // namespace cm::partition

#endif // CM_LIB_CONVERSION_CMNNTOCMFLOW_LATTICES_H
