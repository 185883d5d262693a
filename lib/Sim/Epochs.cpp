//===- Epochs.cpp - programs that program the crossbars anew --------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each epoch is a run of its own, with an engine of its own. Here are the
// arrays in global memory that join them, and the sums of what they measured.
//
//===----------------------------------------------------------------------===//

#include "Epochs.h"
#include "Throughput.h"
#include "cm/Machine/Crossbar.h"
#include "cm/Support/Error.h"
#include "cm/Support/Limits.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <map>

using namespace cm;
using llvm::Error;
using llvm::Expected;

/// Rows of a core's crossbars that hold weights: units that lie next to each
/// other are written with the same rows.
static uint64_t rowsWritten(const program::Node &node,
                            const machine::Crossbar &crossbar) {
  std::map<uint32_t, llvm::BitVector> written; // by crossbar
  for (const program::MvmUnit &unit : node.mvm_units())
    for (int k = 0; k != unit.crossbars_size(); ++k) {
      CellRange cells = cellsOf(crossbar, unit.rows(), unit.cols(),
                                unit.row_offset(), unit.column_offset(), k);
      written.try_emplace(unit.crossbars(k), crossbar.rows())
          .first->second.set(cells.rowBegin, cells.rowEnd);
    }
  uint64_t rows = 0;
  for (const auto &[index, used] : written)
    rows += used.count();
  return rows;
}

uint64_t sim::programmingCycles(const program::Program &program,
                                const MachineModel &machine) {
  uint64_t longest = 0, bytes = 0, bandwidth = 0;
  for (const program::Node &node : program.nodes()) {
    if (node.mvm_units().empty())
      continue;
    const machine::Crossbar &crossbar = machine.core(node.id()).crossbar();
    uint64_t rows = rowsWritten(node, crossbar);
    for (const program::MvmUnit &unit : node.mvm_units())
      bytes += unit.weights().size();
    longest = std::max(longest, rows * crossbar.program_cycles_per_row());
  }
  for (const machine::IoNode &node : machine.proto().io_nodes())
    if (node.direction() != machine::DIRECTION_OUTPUT)
      bandwidth += node.bytes_per_cycle();
  return std::max(longest, uint64_t(llvm::divideCeil(bytes, bandwidth)));
}

namespace {

class EpochRunner {
public:
  EpochRunner(const program::Program &program, const MachineModel &machine,
              llvm::ArrayRef<SimInput> inputs, const SimOptions &options)
      : program(program), machine(machine), options(options),
        arrays(program.objects_size()), held(program.objects_size()) {
    for (size_t i = 0; i != inputs.size() && !options.timingOnly; ++i)
      held[program.inputs(i).object()] = inputs[i];
  }

  Expected<SimResult> run();

private:
  Error checkMemory() const;
  Error runEpoch(int index);
  Error add(uint64_t programming, SimResult &&run);
  void addTimes(uint64_t programming, const Statistics &run);
  void addTrace(uint64_t programming, const SimResult &run);
  void mergeUnits();

  const program::Program &program;
  const MachineModel &machine;
  const SimOptions &options;
  /// What epochs have written, and what is in each array of global memory.
  std::vector<std::vector<int8_t>> arrays;
  std::vector<SimInput> held;
  SimResult result;
};

} // namespace

Error EpochRunner::checkMemory() const {
  uint64_t bytes = 0;
  for (const program::Object &object : program.objects())
    bytes += uint64_t(object.height()) * object.width() * object.channels();
  bytes = llvm::SaturatingMultiply(bytes, options.images);
  if (options.timingOnly || bytes <= options.maxBytes)
    return Error::success();
  return makeError("arrays in global memory of {0} images: {1} bytes, expected "
                   "at most {2}",
                   options.images, bytes, options.maxBytes);
}

Expected<SimResult> EpochRunner::run() {
  if (Error error = checkMemory())
    return std::move(error);
  Statistics &total = result.statistics;
  total.program = program.name();
  total.machine = machine.name().str();
  total.clockGHz = machine.clockGHz();
  total.images = options.images;
  total.throughput = sim::peakThroughput(machine);
  total.firstIn.resize(options.images, UINT64_MAX);
  total.lastOut.resize(options.images, 0);
  for (int index = 0; index != program.epochs_size() && result.stopped.empty();
       ++index)
    if (Error error = runEpoch(index))
      return makeError("epoch {0}: {1}", index,
                       llvm::toString(std::move(error)));
  mergeUnits();
  for (const program::Binding &output : program.outputs())
    result.outputs.push_back(arrays[output.object()]);
  return std::move(result);
}

Error EpochRunner::runEpoch(int index) {
  const program::Epoch &epoch = program.epochs(index);
  std::vector<SimInput> inputs;
  if (!options.timingOnly)
    for (uint32_t array : epoch.reads())
      inputs.push_back(held[array]);
  SimOptions partOptions = options;
  partOptions.sampleBuffers = false;
  partOptions.epoch = index;
  uint64_t programming = sim::programmingCycles(epoch.program(), machine);
  if (options.progress)
    partOptions.progress = [&](const SimProgress &part) {
      const Statistics &before = result.statistics;
      options.progress({index * options.images + part.images,
                        before.cycles + programming + part.cycle,
                        before.events + part.events, part.loads});
    };
  if (options.onEvents)
    partOptions.onEvents = [&](uint32_t, uint64_t cycle, auto events) {
      return options.onEvents(index, cycle, events);
    };
  Expected<SimResult> run =
      simulate(epoch.program(), machine, inputs, partOptions);
  if (!run)
    return run.takeError();
  if (!run->stopped.empty()) {
    result.stopped = llvm::formatv("epoch {0}, {1}", index, run->stopped);
    return Error::success();
  }
  for (int i = 0; i != epoch.writes_size(); ++i) {
    uint32_t array = epoch.writes(i);
    arrays[array] = std::move(run->outputs[i]);
    held[array] = {arrays[array], options.images};
  }
  return add(programming, std::move(*run));
}

/// An image is in the machine from its first input byte, of whatever epoch, to
/// its last output byte.
void EpochRunner::addTimes(uint64_t programming, const Statistics &run) {
  Statistics &total = result.statistics;
  uint64_t begin = total.cycles + programming;
  for (uint64_t n = 0; n != options.images; ++n) {
    total.firstIn[n] = std::min(total.firstIn[n], begin + run.firstIn[n]);
    total.lastOut[n] = begin + run.lastOut[n];
  }
}

Error EpochRunner::add(uint64_t programming, SimResult &&run) {
  Statistics &total = result.statistics, &part = run.statistics;
  addTimes(programming, part);
  addTrace(programming, run);
  total.cycles += programming + part.cycles;
  total.events += part.events;
  total.throughput.macsPerImage += part.throughput.macsPerImage;
  if (total.cycles > maxCycles)
    return makeError("the run is longer than {0} cycles", maxCycles);
  EnergyStatistics &sum = total.energy;
  const EnergyStatistics &energy = part.energy;
  if (energy.total() > UINT64_MAX - sum.total())
    return makeError("energy: the sum is beyond the {0} fJ of a report; run "
                     "fewer images",
                     UINT64_MAX);
  sum.mvm += energy.mvm, sum.dpu += energy.dpu;
  sum.sramRead += energy.sramRead, sum.sramWrite += energy.sramWrite;
  sum.link += energy.link, sum.io += energy.io;
  for (std::vector<int8_t> &tensor : run.tensors)
    result.tensors.push_back(std::move(tensor));
  total.peakWindow = std::max(total.peakWindow, part.peakWindow);
  total.epochs.push_back({programming, std::move(part)});
  return Error::success();
}

/// Contexts of all epochs, and their slices where they are in time.
void EpochRunner::addTrace(uint64_t programming, const SimResult &run) {
  Statistics &total = result.statistics;
  uint64_t first = total.contexts.size(), begin = total.cycles + programming;
  for (const ContextStatistics &context : run.statistics.contexts) {
    total.contexts.push_back(context);
    total.contexts.back().name = run.statistics.program + "/" + context.name;
  }
  for (TraceSlice slice : run.trace) {
    slice.context += first;
    slice.begin += begin, slice.end += begin;
    result.trace.push_back(slice);
  }
}

static void addCore(CoreStatistics &sum, const CoreStatistics &part) {
  sum.name = part.name;
  sum.mvmBusy += part.mvmBusy, sum.dpuBusy += part.dpuBusy;
  sum.portBusy += part.portBusy;
  sum.mvmServers = std::max(sum.mvmServers, part.mvmServers);
  sum.portServers = std::max(sum.portServers, part.portServers);
  sum.mvms += part.mvms;
  sum.stalls.data += part.stalls.data;
  sum.stalls.credit += part.stalls.credit;
  sum.stalls.resource += part.stalls.resource;
  sum.sramCapacity = part.sramCapacity;
  sum.sramAllocated = std::max(sum.sramAllocated, part.sramAllocated);
  sum.sramPeak = std::max(sum.sramPeak, part.sramPeak);
}

/// Cores and links, each once, in the machine's order. Buffers stay with their
/// epochs.
void EpochRunner::mergeUnits() {
  Statistics &total = result.statistics;
  llvm::StringMap<CoreStatistics> cores;
  llvm::StringMap<LinkStatistics> links;
  for (const EpochStatistics &epoch : total.epochs) {
    for (const CoreStatistics &core : epoch.run.cores)
      addCore(cores[core.name], core);
    for (const LinkStatistics &part : epoch.run.links) {
      LinkStatistics &sum = links[part.name];
      sum.name = part.name;
      sum.bytes += part.bytes, sum.busy += part.busy;
      sum.peakBytes = std::max(sum.peakBytes, part.peakBytes);
      sum.capacity = part.capacity;
      for (LinkStreamStatistics stream : part.streams) {
        stream.name = epoch.run.program + "/" + stream.name;
        sum.streams.push_back(std::move(stream));
      }
    }
  }
  for (NodeId node = 0; node != machine.numCores(); ++node)
    if (auto core = cores.find(machine.nodeName(node)); core != cores.end())
      total.cores.push_back(core->second);
  for (LinkId link = 0; link != machine.links().size(); ++link)
    if (auto sum = links.find(machine.linkName(link)); sum != links.end())
      total.links.push_back(sum->second);
}

Expected<SimResult> sim::runEpochs(const program::Program &program,
                                   const MachineModel &machine,
                                   llvm::ArrayRef<SimInput> inputs,
                                   const SimOptions &options) {
  return EpochRunner(program, machine, inputs, options).run();
}
