//===- Validate.cpp - objects, nodes, memory and bindings -----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Validator.h"
#include "cm/Machine/Crossbar.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>
#include <map>

using namespace cm;
using llvm::Error;

Error cm::validateProgram(const program::Program &program,
                          const MachineModel &machine) {
  return Validator(program, machine).run();
}

const program::Node *Validator::findNode(uint32_t id) const {
  auto found = llvm::partition_point(
      program.nodes(),
      [&](const program::Node &node) { return node.id() < id; });
  return found != program.nodes().end() && found->id() == id ? &*found
                                                             : nullptr;
}

std::string Validator::nodeName(uint32_t id) const {
  return id < machine.numNodes() ? machine.nodeName(id)
                                 : "node " + std::to_string(id);
}

Error Validator::run() {
  if (program.epochs_size())
    return runEpochs();
  if (program.release_interval() > maxReleaseInterval)
    return makeError("release_interval: {0} cycles, expected at most {1}",
                     program.release_interval(), maxReleaseInterval);
  if (Error error = checkObjects())
    return error;
  if (Error error = checkTensors())
    return error;
  if (Error error = checkNodeOrder())
    return error;
  if (Error error = checkBindings())
    return error;
  for (const program::Node &node : program.nodes())
    if (Error error = checkNode(node))
      return error;
  if (!hasInputContext)
    return makeError("nodes: expected a context that reads an input, found "
                     "none");
  for (int i = 0; i != program.routes_size(); ++i)
    if (Error error = checkRoute(i))
      return error;
  return checkControl();
}

Error Validator::checkNodeOrder() {
  int64_t last = -1;
  for (const program::Node &node : program.nodes()) {
    if (node.id() >= machine.numNodes())
      return makeError("nodes: identifier {0}, expected below {1}", node.id(),
                       machine.numNodes());
    if (!machine.isCore(node.id()) && !machine.isIo(node.id()))
      return makeError("nodes: {0} only passes messages on, expected a core or "
                       "an i/o node",
                       nodeName(node.id()));
    if (int64_t(node.id()) <= last)
      return makeError("nodes: {0} comes after node {1}, expected rising "
                       "identifiers",
                       nodeName(node.id()), last);
    last = node.id();
  }
  return Error::success();
}

Error Validator::checkBindings() {
  if (program.outputs().empty())
    return makeError("outputs: expected at least one, found none");
  for (int i = 0; i != program.inputs_size(); ++i)
    if (Error error = checkBinding(program.inputs(i),
                                   "inputs[" + std::to_string(i) + "]", true))
      return error;
  for (int i = 0; i != program.outputs_size(); ++i)
    if (Error error = checkBinding(program.outputs(i),
                                   "outputs[" + std::to_string(i) + "]", false))
      return error;
  return Error::success();
}

/// What contexts send, and their LCU code: once routes are known to be sound.
Error Validator::checkControl() {
  for (const program::Node &node : program.nodes())
    for (int c = 0; c != node.contexts_size(); ++c) {
      std::string where =
          nodeName(node.id()) + " context '" + node.contexts(c).name() + "'";
      if (Error error = checkSends(node, c, where))
        return error;
      if (Error error = checkLcu(node, c, where))
        return error;
    }
  return Error::success();
}

/// Elements of an object or a tensor, 0 where there are too many.
template <typename Array> static uint64_t countElements(const Array &array) {
  if (!isElementCount(array.height(), array.width(), array.channels()))
    return 0;
  return uint64_t(array.height()) * array.width() * array.channels();
}

Error Validator::checkObjects() {
  for (int i = 0; i != program.objects_size(); ++i) {
    const program::Object &object = program.objects(i);
    if (countElements(object) == 0)
      return makeError(
          "objects[{0}] '{1}': {2}x{3}x{4} elements, expected 1 to "
          "{5} in all",
          i, object.name(), object.height(), object.width(), object.channels(),
          maxObjectElements);
    if (object.element_bytes() < 1 || object.element_bytes() > 4)
      return makeError("objects[{0}] '{1}': {2} bytes per element, expected 1 "
                       "to 4",
                       i, object.name(), object.element_bytes());
  }
  return Error::success();
}

/// A host array: batch 1 first, and a permutation of the axes behind it.
template <typename Array>
static Error checkHostShape(const Array &array, uint64_t elements,
                            const std::string &where) {
  uint64_t product = 1;
  for (uint32_t extent : array.host_shape()) {
    product *= extent;
    if (product > maxObjectElements)
      break;
  }
  if (array.host_shape_size() < 1 || array.host_shape(0) != 1)
    return makeError("{0}: host_shape must start with batch 1", where);
  if (product != elements)
    return makeError("{0}: host_shape has {1} elements, expected {2}", where,
                     product, elements);
  std::vector<uint32_t> axes(array.permutation().begin(),
                             array.permutation().end());
  llvm::sort(axes);
  bool isPermutation = axes.size() + 1 == size_t(array.host_shape_size());
  for (size_t i = 0; i < axes.size(); ++i)
    isPermutation &= axes[i] == i;
  if (!isPermutation)
    return makeError("{0}: permutation is not one of the {1} axes behind the "
                     "batch",
                     where, array.host_shape_size() - 1);
  return Error::success();
}

Error Validator::checkTensors() {
  for (int i = 0; i != program.tensors_size(); ++i) {
    const program::Tensor &tensor = program.tensors(i);
    std::string where =
        llvm::formatv("tensors[{0}] '{1}'", i, tensor.name()).str();
    uint64_t elements = countElements(tensor);
    if (elements == 0)
      return makeError("{0}: {1}x{2}x{3} elements, expected 1 to {4} in all",
                       where, tensor.height(), tensor.width(),
                       tensor.channels(), maxObjectElements);
    if (tensor.host_type() != program::HOST_TYPE_INT8 &&
        tensor.host_type() != program::HOST_TYPE_UINT8)
      return makeError("{0}: host_type {1}, expected int8 or uint8", where,
                       int(tensor.host_type()));
    if (Error error = checkHostShape(tensor, elements, where))
      return error;
    for (const program::TensorAlias &alias : tensor.aliases())
      if (Error error = checkHostShape(alias, elements,
                                       where + " alias '" + alias.name() + "'"))
        return error;
  }
  return Error::success();
}

Error Validator::checkNode(const program::Node &node) {
  if (!machine.isCore(node.id())) {
    if (node.mvm_units_size() || node.buffers_size())
      return makeError(
          "{0}: an i/o node has no crossbars and no buffers, found "
          "{1} units and {2} buffers",
          nodeName(node.id()), node.mvm_units_size(), node.buffers_size());
  } else {
    uint32_t contexts = machine.core(node.id()).lcu().contexts();
    if (uint32_t(node.contexts_size()) > contexts)
      return makeError("{0}: {1} contexts, the LCU has {2}",
                       nodeName(node.id()), node.contexts_size(), contexts);
    if (Error error = checkUnits(node))
      return error;
    if (Error error = checkBuffers(node))
      return error;
  }
  for (int c = 0; c != node.contexts_size(); ++c)
    if (Error error = checkContext(node, c))
      return error;
  return Error::success();
}

/// Where one unit begins and how many rows it has there.
static Error checkUnitPlace(const program::MvmUnit &unit,
                            const machine::Crossbar &crossbar,
                            const std::string &where) {
  if (unit.rows() == 0 || unit.cols() == 0)
    return makeError("{0}: a matrix of {1} x {2}, expected rows and columns",
                     where, unit.rows(), unit.cols());
  if (unit.row_offset() >= crossbar.rows() ||
      unit.column_offset() >= usableCols(crossbar))
    return makeError("{0}: begins at row {1} and column {2} of cells, there "
                     "are {3} and {4}",
                     where, unit.row_offset(), unit.column_offset(),
                     crossbar.rows(), usableCols(crossbar));
  if (unit.row_offset() && unit.rows() > crossbar.rows() - unit.row_offset())
    return makeError("{0}: {1} rows from row {2} on, expected at most {3}",
                     where, unit.rows(), unit.row_offset(),
                     crossbar.rows() - unit.row_offset());
  if (std::max(1u, unit.slices()) != weightSlices(crossbar))
    return makeError("{0}: {1} slices of a weight, expected {2}", where,
                     unit.slices(), weightSlices(crossbar));
  return Error::success();
}

/// Extents of one unit against those of the crossbar.
static Error checkUnit(const program::MvmUnit &unit,
                       const MachineModel &machine, NodeId node,
                       const std::string &where) {
  const machine::Crossbar &crossbar = machine.core(node).crossbar();
  if (Error error = checkUnitPlace(unit, crossbar, where))
    return error;
  uint64_t needed =
      machine.groupShape(node, unit.rows(), unit.cols(), unit.column_offset())
          .crossbars();
  if (uint64_t(unit.crossbars_size()) != needed)
    return makeError("{0}: {1} crossbars for a matrix of {2} x {3}, expected "
                     "{4}",
                     where, unit.crossbars_size(), unit.rows(), unit.cols(),
                     needed);
  for (uint32_t index : unit.crossbars())
    if (index >= crossbar.count())
      return makeError("{0}: crossbar {1}, the core has {2}", where, index,
                       crossbar.count());
  if (unit.weights().size() != uint64_t(unit.rows()) * unit.cols())
    return makeError("{0}: {1} weight bytes, expected {2} x {3}", where,
                     unit.weights().size(), unit.rows(), unit.cols());
  return Error::success();
}

Error Validator::checkUnits(const program::Node &node) {
  if (node.mvm_units_size() && !machine.hasCrossbar(node.id()))
    return makeError("{0}: {1} mvm units on a core without crossbars",
                     nodeName(node.id()), node.mvm_units_size());
  // By crossbar, with the unit.
  std::map<uint32_t, std::vector<std::pair<int, CellRange>>> held;
  for (int u = 0; u != node.mvm_units_size(); ++u) {
    const program::MvmUnit &unit = node.mvm_units(u);
    const machine::Crossbar &crossbar = machine.core(node.id()).crossbar();
    std::string where =
        nodeName(node.id()) + " mvm_units[" + std::to_string(u) + "]";
    if (Error error = checkUnit(unit, machine, node.id(), where))
      return error;
    for (int k = 0; k != unit.crossbars_size(); ++k) {
      uint32_t index = unit.crossbars(k);
      CellRange cells = cellsOf(crossbar, unit.rows(), unit.cols(),
                                unit.row_offset(), unit.column_offset(), k);
      for (const auto &[other, taken] : held[index])
        if (other == u)
          return makeError("{0}: crossbar {1} is listed twice", where, index);
        else if (cells.overlaps(taken))
          return makeError("{0}: crossbar {1} has cells that mvm_units[{2}] "
                           "holds already",
                           where, index, other);
      held[index].push_back({u, cells});
    }
  }
  return Error::success();
}

/// Checks one buffer; returns where it ends.
static llvm::Expected<uint64_t> checkBuffer(const program::Program &program,
                                            const program::Buffer &buffer,
                                            uint64_t limit,
                                            const std::string &where) {
  if (buffer.object() >= uint32_t(program.objects_size()))
    return makeError("{0}: object {1}, expected below {2}", where,
                     buffer.object(), program.objects_size());
  if (buffer.fold() != program::FOLD_ROW &&
      buffer.fold() != program::FOLD_PIXEL)
    return makeError("{0}: fold {1}, expected FOLD_ROW or FOLD_PIXEL", where,
                     int(buffer.fold()));
  if (buffer.slots() == 0)
    return makeError("{0}: 0 slots, expected at least 1", where);
  const program::Object &object = program.objects(buffer.object());
  uint64_t slotBytes =
      uint64_t(object.channels()) * object.element_bytes() *
      (buffer.fold() == program::FOLD_ROW ? object.width() : 1);
  uint64_t bytes = slotBytes * buffer.slots();
  if (buffer.slots() > limit / slotBytes || buffer.address() > limit - bytes)
    return makeError("{0} ('{1}'): {2} slots of {3} bytes at address {4} reach "
                     "beyond the {5} bytes of SRAM",
                     where, object.name(), buffer.slots(), slotBytes,
                     buffer.address(), limit);
  return buffer.address() + bytes;
}

Error Validator::checkBuffers(const program::Node &node) {
  uint64_t limit = machine.core(node.id()).sram().bytes();
  if (limit == 0)
    limit = maxUnlimitedSram;
  struct Range {
    uint64_t begin, end;
    int buffer;
  };
  std::vector<Range> ranges;
  for (int b = 0; b != node.buffers_size(); ++b) {
    const program::Buffer &buffer = node.buffers(b);
    auto end = checkBuffer(program, buffer, limit,
                           nodeName(node.id()) + " buffers[" +
                               std::to_string(b) + "]");
    if (!end)
      return end.takeError();
    ranges.push_back({buffer.address(), *end, b});
  }
  llvm::sort(ranges, [](const Range &a, const Range &b) {
    return std::tie(a.begin, a.end, a.buffer) <
           std::tie(b.begin, b.end, b.buffer);
  });
  for (size_t i = 1; i < ranges.size(); ++i)
    if (ranges[i].begin < ranges[i - 1].end)
      return makeError("{0}: buffers[{1}] at {2} overlaps buffers[{3}], which "
                       "ends at {4}",
                       nodeName(node.id()), ranges[i].buffer, ranges[i].begin,
                       ranges[i - 1].buffer, ranges[i - 1].end);
  return Error::success();
}

Error Validator::checkBinding(const program::Binding &binding,
                              const std::string &index, bool isInput) {
  std::string where = index + " '" + binding.name() + "'";
  if (binding.object() >= uint32_t(program.objects_size()))
    return makeError("{0}: object {1}, expected below {2}", where,
                     binding.object(), program.objects_size());
  const program::Object &object = program.objects(binding.object());
  if (object.element_bytes() != 1)
    return makeError("{0}: object '{1}' has {2} bytes per element, expected 1",
                     where, object.name(), object.element_bytes());
  if (!machine.isIo(binding.node()))
    return makeError("{0}: {1} is not an i/o node", where,
                     nodeName(binding.node()));
  machine::Direction direction = machine.ioNode(binding.node()).direction();
  if (direction != machine::DIRECTION_BOTH &&
      direction !=
          (isInput ? machine::DIRECTION_INPUT : machine::DIRECTION_OUTPUT))
    return makeError("{0}: {1} has the other direction", where,
                     nodeName(binding.node()));
  if (binding.host_type() < program::HOST_TYPE_INT8 ||
      binding.host_type() > program::HOST_TYPE_FLOAT32)
    return makeError("{0}: host_type {1}, expected int8, uint8 or float32",
                     where, int(binding.host_type()));
  if (binding.host_type() == program::HOST_TYPE_FLOAT32 &&
      !(std::isnormal(binding.scale()) && binding.scale() > 0))
    return makeError("{0}: scale {1:e}, expected a positive normal number",
                     where, binding.scale());
  if (binding.zero_point() < -128 || binding.zero_point() > 127)
    return makeError("{0}: zero_point {1}, expected -128 to 127", where,
                     binding.zero_point());
  return checkHostShape(
      binding, uint64_t(object.height()) * object.width() * object.channels(),
      where);
}
