//===- Result.cpp - what a run measured -----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine.h"
#include "Throughput.h"
#include "cm/Support/Error.h"
#include <algorithm>

using namespace cm;
using namespace cm::sim;
using llvm::formatv;

void Engine::checkComplete() {
  for (const ContextState &context : contexts)
    if (!context.finished)
      return fail(0, describeDeadlock());
  for (size_t o = 0; o != outputs.size() && !failed; ++o)
    checkOutput(o);
}

/// Every element of an output is written; that none is written twice was
/// checked on the way.
void Engine::checkOutput(uint32_t index) {
  const OutputState &output = outputs[index];
  const program::Binding &binding = model.program->outputs(index);
  const ObjectModel &object = model.objects[binding.object()];
  uint64_t expected = uint64_t(object.height) * object.width * object.channels;
  for (uint64_t n = 0; n != options.images; ++n) {
    if (output.bytesOfImage[n] == expected)
      continue;
    auto it = output.written.find(n);
    uint64_t missing =
        it == output.written.end() ? 0 : it->second.find_first_unset();
    uint64_t pixel = missing / object.channels;
    return fail(
        index,
        formatv("output '{0}': {1} bytes of image {2} have been written, "
                "expected {3}; "
                "the first that is missing is channel {4} of pixel ({5}, {6})",
                binding.name(), output.bytesOfImage[n], n, expected,
                missing % object.channels, pixel / object.width,
                pixel % object.width));
  }
}

void Engine::collect() {
  Statistics &statistics = result.statistics;
  statistics.program = model.program->name();
  statistics.machine = model.machine->name().str();
  statistics.clockGHz = model.machine->clockGHz();
  statistics.images = options.images;
  statistics.cycles = lastActive;
  if (occupancy) {
    occupancy->advance(memory, lastActive + 1);
    statistics.sampleCycles = occupancy->cyclesApart();
  }
  for (uint32_t c = 0; c != contexts.size(); ++c) {
    const ContextModel &context = model.contexts[c];
    statistics.contexts.push_back({context.context->name(), context.node,
                                   contexts[c].fired, contexts[c].stalls});
  }
  llvm::sort(result.trace, [](const TraceSlice &a, const TraceSlice &b) {
    return std::tie(a.begin, a.context, a.stage, a.image, a.d0, a.d1) <
           std::tie(b.begin, b.context, b.stage, b.image, b.d0, b.d1);
  });
  collectEnergy();
  collectThroughput();
  collectCores();
  collectLinks();
}

/// Counts times femtojoules; the sum must fit the report.
void Engine::collectEnergy() {
  EnergyStatistics &energy = result.statistics.energy;
  const machine::Energy &costs = model.machine->proto().energy();
  Wide mvms = 0, dpuElements = 0;
  for (uint32_t c = 0; c != contexts.size(); ++c) {
    const ContextModel &context = model.contexts[c];
    if (context.hasMvm)
      mvms +=
          Wide(contexts[c].mvmRequested) * model.units[context.unit].crossbars;
    dpuElements += Wide(contexts[c].dpuRequested) * context.dpuElements;
  }
  struct {
    const char *field;
    uint64_t &sum;
    Wide count;
    uint64_t cost;
  } parts[] = {
      {"mvm_fj", energy.mvm, mvms, costs.mvm_fj()},
      {"dpu_element_fj", energy.dpu, dpuElements, costs.dpu_element_fj()},
      {"sram_read_byte_fj", energy.sramRead, counts.sramReadBytes,
       costs.sram_read_byte_fj()},
      {"sram_write_byte_fj", energy.sramWrite, counts.sramWrittenBytes,
       costs.sram_write_byte_fj()},
      {"link_byte_fj", energy.link, counts.linkBytes, costs.link_byte_fj()},
      {"io_byte_fj", energy.io, counts.ioBytes, costs.io_byte_fj()}};
  Wide total = 0;
  for (auto &part : parts) {
    total += part.count * part.cost;
    if (total > UINT64_MAX)
      return fail(
          0, formatv("energy: with {0} events of {1} = {2} fJ the sum is "
                     "beyond the {3} fJ of a report; run fewer images",
                     uint64_t(part.count), part.field, part.cost, UINT64_MAX));
    part.sum = uint64_t(part.count * part.cost);
  }
}

/// The limits of iterations and of a program's bytes keep the products small.
void Engine::collectThroughput() {
  ThroughputStatistics &throughput = result.statistics.throughput;
  throughput = peakThroughput(*model.machine);
  for (const ContextModel &context : model.contexts)
    if (context.hasMvm) {
      const CellMatrix &matrix = model.units[context.unit].matrix;
      throughput.macsPerImage +=
          context.iterations() * matrix.rows * matrix.cols;
    }
}

void Engine::collectCores() {
  for (uint32_t node = 0; node != model.machine->numCores(); ++node)
    if (model.firstContext[node] != none)
      collectCore(node);
}

void Engine::collectCore(uint32_t node) {
  CoreStatistics core;
  core.name = model.machine->nodeName(node);
  core.dpuBusy = servers[dpuServer(node)].busy;
  core.portBusy = servers[portServer(node)].busy;
  core.portServers = servers[portServer(node)].capacity;
  // MVM servers, contexts and buffers of a node follow each other.
  auto [first, last] = std::equal_range(model.mvmServerNode.begin(),
                                        model.mvmServerNode.end(), node);
  for (auto it = first; it != last; ++it)
    core.mvmBusy += servers[mvmServer(it - model.mvmServerNode.begin())].busy;
  core.mvmServers = last - first;
  for (uint32_t c = model.firstContext[node];
       c != contexts.size() && model.contexts[c].node == node; ++c) {
    const StallCycles &stalls = contexts[c].stalls;
    core.stalls.data += stalls.data;
    core.stalls.credit += stalls.credit;
    core.stalls.resource += stalls.resource;
    if (model.contexts[c].hasMvm)
      core.mvms +=
          contexts[c].fired * model.units[model.contexts[c].unit].crossbars;
  }
  core.sramCapacity = model.machine->core(node).sram().bytes();
  core.sramAllocated = model.sramEnd[node];
  core.sramPeak = memory.livePeak(node);
  for (uint32_t b = model.firstBuffer[node];
       b < model.buffers.size() && model.buffers[b].node == node; ++b) {
    const BufferModel &buffer = model.buffers[b];
    const ObjectModel &object = model.objects[buffer.object];
    core.buffers.push_back(
        {object.name,
         buffer.places(object) * object.channels * object.elementBytes,
         memory.bufferPeak(b),
         occupancy ? occupancy->ofBuffer(b) : std::vector<uint64_t>()});
  }
  result.statistics.cores.push_back(std::move(core));
}

void Engine::collectLinks() {
  Statistics &statistics = result.statistics;
  statistics.peakWindow =
      std::min(peakWindow, std::max<uint64_t>(lastActive, 1));
  auto nameOf = [&](uint32_t context) {
    return model.contexts[context].context->name();
  };
  for (uint32_t link = 0; link != links.size(); ++link) {
    const LinkState &state = links[link];
    if (state.meter.bytes == 0)
      continue;
    LinkStatistics &data = statistics.links.emplace_back();
    data.name = model.machine->linkName(link);
    data.bytes = state.meter.bytes, data.busy = state.busyCycles;
    data.peakBytes = state.meter.peakBytes;
    data.capacity = model.machine->link(link).widthBytes;
    for (uint32_t hop : model.hopsOfLink[link])
      data.streams.push_back({nameOf(model.hops[hop].context), false,
                              hops[hop].meter.bytes,
                              hops[hop].meter.peakBytes});
    for (auto credits = creditMeters.lower_bound({link, 0});
         credits != creditMeters.end() && credits->first.first == link;
         ++credits)
      data.streams.push_back({nameOf(credits->first.second), true,
                              credits->second.bytes,
                              credits->second.peakBytes});
  }
}
