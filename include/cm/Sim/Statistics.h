//===- Statistics.h - what a run measured -----------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Plain numbers with their units, and the reports made of them: JSON, text for
// a terminal and the trace that Perfetto and Chrome show.
//
//===----------------------------------------------------------------------===//

#ifndef CM_SIM_STATISTICS_H
#define CM_SIM_STATISTICS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cm {

struct TraceSlice;

/// Cycles that LCU contexts spent unable to fire, by cause.
struct StallCycles {
  uint64_t data = 0;     // a message that has not arrived
  uint64_t credit = 0;   // a reader that has not retired
  uint64_t resource = 0; // registers that are still in use
};

struct ContextStatistics {
  std::string name;
  uint32_t node = 0;
  uint64_t iterations = 0;
  StallCycles stalls;
};

struct BufferStatistics {
  std::string object;
  uint64_t capacityBytes = 0;
  uint64_t peakBytes = 0; // written and not yet retired by all readers
  /// The same every Statistics::sampleCycles; empty unless asked for.
  std::vector<uint64_t> live = {};
};

struct CoreStatistics {
  std::string name;
  uint64_t mvmBusy = 0, dpuBusy = 0, portBusy = 0; // cycles
  /// How many units, DPUs and ports the busy cycles are spread over.
  uint64_t mvmServers = 0, portServers = 0;
  uint64_t mvms = 0; // of one crossbar each
  StallCycles stalls;
  uint64_t sramCapacity = 0;  // bytes, 0: unlimited
  uint64_t sramAllocated = 0; // end of the last buffer
  uint64_t sramPeak = 0;      // most live bytes at any time
  std::vector<BufferStatistics> buffers;

  /// The busiest of MVM units, DPU and ports, of 1.
  double utilisation(uint64_t cycles) const;
};

/// What one context sends over a link, or the credits that come back to it.
struct LinkStreamStatistics {
  std::string name; // of the context
  bool isCredit = false;
  uint64_t bytes = 0;
  uint64_t peakBytes = 0; // most bytes in one window
};

struct LinkStatistics {
  std::string name;
  uint64_t bytes = 0;
  uint64_t busy = 0;      // cycles
  uint64_t peakBytes = 0; // most bytes in one window
  uint32_t capacity = 0;  // bytes per cycle
  std::vector<LinkStreamStatistics> streams;
};

struct EnergyStatistics { // femtojoules
  uint64_t mvm = 0, dpu = 0, sramRead = 0, sramWrite = 0, link = 0, io = 0;
  uint64_t total() const {
    return mvm + dpu + sramRead + sramWrite + link + io;
  }
};

/// Operations of crossbars, two for each product of a weight with an input.
struct ThroughputStatistics {
  uint64_t macsPerImage = 0; // rows times columns of the matrix of each MVM
  /// Of all crossbars of the machine that may work at once, all the time.
  double peakTops = 0;
  double peakTopsPerWatt = 0; // 0: the machine has no energy of an MVM
  /// Components of energy, as the report names them, without a figure.
  std::vector<std::string> unknown;
};

struct EpochStatistics;

struct Statistics {
  std::string program, machine;
  double clockGHz = 0;
  uint64_t images = 0;
  uint64_t cycles = 0; // of the last event
  uint64_t events = 0;
  /// Cycle of the first input byte and the last output byte of each image.
  std::vector<uint64_t> firstIn, lastOut;
  /// Distance of the samples of buffers; 0: there are none.
  uint64_t sampleCycles = 0;
  /// Cycles of the windows in which a link's peak is looked for.
  uint64_t peakWindow = 0;
  EnergyStatistics energy;
  ThroughputStatistics throughput;
  std::vector<ContextStatistics> contexts;
  std::vector<CoreStatistics> cores;
  std::vector<LinkStatistics> links;
  /// Of a program that programs the crossbars anew. The figures above are then
  /// sums over the epochs, or the greatest of what they share; `cycles` has the
  /// programming in it, and firstIn and lastOut count from its beginning.
  std::vector<EpochStatistics> epochs;

  /// Cycles from the first byte read of an image to the last one written.
  uint64_t latency(uint64_t image) const;
  /// Median distance of two outputs over the last half of the images; nothing
  /// for fewer than 8 images, or with epochs, between which nothing overlaps.
  std::optional<uint64_t> iiCycles() const;
  /// Of all epochs.
  uint64_t programmingCycles() const;
  /// 10^12 operations per second in steady state: of one image, in the interval
  /// of images; with epochs, which have none, in the cycles of the whole run
  /// for each image. Nothing for fewer than 8 images without epochs.
  std::optional<double> tops() const;
  /// 10^12 operations for each joule of all components; nothing where the
  /// machine has no energy of an MVM.
  std::optional<double> topsPerWatt() const;
};

/// One programming of the crossbars, and the run of all images that follows.
struct EpochStatistics {
  uint64_t programmingCycles = 0;
  Statistics run; // counts from the end of programming
};

/// a / (b * n) with six digits, the same on every machine; 0 where b * n is 0.
double ratio(uint64_t a, uint64_t b, uint64_t n = 1);

void printJsonReport(const Statistics &statistics, llvm::raw_ostream &os);
/// A table of RFC 4180, with a head; lines of programs with epochs are those of
/// their epochs.
struct CsvTable {
  std::string name; // "cores", ...
  std::string text;
};
std::vector<CsvTable> csvTables(const Statistics &statistics);
/// Quoted where it has to be.
std::string csvField(llvm::StringRef text);
void printTextReport(const Statistics &statistics, llvm::raw_ostream &os);
/// Chrome's trace event format: a process for each node, a thread for each
/// stage of each context, a microsecond for each cycle.
void printTrace(const Statistics &statistics, llvm::ArrayRef<TraceSlice> slices,
                llvm::raw_ostream &os);

} // namespace cm

#endif // CM_SIM_STATISTICS_H
