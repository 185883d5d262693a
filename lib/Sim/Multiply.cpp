//===- Multiply.cpp - products of int8 matrices and vectors ---------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One product is most of a simulated MVM. The version is chosen when it is
// first needed, by what the processor says that it can do.
//
//===----------------------------------------------------------------------===//

#include "Multiply.h"
#include "llvm/ADT/SmallVector.h"
#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

using namespace cm::sim;

void cm::sim::sumColumns(const int8_t *weights, uint32_t rows, uint32_t cols,
                         int32_t *sums) {
  for (uint32_t c = 0; c != cols; ++c, weights += rows) {
    sums[c] = 0;
    for (uint32_t r = 0; r != rows; ++r)
      sums[c] += weights[r];
  }
}

/// The product of `rows` elements; sums wrap.
static int32_t multiplyColumn(const int8_t *weights, const int8_t *input,
                              uint32_t rows) {
  uint32_t sum = 0;
  for (uint32_t r = 0; r != rows; ++r)
    sum += uint32_t(int32_t(weights[r]) * input[r]);
  return int32_t(sum);
}

static void multiplyPortable(const ColumnMatrix &matrix, const int8_t *input,
                             int32_t *result) {
  for (uint32_t c = 0; c != matrix.cols; ++c)
    result[c] = multiplyColumn(matrix.weights + uint64_t(c) * matrix.rows,
                               input, matrix.rows);
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) static void
multiplyAvx2(const ColumnMatrix &matrix, const int8_t *input, int32_t *result) {
  constexpr uint32_t width = 16;
  uint32_t whole = matrix.rows / width * width;
  for (uint32_t c = 0; c != matrix.cols; ++c) {
    const int8_t *column = matrix.weights + uint64_t(c) * matrix.rows;
    __m256i sum = _mm256_setzero_si256();
    for (uint32_t r = 0; r != whole; r += width) {
      auto *w = reinterpret_cast<const __m128i *>(column + r);
      auto *x = reinterpret_cast<const __m128i *>(input + r);
      __m256i products =
          _mm256_madd_epi16(_mm256_cvtepi8_epi16(_mm_loadu_si128(w)),
                            _mm256_cvtepi8_epi16(_mm_loadu_si128(x)));
      sum = _mm256_add_epi32(sum, products);
    }
    alignas(32) uint32_t parts[8];
    _mm256_store_si256(reinterpret_cast<__m256i *>(parts), sum);
    uint32_t total = uint32_t(
        multiplyColumn(column + whole, input + whole, matrix.rows - whole));
    for (uint32_t part : parts)
      total += part;
    result[c] = int32_t(total);
  }
}

/// The instruction multiplies unsigned by signed bytes, so the input is raised
/// by 128, and 128 times the sum of the column is taken off again.
__attribute__((target("avx512f,avx512bw,avx512vnni"))) static void
multiplyVnni(const ColumnMatrix &matrix, const int8_t *input, int32_t *result) {
  constexpr uint32_t width = 64, block = 4;
  uint32_t rows = matrix.rows;
  llvm::SmallVector<uint8_t, 2048> raised(rows);
  for (uint32_t r = 0; r != rows; ++r)
    raised[r] = uint8_t(input[r]) ^ 0x80;
  __mmask64 rest = rows % width ? (uint64_t(1) << (rows % width)) - 1 : 0;
  uint32_t whole = rows / width * width;
  for (uint32_t first = 0; first < matrix.cols; first += block) {
    uint32_t count = std::min(block, matrix.cols - first);
    const int8_t *columns[block];
    __m512i sums[block];
    for (uint32_t k = 0; k != block; ++k) {
      uint32_t c = first + std::min(k, count - 1);
      columns[k] = matrix.weights + uint64_t(c) * rows;
      sums[k] = _mm512_setzero_si512();
    }
    for (uint32_t r = 0; r != whole; r += width) {
      __m512i x = _mm512_loadu_si512(raised.data() + r);
      for (uint32_t k = 0; k != block; ++k)
        sums[k] =
            _mm512_dpbusd_epi32(sums[k], x, _mm512_loadu_si512(columns[k] + r));
    }
    if (rest) {
      __m512i x = _mm512_maskz_loadu_epi8(rest, raised.data() + whole);
      for (uint32_t k = 0; k != block; ++k)
        sums[k] = _mm512_dpbusd_epi32(
            sums[k], x, _mm512_maskz_loadu_epi8(rest, columns[k] + whole));
    }
    for (uint32_t k = 0; k != count; ++k) {
      alignas(64) uint32_t parts[16];
      _mm512_store_si512(parts, sums[k]);
      uint32_t total = -128 * uint32_t(matrix.sums[first + k]);
      for (uint32_t part : parts)
        total += part;
      result[first + k] = int32_t(total);
    }
  }
}

VectorUnit cm::sim::bestVectorUnit() {
  static const VectorUnit best =
      __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw")
          ? VectorUnit::Vnni
      : __builtin_cpu_supports("avx2") ? VectorUnit::Avx2
                                       : VectorUnit::Portable;
  return best;
}

void cm::sim::multiplyMatrix(const ColumnMatrix &matrix, const int8_t *input,
                             int32_t *result, VectorUnit unit) {
  if (unit == VectorUnit::Vnni)
    return multiplyVnni(matrix, input, result);
  if (unit == VectorUnit::Avx2)
    return multiplyAvx2(matrix, input, result);
  multiplyPortable(matrix, input, result);
}

#else

VectorUnit cm::sim::bestVectorUnit() { return VectorUnit::Portable; }

void cm::sim::multiplyMatrix(const ColumnMatrix &matrix, const int8_t *input,
                             int32_t *result, VectorUnit) {
  multiplyPortable(matrix, input, result);
}

#endif
