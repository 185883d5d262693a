//===- EpochNetwork.cpp - a network as the problem of its epochs ----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Units are what shares stages once the whole network is partitioned. The name
// of a tensor leads from a stage back to the operations that it computes.
//
//===----------------------------------------------------------------------===//

#include "EpochNetwork.h"
#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "cm/Support/Error.h"
#include "cm/Target/Module/DiagnosticText.h"
#include "cm/Transforms/Problems.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MathExtras.h"
#include <map>
#include <set>

using namespace cm;
using namespace mlir;

Value cm::storedValue(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isFreeOfEpochs(op) || op->getNumOperands() == 0)
      break;
    value = op->getOperand(0);
  }
  return value;
}

//===----------------------------------------------------------------------===//
// Costs of stages
//===----------------------------------------------------------------------===//

/// The core on which a stage takes the fewest crossbars, and how many.
static std::pair<NodeId, uint64_t> cheapestCore(const PlacementProblem &problem,
                                                uint32_t item) {
  std::pair<NodeId, uint64_t> best = {0, UINT64_MAX};
  for (NodeId core = 0; core < problem.numCores(); ++core)
    if (std::optional<uint32_t> needed = problem.crossbarsOn(item, core))
      if (*needed < best.second)
        best = {core, *needed};
  return best;
}

/// Millionths of an image's pixels that are there before those that the first
/// iteration needs: up to the last row and column of its window.
static uint64_t waitsFor(const StageRead &read) {
  cmflow::ObjectOp object = read.object;
  Extent extent = object.getExtent();
  const Window &window = read.window;
  auto last = [](int64_t kernel, int64_t dilation, int64_t offset,
                 int64_t size) {
    return std::clamp<int64_t>((kernel - 1) * dilation + offset, 0, size - 1);
  };
  int64_t y = last(window.kernelY, window.dilationY, window.offsetY, extent.h);
  int64_t x = last(window.kernelX, window.dilationX, window.offsetX, extent.w);
  return (y * extent.w + x) * 1'000'000 / (extent.h * extent.w);
}

/// Adds a stage to the unit that it belongs to; arrivals that are not `counted`
/// yet come with it. Nothing where no core can host it.
static llvm::Error addStage(const StageNode &node,
                            const PlacementProblem &problem, uint32_t index,
                            std::vector<bool> &counted, EpochUnit &unit) {
  const MachineModel &machine = *problem.machine;
  const PlacementItem &item = problem.items[index];
  auto [core, crossbars] = cheapestCore(problem, index);
  if (crossbars == UINT64_MAX)
    return makeError("stage '{0}': no core of machine '{1}' has crossbars for "
                     "a matrix of {2} rows and {3} columns",
                     item.name, machine.name(), item.matrixRows,
                     item.matrixCols);
  IterationTiming timing = iterationTiming(node, machine, core);
  uint64_t iterations = node.domain.size();
  unit.crossbars += crossbars, unit.contexts += 1;
  unit.sramBytes += item.sramBytes;
  unit.slowest = std::max(unit.slowest, iterations * timing.service());
  bool shared = crossbars && machine.core(core).crossbar().mvm_concurrency() !=
                                 machine::MVM_CONCURRENCY_CORE;
  unit.mvmCycles += shared ? iterations * timing.mvm : 0;
  uint32_t type = machine.coreType(core);
  unit.dpuCycles += item.dpuCycles.on(type);
  unit.sramCycles += item.sramCycles.on(type);
  for (uint32_t arrival : item.arrivals)
    if (!counted[arrival]) {
      counted[arrival] = true;
      unit.sramCycles += problem.arrivals[arrival].on(type);
    }
  unit.service = std::max(unit.service, timing.result());
  for (const StageRead &read : node.reads)
    unit.fill = std::max(unit.fill, waitsFor(read));
  uint64_t rows = 0;
  if (crossbars)
    rows = item.matrixRows *
           machine.groupShape(core, item.matrixRows, item.matrixCols).columns;
  unit.rows += rows, unit.tallest = std::max(unit.tallest, rows);
  unit.weightBytes += item.matrixRows * item.matrixCols;
  return llvm::Error::success();
}

/// What all cores that may be used have together.
static void addMachine(const PlacementProblem &placement,
                       EpochProblem &problem) {
  const MachineModel &machine = *placement.machine;
  bool unlimited = false;
  problem.cores = placement.numCores();
  problem.mvmCores = problem.ports = 0;
  for (NodeId node = 0; node < placement.numCores(); ++node) {
    const machine::CoreType &core = machine.core(node);
    problem.contexts += core.lcu().contexts();
    problem.sramBytes += core.sram().bytes();
    unlimited |= core.sram().bytes() == 0;
    problem.ports += std::max(1u, core.sram().ports());
    if (!core.has_crossbar())
      continue;
    ++problem.mvmCores;
    problem.crossbars += core.crossbar().count();
    problem.programCyclesPerRow = std::max<uint64_t>(
        problem.programCyclesPerRow, core.crossbar().program_cycles_per_row());
  }
  problem.mvmCores = std::max<uint64_t>(problem.mvmCores, 1);
  if (unlimited)
    problem.sramBytes = 0;
  problem.weightBytesPerCycle = 0;
  for (const machine::IoNode &node : machine.proto().io_nodes())
    if (node.direction() != machine::DIRECTION_OUTPUT)
      problem.weightBytesPerCycle += node.bytes_per_cycle();
}

//===----------------------------------------------------------------------===//
// Units
//===----------------------------------------------------------------------===//

namespace {
class NetworkBuilder {
public:
  NetworkBuilder(func::FuncOp func, EpochNetwork &network)
      : func(func), network(network) {}

  /// Names every operation of the copy and keeps the order of both.
  void pairWith(func::FuncOp copy);
  /// Reads the partitioned copy.
  llvm::Error addStages(const StageGraph &graph,
                        const PlacementProblem &placement);
  void orderUnits();
  void addValues(const MachineModel &machine);

private:
  using Needs = std::map<uint32_t, std::set<uint32_t>>;

  uint32_t leaderOf(uint32_t op) const { return classes.getLeaderValue(op); }
  std::vector<uint32_t> operandsOf(uint32_t op) const;
  Needs findNeeds() const;
  void mergeCircles();
  void addValue(Value value, const MachineModel &machine);

  func::FuncOp func;
  EpochNetwork &network;
  std::vector<Operation *> ops; // in the function's order
  llvm::DenseMap<Operation *, uint32_t> indices;
  llvm::StringMap<uint32_t> named; // operations by tensor
  llvm::EquivalenceClasses<uint32_t> classes;
  std::map<uint32_t, EpochUnit> units; // by the leader of their operations
};
} // namespace

void NetworkBuilder::pairWith(func::FuncOp copy) {
  for (auto [op, twin] :
       llvm::zip_equal(func.getBody().front(), copy.getBody().front())) {
    if (isFreeOfEpochs(&op) || op.hasTrait<OpTrait::IsTerminator>())
      continue;
    uint32_t index = ops.size();
    ops.push_back(&op);
    indices[&op] = index;
    classes.insert(index);
    auto name = op.getAttrOfType<StringAttr>(cmnn::tensorAttrName);
    if (name && named.try_emplace(name.getValue(), index).second)
      continue;
    std::string fresh = "operation." + std::to_string(index);
    twin.setAttr(cmnn::tensorAttrName, StringAttr::get(op.getContext(), fresh));
    named[fresh] = index;
  }
}

/// Names of tensors that a stage computes.
static SmallVector<StringRef> tensorsOf(cmflow::StageOp stage) {
  SmallVector<StringRef> names;
  for (Operation &op : stage.getBody().front())
    if (auto tensors = op.getAttrOfType<ArrayAttr>(cmflow::tensorAttrName))
      for (auto tensor : tensors.getAsRange<cmflow::TensorAttr>())
        names.push_back(tensor.getName());
  return names;
}

llvm::Error NetworkBuilder::addStages(const StageGraph &graph,
                                      const PlacementProblem &placement) {
  llvm::MapVector<StringRef, SmallVector<uint32_t>> members; // of each layer
  llvm::StringMap<uint32_t> operation;                       // of each layer
  for (auto [index, node] : llvm::enumerate(graph.nodes)) {
    if (node.role != StageNode::Compute)
      continue;
    StringRef layer = node.stage().getLayerName();
    members[layer].push_back(index);
    for (StringRef name : tensorsOf(node.stage()))
      if (auto op = named.find(name); op != named.end()) {
        auto [first, isNew] = operation.try_emplace(layer, op->second);
        if (!isNew)
          classes.unionSets(first->second, op->second);
      }
  }
  std::vector<bool> counted(placement.arrivals.size(), false);
  uint32_t last = 0; // what computes no tensor goes with the layer before
  for (auto &[layer, stages] : members) {
    auto found = operation.find(layer);
    last = found == operation.end() ? last : found->second;
    EpochUnit &unit = units[last];
    if (unit.name.empty())
      unit.name = layer.str();
    for (uint32_t stage : stages)
      if (llvm::Error error =
              addStage(graph.nodes[stage], placement, stage, counted, unit))
        return error;
  }
  return llvm::Error::success();
}

/// The operations that compute operands of an operation.
std::vector<uint32_t> NetworkBuilder::operandsOf(uint32_t op) const {
  std::vector<uint32_t> result;
  for (Value operand : ops[op]->getOperands())
    if (auto found = indices.find(storedValue(operand).getDefiningOp());
        found != indices.end())
      result.push_back(found->second);
  return result;
}

static void merge(EpochUnit &unit, const EpochUnit &other) {
  if (unit.name.empty())
    unit.name = other.name;
  unit.crossbars += other.crossbars, unit.contexts += other.contexts;
  unit.sramBytes += other.sramBytes;
  unit.slowest = std::max(unit.slowest, other.slowest);
  unit.mvmCycles += other.mvmCycles, unit.dpuCycles += other.dpuCycles;
  unit.sramCycles += other.sramCycles;
  unit.service = std::max(unit.service, other.service);
  unit.fill = std::max(unit.fill, other.fill);
  unit.rows += other.rows, unit.tallest = std::max(unit.tallest, other.tallest);
  unit.weightBytes += other.weightBytes;
}

/// What the unit with each leader needs: the leaders of others.
NetworkBuilder::Needs NetworkBuilder::findNeeds() const {
  Needs needs;
  for (uint32_t op = 0; op != ops.size(); ++op) {
    std::set<uint32_t> &of = needs[leaderOf(op)];
    for (uint32_t operand : operandsOf(op))
      if (leaderOf(operand) != leaderOf(op))
        of.insert(leaderOf(operand));
  }
  return needs;
}

/// Units that need each other become one: an operation that has no stage of its
/// own may lie between two that share one.
void NetworkBuilder::mergeCircles() {
  Needs needs = findNeeds();
  std::map<uint32_t, std::set<uint32_t>> reached; // all that a unit needs
  for (const auto &[unit, direct] : needs) {
    std::set<uint32_t> &all = reached[unit];
    std::vector<uint32_t> pending(direct.begin(), direct.end());
    while (!pending.empty()) {
      uint32_t next = pending.back();
      pending.pop_back();
      if (all.insert(next).second)
        llvm::append_range(pending, needs[next]);
    }
  }
  for (const auto &[unit, all] : reached)
    for (uint32_t other : all)
      if (other != unit && reached[other].count(unit))
        classes.unionSets(unit, other);
}

/// Units in a topological order: always the one whose first operation comes
/// first in the function.
void NetworkBuilder::orderUnits() {
  mergeCircles();
  Needs needs = findNeeds();
  std::map<uint32_t, EpochUnit> figures;
  for (const auto &[op, unit] : units)
    merge(figures[leaderOf(op)], unit);
  std::map<uint32_t, uint32_t> position; // of a leader
  while (position.size() != needs.size()) {
    uint32_t next = 0; // an operation
    while (position.count(leaderOf(next)) ||
           !llvm::all_of(needs[leaderOf(next)],
                         [&](uint32_t unit) { return position.count(unit); }))
      ++next;
    uint32_t leader = leaderOf(next), index = network.problem.units.size();
    position[leader] = index;
    EpochUnit unit = std::move(figures[leader]);
    for (uint32_t op = next; op != ops.size(); ++op)
      if (leaderOf(op) == leader)
        network.unitOf[ops[op]] = index;
    auto name = ops[next]->getAttrOfType<StringAttr>(cmnn::tensorAttrName);
    if (unit.name.empty() && name)
      unit.name = name.getValue().str();
    network.problem.units.push_back(std::move(unit));
  }
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// Cycles to bring an image's pixels in or out, one message each, one after
/// another over one link of an I/O node.
static uint64_t ioCycles(const MachineModel &machine, uint64_t pixels,
                         uint64_t channels) {
  uint64_t bandwidth =
      std::min(machine.ioNode(machine.inputNode()).bytes_per_cycle(),
               machine.ioNode(machine.outputNode()).bytes_per_cycle());
  uint64_t width = machine.proto().link().width_bytes();
  return pixels *
         std::max(llvm::divideCeil(channels, bandwidth),
                  llvm::divideCeil(machine.wireBytes(channels), width));
}

void NetworkBuilder::addValue(Value stored, const MachineModel &machine) {
  EpochValue value;
  auto defining = network.unitOf.find(stored.getDefiningOp());
  if (defining != network.unitOf.end())
    value.producer = defining->second;
  std::set<uint32_t> consumers;
  SmallVector<Value> pending = {stored};
  while (!pending.empty())
    for (Operation *user : pending.pop_back_val().getUsers()) {
      if (isFreeOfEpochs(user))
        llvm::append_range(pending, user->getResults());
      else if (user->hasTrait<OpTrait::IsTerminator>())
        value.isOutput = true;
      else
        consumers.insert(network.unitOf[user]);
    }
  if (value.producer)
    consumers.erase(*value.producer);
  if (consumers.empty() && !value.isOutput)
    return;
  value.consumers.assign(consumers.begin(), consumers.end());
  auto type = cast<RankedTensorType>(stored.getType());
  value.bytes = type.getNumElements();
  uint64_t channels = std::max<int64_t>(type.getShape().back(), 1);
  value.ioCycles = ioCycles(machine, value.bytes / channels, channels);
  network.problem.values.push_back(std::move(value));
}

void NetworkBuilder::addValues(const MachineModel &machine) {
  for (BlockArgument argument : func.getArguments())
    addValue(argument, machine);
  for (Operation *op : ops)
    for (Value result : op->getResults())
      addValue(result, machine);
}

llvm::Expected<EpochNetwork> cm::epochNetwork(ModuleOp module,
                                              const CompileOptions &options,
                                              uint64_t images) {
  func::FuncOp func = *module.getOps<func::FuncOp>().begin();
  EpochNetwork network;
  network.problem.images = images;
  network.problem.copies = options.replicate != Replication::None;
  NetworkBuilder builder(func, network);
  OwningOpRef<ModuleOp> copy = module.clone();
  builder.pairWith(*copy->getOps<func::FuncOp>().begin());
  CompileOptions partition;
  partition.to = Phase::Partition;
  partition.cores = options.cores, partition.shifts = options.shifts;
  partition.shiftAxes = options.shiftAxes;
  partition.reduction = options.reduction;
  partition.depthwise = options.depthwise;
  if (llvm::Expected<CompileReport> done = compile(*copy, partition); !done)
    return done.takeError();
  cmflow::GraphOp graph = *copy->getOps<cmflow::GraphOp>().begin();
  DiagnosticText diagnostics(module.getContext());
  FailureOr<MachineModel> machine = cmhw::getMachineModel(graph);
  if (failed(machine))
    return makeError("{0}", diagnostics.take());
  StageGraph view(graph);
  PlacementProblem placement = placementProblem(view, *machine);
  placement.cores = options.cores;
  if (llvm::Error error = builder.addStages(view, placement))
    return std::move(error);
  builder.orderUnits();
  builder.addValues(*machine);
  addMachine(placement, network.problem);
  return network;
}
