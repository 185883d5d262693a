//===- Engine.cpp - the loop over cycles ----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine.h"
#include "Epochs.h"
#include "cm/Sim/Simulator.h"
#include "cm/Support/Error.h"
#include "cm/Support/Limits.h"
#include <algorithm>

using namespace cm;
using namespace cm::sim;
using llvm::Expected;
using llvm::formatv;

Engine::Engine(const SimModel &model, llvm::ArrayRef<SimInput> inputs,
               const SimOptions &options)
    : model(model), inputs(inputs), options(options),
      memory(model, !options.timingOnly), queue(options.shuffleSeed) {
  const MachineModel &machine = *model.machine;
  contexts.resize(model.contexts.size());
  counters.resize(model.counters.size());
  routes.resize(model.routes.size());
  hopQueues.resize(model.hops.size());
  links.resize(machine.links().size());
  outputs.resize(model.program->outputs_size());
  bindingsDone.resize(options.images);
  for (size_t o = 0; o != outputs.size(); ++o) {
    const ObjectModel &object =
        model.objects[model.program->outputs(o).object()];
    outputs[o].bytesOfImage.resize(options.images);
    result.outputs.emplace_back();
    if (!options.timingOnly)
      result.outputs[o].resize(options.images * object.height * object.width *
                               object.channels);
  }
  for (const program::Tensor &tensor : model.program->tensors()) {
    result.tensors.emplace_back();
    if (options.captureTensors && !options.timingOnly)
      result.tensors.back().resize(options.images * tensor.height() *
                                   tensor.width() * tensor.channels());
  }
  servers.resize(2 * machine.numNodes() + model.numMvmServers);
  for (uint32_t node = 0; node != machine.numCores(); ++node)
    servers[portServer(node)].capacity =
        std::max<uint32_t>(machine.core(node).sram().ports(), 1);
  for (uint32_t c = 0; c != contexts.size(); ++c) {
    creditsOf.emplace_back();
    for (const BufferUse &use : model.contexts[c].uses) {
      std::vector<Credit> credits;
      for (uint32_t r : model.buffers[use.buffer].routes) {
        const RouteModel &route = model.routes[r];
        for (size_t k = 0; k != route.readers.size(); ++k)
          if (route.readers[k] == c &&
              model.counters[route.retired[k]].waitedFor)
            credits.push_back({route.retired[k], route.latency});
      }
      creditsOf.back().push_back(std::move(credits));
    }
  }
  result.statistics.firstIn.assign(options.images, UINT64_MAX);
  result.statistics.lastOut.assign(options.images, 0);
}

//===--- Cycles
//-------------------------------------------------------------===//

Expected<SimResult> Engine::run() {
  for (uint32_t c = 0; c != contexts.size(); ++c)
    markDirty(c);
  processCycle();
  while (!queue.empty() && !failed) {
    now = queue.top().time;
    if (now > maxCycles)
      fail(formatv("the run is longer than {0} cycles", maxCycles));
    processCycle();
  }
  if (!failed)
    checkComplete();
  if (!failed)
    collect();
  if (failed)
    return makeError("{0}", failure);
  return std::move(result);
}

void Engine::processCycle() {
  while (!queue.empty() && queue.top().time == now && !failed) {
    Event event = queue.top();
    queue.pop();
    if ((++result.statistics.events & 0xffff) == 0 && options.progress)
      options.progress(imagesDone);
    handle(event);
  }
  while (!dirtyContexts.empty() && !failed) {
    // The first one, so that the first error is always the same.
    size_t pick = queue.shuffles() ? queue.nextRandom() % dirtyContexts.size()
                                   : std::min_element(dirtyContexts.begin(),
                                                      dirtyContexts.end()) -
                                         dirtyContexts.begin();
    std::swap(dirtyContexts[pick], dirtyContexts.back());
    uint32_t context = dirtyContexts.back();
    dirtyContexts.pop_back();
    contexts[context].queued = false;
    advance(context);
  }
  for (uint32_t server : dirtyServers)
    grant(server);
  dirtyServers.clear();
  for (uint32_t link : dirtyLinks)
    grantLink(link);
  dirtyLinks.clear();
}

void Engine::handle(const Event &event) {
  auto release = [&](uint32_t server) {
    --servers[server].running;
    if (!servers[server].dirty) {
      servers[server].dirty = true;
      dirtyServers.push_back(server);
    }
  };
  uint32_t a = event.a;
  switch (event.kind) {
  case EventKind::GatherDone:
    release(portServer(model.contexts[a].node));
    return gatherDone(a);
  case EventKind::LoadDone:
    release(portServer(model.contexts[a].node));
    return loadDone(a);
  case EventKind::MvmDone:
    release(mvmServer(model.contexts[a].mvmServer));
    ++contexts[a].mvmDone;
    return markDirty(a);
  case EventKind::DpuDone:
    release(dpuServer(model.contexts[a].node));
    return dpuDone(a);
  case EventKind::WriteDone: {
    const RouteModel &route = model.routes[event.b];
    release(route.buffer != none ? portServer(route.destNode)
                                 : dpuServer(route.destNode));
    return writeDone(a, event.b);
  }
  case EventKind::Injected:
    return injectedOne(a);
  case EventKind::Wake:
    return markDirty(a);
  case EventKind::PacketReady:
    hopQueues[a].push_back({event.b, event.c});
    ++links[model.hops[a].link].queued;
    return markLink(model.hops[a].link);
  case EventKind::LinkFree:
    links[a].busy = false;
    return markLink(a);
  case EventKind::Arrived:
    return arrive(a, event.b);
  }
}

void Engine::markDirty(uint32_t context) {
  if (contexts[context].queued)
    return;
  contexts[context].queued = true;
  dirtyContexts.push_back(context);
}

void Engine::request(uint32_t index, Job job) {
  Server &server = servers[index];
  server.waiting.push(job);
  if (server.dirty)
    return;
  server.dirty = true;
  dirtyServers.push_back(index);
}

void Engine::grant(uint32_t index) {
  Server &server = servers[index];
  server.dirty = false;
  while (server.running < server.capacity && !server.waiting.empty()) {
    Job job = server.waiting.top();
    server.waiting.pop();
    ++server.running;
    server.busy += job.duration;
    queue.push({now + job.duration, job.done, job.a, job.b});
    traceGrant(job);
  }
}

//===--- Failure
//------------------------------------------------------------===//

void Engine::fail(const std::string &problem) {
  if (!failed)
    failure = problem;
  failed = true;
}

void Engine::fail(uint32_t context, const Flight &flight,
                  const std::string &problem) {
  fail(formatv("cycle {0}: {1} in iteration ({2}, {3}) of image {4}: {5}", now,
               model.contexts[context].name, flight.at[0], flight.at[1],
               flight.image, problem));
}

void Engine::checkComplete() {
  for (const ContextState &context : contexts)
    if (!context.finished)
      return fail(describeDeadlock());
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
    return fail(formatv(
        "output '{0}': {1} bytes of image {2} have been written, expected {3}; "
        "the first that is missing is channel {4} of pixel ({5}, {6})",
        binding.name(), output.bytesOfImage[n], n, expected,
        missing % object.channels, pixel / object.width, pixel % object.width));
  }
}

//===--- Trace
//--------------------------------------------------------------===//

void Engine::addSlice(uint32_t context, TraceSlice::Stage stage,
                      const Flight &flight, uint64_t begin, uint64_t end) {
  if (flight.image < options.traceImages && end > begin)
    result.trace.push_back({context, stage, begin, end, flight.image,
                            uint32_t(flight.at[0]), uint32_t(flight.at[1])});
}

void Engine::traceGrant(const Job &job) {
  if (job.done == EventKind::WriteDone)
    return;
  ContextState &state = contexts[job.a];
  // The iteration that each stage is at: it is counted when it ends.
  struct {
    TraceSlice::Stage stage;
    uint64_t number;
  } at = job.done == EventKind::GatherDone
             ? decltype(at){TraceSlice::Gather, state.gathered}
         : job.done == EventKind::LoadDone
             ? decltype(at){TraceSlice::Load, state.loaded}
         : job.done == EventKind::MvmDone
             ? decltype(at){TraceSlice::Mvm, state.mvmDone}
             : decltype(at){TraceSlice::Dpu, state.dpuDone};
  const Flight &flight = state.flight(at.number);
  if (model.contexts[job.a].binding != none) {
    uint64_t &first = result.statistics.firstIn[flight.image];
    first = std::min(first, now);
  }
  addSlice(job.a, at.stage, flight, now, now + job.duration);
}

//===--- Result
//-------------------------------------------------------------===//

void Engine::collect() {
  Statistics &statistics = result.statistics;
  statistics.program = model.program->name();
  statistics.machine = model.machine->name().str();
  statistics.clockGHz = model.machine->clockGHz();
  statistics.images = options.images;
  statistics.cycles = now;
  for (uint32_t c = 0; c != contexts.size(); ++c) {
    const ContextModel &context = model.contexts[c];
    statistics.contexts.push_back({context.context->name(), context.node,
                                   contexts[c].fired, contexts[c].stalls});
  }
  collectEnergy();
  collectCores();
  collectLinks();
}

/// Counts times femtojoules; the sum must fit the report.
void Engine::collectEnergy() {
  EnergyStatistics &energy = result.statistics.energy;
  const machine::Energy &costs = model.machine->proto().energy();
  struct {
    const char *field;
    uint64_t &sum;
    Wide count;
    uint64_t cost;
  } parts[] = {
      {"mvm_fj", energy.mvm, counts.mvms, costs.mvm_fj()},
      {"dpu_element_fj", energy.dpu, counts.dpuElements,
       costs.dpu_element_fj()},
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
      return fail(formatv("energy: with {0} events of {1} = {2} fJ the sum is "
                          "beyond the {3} fJ of a report; run fewer images",
                          uint64_t(part.count), part.field, part.cost,
                          UINT64_MAX));
    part.sum = uint64_t(part.count * part.cost);
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
  for (uint32_t m = 0; m != model.numMvmServers; ++m)
    if (model.mvmServerNode[m] == node) {
      core.mvmBusy += servers[mvmServer(m)].busy;
      ++core.mvmServers;
    }
  for (uint32_t c = 0; c != contexts.size(); ++c)
    if (model.contexts[c].node == node) {
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
  for (uint32_t b = 0; b != model.buffers.size(); ++b) {
    const BufferModel &buffer = model.buffers[b];
    const ObjectModel &object = model.objects[buffer.object];
    if (buffer.node == node)
      core.buffers.push_back(
          {object.name,
           buffer.places(object) * object.channels * object.elementBytes,
           memory.bufferPeak(b)});
  }
  result.statistics.cores.push_back(std::move(core));
}

void Engine::collectLinks() {
  Statistics &statistics = result.statistics;
  statistics.peakWindow = std::min(peakWindow, std::max<uint64_t>(now, 1));
  for (uint32_t link = 0; link != links.size(); ++link)
    if (links[link].bytes)
      statistics.links.push_back({model.machine->linkName(link),
                                  links[link].bytes, links[link].busyCycles,
                                  links[link].peakBytes,
                                  model.machine->link(link).widthBytes});
}

/// Each binding has its images, whole.
static llvm::Error checkInputs(const program::Program &program,
                               llvm::ArrayRef<SimInput> inputs) {
  if (inputs.size() != size_t(program.inputs_size()))
    return makeError("{0} inputs, the program has {1}", inputs.size(),
                     program.inputs_size());
  for (size_t i = 0; i != inputs.size(); ++i) {
    const program::Binding &binding = program.inputs(i);
    const program::Object &object = program.objects(binding.object());
    uint64_t elements =
        uint64_t(object.height()) * object.width() * object.channels();
    if (inputs[i].images == 0 || inputs[i].data.size() % elements != 0 ||
        inputs[i].data.size() / elements != inputs[i].images)
      return makeError("input '{0}': {1} elements for {2} images, expected "
                       "{3} each",
                       binding.name(), inputs[i].data.size(), inputs[i].images,
                       elements);
  }
  return llvm::Error::success();
}

Expected<SimResult> cm::simulate(const program::Program &program,
                                 const MachineModel &machine,
                                 llvm::ArrayRef<SimInput> inputs,
                                 const SimOptions &options) {
  if (options.images == 0 || options.images > maxImages)
    return makeError("{0} images, expected 1 to {1}", options.images,
                     maxImages);
  if (!options.timingOnly)
    if (llvm::Error error = checkInputs(program, inputs))
      return std::move(error);
  if (program.epochs_size())
    return runEpochs(program, machine, inputs, options);
  auto model = SimModel::create(program, machine, options);
  if (!model)
    return model.takeError();
  return Engine(*model, inputs, options).run();
}
