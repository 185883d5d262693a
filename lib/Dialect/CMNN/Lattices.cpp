//===- Lattices.cpp - pixels that are computed alike ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Floats round once for each operation, as docs/Numerics.md, "resize", has it:
// the file is compiled without contraction.
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMNN/CMNNOps.h"
#include "cm/Dialect/CMNN/StageForms.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>
#include <numeric>

using namespace cm;
using namespace cm::cmnn;
using namespace mlir;

using Axes = SmallVector<LatticeAxis>;

/// Every lattice of rows with every lattice of columns.
static Lattices product(const Axes &rows, const Axes &columns) {
  Lattices lattices;
  for (const LatticeAxis &row : rows)
    for (const LatticeAxis &column : columns)
      lattices.push_back({row, column, static_cast<int64_t>(lattices.size())});
  return lattices;
}

//===----------------------------------------------------------------------===//
// Transposed convolutions
//===----------------------------------------------------------------------===//

// Row i * stride + lattice of the result takes the kernel's rows k with
//   i * stride + lattice + pad - k * dilation = stride * (row of the operand).
static Axes transposedAxes(int64_t kernel, int64_t stride, int64_t dilation,
                           int64_t pad, int64_t extent) {
  Axes axes;
  for (int64_t lattice = 0; lattice < std::min(stride, extent); ++lattice) {
    LatticeAxis axis;
    axis.stride = stride, axis.offset = lattice;
    // The later the kernel's row, the earlier the operand's.
    SmallVector<int64_t> rows;
    for (int64_t k = kernel - 1; k >= 0; --k) {
      int64_t distance = lattice + pad - k * dilation;
      if (llvm::mod(distance, stride) != 0)
        continue;
      rows.push_back(llvm::divideFloorSigned(distance, stride));
      axis.taps.push_back(k);
    }
    axis.readOffset = rows.empty() ? 0 : rows.front();
    if (rows.size() > 1)
      axis.dilation = rows[1] - rows[0];
    axes.push_back(axis);
  }
  return axes;
}

FailureOr<Lattices> ConvTranspose2DOp::getLattices() {
  ArrayRef<int64_t> shape = getWeightOp().getType().getShape();
  Extent extent = extentOf(getY());
  Axes rows = transposedAxes(shape[0], getStrides()[0], getDilations()[0],
                             getPads()[0], extent.h);
  Axes columns = transposedAxes(shape[1], getStrides()[1], getDilations()[1],
                                getPads()[1], extent.w);
  for (const LatticeAxis &axis : llvm::concat<LatticeAxis>(rows, columns))
    if (axis.taps.empty())
      return emitOpError("has pixels without products, which is not mapped: "
                         "expected a kernel of at least the strides");
  return product(rows, columns);
}

bool ConvTranspose2DOp::hasStageForm() {
  ArrayRef<int64_t> shape = getWeightOp().getType().getShape();
  for (unsigned axis : {0, 1}) {
    int64_t stride = getStrides()[axis], dilation = getDilations()[axis];
    if (shape[axis] < stride || std::gcd(stride, dilation) != 1)
      return false;
  }
  return getWZeroPoints().empty();
}

Window ConvTranspose2DOp::getWindow(unsigned, const Extent &stored,
                                    const Lattice &lattice) {
  Window window =
      Window::whole(lattice.y.taps.size(), lattice.x.taps.size(), stored.c);
  window.offsetY = lattice.y.readOffset, window.offsetX = lattice.x.readOffset;
  window.dilationY = lattice.y.dilation, window.dilationX = lattice.x.dilation;
  window.fill = getXZeroPoint();
  return window;
}

//===----------------------------------------------------------------------===//
// Resizes
//===----------------------------------------------------------------------===//

namespace {
/// One axis of a resize.
struct ResizeAxis {
  int64_t in, out;
  float scale;
  Coordinates coordinates;

  float coordinate(int64_t v) const;
  /// Pixels after which the pattern repeats, in the result and the operand.
  int64_t step() const { return out / std::gcd(in, out); }
  int64_t readStep() const { return in / std::gcd(in, out); }
};
} // namespace

float ResizeAxis::coordinate(int64_t v) const {
  float pixel = static_cast<float>(v);
  if (scale == 1.0f)
    return pixel;
  switch (coordinates) {
  case Coordinates::Asymmetric:
    return pixel / scale;
  case Coordinates::AlignCorners: {
    float spread = pixel * static_cast<float>(in - 1);
    return out == 1 ? 0.0f : spread / static_cast<float>(out - 1);
  }
  case Coordinates::PytorchHalfPixel:
    if (out == 1)
      return 0.0f;
    [[fallthrough]];
  case Coordinates::HalfPixel:
    return (pixel + 0.5f) / scale - 0.5f;
  }
  return 0.0f;
}

static int64_t nearest(float coordinate, int64_t extent, NearestMode mode) {
  float below = std::floor(coordinate);
  float pixel = std::round(coordinate);
  if (mode == NearestMode::Floor ||
      (mode == NearestMode::RoundPreferFloor && coordinate == below + 0.5f))
    pixel = below;
  else if (mode == NearestMode::Ceil)
    pixel = std::ceil(coordinate);
  return std::clamp<int64_t>(static_cast<int64_t>(pixel), 0, extent - 1);
}

static FailureOr<Axes> nearestAxes(const ResizeAxis &resize, NearestMode mode) {
  Axes axes;
  for (int64_t lattice = 0; lattice < resize.step(); ++lattice) {
    LatticeAxis axis;
    axis.stride = resize.step(), axis.offset = lattice;
    axis.readStride = resize.readStep();
    axis.readOffset = nearest(resize.coordinate(lattice), resize.in, mode);
    for (int64_t i = 0; i < axis.count(resize.out); ++i)
      if (nearest(resize.coordinate(lattice + i * axis.stride), resize.in,
                  mode) != axis.readOffset + i * axis.readStride)
        return failure();
    axes.push_back(axis);
  }
  return axes;
}

/// The weights of the window positions `top` and `top + 1` for a coordinate, or
/// failure where it is not between them.
static FailureOr<std::pair<float, float>> weightsAt(float coordinate,
                                                    int64_t top, int64_t in) {
  float clamped =
      std::min(std::max(coordinate, 0.0f), static_cast<float>(in - 1));
  int64_t low = static_cast<int64_t>(clamped);
  int64_t high = std::min(low + 1, in - 1);
  float lowWeight = std::fabs(clamped - static_cast<float>(high));
  float highWeight = std::fabs(clamped - static_cast<float>(low));
  if (low == high)
    lowWeight = highWeight = 0.5f;
  if (low == top)
    return std::make_pair(lowWeight, highWeight);
  if (low == top + 1 && highWeight == 0.0f)
    return std::make_pair(0.0f, lowWeight);
  return failure();
}

static FailureOr<Axes> linearAxes(const ResizeAxis &resize) {
  Axes axes;
  for (int64_t lattice = 0; lattice < resize.step(); ++lattice) {
    LatticeAxis axis;
    axis.stride = resize.step(), axis.offset = lattice;
    axis.readStride = resize.readStep();
    axis.readOffset = std::floor(resize.coordinate(lattice));
    axis.weights.resize((resize.in + 1) * 2, 0.0f);
    for (int64_t i = 0; i < axis.count(resize.out); ++i) {
      int64_t top = axis.readOffset + i * axis.readStride;
      auto weights = weightsAt(resize.coordinate(lattice + i * axis.stride),
                               top, resize.in);
      if (failed(weights) || top < -1)
        return failure();
      std::tie(axis.weights[(top + 1) * 2], axis.weights[(top + 1) * 2 + 1]) =
          *weights;
    }
    axes.push_back(axis);
  }
  return axes;
}

FailureOr<Lattices> ResizeOp::getLattices() {
  Extent in = extentOf(getX()), out = extentOf(getY());
  auto axesOf = [&](const ResizeAxis &axis) {
    return getMode() == ResizeMode::Linear
               ? linearAxes(axis)
               : nearestAxes(axis, getNearestMode());
  };
  FailureOr<Axes> rows =
      axesOf({in.h, out.h, getScales()[0], getCoordinates()});
  FailureOr<Axes> columns =
      axesOf({in.w, out.w, getScales()[1], getCoordinates()});
  if (failed(rows) || failed(columns))
    return emitOpError("is not the same for every pixel of its lattices, which "
                       "is not mapped: expected whole factors without "
                       "align_corners");
  return product(*rows, *columns);
}

Window ResizeOp::getWindow(unsigned, const Extent &stored,
                           const Lattice &lattice) {
  Window window = detail::pixelWindow(stored, lattice);
  if (getMode() == ResizeMode::Linear) {
    window.kernelY = window.kernelX = 2;
    window.elementEnd = window.listed();
  }
  return window;
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

FailureOr<Lattices> DepthToSpaceOp::getLattices() {
  Axes axes(getBlock());
  for (auto [offset, axis] : llvm::enumerate(axes))
    axis.stride = getBlock(), axis.offset = offset;
  return product(axes, axes);
}

/// With `crd` the channels of a block are not side by side: all are read.
Window DepthToSpaceOp::getWindow(unsigned, const Extent &stored,
                                 const Lattice &lattice) {
  Window window = detail::pixelWindow(stored, lattice);
  if (getCrd())
    return window;
  int64_t channels = extentOf(getY()).c;
  window.channelBegin = lattice.block * channels;
  window.channelEnd = window.channelBegin + channels;
  window.elementEnd = window.listed();
  return window;
}
