//===- ContextState.h - a context during a run ------------------*- C++ -*-===//
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

#ifndef CM_LIB_SIM_CONTEXTSTATE_H
#define CM_LIB_SIM_CONTEXTSTATE_H

#include "Kernels.h"
#include "LcuTable.h"
#include "RingQueue.h"
#include "SimModel.h"

namespace cm::sim {

/// One iteration on its way through the data path.
struct Flight {
  uint64_t image = 0;
  std::array<uint32_t, 2> dims = {0, 0};
  Dims at() const { return {dims[0], dims[1]}; }
  bool isFirst() const { return (dims[0] | dims[1]) == 0; } // of its image
};

/// Its data, where data is simulated.
struct FlightData {
  std::vector<int8_t> input;     // of the crossbar
  std::vector<Values> registers; // of the DPU
};

enum class StallCause : uint8_t { None, Data, Credit, Resource };

struct alignas(64) ContextState {
  /// Iterations, counted over all images, that have passed each point.
  uint64_t fired = 0, gathered = 0, mvmRequested = 0, mvmDone = 0,
           loadRequested = 0, loaded = 0, dpuRequested = 0, dpuDone = 0;
  uint64_t injected = 0;
  bool hasMvm = false;
  bool finished = false, failed = false, queued = false;
  bool instant = false; // something has ended in the cycle that began it
  /// Event engine: waits for a counter, which wakes it. Until then its LCU is
  /// not looked at.
  bool asleep = false;
  bool lcuPaid = false; // the cost of the instruction at hand
  bool needKnown = false;
  bool isPaced = false; // its images enter at the program's interval
  StallCause stall = StallCause::None;
  uint32_t portServer = 0, dpuServer = 0, mvmServer = 0;
  uint64_t mvmCycles = 0, dpuCycles = 0;
  uint32_t width = 0; // of the iterations
  /// Its part of Engine::retirements: of gathers, then of loads.
  uint32_t firstRetirement = 0, firstOfLoads = 0, endRetirement = 0;

  uint32_t firstWindow = 0, numLoads = 0; // of Memory
  LcuState lcu;
  /// From the second image on, where the code allows it: what would be done,
  /// and the step at hand.
  const LcuTable::Step *nextStep = nullptr, *endStep = nullptr;
  const LcuTable::Op *tableOps = nullptr;
  std::unique_ptr<const LcuTable> table;
  uint64_t stalledSince = 0;
  int64_t need = 0; // threshold of the wait at hand, where known
  StallCycles stalls;
  std::array<Flight, maxFlights> flights;
  uint64_t lcuBusyUntil = 0; // cycle
  uint64_t stepsSinceFire = 0;
  /// What an iteration takes from global memory, where it is an input's.
  uint64_t inputCycles = 0, inputBytes = 0;

  Flight &flight(uint64_t number) { return flights[number % maxFlights]; }

  /// What the next iteration to fire needs.
  bool areRegistersFree() const {
    return hasMvm ? gathered == fired && mvmDone + 1 >= fired
                  : loaded == fired && dpuDone + 1 >= fired;
  }
  bool canStartMvm() const {
    return mvmRequested < gathered && mvmDone == mvmRequested &&
           dpuDone + 1 >= mvmRequested;
  }
  bool canStartLoad() const {
    return hasMvm && loadRequested < gathered && loaded == loadRequested &&
           dpuDone + 1 >= loadRequested;
  }
  bool canStartDpu() const {
    return dpuRequested < loaded && dpuDone == dpuRequested &&
           (!hasMvm || mvmDone > dpuRequested) && injected + 1 >= dpuRequested;
  }
  /// Whether a look at it would find something to do, now that registers may
  /// have become free.
  bool canAdvance() const {
    return canStartMvm() || canStartLoad() || canStartDpu() ||
           (!asleep && !finished && areRegistersFree());
  }
  bool runsLcu() const { return !asleep && !finished && !failed; }
  /// The first step of the table.
  void rewind() {
    nextStep = table->steps.data();
    endStep = nextStep + table->steps.size();
    tableOps = table->ops.data();
  }
  /// Cycles up to now count for the cause that ends.
  void setStall(StallCause cause, uint64_t now) {
    if (stall != cause)
      changeStall(cause, now);
  }

private:
  void changeStall(StallCause cause, uint64_t now); // Control.cpp
};

struct alignas(64) CounterState {
  uint64_t value = 0;
  RingQueue<uint64_t> pending; // cycles at which credits arrive, rising
  struct Waiter {
    uint32_t context;
    uint64_t need;
  };
  /// Those that no credit on its way will wake.
  llvm::SmallVector<Waiter, 1> waiters;

  /// Hands those over that need no more than `count`.
  template <typename Wake> void takeReached(uint64_t count, Wake wake) {
    for (size_t i = 0; i < waiters.size();) {
      if (count < waiters[i].need) {
        ++i;
        continue;
      }
      wake(waiters[i].context);
      waiters[i] = waiters.back();
      waiters.pop_back();
    }
  }
};

} // namespace cm::sim

#endif // CM_LIB_SIM_CONTEXTSTATE_H
