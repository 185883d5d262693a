//===- Arbiter.h - who is served next ---------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The arbiter of one shared resource: first come, first served; requests of the
// same cycle by port. No request waits for more than those that came before it,
// at most one of each port at a time in the same cycle.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_ARBITER_H
#define CM_LIB_SIM_ARBITER_H

#include "Calendar.h"
#include "RingQueue.h"
#include "llvm/Support/Compiler.h"
#include <tuple>

namespace cm::sim {

/// A request for a resource: ends with an event after `duration` cycles.
struct Job {
  uint64_t requested; // cycle
  uint32_t port;      // ties: context or route
  uint32_t a = 0, b = 0;
  EventKind done;
  uint64_t number;   // of the iteration
  uint64_t duration; // cycles

  bool operator<(const Job &other) const {
    return std::tie(requested, port, number) <
           std::tie(other.requested, other.port, other.number);
  }
};

/// SRAM ports, an MVM unit, a DPU, or one direction of an I/O node: `capacity`
/// jobs at once.
struct alignas(64) Server {
  uint32_t capacity = 1;
  uint32_t running = 0;
  bool dirty = false;
  bool isTraced = false; // somebody wants to know when its jobs start
  /// A request of this cycle has found it free, and need not queue if it stays
  /// the only one.
  bool hasFirst = false;
  uint64_t busy = 0; // cycles, over all that run
  RingQueue<Job> waiting;
  Job first{};

  bool isFree() const { return running < capacity && waiting.empty(); }
  bool isAwaited() const { return running < capacity && !waiting.empty(); }

  /// Cycles of requests never fall, so only those of this cycle are passed by.
  LLVM_ATTRIBUTE_NOINLINE void enqueue(const Job &job) {
    waiting.push_back(job);
    for (size_t i = waiting.size() - 1; i && waiting[i] < waiting[i - 1]; --i)
      std::swap(waiting[i], waiting[i - 1]);
  }
};

} // namespace cm::sim

#endif // CM_LIB_SIM_ARBITER_H
