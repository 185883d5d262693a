//===- Layers.cpp - the tiles of a layer ----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
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

//===----------------------------------------------------------------------===//
// Stacking
//===----------------------------------------------------------------------===//

int64_t partition::highestStack(const MachineModel &machine, StackTiles stack) {
  int64_t highest = 1;
  for (const machine::CoreType &type : machine.proto().core_types()) {
    const machine::Crossbar &crossbar = type.crossbar();
    if (type.has_crossbar() &&
        (stack == StackTiles::Full ||
         (stack == StackTiles::Auto &&
          crossbar.mvm_concurrency() == machine::MVM_CONCURRENCY_CORE)))
      highest = std::max<int64_t>(highest, crossbar.count());
  }
  return highest;
}

bool partition::fitCores(ArrayRef<Layer> layers, const MachineModel &machine,
                         uint64_t cores) {
  std::vector<int64_t> needs, room;
  for (const Layer &layer : layers)
    for (const TilingSolution &tiling : layer.tilings)
      for (const Tile &tile : tiling.tiles)
        needs.push_back(tile.crossbars);
  llvm::sort(needs, std::greater<>());
  for (NodeId core = 0; core < (cores ? cores : machine.numCores()); ++core)
    if (core < machine.numCores() && machine.hasCrossbar(core))
      room.push_back(machine.core(core).crossbar().count());
  return llvm::all_of(needs, [&](int64_t need) {
    auto core = llvm::find_if(room, [&](int64_t free) { return free >= need; });
    if (core == room.end())
      return false;
    *core -= need;
    return true;
  });
}
