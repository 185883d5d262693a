//===- Normalisations.cpp - softmax, layer norm, affine -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"
#include "Positions.h"
#include <cfloat>
#include <numeric>

using namespace cm;
using namespace cm::interpreter;

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

/// QLinearSoftmax.
static Tensor softmaxInt8(const Operand &x, const Result &y,
                          const AxisSplit &split) {
  auto table = exponentials(x.quantization.scale, split.extent);
  float steps = std::floor(1.0f / y.rounding.scale);
  Tensor result(ElementType::Int8, y.shape);
  auto in = x.tensor.as<int8_t>();
  auto out = result.as<int8_t>();
  for (int64_t lane = 0; lane < split.numLanes(); ++lane) {
    int greatest = -128;
    for (int64_t k = 0; k < split.extent; ++k)
      greatest = std::max<int>(greatest, in[split.index(lane, k)]);
    float sum = 0;
    for (int64_t k = 0; k < split.extent; ++k)
      sum += table[in[split.index(lane, k)] - greatest + 255];
    for (int64_t k = 0; k < split.extent; ++k) {
      int8_t value = in[split.index(lane, k)];
      float share = table[value - greatest + 255] * steps / sum;
      out[split.index(lane, k)] = y.rounding.toInt8(share);
    }
  }
  return result;
}

static Tensor softmaxFloat32(const Operand &x, const Result &y,
                             const AxisSplit &split) {
  std::vector<float> reals = x.tensor.as<float>();
  for (int64_t lane = 0; lane < split.numLanes(); ++lane) {
    float greatest = reals[split.index(lane, 0)], sum = 0;
    for (int64_t k = 0; k < split.extent; ++k)
      greatest = std::max(greatest, reals[split.index(lane, k)]);
    for (int64_t k = 0; k < split.extent; ++k) {
      float &real = reals[split.index(lane, k)];
      real = std::exp(real - greatest);
      sum += real;
    }
    for (int64_t k = 0; k < split.extent; ++k)
      reals[split.index(lane, k)] /= sum;
  }
  return y.of(reals);
}

Tensor interpreter::softmax(const Operand &x, const Result &y, int64_t axis) {
  AxisSplit split(y.shape, axis);
  return y.type == ElementType::Int8 ? softmaxInt8(x, y, split)
                                     : softmaxFloat32(x, y, split);
}

Tensor interpreter::layerNorm(const Operand &x, const Result &y, int64_t axis,
                              float epsilon, llvm::ArrayRef<float> scale,
                              llvm::ArrayRef<float> bias) {
  std::vector<float> reals = realsOf(x.tensor, x.quantization);
  size_t count = 1;
  for (int64_t extent : y.shape.drop_front(axis))
    count *= extent;
  for (size_t first = 0; first < reals.size(); first += count) {
    llvm::MutableArrayRef<float> part(&reals[first], count);
    float sum = std::accumulate(part.begin(), part.end(), 0.0f);
    float mean = sum / static_cast<float>(count), squares = 0;
    for (float &real : part) {
      real -= mean;
      squares += real * real;
    }
    float deviation = std::sqrt(squares / static_cast<float>(count) + epsilon);
    for (size_t k = 0; k < count; ++k) {
      part[k] /= deviation;
      if (!scale.empty())
        part[k] *= scale[k];
      if (!bias.empty())
        part[k] += bias[k];
    }
  }
  return y.of(reals);
}

Tensor interpreter::affine(const Operand &x, const Result &y,
                           llvm::ArrayRef<float> scale,
                           llvm::ArrayRef<float> bias) {
  std::vector<float> reals = realsOf(x.tensor, x.quantization);
  for (size_t i = 0; i < reals.size(); ++i) {
    float product = reals[i] * scale[i % scale.size()];
    reals[i] = product + bias[i % bias.size()];
  }
  return y.of(reals);
}
