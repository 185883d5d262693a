//===- Layers.cpp - the tiles and pixels of a layer -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a layer is made of, counted, and what copies are.
//
//===----------------------------------------------------------------------===//

#include "Layers.h"

using namespace cm;
using namespace cm::partition;
using namespace mlir;

int64_t Layer::columnTiles() const {
  int64_t count = 1;
  for (const TilingSolution &tiling : tilings)
    count = std::max<int64_t>(
        count, llvm::count_if(tiling.tiles, [](const Tile &tile) {
          return tile.rowTile == 0;
        }));
  return count;
}

/// `length` pixels from `offset` on, which are those from `readOffset` on.
static cmnn::LatticeAxis copyAxis(int64_t offset, int64_t readOffset,
                                  int64_t length) {
  cmnn::LatticeAxis axis;
  axis.offset = offset, axis.readOffset = readOffset, axis.length = length;
  return axis;
}

Lattices partition::copyLattices(const Extent &from, const Extent &to,
                                 int64_t y, int64_t x) {
  Lattices lattices;
  if (from.w == to.w || from.h * from.w != to.h * to.w)
    return {{copyAxis(y, 0, from.h), copyAxis(x, 0, from.w)}};
  for (int64_t row = 0; row < std::max(from.h, to.h); ++row) {
    bool joins = to.h == 1;
    int64_t width = joins ? from.w : to.w;
    lattices.push_back(
        {copyAxis(joins ? 0 : row, joins ? row : 0, 1),
         copyAxis(joins ? row * width : 0, joins ? 0 : row * width, width)});
  }
  return lattices;
}
