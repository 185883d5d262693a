//===- Matrices.h - matrices that many rows are multiplied with -*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// The inner loops of the blocked products. They are plain C++ that the compiler
// vectorises, compiled for more than one instruction set; every form gives the
// same bits.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_INTERPRETER_MATRICES_H
#define CM_LIB_INTERPRETER_MATRICES_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>
#include <vector>

namespace cm::interpreter {

/// Part of a row-major array: `depth` rows of `width` elements, `stride` apart.
template <typename T> struct Block {
  const T *data;
  int64_t depth, width, stride;
};

/// An int8 matrix as int16, zero points subtracted.
class Int8Matrix {
public:
  using Element = int16_t;
  using Sum = int32_t;

  /// `zeroPoints` has one element for each column.
  Int8Matrix(const Block<int8_t> &block, llvm::ArrayRef<int32_t> zeroPoints);

  /// Whether no sum of products with int16 of at most `limit` leaves int32.
  bool fits(int64_t limit) const;
  /// Elements from one row of `rows` to the next; those behind the depth are 0.
  int64_t rowStride() const { return stride; }
  /// sums[r][c] = sum over k of rows[r][k] * matrix[k][c] for `count` rows.
  void multiply(const int16_t *rows, int64_t count, int32_t *sums) const;

private:
  int64_t depth, width, stride;
  int32_t greatest = 0;
  std::vector<int16_t> columns; // width x stride
};

/// A float32 matrix.
class Float32Matrix {
public:
  using Element = float;
  using Sum = float;

  explicit Float32Matrix(const Block<float> &block) : block(block) {}

  /// Whether every element is finite, so that 0 * element is 0.
  bool isFinite() const;
  int64_t rowStride() const { return block.depth; }
  /// sums[r][c] += rows[r][k] * matrix[k][c] for every k in order, each product
  /// and each sum rounded, for `count` rows.
  void multiply(const float *rows, int64_t count, float *sums) const;

private:
  Block<float> block;
};

/// sums[c] += (x[c] - zeroPoint) * w[c] for `count` channels, exactly.
void addChannels(const int8_t *x, int32_t zeroPoint, const int16_t *w,
                 int64_t count, int32_t *sums);
/// sums[c] += x[c] * w[c], product and sum rounded.
void addChannels(const float *x, const float *w, int64_t count, float *sums);

} // namespace cm::interpreter

#endif // CM_LIB_INTERPRETER_MATRICES_H
