//===- Kernels.cpp - the arithmetic of crossbars and DPU ------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiled with full optimisation in every build type and without contraction
// of floating point operations (CMakeLists.txt).
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>
#include <cfloat>
#include <cmath>

using namespace cm;
using namespace cm::sim;

// A version for wide vectors is chosen when the program starts. Sanitizers
// cannot run code that early.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
#define CM_VECTOR_VERSIONS                                                     \
  __attribute__((target_clones("arch=skylake-avx512", "avx2", "default")))
#else
#define CM_VECTOR_VERSIONS
#endif

CM_VECTOR_VERSIONS
void cm::sim::multiplyMatrix(const int16_t *weights, const int16_t *input,
                             uint32_t rows, uint32_t cols, int32_t *result) {
  for (uint32_t c = 0; c != cols; ++c) {
    const int16_t *column = weights + uint64_t(c) * rows;
    int32_t sum = 0;
    for (uint32_t r = 0; r != rows; ++r)
      sum += int32_t(column[r]) * input[r];
    result[c] = sum;
  }
}

/// sat(rint(v)): first clamped as a float, then rounded, ties to even. A NaN
/// compares with nothing and becomes the minimum (docs/Program.md).
static int32_t clampRound(float value, int32_t minimum, int32_t maximum) {
  float raised = float(minimum) < value ? value : float(minimum);
  float clamped = std::min(raised, float(maximum));
  return int32_t(std::nearbyint(clamped));
}

/// What floats see on top of values and zero points.
static int32_t originOf(const program::DpuInstr &instr) {
  return instr.unsigned_rounding() ? 128 : 0;
}

/// sat(rint(v) - origin), where `value` holds the origin.
static int32_t clampRoundFrom(int32_t origin, float value,
                              const program::DpuInstr &instr) {
  return clampRound(value, instr.minimum() + origin, instr.maximum() + origin) -
         origin;
}

/// clamp_rint(v, z): the zero point is added after rounding.
static int32_t clampRoundAdd(float value, int32_t zero, int32_t minimum,
                             int32_t maximum) {
  return zero + clampRound(value, minimum - zero, maximum - zero);
}

static void requantize(const program::DpuInstr &instr, const Values &a,
                       Values &result) {
  int32_t zero = instr.y().zero_point();
  const float *scales = instr.scales().data();
  bool perElement = instr.scales_size() != 1;
  for (size_t i = 0; i != a.size(); ++i)
    result[i] = clampRoundAdd(float(a[i]) * scales[perElement ? i : 0], zero,
                              instr.minimum(), instr.maximum());
}

static void requantizeFixed(const program::DpuInstr &instr, const Values &a,
                            Values &result) {
  bool manyMultipliers = instr.table_size() != 1;
  bool manyShifts = instr.shifts_size() != 1;
  for (size_t i = 0; i != a.size(); ++i) {
    int64_t multiplier = instr.table(manyMultipliers ? i : 0);
    uint32_t shift = instr.shifts(manyShifts ? i : 0);
    __int128 product =
        __int128(a[i]) * multiplier + (int64_t(1) << (shift - 1));
    int64_t value = int64_t(product >> shift) + instr.y().zero_point();
    result[i] = std::min<int64_t>(std::max<int64_t>(value, instr.minimum()),
                                  instr.maximum());
  }
}

static void addQuantized(const program::DpuInstr &instr, const Values &a,
                         const Values &b, Values &result) {
  float ra = instr.a().scale() / instr.y().scale();
  float rb = instr.b().scale() / instr.y().scale();
  int32_t origin = originOf(instr);
  float zeroB = rb * float(instr.b().zero_point() + origin);
  float k = float(instr.y().zero_point() + origin) -
            std::fma(ra, float(instr.a().zero_point() + origin), zeroB);
  for (size_t i = 0; i != a.size(); ++i) {
    float share = std::fma(float(b[i] + origin), rb, k);
    float value = std::fma(float(a[i] + origin), ra, share);
    result[i] = clampRoundFrom(origin, value, instr);
  }
}

static void softmax(const program::DpuInstr &instr, const Values &a,
                    Values &result) {
  int64_t n = a.size();
  double scale = instr.a().scale();
  float top = std::log(FLT_MAX / float(n));
  double shift = std::max(0.0, double(top) - 5.0) / scale;
  int32_t greatest = *std::max_element(a.begin(), a.end());
  auto power = [&](int32_t x) {
    return float(std::exp((double(x - greatest) + shift) * scale));
  };
  float q = std::floor(1.0f / instr.y().scale());
  float sum = 0;
  for (int32_t x : a)
    sum = sum + power(x);
  for (int64_t c = 0; c != n; ++c)
    result[c] =
        clampRoundAdd(power(a[c]) * q / sum, instr.y().zero_point(), -128, 127);
}

static std::string addChecked(const Values &a, const Values &b,
                              Values &result) {
  for (size_t i = 0; i != a.size(); ++i)
    if (__builtin_add_overflow(a[i], b[i], &result[i]))
      return llvm::formatv("overflow: {0} + {1} in element {2} does not fit "
                           "int32",
                           a[i], b[i], i);
  return {};
}

std::string cm::sim::computeDpu(const program::DpuInstr &instr, const Values *a,
                                const Values *b, Values &result) {
  result.resize(instr.length());
  switch (instr.opcode()) {
  case program::DPU_CONSTANT:
    std::copy(instr.table().begin(), instr.table().end(), result.begin());
    break;
  case program::DPU_ADD:
    return addChecked(*a, *b, result);
  case program::DPU_REQUANTIZE:
    requantize(instr, *a, result);
    break;
  case program::DPU_REQUANTIZE_FIXED:
    requantizeFixed(instr, *a, result);
    break;
  case program::DPU_ADD_QUANTIZED:
    addQuantized(instr, *a, *b, result);
    break;
  case program::DPU_LOOKUP:
    for (size_t i = 0; i != a->size(); ++i)
      result[i] = int8_t(instr.lut()[(*a)[i] + 128]);
    break;
  case program::DPU_SOFTMAX:
    softmax(instr, *a, result);
    break;
  default:
    return "cannot be executed";
  }
  return {};
}

static void maxPool(const PoolWindow &window, Values &result) {
  size_t channels = result.size();
  std::fill(result.begin(), result.end(), -128);
  for (size_t p = 0; p != window.inside.size(); ++p)
    if (window.inside[p])
      for (size_t c = 0; c != channels; ++c)
        result[c] = std::max(result[c], window.values[p * channels + c]);
}

static void averagePool(const program::DpuInstr &instr,
                        const PoolWindow &window, Values &result) {
  size_t channels = result.size();
  size_t inside = std::count(window.inside.begin(), window.inside.end(), 1);
  float n = instr.count_include_pad() ? window.inside.size() : inside;
  int32_t zeroX = instr.a().zero_point();
  int32_t origin = originOf(instr);
  for (size_t c = 0; c != channels; ++c) {
    float total = 0;
    for (size_t p = 0; p != window.inside.size(); ++p)
      if (window.inside[p])
        total = total + float(window.values[p * channels + c] - zeroX) *
                            instr.a().scale();
    float mean = total / std::max(n, 1.0f);
    float value =
        mean / instr.y().scale() + float(instr.y().zero_point() + origin);
    result[c] = clampRoundFrom(origin, value, instr);
  }
}

static void globalAveragePool(const program::DpuInstr &instr,
                              const PoolWindow &window, Values &result) {
  size_t channels = result.size();
  size_t inside = std::count(window.inside.begin(), window.inside.end(), 1);
  float n = std::max<size_t>(inside, 1);
  float factor = instr.a().scale() / (instr.y().scale() * n);
  for (size_t c = 0; c != channels; ++c) {
    int32_t total = 0;
    for (size_t p = 0; p != window.inside.size(); ++p)
      if (window.inside[p])
        total += window.values[p * channels + c] - instr.a().zero_point();
    result[c] = clampRoundAdd(float(total) * factor, instr.y().zero_point(),
                              instr.minimum(), instr.maximum());
  }
}

void cm::sim::computePool(const program::DpuInstr &instr,
                          const PoolWindow &window, Values &result) {
  result.resize(instr.length());
  if (instr.opcode() == program::DPU_MAX_POOL)
    maxPool(window, result);
  else if (instr.opcode() == program::DPU_AVERAGE_POOL)
    averagePool(instr, window, result);
  else
    globalAveragePool(instr, window, result);
}
