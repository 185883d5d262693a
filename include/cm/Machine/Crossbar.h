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

} // namespace cm

#endif // CM_MACHINE_CROSSBAR_H
