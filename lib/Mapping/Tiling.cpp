//===- Tiling.cpp - cutting weights to the crossbars ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Balanced tiles by arithmetic, and a check that paints every weight.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Tiling.h"
#include "cm/Support/Error.h"
#include "llvm/Support/MathExtras.h"

using namespace cm;
using llvm::alignTo;
using llvm::divideCeil;
using llvm::Error;
using llvm::Expected;

int64_t TilingSolution::crossbars() const {
  int64_t sum = 0;
  for (const Tile &tile : tiles)
    sum += tile.crossbars;
  return sum;
}

int64_t TilingProblem::crossbarsOf(int64_t rows, int64_t cols,
                                   int64_t tileGroups) const {
  int64_t cells = (cols + (sums ? tileGroups : 0)) * slices;
  return divideCeil(rows, crossbarRows) * divideCeil(cells, crossbarCols);
}

Error TilingProblem::check() const {
  const std::pair<const char *, int64_t> fields[] = {
      {"kernel height", kernelY},
      {"kernel width", kernelX},
      {"input channels", channelsIn},
      {"output channels", channelsOut},
      {"groups", groups},
      {"crossbar rows", crossbarRows},
      {"crossbar columns", crossbarCols},
      {"crossbars of an MVM", maxCrossbars},
      {"stacked crossbars of an MVM", maxStack},
      {"slices", slices}};
  for (auto [field, value] : fields)
    if (value < 1)
      return makeError("tiling of '{0}': {1} must be at least 1, found {2}",
                       name, field, value);
  if (maxCols() < 1)
    return makeError("tiling of '{0}': a column of weights{1} takes {2} "
                     "columns of cells, a core's crossbars have {3}",
                     name, sums ? " and the column of ones" : "",
                     (1 + sums) * slices, maxCrossbars * crossbarCols);
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Algorithm
//===----------------------------------------------------------------------===//

/// Rows of a row tile `width` crossbars wide: balanced over the fewest tiles,
/// and whole pixels of the window, each where that needs no further crossbar.
static int64_t rowStep(const TilingProblem &problem, int64_t rows,
                       int64_t width) {
  int64_t height =
      std::clamp<int64_t>(problem.maxCrossbars / width, 1, problem.maxStack);
  int64_t stacked = divideCeil(rows, problem.crossbarRows);
  int64_t count = divideCeil(stacked, height);
  auto used = [&](int64_t step) {
    int64_t tiles = divideCeil(rows, step);
    int64_t last = rows - (tiles - 1) * step;
    return (tiles - 1) * divideCeil(step, problem.crossbarRows) +
           divideCeil(last, problem.crossbarRows);
  };
  auto isFree = [&](int64_t step) {
    return int64_t(used(step)) == stacked &&
           int64_t(divideCeil(step, problem.crossbarRows)) <= height;
  };
  int64_t step = divideCeil(rows, count);
  if (int64_t whole = alignTo(step, problem.channelsIn); isFree(whole))
    return whole;
  return isFree(step) ? step
                      : divideCeil(stacked, count) * problem.crossbarRows;
}

/// Crossbars of all column tiles, each but the last of `step` columns.
static int64_t crossbarsInSteps(const TilingProblem &problem, int64_t cols,
                                int64_t step) {
  int64_t whole = (cols - 1) / step;
  return whole * problem.crossbarsOf(1, step, 1) +
         problem.crossbarsOf(1, cols - whole * step, 1);
}

/// Columns of a column tile: balanced over the fewest tiles, and as many as
/// their crossbars hold where balance would cost a crossbar.
static int64_t columnStep(const TilingProblem &problem, int64_t cols) {
  int64_t count = divideCeil(cols, problem.maxCols());
  int64_t step = divideCeil(cols, count);
  int64_t full = problem.colsOf(problem.crossbarsOf(1, step, 1)) - problem.sums;
  return crossbarsInSteps(problem, cols, full) <
                 crossbarsInSteps(problem, cols, step)
             ? full
             : step;
}

static Tile packedTile(const TilingProblem &problem, int64_t begin,
                       int64_t end) {
  Tile tile;
  tile.groupBegin = begin;
  tile.groupEnd = end;
  tile.channelBegin = begin * problem.channelsIn;
  tile.channelEnd = end * problem.channelsIn;
  tile.elementEnd = (end - begin) * problem.groupRows();
  tile.columnBegin = begin * problem.channelsOut;
  tile.columnEnd = end * problem.channelsOut;
  tile.crossbars = problem.crossbarsOf(tile.rows(), tile.cols(), tile.groups());
  return tile;
}

/// One group alone, cut into column tiles and those into row tiles.
static void cutGroup(const TilingProblem &problem, int64_t group,
                     std::vector<Tile> &tiles) {
  int64_t rows = problem.groupRows(), cols = problem.channelsOut;
  int64_t colSize = columnStep(problem, cols);
  int64_t rowSize = rowStep(problem, rows, problem.crossbarsOf(1, colSize, 1));
  int64_t rowTiles = divideCeil(rows, rowSize);
  for (int64_t col = 0; col < cols; col += colSize)
    for (int64_t row = 0; row < rows; row += rowSize) {
      Tile tile = packedTile(problem, group, group + 1);
      tile.columnEnd = tile.columnBegin + std::min(cols, col + colSize);
      tile.columnBegin += col;
      tile.elementBegin = row;
      tile.elementEnd = std::min(rows, row + rowSize);
      tile.crossbars = problem.crossbarsOf(tile.rows(), tile.cols(), 1);
      tile.rowTile = row / rowSize;
      tile.rowTiles = rowTiles;
      tiles.push_back(tile);
    }
}

Expected<TilingSolution> cm::solveTiling(const TilingProblem &problem) {
  if (Error error = problem.check())
    return std::move(error);
  TilingSolution solution;
  int64_t fit = std::min(problem.crossbarRows / problem.groupRows(),
                         problem.colsOf(problem.maxCrossbars) /
                             (problem.channelsOut + problem.sums));
  if (fit == 0) {
    for (int64_t group = 0; group < problem.groups; ++group)
      cutGroup(problem, group, solution.tiles);
    return solution;
  }
  int64_t count = divideCeil(problem.groups, fit);
  int64_t step = divideCeil(problem.groups, count);
  for (int64_t begin = 0; begin < problem.groups; begin += step)
    solution.tiles.push_back(
        packedTile(problem, begin, std::min(problem.groups, begin + step)));
  return solution;
}

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

static Error checkTile(const TilingProblem &problem, const Tile &tile,
                       size_t index) {
  auto fail = [&](const char *what, int64_t found, int64_t limit) {
    return makeError("tiling of '{0}': tile {1} has {2} {3}, at most {4} are "
                     "possible",
                     problem.name, index, found, what, limit);
  };
  int64_t channels = problem.groups * problem.channelsIn;
  int64_t columns = problem.groups * problem.channelsOut;
  int64_t listed =
      problem.kernelY * problem.kernelX * (tile.channelEnd - tile.channelBegin);
  if (tile.channelBegin < 0 || tile.channelBegin >= tile.channelEnd ||
      tile.channelEnd > channels || tile.columnBegin < 0 ||
      tile.columnBegin >= tile.columnEnd || tile.columnEnd > columns ||
      tile.elementBegin < 0 || tile.elementBegin >= tile.elementEnd ||
      tile.elementEnd > listed)
    return makeError("tiling of '{0}': tile {1} has an empty range or one that "
                     "leaves the matrix",
                     problem.name, index);
  if (tile.crossbars > problem.maxCrossbars)
    return fail("crossbars", tile.crossbars, problem.maxCrossbars);
  if (tile.columnBegin / problem.channelsOut != tile.groupBegin ||
      (tile.columnEnd - 1) / problem.channelsOut != tile.groupEnd - 1)
    return makeError("tiling of '{0}': tile {1} has columns {2} to {3}, which "
                     "are not those of groups {4} to {5}",
                     problem.name, index, tile.columnBegin, tile.columnEnd,
                     tile.groupBegin, tile.groupEnd);
  if (tile.rows() > problem.maxStack * problem.crossbarRows)
    return fail("rows", tile.rows(), problem.maxStack * problem.crossbarRows);
  int64_t needed = problem.crossbarsOf(tile.rows(), tile.cols(), tile.groups());
  if (needed != tile.crossbars)
    return makeError("tiling of '{0}': tile {1} of {2} rows and {3} columns is "
                     "said to take {4} crossbars, expected {5}",
                     problem.name, index, tile.rows(), tile.cols(),
                     tile.crossbars, needed);
  return Error::success();
}

namespace {
/// How often each weight of the layer is held, 255 standing for more:
/// [group][row][column].
class Painting {
public:
  explicit Painting(const TilingProblem &problem)
      : problem(problem),
        held(problem.groups * problem.groupRows() * problem.channelsOut) {}

  void paint(const Tile &tile) {
    int64_t channels = tile.channelEnd - tile.channelBegin;
    for (int64_t e = tile.elementBegin; e < tile.elementEnd; ++e) {
      int64_t channel = tile.channelBegin + e % channels;
      int64_t group = channel / problem.channelsIn;
      int64_t row =
          e / channels * problem.channelsIn + channel % problem.channelsIn;
      int64_t first = group * problem.channelsOut;
      int64_t begin = std::max(tile.columnBegin, first);
      int64_t end = std::min(tile.columnEnd, first + problem.channelsOut);
      for (int64_t col = begin; col < end; ++col) {
        uint8_t &count =
            held[(group * problem.groupRows() + row) * problem.channelsOut +
                 col - first];
        count += count < 255;
      }
    }
  }

  Error check() const {
    for (size_t i = 0; i < held.size(); ++i)
      if (held[i] != 1) {
        int64_t row = i / problem.channelsOut;
        return makeError("tiling of '{0}': the weight of group {1}, row {2}, "
                         "column {3} is in {4} tiles, expected 1",
                         problem.name, row / problem.groupRows(),
                         row % problem.groupRows(), i % problem.channelsOut,
                         unsigned(held[i]));
      }
    return Error::success();
  }

private:
  const TilingProblem &problem;
  std::vector<uint8_t> held;
};
} // namespace

/// Tiles of the same columns come one after the other and count up.
static Error checkNumbers(const TilingProblem &problem,
                          const std::vector<Tile> &tiles) {
  for (size_t i = 0; i < tiles.size();) {
    const Tile &first = tiles[i];
    for (int64_t k = 0; k < std::max<int64_t>(first.rowTiles, 1); ++k, ++i) {
      if (i < tiles.size() && tiles[i].rowTile == k && k < first.rowTiles &&
          tiles[i].rowTiles == first.rowTiles &&
          tiles[i].columnBegin == first.columnBegin &&
          tiles[i].columnEnd == first.columnEnd)
        continue;
      return makeError("tiling of '{0}': expected row tile {1} of {2} of "
                       "columns {3} to {4} at tile {5}",
                       problem.name, k, first.rowTiles, first.columnBegin,
                       first.columnEnd, i);
    }
  }
  return Error::success();
}

Error TilingProblem::verify(const TilingSolution &solution) const {
  Painting painting(*this);
  for (size_t i = 0; i < solution.tiles.size(); ++i) {
    if (Error error = checkTile(*this, solution.tiles[i], i))
      return error;
    painting.paint(solution.tiles[i]);
  }
  if (Error error = painting.check())
    return error;
  return checkNumbers(*this, solution.tiles);
}
