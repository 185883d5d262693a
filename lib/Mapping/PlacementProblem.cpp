//===- PlacementProblem.cpp - what a right placement is -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Loads of cores, sanity of the input and of any placement.
//
//===----------------------------------------------------------------------===//

#include "Hops.h"
#include "cm/Machine/Crossbar.h"
#include "cm/Mapping/Placement.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/Support/MathExtras.h"
#include <map>

using namespace cm;
using llvm::Error;

std::vector<NodeId> PlacementProblem::firstOfTypes() const {
  std::vector<NodeId> cores;
  for (NodeId core = 0; core < numCores(); ++core)
    if (isUsable(core) && (core == 0 || !isUsable(core - 1) ||
                           &machine->core(core) != &machine->core(core - 1)))
      cores.push_back(core);
  return cores;
}

std::optional<uint32_t> PlacementProblem::crossbarsOn(uint32_t item,
                                                      NodeId core) const {
  const PlacementItem &stage = items[item];
  if (machine->isCore(core) && !isUsable(core))
    return std::nullopt;
  if (stage.matrixRows == 0)
    return 0;
  if (!machine->isCore(core) || !machine->hasCrossbar(core) ||
      machine->core(core).crossbar().weight_bits() < stage.weightBits)
    return std::nullopt;
  uint64_t needed = machine
                        ->groupShape(core, stage.firstRow + stage.matrixRows,
                                     stage.matrixCols, stage.firstCol)
                        .crossbars();
  if (needed > machine->core(core).crossbar().count() ||
      (stage.pack && needed > 1))
    return std::nullopt;
  return needed;
}

/// Port cycles of what is sent to the items, each message once.
static uint64_t arrivalCycles(const PlacementProblem &problem, uint32_t type,
                              llvm::ArrayRef<uint32_t> hosted) {
  uint64_t cycles = 0;
  llvm::BitVector seen(problem.arrivals.size());
  for (uint32_t item : hosted)
    for (uint32_t arrival : problem.items[item].arrivals)
      if (!seen.test(arrival)) {
        seen.set(arrival);
        cycles += problem.arrivals[arrival].on(type);
      }
  return cycles;
}

CoreLoad PlacementProblem::coreLoad(NodeId core,
                                    llvm::ArrayRef<uint32_t> hosted) const {
  CoreLoad load;
  if (!machine->isCore(core) || hosted.empty())
    return load;
  const machine::CoreType &type = machine->core(core);
  uint32_t index = machine->coreType(core);
  bool allAtOnce =
      type.crossbar().mvm_concurrency() == machine::MVM_CONCURRENCY_CORE;
  std::map<uint32_t, uint64_t> packed; // MVM cycles of each pack
  for (uint32_t item : hosted) {
    load.dpu += items[item].dpuCycles.on(index);
    if (uint64_t mvms = type.has_crossbar() ? items[item].mvms : 0) {
      GroupShape group =
          machine->groupShape(core, items[item].matrixRows,
                              items[item].matrixCols, items[item].firstCol);
      uint64_t mvm = mvms * machine->mvmCycles(core, group);
      if (allAtOnce && items[item].pack)
        mvm = packed[*items[item].pack] += mvm;
      load.mvm = allAtOnce ? std::max(load.mvm, mvm) : load.mvm + mvm;
    }
    load.sram += items[item].sramCycles.on(index);
  }
  load.sram += arrivalCycles(*this, index, hosted);
  load.sram = llvm::divideCeil(load.sram, std::max(1u, type.sram().ports()));
  return load;
}

Error PlacementProblem::check() const {
  for (const PlacementItem &item : items) {
    if (item.matrixRows < 0 || (item.matrixRows == 0) != (item.matrixCols == 0))
      return makeError("placement: the matrix of '{0}' is {1}x{2}", item.name,
                       item.matrixRows, item.matrixCols);
    if (item.fixed && *item.fixed >= machine->numNodes())
      return makeError("placement: '{0}' is fixed to node {1}, there are {2}",
                       item.name, *item.fixed, machine->numNodes());
    for (uint32_t arrival : item.arrivals)
      if (arrival >= arrivals.size())
        return makeError("placement: '{0}' is sent arrival {1}, there are {2}",
                         item.name, arrival, arrivals.size());
  }
  if (cores > machine->numCores())
    return makeError("placement: {0} cores are wanted, machine '{1}' has {2}",
                     cores, machine->name(), machine->numCores());
  for (const PlacementEdge &edge : edges)
    if (edge.from >= items.size() || edge.to >= items.size())
      return makeError("placement: an edge joins items {0} and {1}, there are "
                       "{2}",
                       edge.from, edge.to, items.size());
  return Error::success();
}

/// The items of each core.
static std::vector<std::vector<uint32_t>>
hostedItems(const PlacementProblem &problem,
            const PlacementSolution &solution) {
  std::vector<std::vector<uint32_t>> hosted(problem.numCores());
  for (uint32_t i = 0; i < problem.items.size(); ++i)
    if (solution.node[i] < problem.numCores())
      hosted[solution.node[i]].push_back(i);
  return hosted;
}

namespace {
/// What an item holds of one crossbar.
struct HeldCells {
  uint32_t item;
  CellRange cells;
};
} // namespace

/// Adds what an item holds of a crossbar to what others do.
static Error holdCells(const PlacementProblem &problem, const HeldCells &cells,
                       const std::string &crossbar,
                       std::vector<HeldCells> &held) {
  const PlacementItem &item = problem.items[cells.item];
  for (const HeldCells &other : held) {
    const PlacementItem &holder = problem.items[other.item];
    if (!item.pack || item.pack != holder.pack)
      return makeError("placement: '{0}' and '{1}' both hold {2}", holder.name,
                       item.name, crossbar);
    if (cells.cells.overlaps(other.cells))
      return makeError("placement: '{0}' and '{1}' both hold cells of {2}",
                       holder.name, item.name, crossbar);
  }
  held.push_back(cells);
  return Error::success();
}

/// Crossbars of the core are shared by items of a pack only, cells by none.
static Error verifyCrossbars(const PlacementProblem &problem,
                             const PlacementSolution &solution, NodeId core,
                             llvm::ArrayRef<uint32_t> hosted) {
  const MachineModel &machine = *problem.machine;
  const machine::Crossbar &type = machine.core(core).crossbar();
  std::map<uint64_t, std::vector<HeldCells>> held; // by crossbar
  for (uint32_t item : hosted) {
    const PlacementItem &data = problem.items[item];
    std::optional<uint32_t> needed = problem.crossbarsOn(item, core);
    if (!needed)
      return makeError("placement: {0} has no crossbars for the {1}x{2} matrix "
                       "of '{3}'",
                       machine.nodeName(core), data.matrixRows, data.matrixCols,
                       data.name);
    for (uint32_t k = 0; k < *needed; ++k) {
      uint64_t crossbar = uint64_t(solution.firstCrossbar[item]) + k;
      if (crossbar >= type.count())
        return makeError(
            "placement: '{0}' holds crossbar {1} of {2}, there are "
            "{3}",
            data.name, crossbar, machine.nodeName(core), type.count());
      CellRange cells = cellsOf(type, data.matrixRows, data.matrixCols,
                                data.firstRow, data.firstCol, k);
      if (Error error = holdCells(problem, {item, cells},
                                  llvm::formatv("crossbar {0} of {1}", crossbar,
                                                machine.nodeName(core)),
                                  held[crossbar]))
        return error;
    }
  }
  return Error::success();
}

/// All items of a pack hold the same crossbar.
static Error verifyPacks(const PlacementProblem &problem,
                         const PlacementSolution &solution) {
  std::map<uint32_t, uint32_t> first; // item of each pack
  for (uint32_t i = 0; i < problem.items.size(); ++i) {
    if (!problem.items[i].pack)
      continue;
    uint32_t other = first.try_emplace(*problem.items[i].pack, i).first->second;
    if (solution.node[i] != solution.node[other] ||
        solution.firstCrossbar[i] != solution.firstCrossbar[other])
      return makeError(
          "placement: '{0}' and '{1}' are packed, expected both on "
          "one crossbar",
          problem.items[other].name, problem.items[i].name);
  }
  return Error::success();
}

static Error verifyCore(const PlacementProblem &problem,
                        const PlacementSolution &solution, NodeId core,
                        llvm::ArrayRef<uint32_t> hosted) {
  const machine::CoreType &type = problem.machine->core(core);
  if (Error error = verifyCrossbars(problem, solution, core, hosted))
    return error;
  uint64_t bytes = 0, contexts = 0;
  for (uint32_t item : hosted) {
    bytes += problem.items[item].sramBytes;
    contexts += problem.items[item].contexts;
  }
  if (contexts > type.lcu().contexts())
    return makeError(
        "placement: {0} hosts {1} stages, its LCU has {2} contexts",
        problem.machine->nodeName(core), contexts, type.lcu().contexts());
  if (type.sram().bytes() && bytes > type.sram().bytes())
    return makeError("placement: stages of {0} need {1} bytes of SRAM, there "
                     "are {2}",
                     problem.machine->nodeName(core), bytes,
                     type.sram().bytes());
  return Error::success();
}

Error PlacementProblem::verifyFit(const PlacementSolution &solution) const {
  if (solution.node.size() != items.size() ||
      solution.firstCrossbar.size() != items.size())
    return makeError("placement: {0} nodes and {1} crossbars for {2} items",
                     solution.node.size(), solution.firstCrossbar.size(),
                     items.size());
  for (uint32_t i = 0; i < items.size(); ++i) {
    bool right = items[i].fixed ? solution.node[i] == *items[i].fixed
                                : isUsable(solution.node[i]);
    if (!right)
      return makeError("placement: '{0}' is on node {1}, expected {2}",
                       items[i].name, solution.node[i],
                       items[i].fixed ? machine->nodeName(*items[i].fixed)
                                      : std::string("a core"));
  }
  if (Error error = verifyPacks(*this, solution))
    return error;
  std::vector<std::vector<uint32_t>> hosted = hostedItems(*this, solution);
  for (NodeId core = 0; core < numCores(); ++core)
    if (Error error = verifyCore(*this, solution, core, hosted[core]))
      return error;
  return Error::success();
}

Error PlacementProblem::verify(const PlacementSolution &solution) const {
  if (Error error = verifyFit(solution))
    return error;
  std::vector<std::vector<uint32_t>> hosted = hostedItems(*this, solution);
  uint64_t busiest = 0;
  for (NodeId core = 0; core < numCores(); ++core)
    busiest = std::max(busiest, coreLoad(core, hosted[core]).max());
  uint64_t byteHops = placementByteHops(*this, solution.node);
  if (solution.maxLoad != busiest || solution.byteHops != byteHops)
    return makeError("placement: load {0} and byte hops {1} are said, {2} and "
                     "{3} are found",
                     solution.maxLoad, solution.byteHops, busiest, byteHops);
  if (solution.loadBound > busiest)
    return makeError("placement: the bound of {0} is above the load of {1}",
                     solution.loadBound, busiest);
  return Error::success();
}

uint64_t cm::placementByteHops(const PlacementProblem &problem,
                               const std::vector<NodeId> &node) {
  uint64_t byteHops = 0;
  Hops hops(*problem.machine);
  for (const PlacementEdge &edge : problem.edges)
    byteHops += edge.bytes * hops.between(node[edge.from], node[edge.to]);
  return byteHops;
}

std::vector<ResourceLoad>
cm::placementLoads(const PlacementProblem &problem,
                   const PlacementSolution &solution) {
  std::vector<ResourceLoad> loads;
  std::vector<std::vector<uint32_t>> hosted = hostedItems(problem, solution);
  for (NodeId core = 0; core < hosted.size(); ++core) {
    CoreLoad load = problem.coreLoad(core, hosted[core]);
    std::string name = problem.machine->nodeName(core);
    loads.push_back({"crossbars of " + name, load.mvm});
    loads.push_back({"DPU of " + name, load.dpu});
    loads.push_back({"SRAM ports of " + name, load.sram});
  }
  return loads;
}
