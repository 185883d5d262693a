//===- PlacementState.cpp - a placement that is being searched ------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Moves, loads and traffic of a placement under search.
//
//===----------------------------------------------------------------------===//

#include "PlacementState.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <algorithm>

using namespace cm;

PlacementState::PlacementState(const PlacementProblem &problem)
    : problem(problem), place_(problem.items.size(), nowhere),
      contents(problem.numCores()), loads(contents.size(), 0),
      types(problem.firstOfTypes()), hops(*problem.machine),
      edgesOf(problem.items.size()) {
  for (uint32_t i = 0; i < problem.edges.size(); ++i) {
    edgesOf[problem.edges[i].from].push_back(i);
    if (problem.edges[i].to != problem.edges[i].from)
      edgesOf[problem.edges[i].to].push_back(i);
  }
  for (uint32_t i = 0; i < problem.items.size(); ++i)
    if (problem.items[i].fixed &&
        !problem.machine->isCore(*problem.items[i].fixed))
      place_[i] = *problem.items[i].fixed;
}

bool PlacementState::hasFixed(NodeId core) const {
  return std::any_of(contents[core].begin(), contents[core].end(),
                     [&](uint32_t i) { return problem.items[i].fixed; });
}

std::vector<NodeId> PlacementState::candidates() const {
  std::vector<NodeId> cores;
  llvm::SmallVector<const machine::CoreType *, 4> seen; // of empty cores
  for (NodeId core = 0; core < numCores(); ++core) {
    if (!problem.isUsable(core))
      continue;
    if (contents[core].empty()) {
      const machine::CoreType *type = &problem.machine->core(core);
      if (llvm::is_contained(seen, type))
        continue;
      seen.push_back(type);
    }
    cores.push_back(core);
  }
  return cores;
}

//===----------------------------------------------------------------------===//
// Loads and limits
//===----------------------------------------------------------------------===//

uint32_t PlacementState::crossbars(uint32_t item) const {
  for (NodeId core : types)
    if (std::optional<uint32_t> needed = problem.crossbarsOn(item, core))
      return *needed;
  return 0;
}

uint64_t PlacementState::leastLoad(uint32_t item) const {
  uint64_t least = ~uint64_t(0);
  for (NodeId core : types)
    if (problem.crossbarsOn(item, core))
      least = std::min(least, problem.coreLoad(core, {item}).max());
  return least;
}

NodeId PlacementState::busiest() const {
  return std::max_element(loads.begin(), loads.end()) - loads.begin();
}

bool PlacementState::fits(NodeId core,
                          const std::vector<uint32_t> &items) const {
  const machine::CoreType &type = problem.machine->core(core);
  uint64_t crossbars = 0, bytes = 0, contexts = 0;
  for (uint32_t item : items) {
    std::optional<uint32_t> needed = problem.crossbarsOn(item, core);
    if (!needed)
      return false;
    crossbars += *needed;
    contexts += problem.items[item].contexts;
    bytes += problem.items[item].sramBytes;
  }
  return contexts <= type.lcu().contexts() &&
         (crossbars == 0 || crossbars <= type.crossbar().count()) &&
         (type.sram().bytes() == 0 || bytes <= type.sram().bytes());
}

static std::vector<uint32_t> replaced(const std::vector<uint32_t> &items,
                                      uint32_t out, uint32_t in) {
  std::vector<uint32_t> result;
  for (uint32_t item : items)
    if (item != out)
      result.push_back(item);
  if (in != PlacementState::nowhere)
    result.push_back(in);
  return result;
}

std::optional<uint64_t> PlacementState::loadAfter(uint32_t item, NodeId core,
                                                  uint32_t other) const {
  NodeId home = place_[item];
  std::vector<uint32_t> here = replaced(contents[home], item, other);
  std::vector<uint32_t> there = replaced(contents[core], other, item);
  if (!fits(home, here) || !fits(core, there))
    return std::nullopt;
  return std::max(problem.coreLoad(home, here).max(),
                  problem.coreLoad(core, there).max());
}

//===----------------------------------------------------------------------===//
// Moves
//===----------------------------------------------------------------------===//

void PlacementState::update(NodeId core) {
  loads[core] = problem.coreLoad(core, contents[core]).max();
}

void PlacementState::place(uint32_t item, NodeId core) {
  std::vector<uint32_t> &items = contents[core];
  items.insert(std::lower_bound(items.begin(), items.end(), item), item);
  place_[item] = core;
  update(core);
}

void PlacementState::remove(uint32_t item) {
  NodeId core = place_[item];
  std::vector<uint32_t> &items = contents[core];
  items.erase(std::lower_bound(items.begin(), items.end(), item));
  place_[item] = nowhere;
  update(core);
}

void PlacementState::exchange(uint32_t item, NodeId core, uint32_t other) {
  NodeId home = place_[item];
  remove(item);
  if (other != nowhere) {
    remove(other);
    place(other, home);
  }
  place(item, core);
}

void PlacementState::swapCores(NodeId a, NodeId b) {
  std::swap(contents[a], contents[b]);
  std::swap(loads[a], loads[b]); // of the same type
  for (NodeId core : {a, b})
    for (uint32_t item : contents[core])
      place_[item] = core;
}

void PlacementState::assign(const std::vector<NodeId> &nodes) {
  place_ = nodes;
  for (std::vector<uint32_t> &items : contents)
    items.clear();
  for (uint32_t i = 0; i < nodes.size(); ++i)
    if (nodes[i] < numCores())
      contents[nodes[i]].push_back(i);
  for (NodeId core = 0; core < numCores(); ++core)
    update(core);
}

//===----------------------------------------------------------------------===//
// Traffic
//===----------------------------------------------------------------------===//

uint64_t PlacementState::edgeTraffic(const PlacementEdge &edge) const {
  return edge.bytes * hops.between(place_[edge.from], place_[edge.to]);
}

namespace {
/// bytes * hops of cores to others that have been placed, on a mesh: a sum over
/// columns and one over rows.
struct GridTraffic {
  explicit GridTraffic(const Grid &grid)
      : grid(grid), byX(grid.width, 0), byY(grid.height, 0) {}

  void add(NodeId other, uint64_t bytes) {
    for (uint32_t x = 0; x < grid.width; ++x)
      byX[x] += bytes * grid.hopsX(x, grid.x(other));
    for (uint32_t y = 0; y < grid.height; ++y)
      byY[y] += bytes * grid.hopsY(y, grid.y(other));
  }
  uint64_t of(NodeId core) const {
    return byX[grid.x(core)] + byY[grid.y(core)];
  }

  const Grid &grid;
  std::vector<uint64_t> byX, byY;
};
} // namespace

std::vector<uint64_t>
PlacementState::traffic(const std::vector<uint32_t> &items,
                        const std::vector<NodeId> &cores) const {
  std::vector<uint64_t> sums(cores.size(), 0);
  std::optional<GridTraffic> onGrid;
  if (hops.grid())
    onGrid.emplace(*hops.grid());
  for (uint32_t item : items)
    for (uint32_t index : edgesOf[item]) {
      const PlacementEdge &edge = problem.edges[index];
      NodeId other = place_[edge.from == item ? edge.to : edge.from];
      if (other == nowhere)
        continue;
      if (onGrid && problem.machine->isCore(other)) {
        onGrid->add(other, edge.bytes);
        continue;
      }
      std::shared_ptr<const Hops::Row> row = hops.from(other);
      for (size_t i = 0; i < cores.size(); ++i)
        sums[i] += edge.bytes * (*row)[cores[i]];
    }
  if (onGrid)
    for (size_t i = 0; i < cores.size(); ++i)
      sums[i] += onGrid->of(cores[i]);
  return sums;
}

uint64_t PlacementState::trafficOf(uint32_t item, uint32_t other) const {
  uint64_t sum = 0;
  for (uint32_t index : edgesOf[item])
    sum += edgeTraffic(problem.edges[index]);
  if (other == nowhere)
    return sum;
  for (uint32_t index : edgesOf[other]) {
    const PlacementEdge &edge = problem.edges[index];
    if (edge.from != item && edge.to != item)
      sum += edgeTraffic(edge);
  }
  return sum;
}

uint64_t PlacementState::trafficOfCores(NodeId a, NodeId b) const {
  // An edge between two of the items counts at its writer only.
  auto moves = [&](uint32_t item) {
    return place_[item] == a || place_[item] == b;
  };
  uint64_t sum = 0;
  for (NodeId core : {a, b})
    for (uint32_t item : contents[core])
      for (uint32_t index : edgesOf[item]) {
        const PlacementEdge &edge = problem.edges[index];
        if (edge.from == item || !moves(edge.from))
          sum += edgeTraffic(edge);
      }
  return sum;
}

uint64_t PlacementState::totalTraffic() const {
  uint64_t sum = 0;
  for (const PlacementEdge &edge : problem.edges)
    sum += edgeTraffic(edge);
  return sum;
}
