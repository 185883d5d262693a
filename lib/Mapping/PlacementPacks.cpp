//===- PlacementPacks.cpp - items that share a crossbar -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Packs become items of a smaller placement problem; which items are packed is
// a matter of the time that a crossbar may take.
//
//===----------------------------------------------------------------------===//

#include "PlacementPacks.h"
#include "PlacementState.h"
#include "cm/Machine/Crossbar.h"
#include "cm/Mapping/Packing.h"
#include "llvm/ADT/STLExtras.h"
#include <map>

using namespace cm;
using llvm::Expected;

/// The crossbar that all cores have, those without left aside; null where they
/// differ.
static const machine::Crossbar *onlyCrossbar(const MachineModel &machine) {
  const machine::Crossbar *only = nullptr;
  for (NodeId core = 0; core < machine.numCores(); ++core) {
    if (!machine.hasCrossbar(core))
      continue;
    const machine::Crossbar &crossbar = machine.core(core).crossbar();
    if (only && !isAlike(*only, crossbar))
      return nullptr;
    only = only ? only : &crossbar;
  }
  return only;
}

//===----------------------------------------------------------------------===//
// Placement of packs
//===----------------------------------------------------------------------===//

/// One item for the items of a pack; the first is there already.
static void join(PlacementItem &pack, const PlacementItem &item,
                 int64_t slices) {
  int64_t rows = std::max(pack.firstRow + pack.matrixRows,
                          item.firstRow + item.matrixRows);
  int64_t cells = std::max(pack.firstCol + pack.matrixCols * slices,
                           item.firstCol + item.matrixCols * slices);
  pack.matrixRows = rows, pack.firstRow = 0;
  pack.matrixCols = 1, pack.firstCol = cells - slices;
  pack.name += "+" + item.name;
  pack.mvms += item.mvms;
  pack.dpuCycles += item.dpuCycles;
  pack.sramCycles += item.sramCycles;
  llvm::append_range(pack.arrivals, item.arrivals);
  pack.sramBytes += item.sramBytes;
  pack.contexts += item.contexts;
}

Expected<PlacementSolution> cm::placePacks(const PlacementProblem &problem,
                                           const PlacementOptions &options) {
  const machine::Crossbar *crossbar = onlyCrossbar(*problem.machine);
  int64_t slices = crossbar ? weightSlices(*crossbar) : 1;
  PlacementProblem joined = problem;
  joined.items.clear();
  std::vector<uint32_t> itemOf;
  std::map<uint32_t, uint32_t> packs;
  for (const PlacementItem &item : problem.items) {
    uint32_t next = joined.items.size();
    uint32_t index =
        item.pack ? packs.try_emplace(*item.pack, next).first->second : next;
    itemOf.push_back(index);
    if (index == next) {
      joined.items.push_back(item);
      joined.items.back().pack.reset();
    } else {
      join(joined.items[index], item, slices);
    }
  }
  for (PlacementEdge &edge : joined.edges)
    edge.from = itemOf[edge.from], edge.to = itemOf[edge.to];
  Expected<PlacementSolution> solution = solvePlacement(joined, options);
  if (!solution)
    return solution.takeError();
  PlacementSolution result = *solution;
  result.node.clear(), result.firstCrossbar.clear();
  for (uint32_t index : itemOf) {
    result.node.push_back(solution->node[index]);
    result.firstCrossbar.push_back(solution->firstCrossbar[index]);
  }
  if (llvm::Error error = problem.verify(result)) // packs that are not sound
    return std::move(error);
  return result;
}

//===----------------------------------------------------------------------===//
// Packing
//===----------------------------------------------------------------------===//

/// The core whose time and memory stand for all.
static NodeId firstWithCrossbar(const MachineModel &machine) {
  NodeId core = 0;
  while (!machine.hasCrossbar(core))
    ++core;
  return core;
}

/// Items that fit one crossbar, within the time, and which items they are.
static PackingProblem packingProblem(const PlacementProblem &problem,
                                     const machine::Crossbar &crossbar,
                                     uint64_t cycles,
                                     std::vector<uint32_t> &which) {
  NodeId core = firstWithCrossbar(*problem.machine);
  const machine::CoreType &type = problem.machine->core(core);
  PackingProblem packing;
  packing.rows = crossbar.rows(), packing.cols = usableCols(crossbar);
  packing.cycles = cycles;
  packing.bytes = type.sram().bytes();
  packing.contexts = type.lcu().contexts();
  for (uint32_t i = 0; i < problem.items.size(); ++i) {
    const PlacementItem &item = problem.items[i];
    uint64_t load = problem.coreLoad(core, {i}).max();
    if (item.fixed || item.matrixRows == 0 ||
        problem.crossbarsOn(i, core) != 1 || load > cycles ||
        (packing.bytes && item.sramBytes > packing.bytes))
      continue;
    which.push_back(i);
    packing.items.push_back({item.name, item.matrixRows,
                             item.matrixCols * int64_t(weightSlices(crossbar)),
                             load, item.sramBytes});
  }
  return packing;
}

uint32_t cm::packItems(PlacementProblem &problem, uint64_t cycles) {
  const machine::Crossbar *crossbar = onlyCrossbar(*problem.machine);
  if (!crossbar)
    return 0;
  std::vector<uint32_t> which;
  PackingProblem packing = packingProblem(problem, *crossbar, cycles, which);
  PackingSolution solution = llvm::cantFail(solvePacking(packing));
  if (std::optional<PackingSolution> proved =
          which.size() <= 12 ? searchPacking(packing) : std::nullopt)
    solution = *proved;
  assert(!llvm::errorToBool(packing.verify(solution)));
  std::vector<uint32_t> members(solution.crossbars, 0);
  for (const PackingPlace &place : solution.place)
    ++members[place.crossbar];
  for (auto [index, place] : llvm::zip(which, solution.place))
    if (members[place.crossbar] > 1) {
      problem.items[index].pack = place.crossbar;
      problem.items[index].firstRow = place.row;
      problem.items[index].firstCol = place.col;
    }
  return which.size() - solution.crossbars;
}

static PlacementProblem unpacked(const PlacementProblem &problem) {
  PlacementProblem result = problem;
  for (PlacementItem &item : result.items) {
    item.pack.reset();
    item.firstRow = item.firstCol = 0;
  }
  return result;
}

/// Finds the least time of a crossbar with which all items fit: the longest
/// item's or more. False where they do not fit however they are packed.
static bool packToFit(PlacementProblem &problem) {
  PlacementOptions quick;
  quick.moves = 0;
  auto attempt = [&](uint64_t cycles) {
    PlacementProblem packed = unpacked(problem);
    if (packItems(packed, cycles) == 0)
      return false;
    Expected<PlacementSolution> solution = solvePlacement(packed, quick);
    if (!solution) {
      llvm::consumeError(solution.takeError());
      return false;
    }
    problem = std::move(packed);
    return true;
  };
  uint64_t low = 0, high = 0;
  PlacementState state(problem);
  for (uint32_t i = 0; i < problem.items.size(); ++i) {
    uint64_t load = problem.items[i].matrixRows && !problem.items[i].fixed
                        ? state.leastLoad(i)
                        : 0;
    if (load == ~uint64_t(0))
      return false; // no core has such a crossbar
    low = std::max(low, load);
    high += load;
  }
  if (!attempt(high))
    return false;
  if (attempt(low))
    return true;
  while (high - low > high / 32 && high - low > 1) {
    uint64_t middle = low + (high - low) / 2;
    (attempt(middle) ? high : low) = middle;
  }
  return true;
}

Expected<PlacementSolution>
cm::solvePackedPlacement(PlacementProblem &problem, uint64_t ii,
                         const PlacementOptions &options) {
  problem = unpacked(problem);
  Expected<PlacementSolution> alone = solvePlacement(problem, options);
  if (!alone) {
    PlacementProblem packed = problem;
    if (!packToFit(packed))
      return alone;
    llvm::consumeError(alone.takeError());
    problem = std::move(packed);
    return solvePlacement(problem, options);
  }
  if (ii == 0)
    return alone;
  PlacementProblem packed = problem;
  uint64_t limit = std::max(ii, alone->maxLoad);
  if (packItems(packed, std::max(ii, alone->loadBound)) == 0)
    return alone;
  Expected<PlacementSolution> together = solvePlacement(packed, options);
  if (together && together->maxLoad <= limit) {
    llvm::consumeError(alone.takeError());
    problem = std::move(packed);
    return together;
  }
  llvm::consumeError(together.takeError());
  return alone;
}
