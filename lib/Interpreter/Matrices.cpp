//===- Matrices.cpp - matrices that many rows are multiplied with ---------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Matrices.h"
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

using namespace cm;
using namespace cm::interpreter;

#if defined(__x86_64__) && defined(__GNUC__)
#define CM_AVX2 __attribute__((target("avx2")))
static bool hasAVX2() { return __builtin_cpu_supports("avx2"); }
#else
#define CM_AVX2
static bool hasAVX2() { return false; }
#endif
/// Inlined into a function for each instruction set.
#define CM_INLINE static inline __attribute__((always_inline))

//===----------------------------------------------------------------------===//
// int8
//===----------------------------------------------------------------------===//

Int8Matrix::Int8Matrix(const Block<int8_t> &block,
                       llvm::ArrayRef<int32_t> zeroPoints)
    : depth(block.depth), width(block.width), stride((depth + 15) / 16 * 16),
      columns(width * stride, 0) {
  for (int64_t k = 0; k < depth; ++k)
    for (int64_t c = 0; c < width; ++c) {
      int32_t value = block.data[k * block.stride + c] - zeroPoints[c];
      columns[c * stride + k] = static_cast<int16_t>(value);
      greatest = std::max(greatest, std::abs(value));
    }
}

bool Int8Matrix::fits(int64_t limit) const {
  return depth * limit * greatest <= INT32_MAX;
}

namespace {
/// Rows, columns and where their products go.
struct Int8Tile {
  const int16_t *rows, *columns;
  int64_t stride;
  int32_t *sums;
  int64_t width;
};
} // namespace

/// A tile of Rows x 2 sums.
template <int Rows> CM_INLINE void multiplyTile(const Int8Tile &tile) {
  const int16_t *first = tile.columns, *second = tile.columns + tile.stride;
  int32_t a[Rows] = {}, b[Rows] = {};
  for (int64_t k = 0; k < tile.stride; ++k)
    for (int r = 0; r < Rows; ++r) {
      int32_t x = tile.rows[r * tile.stride + k];
      a[r] += x * first[k];
      b[r] += x * second[k];
    }
  for (int r = 0; r < Rows; ++r) {
    tile.sums[r * tile.width] = a[r];
    tile.sums[r * tile.width + 1] = b[r];
  }
}

CM_INLINE void multiplyOne(const Int8Tile &tile) {
  int32_t sum = 0;
  for (int64_t k = 0; k < tile.stride; ++k)
    sum += static_cast<int32_t>(tile.rows[k]) * tile.columns[k];
  *tile.sums = sum;
}

CM_INLINE void multiplyAll(const Int8Tile &all, int64_t count) {
  constexpr int rowsOfTile = 4;
  for (int64_t c = 0; c < all.width; c += 2)
    for (int64_t r = 0; r < count;) {
      Int8Tile tile = all;
      tile.rows += r * all.stride;
      tile.columns += c * all.stride;
      tile.sums += r * all.width + c;
      if (c + 1 == all.width) {
        multiplyOne(tile);
        r += 1;
      } else if (r + rowsOfTile <= count) {
        multiplyTile<rowsOfTile>(tile);
        r += rowsOfTile;
      } else {
        multiplyTile<1>(tile);
        r += 1;
      }
    }
}

CM_AVX2 static void multiplyAVX2(const Int8Tile &all, int64_t count) {
  multiplyAll(all, count);
}

static void multiplyPlain(const Int8Tile &all, int64_t count) {
  multiplyAll(all, count);
}

void Int8Matrix::multiply(const int16_t *rows, int64_t count,
                          int32_t *sums) const {
  Int8Tile all{rows, columns.data(), stride, sums, width};
  if (hasAVX2())
    multiplyAVX2(all, count);
  else
    multiplyPlain(all, count);
}

//===----------------------------------------------------------------------===//
// float32
//===----------------------------------------------------------------------===//

bool Float32Matrix::isFinite() const {
  for (int64_t k = 0; k < block.depth; ++k)
    for (int64_t c = 0; c < block.width; ++c)
      if (!std::isfinite(block.data[k * block.stride + c]))
        return false;
  return true;
}

/// Sums of one row that are computed together.
typedef float Lanes __attribute__((vector_size(8 * sizeof(float))));
constexpr int64_t numLanes = 8;

CM_INLINE void load(const float *from, Lanes &lanes) {
  std::memcpy(&lanes, from, sizeof lanes);
}

/// `Rows` x 16 sums.
template <int Rows>
CM_INLINE void multiplyTile(const Block<float> &matrix, const float *rows,
                            float *sums, int64_t sumStride) {
  Lanes low[Rows], high[Rows];
  for (int r = 0; r < Rows; ++r) {
    load(sums + r * sumStride, low[r]);
    load(sums + r * sumStride + numLanes, high[r]);
  }
  for (int64_t k = 0; k < matrix.depth; ++k) {
    Lanes first, second;
    load(matrix.data + k * matrix.stride, first);
    load(matrix.data + k * matrix.stride + numLanes, second);
    for (int r = 0; r < Rows; ++r) {
      float x = rows[r * matrix.depth + k];
      low[r] += x * first;
      high[r] += x * second;
    }
  }
  for (int r = 0; r < Rows; ++r) {
    std::memcpy(sums + r * sumStride, &low[r], sizeof(Lanes));
    std::memcpy(sums + r * sumStride + numLanes, &high[r], sizeof(Lanes));
  }
}

/// The columns that fill no tile.
CM_INLINE void multiplyRest(const Block<float> &matrix, const float *row,
                            float *sums) {
  for (int64_t k = 0; k < matrix.depth; ++k)
    for (int64_t c = 0; c < matrix.width; ++c)
      sums[c] += row[k] * matrix.data[k * matrix.stride + c];
}

CM_INLINE void multiplyAll(const Block<float> &matrix, const float *rows,
                           int64_t count, float *sums) {
  constexpr int rowsOfTile = 4;
  Block<float> part = matrix;
  int64_t c = 0;
  for (; c + 2 * numLanes <= matrix.width; c += 2 * numLanes) {
    part.data = matrix.data + c;
    int64_t r = 0;
    for (; r + rowsOfTile <= count; r += rowsOfTile)
      multiplyTile<rowsOfTile>(part, rows + r * matrix.depth,
                               sums + r * matrix.width + c, matrix.width);
    for (; r < count; ++r)
      multiplyTile<1>(part, rows + r * matrix.depth,
                      sums + r * matrix.width + c, matrix.width);
  }
  part.data = matrix.data + c;
  part.width = matrix.width - c;
  for (int64_t r = 0; r < count; ++r)
    multiplyRest(part, rows + r * matrix.depth, sums + r * matrix.width + c);
}

CM_AVX2 static void multiplyAVX2(const Block<float> &matrix, const float *rows,
                                 int64_t count, float *sums) {
  multiplyAll(matrix, rows, count, sums);
}

static void multiplyPlain(const Block<float> &matrix, const float *rows,
                          int64_t count, float *sums) {
  multiplyAll(matrix, rows, count, sums);
}

void Float32Matrix::multiply(const float *rows, int64_t count,
                             float *sums) const {
  if (hasAVX2())
    multiplyAVX2(block, rows, count, sums);
  else
    multiplyPlain(block, rows, count, sums);
}

//===----------------------------------------------------------------------===//
// Channel by channel
//===----------------------------------------------------------------------===//

CM_INLINE void addAll(const int8_t *x, int32_t zeroPoint, const int16_t *w,
                      int64_t count, int32_t *sums) {
  for (int64_t c = 0; c < count; ++c)
    sums[c] += (x[c] - zeroPoint) * static_cast<int32_t>(w[c]);
}

CM_AVX2 static void addAVX2(const int8_t *x, int32_t zeroPoint,
                            const int16_t *w, int64_t count, int32_t *sums) {
  addAll(x, zeroPoint, w, count, sums);
}

void interpreter::addChannels(const int8_t *x, int32_t zeroPoint,
                              const int16_t *w, int64_t count, int32_t *sums) {
  if (hasAVX2())
    addAVX2(x, zeroPoint, w, count, sums);
  else
    addAll(x, zeroPoint, w, count, sums);
}

void interpreter::addChannels(const float *x, const float *w, int64_t count,
                              float *sums) {
  for (int64_t c = 0; c < count; ++c)
    sums[c] += x[c] * w[c];
}
