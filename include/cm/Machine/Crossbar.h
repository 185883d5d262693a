//===- Crossbar.h - crossbars as the matrices see them ----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the geometry of a crossbar means for the matrices that it holds.
//
//===----------------------------------------------------------------------===//

#ifndef CM_MACHINE_CROSSBAR_H
#define CM_MACHINE_CROSSBAR_H

#include "cm/Machine/Machine.pb.h"
#include <algorithm>
#include <cstdint>

namespace cm {

/// Columns of cells that hold weights: all but the reserved ones, which come
/// last.
inline uint32_t usableCols(const machine::Crossbar &crossbar) {
  return crossbar.cols() - crossbar.reserved_cols();
}

/// Cells that one weight takes, in columns next to each other.
inline uint32_t weightSlices(const machine::Crossbar &crossbar) {
  return (crossbar.weight_bits() + crossbar.cell_bits() - 1) /
         crossbar.cell_bits();
}

/// Steps in which an int8 input is driven, some of its bits in each.
inline uint32_t inputPlanes(const machine::Crossbar &crossbar) {
  return (8 + crossbar.dac_bits() - 1) / crossbar.dac_bits();
}

/// Whether both hold the same matrices in the same way, side by side or many.
inline bool isAlike(const machine::Crossbar &a, const machine::Crossbar &b) {
  return a.rows() == b.rows() && a.count() == b.count() &&
         usableCols(a) == usableCols(b) && a.weight_bits() == b.weight_bits() &&
         weightSlices(a) == weightSlices(b);
}

/// Rows and columns of cells of one crossbar, the ends left out.
struct CellRange {
  int64_t rowBegin, rowEnd, colBegin, colEnd;

  bool overlaps(const CellRange &other) const {
    return rowBegin < other.rowEnd && other.rowBegin < rowEnd &&
           colBegin < other.colEnd && other.colBegin < colEnd;
  }
};

/// What a matrix of `rows` x `cols` weights holds of the crossbar `index` of
/// those that it takes: row tile after row tile, each side by side. It begins
/// at a cell of the first.
inline CellRange cellsOf(const machine::Crossbar &crossbar, int64_t rows,
                         int64_t cols, int64_t firstRow, int64_t firstCol,
                         int64_t index) {
  int64_t height = crossbar.rows(), width = usableCols(crossbar);
  int64_t lastRow = firstRow + rows;
  int64_t lastCol = firstCol + cols * weightSlices(crossbar);
  int64_t side = (lastCol + width - 1) / width;
  int64_t top = index / side * height, left = index % side * width;
  return {std::max<int64_t>(firstRow - top, 0), std::min(lastRow - top, height),
          std::max<int64_t>(firstCol - left, 0),
          std::min(lastCol - left, width)};
}

} // namespace cm

#endif // CM_MACHINE_CROSSBAR_H
