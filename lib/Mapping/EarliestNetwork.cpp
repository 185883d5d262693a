//===- EarliestNetwork.cpp - messages of an evaluation --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// From the DPU to the buffers of the readers: packets in one queue for each
// link of a writer's tree, links that take turns, arrivals at ports.
//
//===----------------------------------------------------------------------===//

#include "EarliestEngine.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <map>

using namespace cm;

//===----------------------------------------------------------------------===//
// Trees
//===----------------------------------------------------------------------===//

EarliestTrees::EarliestTrees(const EarliestProblem &problem)
    : hopsOfWriter(problem.stages.size()),
      hopsOfLink(problem.machine->links().size()) {
  std::vector<uint32_t> order = contextOrder(problem);
  std::vector<uint32_t> routes;
  for (uint32_t i = 0; i < problem.routes.size(); ++i)
    routes.push_back(i);
  llvm::stable_sort(routes, [&](uint32_t a, uint32_t b) {
    return order[problem.routes[a].writer] < order[problem.routes[b].writer];
  });
  std::map<std::pair<uint32_t, LinkId>, uint32_t> hopOf;
  for (uint32_t index : routes) {
    const EarliestRoute &route = problem.routes[index];
    std::optional<uint32_t> before;
    for (LinkId link : route.links) {
      auto [entry, isNew] =
          hopOf.try_emplace({route.writer, link}, hops.size());
      if (isNew) {
        if (before)
          hops[*before].next.push_back(hops.size());
        hopsOfWriter[route.writer].push_back(hops.size());
        hopsOfLink[link].push_back(hops.size());
        hops.push_back({route.writer, link, !before, {}, {}});
      }
      before = entry->second;
    }
    if (before)
      hops[*before].routes.push_back(index);
  }
}

std::vector<uint64_t> cm::packetBytes(const MachineModel &machine,
                                      uint64_t payload) {
  uint64_t limit = machine.proto().network().max_payload();
  std::vector<uint64_t> bytes;
  while (limit && payload > limit) {
    bytes.push_back(machine.wireBytes(limit));
    payload -= limit;
  }
  bytes.push_back(machine.wireBytes(payload));
  return bytes;
}

//===----------------------------------------------------------------------===//
// Sending
//===----------------------------------------------------------------------===//

/// The DPU is done with an iteration: its message goes on its ways.
void EarliestEngine::send(uint32_t index) {
  StageState &state = stages[index];
  uint64_t number = state.dpuDone++;
  count(2 * index + 1, number / iterations(index), number % iterations(index));
  uint32_t &left = state.uninjected[number % state.uninjected.size()];
  left = 0;
  for (uint32_t hop : trees.hopsOfWriter[index])
    left += trees.hops[hop].isFirst;
  for (uint32_t route : tables.routesFrom[index])
    left += problem.routes[route].links.empty();
  if (left == 0) {
    ++state.injected;
    return;
  }
  for (uint32_t hop : trees.hopsOfWriter[index]) {
    if (!trees.hops[hop].isFirst)
      continue;
    for (uint32_t packet = 0; packet < tables.packets[index].size(); ++packet)
      hopQueues[hop].push({number, packet});
    links[trees.hops[hop].link].queued += tables.packets[index].size();
    markLink(trees.hops[hop].link);
  }
  for (uint32_t route : tables.routesFrom[index])
    if (problem.routes[route].links.empty())
      arrive(route, number);
}

void EarliestEngine::injectedOne(uint32_t index, uint64_t number) {
  StageState &state = stages[index];
  if (--state.uninjected[number % state.uninjected.size()] != 0)
    return;
  ++state.injected;
  markDirty(index);
}

void EarliestEngine::handleNetwork(const Event &event) {
  uint32_t a = event.a;
  switch (event.kind) {
  case Kind::Injected:
    return injectedOne(a, event.number);
  case Kind::PacketReady:
    hopQueues[a].push({event.number, event.b});
    ++links[trees.hops[a].link].queued;
    return markLink(trees.hops[a].link);
  case Kind::LinkFree:
    if (options.bounded)
      hopBusy[event.b] = false;
    else
      links[a].busy = false;
    return markLink(a);
  case Kind::Arrived:
    return arrive(a, event.number);
  default:
    return;
  }
}

//===----------------------------------------------------------------------===//
// Links
//===----------------------------------------------------------------------===//

void EarliestEngine::markLink(LinkId link) {
  if (links[link].dirty)
    return;
  links[link].dirty = true;
  dirtyLinks.push_back(link);
}

/// Queues of a free link take turns. Where requests take their bound each queue
/// goes on by itself.
void EarliestEngine::grantLink(LinkId index) {
  LinkState &link = links[index];
  link.dirty = false;
  const std::vector<uint32_t> &hops = trees.hopsOfLink[index];
  auto take = [&](uint32_t hop) {
    Packet packet = hopQueues[hop].front();
    hopQueues[hop].pop();
    --link.queued;
    transmit(hop, packet.number, packet.packet);
  };
  if (options.bounded) {
    for (uint32_t hop : hops)
      if (!hopBusy[hop] && !hopQueues[hop].empty())
        take(hop);
    return;
  }
  if (link.busy || link.queued == 0)
    return;
  while (hopQueues[hops[link.next]].empty())
    link.next = (link.next + 1) % hops.size();
  uint32_t hop = hops[link.next];
  link.next = (link.next + 1) % hops.size();
  take(hop);
}

void EarliestEngine::transmit(uint32_t hop, uint64_t number, uint32_t packet) {
  const MachineModel &machine = *problem.machine;
  const EarliestHop &way = trees.hops[hop];
  const LinkModel &wire = machine.link(way.link);
  const std::vector<uint64_t> &sizes = tables.packets[way.writer];
  auto cyclesOn = [&](LinkId link) {
    return std::max<uint64_t>(1,
                              machine.serializationCycles(link, sizes[packet]));
  };
  uint64_t cycles = cyclesOn(way.link), begin = now;
  if (bounds) {
    begin += bounds->link[way.link] - cycles;
    hopBusy[hop] = true;
  } else {
    links[way.link].busy = true;
  }
  push(begin + cycles, Kind::LinkFree, way.link, hop);
  uint64_t lastByte = begin + cycles - 1 + wire.latency;
  bool stored =
      machine.proto().network().switching() != machine::SWITCHING_CUT_THROUGH;
  for (uint32_t next : way.next) {
    // A wider link must not run dry before the last byte has come.
    uint64_t narrow = cyclesOn(trees.hops[next].link);
    uint64_t ready =
        stored ? lastByte
               : begin + wire.latency + (cycles > narrow ? cycles - narrow : 0);
    push(ready, Kind::PacketReady, next, packet, number);
  }
  if (packet + 1 != sizes.size())
    return;
  for (uint32_t route : way.routes)
    push(lastByte, Kind::Arrived, route, 0, number);
  if (way.isFirst)
    push(begin + cycles, Kind::Injected, way.writer, 0, number);
}

//===----------------------------------------------------------------------===//
// Arrivals
//===----------------------------------------------------------------------===//

/// Port cycles of a message at a core, cycles of global memory at an I/O node.
uint64_t EarliestEngine::writeCycles(const EarliestRoute &route,
                                     uint64_t number) const {
  const MachineModel &machine = *problem.machine;
  uint64_t payload = problem.stages[route.writer].payload;
  if (route.buffer == ScheduleStream::noBuffer)
    return std::max<uint64_t>(
        1, llvm::divideCeil(
               payload, std::max<uint64_t>(
                            1, machine.ioNode(route.node).bytes_per_cycle())));
  const ScheduleBuffer &buffer = problem.schedule->buffers[route.buffer];
  const BufferCapacity &layout = capacity[route.buffer];
  const Domain &domain = problem.schedule->stages[route.writer].domain;
  const PixelWrite &write = problem.writes[route.writer];
  uint64_t image = number / domain.size(), rank = number % domain.size();
  uint64_t y = rank / domain.w * write.strideY + write.offsetY;
  uint64_t x = rank % domain.w * write.strideX + write.offsetX;
  uint64_t cycles = 0;
  for (int64_t i = 0; i < write.rows; ++i, ++y) {
    uint64_t row = image * buffer.object.h + y;
    uint64_t pixel = layout.fold == Fold::Row
                         ? row % layout.slots * buffer.object.w + x
                         : (row * buffer.object.w + x) % layout.slots;
    uint64_t address =
        (pixel * buffer.object.c + write.channelBegin) * buffer.elementBytes;
    cycles += machine.sramWriteCycles(route.node, address,
                                      payload / uint64_t(write.rows));
  }
  return std::max<uint64_t>(1, cycles);
}

/// The last byte of a message is at its node: it takes a port.
void EarliestEngine::arrive(uint32_t index, uint64_t number) {
  const EarliestRoute &route = problem.routes[index];
  bool isCore = problem.machine->isCore(route.node);
  uint32_t ties = 2 * stages.size() + index;
  uint64_t bound = 0;
  if (bounds)
    bound = isCore ? bounds->port[route.node] : bounds->sink[route.node];
  request(unitOf(route),
          {now, number, ties, index, Kind::WriteDone,
           bounds ? 0 : writeCycles(route, number)},
          bound);
}

void EarliestEngine::writeDone(uint32_t index, uint64_t number) {
  const EarliestRoute &route = problem.routes[index];
  RouteState &state = routes[index];
  uint64_t image = number / iterations(route.writer);
  count(2 * stages.size() + index, image, number % iterations(route.writer));
  if (route.buffer == ScheduleStream::noBuffer)
    result.lastOut[image] = now;
  state.early.insert(number);
  while (!state.early.empty() && *state.early.begin() == state.received) {
    state.early.erase(state.early.begin());
    ++state.received;
  }
  llvm::erase_if(state.waiters, [&](const Waiter &waiter) {
    if (state.received < waiter.value)
      return false;
    markDirty(waiter.stage);
    return true;
  });
  if (route.links.empty())
    injectedOne(route.writer, number);
}
