//===- Engines.cpp - two engines, one answer ------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Sim/Engines.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FormatVariadic.h"

using namespace cm;
using llvm::formatv;

namespace {
/// All events of one cycle.
struct CycleDigest {
  uint32_t epoch;
  uint64_t cycle;
  size_t digest;
  bool operator==(const CycleDigest &other) const {
    return epoch == other.epoch && cycle == other.cycle &&
           digest == other.digest;
  }
};

struct Observed {
  std::string error, report;
  SimResult result;
  std::vector<CycleDigest> cycles;
};
} // namespace

static size_t digestOf(llvm::ArrayRef<SimEvent> events) {
  size_t digest = events.size();
  for (const SimEvent &event : events)
    digest = llvm::hash_combine(digest, event.kind, event.context, event.image,
                                event.d0, event.d1, event.place, event.packet);
  return digest;
}

static Observed observe(const program::Program &program,
                        const MachineModel &machine,
                        llvm::ArrayRef<SimInput> inputs, SimOptions options) {
  Observed observed;
  options.traceImages = std::max<uint64_t>(options.traceImages, 2);
  options.onEvents = [&](uint32_t epoch, uint64_t cycle,
                         llvm::ArrayRef<SimEvent> events) {
    observed.cycles.push_back({epoch, cycle, digestOf(events)});
    return true;
  };
  auto result = simulate(program, machine, inputs, options);
  if (!result) {
    observed.error = llvm::toString(result.takeError());
    return observed;
  }
  observed.result = std::move(*result);
  llvm::raw_string_ostream os(observed.report);
  printJsonReport(observed.result.statistics, os);
  return observed;
}

/// The first line in which two reports differ.
static std::string firstLine(llvm::StringRef found, llvm::StringRef expected) {
  while (!found.empty() || !expected.empty()) {
    auto [a, restA] = found.split('\n');
    auto [b, restB] = expected.split('\n');
    if (a != b)
      return formatv("report: found '{0}', expected '{1}'", a.trim(), b.trim());
    found = restA, expected = restB;
  }
  return "report";
}

static std::string firstCycle(llvm::ArrayRef<CycleDigest> found,
                              llvm::ArrayRef<CycleDigest> expected) {
  auto [a, b] = std::mismatch(found.begin(), found.end(), expected.begin(),
                              expected.end());
  const CycleDigest *first = b;
  if (b == expected.end() ||
      (a != found.end() && a->epoch <= b->epoch && a->cycle < b->cycle))
    first = a;
  return formatv("events differ from cycle {0} of epoch {1} on", first->cycle,
                 first->epoch);
}

static bool isSame(const TraceSlice &a, const TraceSlice &b) {
  return std::tie(a.context, a.stage, a.begin, a.end, a.image, a.d0, a.d1) ==
         std::tie(b.context, b.stage, b.begin, b.end, b.image, b.d0, b.d1);
}

static std::string differenceOf(const Observed &found,
                                const Observed &expected) {
  if (found.error != expected.error)
    return formatv("error: found '{0}', expected '{1}'", found.error,
                   expected.error);
  if (found.cycles != expected.cycles)
    return firstCycle(found.cycles, expected.cycles);
  if (found.report != expected.report)
    return firstLine(found.report, expected.report);
  const SimResult &a = found.result, &b = expected.result;
  if (a.outputs != b.outputs || a.tensors != b.tensors)
    return "data of an output or a tensor";
  if (a.stopped != b.stopped)
    return "state: " + firstLine(a.stopped, b.stopped);
  if (!std::equal(a.trace.begin(), a.trace.end(), b.trace.begin(),
                  b.trace.end(), isSame))
    return "slices of the trace";
  return {};
}

EngineComparison cm::compareEngines(const program::Program &program,
                                    const MachineModel &machine,
                                    llvm::ArrayRef<SimInput> inputs,
                                    const SimOptions &options,
                                    unsigned orders) {
  SimOptions own = options;
  own.engine = SimEngine::Event;
  own.shuffleSeed = 0;
  Observed expected = observe(program, machine, inputs, own);
  EngineComparison comparison;
  comparison.runs = 1;
  comparison.error = expected.error;
  comparison.cycles = expected.result.statistics.cycles;
  comparison.events = expected.result.statistics.events;
  for (SimEngine engine : {SimEngine::Event, SimEngine::Tick})
    for (unsigned seed = engine == SimEngine::Event; seed <= orders; ++seed) {
      own.engine = engine;
      own.shuffleSeed = seed;
      ++comparison.runs;
      std::string difference =
          differenceOf(observe(program, machine, inputs, own), expected);
      if (difference.empty())
        continue;
      comparison.difference = formatv(
          "{0} engine, order {1}: {2}",
          engine == SimEngine::Event ? "event" : "tick", seed, difference);
      return comparison;
    }
  return comparison;
}
