//===- Scheduler.h - what happens when, and who is served next --*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The queue of events and the arbiters of shared resources. A cycle has three
// steps: all events of the cycle take effect, then contexts advance as far as
// they can, then every free resource is granted to the request that came first
// (ties by index). Neither of the first two steps depends on the order in which
// its parts are processed, so no result does.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_SCHEDULER_H
#define CM_LIB_SIM_SCHEDULER_H

#include <cstdint>
#include <queue>
#include <tuple>
#include <vector>

namespace cm::sim {

enum class EventKind : uint8_t {
  // Reads and computations end, registers become free, readers retire.
  GatherDone,
  LoadDone,
  MvmDone,
  DpuDone,
  Injected,
  Wake,
  // Data are committed.
  WriteDone,
  // The network.
  PacketReady,
  LinkFree,
  Arrived,
};

/// Reads that end in a cycle come before the writes that end in it.
inline unsigned stepOf(EventKind kind) {
  if (kind < EventKind::WriteDone)
    return 0;
  return kind == EventKind::WriteDone ? 1 : 2;
}

struct Event {
  uint64_t time;
  EventKind kind;
  uint32_t a = 0, b = 0, c = 0; // by kind: context, message, route, hop, ..
  uint32_t shuffle = 0;

  bool operator>(const Event &other) const {
    return std::make_tuple(time, stepOf(kind), shuffle, kind, a, b, c) >
           std::make_tuple(other.time, stepOf(other.kind), other.shuffle,
                           other.kind, other.a, other.b, other.c);
  }
};

class EventQueue {
public:
  /// A seed other than 0 gives events of one step a random order.
  explicit EventQueue(uint64_t seed) : random(seed) {}
  void push(Event event) {
    if (random)
      event.shuffle = nextRandom();
    heap.push(event);
  }
  bool empty() const { return heap.empty(); }
  const Event &top() const { return heap.top(); }
  void pop() { heap.pop(); }
  /// Xorshift: the order of a shuffle, no statistics.
  uint32_t nextRandom() {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    return uint32_t(random >> 16);
  }
  bool shuffles() const { return random != 0; }

private:
  uint64_t random;
  std::priority_queue<Event, std::vector<Event>, std::greater<Event>> heap;
};

/// A request for a resource: ends with an event after `duration` cycles.
struct Job {
  uint64_t requested; // cycle
  uint32_t index;     // ties: context or route
  uint64_t number;    // of the iteration
  EventKind done;
  uint32_t a = 0, b = 0;
  uint64_t duration = 0;

  bool operator>(const Job &other) const {
    return std::tie(requested, index, number) >
           std::tie(other.requested, other.index, other.number);
  }
};

/// SRAM ports, an MVM unit, a DPU, or one direction of an I/O node: `capacity`
/// jobs at once, first come, first served.
struct Server {
  uint32_t capacity = 1;
  uint32_t running = 0;
  uint64_t busy = 0; // cycles, over all that run
  bool dirty = false;
  std::priority_queue<Job, std::vector<Job>, std::greater<Job>> waiting;
};

} // namespace cm::sim

#endif // CM_LIB_SIM_SCHEDULER_H
