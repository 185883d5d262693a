//===- Engine.h - the event-driven engine -----------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The modules of a run (contexts, resources, links), their state, and what each
// does with a value that it receives and when it is stepped. Two loops drive
// them: EventLoop.cpp steps those that have something to do, TickLoop.cpp all
// of them in every cycle. Setup.cpp makes the state, Control.cpp and
// Pipeline.cpp have the contexts, Transport.cpp messages and links, Result.cpp
// what was measured, Deadlock.cpp the report when nothing moves any more.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_ENGINE_H
#define CM_LIB_SIM_ENGINE_H

#include "Arbiter.h"
#include "Calendar.h"
#include "ContextState.h"
#include "Memory.h"
#include "Occupancy.h"
#include "TransportState.h"
#include "WakeList.h"
#include "llvm/ADT/BitVector.h"
#include <map>

namespace cm::sim {

/// Events between two reports of how far a run is.
constexpr uint64_t eventsBetweenReports = 1 << 16;

struct OutputState {
  std::vector<uint64_t> bytesOfImage;
  /// Which elements are written, of images that are under way.
  std::map<uint64_t, llvm::BitVector> written;
};

/// Wide enough for products of what a run counts and what the machine says.
using Wide = unsigned __int128;

/// What costs energy, by the machine's classes.
struct EventCounts {
  Wide sramReadBytes = 0, sramWrittenBytes = 0, linkBytes = 0, ioBytes = 0;
};

/// Inboxes of the tick engine: every module looks into its own in every cycle.
struct Inbox {
  struct Value {
    uint64_t time;
    Event event;
  };
  std::vector<Value> values;
};

class Engine {
public:
  Engine(const SimModel &model, llvm::ArrayRef<SimInput> inputs,
         const SimOptions &options);
  llvm::Expected<SimResult> run();

private:
  // Setup.cpp
  void setUpContexts();
  void setUpRetirements();
  void addRetirement(uint32_t context, const BufferUse &use);
  void setUpServers();
  void setUpSenders();
  void setUpRoutes();
  void setUpHops();
  void setUpHop(uint32_t hop);
  void setUpLinks();
  void setUpOutputs();
  uint64_t fixedWriteCycles(uint32_t route) const;

  // EventLoop.cpp
  void runEvents();
  LLVM_ATTRIBUTE_ALWAYS_INLINE void deliverDue();
  void deliverSeveral();
  void endRun();
  void endAt(uint64_t cycle);
  void deliverShuffled();
  void deliverWrites();
  LLVM_ATTRIBUTE_ALWAYS_INLINE void advanceWoken();
  LLVM_ATTRIBUTE_ALWAYS_INLINE void grantWoken();
  void wakeContext(uint32_t context);
  void wakeWaiter(uint32_t context);
  void registersChanged(uint32_t context);
  void wakeContextAt(uint64_t time, uint32_t context);
  void wakeServer(uint32_t server) {
    if (ticks || servers[server].dirty)
      return;
    servers[server].dirty = true;
    dirtyServers.push(server);
  }
  void wakeLink(uint32_t link);

  // TickLoop.cpp
  void runTicks();
  bool tick();
  bool deliverInboxes();
  bool isTimeAwaited();
  bool isTimeAwaited(uint32_t context);

  // Engine.cpp: values and what receives them
  void post(uint64_t time, EventKind kind, uint32_t a, uint32_t b = 0,
            uint32_t c = 0) {
    if (ticks)
      return postToInbox(time, kind, a, b, c);
    calendar.push(time, kind, a, b, c);
  }
  LLVM_ATTRIBUTE_NOINLINE void postToInbox(uint64_t time, EventKind kind,
                                           uint32_t a, uint32_t b, uint32_t c);
  void handle(Event event);
  LLVM_ATTRIBUTE_ALWAYS_INLINE
  void stageDone(EventKind kind, uint32_t context);
  void jobDone(uint32_t server);
  void grant(uint32_t server);
  void grantWaiting(Server &server);
  void request(uint32_t server, uint32_t port, Event done, uint64_t number,
               uint64_t duration);
  /// Contexts come first, then servers, then links.
  uint32_t moduleOf(const Event &event) const;
  /// Order of the values that one module receives in one step.
  std::pair<uint64_t, uint64_t> portOf(const Event &event) const;
  void shuffleOrder(llvm::MutableArrayRef<uint32_t> order);
  uint32_t nextRandom();
  void endCycle();
  /// Of all failures of one step the one of the first port stands.
  void fail(uint64_t port, const std::string &problem);
  void fail(uint32_t context, const Flight &flight, const std::string &problem);
  /// An event, for those who listen; counted in any case.
  LLVM_ATTRIBUTE_ALWAYS_INLINE void record(SimEvent::Kind kind,
                                           uint32_t context, uint64_t number,
                                           uint32_t place = 0,
                                           uint32_t packet = 0) {
    lastActive = now;
    ++result.statistics.events;
    if (isObserved || result.statistics.events % eventsBetweenReports == 0)
      observe(kind, context, number, place, packet);
  }
  void observe(SimEvent::Kind kind, uint32_t context, uint64_t number,
               uint32_t place, uint32_t packet);
  void addSlice(uint32_t context, TraceSlice::Stage stage, const Flight &flight,
                uint64_t begin, uint64_t end);
  void start(Server &server, const Job &job);
  void traceGrant(const Job &job);

  // Result.cpp
  void checkComplete();
  void checkOutput(uint32_t output);
  void collect();
  void collectEnergy();
  void collectThroughput();
  void collectCores();
  void collectCore(uint32_t node);
  void collectLinks();

  // Control.cpp
  bool advanceLcu(uint32_t context);
  bool advanceTable(uint32_t context);
  bool isReached(uint32_t context, const LcuTable::Step &step);
  void tabulate(uint32_t context);
  bool isLcuBusy(uint32_t context);
  void endImage(uint32_t context);
  bool waitFor(uint32_t context, const LcuOp &op);
  bool waitFor(uint32_t context, uint32_t counter, int64_t need);
  bool block(uint32_t context, uint32_t counter, int64_t need);
  bool canFire(uint32_t context);
  bool isReleased(uint32_t context);
  bool isDue(uint32_t context);
  void fire(uint32_t context);
  void fireInOrder(uint32_t context);
  void start(uint32_t context);
  bool failRunaway(uint32_t context);
  void addCredit(uint32_t counter, uint64_t time);
  uint64_t valueOf(uint32_t counter);

  // Pipeline.cpp
  bool advance(uint32_t context);
  bool advancePath(uint32_t context);
  void startGather(uint32_t context);
  void startLoad(uint32_t context);
  bool readOperands(uint32_t context, Flight &flight, uint64_t &duration);
  void readOperand(uint32_t context, const Flight &flight, uint32_t load);
  void readPool(const ContextModel &context, const DpuModel &dpu,
                const WindowData &data, const Flight &flight, Values &result);
  void startMvm(uint32_t context);
  void startDpu(uint32_t context);
  void gatherDone(uint32_t context);
  void loadDone(uint32_t context);
  void dpuDone(uint32_t context);
  bool compute(uint32_t context, Flight &flight);
  void multiply(uint32_t context, const Flight &flight, Values &values);
  void capture(uint32_t context, const program::DpuInstr &instr,
               const Flight &flight, const Values &values);
  void retire(const Flight &flight, uint32_t begin, uint32_t end);
  FlightData &dataOf(uint32_t context, const Flight &flight) {
    return flightData[context][&flight - contexts[context].flights.data()];
  }

  // Transport.cpp
  void send(uint32_t context, Flight &flight);
  void inject(const SenderState &sender, uint32_t message);
  bool fillPayload(uint32_t context, Flight &flight, Message &message);
  void failPayload(uint32_t context, const Flight &flight,
                   const Values &values);
  uint32_t newMessage();
  void releaseMessage(uint32_t message);
  void queuePacket(uint32_t hop, QueuedPacket packet);
  bool grantLink(uint32_t link);
  LLVM_ATTRIBUTE_ALWAYS_INLINE
  void transmit(uint32_t link, uint32_t hop, QueuedPacket packet);
  LLVM_ATTRIBUTE_ALWAYS_INLINE
  bool takeNext(uint32_t hop, QueuedPacket packet);
  bool failOrder(uint32_t hop, QueuedPacket packet);
  void chargeCredit(uint32_t route);
  void arrive(uint32_t message, uint32_t route);
  uint64_t writeCycles(const Message &message, uint32_t route) const;
  bool writeBuffer(const Message &message, uint32_t buffer);
  void writeDone(uint32_t message, uint32_t route);
  void failWrite(const Message &message, uint32_t route);
  bool writeOutput(const Message &message, uint32_t route);
  bool writeRows(uint32_t output, const Message &message, uint32_t route);
  bool markWritten(uint32_t output, const Message &message, uint32_t route,
                   uint64_t begin, uint64_t count);
  void injectedOne(uint32_t message);
  void delivered(uint32_t route, uint64_t number);
  void received(uint32_t counter);

  // Watch.cpp
  void reportProgress();
  SimLoads currentLoads() const;

  // State.cpp
  bool isStop(const SimEvent &event) const;
  std::string describeState();
  std::string describeNode(uint32_t node);
  std::string describeContext(uint32_t context);
  std::string describeServer(uint32_t server, const char *what);
  std::string describeBuffer(uint32_t buffer);

  // Deadlock.cpp
  std::string describeDeadlock();
  std::string describeWait(uint32_t context, uint32_t &waitsFor);
  std::string describeEdge(uint32_t context, const std::string &to);

  const SimModel &model;
  llvm::ArrayRef<SimInput> inputs;
  const SimOptions &options;
  Memory memory;
  std::optional<Occupancy> occupancy; // sampled where it is wanted
  uint64_t now = 0, lastActive = 0;
  bool failed = false, stopped = false;
  uint64_t failedPort = 0;
  std::string failure;

  // What waits for a later cycle, by engine.
  const bool ticks, isObserved;
  uint64_t random; // 0: no shuffling
  /// Of all tables: 64 MB.
  uint64_t stepsLeft = (uint64_t(64) << 20) / sizeof(LcuTable::Step);
  Calendar calendar;
  std::vector<Event> due;
  WakeList dirtyContexts, dirtyServers, dirtyLinks;
  std::vector<Inbox> inboxes; // by module
  uint64_t inFlight = 0;      // values in inboxes
  std::vector<uint32_t> moduleOrder;

  std::vector<ContextState> contexts;
  std::vector<CounterState> counters;
  std::vector<RouteState> routes;
  /// By context.
  std::vector<std::array<FlightData, maxFlights>> flightData;
  /// What a context retires when a read ends, and the counters that it credits.
  struct Retirement {
    uint32_t reader; // of Memory
    uint32_t firstCredit, endCredit;
  };
  std::vector<Retirement> retirements;
  struct Credit {
    uint32_t counter, route;
    uint64_t latency;
  };
  std::vector<Credit> credits;
  std::vector<Message> messages;
  std::vector<uint32_t> freeMessages;
  std::vector<HopState> hops;
  std::vector<ChildHop> children;
  std::vector<uint32_t> deliveries; // routes
  std::vector<SenderState> senders; // by context
  std::vector<uint32_t> targets;
  /// Credits on links, by link and the context that they go to.
  std::map<std::pair<uint32_t, uint32_t>, Meter> creditMeters;
  bool creditsOnLinks = false;
  std::vector<LinkState> links;
  std::vector<OutputState> outputs;
  std::vector<Server> servers;
  /// Servers: ports and DPUs of all nodes (for I/O nodes: reads and writes of
  /// global memory), then the MVM units.
  uint32_t portServer(uint32_t node) const { return 2 * node; }
  uint32_t dpuServer(uint32_t node) const { return 2 * node + 1; }
  uint32_t mvmServer(uint32_t index) const {
    return 2 * model.times.size() + index;
  }
  uint32_t serverOfRoute(const RouteModel &route) const {
    return route.buffer != none ? portServer(route.destNode)
                                : dpuServer(route.destNode);
  }
  WindowData scratch;
  std::vector<uint8_t> insideScratch;
  EventCounts counts;
  uint64_t imagesDone = 0;
  std::vector<uint32_t> bindingsDone; // by image
  std::vector<SimEvent> cycleEvents;  // recorded in this cycle
  SimResult result;
};

} // namespace cm::sim

#endif // CM_LIB_SIM_ENGINE_H
