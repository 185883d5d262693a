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

/// Geometry of a window over an image: position (ky, kx) of the window for
/// pixel (y, x) of the result is pixel (y * strides[0] - pads[0] + ky *
/// dilations[0], x * strides[1] - pads[1] + kx * dilations[1]); outside the
/// image is padding. Two elements each, vertical first; pads are top, left,
/// bottom, right.
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
/// positions: (C6) of pools. Takes no longer than `padBegin` / `stride` steps.
bool everyWindowMeetsImage(int64_t in, int64_t out, int64_t kernel,
                           int64_t stride, int64_t dilation, int64_t padBegin);

/// The types of results, with the element type of x. Null where operands do not
/// fit together or an extent would not be positive.

/// `x` is NxHxWxC, `weight` KHxKWxCIxCO; `geometry.kernel` is ignored.
mlir::RankedTensorType inferConv2DType(mlir::RankedTensorType x,
                                       mlir::RankedTensorType weight,
                                       const WindowGeometry &geometry);

/// Likewise; `outputPads` is bottom, right.
mlir::RankedTensorType inferConvTranspose2DType(
    mlir::RankedTensorType x, mlir::RankedTensorType weight,
    const WindowGeometry &geometry, llvm::ArrayRef<int64_t> outputPads);

/// `x` is ...xIN, `weight` INxOUT.
mlir::RankedTensorType inferMatMulType(mlir::RankedTensorType x,
                                       mlir::RankedTensorType weight);

/// `a` is ...xMxK, `b` ...xKxN with the same leading extents.
mlir::RankedTensorType inferBatchMatMulType(mlir::RankedTensorType a,
                                            mlir::RankedTensorType b);

/// Extents are equal or one of them is 1; `a` and `b` have one rank.
mlir::RankedTensorType inferBroadcastType(mlir::RankedTensorType a,
                                          mlir::RankedTensorType b);

mlir::RankedTensorType inferPoolType(mlir::RankedTensorType x,
                                     const WindowGeometry &geometry);

/// Extent 1 on `axes`, which are axes of `x`.
mlir::RankedTensorType inferReduceType(mlir::RankedTensorType x,
                                       llvm::ArrayRef<int64_t> axes);

/// Extent i is that of axis permutation[i].
mlir::RankedTensorType inferTransposeType(mlir::RankedTensorType x,
                                          llvm::ArrayRef<int64_t> permutation);

/// `operands` is not empty, `axis` one of their axes.
mlir::RankedTensorType
inferConcatType(llvm::ArrayRef<mlir::RankedTensorType> operands, int64_t axis);

/// `low` and `high` have one element for each axis.
mlir::RankedTensorType inferPadType(mlir::RankedTensorType x,
                                    llvm::ArrayRef<int64_t> low,
                                    llvm::ArrayRef<int64_t> high);

/// `x` is NxHxWxC; null where block * block does not divide C.
mlir::RankedTensorType inferDepthToSpaceType(mlir::RankedTensorType x,
                                             int64_t block);

/// `table` is ROWSxROW; the extents of `ids`, then ROW.
mlir::RankedTensorType inferGatherType(mlir::RankedTensorType table,
                                       mlir::RankedTensorType ids);

} // namespace cm::cmnn

#endif // CM_DIALECT_CMNN_CMNNSHAPES_H
