//===- Elements.cpp - elements of SRAM and values of registers ------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"
#include <algorithm>
#include <cstring>

using namespace cm::sim;

void cm::sim::widenElements(const uint8_t *bytes, uint32_t elementBytes,
                            int64_t count, int32_t *values) {
  if (elementBytes == 1) {
    const int8_t *source = reinterpret_cast<const int8_t *>(bytes);
    for (int64_t i = 0; i < count; ++i)
      values[i] = source[i];
    return;
  }
  unsigned unused = 32 - 8 * elementBytes;
  for (int64_t i = 0; i < count; ++i) {
    uint32_t word = 0;
    std::memcpy(&word, bytes + i * elementBytes, elementBytes);
    values[i] = int32_t(word << unused) >> unused;
  }
}

bool cm::sim::narrowValues(llvm::ArrayRef<int32_t> values,
                           uint32_t elementBytes, uint8_t *bytes) {
  int64_t limit = int64_t(1) << (8 * elementBytes - 1);
  bool fits = true;
  for (int32_t value : values)
    fits &= value >= -limit && value < limit;
  if (elementBytes == 1)
    std::copy(values.begin(), values.end(), reinterpret_cast<int8_t *>(bytes));
  else
    for (size_t i = 0; i != values.size(); ++i)
      std::memcpy(bytes + i * elementBytes, &values[i], elementBytes);
  return fits;
}
