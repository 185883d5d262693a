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
// algorithm. How the row tiles of a column tile add up is in Reduction.h.
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
  int64_t groups() const { return groupEnd - groupBegin; }
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
  int64_t crossbarRows = 1, crossbarCols = 1; // columns that hold weights
  int64_t maxCrossbars = 1;                   // that one MVM may use
  int64_t maxStack = 1; // rows of crossbars that one MVM may use
  int64_t slices = 1;   // columns of cells that one column takes
  /// A tile has one more column for each of its groups: the sum of its inputs.
  bool sums = false;

  /// Rows of the matrix of one group.
  int64_t groupRows() const { return kernelY * kernelX * channelsIn; }
  /// Columns, sums included, that so many crossbars side by side hold.
  int64_t colsOf(int64_t crossbars) const {
    return crossbarCols * crossbars / slices;
  }
  /// Columns that one tile of one group may have.
  int64_t maxCols() const { return colsOf(maxCrossbars) - sums; }
  /// Crossbars that hold a matrix of so many output channels and groups.
  int64_t crossbarsOf(int64_t rows, int64_t cols, int64_t tileGroups) const;

  /// Every extent is at least 1, and one column fits.
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
/// alone. Without stacks no tiling of whole groups, or of one group by rows and
/// columns, has fewer tiles. Fails only where `check` does.
llvm::Expected<TilingSolution> solveTiling(const TilingProblem &problem);

} // namespace cm

#endif // CM_MAPPING_TILING_H
