//===- Resize.cpp - images of another size --------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Taps.h"
#include "cm/Dialect/CMNN/CMNNOps.h"

using namespace cm;
using namespace cm::interpreter;
using cmnn::Coordinates;
using cmnn::NearestMode;

/// Where pixel `v` of y lies in x, on an axis.
static float coordinateOf(int64_t v, int64_t in, int64_t out, float scale,
                          Coordinates coordinates) {
  float pixel = static_cast<float>(v);
  if (scale == 1.0f)
    return pixel;
  switch (coordinates) {
  case Coordinates::PytorchHalfPixel:
    if (out == 1)
      return 0;
    [[fallthrough]];
  case Coordinates::HalfPixel:
    return (pixel + 0.5f) / scale - 0.5f;
  case Coordinates::Asymmetric:
    return pixel / scale;
  case Coordinates::AlignCorners:
    return out == 1 ? 0
                    : pixel * static_cast<float>(in - 1) /
                          static_cast<float>(out - 1);
  }
  return 0;
}

static int64_t nearest(float coordinate, int64_t extent, NearestMode mode) {
  float pixel = 0;
  switch (mode) {
  case NearestMode::RoundPreferFloor:
    pixel = coordinate == std::floor(coordinate) + 0.5f
                ? std::floor(coordinate)
                : std::round(coordinate);
    break;
  case NearestMode::RoundPreferCeil:
    pixel = std::round(coordinate);
    break;
  case NearestMode::Floor:
    pixel = std::floor(coordinate);
    break;
  case NearestMode::Ceil:
    pixel = std::ceil(coordinate);
    break;
  }
  return std::clamp<int64_t>(static_cast<int64_t>(pixel), 0, extent - 1);
}

/// nearest() of every pixel of an axis.
static std::vector<int64_t> nearestOfAxis(int64_t in, int64_t out, float scale,
                                          const ResizeRule &rule,
                                          NearestMode mode) {
  std::vector<int64_t> sources;
  for (int64_t v = 0; v < out; ++v)
    sources.push_back(
        nearest(coordinateOf(v, in, out, scale, rule.coordinates), in, mode));
  return sources;
}

Tensor interpreter::resizeNearest(const Tensor &x, Shape shape,
                                  const ResizeRule &rule, NearestMode mode) {
  Images in(x.shape), out(shape);
  Tensor y(x.type, shape);
  size_t pixelSize = in.channels * elementSize(x.type);
  auto rows = nearestOfAxis(in.height, out.height, rule.scales[0], rule, mode);
  auto columns = nearestOfAxis(in.width, out.width, rule.scales[1], rule, mode);
  forEachPixel(out,
               [&](int64_t image, int64_t row, int64_t column, int64_t pixel) {
                 int64_t source = (image * in.height + rows[row]) * in.width +
                                  columns[column];
                 std::memcpy(&y.bytes[pixel * pixelSize],
                             &x.bytes[source * pixelSize], pixelSize);
               });
  return y;
}

namespace {
/// The two neighbours of a pixel on an axis and their weights.
struct Neighbours {
  int64_t low, high;
  float lowWeight, highWeight;

  Neighbours(float coordinate, int64_t extent) {
    float last = static_cast<float>(extent - 1);
    coordinate = std::min(std::max(coordinate, 0.0f), last);
    low = static_cast<int64_t>(coordinate);
    high = std::min(low + 1, extent - 1);
    highWeight = std::abs(coordinate - static_cast<float>(low));
    lowWeight = std::abs(coordinate - static_cast<float>(high));
    if (low == high)
      lowWeight = highWeight = 0.5f;
  }
};
} // namespace

static std::vector<Neighbours>
neighboursOfAxis(int64_t in, int64_t out, float scale, const ResizeRule &rule) {
  std::vector<Neighbours> all;
  for (int64_t v = 0; v < out; ++v)
    all.emplace_back(coordinateOf(v, in, out, scale, rule.coordinates), in);
  return all;
}

/// Bilinear interpolation of `x`.
static std::vector<float> interpolate(llvm::ArrayRef<float> x, const Images &in,
                                      const Images &out,
                                      const ResizeRule &rule) {
  std::vector<float> y;
  y.reserve(out.numElements());
  auto rows = neighboursOfAxis(in.height, out.height, rule.scales[0], rule);
  auto columns = neighboursOfAxis(in.width, out.width, rule.scales[1], rule);
  forEachPixel(out, [&](int64_t image, int64_t row, int64_t column, int64_t) {
    const Neighbours &v = rows[row], &h = columns[column];
    auto at = [&](int64_t sourceRow, int64_t sourceColumn, int64_t c) {
      int64_t pixel = (image * in.height + sourceRow) * in.width + sourceColumn;
      return x[pixel * in.channels + c];
    };
    for (int64_t c = 0; c < in.channels; ++c)
      y.push_back(h.lowWeight * v.lowWeight * at(v.low, h.low, c) +
                  h.highWeight * v.lowWeight * at(v.low, h.high, c) +
                  h.lowWeight * v.highWeight * at(v.high, h.low, c) +
                  h.highWeight * v.highWeight * at(v.high, h.high, c));
  });
  return y;
}

Tensor interpreter::resizeLinear(const Operand &x, const Result &y,
                                 const ResizeRule &rule) {
  return y.of(interpolate(realsOf(x.tensor, x.quantization),
                          Images(x.tensor.shape), Images(y.shape), rule));
}

Tensor interpreter::resizeStored(const Tensor &x, const Result &y,
                                 const ResizeRule &rule, bool isUnsigned) {
  int32_t shift = isUnsigned ? 128 : 0;
  std::vector<float> stored;
  for (int8_t value : x.as<int8_t>())
    stored.push_back(static_cast<float>(value + shift));
  auto values = interpolate(stored, Images(x.shape), Images(y.shape), rule);
  Tensor result(ElementType::Int8, y.shape);
  std::transform(values.begin(), values.end(), result.as<int8_t>().begin(),
                 [&](float value) {
                   int32_t whole = static_cast<int32_t>(value) - shift;
                   return static_cast<int8_t>(std::clamp(
                       whole, y.rounding.minimum, y.rounding.maximum));
                 });
  return result;
}
