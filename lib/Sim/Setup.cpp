//===- Setup.cpp - the state of an engine before a run --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Among it copies of what the model says, where events look at it all the time.
//
//===----------------------------------------------------------------------===//

#include "Engine.h"
#include <algorithm>

using namespace cm;
using namespace cm::sim;

void Engine::setUpServers() {
  const MachineModel &machine = *model.machine;
  servers.resize(2 * machine.numNodes() + model.numMvmServers);
  for (uint32_t node = 0; node != machine.numCores(); ++node)
    servers[portServer(node)].capacity =
        std::max<uint32_t>(machine.core(node).sram().ports(), 1);
  for (Server &server : servers)
    server.isTraced = options.traceImages != 0;
  // Images begin where they are read first.
  for (const ContextModel &context : model.contexts)
    if (context.binding != none)
      servers[portServer(context.node)].isTraced =
          servers[dpuServer(context.node)].isTraced = true;
}

void Engine::setUpContexts() {
  contexts.resize(model.contexts.size());
  flightData.resize(options.timingOnly ? 0 : contexts.size());
  for (uint32_t c = 0; c != contexts.size(); ++c) {
    const ContextModel &context = model.contexts[c];
    ContextState &state = contexts[c];
    state.hasMvm = context.hasMvm;
    state.width = context.width;
    state.isPaced = context.binding != none && !options.unpaced;
    state.portServer = portServer(context.node);
    state.dpuServer = dpuServer(context.node);
    state.mvmServer = context.hasMvm ? mvmServer(context.mvmServer) : none;
    state.firstWindow = memory.firstWindowOf(c);
    if (context.binding == none) {
      state.numLoads = context.loads.size();
    } else {
      state.inputBytes = context.write.bytes;
      state.inputCycles =
          model.times[context.node].ioCycles(context.write.bytes);
    }
    state.mvmCycles = context.mvmCycles;
    state.dpuCycles = context.dpuCycles;
  }
}

void Engine::setUpRetirements() {
  counters.resize(model.counters.size());
  for (uint32_t c = 0; c != contexts.size(); ++c) {
    contexts[c].firstRetirement = retirements.size();
    for (bool byLoad : {false, true}) {
      if (byLoad)
        contexts[c].firstOfLoads = retirements.size();
      for (const BufferUse &use : model.contexts[c].uses)
        if (use.releasedByLoad == byLoad)
          addRetirement(c, use);
    }
    contexts[c].endRetirement = retirements.size();
  }
}

void Engine::addRetirement(uint32_t context, const BufferUse &use) {
  uint32_t firstCredit = credits.size();
  for (uint32_t r : model.buffers[use.buffer].routes) {
    const RouteModel &route = model.routes[r];
    for (size_t k = 0; k != route.readers.size(); ++k)
      if (route.readers[k] == context &&
          model.counters[route.retired[k]].waitedFor)
        credits.push_back({route.retired[k], r, route.latency});
  }
  retirements.push_back({memory.readerOf(use.buffer, use.reader), firstCredit,
                         uint32_t(credits.size())});
}

void Engine::setUpSenders() {
  for (const ContextModel &context : model.contexts) {
    const WriteModel &write = context.write;
    SenderState sender{};
    sender.strideY = write.strideY, sender.strideX = write.strideX;
    sender.offsetY = write.offsetY, sender.offsetX = write.offsetX;
    if (write.object != none) {
      sender.height = model.objects[write.object].height;
      sender.width = model.objects[write.object].width;
    }
    sender.bytes = write.bytes;
    sender.channelBegin = write.channelBegin;
    sender.channelEnd = write.channelEnd;
    sender.rows = write.rows, sender.pixels = write.pixels;
    sender.packets = context.packets;
    sender.routes = context.routes.size();
    sender.firstRoot = targets.size();
    llvm::append_range(targets, context.roots);
    sender.firstLocal = targets.size();
    llvm::append_range(targets, context.localRoutes);
    sender.endTarget = targets.size();
    senders.push_back(sender);
  }
}

void Engine::setUpRoutes() {
  routes.resize(model.routes.size());
  for (uint32_t r = 0; r != routes.size(); ++r) {
    const RouteModel &route = model.routes[r];
    routes[r].received = route.received;
    routes[r].server = serverOfRoute(route);
    routes[r].buffer = route.buffer;
    routes[r].local = route.local;
    routes[r].cycles = fixedWriteCycles(r);
  }
}

void Engine::setUpHops() {
  hops.resize(model.hops.size());
  for (uint32_t h = 0; h != hops.size(); ++h)
    setUpHop(h);
}

void Engine::setUpHop(uint32_t index) {
  const HopModel &hop = model.hops[index];
  HopState &state = hops[index];
  state.link = hop.link;
  state.isRoot = hop.parent == none;
  state.bytes = hop.bytes;
  state.cycles = hop.cycles;
  state.latency = hop.latency;
  state.firstChild = children.size();
  for (uint32_t child : hop.children)
    children.push_back({child, model.hops[child].readyAfter});
  state.endChild = children.size();
  state.firstDelivery = deliveries.size();
  llvm::append_range(deliveries, hop.deliveries);
  state.endDelivery = deliveries.size();
}

void Engine::setUpLinks() {
  const MachineModel &machine = *model.machine;
  creditsOnLinks =
      machine.proto().network().credits() == machine::CREDITS_INBAND;
  links.resize(machine.links().size());
  for (uint32_t link = 0; link != links.size(); ++link) {
    links[link].width = machine.link(link).widthBytes;
    llvm::ArrayRef<uint32_t> sharing = model.hopsOfLink[link];
    if (sharing.empty())
      continue;
    links[link].next = sharing.front();
    for (size_t i = 0; i != sharing.size(); ++i)
      hops[sharing[i]].nextOnLink = sharing[(i + 1) % sharing.size()];
  }
}

/// The cycles of a write are the same for each place where the bytes of a pixel
/// are a multiple of what is written at once.
uint64_t Engine::fixedWriteCycles(uint32_t index) const {
  const RouteModel &route = model.routes[index];
  const WriteModel &write = model.contexts[route.context].write;
  const NodeTimes &times = model.times[route.destNode];
  if (write.bytes == 0)
    return 0;
  if (route.buffer == none)
    return std::max<uint64_t>(times.ioCycles(write.bytes), 1);
  const BufferModel &buffer = model.buffers[route.buffer];
  const ObjectModel &object = model.objects[buffer.object];
  if (uint64_t(object.channels) * object.elementBytes % times.accessBytes != 0)
    return 0;
  uint64_t address =
      buffer.address + uint64_t(write.channelBegin) * object.elementBytes;
  return std::max<uint64_t>(
      write.rows * times.accesses(address, write.bytes / write.rows) *
          times.writeCycles,
      1);
}

void Engine::setUpOutputs() {
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
  result.statistics.firstIn.assign(options.images, UINT64_MAX);
  result.statistics.lastOut.assign(options.images, 0);
}
