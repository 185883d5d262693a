//===- Kernels.h - the arithmetic of crossbars and DPU ----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the data path computes, to the bit of docs/Numerics.md. This is one of
// three implementations that share nothing but that document.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_KERNELS_H
#define CM_LIB_SIM_KERNELS_H

#include "cm/Program/Program.pb.h"
#include "llvm/ADT/ArrayRef.h"
#include <cstdint>
#include <string>
#include <vector>

namespace cm::sim {

using Values = std::vector<int32_t>;

/// Part `index`, counted from the lowest, of a two's complement number of
/// `width` bits that is cut into parts of `bits`: signed where it is the
/// highest part. sum of part << (index * bits) is the number.
int32_t cutBits(int32_t value, uint32_t index, uint32_t bits, uint32_t width);

/// The matrix of a unit as its cells hold it.
struct CellMatrix {
  uint32_t rows = 0, cols = 0;
  uint32_t slices = 1, cellBits = 8;
  /// Slice after slice, the lowest first, and column after column of each; and
  /// the sums of those columns.
  std::vector<int8_t> cells;
  std::vector<int32_t> sums;
};

/// Fills in `sums`.
void addSums(CellMatrix &matrix);

/// The product as a crossbar has it: the input in planes of `planeBits`, each
/// plane times each slice of the weights, shifted and added up. With whole
/// inputs (8) and one slice that is one product.
void multiplyCells(const CellMatrix &matrix, const int8_t *input,
                   uint32_t planeBits, int32_t *result);

/// A window as a pool sees it: `pixels` times `channels` values, and which of
/// the pixels are inside the object.
struct PoolWindow {
  llvm::ArrayRef<int32_t> values;
  llvm::ArrayRef<uint8_t> inside; // by pixel
  int64_t top = 0, left = 0;      // the first pixel's place in the object
};

/// `count` elements of `elementBytes` bytes each, sign extended.
void widenElements(const uint8_t *bytes, uint32_t elementBytes, int64_t count,
                   int32_t *values);

/// The other way round. Returns whether each value fits its bytes.
bool narrowValues(llvm::ArrayRef<int32_t> values, uint32_t elementBytes,
                  uint8_t *bytes);

/// Executes an instruction that takes registers. Returns what is wrong, or an
/// empty string; only what adds int32 can fail.
std::string computeDpu(const program::DpuInstr &instr, const Values *a,
                       const Values *b, Values &result);

/// DPU_MULTIPLY_MATRIX: what is wrong, or an empty string.
std::string multiplyOperands(const program::DpuInstr &instr,
                             const Values &vector, const Values &matrix,
                             Values &result);

/// Gives the elements of a DPU_PIXEL_CONSTANT at pixel (y, x).
void computeConstant(const program::DpuInstr &instr, int64_t y, int64_t x,
                     Values &result);

/// Executes one of the pools.
void computePool(const program::DpuInstr &instr, const PoolWindow &window,
                 Values &result);

} // namespace cm::sim

#endif // CM_LIB_SIM_KERNELS_H
