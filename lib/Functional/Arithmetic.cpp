//===- Arithmetic.cpp - arithmetic of the functional run ------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every operation on floats rounds once, as written: the file is compiled
// without contraction, and `std::fma` stands where the specification has one.
//
//===----------------------------------------------------------------------===//

#include "Arithmetic.h"
#include <algorithm>
#include <cfloat>
#include <cmath>

using namespace cm::functional;

static float clampTo(float value, float low, float high) {
  // In this order: a NaN becomes `low`, as in the DPU (docs/Program.md).
  return std::min(std::max(low, value), high);
}

/// Clamps, rounds to even, then adds the zero point as an integer.
static int32_t clampRound(float value, int32_t zeroPoint, Limits limits) {
  float clamped = clampTo(value, static_cast<float>(limits.minimum - zeroPoint),
                          static_cast<float>(limits.maximum - zeroPoint));
  return zeroPoint + static_cast<int32_t>(std::nearbyint(clamped));
}

/// The zero point and `lift` are in `value` already.
static int32_t saturateRound(float value, Limits limits, int32_t lift) {
  float low = static_cast<float>(limits.minimum + lift);
  float high = static_cast<float>(limits.maximum + lift);
  float rounded = std::nearbyint(clampTo(value, low, high));
  return static_cast<int32_t>(rounded) - lift;
}

static int32_t liftOf(Bytes bytes) {
  return bytes == Bytes::Unsigned ? 128 : 0;
}

int32_t cm::functional::requantize(int32_t accumulator, float multiplier,
                                   int32_t zeroPoint, Limits limits) {
  float scaled = static_cast<float>(accumulator) * multiplier;
  return clampRound(scaled, zeroPoint, limits);
}

Addition::Addition(Quantity a, Quantity b, Quantity y, Limits limits,
                   Bytes bytes)
    : lift(liftOf(bytes)), ratioA(a.scale / y.scale), ratioB(b.scale / y.scale),
      limits(limits) {
  float shareB = ratioB * static_cast<float>(b.zeroPoint + lift);
  float zero = std::fma(ratioA, static_cast<float>(a.zeroPoint + lift), shareB);
  offset = static_cast<float>(y.zeroPoint + lift) - zero;
}

int32_t Addition::operator()(int32_t a, int32_t b) const {
  float share = std::fma(static_cast<float>(b + lift), ratioB, offset);
  float sum = std::fma(static_cast<float>(a + lift), ratioA, share);
  return saturateRound(sum, limits, lift);
}

Product::Product(Quantity a, Quantity b, Quantity y, Limits limits, Bytes bytes)
    : lift(liftOf(bytes)), zeroA(a.zeroPoint), zeroB(b.zeroPoint),
      offset(static_cast<float>(y.zeroPoint + lift)), limits(limits) {
  float scale = a.scale * b.scale;
  multiplier = scale / y.scale;
}

int32_t Product::operator()(int32_t a, int32_t b) const {
  float exact = static_cast<float>((a - zeroA) * (b - zeroB));
  float scaled = exact * multiplier;
  return saturateRound(scaled + offset, limits, lift);
}

Interpolation::Interpolation(Quantity x, Quantity y, Limits limits, Bytes bytes,
                             bool asStored)
    : lift(liftOf(bytes)), x(x), y(y), limits(limits), asStored(asStored) {}

void Interpolation::add(int32_t value, float weight) {
  float real = static_cast<float>(value + lift);
  if (!asStored) {
    int32_t zero = x.zeroPoint;
    real = static_cast<float>(value - zero) * x.scale;
  }
  float term = real * weight;
  total = total + term;
}

int32_t Interpolation::finish() {
  float sum = total;
  total = 0.0f;
  if (asStored)
    return static_cast<int32_t>(clampTo(sum, -128.0f + lift, 127.0f + lift)) -
           lift;
  int32_t zero = y.zeroPoint;
  return clampRound(sum / y.scale, zero, limits);
}

Mean::Mean(Quantity x, Quantity y, Limits limits, Bytes bytes)
    : x(x), y(y), limits(limits), lift(liftOf(bytes)) {}

void Mean::add(int32_t value) {
  float real = static_cast<float>(value - x.zeroPoint) * x.scale;
  total = total + real;
}

int32_t Mean::finish(int64_t count) {
  float mean = total / static_cast<float>(count);
  total = 0.0f;
  float scaled = mean / y.scale;
  return saturateRound(scaled + static_cast<float>(y.zeroPoint + lift), limits,
                       lift);
}

PlainMean::PlainMean(Quantity x, Quantity y, Limits limits)
    : from(x), to(y), limits(limits) {}

void PlainMean::add(int32_t value) {
  int32_t steps = value - from.zeroPoint;
  total = total + static_cast<float>(steps) * from.scale;
  ++count;
}

int32_t PlainMean::finish() {
  float pixels = static_cast<float>(count);
  float average = total / pixels;
  total = 0.0f;
  count = 0;
  return clampRound(average / to.scale, to.zeroPoint, limits);
}

int32_t cm::functional::globalMean(int64_t sum, int64_t count, Quantity x,
                                   Quantity y, Limits limits) {
  float share = y.scale * static_cast<float>(count);
  float multiplier = x.scale / share;
  return clampRound(static_cast<float>(static_cast<int32_t>(sum)) * multiplier,
                    y.zeroPoint, limits);
}

Softmax::Softmax(int64_t length, float xScale, Quantity y)
    : length(length), zeroPoint(y.zeroPoint) {
  float share = FLT_MAX / static_cast<float>(length);
  float top = std::log(share);
  double scale = static_cast<double>(xScale);
  double shift = std::max(0.0, static_cast<double>(top) - 5.0) / scale;
  for (int k = 0; k < 256; ++k)
    exponentials[k] = static_cast<float>(std::exp((k - 255 + shift) * scale));
  inverse = std::floor(1.0f / y.scale);
}

void Softmax::apply(const int32_t *x, int32_t *result) const {
  int32_t greatest = *std::max_element(x, x + length);
  float sum = 0.0f;
  for (int64_t k = 0; k < length; ++k)
    sum = sum + exponentials[x[k] - greatest + 255];
  for (int64_t k = 0; k < length; ++k) {
    float scaled = exponentials[x[k] - greatest + 255] * inverse;
    result[k] = clampRound(scaled / sum, zeroPoint, Limits());
  }
}

LayerNorm::LayerNorm(Quantity x, Quantity y, Limits limits, float epsilon,
                     std::vector<float> factors, std::vector<float> terms)
    : from(x), to(y), limits(limits), epsilon(epsilon),
      factors(std::move(factors)), terms(std::move(terms)) {}

void LayerNorm::apply(const int32_t *x, size_t length, int32_t *result) const {
  float count = static_cast<float>(length);
  auto real = [&](size_t k) {
    return static_cast<float>(x[k] - from.zeroPoint) * from.scale;
  };
  float whole = 0.0f;
  for (size_t k = 0; k < length; ++k)
    whole = whole + real(k);
  float mean = whole / count;
  float squares = 0.0f;
  for (size_t k = 0; k < length; ++k) {
    float distance = real(k) - mean;
    float square = distance * distance;
    squares = squares + square;
  }
  float variance = squares / count;
  float deviation = std::sqrt(variance + epsilon);
  for (size_t k = 0; k < length; ++k) {
    float distance = real(k) - mean;
    float value = distance / deviation;
    if (!factors.empty())
      value = value * factors[k];
    if (!terms.empty())
      value = value + terms[k];
    float scaled = value / to.scale;
    // 0 / 0, and infinities that meet.
    if (scaled != scaled)
      scaled = 0.0f;
    result[k] = clampRound(scaled, to.zeroPoint, limits);
  }
}
