//===- TokenKernels.cpp - products of operands and constants --------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sums of products of bytes in int64 cannot overflow.
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"
#include "llvm/Support/FormatVariadic.h"

using namespace cm;
using namespace cm::sim;

std::string cm::sim::multiplyOperands(const program::DpuInstr &instr,
                                      const Values &vector,
                                      const Values &matrix, Values &result) {
  size_t rows = vector.size(), columns = result.size();
  int32_t zeroA = instr.a().zero_point(), zeroB = instr.b().zero_point();
  std::vector<int64_t> sums(columns, 0);
  if (instr.transposed()) {
    const int32_t *element = matrix.data();
    for (int64_t &sum : sums)
      for (int32_t x : vector)
        sum += (x - zeroA) * (*element++ - zeroB);
  } else {
    for (size_t j = 0; j != rows; ++j)
      for (size_t i = 0; i != columns; ++i)
        sums[i] += (vector[j] - zeroA) * (matrix[j * columns + i] - zeroB);
  }
  for (size_t i = 0; i != columns; ++i) {
    result[i] = int32_t(sums[i]);
    if (result[i] != sums[i])
      return llvm::formatv("overflow: the product {0} in element {1} does not "
                           "fit int32",
                           sums[i], i);
  }
  return {};
}

void cm::sim::computeConstant(const program::DpuInstr &instr, int64_t y,
                              int64_t x, Values &result) {
  int64_t row = instr.table_height() == 1 ? 0 : y;
  int64_t column = instr.table_width() == 1 ? 0 : x;
  const char *elements =
      instr.lut().data() +
      (row * instr.table_width() + column) * int64_t(instr.length());
  result.resize(instr.length());
  for (int32_t &value : result)
    value = int8_t(*elements++);
}
