//===- EpochModules.cpp - a module for each epoch -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A tensor is stored once, by the epoch that computes it, and read by every
// epoch that uses it.
//
//===----------------------------------------------------------------------===//

#include "EpochModules.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/SetVector.h"

using namespace cm;
using namespace mlir;

EpochCutter::EpochCutter(ModuleOp module, const EpochNetwork &network)
    : module(module), func(*module.getOps<func::FuncOp>().begin()),
      network(network) {}

/// The epoch that puts a value into global memory; what no epoch computes goes
/// through the first.
uint32_t EpochCutter::epochOf(Value stored) const {
  auto unit = network.unitOf.find(stored.getDefiningOp());
  return unit == network.unitOf.end() ? 0 : epochOfUnit[unit->second];
}

uint32_t EpochCutter::addArray(Value stored, StringRef name) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(stored.getType()).getShape();
  EpochArray array{name.str(), 1, 1, shape.back()};
  if (shape.size() == 4)
    array.height = shape[1], array.width = shape[2];
  arrays.arrays.push_back(std::move(array));
  return arrays.arrays.size() - 1;
}

/// The binding of a tensor in global memory: its elements as they are.
DictionaryAttr EpochCutter::storedAttrs(Value stored) const {
  Builder builder(stored.getContext());
  ArrayRef<int64_t> shape = cast<RankedTensorType>(stored.getType()).getShape();
  SmallVector<int64_t> permutation =
      llvm::to_vector(llvm::seq<int64_t>(0, shape.size() - 1));
  return builder.getDictionaryAttr(
      {builder.getNamedAttr(
           cmnn::tensorAttrName,
           builder.getStringAttr(arrays.arrays[arrayOf.lookup(stored)].name)),
       builder.getNamedAttr("cm.host_shape",
                            builder.getDenseI64ArrayAttr(shape)),
       builder.getNamedAttr("cm.permutation",
                            builder.getDenseI64ArrayAttr(permutation))});
}

/// What a function's attributes call an argument or result.
static StringRef nameIn(DictionaryAttr attrs, StringRef fallback) {
  auto name = attrs ? attrs.getAs<StringAttr>(cmnn::tensorAttrName) : nullptr;
  return name ? name.getValue() : fallback;
}

/// The network's results, each by the epoch that computes it.
void EpochCutter::addResults() {
  Operation *end = func.getBody().front().getTerminator();
  for (auto [index, value] : llvm::enumerate(end->getOperands())) {
    Value stored = storedValue(value);
    DictionaryAttr attrs = func.getResultAttrDict(index);
    uint32_t array =
        addArray(stored, nameIn(attrs, "output" + std::to_string(index)));
    arrays.outputs.push_back(array);
    if (network.unitOf.contains(stored.getDefiningOp()))
      arrayOf.try_emplace(stored, array);
    writes[epochOf(stored)].push_back({value, attrs, array});
  }
}

/// What epochs exchange: stored once, also where the network gives it.
void EpochCutter::addCuts() {
  for (Operation &op : func.getBody().front()) {
    if (!network.unitOf.contains(&op))
      continue;
    for (Value operand : op.getOperands()) {
      Value stored = storedValue(operand);
      if (!network.unitOf.contains(stored.getDefiningOp()) ||
          epochOf(stored) == epochOfUnit[network.unitOf.lookup(&op)] ||
          arrayOf.contains(stored))
        continue;
      auto name = stored.getDefiningOp()->getAttrOfType<StringAttr>(
          cmnn::tensorAttrName);
      std::string fresh = "cut" + std::to_string(arrays.arrays.size());
      arrayOf[stored] = addArray(stored, name ? name.getValue() : fresh);
      writes[epochOf(stored)].push_back(
          {stored, storedAttrs(stored), arrayOf[stored]});
    }
  }
}

/// What an epoch uses and does not compute: the network's inputs in their
/// order, then tensors of earlier epochs. The first takes the inputs that none
/// uses.
void EpochCutter::addReads(uint32_t epoch) {
  llvm::SmallSetVector<Value, 4> used;
  auto use = [&](Value value) {
    Value stored = storedValue(value);
    if (isa<BlockArgument>(stored) || epochOf(stored) != epoch)
      if (arrayOf.contains(stored))
        used.insert(stored);
  };
  for (Operation &op : func.getBody().front())
    if (network.unitOf.contains(&op) &&
        epochOfUnit[network.unitOf.lookup(&op)] == epoch)
      llvm::for_each(op.getOperands(), use);
  for (const Port &port : writes[epoch])
    use(port.value);
  for (BlockArgument argument : func.getArguments())
    if (used.contains(argument) || (epoch == 0 && argument.use_empty()))
      reads[epoch].push_back({argument,
                              func.getArgAttrDict(argument.getArgNumber()),
                              arrayOf[argument]});
  for (Value value : used)
    if (!isa<BlockArgument>(value))
      reads[epoch].push_back({value, storedAttrs(value), arrayOf[value]});
}

void EpochCutter::assign(ArrayRef<EpochRange> epochs) {
  epochOfUnit.clear();
  for (auto [epoch, range] : llvm::enumerate(epochs))
    epochOfUnit.resize(range.end, epoch);
  arrays = EpochArrays();
  arrayOf.clear();
  reads.assign(epochs.size(), {});
  writes.assign(epochs.size(), {});
  for (BlockArgument argument : func.getArguments()) {
    unsigned index = argument.getArgNumber();
    std::string fallback = "input" + std::to_string(index);
    arrayOf[argument] =
        addArray(argument, nameIn(func.getArgAttrDict(index), fallback));
    arrays.inputs.push_back(arrayOf[argument]);
  }
  addResults();
  addCuts();
  for (uint32_t epoch = 0; epoch != epochs.size(); ++epoch)
    addReads(epoch);
}

/// The value in the epoch's function; reshapes and constants come with it.
static Value valueIn(Value value, IRMapping &mapping, OpBuilder &builder) {
  if (Value known = mapping.lookupOrNull(value))
    return known;
  Operation *op = value.getDefiningOp();
  for (Value operand : op->getOperands())
    valueIn(operand, mapping, builder);
  builder.clone(*op, mapping);
  return mapping.lookup(value);
}

/// Copies the symbols that the function's operations name.
static void copySymbols(ModuleOp from, ModuleOp to, func::FuncOp func) {
  SymbolTable symbols(from), copied(to);
  std::optional<SymbolTable::UseRange> uses = SymbolTable::getSymbolUses(func);
  OpBuilder builder = OpBuilder::atBlockBegin(to.getBody());
  for (SymbolTable::SymbolUse use : *uses) {
    StringAttr name = use.getSymbolRef().getRootReference();
    Operation *symbol = symbols.lookup(name);
    if (symbol && !copied.lookup(name))
      copied.insert(builder.clone(*symbol));
  }
}

Epoch EpochCutter::cut(uint32_t index) {
  Epoch epoch;
  epoch.module = ModuleOp::create(module.getLoc());
  (*epoch.module)->setAttrs(module->getAttrDictionary());
  auto builder = OpBuilder::atBlockEnd(epoch.module->getBody());
  SmallVector<Type> arguments, results;
  for (const Port &port : reads[index])
    arguments.push_back(port.value.getType());
  for (const Port &port : writes[index])
    results.push_back(port.value.getType());
  auto part = func::FuncOp::create(builder, func.getLoc(), func.getSymName(),
                                   builder.getFunctionType(arguments, results));
  builder.setInsertionPointToStart(part.addEntryBlock());
  IRMapping mapping;
  for (auto [i, port] : llvm::enumerate(reads[index])) {
    mapping.map(port.value, part.getArgument(i));
    part.setArgAttrs(i, port.attrs);
    epoch.reads.push_back(port.array);
  }
  for (Operation &op : func.getBody().front()) {
    auto unit = network.unitOf.find(&op);
    if (unit == network.unitOf.end() || epochOfUnit[unit->second] != index)
      continue;
    for (Value operand : op.getOperands())
      valueIn(operand, mapping, builder);
    builder.clone(op, mapping);
  }
  SmallVector<Value> returned;
  for (auto [i, port] : llvm::enumerate(writes[index])) {
    returned.push_back(valueIn(port.value, mapping, builder));
    part.setResultAttrs(i, port.attrs);
    epoch.writes.push_back(port.array);
  }
  func::ReturnOp::create(builder, func.getLoc(), returned);
  copySymbols(module, *epoch.module, part);
  return epoch;
}
