//===- Simulator.h - run a program on data, cycle by cycle ------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The public face of the simulator: a program, a machine and input images in,
// outputs, statistics and a trace out. `docs/Simulator.md` says what a cycle
// means. Whatever goes wrong in a run (deadlock, data that is read before it is
// written or overwritten while live, overflow) is an error that names the
// culprit.
//
//===----------------------------------------------------------------------===//

#ifndef CM_SIM_SIMULATOR_H
#define CM_SIM_SIMULATOR_H

#include "cm/Machine/MachineModel.h"
#include "cm/Program/Program.pb.h"
#include "cm/Sim/Statistics.h"
#include "cm/Support/Limits.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cm {

/// What has a shadow tag: what one message writes, or each byte.
enum class CheckGranularity { Slot, Byte };

/// How time passes. The results are the same to the last digit.
enum class SimEngine {
  Event, // only modules that have something to do are stepped
  Tick,  // every module in every cycle: slow, and hard to get wrong
};

/// Something that happened in a module. `Statistics::events` counts them.
struct SimEvent {
  enum Kind : uint8_t {
    Fire,   // the LCU starts an iteration
    Gather, // ends, likewise the next three
    Load,
    Mvm,
    Dpu,
    Ready,    // a packet has come to the queue of the next link of its way
    Packet,   // a link takes a packet
    Injected, // the last packet of a message has left a first link
    Arrived,  // the last byte of a message is at a destination
    Written,  // and in its memory
  };
  Kind kind;
  uint32_t context; // of the program, over all nodes
  uint64_t image;
  uint32_t d0, d1;     // the iteration
  uint32_t place = 0;  // link of a packet, route of an arrival
  uint32_t packet = 0; // of the message
};

/// "fire", "gather", ...
const char *eventName(SimEvent::Kind kind);

/// Where a run ends early, and of which nodes the state is shown.
struct StopPoint {
  uint64_t cycle = UINT64_MAX; // behind this one
  /// Or behind the cycle of the first event of this kind, of a context (its
  /// name with or without the node's, or a node's name; empty: any), image,
  /// iteration.
  std::optional<SimEvent::Kind> event;
  std::string context;
  std::optional<uint64_t> image;
  std::optional<std::pair<uint32_t, uint32_t>> iteration;
  /// Empty: all that have something left to do.
  std::vector<std::string> nodes;
};

/// What an MVM is given.
struct MvmEvent {
  uint32_t epoch, unit; // of the epoch's program, over all nodes
  uint32_t context;
  uint64_t image, iteration;
  llvm::ArrayRef<int8_t> input;
  int32_t zeroPoint; // of the input
};

struct NonIdealChip;

/// Who has done most so far, of 1, and who waits longest. Names are empty where
/// there is nobody.
struct SimLoads {
  std::string core, link, waiter; // the last: "core[1] 'conv'"
  double coreShare = 0, linkShare = 0;
  const char *waitsFor = ""; // "data", "credits", "registers"
  uint64_t waitCycles = 0;
};

/// A run as it stands. With epochs, images, cycles and events are those of all
/// so far; loads are those of the epoch.
struct SimProgress {
  uint64_t images; // that are complete
  uint64_t cycle, events;
  llvm::function_ref<SimLoads()> loads; // valid during the call
};

struct SimOptions {
  uint64_t images = 1;
  SimEngine engine = SimEngine::Event;
  /// Moves and computes no data; all checks of order remain.
  bool timingOnly = false;
  /// Images enter as fast as credits allow, not one per release interval.
  bool unpaced = false;
  CheckGranularity check = CheckGranularity::Slot;
  /// Drives the input of each MVM as the DAC does, some of its bits at a time.
  /// The result is the same; it takes several times as long.
  bool bitPlanes = false;
  /// Crossbars that are not ideal (cm/Sim/NonIdeal.h); null: the ideal mode.
  const NonIdealChip *chip = nullptr;
  /// Which programming of the crossbars this is.
  uint32_t epoch = 0;
  /// Called for each MVM that is computed.
  std::function<void(const MvmEvent &)> onMvm;
  /// Keeps every tensor that the program names.
  bool captureTensors = false;
  /// Slices of the first so many images are kept for the trace.
  uint64_t traceImages = 0;
  /// Samples the live bytes of buffers, at most 512 times; not with epochs.
  bool sampleBuffers = false;
  /// Anything but 0 shuffles the order in which modules are stepped, in every
  /// cycle anew. No result depends on it: a test says so.
  uint64_t shuffleSeed = 0;
  /// Queues of links give their last packet first: what the check of order must
  /// find, for its test.
  bool reorderPackets = false;
  /// Called with all events of a cycle, in an order that depends on nothing but
  /// themselves; cycles without events are left out. Epochs count from 0, each
  /// with cycles of its own. Where it returns false the run stops.
  std::function<bool(uint32_t epoch, uint64_t cycle, llvm::ArrayRef<SimEvent>)>
      onEvents;
  std::optional<StopPoint> stop;
  /// What lies beyond is an error before the run (docs/Simulator.md, Limits).
  uint64_t maxBytes = maxRunBytes, maxWindowVisits = cm::maxWindowVisits;
  /// Called at every image and every 65,536 events.
  std::function<void(const SimProgress &)> progress;
};

/// Images of one input binding in object layout: `images` times the elements of
/// the object in (y, x, c) order. Image n of the run is image n mod `images`.
struct SimInput {
  llvm::ArrayRef<int8_t> data;
  uint64_t images = 0;
};

/// One box of the trace.
struct TraceSlice {
  enum Stage : uint8_t { Gather, Load, Mvm, Dpu, Send };
  uint32_t context; // index into Statistics::contexts
  Stage stage;
  uint64_t begin, end; // cycles
  uint64_t image;
  uint32_t d0, d1;
};

struct SimResult {
  Statistics statistics;
  /// Of each output binding, `images` times the elements of its object.
  std::vector<std::vector<int8_t>> outputs;
  /// Of each of the program's tensors (those of its epochs one after another),
  /// as outputs; empty unless captured.
  std::vector<std::vector<int8_t>> tensors;
  std::vector<TraceSlice> trace;
  /// The state at the end of a run that was stopped, as text; all else is what
  /// it has come to. Empty: the run came to its end.
  std::string stopped;
};

/// Runs a program that has passed `validateProgram` until all images are out.
/// `inputs` are those of `program.inputs()`; they may be empty when
/// `timingOnly` is set.
llvm::Expected<SimResult> simulate(const program::Program &program,
                                   const MachineModel &machine,
                                   llvm::ArrayRef<SimInput> inputs,
                                   const SimOptions &options);

} // namespace cm

#endif // CM_SIM_SIMULATOR_H
