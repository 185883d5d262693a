//===- ProductKinds.cpp - which unit computes a product -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The choice of crossbars or DPU for all convolutions and products.
//
//===----------------------------------------------------------------------===//

#include "ProductKinds.h"
#include "cm/Machine/Crossbar.h"
#include "llvm/Support/FormatVariadic.h"
#include <limits>

using namespace cm;
using namespace cm::partition;
using namespace mlir;

int64_t KindTiling::crossbars() const {
  int64_t sum = 0;
  for (const TilingSolution &tiling : tilings)
    sum += tiling.crossbars();
  return sum;
}

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

static uint64_t coresToUse(const MachineModel &machine, uint64_t cores) {
  uint64_t all = machine.numCores();
  return cores ? std::min(cores, all) : all;
}

/// Of the first `cores` cores (0: all) those with crossbars that differ: the
/// first of each kind.
static SmallVector<NodeId> firstOfKinds(const MachineModel &machine,
                                        uint64_t cores) {
  SmallVector<NodeId> kinds;
  for (NodeId core = 0; core < coresToUse(machine, cores); ++core)
    if (machine.hasCrossbar(core) && llvm::none_of(kinds, [&](NodeId known) {
          return isAlike(machine.core(known).crossbar(),
                         machine.core(core).crossbar());
        }))
      kinds.push_back(core);
  // Where these have none, placement says what is short.
  return kinds.empty() && cores ? firstOfKinds(machine, 0) : kinds;
}

//===----------------------------------------------------------------------===//
// What can hold a product
//===----------------------------------------------------------------------===//

/// Weights are int8, of which a crossbar may hold fewer bits: the first one
/// that is too large. A sum of inputs has the weight 1.
static std::optional<int> tooLarge(cmnn::ProductOpInterface op,
                                   const machine::Crossbar &crossbar) {
  int greatest = (1 << (crossbar.weight_bits() - 1)) - 1;
  auto isHeld = [&](int value) {
    return value <= greatest && value >= -greatest - 1;
  };
  std::vector<int8_t> storage;
  if (greatest < std::numeric_limits<int8_t>::max())
    for (int8_t value : cmnn::weightOf(op, op.getWeightAttr()).getInt8(storage))
      if (!isHeld(value))
        return value;
  if (needsInputSums(op) && !isHeld(1))
    return 1;
  return std::nullopt;
}

/// Why no kind of crossbars holds a product: what the last one with the most
/// bits says.
static std::string refusalOf(cmnn::ProductOpInterface op,
                             const MachineModel &machine,
                             ArrayRef<NodeId> kinds, int64_t maxStack,
                             ArrayRef<Lattice> lattices) {
  std::optional<NodeId> widest;
  for (NodeId core : kinds)
    if (!widest || machine.core(core).crossbar().weight_bits() >
                       machine.core(*widest).crossbar().weight_bits())
      widest = core;
  if (!widest)
    return llvm::formatv("needs a crossbar, but machine '{0}' has none",
                         machine.name());
  const machine::Crossbar &crossbar = machine.core(*widest).crossbar();
  if (std::optional<int> value = tooLarge(op, crossbar)) {
    int greatest = (1 << (crossbar.weight_bits() - 1)) - 1;
    return llvm::formatv(
        "'{0}' has the weight {1}, the {2} bits of machine '{3}' hold {4} to "
        "{5}",
        nameOf(op->getResult(0)), *value, crossbar.weight_bits(),
        machine.name(), -greatest - 1, greatest);
  }
  return llvm::toString(
      tileForKind(op, lattices, machine, *widest, maxStack).takeError());
}

/// The kinds that hold the product, the fewest crossbars first.
static SmallVector<KindTiling, 1> kindsFor(cmnn::ProductOpInterface op,
                                           ArrayRef<Lattice> lattices,
                                           const MachineModel &machine,
                                           ArrayRef<NodeId> cores,
                                           int64_t maxStack) {
  SmallVector<KindTiling, 1> kinds;
  for (NodeId core : cores) {
    if (tooLarge(op, machine.core(core).crossbar()))
      continue;
    llvm::Expected<KindTiling> kind =
        tileForKind(op, lattices, machine, core, maxStack);
    if (kind)
      kinds.push_back(std::move(*kind));
    else
      llvm::consumeError(kind.takeError());
  }
  llvm::stable_sort(kinds, [](const KindTiling &a, const KindTiling &b) {
    return a.crossbars() < b.crossbars();
  });
  return kinds;
}

//===----------------------------------------------------------------------===//
// Depthwise convolutions
//===----------------------------------------------------------------------===//

/// Decides for one that can run on the DPU, and says why.
static void chooseDepthwise(const TilingProblem &shape,
                            const MachineModel &machine, DepthwiseUnit wanted,
                            ProductUnit &unit) {
  NodeId core = unit.kinds.empty() ? 0 : unit.kinds.front().core;
  uint64_t products = shape.kernelY * shape.kernelX * shape.groups;
  uint64_t dpu = machine.dpuCycles(core, DpuClass::Mac, products);
  // The load of one pixel goes on beside the products of the one before.
  uint64_t load = shape.kernelY *
                  machine.sramReadCycles(core, 0, shape.kernelX * shape.groups);
  std::string onDpu = llvm::formatv("depthwise: {0} products take {1} cycles "
                                    "of the DPU and {2} to load",
                                    products, dpu, load);
  if (unit.kinds.empty()) {
    unit.onDpu = true;
    unit.reason = onDpu + ", no crossbar holds its weights";
    return;
  }
  const TilingSolution &tiling = unit.kinds.front().tilings.front();
  const Tile &tile = tiling.tiles.front();
  uint64_t mvm = machine.mvmCycles(
      core, machine.groupShape(core, tile.rows(),
                               tile.cols() + shape.sums * tile.groups()));
  // Bias and requantisation follow on the DPU in either case.
  uint64_t tail = 2 * machine.dpuCycles(core, DpuClass::Alu, shape.groups);
  unit.onDpu = wanted == DepthwiseUnit::Dpu ||
               std::max(dpu + tail, load) <= std::max({mvm, load, tail});
  unit.reason = llvm::formatv("{0}, an MVM {1} and {2} crossbars", onDpu, mvm,
                              tiling.crossbars());
}

/// One input and one output for each channel, and all of the kernel for each
/// pixel of the result.
static bool isDepthwise(const TilingProblem &shape,
                        ArrayRef<Lattice> lattices) {
  return shape.channelsIn == 1 && shape.channelsOut == 1 && shape.groups > 1 &&
         lattices.size() == 1 && lattices.front().y.taps.empty();
}

static LogicalResult chooseUnit(cmnn::ProductOpInterface op,
                                const MachineModel &machine,
                                ArrayRef<NodeId> kinds, int64_t maxStack,
                                DepthwiseUnit wanted, ProductUnit &unit) {
  unit.kinds = kindsFor(op, unit.lattices, machine, kinds, maxStack);
  TilingProblem shape = tilingProblem(op, unit.lattices.front());
  if (isDepthwise(shape, unit.lattices) && wanted != DepthwiseUnit::Crossbar)
    chooseDepthwise(shape, machine, wanted, unit);
  if (unit.onDpu)
    unit.kinds.clear();
  else if (unit.kinds.empty())
    return op->emitOpError(
        refusalOf(op, machine, kinds, maxStack, unit.lattices));
  return success();
}

//===----------------------------------------------------------------------===//
// All together
//===----------------------------------------------------------------------===//

namespace {
/// Crossbars that are left, by kind: how many cores have how many.
class Room {
public:
  Room(const MachineModel &machine, uint64_t cores)
      : kinds(firstOfKinds(machine, cores)) {
    for (NodeId kind : kinds)
      free.emplace_back(machine.core(kind).crossbar().count() + 1, 0);
    for (NodeId core = 0; core < coresToUse(machine, cores); ++core)
      if (machine.hasCrossbar(core))
        ++free[indexOf(machine, core)].back();
  }

  /// Takes crossbars for all tiles, the largest first, each from the fullest
  /// core that has room. Takes none where they do not fit.
  bool take(const KindTiling &tiling) {
    SmallVector<int64_t> needs;
    for (const TilingSolution &lattice : tiling.tilings)
      for (const Tile &tile : lattice.tiles)
        needs.push_back(tile.crossbars);
    llvm::sort(needs, std::greater<>());
    std::vector<uint32_t> &cores =
        free[llvm::find(kinds, tiling.core) - kinds.begin()];
    std::vector<uint32_t> left = cores;
    for (int64_t need : needs) {
      size_t room = need;
      while (room < left.size() && left[room] == 0)
        ++room;
      if (room >= left.size())
        return false;
      --left[room], ++left[room - need];
    }
    cores = std::move(left);
    return true;
  }

private:
  size_t indexOf(const MachineModel &machine, NodeId core) const {
    return llvm::find_if(kinds,
                         [&](NodeId kind) {
                           return isAlike(machine.core(kind).crossbar(),
                                          machine.core(core).crossbar());
                         }) -
           kinds.begin();
  }

  SmallVector<NodeId> kinds;
  std::vector<std::vector<uint32_t>> free; // of each kind
};
} // namespace

/// Crossbars that a product takes more where it cannot have its best kind.
static int64_t regretOf(const ProductUnit &unit) {
  return unit.kinds.size() < 2
             ? std::numeric_limits<int64_t>::max()
             : unit.kinds[1].crossbars() - unit.kinds[0].crossbars();
}

static void chooseKinds(const MachineModel &machine, uint64_t cores,
                        ProductUnits &units) {
  SmallVector<ProductUnit *> order;
  for (auto &[op, unit] : units.of)
    if (!unit.onDpu)
      order.push_back(&unit);
  llvm::stable_sort(order, [](const ProductUnit *a, const ProductUnit *b) {
    return regretOf(*a) > regretOf(*b);
  });
  Room room(machine, cores);
  for (ProductUnit *unit : order) {
    auto kind = llvm::find_if(
        unit->kinds, [&](const KindTiling &kind) { return room.take(kind); });
    if (kind == unit->kinds.end())
      units.fit = false;
    else if (kind != unit->kinds.begin())
      unit->kinds.front() = std::move(*kind);
    unit->kinds.truncate(1);
  }
}

FailureOr<ProductUnits> partition::chooseUnits(func::FuncOp func,
                                               const MachineModel &machine,
                                               int64_t maxStack, uint64_t cores,
                                               DepthwiseUnit depthwise) {
  ProductUnits units;
  SmallVector<NodeId> kinds = firstOfKinds(machine, cores);
  for (auto op : func.getOps<cmnn::ProductOpInterface>()) {
    FailureOr<Lattices> lattices =
        cast<cmnn::StageOpInterface>(op.getOperation()).getLattices();
    if (failed(lattices))
      return failure();
    ProductUnit &unit = units.of[op];
    unit.lattices = *lattices;
    if (failed(chooseUnit(op, machine, kinds, maxStack, depthwise, unit)))
      return failure();
  }
  chooseKinds(machine, cores, units);
  return units;
}
