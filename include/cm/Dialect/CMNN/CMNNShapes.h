//===- CMNNShapes.h - shape rules for verifiers and builders ---*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CMNNSHAPES_H
#define CM_DIALECT_CMNN_CMNNSHAPES_H

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/ArrayRef.h"
#include <optional>

namespace cm::cmnn {

/// Geometry of a window over an image: see WindowOpInterface. Two elements
/// each, vertical first; pads are top, left, bottom, right.
struct WindowGeometry {
  llvm::ArrayRef<int64_t> kernel, strides, dilations, pads;
};

/// Number of positions of a window on one axis:
///   floor((in + padBegin + padEnd - dilation * (kernel - 1) - 1) / stride) + 1
/// or nothing if the window is larger than the padded image.
std::optional<int64_t> windowExtent(int64_t in, int64_t kernel, int64_t stride,
                                    int64_t dilation, int64_t padBegin,
                                    int64_t padEnd);

/// Extents (height, width) of the result of `window` over an image of `height`
/// by `width` pixels; nothing as above.
std::optional<std::pair<int64_t, int64_t>>
windowExtents(int64_t height, int64_t width, const WindowGeometry &window);

/// Whether each of the `out` windows on an axis holds at least one of the `in`
/// positions: (C6) of pools.
bool everyWindowMeetsImage(int64_t in, int64_t out, int64_t kernel,
                           int64_t stride, int64_t dilation, int64_t padBegin);

/// Type of the result of a convolution of `x` (1xHxWxC) with a weight of type
/// `weight` (KHxKWxCIxCO), `geometry.kernel` ignored; null as above.
mlir::RankedTensorType inferConv2DType(mlir::RankedTensorType x,
                                       mlir::RankedTensorType weight,
                                       const WindowGeometry &geometry);

/// Type of the result of a pool; null as above.
mlir::RankedTensorType inferPoolType(mlir::RankedTensorType x,
                                     const WindowGeometry &geometry);

/// Type of the result of a transpose: extent i is that of axis permutation[i].
mlir::RankedTensorType inferTransposeType(mlir::RankedTensorType x,
                                          llvm::ArrayRef<int64_t> permutation);

} // namespace cm::cmnn

#endif // CM_DIALECT_CMNN_CMNNSHAPES_H
