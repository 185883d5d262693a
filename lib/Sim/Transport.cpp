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

void Engine::send(uint32_t index, Flight &flight) {
  ContextState &state = contexts[index];
  const SenderState &sender = senders[index];
  if (sender.routes == 0) {
    ++state.injected;
    return;
  }
  uint32_t id = newMessage();
  Message &message = messages[id];
  message.context = index;
  message.number = state.dpuDone - 1;
  message.image = flight.image;
  message.pixel = sender.writtenPixel(flight.dims);
  message.sentAt = now;
  bool inside =
      message.pixel.y < sender.height && message.pixel.x < sender.width;
  message.payload = inside ? sender.bytes : 0;
  message.packets = message.payload ? sender.packets : 1;
  if (options.timingOnly || fillPayload(index, flight, message))
    inject(sender, id);
}

/// Puts a message's packets into the queues of the first links of its tree, and
/// hands it to the routes that stay on the node.
void Engine::inject(const SenderState &sender, uint32_t id) {
  Message &message = messages[id];
  message.undelivered = sender.routes;
  message.uninjected = sender.endTarget - sender.firstRoot;
  for (uint32_t t = sender.firstRoot; t != sender.firstLocal; ++t)
    for (uint32_t p = 0; p != message.packets; ++p)
      queuePacket(targets[t], {id, p});
  for (uint32_t t = sender.firstLocal; t != sender.endTarget; ++t)
    arrive(id, targets[t]);
}

void Engine::queuePacket(uint32_t hop, QueuedPacket packet) {
  uint32_t link = hops[hop].link;
  hops[hop].queue.push_back(packet);
  ++links[link].queued;
  wakeLink(link);
}

/// The bytes of the message: the channels of the input image, or a register in
/// as many bytes as the object's elements have.
bool Engine::fillPayload(uint32_t index, Flight &flight, Message &message) {
  const ContextModel &context = model.contexts[index];
  const WriteModel &write = context.write;
  const ObjectModel &object = model.objects[write.object];
  message.bytes.resize(message.payload);
  if (message.payload == 0)
    return true;
  if (context.binding != none) {
    const SimInput &input = inputs[context.binding];
    uint64_t pixel =
        ((flight.image % input.images * object.height + message.pixel.y) *
             object.width +
         message.pixel.x);
    std::memcpy(message.bytes.data(),
                input.data.data() + pixel * object.channels +
                    write.channelBegin,
                message.payload);
    return true;
  }
  const Values &values = dataOf(index, flight).registers[write.source];
  if (narrowValues(values, object.elementBytes, message.bytes.data()))
    return true;
  failPayload(index, flight, values);
  return false;
}

void Engine::failPayload(uint32_t index, const Flight &flight,
                         const Values &values) {
  const WriteModel &write = model.contexts[index].write;
  const ObjectModel &object = model.objects[write.object];
  int64_t limit = int64_t(1) << (8 * object.elementBytes - 1);
  size_t i = 0;
  while (values[i] >= -limit && values[i] < limit)
    ++i;
  fail(index, flight,
       formatv("overflow: value {0} of channel {1} of object '{2}' does not "
               "fit {3} bytes",
               values[i], write.channelBegin + i, object.name,
               object.elementBytes));
}

void Engine::injectedOne(uint32_t index) {
  Message &message = messages[index];
  if (--message.uninjected == 0) {
    ++contexts[message.context].injected;
    addSlice(message.context, TraceSlice::Send,
             contexts[message.context].flight(message.number), message.sentAt,
             now);
    registersChanged(message.context);
    releaseMessage(index);
  }
}

//===--- Links
//--------------------------------------------------------------===//

/// Whether a packet is the one that its stream has to send next over the link;
/// fails where it is not.
bool Engine::takeNext(uint32_t index, QueuedPacket packet) {
  HopState &hop = hops[index];
  const Message &message = messages[packet.message];
  if (message.number != hop.message || packet.packet != hop.packet)
    return failOrder(index, packet);
  if (++hop.packet == message.packets)
    ++hop.message, hop.packet = 0;
  return true;
}

/// Returns false.
bool Engine::failOrder(uint32_t hop, QueuedPacket packet) {
  const HopState &state = hops[hop];
  const Message &message = messages[packet.message];
  fail(contexts.size() + model.routes.size() + hop,
       formatv("cycle {0}: packet {1} of message {2} of {3} is sent over "
               "link {4} before packet {5} of message {6}",
               now, packet.packet, message.number,
               model.contexts[message.context].name,
               model.machine->linkName(model.hops[hop].link), state.packet,
               state.message));
  return false;
}

/// Puts a packet on a link. Its first bytes are at the other end after the
/// latency, its last ones when it is serialised.
void Engine::transmit(uint32_t link, uint32_t index, QueuedPacket packet) {
  HopState &hop = hops[index];
  const Message &message = messages[packet.message];
  LinkState &state = links[link];
  bool isEmpty = message.payload == 0;
  bool isLast = packet.packet + 1 == message.packets;
  auto size = unsigned(isEmpty  ? PacketSize::Empty
                       : isLast ? PacketSize::Last
                                : PacketSize::Full);
  record(SimEvent::Packet, message.context, message.number, link,
         packet.packet);
  uint64_t bytes = hop.bytes[size], cycles = hop.cycles[size];
  state.freeAt = now + cycles;
  state.busyCycles += cycles;
  state.meter.add(now, state.width, bytes);
  hop.meter.add(now, state.width, bytes);
  counts.linkBytes += bytes;
  for (uint32_t c = hop.firstChild; c != hop.endChild; ++c)
    post(now + children[c].readyAfter[size], EventKind::PacketReady,
         children[c].hop, packet.message, packet.packet);
  if (!isLast)
    return;
  uint64_t lastByte = now + cycles - 1 + hop.latency;
  for (uint32_t d = hop.firstDelivery; d != hop.endDelivery; ++d)
    post(lastByte, EventKind::Arrived, packet.message, deliveries[d]);
  if (hop.isRoot)
    post(now + cycles, EventKind::Injected, packet.message, index);
}

/// Gives a free link to the next of its queues that holds a packet: round
/// robin, so that a stream waits for at most one packet of each other one.
/// Returns whether it took one.
bool Engine::grantLink(uint32_t link) {
  LinkState &state = links[link];
  state.dirty = false;
  if (state.queued == 0)
    return false;
  if (now < state.freeAt) { // a credit has passed in this cycle
    wakeLink(link);
    return false;
  }
  while (hops[state.next].queue.empty())
    state.next = hops[state.next].nextOnLink;
  uint32_t hop = state.next;
  state.next = hops[hop].nextOnLink;
  RingQueue<QueuedPacket> &packets = hops[hop].queue;
  if (options.reorderPackets)
    std::swap(packets.front(), packets[packets.size() - 1]);
  QueuedPacket packet = packets.front();
  packets.pop_front();
  --state.queued;
  if (!takeNext(hop, packet))
    return false;
  transmit(link, hop, packet);
  if (state.queued)
    wakeLink(link);
  return true;
}

/// A credit goes back over the links of a route, ahead of all messages: it
/// takes cycles of the links, and waits for none.
void Engine::chargeCredit(uint32_t route) {
  if (!creditsOnLinks)
    return;
  uint64_t bytes =
      std::max(1u, model.machine->proto().network().credit_bytes());
  for (uint32_t link : model.program->routes(route).links()) {
    uint32_t back = link ^ 1; // the other direction
    LinkState &state = links[back];
    uint32_t width = state.width;
    uint64_t cycles = (bytes + width - 1) / width;
    uint64_t begin = std::max(state.freeAt, now);
    state.freeAt = begin + cycles;
    state.busyCycles += cycles;
    state.meter.add(begin, width, bytes);
    creditMeters[{back, model.routes[route].context}].add(begin, width, bytes);
    counts.linkBytes += bytes;
  }
}

/// More than the window at hand takes.
void Meter::addFrom(uint64_t time, uint32_t width, uint64_t count,
                    uint64_t room) {
  for (;;) {
    uint64_t part = std::min(room, count);
    windowBytes += part;
    peakBytes = std::max(peakBytes, windowBytes);
    count -= part;
    if (count == 0)
      return;
    time = (time / peakWindow + 1) * peakWindow;
    room = enter(time, width);
  }
}

//===--- Arrivals
//-----------------------------------------------------------===//

/// The last byte of a message is at its destination: it takes a port.
void Engine::arrive(uint32_t id, uint32_t routeIndex) {
  const Message &message = messages[id];
  const RouteState &route = routes[routeIndex];
  if (message.payload == 0)
    return writeDone(id, routeIndex);
  uint64_t cycles =
      route.cycles ? route.cycles : writeCycles(message, routeIndex);
  request(route.server, 2 * contexts.size() + routeIndex,
          {EventKind::WriteDone, id, routeIndex}, message.number, cycles);
}

/// What a message takes of the ports of the buffer that it is written to.
uint64_t Engine::writeCycles(const Message &message, uint32_t index) const {
  const RouteModel &route = model.routes[index];
  const WriteModel &write = model.contexts[route.context].write;
  const NodeTimes &times = model.times[route.destNode];
  uint64_t cycles = 0;
  for (uint32_t row = 0; row != write.rows; ++row) {
    uint64_t address = memory.addressOf(
        model.buffers[route.buffer], message.image,
        {message.pixel.y + row, message.pixel.x}, write.channelBegin);
    cycles += times.accesses(address, message.payload / write.rows) *
              times.writeCycles;
  }
  return std::max<uint64_t>(cycles, 1);
}

/// Stores the pixels of a message; false where there is a problem.
bool Engine::writeBuffer(const Message &message, uint32_t buffer) {
  const SenderState &sender = senders[message.context];
  const uint8_t *bytes = options.timingOnly ? nullptr : message.bytes.data();
  uint32_t atOnce = sender.rows * sender.pixels;
  if (atOnce == 1)
    return memory.write(buffer, message.image, message.pixel,
                        sender.channelBegin, sender.channelEnd, bytes);
  for (uint32_t i = 0; i != atOnce; ++i) {
    Pixel pixel{message.pixel.y + i / sender.pixels,
                message.pixel.x + i % sender.pixels};
    if (!memory.write(buffer, message.image, pixel, sender.channelBegin,
                      sender.channelEnd, bytes))
      return false;
    bytes += bytes ? message.payload / atOnce : 0;
  }
  return true;
}

void Engine::writeDone(uint32_t id, uint32_t routeIndex) {
  Message &message = messages[id];
  const RouteState &route = routes[routeIndex];
  if (route.buffer == none) {
    counts.ioBytes += message.payload;
    if (!writeOutput(message, routeIndex))
      return;
  } else if (message.payload) {
    counts.sramWrittenBytes += message.payload;
    if (!writeBuffer(message, route.buffer))
      return failWrite(message, routeIndex);
  }
  delivered(routeIndex, message.number);
  --message.undelivered;
  if (route.local)
    injectedOne(id);
  else
    releaseMessage(id);
}

void Engine::failWrite(const Message &message, uint32_t route) {
  fail(contexts.size() + route,
       formatv("cycle {0}: message of {1} for image {2} at {3} {4}", now,
               model.contexts[message.context].name, message.image,
               model.machine->nodeName(model.routes[route].destNode),
               memory.problem()));
}

void Engine::delivered(uint32_t routeIndex, uint64_t number) {
  RouteState &route = routes[routeIndex];
  if (number != route.next)
    return route.early.push(number);
  ++route.next;
  received(route.received);
  while (!route.early.empty() && route.early.top() == route.next) {
    route.early.pop();
    ++route.next;
    received(route.received);
  }
}

void Engine::received(uint32_t index) {
  CounterState &counter = counters[index];
  ++counter.value;
  counter.takeReached(counter.value,
                      [&](uint32_t context) { wakeWaiter(context); });
}

/// Notes that a message writes `count` elements from `begin` of an image of an
/// output. Returns false, and fails, where one of them has been written before.
bool Engine::markWritten(uint32_t index, const Message &message, uint32_t route,
                         uint64_t begin, uint64_t count) {
  const program::Binding &binding = model.program->outputs(index);
  const ObjectModel &object = model.objects[binding.object()];
  uint64_t imageBytes =
      uint64_t(object.height) * object.width * object.channels;
  OutputState &output = outputs[index];
  uint64_t &bytes = output.bytesOfImage[message.image];
  uint64_t end = begin + count;
  llvm::BitVector *written = nullptr;
  if (bytes != imageBytes) {
    written = &output.written[message.image];
    if (written->empty())
      written->resize(imageBytes);
  }
  int64_t before = written ? written->find_first_in(begin, end) : begin;
  if (before != -1) {
    const ContextModel &writer = model.contexts[message.context];
    Dims at = writer.dimsOf(message.number % writer.iterations());
    uint64_t pixel = before / object.channels;
    fail(contexts.size() + route,
         formatv("cycle {0}: {1} in iteration ({2}, {3}) of image {4}: writes "
                 "channels {5} to {6} of pixel ({7}, {8}) of output '{9}', "
                 "which have been written before",
                 now, writer.name, at[0], at[1], message.image,
                 writer.write.channelBegin, writer.write.channelEnd,
                 pixel / object.width, pixel % object.width, binding.name()));
    return false;
  }
  written->set(begin, end);
  bytes += count;
  if (bytes == imageBytes) {
    output.written.erase(message.image);
    ++bindingsDone[message.image];
  }
  return true;
}

/// Stores the rows of a message in an output.
bool Engine::writeRows(uint32_t output, const Message &message,
                       uint32_t routeIndex) {
  const WriteModel &write = model.contexts[message.context].write;
  const ObjectModel &object = model.objects[write.object];
  uint64_t rowBytes = uint64_t(object.width) * object.channels;
  uint64_t image = message.image * object.height * rowBytes;
  uint64_t at = message.pixel.y * rowBytes + message.pixel.x * object.channels +
                write.channelBegin;
  uint64_t count = message.payload / write.rows;
  for (uint32_t row = 0; row != write.rows; ++row, at += rowBytes) {
    if (!markWritten(output, message, routeIndex, at, count))
      return false;
    if (!options.timingOnly)
      std::memcpy(result.outputs[output].data() + image + at,
                  message.bytes.data() + row * count, count);
  }
  return true;
}

bool Engine::writeOutput(const Message &message, uint32_t routeIndex) {
  result.statistics.lastOut[message.image] = now;
  if (message.payload == 0)
    return true;
  for (uint32_t output : model.routes[routeIndex].outputs)
    if (!writeRows(output, message, routeIndex))
      return false;
  if (bindingsDone[message.image] != outputs.size())
    return true;
  ++imagesDone;
  if (options.progress)
    reportProgress();
  return true;
}
