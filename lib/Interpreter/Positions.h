//===- Positions.h - walks over the elements of a tensor --------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_INTERPRETER_POSITIONS_H
#define CM_LIB_INTERPRETER_POSITIONS_H

#include "cm/Support/Tensor.h"
#include "llvm/ADT/STLExtras.h"

namespace cm::interpreter {

/// A position in a tensor: one coordinate for each axis.
using Position = llvm::ArrayRef<int64_t>;

/// Calls `visit(position, index)` for every element of `shape` in row-major
/// order; `index` counts from 0.
template <typename Visit>
void forEachPosition(llvm::ArrayRef<int64_t> shape, Visit visit) {
  int64_t elements = 1;
  for (int64_t extent : shape)
    elements *= extent;
  std::vector<int64_t> position(shape.size(), 0);
  for (int64_t index = 0; index < elements; ++index) {
    visit(Position(position), index);
    for (size_t axis = shape.size();
         axis-- > 0 && ++position[axis] == shape[axis];)
      position[axis] = 0;
  }
}

/// Row-major index of `position`; coordinates of axes whose extent is 1 count
/// as 0, as ONNX broadcasts.
inline int64_t indexOf(Position position, llvm::ArrayRef<int64_t> shape) {
  int64_t index = 0;
  for (auto [coordinate, extent] : llvm::zip_equal(position, shape))
    index = index * extent + (extent == 1 ? 0 : coordinate);
  return index;
}

/// A shape as three axes: what stands before `axis`, `axis`, what follows.
struct AxisSplit {
  int64_t outer = 1, extent, inner = 1;

  AxisSplit(llvm::ArrayRef<int64_t> shape, int64_t axis) : extent(shape[axis]) {
    for (int64_t i = 0, e = shape.size(); i < e; ++i)
      (i < axis ? outer : inner) *= i == axis ? 1 : shape[i];
  }
  /// Index of element `k` on the axis, for `lane` of `numLanes()`.
  int64_t index(int64_t lane, int64_t k) const {
    return (lane / inner * extent + k) * inner + lane % inner;
  }
  int64_t numLanes() const { return outer * inner; }
};

} // namespace cm::interpreter

#endif // CM_LIB_INTERPRETER_POSITIONS_H
