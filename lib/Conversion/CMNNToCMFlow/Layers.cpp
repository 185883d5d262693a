//===- Layers.cpp - the tiles of a layer ----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a layer is made of, counted.
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
