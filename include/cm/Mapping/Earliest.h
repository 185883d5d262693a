//===- Earliest.h - when a chip without a clock does everything -*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Stages fire as early as counters and registers allow, however the schedule
// paces them. This evaluates that, event by event, for a graph with capacities:
// the machine as docs/Simulator.md describes it, or a bound of it in which
// every request of a shared unit is served as late as it ever can be. It knows
// dependences, not the program, and shares nothing with the simulator.
//
//===----------------------------------------------------------------------===//

#ifndef CM_MAPPING_EARLIEST_H
#define CM_MAPPING_EARLIEST_H

#include "cm/Machine/MachineModel.h"
#include "cm/Mapping/Schedule.h"
#include <functional>
#include <memory>

namespace cm {

/// One read of an object by a stage.
struct EarliestRead {
  uint32_t buffer = 0; // index of the schedule's buffers
  Window window;
  bool feedsCrossbar = false; // gathered before the MVM; else by the DPU
  uint32_t stage = 0;
  uint32_t number = 0; // among all reads
};

/// What a stage of the schedule does in one iteration, in cycles.
struct EarliestStage {
  NodeId node = 0;
  bool hasMvm = false;
  uint32_t mvmUnit = 0; // stages with the same one take turns
  uint64_t mvm = 0, dpu = 0;
  uint64_t input = 0;       // of global memory: input stages
  uint64_t control = 0;     // of the LCU, between fires: the fewest waits
  uint64_t instruction = 0; // of the LCU, from the last wait to the fire
  uint64_t payload = 0;     // bytes of a message
  std::vector<EarliestRead> reads;
};

/// The way of a writer's messages to a node, which all its readers there share.
struct EarliestRoute {
  uint32_t writer = 0;
  NodeId node = 0;
  std::vector<LinkId> links; // none: the writer's own node
  uint32_t buffer = ScheduleStream::noBuffer;
};

/// `schedule` has the dependences: its stages and streams are these stages and
/// what the routes carry. Routes are in the order of the program, which decides
/// ties.
struct EarliestProblem {
  const MachineModel *machine = nullptr;
  const ScheduleProblem *schedule = nullptr;
  std::vector<EarliestStage> stages;
  std::vector<EarliestRoute> routes;
  std::vector<uint32_t> routeOf;  // of each stream of the schedule
  std::vector<PixelWrite> writes; // of each stage; outputs write nothing

  /// Port cycles of a read of a stage, in iteration (d0, d1) of an image.
  std::function<uint64_t(const EarliestRead &read, const BufferCapacity &layout,
                         int64_t d0, int64_t d1, uint64_t image)>
      readCycles;
  /// The most that a read of a stage takes, at any alignment of its slots.
  std::function<uint64_t(const EarliestRead &read)> longestReadCycles;

  /// About as many events as an evaluation has for one image.
  uint64_t eventsPerImage() const;
  /// Whether instructions of an LCU take time, of which only an estimate is
  /// known.
  bool hasControlCost() const;
  /// Whether credits take time of links, which an evaluation leaves out.
  bool hasCreditsOnLinks() const;
};

struct EarliestOptions {
  uint64_t interval = 0;   // cycles between the releases of two images
  uint64_t images = 16;    // at most; fewer where the run becomes steady
  uint64_t events = ~0ull; // at most
  /// Every request takes the longest that it ever can.
  bool bounded = false;
};

struct EarliestResult {
  enum End { Done, Deadlock, OutOfEvents, Unbounded } end = Done;
  /// From the last image on all images repeat each other, `interval` cycles
  /// apart: the state is the one that it was an interval before.
  bool steady = false;
  std::vector<uint64_t> firstIn, lastOut; // of each image that has ended
  uint64_t events = 0;

  /// Median distance of the last outputs over the last half of the images, as
  /// cm-sim has it; 0 below two images.
  uint64_t interval() const;
  /// Whether the outputs of the last half of the images are `ii` apart.
  bool isRegular(uint64_t ii) const;
  /// Of all images from the last on where they repeat each other, else the
  /// median; 0 where results need nothing of an image.
  uint64_t latency() const;
};

/// What cm-sim will show for a run of 16 images, or for as many as there are
/// events for.
struct EarliestPrediction {
  uint64_t ii = 0, latency = 0; // 0: not a single image (or not two) in time
  bool deadlock = false;
  /// Outputs are the interval apart, for ever: the run repeats itself, or it
  /// did so far and has a bound in which every request takes its longest and
  /// the images repeat each other.
  bool exact = false;
};

class EarliestTables;

/// A problem with its dependences: many capacities may be tried on it.
class EarliestModel {
public:
  explicit EarliestModel(EarliestProblem problem);
  ~EarliestModel();
  EarliestModel(EarliestModel &&);

  /// The capacities are those of the schedule's buffers. `Unbounded`: some unit
  /// gets more requests than it serves, so that no bound is known.
  EarliestResult evaluate(const std::vector<BufferCapacity> &capacity,
                          const EarliestOptions &options) const;
  /// With images released `ii` cycles apart.
  EarliestPrediction predict(const std::vector<BufferCapacity> &capacity,
                             uint64_t ii, uint64_t events) const;
  const EarliestProblem &problem() const { return *data; }

private:
  std::unique_ptr<EarliestProblem> data;
  std::unique_ptr<EarliestTables> tables;
};

} // namespace cm

#endif // CM_MAPPING_EARLIEST_H
