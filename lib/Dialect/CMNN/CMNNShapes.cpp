//===- CMNNShapes.cpp - shape rules for verifiers and builders ------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMNN/CMNNShapes.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

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
  // Windows that begin in the image meet it; only the last could begin behind.
  if ((out - 1) * stride - padBegin >= in)
    return false;
  // Those that begin before it: their first element at a position of 0 or more.
  int64_t before = std::min(out, (padBegin + stride - 1) / stride);
  for (int64_t o = 0; o < before; ++o) {
    int64_t first = o * stride - padBegin;
    int64_t skip = (-first + dilation - 1) / dilation;
    if (skip >= kernel || first + skip * dilation >= in)
      return false;
  }
  return true;
}

static RankedTensorType withShape(RankedTensorType x, ArrayRef<int64_t> shape) {
  return RankedTensorType::get(shape, x.getElementType());
}

static RankedTensorType inferWindowType(RankedTensorType x, int64_t channels,
                                        const WindowGeometry &geometry) {
  auto extents = windowExtents(x.getDimSize(1), x.getDimSize(2), geometry);
  if (!extents)
    return nullptr;
  return withShape(
      x, {x.getDimSize(0), extents->first, extents->second, channels});
}

RankedTensorType inferConv2DType(RankedTensorType x, RankedTensorType weight,
                                 const WindowGeometry &geometry) {
  WindowGeometry withKernel = geometry;
  withKernel.kernel = weight.getShape().take_front(2);
  return inferWindowType(x, weight.getDimSize(3), withKernel);
}

RankedTensorType inferConvTranspose2DType(RankedTensorType x,
                                          RankedTensorType weight,
                                          const WindowGeometry &geometry,
                                          ArrayRef<int64_t> outputPads) {
  SmallVector<int64_t> shape = {x.getDimSize(0)};
  for (unsigned axis : {0, 1}) {
    int64_t extent = (x.getDimSize(axis + 1) - 1) * geometry.strides[axis] +
                     geometry.dilations[axis] * (weight.getDimSize(axis) - 1) +
                     1 - geometry.pads[axis] - geometry.pads[axis + 2] +
                     outputPads[axis];
    if (extent < 1)
      return nullptr;
    shape.push_back(extent);
  }
  shape.push_back(weight.getDimSize(3));
  return withShape(x, shape);
}

RankedTensorType inferMatMulType(RankedTensorType x, RankedTensorType weight) {
  SmallVector<int64_t> shape(x.getShape());
  if (shape.back() != weight.getDimSize(0))
    return nullptr;
  shape.back() = weight.getDimSize(1);
  return withShape(x, shape);
}

RankedTensorType inferBatchMatMulType(RankedTensorType a, RankedTensorType b) {
  ArrayRef<int64_t> as = a.getShape(), bs = b.getShape();
  if (as.size() < 2 || as.size() != bs.size() ||
      as.drop_back(2) != bs.drop_back(2) || as.back() != bs[bs.size() - 2])
    return nullptr;
  SmallVector<int64_t> shape(as);
  shape.back() = bs.back();
  return withShape(a, shape);
}

RankedTensorType inferBroadcastType(RankedTensorType a, RankedTensorType b) {
  if (a.getRank() != b.getRank())
    return nullptr;
  SmallVector<int64_t> shape;
  for (auto [ae, be] : llvm::zip_equal(a.getShape(), b.getShape())) {
    if (ae != be && ae != 1 && be != 1)
      return nullptr;
    shape.push_back(ae == 1 ? be : ae);
  }
  return withShape(a, shape);
}

RankedTensorType inferPoolType(RankedTensorType x,
                               const WindowGeometry &geometry) {
  return inferWindowType(x, x.getDimSize(3), geometry);
}

RankedTensorType inferReduceType(RankedTensorType x, ArrayRef<int64_t> axes) {
  SmallVector<int64_t> shape(x.getShape());
  for (int64_t axis : axes)
    shape[axis] = 1;
  return withShape(x, shape);
}

RankedTensorType inferTransposeType(RankedTensorType x,
                                    ArrayRef<int64_t> permutation) {
  auto shape = llvm::map_to_vector(
      permutation, [&](int64_t axis) { return x.getDimSize(axis); });
  return withShape(x, shape);
}

RankedTensorType inferConcatType(ArrayRef<RankedTensorType> operands,
                                 int64_t axis) {
  SmallVector<int64_t> shape(operands.front().getShape());
  for (RankedTensorType operand : operands.drop_front()) {
    if (operand.getRank() != static_cast<int64_t>(shape.size()))
      return nullptr;
    for (auto [i, extent] : llvm::enumerate(operand.getShape()))
      if (static_cast<int64_t>(i) != axis && extent != shape[i])
        return nullptr;
    shape[axis] += operand.getDimSize(axis);
  }
  return withShape(operands.front(), shape);
}

RankedTensorType inferPadType(RankedTensorType x, ArrayRef<int64_t> low,
                              ArrayRef<int64_t> high) {
  SmallVector<int64_t> shape(x.getShape());
  for (auto [i, extent] : llvm::enumerate(shape))
    extent += low[i] + high[i];
  return withShape(x, shape);
}

RankedTensorType inferDepthToSpaceType(RankedTensorType x, int64_t block) {
  ArrayRef<int64_t> s = x.getShape();
  if (s[3] % (block * block) != 0)
    return nullptr;
  return withShape(x,
                   {s[0], s[1] * block, s[2] * block, s[3] / (block * block)});
}

RankedTensorType inferGatherType(RankedTensorType table, RankedTensorType ids) {
  SmallVector<int64_t> shape(ids.getShape());
  shape.push_back(table.getDimSize(1));
  return withShape(table, shape);
}

} // namespace cm::cmnn
