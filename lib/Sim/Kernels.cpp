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
#include "Multiply.h"
#include "VectorVersions.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>
#include <cfloat>
#include <cmath>

using namespace cm;
using namespace cm::sim;

int32_t cm::sim::cutBits(int32_t value, uint32_t index, uint32_t bits,
                         uint32_t width) {
  uint32_t low = index * bits;
  bool isHighest = low + bits >= width;
  int32_t part = value >> low;
  return isHighest ? part : part & ((1 << bits) - 1);
}

void cm::sim::addSums(CellMatrix &matrix) {
  matrix.sums.resize(uint64_t(matrix.slices) * matrix.cols);
  sumColumns(matrix.cells.data(), matrix.rows, matrix.sums.size(),
             matrix.sums.data());
}

void cm::sim::multiplyCells(const CellMatrix &matrix, const int8_t *input,
                            uint32_t planeBits, int32_t *result) {
  uint32_t rows = matrix.rows, cols = matrix.cols;
  VectorUnit unit = bestVectorUnit();
  auto slice = [&](uint32_t s) {
    return ColumnMatrix{matrix.cells.data() + uint64_t(s) * rows * cols,
                        matrix.sums.data() + uint64_t(s) * cols, rows, cols};
  };
  uint32_t planes = (8 + planeBits - 1) / planeBits;
  if (planes == 1 && matrix.slices == 1)
    return multiplyMatrix(slice(0), input, result, unit);
  std::vector<int8_t> plane(rows);
  std::vector<int32_t> sums(cols);
  std::vector<uint32_t> total(cols, 0); // what wraps cancels out
  for (uint32_t p = 0; p != planes; ++p) {
    for (uint32_t r = 0; r != rows; ++r)
      plane[r] = cutBits(input[r], p, planeBits, 8);
    for (uint32_t s = 0; s != matrix.slices; ++s) {
      multiplyMatrix(slice(s), plane.data(), sums.data(), unit);
      for (uint32_t c = 0; c != cols; ++c)
        total[c] += uint32_t(sums[c]) << (p * planeBits + s * matrix.cellBits);
    }
  }
  std::copy(total.begin(), total.end(), result);
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

CM_VECTOR_VERSIONS
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

CM_VECTOR_VERSIONS
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

static void mulQuantized(const program::DpuInstr &instr, const Values &a,
                         const Values &b, Values &result) {
  float m = instr.a().scale() * instr.b().scale() / instr.y().scale();
  int32_t origin = originOf(instr);
  float zeroY = float(instr.y().zero_point() + origin);
  for (size_t i = 0; i != a.size(); ++i) {
    int32_t exact =
        (a[i] - instr.a().zero_point()) * (b[i] - instr.b().zero_point());
    float value = float(exact) * m + zeroY;
    result[i] = clampRoundFrom(origin, value, instr);
  }
}

static void shuffle(const program::DpuInstr &instr, const Values &a,
                    Values &result) {
  for (size_t i = 0; i != result.size(); ++i) {
    int32_t from = instr.table(i);
    result[i] = from < 0 ? instr.y().zero_point() : a[from];
  }
}

/// One table, or one for each element.
static void lookUp(const program::DpuInstr &instr, const Values &a,
                   Values &result) {
  const char *table = instr.lut().data();
  size_t pitch = instr.lut().size() > 256 ? 256 : 0;
  for (size_t i = 0; i != a.size(); ++i, table += pitch)
    result[i] = int8_t(table[a[i] + 128]);
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

/// A NaN counts as 0 (docs/Numerics.md, "`requantize`").
static void layerNorm(const program::DpuInstr &instr, const Values &a,
                      Values &result) {
  float n = a.size();
  float epsilon = instr.epsilon();
  std::vector<float> x(a.size());
  float total = 0;
  for (size_t i = 0; i != a.size(); ++i) {
    x[i] = float(a[i] - instr.a().zero_point()) * instr.a().scale();
    total = total + x[i];
  }
  float mean = total / n;
  float power = 0;
  for (float &value : x) {
    value = value - mean;
    power = power + value * value;
  }
  float deviation = std::sqrt(power / n + epsilon);
  for (size_t i = 0; i != a.size(); ++i) {
    float value = x[i] / deviation;
    if (instr.scales_size())
      value = value * instr.scales(i);
    if (instr.biases_size())
      value = value + instr.biases(i);
    float steps = value / instr.y().scale();
    result[i] =
        clampRoundAdd(std::isnan(steps) ? 0 : steps, instr.y().zero_point(),
                      instr.minimum(), instr.maximum());
  }
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

static std::string depthwise(const program::DpuInstr &instr, const Values &a,
                             Values &result) {
  size_t channels = result.size();
  std::vector<int64_t> sums(channels, 0);
  const int32_t *weights = instr.table().data();
  for (size_t e = 0; e != a.size(); e += channels)
    for (size_t c = 0; c != channels; ++c)
      sums[c] += int64_t(a[e + c]) * weights[e + c];
  for (size_t c = 0; c != channels; ++c) {
    result[c] = int32_t(sums[c]);
    if (result[c] != sums[c])
      return llvm::formatv("overflow: the sum {0} of channel {1} does not fit "
                           "int32",
                           sums[c], c);
  }
  return {};
}

static std::string subtractZeroPoints(const program::DpuInstr &instr,
                                      const Values &a, Values &result) {
  size_t length = result.size();
  size_t perSum = length / (a.size() - length);
  bool perElement = instr.table_size() != 1;
  for (size_t i = 0; i != length; ++i) {
    int64_t share =
        int64_t(instr.table(perElement ? i : 0)) * a[length + i / perSum];
    if (__builtin_sub_overflow(int64_t(a[i]), share, &result[i]))
      return llvm::formatv("overflow: {0} - {1} in element {2} does not fit "
                           "int32",
                           a[i], share, i);
  }
  return {};
}

/// What adds int32.
static std::string computeSum(const program::DpuInstr &instr, const Values *a,
                              const Values *b, Values &result) {
  switch (instr.opcode()) {
  case program::DPU_ADD:
    return addChecked(*a, *b, result);
  case program::DPU_DEPTHWISE:
    return depthwise(instr, *a, result);
  case program::DPU_SUBTRACT_ZERO_POINTS:
    return subtractZeroPoints(instr, *a, result);
  case program::DPU_MULTIPLY_MATRIX:
    return multiplyOperands(instr, *a, *b, result);
  default:
    return "cannot be executed";
  }
}

std::string cm::sim::computeDpu(const program::DpuInstr &instr, const Values *a,
                                const Values *b, Values &result) {
  result.resize(instr.length());
  switch (instr.opcode()) {
  case program::DPU_CONSTANT:
    std::copy(instr.table().begin(), instr.table().end(), result.begin());
    break;
  case program::DPU_LAYER_NORM:
    layerNorm(instr, *a, result);
    break;
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
    lookUp(instr, *a, result);
    break;
  case program::DPU_MUL_QUANTIZED:
    mulQuantized(instr, *a, *b, result);
    break;
  case program::DPU_SHUFFLE:
    shuffle(instr, *a, result);
    break;
  case program::DPU_SOFTMAX:
    softmax(instr, *a, result);
    break;
  default:
    return computeSum(instr, a, b, result);
  }
  return {};
}

CM_VECTOR_VERSIONS
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

static void reduceMean(const program::DpuInstr &instr, const PoolWindow &window,
                       Values &result) {
  const program::Quantization &x = instr.a(), &y = instr.y();
  size_t channels = result.size();
  float pixels = std::count(window.inside.begin(), window.inside.end(), 1);
  for (size_t c = 0; c != channels; ++c) {
    float level = 0;
    for (size_t p = 0; p != window.inside.size(); ++p) {
      int32_t value = window.values[p * channels + c] - x.zero_point();
      if (window.inside[p])
        level += float(value) * x.scale();
    }
    float mean = level / std::max(pixels, 1.0f);
    result[c] = clampRoundAdd(mean / y.scale(), y.zero_point(), instr.minimum(),
                              instr.maximum());
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

namespace {
/// Rows or columns of a window of an interpolation.
struct Taps {
  /// Which of them stands for position `k`: the nearest that is inside.
  std::vector<size_t> source;
  std::vector<float> weight;
};
} // namespace

/// `isInside(k)`: whether position k is inside the object. A window that does
/// not meet it has no weights.
template <typename IsInside>
static Taps tapsOf(const google::protobuf::RepeatedField<float> &weights,
                   int64_t first, size_t kernel, IsInside isInside) {
  Taps taps{std::vector<size_t>(kernel, 0), std::vector<float>(kernel, 0.0f)};
  int64_t begin = (first + int64_t(kernel) - 1) * int64_t(kernel);
  if (begin < 0 || begin + int64_t(kernel) > weights.size())
    return taps;
  size_t low = 0, high = kernel - 1;
  while (low < high && !isInside(low))
    ++low;
  while (high > low && !isInside(high))
    --high;
  for (size_t k = 0; k != kernel; ++k) {
    taps.source[k] = std::clamp(k, low, high);
    taps.weight[k] = weights[begin + k];
  }
  return taps;
}

static int32_t roundInterpolated(const program::DpuInstr &instr, float sum) {
  if (!instr.as_stored())
    return clampRoundAdd(sum / instr.y().scale(), instr.y().zero_point(),
                         instr.minimum(), instr.maximum());
  int32_t origin = originOf(instr);
  float clamped =
      std::min(std::max(sum, float(-128 + origin)), float(127 + origin));
  return int32_t(clamped) - origin; // cut off
}

static void interpolate(const program::DpuInstr &instr,
                        const PoolWindow &window, Values &result) {
  size_t channels = result.size();
  size_t height = instr.gather().kernel_y(), width = instr.gather().kernel_x();
  auto anyInside = [&](size_t begin, size_t count, size_t step) {
    for (size_t i = 0; i != count; ++i)
      if (window.inside[begin + i * step])
        return true;
    return false;
  };
  Taps rows = tapsOf(instr.row_weights(), window.top, height,
                     [&](size_t k) { return anyInside(k * width, width, 1); });
  Taps columns = tapsOf(instr.column_weights(), window.left, width,
                        [&](size_t k) { return anyInside(k, height, width); });
  for (size_t c = 0; c != channels; ++c) {
    float weighted = 0;
    for (size_t p = 0; p != height * width; ++p) {
      size_t at = rows.source[p / width] * width + columns.source[p % width];
      int32_t value = window.values[at * channels + c];
      float real = instr.as_stored() ? float(value + originOf(instr))
                                     : float(value - instr.a().zero_point()) *
                                           instr.a().scale();
      float weight = columns.weight[p % width] * rows.weight[p / width];
      weighted = weighted + real * weight;
    }
    result[c] = roundInterpolated(instr, weighted);
  }
}

void cm::sim::computePool(const program::DpuInstr &instr,
                          const PoolWindow &window, Values &result) {
  result.resize(instr.length());
  if (instr.opcode() == program::DPU_MAX_POOL)
    maxPool(window, result);
  else if (instr.opcode() == program::DPU_AVERAGE_POOL)
    averagePool(instr, window, result);
  else if (instr.opcode() == program::DPU_REDUCE_MEAN)
    reduceMean(instr, window, result);
  else if (instr.opcode() == program::DPU_INTERPOLATE)
    interpolate(instr, window, result);
  else
    globalAveragePool(instr, window, result);
}
