//===- Crossbar.h - matrices of the functional run --------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Functional.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_FUNCTIONAL_CROSSBAR_H
#define CM_LIB_FUNCTIONAL_CROSSBAR_H

#include "cm/Dialect/CMFlow/CMFlowOps.h"
#include <vector>

namespace cm::functional {

/// The slice of a weight tensor that a stage multiplies by, row by row. Columns
/// of other groups are 0 and not kept: a depthwise matrix is its diagonal.
struct Matrix {
  struct Row {
    int64_t begin, end; // columns
    size_t first;       // of `begin` in `elements`
    int64_t sum = -1;   // the column that adds up this row; -1: none
  };
  int64_t columns = 0; // sums included
  std::vector<Row> rows;
  std::vector<int8_t> elements;

  /// `result[column] = sum of input[row] * weight[row][column]`; false if a sum
  /// is not an int32.
  bool multiply(const int32_t *input, int32_t *result) const;
};

Matrix matrixOf(cmflow::MvmOp op);

} // namespace cm::functional

#endif // CM_LIB_FUNCTIONAL_CROSSBAR_H
