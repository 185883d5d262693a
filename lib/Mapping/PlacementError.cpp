//===- PlacementError.cpp - why a placement does not fit ------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Totals of the network against totals of the machine.
//
//===----------------------------------------------------------------------===//

#include "PlacementError.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <map>

using namespace cm;
using llvm::Error;

namespace {
/// Of all items together, and of all cores. SRAM of a machine with an unlimited
/// core is not counted.
struct Totals {
  explicit Totals(const PlacementProblem &problem) {
    for (NodeId core = 0; core < problem.numCores(); ++core) {
      if (!problem.isUsable(core))
        continue;
      const machine::CoreType &type = problem.machine->core(core);
      crossbars += type.has_crossbar() ? type.crossbar().count() : 0;
      contexts += type.lcu().contexts();
      bytes += type.sram().bytes();
      unlimited |= type.sram().bytes() == 0;
    }
  }
  uint64_t crossbars = 0, contexts = 0, bytes = 0;
  bool unlimited = false;
};
} // namespace

/// The fewest crossbars with which any core can host the item.
static std::optional<uint32_t> fewestCrossbars(const PlacementProblem &problem,
                                               uint32_t item,
                                               llvm::ArrayRef<NodeId> types) {
  std::optional<uint32_t> fewest;
  for (NodeId core : types)
    if (std::optional<uint32_t> needed = problem.crossbarsOn(item, core))
      fewest = std::min(fewest.value_or(*needed), *needed);
  return fewest;
}

/// "'a' (36), 'b' (18)": the five layers that take most.
static std::string largestLayers(const PlacementProblem &problem,
                                 llvm::function_ref<uint64_t(uint32_t)> cost) {
  std::map<std::string, uint64_t> sums;
  for (uint32_t i = 0; i < problem.items.size(); ++i) {
    const PlacementItem &item = problem.items[i];
    if (!item.fixed)
      sums[item.layer.empty() ? item.name : item.layer] += cost(i);
  }
  std::vector<std::pair<std::string, uint64_t>> sorted(sums.begin(),
                                                       sums.end());
  std::stable_sort(
      sorted.begin(), sorted.end(),
      [](const auto &a, const auto &b) { return a.second > b.second; });
  std::string text;
  for (size_t i = 0; i < std::min<size_t>(5, sorted.size()); ++i)
    text += llvm::formatv("{0}'{1}' ({2})", i ? ", " : "", sorted[i].first,
                          sorted[i].second);
  return text;
}

/// " (3 cores with 64 each)": the fewest cores that have so many crossbars.
static std::string coresWith(const PlacementProblem &problem,
                             uint64_t crossbars) {
  uint64_t most = 1;
  for (NodeId core = 0; core < problem.numCores(); ++core)
    most = std::max<uint64_t>(most,
                              problem.machine->core(core).crossbar().count());
  uint64_t cores = llvm::divideCeil(crossbars, most);
  return llvm::formatv(" ({0} {1} with {2} each)", cores,
                       cores == 1 ? "core" : "cores", most);
}

/// `countCores` says how many cores would have what is short.
static Error compare(const PlacementProblem &problem, const char *what,
                     uint64_t available,
                     llvm::function_ref<uint64_t(uint32_t)> cost,
                     bool countCores = false) {
  uint64_t needed = 0;
  for (uint32_t i = 0; i < problem.items.size(); ++i)
    if (!problem.items[i].fixed)
      needed += cost(i);
  if (needed <= available)
    return Error::success();
  uint64_t missing = needed - available;
  return makeError("the network needs {0} {1}, machine '{2}' has {3}: {4} are "
                   "short{5}; layers that take most: {6}{7}",
                   needed, what, problem.machine->name(), available, missing,
                   countCores ? coresWith(problem, missing) : "",
                   largestLayers(problem, cost),
                   countCores ? "; --allow-reload runs it in parts" : "");
}

/// "; first fit takes 145 cores, 1 are short": cores for the crossbars and
/// contexts of all stages, largest first. Nothing where cores differ or these
/// are not what is short.
static std::string firstFit(const PlacementState &state) {
  const PlacementProblem &problem = state.problem;
  const machine::CoreType &type = problem.machine->core(0);
  for (NodeId core = 0; core < problem.numCores(); ++core)
    if (&problem.machine->core(core) != &type)
      return "";
  std::vector<uint32_t> order;
  for (uint32_t i = 0; i < problem.items.size(); ++i)
    if (!problem.items[i].fixed)
      order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return state.crossbars(a) > state.crossbars(b);
  });
  std::vector<std::pair<uint64_t, uint64_t>> room; // crossbars, contexts
  for (uint32_t item : order) {
    auto core = llvm::find_if(room, [&](const auto &left) {
      return left.first >= state.crossbars(item) && left.second >= 1;
    });
    if (core == room.end())
      core =
          room.insert(core, {type.crossbar().count(), type.lcu().contexts()});
    core->first -= state.crossbars(item), core->second -= 1;
  }
  if (room.size() <= problem.numCores())
    return "";
  return llvm::formatv("; first fit takes {0} cores, {1} are short",
                       room.size(), room.size() - problem.numCores());
}

Error cm::checkPlacementTotals(const PlacementProblem &problem) {
  std::vector<uint64_t> crossbars(problem.items.size(), 0);
  std::vector<NodeId> types = problem.firstOfTypes();
  for (uint32_t i = 0; i < problem.items.size(); ++i) {
    if (problem.items[i].fixed)
      continue;
    std::optional<uint32_t> fewest = fewestCrossbars(problem, i, types);
    if (!fewest)
      return makeError(
          "stage '{0}': no core of machine '{1}' has crossbars for "
          "a matrix of {2} rows and {3} columns",
          problem.items[i].name, problem.machine->name(),
          problem.items[i].matrixRows, problem.items[i].matrixCols);
    crossbars[i] = *fewest;
  }
  Totals totals(problem);
  if (Error error = compare(
          problem, "crossbars", totals.crossbars,
          [&](uint32_t i) { return crossbars[i]; }, true))
    return error;
  if (Error error =
          compare(problem, "LCU contexts", totals.contexts,
                  [&](uint32_t i) { return problem.items[i].contexts; }))
    return error;
  if (totals.unlimited)
    return Error::success();
  return compare(problem, "bytes of SRAM", totals.bytes,
                 [&](uint32_t i) { return problem.items[i].sramBytes; });
}

Error cm::placementDoesNotFit(const PlacementState &state) {
  const PlacementProblem &problem = state.problem;
  uint32_t item = 0;
  while (state.node(item) != PlacementState::nowhere)
    ++item;
  uint64_t crossbars = 0;
  for (uint32_t i = 0; i < problem.items.size(); ++i)
    crossbars += problem.items[i].fixed ? 0 : state.crossbars(i);
  return makeError(
      "no core of machine '{0}' has room left for stage '{1}', "
      "which needs {2} crossbars, an LCU context and {3} bytes of "
      "SRAM in one core; the network needs {4} of {5} crossbars{6}; "
      "layers that take most: {7}",
      problem.machine->name(), problem.items[item].name, state.crossbars(item),
      problem.items[item].sramBytes, crossbars, Totals(problem).crossbars,
      firstFit(state),
      largestLayers(problem, [&](uint32_t i) { return state.crossbars(i); }));
}

/// Least cycles of MVMs that the item adds to those of a core's other items.
static uint64_t leastMvm(const PlacementProblem &problem, uint32_t item,
                         llvm::ArrayRef<NodeId> types) {
  uint64_t least = ~uint64_t(0);
  for (NodeId core : types) {
    if (!problem.crossbarsOn(item, core))
      continue;
    bool shared = problem.machine->core(core).crossbar().mvm_concurrency() !=
                  machine::MVM_CONCURRENCY_CORE;
    least = std::min(least, shared ? problem.coreLoad(core, {item}).mvm : 0);
  }
  return least == ~uint64_t(0) ? 0 : least;
}

/// The least of cycles over the types of cores that can host an item.
static uint64_t leastOn(const PlacementProblem &problem, uint32_t item,
                        const CoreCycles &cycles,
                        llvm::ArrayRef<NodeId> types) {
  uint64_t least = ~uint64_t(0);
  for (NodeId core : types)
    if (problem.crossbarsOn(item, core))
      least = std::min(least, cycles.on(problem.machine->coreType(core)));
  return least == ~uint64_t(0) ? 0 : least;
}

/// Port cycles of arrivals, each taken by one core only.
static uint64_t leastArrivals(const PlacementProblem &problem,
                              llvm::ArrayRef<NodeId> types) {
  std::vector<uint64_t> least(problem.arrivals.size(), ~uint64_t(0));
  for (uint32_t i = 0; i < problem.items.size(); ++i)
    for (uint32_t arrival : problem.items[i].arrivals)
      least[arrival] =
          std::min(least[arrival],
                   leastOn(problem, i, problem.arrivals[arrival], types));
  uint64_t sum = 0;
  for (uint64_t cycles : least)
    sum += cycles == ~uint64_t(0) ? 0 : cycles;
  return sum;
}

uint64_t cm::placementLoadBound(const PlacementProblem &problem) {
  const MachineModel &machine = *problem.machine;
  uint64_t mvm = 0, dpu = 0, longest = 0;
  uint64_t withCrossbar = 0, ports = 0;
  for (NodeId core = 0; core < problem.numCores(); ++core) {
    withCrossbar += machine.hasCrossbar(core);
    ports += std::max(1u, machine.core(core).sram().ports());
  }
  PlacementState state(problem);
  std::vector<NodeId> types = problem.firstOfTypes();
  uint64_t sram = leastArrivals(problem, types);
  for (uint32_t i = 0; i < problem.items.size(); ++i) {
    const PlacementItem &item = problem.items[i];
    if (item.fixed && !machine.isCore(*item.fixed))
      continue;
    longest = std::max(longest, state.leastLoad(i));
    mvm += leastMvm(problem, i, types);
    dpu += leastOn(problem, i, item.dpuCycles, types);
    sram += leastOn(problem, i, item.sramCycles, types);
  }
  if (withCrossbar)
    longest = std::max(longest, llvm::divideCeil(mvm, withCrossbar));
  longest = std::max(longest, llvm::divideCeil(dpu, problem.numCores()));
  return std::max(longest, llvm::divideCeil(sram, ports));
}
