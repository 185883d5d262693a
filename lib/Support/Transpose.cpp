//===- Transpose.cpp - arrays with their axes in another order ------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Support/Transpose.h"

std::vector<int64_t> cm::transposedIndices(llvm::ArrayRef<int64_t> shape,
                                           llvm::ArrayRef<int64_t> axes) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t axis = shape.size(); axis-- > 1;)
    strides[axis - 1] = strides[axis] * shape[axis];
  std::vector<int64_t> indices = {0};
  for (int64_t axis : axes) {
    std::vector<int64_t> longer;
    longer.reserve(indices.size() * shape[axis]);
    for (int64_t base : indices)
      for (int64_t i = 0; i < shape[axis]; ++i)
        longer.push_back(base + i * strides[axis]);
    indices = std::move(longer);
  }
  return indices;
}
