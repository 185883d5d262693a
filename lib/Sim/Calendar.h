//===- Calendar.h - what happens when ---------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Values on their way between modules, by the cycle in which they are visible.
// A cycle has three steps: all values of the cycle are delivered, then contexts
// advance as far as they can, then every free resource is granted to the
// request that came first (ties by port). No step depends on the order in which
// modules take it.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_CALENDAR_H
#define CM_LIB_SIM_CALENDAR_H

#include "llvm/ADT/bit.h"
#include <array>
#include <cstdint>
#include <queue>
#include <vector>

namespace cm::sim {

enum class EventKind : uint32_t {
  // Reads and computations end, registers become free, readers retire.
  GatherDone, // context
  LoadDone,   // context
  MvmDone,    // context
  DpuDone,    // context
  Injected,   // message
  WakeContext,
  WakeLink,
  // Data are committed.
  WriteDone, // message, route
  // The network.
  PacketReady, // hop, message, packet
  Arrived,     // message, route
};

/// Reads that end in a cycle come before the writes that end in it.
constexpr unsigned numDeliverySteps = 3;
constexpr unsigned stepOf(EventKind kind) {
  if (kind < EventKind::WriteDone)
    return 0;
  return kind == EventKind::WriteDone ? 1 : 2;
}

/// A value on a channel. What a, b and c are depends on the kind.
struct Event {
  Event(EventKind kind, uint32_t a = 0, uint32_t b = 0, uint32_t c = 0)
      : a(a), b(b), c(c), kind(kind) {}

  uint32_t a, b, c;
  EventKind kind;
};

/// Events by cycle: a wheel of lists for the cycles to come and a heap for what
/// is further away. Within a cycle they have no order.
class Calendar {
public:
  Calendar() : heads(wheelSize, end) {}

  /// `time` is later than every cycle that has been taken. The parts of the
  /// event are handed over in registers: memory that has just been written in
  /// parts is read slowly as a whole.
  void push(uint64_t time, EventKind kind, uint32_t a, uint32_t b = 0,
            uint32_t c = 0) {
    if (time - base < wheelSize)
      link(time, kind, a, b, c);
    else
      pushFar(time, kind, a, b, c);
  }
  bool empty() const { return inWheel == 0 && far.empty(); }
  /// The first cycle that has events; the calendar is not empty.
  uint64_t next() {
    if (inWheel == 0)
      base = far.top().time;
    else if (uint64_t bits = occupied[base % wheelSize / 64] >> (base % 64))
      base += llvm::countr_zero(bits);
    else
      base = firstBehindWord();
    if (!far.empty())
      takeFar();
    return base;
  }
  /// Hands over the events of cycle `next()`, which is over from then on: what
  /// `visit` pushes comes later.
  template <typename Visit> void take(Visit visit) {
    uint32_t at = clear();
    while (at != end) {
      Event event = nodes[at].event;
      uint32_t next = nodes[at].next;
      nodes[at].next = freeNodes;
      freeNodes = at;
      --inWheel;
      visit(event);
      at = next;
    }
  }

  /// Whether cycle `next()` has one event.
  bool hasOne() const { return nodes[heads[base % wheelSize]].next == end; }
  /// As `take`, where there is one.
  Event takeOne() {
    uint32_t at = clear();
    nodes[at].next = freeNodes;
    freeNodes = at;
    --inWheel;
    return nodes[at].event;
  }

private:
  static constexpr uint64_t wheelSize = 4096;
  static constexpr uint32_t end = UINT32_MAX;
  struct Node {
    Event event{EventKind::WakeLink};
    uint32_t next = end;
  };
  struct Far {
    uint64_t time;
    Event event;
    bool operator>(const Far &other) const { return time > other.time; }
  };

  void link(uint64_t time, EventKind kind, uint32_t a, uint32_t b, uint32_t c) {
    uint32_t at = freeNodes != end ? freeNodes : newNode();
    freeNodes = nodes[at].next;
    uint64_t slot = time % wheelSize;
    nodes[at] = {{kind, a, b, c}, heads[slot]};
    heads[slot] = at;
    occupied[slot / 64] |= uint64_t(1) << (slot % 64);
    ++inWheel;
  }
  /// Takes the list of cycle `base` out of the wheel.
  uint32_t clear() {
    uint64_t slot = base % wheelSize;
    uint32_t first = heads[slot];
    heads[slot] = end;
    occupied[slot / 64] &= ~(uint64_t(1) << (slot % 64));
    ++base;
    return first;
  }
  // What is rare stays out of functions that are called all the time.
  void pushFar(uint64_t time, EventKind kind, uint32_t a, uint32_t b,
               uint32_t c);
  uint32_t newNode();
  uint64_t firstBehindWord() const;
  void takeFar();

  /// Cycles base .. base + wheelSize - 1 are in the wheel.
  uint64_t base = 0;
  uint64_t inWheel = 0;
  std::vector<uint32_t> heads; // by cycle mod wheelSize
  std::array<uint64_t, wheelSize / 64> occupied{};
  std::vector<Node> nodes;
  uint32_t freeNodes = end;
  std::priority_queue<Far, std::vector<Far>, std::greater<Far>> far;
};

} // namespace cm::sim

#endif // CM_LIB_SIM_CALENDAR_H
