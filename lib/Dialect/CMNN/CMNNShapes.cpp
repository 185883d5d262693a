//===- CMNNShapes.cpp - shape rules for verifiers and builders ------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMNN/CMNNShapes.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace cm::cmnn {

std::optional<int64_t> windowExtent(int64_t in, int64_t kernel, int64_t stride,
                                    int64_t dilation, int64_t padBegin,
                                    int64_t padEnd) {
  int64_t room = in + padBegin + padEnd - dilation * (kernel - 1) - 1;
  if (room < 0)
    return std::nullopt;
  return room / stride + 1;
}

std::optional<std::pair<int64_t, int64_t>>
windowExtents(int64_t height, int64_t width, const WindowGeometry &window) {
  auto oh = windowExtent(height, window.kernel[0], window.strides[0],
                         window.dilations[0], window.pads[0], window.pads[2]);
  auto ow = windowExtent(width, window.kernel[1], window.strides[1],
                         window.dilations[1], window.pads[1], window.pads[3]);
  if (!oh || !ow)
    return std::nullopt;
  return std::make_pair(*oh, *ow);
}

bool everyWindowMeetsImage(int64_t in, int64_t out, int64_t kernel,
                           int64_t stride, int64_t dilation, int64_t padBegin) {
  for (int64_t o = 0; o < out; ++o) {
    int64_t first = o * stride - padBegin;
    // The first element of the window at a position of 0 or more.
    int64_t skip = first < 0 ? (-first + dilation - 1) / dilation : 0;
    if (skip >= kernel || first + skip * dilation >= in)
      return false;
  }
  return true;
}

static RankedTensorType inferWindowType(RankedTensorType x, int64_t channels,
                                        const WindowGeometry &geometry) {
  auto extents = windowExtents(x.getDimSize(1), x.getDimSize(2), geometry);
  if (!extents)
    return nullptr;
  return RankedTensorType::get({1, extents->first, extents->second, channels},
                               x.getElementType());
}

RankedTensorType inferConv2DType(RankedTensorType x, RankedTensorType weight,
                                 const WindowGeometry &geometry) {
  WindowGeometry withKernel = geometry;
  withKernel.kernel = weight.getShape().take_front(2);
  return inferWindowType(x, weight.getDimSize(3), withKernel);
}

RankedTensorType inferPoolType(RankedTensorType x,
                               const WindowGeometry &geometry) {
  return inferWindowType(x, x.getDimSize(3), geometry);
}

RankedTensorType inferTransposeType(RankedTensorType x,
                                    ArrayRef<int64_t> permutation) {
  auto shape = llvm::map_to_vector(
      permutation, [&](int64_t axis) { return x.getDimSize(axis); });
  return RankedTensorType::get(shape, x.getElementType());
}

} // namespace cm::cmnn
