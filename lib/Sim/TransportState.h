//===- TransportState.h - messages and links during a run -------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What every event looks at comes first, with copies of what the model says: a
// run goes through all modules all the time, and what counts is how many lines
// of a cache that takes.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_TRANSPORTSTATE_H
#define CM_LIB_SIM_TRANSPORTSTATE_H

#include "RingQueue.h"
#include "SimModel.h"
#include <algorithm>
#include <queue>

namespace cm::sim {

struct alignas(64) Message {
  uint32_t context = 0;
  uint32_t packets = 1;
  uint64_t number = 0; // iteration over all images
  uint64_t image = 0;
  Pixel pixel{0, 0};
  uint64_t payload = 0; // bytes
  uint32_t undelivered = 0, uninjected = 0;
  uint64_t sentAt = 0;
  std::vector<uint8_t> bytes; // where data is simulated
};

/// What a context needs to send, and its places in Engine::targets: hops at
/// which its trees begin, then routes that stay on the node.
struct alignas(64) SenderState {
  int64_t strideY, strideX, offsetY, offsetX; // of what it writes
  int64_t height, width;                      // of the object
  uint64_t bytes;                             // of a message
  uint32_t packets;
  uint32_t firstRoot, firstLocal, endTarget;
  uint32_t routes;
  uint32_t channelBegin, channelEnd, rows, pixels; // of a message

  /// The first pixel that an iteration writes.
  Pixel writtenPixel(const std::array<uint32_t, 2> &dims) const {
    return {dims[0] * strideY + offsetY, dims[1] * strideX + offsetX};
  }
};

struct QueuedPacket {
  uint32_t message;
  uint32_t packet;
};

/// Cycles of one window in which a link's peak load is measured.
constexpr uint64_t peakWindow = 1024;

/// Bytes that pass, all of them and those of the busiest window.
struct Meter {
  /// `count` bytes from cycle `time` on, `width` in each.
  void add(uint64_t time, uint32_t width, uint64_t count) {
    bytes += count;
    uint64_t room = enter(time, width);
    if (count > room)
      return addFrom(time, width, count, room);
    windowBytes += count;
    peakBytes = std::max(peakBytes, windowBytes);
  }

  uint64_t bytes = 0, peakBytes = 0;

private:
  /// Returns what its window may still take.
  uint64_t enter(uint64_t time, uint32_t width) {
    uint64_t in = time / peakWindow;
    if (in != window) {
      window = in;
      windowBytes = 0;
    }
    return ((in + 1) * peakWindow - time) * width;
  }
  /// The same where that is more than the window still takes (Transport.cpp).
  void addFrom(uint64_t time, uint32_t width, uint64_t count, uint64_t room);

  uint64_t window = 0, windowBytes = 0;
};

/// A stream on one link.
struct alignas(64) HopState {
  RingQueue<QueuedPacket> queue;
  uint64_t message = 0; // number of the message that is next
  uint32_t packet = 0;  // and of its packet
  uint32_t link = 0;
  uint32_t nextOnLink = 0; // the hops of a link are a circle
  bool isRoot = false;
  /// Its parts of Engine::children and Engine::deliveries.
  uint32_t firstChild = 0, endChild = 0, firstDelivery = 0, endDelivery = 0;
  std::array<uint64_t, numPacketSizes> bytes, cycles; // as in HopModel
  uint64_t latency = 0;
  Meter meter;
};

/// A hop that follows another.
struct ChildHop {
  uint32_t hop;
  std::array<uint64_t, numPacketSizes> readyAfter; // as in HopModel
};

struct alignas(64) LinkState {
  bool dirty = false, wakes = false;
  uint32_t next = none; // hop, round robin
  uint32_t queued = 0;
  uint32_t width = 0;  // bytes
  uint64_t freeAt = 0; // cycle from which it takes another packet
  uint64_t busyCycles = 0;
  Meter meter;
};

/// Messages of a route count in the order of sending, also where a later one
/// is the first to be whole: a threshold says which messages are there.
struct alignas(64) RouteState {
  uint64_t next = 0; // number of the first message that is not whole
  uint32_t received = 0, server = 0, buffer = none;
  bool local = false;
  /// That a whole message takes of the server, 0 where it depends on the place.
  uint64_t cycles = 0;
  /// Whole messages behind `next`.
  std::priority_queue<uint64_t, std::vector<uint64_t>, std::greater<>> early;
};

} // namespace cm::sim

#endif // CM_LIB_SIM_TRANSPORTSTATE_H
