//===- Tiling.h - matrices larger than a crossbar ---------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The problem of cutting the weights of a convolution or product into tiles
// that fit the crossbars of one core each, what a right answer is, and an
// algorithm.
//
//===----------------------------------------------------------------------===//

#ifndef CM_MAPPING_TILING_H
#define CM_MAPPING_TILING_H

#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>
#include <vector>

namespace cm {

/// A part of the weights that one stage multiplies by, on a grid of crossbars
/// of one core: the DPU adds up the rows of the grid. Its matrix has one row
/// per element of `elementBegin .. elementEnd` in (ky, kx, c) order, where c
/// runs over the object's channels `channelBegin .. channelEnd`, and one column
/// per output channel of `columnBegin .. columnEnd`. A tile of several groups
/// is block-diagonal: rows and columns of different groups meet in zeros.
struct Tile {
  int64_t groupBegin = 0, groupEnd = 1;
  int64_t channelBegin = 0, channelEnd = 0; // of the input object
  int64_t elementBegin = 0, elementEnd = 0;
  int64_t columnBegin = 0, columnEnd = 0; // channels of the output object
  int64_t crossbars = 1;                  // a grid of them
  int64_t rowTile = 0, rowTiles = 1;      // within its column tile

  int64_t rows() const { return elementEnd - elementBegin; }
  int64_t cols() const { return columnEnd - columnBegin; }
};

/// The tiles in order: column tiles, and within each its row tiles, whose
/// partial sums add up to the result.
struct TilingSolution {
  std::vector<Tile> tiles;

  int64_t crossbars() const;
};

/// A convolution or product as matrices, and the crossbars to hold them. A
/// fully connected layer has a 1x1 kernel.
struct TilingProblem {
  std::string name; // what errors call it
  int64_t kernelY = 1, kernelX = 1;
  int64_t channelsIn = 1;  // of one group
  int64_t channelsOut = 1; // of one group
  int64_t groups = 1;
  int64_t crossbarRows = 1, crossbarCols = 1;
  int64_t maxCrossbars = 1; // that one MVM may use
  int64_t maxStack = 1;     // rows of crossbars that one MVM may use

  /// Rows of the matrix of one group.
  int64_t groupRows() const { return kernelY * kernelX * channelsIn; }
  /// Columns that one tile may have.
  int64_t maxCols() const { return crossbarCols * maxCrossbars; }
  /// Crossbars that hold a matrix.
  int64_t crossbarsOf(int64_t rows, int64_t cols) const;

  /// Every extent is at least 1.
  llvm::Error check() const;
  /// Every weight lies in exactly one tile, tiles keep to the crossbars, and
  /// the row tiles of each column tile are numbered.
  llvm::Error verify(const TilingSolution &solution) const;
};

/// Cuts into the fewest column tiles, of balanced widths, and those into the
/// fewest row tiles: each takes as many rows of crossbars as `maxCrossbars`
/// and `maxStack` allow. Row tiles of one crossbar's height end at pixels of
/// the window where that costs no further crossbar. Groups are packed whole
/// into one crossbar's rows, as many as fit; a group that does not fit is cut
/// alone. Fails only where `check` does.
llvm::Expected<TilingSolution> solveTiling(const TilingProblem &problem);

} // namespace cm

#endif // CM_MAPPING_TILING_H
