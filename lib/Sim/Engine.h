//===- Engine.h - the event-driven engine -----------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The state of a run and the handlers of its events. Engine.cpp has the loop
// over cycles and the result, Pipeline.cpp the contexts, Transport.cpp messages
// and links, Deadlock.cpp the report when nothing moves any more.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_ENGINE_H
#define CM_LIB_SIM_ENGINE_H

#include "Kernels.h"
#include "Memory.h"
#include "Scheduler.h"
#include "SimModel.h"
#include "llvm/ADT/BitVector.h"
#include <deque>
#include <map>
#include <set>

namespace cm::sim {

/// Cycles of one window in which a link's peak load is measured.
constexpr uint64_t peakWindow = 1024;

/// One iteration on its way through the data path.
struct Flight {
  uint64_t image = 0;
  Dims at = {0, 0};
  std::vector<int16_t> input;    // of the crossbar
  std::vector<Values> registers; // of the DPU
};

enum class StallCause : uint8_t { None, Data, Credit, Resource };

struct ContextState {
  LcuState lcu;
  bool finished = false, queued = false;
  /// Cycle until which the LCU is busy, and whether the cost of the instruction
  /// at hand is paid.
  uint64_t lcuBusyUntil = 0;
  bool lcuPaid = false;
  uint64_t stepsSinceFire = 0;
  StallCause stall = StallCause::None;
  uint64_t stalledSince = 0;
  StallCycles stalls;
  /// Iterations, counted over all images, that have passed each point.
  uint64_t fired = 0, gathered = 0, mvmRequested = 0, mvmDone = 0,
           loadRequested = 0, loaded = 0, dpuRequested = 0, dpuDone = 0,
           injected = 0;
  std::array<Flight, maxFlights> flights;
  Flight &flight(uint64_t number) { return flights[number % maxFlights]; }
};

struct CounterState {
  uint64_t value = 0;
  std::deque<uint64_t> pending; // cycles at which credits arrive, rising
  struct Waiter {
    uint32_t context;
    uint64_t need;
  };
  std::vector<Waiter> waiters;
};

struct Message {
  uint32_t context = 0;
  uint64_t number = 0; // iteration over all images
  uint64_t image = 0;
  Pixel pixel{0, 0};
  uint64_t payload = 0; // bytes
  std::vector<uint8_t> bytes;
  uint32_t undelivered = 0, uninjected = 0;
  uint64_t sentAt = 0;
};

struct QueuedPacket {
  uint32_t message;
  uint32_t packet;
};

struct LinkState {
  bool busy = false, dirty = false;
  uint32_t next = 0; // round robin, index into hopsOfLink
  uint32_t queued = 0;
  uint64_t bytes = 0, busyCycles = 0;
  uint64_t window = 0, windowBytes = 0, peakBytes = 0;
};

/// Messages of a route count in the order of sending, also where a later one
/// is the first to be whole: a threshold says which messages are there.
struct RouteState {
  uint64_t next = 0;        // number of the first message that is not whole
  std::set<uint64_t> early; // whole messages behind it
};

struct OutputState {
  std::vector<uint64_t> bytesOfImage;
  /// Which elements are written, of images that are under way.
  std::map<uint64_t, llvm::BitVector> written;
};

/// Wide enough for products of what a run counts and what the machine says.
using Wide = unsigned __int128;

/// What costs energy, by the machine's classes.
struct EventCounts {
  Wide mvms = 0, dpuElements = 0, sramReadBytes = 0, sramWrittenBytes = 0,
       linkBytes = 0, ioBytes = 0;
};

class Engine {
public:
  Engine(const SimModel &model, llvm::ArrayRef<SimInput> inputs,
         const SimOptions &options);
  llvm::Expected<SimResult> run();

private:
  // Engine.cpp
  void processCycle();
  void handle(const Event &event);
  void grant(uint32_t server);
  void request(uint32_t server, Job job);
  void fail(const std::string &problem);
  void fail(uint32_t context, const Flight &flight, const std::string &problem);
  void markDirty(uint32_t context);
  void checkComplete();
  void checkOutput(uint32_t output);
  void collect();
  void collectEnergy();
  void collectCores();
  void collectCore(uint32_t node);
  void collectLinks();
  void addSlice(uint32_t context, TraceSlice::Stage stage, const Flight &flight,
                uint64_t begin, uint64_t end);
  void traceGrant(const Job &job);

  // Pipeline.cpp
  void advance(uint32_t context);
  bool advanceLcu(uint32_t context);
  bool isLcuBusy(uint32_t context);
  void endImage(uint32_t context);
  bool waitFor(uint32_t context, uint32_t counter, int64_t need);
  bool canFire(uint32_t context);
  void fire(uint32_t context);
  void setStall(uint32_t context, StallCause cause);
  void startGather(uint32_t context);
  void startLoad(uint32_t context);
  void readOperands(uint32_t context, Flight &flight, uint64_t &duration);
  void readPool(const ContextModel &context, const DpuModel &dpu,
                const WindowData &data, Flight &flight, Values &result);
  void startMvm(uint32_t context);
  void startDpu(uint32_t context);
  void gatherDone(uint32_t context);
  void loadDone(uint32_t context);
  void dpuDone(uint32_t context);
  void compute(uint32_t context, Flight &flight);
  void capture(const ContextModel &context, const program::DpuInstr &instr,
               const Flight &flight, const Values &values);
  void retire(uint32_t context, const Flight &flight, bool byLoad);
  void addCredit(uint32_t counter, uint64_t time);
  uint64_t valueOf(uint32_t counter);
  Pixel writtenPixel(const ContextModel &context, const Flight &flight) const;

  // Transport.cpp
  void send(uint32_t context, Flight &flight);
  void inject(uint32_t context, uint32_t message);
  void fillPayload(uint32_t context, Flight &flight, Message &message);
  uint32_t newMessage();
  void releaseMessage(uint32_t message);
  void markLink(uint32_t link);
  void grantLink(uint32_t link);
  void transmit(uint32_t link, uint32_t hop, QueuedPacket packet);
  uint64_t packetBytes(const Message &message, uint32_t packet) const;
  uint32_t packetCount(const Message &message) const;
  void countLinkBytes(LinkState &state, uint32_t width, uint64_t bytes);
  void arrive(uint32_t message, uint32_t route);
  std::string writeBuffer(const Message &message, uint32_t buffer);
  void writeDone(uint32_t message, uint32_t route);
  void writeOutput(const Message &message, const RouteModel &route);
  bool markWritten(uint32_t output, const Message &message, uint64_t begin);
  void injectedOne(uint32_t message);
  void delivered(uint32_t route, uint64_t number);
  void received(uint32_t counter);

  // Deadlock.cpp
  std::string describeDeadlock();
  std::string describeWait(uint32_t context, uint32_t &waitsFor);

  const SimModel &model;
  llvm::ArrayRef<SimInput> inputs;
  const SimOptions &options;
  Memory memory;
  EventQueue queue;
  uint64_t now = 0;
  bool failed = false;
  std::string failure;

  std::vector<ContextState> contexts;
  std::vector<CounterState> counters;
  std::vector<RouteState> routes;
  /// By context and use: the counters that a retirement credits.
  struct Credit {
    uint32_t counter;
    uint64_t latency;
  };
  std::vector<std::vector<std::vector<Credit>>> creditsOf;
  std::vector<Message> messages;
  std::vector<uint32_t> freeMessages;
  std::vector<std::deque<QueuedPacket>> hopQueues;
  std::vector<LinkState> links;
  std::vector<OutputState> outputs;
  std::vector<Server> servers;
  /// Servers: ports and DPUs of all nodes (for I/O nodes: reads and writes of
  /// global memory), then the MVM units.
  uint32_t portServer(uint32_t node) const { return 2 * node; }
  uint32_t dpuServer(uint32_t node) const { return 2 * node + 1; }
  uint32_t mvmServer(uint32_t index) const {
    return 2 * model.machine->numNodes() + index;
  }
  std::vector<uint32_t> dirtyContexts, dirtyServers, dirtyLinks;
  WindowData scratch;
  std::vector<uint8_t> insideScratch;
  EventCounts counts;
  uint64_t imagesDone = 0;
  std::vector<uint32_t> bindingsDone; // by image
  SimResult result;
};

} // namespace cm::sim

#endif // CM_LIB_SIM_ENGINE_H
