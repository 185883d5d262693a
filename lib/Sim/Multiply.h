//===- Multiply.h - products of int8 matrices and vectors -------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_MULTIPLY_H
#define CM_LIB_SIM_MULTIPLY_H

#include <cstdint>

namespace cm::sim {

/// Versions of the product; all give the same result.
enum class VectorUnit { Portable, Avx2, Vnni };

/// The best that this processor has.
VectorUnit bestVectorUnit();

/// A matrix of `cols` columns of `rows` weights, one after the other. `sums`
/// are those of the columns (`sumColumns`).
struct ColumnMatrix {
  const int8_t *weights;
  const int32_t *sums;
  uint32_t rows, cols;
};

/// sums[c] = sum over r of weights[c * rows + r].
void sumColumns(const int8_t *weights, uint32_t rows, uint32_t cols,
                int32_t *sums);

/// result[c] = sum over r of input[r] * weights[c * rows + r], as int32 that
/// wraps. The processor has `unit`.
void multiplyMatrix(const ColumnMatrix &matrix, const int8_t *input,
                    int32_t *result, VectorUnit unit);

} // namespace cm::sim

#endif // CM_LIB_SIM_MULTIPLY_H
