//===- Elementwise.cpp - sums, requantisation, softmax --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"
#include <cfloat>

using namespace cm;
using namespace cm::interpreter;

TensorData interpreter::run(cmnn::AddOp op, llvm::ArrayRef<int8_t> a,
                            llvm::ArrayRef<int8_t> b) {
  Rounding rounding(op);
  float ratioA = op.getAScale() / rounding.scale;
  float ratioB = op.getBScale() / rounding.scale;
  int32_t shift = op.getUnsignedRounding() ? 128 : 0;
  float zeroB = ratioB * static_cast<float>(op.getBZeroPoint() + shift);
  float zeros =
      std::fmaf(ratioA, static_cast<float>(op.getAZeroPoint() + shift), zeroB);
  float constant = static_cast<float>(rounding.zeroPoint + shift) - zeros;
  TensorData y(a.size());
  for (size_t i = 0; i < y.size(); ++i) {
    float value = std::fmaf(static_cast<float>(b[i] + shift), ratioB, constant);
    value = std::fmaf(static_cast<float>(a[i] + shift), ratioA, value);
    y[i] = rounding.toInt8WithZeroPoint(value, shift);
  }
  return y;
}

TensorData interpreter::run(cmnn::RequantizeOp op, llvm::ArrayRef<int8_t> x) {
  Rounding rounding(op);
  TensorData y(x.size());
  for (size_t i = 0; i < y.size(); ++i) {
    float steps = static_cast<float>(x[i] - op.getXZeroPoint());
    float real = steps * op.getXScale();
    y[i] = rounding.toInt8(real / rounding.scale);
  }
  return y;
}

/// exp(scale * (i - 255)), scaled up so far that a sum of `channels` of them
/// does not overflow.
static std::vector<float> exponentials(float scale, int64_t channels) {
  float top = std::log(FLT_MAX / static_cast<float>(channels));
  double shift = std::max(0.0, static_cast<double>(top) - 5.0) / scale;
  std::vector<float> table;
  for (int i = 0; i < 256; ++i)
    table.push_back(static_cast<float>(
        std::exp((i - 255 + shift) * static_cast<double>(scale))));
  return table;
}

TensorData interpreter::run(cmnn::SoftmaxOp op, llvm::ArrayRef<int8_t> x) {
  Extents extents(op.getX());
  std::vector<float> table = exponentials(op.getXScale(), extents.channels);
  float steps = std::floor(1.0f / op.getYScale());
  float low = static_cast<float>(-128 - op.getYZeroPoint());
  float high = static_cast<float>(127 - op.getYZeroPoint());
  TensorData y(x.size());
  for (int64_t pixel = 0; pixel < extents.numPixels(); ++pixel) {
    auto in = x.slice(pixel * extents.channels, extents.channels);
    int greatest = *std::max_element(in.begin(), in.end());
    float sum = 0;
    for (int8_t value : in)
      sum += table[value - greatest + 255];
    for (auto [c, value] : llvm::enumerate(in)) {
      float share = table[value - greatest + 255] * steps / sum;
      float rounded = std::nearbyintf(std::min(std::max(share, low), high));
      y[pixel * extents.channels + c] = static_cast<int8_t>(
          op.getYZeroPoint() + static_cast<int32_t>(rounded));
    }
  }
  return y;
}
