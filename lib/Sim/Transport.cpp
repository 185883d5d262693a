//===- Transport.cpp - messages, links and arrivals -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine.h"
#include "cm/Support/Error.h"
#include <cstring>

using namespace cm;
using namespace cm::sim;
using llvm::formatv;

//===--- Sending
//------------------------------------------------------------===//

uint32_t Engine::newMessage() {
  if (freeMessages.empty()) {
    messages.emplace_back();
    return messages.size() - 1;
  }
  uint32_t index = freeMessages.back();
  freeMessages.pop_back();
  return index;
}

void Engine::releaseMessage(uint32_t index) {
  if (messages[index].undelivered == 0 && messages[index].uninjected == 0)
    freeMessages.push_back(index);
}

uint32_t Engine::packetCount(const Message &message) const {
  uint64_t limit = model.machine->proto().network().max_payload();
  if (limit == 0 || message.payload <= limit)
    return 1;
  return (message.payload + limit - 1) / limit;
}

uint64_t Engine::packetBytes(const Message &message, uint32_t packet) const {
  uint64_t limit = model.machine->proto().network().max_payload();
  uint64_t rest = limit ? message.payload - packet * limit : message.payload;
  return model.machine->wireBytes(limit ? std::min(rest, limit) : rest);
}

void Engine::send(uint32_t index, Flight &flight) {
  ContextState &state = contexts[index];
  const ContextModel &context = model.contexts[index];
  if (context.routes.empty()) {
    ++state.injected;
    return;
  }
  uint32_t id = newMessage();
  Message &message = messages[id];
  message.context = index;
  message.number = state.dpuDone - 1;
  message.image = flight.image;
  message.pixel = writtenPixel(context, flight);
  message.sentAt = now;
  const ObjectModel &object = model.objects[context.context->write().object()];
  bool inside =
      message.pixel.y < object.height && message.pixel.x < object.width;
  message.payload = inside ? context.writeBytes : 0;
  message.bytes.clear();
  if (inside && !options.timingOnly)
    fillPayload(index, flight, message);
  if (failed)
    return;
  inject(index, id);
}

/// Puts a message's packets into the queues of the first links of its tree, and
/// hands it to the routes that stay on the node.
void Engine::inject(uint32_t index, uint32_t id) {
  const ContextModel &context = model.contexts[index];
  Message &message = messages[id];
  message.undelivered = context.routes.size();
  message.uninjected = 0;
  for (uint32_t hop : context.hops)
    message.uninjected += model.hops[hop].parent == none;
  for (uint32_t route : context.routes)
    message.uninjected += model.routes[route].local;
  uint32_t packets = packetCount(message);
  for (uint32_t hop : context.hops) {
    if (model.hops[hop].parent != none)
      continue;
    uint32_t link = model.hops[hop].link;
    for (uint32_t p = 0; p != packets; ++p)
      hopQueues[hop].push_back({id, p});
    links[link].queued += packets;
    markLink(link);
  }
  for (uint32_t route : context.routes)
    if (model.routes[route].local)
      arrive(id, route);
}

/// The bytes of the message: the channels of the input image, or a register in
/// as many bytes as the object's elements have.
void Engine::fillPayload(uint32_t index, Flight &flight, Message &message) {
  const ContextModel &context = model.contexts[index];
  const program::Write &write = context.context->write();
  const ObjectModel &object = model.objects[write.object()];
  message.bytes.resize(message.payload);
  if (context.binding != none) {
    const SimInput &input = inputs[context.binding];
    uint64_t pixel =
        ((flight.image % input.images * object.height + message.pixel.y) *
             object.width +
         message.pixel.x);
    std::memcpy(message.bytes.data(),
                input.data.data() + pixel * object.channels +
                    write.channel_begin(),
                message.payload);
    return;
  }
  const Values &values = flight.registers[write.source()];
  uint32_t size = object.elementBytes;
  int64_t limit = int64_t(1) << (8 * size - 1);
  for (size_t i = 0; i != values.size(); ++i) {
    if (values[i] < -limit || values[i] >= limit)
      return fail(index, flight,
                  formatv("overflow: value {0} of channel {1} of object '{2}' "
                          "does not fit {3} bytes",
                          values[i], write.channel_begin() + i, object.name,
                          size));
    std::memcpy(message.bytes.data() + i * size, &values[i], size);
  }
}

void Engine::injectedOne(uint32_t index) {
  Message &message = messages[index];
  if (--message.uninjected == 0) {
    ++contexts[message.context].injected;
    addSlice(message.context, TraceSlice::Send,
             contexts[message.context].flight(message.number), message.sentAt,
             now);
    markDirty(message.context);
    releaseMessage(index);
  }
}

//===--- Links
//--------------------------------------------------------------===//

void Engine::markLink(uint32_t link) {
  if (links[link].dirty || links[link].busy)
    return;
  links[link].dirty = true;
  dirtyLinks.push_back(link);
}

/// Gives a free link to the next of its queues that holds a packet.
void Engine::grantLink(uint32_t link) {
  LinkState &state = links[link];
  state.dirty = false;
  if (state.busy || state.queued == 0)
    return;
  const std::vector<uint32_t> &hops = model.hopsOfLink[link];
  while (hopQueues[hops[state.next]].empty())
    state.next = (state.next + 1) % hops.size();
  uint32_t hop = hops[state.next];
  state.next = (state.next + 1) % hops.size();
  QueuedPacket packet = hopQueues[hop].front();
  hopQueues[hop].pop_front();
  --state.queued;
  transmit(link, hop, packet);
}

/// Puts a packet on a link. Its first bytes are at the other end after the
/// latency, its last ones when it is serialised.
void Engine::transmit(uint32_t link, uint32_t hop, QueuedPacket packet) {
  const LinkModel &wire = model.machine->link(link);
  const Message &message = messages[packet.message];
  LinkState &state = links[link];
  uint64_t bytes = packetBytes(message, packet.packet);
  uint64_t cycles =
      std::max<uint64_t>(model.machine->serializationCycles(link, bytes), 1);
  state.busy = true;
  state.busyCycles += cycles;
  countLinkBytes(state, wire.widthBytes, bytes);
  counts.linkBytes += bytes;
  queue.push({now + cycles, EventKind::LinkFree, link});
  uint64_t lastByte = now + cycles - 1 + wire.latency;
  bool cutThrough = model.machine->proto().network().switching() ==
                    machine::SWITCHING_CUT_THROUGH;
  for (uint32_t child : model.hops[hop].children) {
    uint64_t ready = lastByte;
    if (cutThrough) {
      uint64_t next = std::max<uint64_t>(
          model.machine->serializationCycles(model.hops[child].link, bytes), 1);
      // A wider link must not run dry before the last byte has come.
      ready = now + wire.latency + (cycles > next ? cycles - next : 0);
    }
    queue.push(
        {ready, EventKind::PacketReady, child, packet.message, packet.packet});
  }
  if (packet.packet + 1 != packetCount(message))
    return;
  for (uint32_t route : model.hops[hop].deliveries)
    queue.push({lastByte, EventKind::Arrived, packet.message, route});
  if (model.hops[hop].parent == none)
    queue.push({now + cycles, EventKind::Injected, packet.message, hop});
}

void Engine::countLinkBytes(LinkState &state, uint32_t width, uint64_t bytes) {
  state.bytes += bytes;
  for (uint64_t time = now; bytes != 0;) {
    uint64_t window = time / peakWindow;
    if (window != state.window) {
      state.window = window;
      state.windowBytes = 0;
    }
    uint64_t room = ((window + 1) * peakWindow - time) * width;
    uint64_t part = std::min(room, bytes);
    state.windowBytes += part;
    state.peakBytes = std::max(state.peakBytes, state.windowBytes);
    bytes -= part;
    time = (window + 1) * peakWindow;
  }
}

//===--- Arrivals
//-----------------------------------------------------------===//

/// The last byte of a message is at its destination: it takes a port.
void Engine::arrive(uint32_t id, uint32_t routeIndex) {
  const Message &message = messages[id];
  const RouteModel &route = model.routes[routeIndex];
  uint64_t cycles = 0;
  uint32_t server = portServer(route.destNode);
  if (route.buffer != none) {
    const BufferModel &buffer = model.buffers[route.buffer];
    const program::Write &write =
        model.contexts[route.context].context->write();
    if (message.payload)
      cycles = model.machine->sramWriteCycles(
          route.destNode,
          memory.addressOf(buffer, message.image, message.pixel,
                           write.channel_begin()),
          message.payload);
  } else {
    uint64_t width = std::max<uint64_t>(
        model.machine->ioNode(route.destNode).bytes_per_cycle(), 1);
    cycles = (message.payload + width - 1) / width;
    server = dpuServer(route.destNode);
  }
  if (message.payload == 0)
    return writeDone(id, routeIndex);
  request(server, {now, uint32_t(2 * contexts.size() + routeIndex),
                   message.number, EventKind::WriteDone, id, routeIndex,
                   std::max<uint64_t>(cycles, 1)});
}

/// Stores the pixels of a message; a problem, or nothing.
std::string Engine::writeBuffer(const Message &message, uint32_t buffer) {
  const program::Write &write =
      model.contexts[message.context].context->write();
  uint32_t pixels = std::max(1u, write.pixels());
  const uint8_t *bytes = message.bytes.empty() ? nullptr : message.bytes.data();
  std::string problem;
  for (uint32_t i = 0; i != pixels && problem.empty(); ++i) {
    problem = memory.write(buffer, message.image,
                           {message.pixel.y, message.pixel.x + i},
                           write.channel_begin(), write.channel_end(), bytes);
    bytes += bytes ? message.payload / pixels : 0;
  }
  return problem;
}

void Engine::writeDone(uint32_t id, uint32_t routeIndex) {
  Message &message = messages[id];
  const RouteModel &route = model.routes[routeIndex];
  if (route.buffer == none) {
    counts.ioBytes += message.payload;
    writeOutput(message, route);
    if (failed)
      return;
  } else if (message.payload) {
    counts.sramWrittenBytes += message.payload;
    std::string problem = writeBuffer(message, route.buffer);
    if (!problem.empty())
      return fail(formatv("cycle {0}: message of {1} for image {2} at {3} {4}",
                          now, model.contexts[message.context].name,
                          message.image,
                          model.machine->nodeName(route.destNode), problem));
  }
  delivered(routeIndex, message.number);
  --message.undelivered;
  if (route.local)
    injectedOne(id);
  else
    releaseMessage(id);
}

void Engine::delivered(uint32_t routeIndex, uint64_t number) {
  RouteState &route = routes[routeIndex];
  uint32_t counter = model.routes[routeIndex].received;
  if (number != route.next) {
    route.early.insert(number);
    return;
  }
  ++route.next;
  received(counter);
  while (!route.early.empty() && *route.early.begin() == route.next) {
    route.early.erase(route.early.begin());
    ++route.next;
    received(counter);
  }
}

void Engine::received(uint32_t index) {
  CounterState &counter = counters[index];
  ++counter.value;
  for (const CounterState::Waiter &waiter : counter.waiters)
    if (counter.value >= waiter.need)
      markDirty(waiter.context);
}

/// Notes that a message writes elements from `begin` of an image of an output.
/// Returns false, and fails, where one of them has been written before.
bool Engine::markWritten(uint32_t index, const Message &message,
                         uint64_t begin) {
  const program::Binding &binding = model.program->outputs(index);
  const ObjectModel &object = model.objects[binding.object()];
  uint64_t imageBytes =
      uint64_t(object.height) * object.width * object.channels;
  OutputState &output = outputs[index];
  uint64_t &bytes = output.bytesOfImage[message.image];
  uint64_t end = begin + message.payload;
  llvm::BitVector *written = nullptr;
  if (bytes != imageBytes) {
    written = &output.written[message.image];
    if (written->empty())
      written->resize(imageBytes);
  }
  if (!written || written->find_first_in(begin, end) != -1) {
    const ContextModel &writer = model.contexts[message.context];
    Flight flight;
    flight.image = message.image;
    flight.at = writer.dimsOf(message.number % writer.iterations());
    uint64_t channel = begin % object.channels;
    fail(message.context, flight,
         formatv("writes channels {0} to {1} of pixel ({2}, {3}) of output "
                 "'{4}', which have been written before",
                 channel, channel + message.payload, message.pixel.y,
                 message.pixel.x, binding.name()));
    return false;
  }
  written->set(begin, end);
  bytes += message.payload;
  if (bytes == imageBytes) {
    output.written.erase(message.image);
    ++bindingsDone[message.image];
  }
  return true;
}

void Engine::writeOutput(const Message &message, const RouteModel &route) {
  const ObjectModel &object = model.objects[route.object];
  uint64_t imageBytes =
      uint64_t(object.height) * object.width * object.channels;
  const program::Write &write =
      model.contexts[message.context].context->write();
  uint64_t at =
      (message.pixel.y * object.width + message.pixel.x) * object.channels +
      write.channel_begin();
  result.statistics.lastOut[message.image] = now;
  if (message.payload == 0)
    return;
  for (uint32_t output : route.outputs) {
    if (!markWritten(output, message, at))
      return;
    if (!options.timingOnly)
      std::memcpy(result.outputs[output].data() + message.image * imageBytes +
                      at,
                  message.bytes.data(), message.payload);
  }
  if (bindingsDone[message.image] != outputs.size())
    return;
  ++imagesDone;
  if (options.progress)
    options.progress(imagesDone);
}
