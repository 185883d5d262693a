//===- Cover.cpp - reads that leave nothing out ---------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each axis is covered by itself: what lies between the ends of the windows of
// two iterations, before the first and behind the last.
//
//===----------------------------------------------------------------------===//

#include "cm/Analysis/Cover.h"
#include <algorithm>

using namespace cm;

namespace {
/// Iteration d reads kernel locations from d * stride + offset on.
struct AxisRead {
  int64_t kernel, stride, offset;
};

/// One axis of a window: location d * stride + offset + k * dilation.
struct Axis {
  int64_t iterations, extent;
  int64_t kernel, stride, offset, dilation;

  int64_t span() const { return (kernel - 1) * dilation + 1; }
  int64_t end() const { return offset + span(); }
  bool readsAll() const {
    bool dense = kernel == 1 || dilation == 1;
    bool joins = iterations == 1 || stride <= kernel;
    return dense && joins && offset <= 0 &&
           end() + (iterations - 1) * stride >= extent;
  }
};
} // namespace

/// The window, what lies between its end and that of the iteration before, and
/// what lies before the end of the first.
static AxisRead upToTheEnd(const Axis &axis) {
  if (axis.stride == 0)
    return {axis.extent, 0, 0};
  int64_t kernel = std::max({axis.stride, axis.end(), axis.span()});
  return {kernel, axis.stride, axis.end() - kernel};
}

/// Locations behind the window of the last iteration.
static int64_t behindLast(const Axis &axis) {
  int64_t end = axis.end() + (axis.iterations - 1) * axis.stride;
  return axis.stride == 0
             ? 0
             : axis.extent - std::clamp(end, int64_t(0), axis.extent);
}

static llvm::SmallVector<AxisRead, 2> coverRows(const Axis &axis) {
  llvm::SmallVector<AxisRead, 2> reads = {upToTheEnd(axis)};
  // A stride of the extent makes a read of the last iteration alone.
  if (int64_t rest = behindLast(axis))
    reads.push_back({rest, axis.extent,
                     axis.extent - rest - (axis.iterations - 1) * axis.extent});
  return reads;
}

/// Waiting for a few columns more costs next to nothing, and one read makes
/// fewer pieces of a rule than two.
static AxisRead coverColumns(const Axis &axis) {
  AxisRead read = upToTheEnd(axis);
  read.kernel += behindLast(axis);
  return read;
}

std::vector<Window> cm::coverOf(const Domain &reader,
                                llvm::ArrayRef<Window> reads,
                                const Extent &object) {
  const Window &first = reads.front();
  Axis y = {reader.h,      object.h,      first.kernelY,
            first.strideY, first.offsetY, first.dilationY};
  Axis x = {reader.w,      object.w,      first.kernelX,
            first.strideX, first.offsetX, first.dilationX};
  if (first.elements() == first.listed() && first.channels() == object.c &&
      y.readsAll() && x.readsAll())
    return reads.vec();
  std::vector<Window> windows = reads.drop_front().vec();
  AxisRead column = coverColumns(x);
  for (const AxisRead &row : coverRows(y)) {
    Window window = Window::whole(row.kernel, column.kernel, object.c);
    window.strideY = row.stride, window.strideX = column.stride;
    window.offsetY = row.offset, window.offsetX = column.offset;
    windows.push_back(window);
  }
  return windows;
}
