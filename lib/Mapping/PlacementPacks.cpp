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
#include <set>

using namespace cm;
using llvm::Expected;

/// The crossbar that all cores of the problem have, those without left aside;
/// null where they differ.
static const machine::Crossbar *onlyCrossbar(const PlacementProblem &problem) {
  const machine::Crossbar *only = nullptr;
  for (NodeId core = 0; core < problem.numCores(); ++core) {
    if (!problem.machine->hasCrossbar(core))
      continue;
    const machine::Crossbar &crossbar = problem.machine->core(core).crossbar();
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
  pack.weightBits = std::max(pack.weightBits, item.weightBits);
}

Expected<PlacementSolution> cm::placePacks(const PlacementProblem &problem,
                                           const PlacementOptions &options) {
  const machine::Crossbar *crossbar = onlyCrossbar(problem);
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
      joined.items.back().isPack = item.pack.has_value();
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
  const machine::Crossbar *crossbar = onlyCrossbar(problem);
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

//===----------------------------------------------------------------------===//
// No more than needed
//===----------------------------------------------------------------------===//

/// Whether the items fit as they are packed.
static bool fits(const PlacementProblem &problem) {
  PlacementOptions quick;
  quick.moves = 0;
  Expected<PlacementSolution> solution = solvePlacement(problem, quick);
  bool isThere = bool(solution);
  llvm::consumeError(solution.takeError());
  return isThere;
}

static std::map<uint32_t, std::vector<uint32_t>>
packsOf(const PlacementProblem &problem) {
  std::map<uint32_t, std::vector<uint32_t>> packs;
  for (uint32_t i = 0; i < problem.items.size(); ++i)
    if (problem.items[i].pack)
      packs[*problem.items[i].pack].push_back(i);
  return packs;
}

/// Crossbars that no item holds, packs taking one each.
static uint32_t freeCrossbars(const PlacementProblem &problem) {
  uint64_t all = 0, used = packsOf(problem).size();
  for (NodeId core = 0; core < problem.numCores(); ++core)
    if (problem.machine->hasCrossbar(core))
      all += problem.machine->core(core).crossbar().count();
  NodeId core = firstWithCrossbar(*problem.machine);
  for (uint32_t i = 0; i < problem.items.size(); ++i)
    if (!problem.items[i].pack && !problem.items[i].fixed)
      used += problem.crossbarsOn(i, core).value_or(0);
  return all > used ? all - used : 0;
}

/// The second half of the time of a pack gets a crossbar of its own; a half of
/// one item is no pack.
static void splitPack(PlacementProblem &problem, uint32_t newPack,
                      std::vector<uint32_t> members,
                      llvm::ArrayRef<uint64_t> loads) {
  llvm::stable_sort(
      members, [&](uint32_t a, uint32_t b) { return loads[a] > loads[b]; });
  uint64_t time[2] = {0, 0};
  std::vector<uint32_t> halves[2];
  for (uint32_t item : members) {
    int half = time[1] < time[0];
    time[half] += loads[item];
    halves[half].push_back(item);
  }
  if (halves[1].empty()) // items without time
    halves[1] = {halves[0].back()}, halves[0].pop_back();
  for (uint32_t item : halves[1])
    problem.items[item].pack = newPack;
  for (const std::vector<uint32_t> &half : halves)
    if (half.size() == 1) {
      PlacementItem &alone = problem.items[half.front()];
      alone.pack.reset(), alone.firstRow = alone.firstCol = 0;
    }
}

/// Splits the busiest pack, so many times.
static void splitPacks(PlacementProblem &problem, uint32_t times) {
  NodeId core = firstWithCrossbar(*problem.machine);
  std::vector<uint64_t> loads;
  for (uint32_t i = 0; i < problem.items.size(); ++i)
    loads.push_back(problem.coreLoad(core, {i}).max());
  for (; times; --times) {
    std::map<uint32_t, std::vector<uint32_t>> packs = packsOf(problem);
    if (packs.empty())
      return;
    auto timeOf = [&](const auto &pack) {
      uint64_t sum = 0;
      for (uint32_t item : pack.second)
        sum += loads[item];
      return sum;
    };
    auto busiest = std::max_element(
        packs.begin(), packs.end(),
        [&](const auto &a, const auto &b) { return timeOf(a) < timeOf(b); });
    splitPack(problem, packs.rbegin()->first + 1, busiest->second, loads);
  }
}

/// Splits packs as long as there are free crossbars for their halves.
static void useFreeCrossbars(PlacementProblem &problem) {
  for (uint32_t times = freeCrossbars(problem); times; times /= 2) {
    PlacementProblem split = problem;
    splitPacks(split, times);
    if (!fits(split))
      continue;
    problem = std::move(split);
    return;
  }
}

/// Finds about the least time of a crossbar with which all items fit: the
/// longest item's or more. False where they do not fit however they are packed.
static bool packToFit(PlacementProblem &problem) {
  auto attempt = [&](uint64_t cycles) {
    PlacementProblem packed = unpacked(problem);
    if (packItems(packed, cycles) == 0 || !fits(packed))
      return false;
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

//===----------------------------------------------------------------------===//
// Fewer cores
//===----------------------------------------------------------------------===//

static size_t coresUsed(const PlacementProblem &problem,
                        const PlacementSolution &solution) {
  std::set<NodeId> used;
  for (auto [item, node] : llvm::zip(problem.items, solution.node))
    if (!item.fixed)
      used.insert(node);
  return used.size();
}

/// A placement on the fewest of the first cores whose busiest keeps to the II,
/// on fewer than `most`; nothing where there is none.
static std::optional<PlacementSolution>
placeOnFewest(PlacementProblem problem, uint64_t ii, uint32_t most,
              const PlacementOptions &options) {
  std::optional<PlacementSolution> best;
  uint32_t low = 0, high = most; // too few; enough, or not fewer
  PlacementOptions quick = options;
  quick.moves = 0;
  auto place = [&](uint32_t cores, const PlacementOptions &how) {
    problem.cores = cores;
    Expected<PlacementSolution> solution = solvePlacement(problem, how);
    if (solution && solution->maxLoad <= ii)
      return best = std::move(*solution), true;
    llvm::consumeError(solution.takeError());
    return false;
  };
  while (high - low > 1) {
    uint32_t middle = low + (high - low) / 2;
    (place(middle, quick) ? high : low) = middle;
  }
  if (best)
    place(high, options);
  return best;
}

Expected<PlacementSolution>
cm::solvePackedPlacement(PlacementProblem &problem, uint64_t ii,
                         const PlacementOptions &options) {
  problem = unpacked(problem);
  if (llvm::Error error = problem.check())
    return std::move(error);
  Expected<PlacementSolution> alone = solvePlacement(problem, options);
  if (!alone) {
    PlacementProblem packed = problem;
    if (!packToFit(packed))
      return alone;
    useFreeCrossbars(packed);
    llvm::consumeError(alone.takeError());
    problem = std::move(packed);
    return solvePlacement(problem, options);
  }
  if (ii == 0)
    return alone;
  PlacementProblem packed = problem;
  if (packItems(packed, std::max(ii, alone->loadBound)) == 0)
    return alone;
  std::optional<PlacementSolution> together =
      placeOnFewest(packed, std::max(ii, alone->maxLoad),
                    coresUsed(problem, *alone), options);
  if (!together)
    return alone;
  // What fewer cores cannot do says nothing of all of them.
  together->loadBound = alone->loadBound;
  problem = std::move(packed);
  return *together;
}
