//===- SimModel.cpp - a program in the form that the engine runs ----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SimModel.h"
#include "cm/Program/DpuOpcodes.h"
#include "cm/Support/Error.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <map>
#include <numeric>
#include <set>

using namespace cm;
using namespace cm::sim;
using llvm::Expected;

/// Says which part of a machine is not simulated.
static llvm::Error checkMachine(const MachineModel &machine) {
  for (const machine::CoreType &type : machine.proto().core_types())
    if (type.crossbar().mvm_result() == machine::MVM_RESULT_SRAM)
      return makeError("machine '{0}', core type '{1}': mvm_result sram is not "
                       "simulated yet, expected MVM_RESULT_REGISTER",
                       machine.name(), type.name());
  return llvm::Error::success();
}

Expected<SimModel> SimModel::create(const program::Program &program,
                                    const MachineModel &machine,
                                    const SimOptions &options) {
  if (llvm::Error error = checkMachine(machine))
    return std::move(error);
  SimModel model;
  model.program = &program;
  model.machine = &machine;
  model.addTimes();
  model.addNodes(options);
  model.addRoutes();
  for (uint32_t c = 0; c != model.contexts.size(); ++c)
    model.addTree(c);
  if (llvm::Error error = checkRunLimits(model, options))
    return std::move(error);
  model.addAnalog(options);
  model.makeRows();
  for (uint32_t b = 0; b != model.buffers.size(); ++b)
    model.addSegments(b, options.check);
  for (ContextModel &context : model.contexts) {
    if (context.hasMvm)
      model.addSegments(context.gather);
    for (WindowModel &load : context.loads)
      model.addSegments(load);
  }
  for (uint32_t c = 0; c != model.contexts.size(); ++c)
    for (BufferUse &use : model.contexts[c].uses) {
      use.reader = model.buffers[use.buffer].readers.size();
      model.addReader(use.buffer, c);
    }
  return std::move(model);
}

void SimModel::addTimes() {
  times.resize(machine->numNodes());
  for (uint32_t node = 0; node != times.size(); ++node) {
    NodeTimes &time = times[node];
    if (machine->isIo(node))
      time.ioBytes =
          std::max<uint64_t>(machine->ioNode(node).bytes_per_cycle(), 1);
    if (!machine->isCore(node))
      continue;
    const machine::Sram &sram = machine->core(node).sram();
    time.accessBytes = sram.access_bytes();
    time.readCycles = sram.read_cycles();
    time.writeCycles = sram.write_cycles();
    time.hasShift = llvm::isPowerOf2_64(time.accessBytes);
    if (time.hasShift)
      time.accessShift = llvm::Log2_64(time.accessBytes);
  }
}

void SimModel::addNodes(const SimOptions &options) {
  for (const program::Object &object : program->objects())
    objects.push_back({object.name(), object.height(), object.width(),
                       object.channels(), object.element_bytes()});
  sramEnd.resize(machine->numNodes());
  firstContext.assign(machine->numNodes(), none);
  firstBuffer.assign(machine->numNodes(), none);
  hopsOfLink.resize(machine->links().size());
  uint32_t before = 0;
  for (const program::Node &node : program->nodes()) {
    firstContext[node.id()] = before;
    before += node.contexts_size();
  }
  for (const program::Node &node : program->nodes())
    addNode(node, options);
}

/// By unit: the first of those with which it takes turns. Where all crossbars
/// of a core may run at once these are the units that share a crossbar, if only
/// through others; else all of the core.
static std::vector<uint32_t> turnsOf(const program::Node &node,
                                     machine::MvmConcurrency concurrency) {
  std::vector<uint32_t> first(node.mvm_units_size(), 0);
  if (concurrency != machine::MVM_CONCURRENCY_CORE)
    return first;
  std::iota(first.begin(), first.end(), 0u);
  std::map<uint32_t, uint32_t> holder; // of a crossbar
  for (int u = 0; u != node.mvm_units_size(); ++u)
    for (uint32_t crossbar : node.mvm_units(u).crossbars()) {
      uint32_t other = holder.try_emplace(crossbar, u).first->second;
      auto [low, high] = std::minmax({first[other], first[u]});
      std::replace(first.begin(), first.end(), high, low);
    }
  return first;
}

/// Adds the units of a node; returns the server of each.
std::vector<uint32_t> SimModel::addUnits(const program::Node &node,
                                         const SimOptions &options) {
  if (node.mvm_units().empty())
    return {};
  for (const program::MvmUnit &unit : node.mvm_units())
    addUnit(node.id(), unit, options);
  std::vector<uint32_t> servers =
      turnsOf(node, machine->core(node.id()).crossbar().mvm_concurrency());
  for (uint32_t u = 0; u != servers.size(); ++u) {
    bool isFirst = servers[u] == u;
    servers[u] = isFirst ? numMvmServers : servers[servers[u]];
    if (isFirst) {
      ++numMvmServers;
      mvmServerNode.push_back(node.id());
    }
  }
  return servers;
}

void SimModel::addNode(const program::Node &node, const SimOptions &options) {
  firstBuffer[node.id()] = buffers.size();
  for (const program::Buffer &buffer : node.buffers()) {
    BufferModel model;
    model.node = node.id();
    model.object = buffer.object();
    model.address = buffer.address();
    model.slots = buffer.slots();
    model.bySlots = Divisor(model.slots);
    model.foldRow = buffer.fold() == program::FOLD_ROW;
    const ObjectModel &object = objects[buffer.object()];
    uint64_t bytes =
        model.places(object) * object.channels * object.elementBytes;
    sramEnd[node.id()] = std::max(sramEnd[node.id()], model.address + bytes);
    buffers.push_back(std::move(model));
  }
  uint32_t firstUnit = units.size();
  std::vector<uint32_t> servers = addUnits(node, options);
  for (int c = 0; c != node.contexts_size(); ++c) {
    addContext(node, c);
    ContextModel &context = contexts.back();
    if (!context.hasMvm)
      continue;
    uint32_t unit = node.contexts(c).mvm_unit();
    context.unit = firstUnit + unit;
    context.mvmServer = servers[unit];
    addMvmCost(node.id(), context);
  }
}

void SimModel::addMvmCost(uint32_t node, ContextModel &context) {
  const UnitModel &unit = units[context.unit];
  uint32_t cols = unit.matrix.cols;
  context.mvmCycles = machine->mvmCycles(node, unit.group);
  context.dpuCycles += machine->mvmSumCycles(node, unit.group, cols);
  context.dpuElements += (unit.group.rowTiles - 1) * cols;
}

void SimModel::addUnit(uint32_t node, const program::MvmUnit &unit,
                       const SimOptions &options) {
  const machine::Crossbar &crossbar = machine->core(node).crossbar();
  UnitModel model;
  model.crossbars = unit.crossbars_size();
  model.group =
      machine->groupShape(node, unit.rows(), unit.cols(), unit.column_offset());
  model.planeBits = options.bitPlanes ? crossbar.dac_bits() : 8;
  CellMatrix &matrix = model.matrix;
  matrix.rows = unit.rows(), matrix.cols = unit.cols();
  matrix.slices = std::max(1u, unit.slices());
  matrix.cellBits = crossbar.cell_bits();
  if (!options.timingOnly) {
    uint64_t rows = unit.rows(), cols = unit.cols();
    matrix.cells.resize(matrix.slices * rows * cols);
    const char *bytes = unit.weights().data();
    for (uint64_t s = 0; s != matrix.slices; ++s)
      for (uint64_t r = 0; r != rows; ++r)
        for (uint64_t c = 0; c != cols; ++c)
          matrix.cells[(s * cols + c) * rows + r] =
              matrix.slices == 1
                  ? int8_t(bytes[r * cols + c])
                  : cutBits(int8_t(bytes[r * cols + c]), s, matrix.cellBits,
                            crossbar.weight_bits());
    addSums(matrix);
  }
  model.node = node;
  model.unit = &unit;
  units.push_back(std::move(model));
}

/// Programs the devices of a chip that is not ideal.
void SimModel::addAnalog(const SimOptions &options) {
  if (!options.chip || options.timingOnly)
    return;
  for (uint32_t u = 0; u != units.size(); ++u) {
    UnitModel &unit = units[u];
    AnalogPlace place{options.epoch, unit.node, u,
                      &machine->core(unit.node).crossbar(), unit.unit};
    unit.analog =
        std::make_unique<AnalogUnit>(*options.chip, place, unit.matrix);
  }
}

static WindowModel makeWindow(const program::Gather &gather,
                              uint32_t firstBuffer) {
  return {firstBuffer + gather.buffer(),
          gather.kernel_y(),
          gather.kernel_x(),
          gather.stride_y(),
          gather.stride_x(),
          gather.offset_y(),
          gather.offset_x(),
          gather.dilation_y(),
          gather.dilation_x(),
          gather.channel_begin(),
          gather.channel_end(),
          gather.element_begin(),
          gather.element_end(),
          gather.fill()};
}

static WriteModel makeWrite(const program::Write &write,
                            uint32_t elementBytes) {
  WriteModel model;
  model.object = write.object();
  model.strideY = write.stride_y(), model.strideX = write.stride_x();
  model.offsetY = write.offset_y(), model.offsetX = write.offset_x();
  model.channelBegin = write.channel_begin();
  model.channelEnd = write.channel_end();
  model.pixels = std::max(1u, write.pixels());
  model.rows = std::max(1u, write.rows());
  model.source = write.source();
  model.bytes = uint64_t(model.channelEnd - model.channelBegin) * model.pixels *
                model.rows * elementBytes;
  return model;
}

void SimModel::addContext(const program::Node &node, int index) {
  const program::Context &context = node.contexts(index);
  ContextModel model;
  model.name = machine->nodeName(node.id()) + " '" + context.name() + "'";
  model.context = &context;
  model.node = node.id();
  model.height = context.domain(0);
  model.width = context.domain(1);
  model.routes.assign(context.sends().begin(), context.sends().end());
  if (context.has_input_binding())
    model.binding = context.input_binding();
  model.hasMvm = context.has_mvm_unit();
  if (model.hasMvm)
    model.gather = makeWindow(context.mvm_input(), firstBuffer[node.id()]);
  if (context.has_write())
    model.write = makeWrite(context.write(),
                            objects[context.write().object()].elementBytes);
  if (machine->isCore(node.id()))
    model.lcuCycles = machine->core(node.id()).lcu().instruction_cycles();
  addDpu(node, model);
  std::map<uint32_t, bool> uses; // buffer, whether a load reads it
  if (model.hasMvm)
    uses[model.gather.buffer] = false;
  for (const WindowModel &load : model.loads)
    uses[load.buffer] = true;
  for (auto [buffer, byLoad] : uses)
    model.uses.push_back({buffer, 0, byLoad});
  contexts.push_back(std::move(model));
}

/// What an instruction costs (docs/Program.md).
static uint64_t dpuCost(const MachineModel &machine, uint32_t node,
                        const program::Context &context,
                        const program::DpuInstr &instr, uint64_t &elements) {
  const DpuTraits &traits = *dpuTraits(instr.opcode());
  uint64_t length = instr.length();
  uint64_t window =
      instr.gather().element_end() - instr.gather().element_begin();
  uint64_t products = traits.tableMac * uint64_t(instr.table_size());
  if (traits.matrixMac)
    products +=
        traits.matrixMac * uint64_t(context.dpu(instr.operands(1)).length());
  elements += products + traits.windowAlu * window +
              (traits.alu + traits.lookup + traits.exp) * length;
  return machine.dpuCycles(node, DpuClass::Mac, products) +
         traits.windowAlu * machine.dpuCycles(node, DpuClass::Alu, window) +
         traits.alu * machine.dpuCycles(node, DpuClass::Alu, length) +
         traits.lookup * machine.dpuCycles(node, DpuClass::Lookup, length) +
         traits.exp * machine.dpuCycles(node, DpuClass::Exp, length);
}

void SimModel::addDpu(const program::Node &node, ContextModel &context) {
  for (const program::DpuInstr &instr : context.context->dpu()) {
    DpuModel model;
    model.instr = &instr;
    if (dpuTraits(instr.opcode())->gathers) {
      model.window = context.loads.size();
      context.loadedBy.push_back(context.dpu.size());
      context.loads.push_back(
          makeWindow(instr.gather(), firstBuffer[node.id()]));
    }
    context.dpu.push_back(model);
    context.dpuCycles += dpuCost(*machine, node.id(), *context.context, instr,
                                 context.dpuElements);
  }
}

void SimModel::addRoutes() {
  for (const program::Route &route : program->routes()) {
    RouteModel model;
    model.object = route.object();
    model.context = firstContext[route.source_node()] + route.source_context();
    model.destNode = route.dest_node();
    model.local = route.links().empty();
    for (uint32_t link : route.links())
      model.latency += machine->link(link).latency;
    if (route.has_dest_buffer()) {
      model.buffer = firstBuffer[route.dest_node()] + route.dest_buffer();
      buffers[model.buffer].routes.push_back(routes.size());
    }
    for (int i = 0; i != program->outputs_size(); ++i)
      if (model.buffer == none &&
          program->outputs(i).node() == route.dest_node() &&
          program->outputs(i).object() == route.object())
        model.outputs.push_back(i);
    model.received = counters.size();
    counters.push_back({uint32_t(routes.size()), none});
    for (int r = 0; r != route.readers_size(); ++r) {
      model.retired.push_back(counters.size());
      model.readers.push_back(firstContext[route.dest_node()] +
                              route.readers(r));
      counters.push_back({uint32_t(routes.size()), uint32_t(r)});
    }
    routes.push_back(std::move(model));
  }
  for (ContextModel &context : contexts)
    context.code = compileLcu(*context.context, [&](const program::Wait &wait) {
      uint32_t counter =
          wait.counter_case() == program::Wait::kReceived
              ? routes[wait.received()].received
              : routes[wait.retired().route()].retired[wait.retired().reader()];
      counters[counter].waitedFor = true;
      return counter;
    });
}

/// Bytes on the wire, cycles and delays of the packets of one link of a tree.
void SimModel::addPackets(const ContextModel &context, HopModel &hop) {
  const machine::Network &network = machine->proto().network();
  uint64_t bytes = context.write.bytes, limit = network.max_payload();
  uint64_t full = limit ? std::min(bytes, limit) : bytes;
  uint64_t last = bytes - (context.packets - 1) * full;
  bool cutThrough = network.switching() == machine::SWITCHING_CUT_THROUGH;
  hop.latency = machine->link(hop.link).latency;
  for (unsigned size = 0; size != numPacketSizes; ++size) {
    uint64_t payload[] = {full, last, 0};
    hop.bytes[size] = machine->wireBytes(payload[size]);
    uint64_t cycles = machine->serializationCycles(hop.link, hop.bytes[size]);
    hop.cycles[size] = std::max<uint64_t>(cycles, 1);
    hop.readyAfter[size] = 0;
    if (hop.parent == none)
      continue;
    // A wider link must not run dry before the last byte has come.
    const HopModel &parent = hops[hop.parent];
    uint64_t before = parent.cycles[size], here = hop.cycles[size];
    uint64_t late = before > here ? before - here : 0;
    hop.readyAfter[size] = parent.latency + (cutThrough ? late : before - 1);
  }
}

void SimModel::addTree(uint32_t index) {
  ContextModel &context = contexts[index];
  if (uint64_t limit = machine->proto().network().max_payload())
    context.packets =
        std::max<uint64_t>(1, (context.write.bytes + limit - 1) / limit);
  std::map<uint32_t, uint32_t> hopOf; // by link
  for (uint32_t route : context.routes) {
    uint32_t parent = none;
    for (uint32_t link : program->routes(route).links()) {
      auto [it, isNew] = hopOf.try_emplace(link, hops.size());
      if (isNew) {
        if (parent != none)
          hops[parent].children.push_back(hops.size());
        else
          context.roots.push_back(hops.size());
        context.hops.push_back(hops.size());
        hopsOfLink[link].push_back(hops.size());
        HopModel hop{index, link, parent, {}, {}, 0, {}, {}, {}};
        addPackets(context, hop);
        hops.push_back(std::move(hop));
      }
      parent = it->second;
    }
    if (parent != none)
      hops[parent].deliveries.push_back(route);
    else
      context.localRoutes.push_back(route);
  }
}

void SimModel::addSegments(uint32_t index, CheckGranularity check) {
  BufferModel &buffer = buffers[index];
  const ObjectModel &object = objects[buffer.object];
  std::set<uint32_t> begins{0};
  for (uint32_t route : buffer.routes) {
    const program::Write &write =
        contexts[routes[route].context].context->write();
    begins.insert(write.channel_begin());
    if (write.channel_end() < object.channels)
      begins.insert(write.channel_end());
  }
  buffer.segmentBegin.assign(begins.begin(), begins.end());
  if (check == CheckGranularity::Byte) {
    buffer.segmentBegin.resize(object.channels);
    std::iota(buffer.segmentBegin.begin(), buffer.segmentBegin.end(), 0u);
  }
  buffer.segmentBegin.push_back(object.channels);
  buffer.segmentOfChannel.resize(object.channels);
  for (uint32_t s = 0; s != buffer.segments(); ++s)
    for (uint32_t c = buffer.segmentBegin[s]; c != buffer.segmentBegin[s + 1];
         ++c)
      buffer.segmentOfChannel[c] = s;
  buffer.readersOf.assign(
      uint64_t(object.height) * object.width * buffer.segments(), 0);
}
