//===- EarliestEngine.h - state of an evaluation ----------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tables of who waits for what, made once, and the state of a run. Earliest.cpp
// has stages and units, EarliestNetwork.cpp messages and links,
// EarliestBounds.cpp the longest that a request takes.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MAPPING_EARLIESTENGINE_H
#define CM_LIB_MAPPING_EARLIESTENGINE_H

#include "Dependence.h"
#include "cm/Mapping/Earliest.h"
#include <array>
#include <map>
#include <optional>
#include <queue>
#include <set>
#include <tuple>

namespace cm {

/// The longest that requests of shared units take, from request to end.
struct EarliestBounds {
  /// Nothing where a port gets more than it serves.
  static std::optional<EarliestBounds> create(const EarliestProblem &problem);

  std::vector<uint64_t> port; // of each node; of I/O nodes: reading inputs
  std::vector<uint64_t> sink; // of I/O nodes: taking outputs
  std::vector<uint64_t> dpu;  // of each node
  std::vector<uint64_t> mvm;  // of each stage
  std::vector<uint64_t> link; // a packet at the head of its queue
};

/// One link of the tree of a writer's messages.
struct EarliestHop {
  uint32_t writer = 0;
  LinkId link = 0;
  bool isFirst = false;
  std::vector<uint32_t> next;   // hops
  std::vector<uint32_t> routes; // that end here
};

/// The trees of all writers, in the order of contexts of a program.
struct EarliestTrees {
  explicit EarliestTrees(const EarliestProblem &problem);

  std::vector<EarliestHop> hops;
  std::vector<std::vector<uint32_t>> hopsOfWriter, hopsOfLink;
};

/// An odd number that looks random (the finaliser of splitmix64).
inline uint64_t weightOf(uint64_t rank) {
  uint64_t z = (rank + 1) * 0x9e3779b97f4a7c15ull;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return (z ^ (z >> 31)) | 1;
}

/// Position of each stage among the contexts of a program: by node, in order.
std::vector<uint32_t> contextOrder(const EarliestProblem &problem);

/// Bytes of the packets of a message of `payload` bytes.
std::vector<uint64_t> packetBytes(const MachineModel &machine,
                                  uint64_t payload);

/// What does not depend on capacities.
class EarliestTables {
public:
  explicit EarliestTables(const EarliestProblem &problem);

  /// What an iteration of a stage waits for: a number of messages of a route,
  /// or of iterations that a reader has retired.
  struct DataWait {
    uint32_t route = 0;
    int64_t writes = 0;                     // iterations of the writer
    const std::vector<int32_t> *lastWriter; // of an iteration and those before
  };
  struct CreditWait {
    uint32_t reader = 0;
    bool byLoad = false;
    uint64_t latency = 0;
    int64_t reads = 0; // iterations of the reader
    uint32_t buffer = 0;
    int64_t width = 1; // of the writer's domain
    PixelWrite write;
    const std::vector<int32_t> *lastReader; // by pixel; -1: none
  };

  const EarliestProblem &problem;
  EarliestTrees trees;
  std::optional<EarliestBounds> bounds;
  std::vector<uint32_t> order;
  std::vector<std::vector<DataWait>> dataWaits;     // of each stage
  std::vector<std::vector<CreditWait>> creditWaits; // of each stage
  std::vector<std::vector<uint32_t>> routesFrom;    // of each stage
  std::vector<std::vector<uint64_t>> packets;       // of each stage
  std::vector<std::array<bool, 2>> hasRead;         // gathers, loads
  std::vector<uint64_t> sizes;   // events of an image: fires, DPU, messages
  std::vector<uint64_t> weights; // of all events of each
  uint32_t numMvmUnits = 0;

private:
  void addWaits(uint32_t stream);

  DependenceCache cache;
  struct Ranks {
    std::vector<int32_t> lastWriter, lastReader;
  };
  std::map<const Dependence *, Ranks> ranks;
};

class EarliestEngine {
public:
  EarliestEngine(const EarliestTables &tables,
                 const std::vector<BufferCapacity> &capacity,
                 const EarliestOptions &options);
  EarliestResult run();

private:
  enum class Kind : uint8_t {
    GatherDone,
    LoadDone,
    MvmDone,
    DpuDone,
    WriteDone,
    Injected,
    PacketReady,
    LinkFree,
    Arrived,
    Wake
  };
  struct Event {
    uint64_t time;
    Kind kind;
    uint32_t a, b; // stage, hop, link or route, and a packet
    uint64_t number;
    bool operator>(const Event &other) const { return time > other.time; }
  };
  struct Job {
    uint64_t requested, number;
    uint32_t index, a; // who asks, for ties; stage or route
    Kind done;
    uint64_t duration;
    bool operator>(const Job &other) const {
      return std::tie(requested, index, number) >
             std::tie(other.requested, other.index, other.number);
    }
  };
  /// Serves those that came first.
  struct Unit {
    uint32_t capacity = 1, running = 0;
    bool dirty = false;
    std::priority_queue<Job, std::vector<Job>, std::greater<Job>> waiting;
  };

  struct Need {
    bool isCredit;
    uint32_t counter; // a route, or 2 * reader + byLoad
    uint64_t value, latency;
  };
  struct Waiter {
    uint32_t stage;
    uint64_t value;
  };
  struct StageState {
    uint64_t image = 0, rank = 0;
    bool queued = false, prepared = false, blocked = false;
    std::vector<Need> needs;
    std::vector<int64_t> credits; // what the greatest need was, of each wait
    uint64_t control = 0;         // of the LCU, from one fire to the next
    uint64_t controlUntil = 0;
    uint64_t fired = 0, gathered = 0, mvmRequested = 0, mvmDone = 0,
             loadRequested = 0, loaded = 0, dpuRequested = 0, dpuDone = 0,
             injected = 0;
    std::array<uint32_t, 4> uninjected = {};      // by message
    std::array<std::vector<uint64_t>, 2> retired; // times: gathers, loads
  };
  struct RouteState {
    uint64_t received = 0;
    std::set<uint64_t> early;
    std::vector<Waiter> waiters;
  };
  struct LinkState {
    bool busy = false, dirty = false;
    uint32_t next = 0, queued = 0;
  };

  // Earliest.cpp
  void handle(const Event &event);
  void handleNetwork(const Event &event);
  void cycle();
  void advance(uint32_t stage);
  bool fire(uint32_t stage);
  void prepare(uint32_t stage);
  int64_t creditNeed(const EarliestTables::CreditWait &wait,
                     const StageState &state) const;
  int64_t creditNeedOfRow(const EarliestTables::CreditWait &wait,
                          const StageState &state, int64_t row) const;
  uint64_t imagesInWindow() const;
  uint64_t controlCycles(uint32_t stage) const;
  bool isMet(uint32_t stage, const Need &need);
  bool mayFire(uint32_t stage);
  void startGather(uint32_t stage);
  void startLoad(uint32_t stage);
  void startMvm(uint32_t stage);
  void startDpu(uint32_t stage);
  void retire(uint32_t stage, bool byLoad);
  uint64_t readCycles(uint32_t stage, uint64_t number, bool gather);
  void request(uint32_t unit, Job job, uint64_t bound);
  void grant(uint32_t unit);
  void markDirty(uint32_t stage);
  void count(uint32_t sum, uint64_t image, uint64_t rank);
  bool isSteady(uint64_t image) const;

  // EarliestNetwork.cpp
  void send(uint32_t stage);
  void grantLink(LinkId link);
  void transmit(uint32_t hop, uint64_t number, uint32_t packet);
  void markLink(LinkId link);
  void arrive(uint32_t route, uint64_t number);
  void writeDone(uint32_t route, uint64_t number);
  void received(uint32_t route, uint64_t number);
  void injectedOne(uint32_t stage, uint64_t number);
  uint64_t writeCycles(const EarliestRoute &route, uint64_t number) const;

  uint32_t portUnit(NodeId node) const { return 2 * node; }
  uint32_t dpuUnit(NodeId node) const { return 2 * node + 1; }
  /// What stores a message: ports, or the way out of an I/O node.
  uint32_t unitOf(const EarliestRoute &route) const {
    return problem.machine->isCore(route.node) ? portUnit(route.node)
                                               : dpuUnit(route.node);
  }
  uint32_t mvmUnit(uint32_t unit) const {
    return 2 * problem.machine->numNodes() + unit;
  }
  uint64_t iterations(uint32_t stage) const {
    return problem.schedule->stages[stage].domain.size();
  }
  bool isInput(uint32_t stage) const {
    return problem.schedule->stages[stage].role == ScheduleStage::Input;
  }
  bool isOutput(uint32_t stage) const {
    return problem.schedule->stages[stage].role == ScheduleStage::Output;
  }
  void push(uint64_t time, Kind kind, uint32_t a, uint32_t b = 0,
            uint64_t number = 0) {
    queue.push({time, kind, a, b, number});
  }

  const EarliestTables &tables;
  const EarliestProblem &problem;
  const EarliestTrees &trees;
  const std::vector<BufferCapacity> &capacity;
  const EarliestOptions &options;
  const EarliestBounds *bounds; // null: units are shared as they are

  uint64_t now = 0;
  std::priority_queue<Event, std::vector<Event>, std::greater<Event>> queue;
  std::vector<StageState> stages;
  std::vector<RouteState> routes;
  std::vector<std::vector<Waiter>> retireWaiters; // by 2 * reader + byLoad
  std::vector<Unit> units;
  std::vector<LinkState> links;
  struct Packet {
    uint64_t number;
    uint32_t packet;
  };
  std::vector<std::queue<Packet>> hopQueues;
  std::vector<bool> hopBusy; // where requests take their bound
  std::vector<uint32_t> dirtyStages, dirtyUnits;
  std::vector<LinkId> dirtyLinks;

  // Times of one image, added up: fires, DPU, messages; how many are missing.
  std::vector<std::vector<uint64_t>> sums;
  std::vector<uint64_t> missing;
  uint64_t window; // images that an event depends on
  uint64_t complete = 0;
  EarliestResult result;
};

} // namespace cm

#endif // CM_LIB_MAPPING_EARLIESTENGINE_H
