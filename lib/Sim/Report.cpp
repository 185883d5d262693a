//===- Report.cpp - JSON, text and trace ----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Sim/NonIdealReport.h"
#include "cm/Sim/Simulator.h"
#include "cm/Sim/Statistics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>

using namespace cm;
using llvm::formatv;
using llvm::json::OStream;

std::optional<uint64_t> Statistics::iiCycles() const {
  if (images < 8 || !epochs.empty())
    return std::nullopt;
  std::vector<uint64_t> distances;
  for (uint64_t n = images - images / 2; n != images; ++n)
    distances.push_back(lastOut[n] - std::min(lastOut[n - 1], lastOut[n]));
  auto middle = distances.begin() + distances.size() / 2;
  std::nth_element(distances.begin(), middle, distances.end());
  return *middle;
}

uint64_t Statistics::programmingCycles() const {
  uint64_t sum = 0;
  for (const EpochStatistics &epoch : epochs)
    sum += epoch.programmingCycles;
  return sum;
}

uint64_t Statistics::latency(uint64_t image) const {
  // Constants need not wait for the input.
  return lastOut[image] - std::min(firstIn[image], lastOut[image]);
}

double cm::ratio(uint64_t a, uint64_t b, uint64_t n) {
  unsigned __int128 parts = a, whole = b;
  whole *= n;
  return whole ? double(uint64_t(parts * 1000000 / whole)) / 1000000 : 0;
}

/// Six digits as text: JSON's own printing would show 17.
static void printRatio(OStream &json, llvm::StringRef key, double value) {
  json.attributeBegin(key);
  json.rawValue(formatv("{0:F6}", value).str());
  json.attributeEnd();
}

double CoreStatistics::utilisation(uint64_t cycles) const {
  return std::max({ratio(mvmBusy, cycles, mvmServers), ratio(dpuBusy, cycles),
                   ratio(portBusy, cycles, portServers)});
}

static void printStalls(OStream &json, const StallCycles &stalls) {
  json.attributeObject("stalls", [&] {
    json.attribute("data", stalls.data);
    json.attribute("credit", stalls.credit);
    json.attribute("resource", stalls.resource);
  });
}

static void printCore(OStream &json, const Statistics &statistics,
                      const CoreStatistics &core) {
  json.object([&] {
    json.attribute("name", core.name);
    printRatio(json, "utilisation", core.utilisation(statistics.cycles));
    printRatio(json, "mvm",
               ratio(core.mvmBusy, statistics.cycles, core.mvmServers));
    printRatio(json, "dpu", ratio(core.dpuBusy, statistics.cycles));
    printRatio(json, "port",
               ratio(core.portBusy, statistics.cycles, core.portServers));
    json.attribute("mvms", core.mvms);
    printStalls(json, core.stalls);
    json.attributeObject("sram", [&] {
      json.attribute("capacity", core.sramCapacity);
      json.attribute("allocated", core.sramAllocated);
      json.attribute("peak", core.sramPeak);
    });
    json.attributeArray("buffers", [&] {
      for (const BufferStatistics &buffer : core.buffers)
        json.object([&] {
          json.attribute("object", buffer.object);
          json.attribute("capacity", buffer.capacityBytes);
          json.attribute("peak", buffer.peakBytes);
        });
    });
  });
}

/// A component without a figure counts as 0 and is listed.
static void printEnergy(OStream &json, const Statistics &statistics) {
  const EnergyStatistics &energy = statistics.energy;
  json.attributeObject("energy", [&] {
    json.attribute("unit", "fJ");
    json.attribute("total", energy.total());
    json.attribute("mvm", energy.mvm);
    json.attribute("dpu", energy.dpu);
    json.attribute("sram_read", energy.sramRead);
    json.attribute("sram_write", energy.sramWrite);
    json.attribute("link", energy.link);
    json.attribute("io", energy.io);
    json.attributeArray("unknown", [&] {
      for (const std::string &component : statistics.throughput.unknown)
        json.value(component);
    });
  });
}

/// Null where there is nothing to say.
static void printMeasure(OStream &json, llvm::StringRef key,
                         std::optional<double> value) {
  if (value)
    printRatio(json, key, *value);
  else
    json.attribute(key, nullptr);
}

static void printThroughput(OStream &json, const Statistics &statistics) {
  const ThroughputStatistics &throughput = statistics.throughput;
  std::optional<double> peakPerWatt;
  if (throughput.peakTopsPerWatt > 0)
    peakPerWatt = throughput.peakTopsPerWatt;
  json.attributeObject("throughput", [&] {
    json.attribute("macs_per_image", throughput.macsPerImage);
    printMeasure(json, "tops", statistics.tops());
    printRatio(json, "peak_tops", throughput.peakTops);
    printMeasure(json, "tops_per_watt", statistics.topsPerWatt());
    printMeasure(json, "peak_tops_per_watt", peakPerWatt);
  });
}

static void printContexts(OStream &json, const Statistics &statistics) {
  json.attributeArray("contexts", [&] {
    for (const ContextStatistics &context : statistics.contexts)
      json.object([&] {
        json.attribute("name", context.name);
        json.attribute("node", context.node);
        json.attribute("iterations", context.iterations);
        printStalls(json, context.stalls);
      });
  });
}

static void printLinkStreams(OStream &json, const Statistics &statistics,
                             const LinkStatistics &link) {
  json.attributeArray("streams", [&] {
    for (const LinkStreamStatistics &stream : link.streams)
      json.object([&] {
        json.attribute("name", stream.name);
        if (stream.isCredit)
          json.attribute("credits", true);
        json.attribute("bytes", stream.bytes);
        printRatio(json, "mean", ratio(stream.bytes, statistics.cycles));
        printRatio(json, "peak",
                   ratio(stream.peakBytes, statistics.peakWindow));
      });
  });
}

static void printLinks(OStream &json, const Statistics &statistics) {
  json.attributeArray("links", [&] {
    for (const LinkStatistics &link : statistics.links)
      json.object([&] {
        json.attribute("name", link.name);
        json.attribute("bytes", link.bytes);
        printRatio(json, "mean", ratio(link.bytes, statistics.cycles));
        printRatio(json, "peak", ratio(link.peakBytes, statistics.peakWindow));
        json.attribute("capacity", link.capacity);
        printRatio(json, "busy", ratio(link.busy, statistics.cycles));
        printLinkStreams(json, statistics, link);
      });
  });
}

static void printEpochs(OStream &json, const Statistics &statistics);

static void printRun(OStream &json, const Statistics &statistics) {
  json.attribute("program", statistics.program);
  json.attribute("machine", statistics.machine);
  json.attribute("clock_ghz", statistics.clockGHz);
  json.attribute("images", statistics.images);
  if (auto ii = statistics.iiCycles())
    json.attribute("ii_cycles", *ii);
  else
    json.attribute("ii_cycles", nullptr);
  json.attributeArray("latency_cycles", [&] {
    for (uint64_t n = 0; n != statistics.images; ++n)
      json.value(statistics.latency(n));
  });
  json.attribute("cycles", statistics.cycles);
  json.attribute("events", statistics.events);
  printEnergy(json, statistics);
  printThroughput(json, statistics);
  json.attributeArray("cores", [&] {
    for (const CoreStatistics &core : statistics.cores)
      printCore(json, statistics, core);
  });
  json.attribute("peak_window_cycles", statistics.peakWindow);
  printLinks(json, statistics);
  printContexts(json, statistics);
  printEpochs(json, statistics);
}

static void printEpochs(OStream &json, const Statistics &statistics) {
  if (statistics.epochs.empty())
    return;
  json.attribute("programming_cycles", statistics.programmingCycles());
  json.attributeArray("epochs", [&] {
    for (const EpochStatistics &epoch : statistics.epochs)
      json.object([&] {
        json.attribute("programming_cycles", epoch.programmingCycles);
        printRun(json, epoch.run);
      });
  });
}

void cm::printJsonReport(const Statistics &statistics, const NonIdealChip *chip,
                         llvm::raw_ostream &os) {
  OStream json(os, 1);
  json.object([&] {
    printRun(json, statistics);
    if (!chip)
      return;
    printParameters(*chip->parameters, json);
    json.attribute("seed", chip->seed);
  });
  os << '\n';
}

void cm::printJsonReport(const Statistics &statistics, llvm::raw_ostream &os) {
  printJsonReport(statistics, nullptr, os);
}

//===--- Text
//---------------------------------------------------------------===//

/// A line for all epochs and one for each.
static void printEpochLines(const Statistics &statistics,
                            llvm::raw_ostream &os) {
  os << formatv("epochs       {0}, {1} cycles of programming, {2} cycles per "
                "image\n",
                statistics.epochs.size(), statistics.programmingCycles(),
                llvm::divideCeil(statistics.cycles, statistics.images));
  for (const EpochStatistics &epoch : statistics.epochs) {
    const Statistics &run = epoch.run;
    os << formatv("  {0}: programming {1}, run {2}, latency {3}", run.program,
                  epoch.programmingCycles, run.cycles, run.latency(0));
    if (auto ii = run.iiCycles())
      os << formatv(", ii {0}", *ii);
    os << '\n';
  }
}

/// Achieved against the peak of the machine's crossbars.
static void printThroughputLines(const Statistics &statistics,
                                 llvm::raw_ostream &os) {
  const ThroughputStatistics &throughput = statistics.throughput;
  auto printLine = [&](const char *head, double value, const char *unit,
                       double peak) {
    os << head << llvm::format("%.4g ", value) << unit;
    if (peak > 0)
      os << llvm::format(", %.1f%% of the crossbars' peak of %.4g",
                         100 * value / peak, peak);
  };
  if (auto tops = statistics.tops()) {
    printLine("throughput   ", *tops, "TOPS", throughput.peakTops);
    os << '\n';
  }
  if (auto perWatt = statistics.topsPerWatt()) {
    printLine("efficiency   ", *perWatt, "TOPS/W", throughput.peakTopsPerWatt);
    if (!throughput.unknown.empty())
      os << "; no figures for " << llvm::join(throughput.unknown, ", ");
    os << '\n';
  }
}

static void printSummary(const Statistics &statistics, llvm::raw_ostream &os) {
  uint64_t least = UINT64_MAX, most = 0;
  for (uint64_t n = 0; n != statistics.images; ++n) {
    uint64_t latency = statistics.latency(n);
    least = std::min(least, latency);
    most = std::max(most, latency);
  }
  os << formatv("'{0}' on '{1}': {2} images in {3} cycles, {4} events\n",
                statistics.program, statistics.machine, statistics.images,
                statistics.cycles, statistics.events);
  os << formatv("latency      {0} to {1} cycles\n", least, most);
  if (auto ii = statistics.iiCycles())
    os << formatv("ii           {0} cycles, {1:F0} images/s at {2} GHz\n", *ii,
                  statistics.clockGHz * 1e9 / std::max<uint64_t>(*ii, 1),
                  statistics.clockGHz);
  else if (statistics.epochs.empty())
    os << "ii           not measured below 8 images\n";
  else
    printEpochLines(statistics, os);
  os << formatv("energy       {0:F3} nJ per image\n",
                double(statistics.energy.total()) / 1e6 / statistics.images);
  printThroughputLines(statistics, os);
}

static void printBusiest(const Statistics &statistics, llvm::raw_ostream &os) {
  const CoreStatistics *core = nullptr;
  for (const CoreStatistics &other : statistics.cores)
    if (!core || other.utilisation(statistics.cycles) >
                     core->utilisation(statistics.cycles))
      core = &other;
  const LinkStatistics *link = nullptr;
  for (const LinkStatistics &other : statistics.links)
    if (!link || other.busy > link->busy)
      link = &other;
  if (core)
    os << formatv("busiest core {0}: {1:P1}\n", core->name,
                  core->utilisation(statistics.cycles));
  if (link)
    os << formatv("busiest link {0}: {1:F3} of {2} bytes per cycle\n",
                  link->name, ratio(link->bytes, statistics.cycles),
                  link->capacity);
}

/// A link, or a stream on it: bytes per cycle, then Gbit/s.
static void printLoad(const Statistics &statistics, const std::string &name,
                      uint64_t bytes, uint64_t peakBytes,
                      const std::string &capacity, llvm::raw_ostream &os) {
  double mean = ratio(bytes, statistics.cycles);
  double peak = ratio(peakBytes, statistics.peakWindow);
  double gbit = 8 * statistics.clockGHz;
  os << formatv("{0,-32} {1,10:F3} {2,10:F3} {3,10} {4,10:F3} {5,10:F3}\n",
                name, mean, peak, capacity, gbit * mean, gbit * peak);
}

void cm::printTextReport(const Statistics &statistics, llvm::raw_ostream &os) {
  printSummary(statistics, os);
  printBusiest(statistics, os);
  os << formatv("\n{0,-12} {1,7} {2,7} {3,7} {4,10} {5,10} {6,10} {7,10} "
                "{8,10}\n",
                "core", "mvm", "dpu", "port", "data", "credit", "resource",
                "sram peak", "allocated");
  for (const CoreStatistics &core : statistics.cores)
    os << formatv("{0,-12} {1,7:P1} {2,7:P1} {3,7:P1} {4,10} {5,10} {6,10} "
                  "{7,10} {8,10}\n",
                  core.name,
                  ratio(core.mvmBusy, statistics.cycles, core.mvmServers),
                  ratio(core.dpuBusy, statistics.cycles),
                  ratio(core.portBusy, statistics.cycles, core.portServers),
                  core.stalls.data, core.stalls.credit, core.stalls.resource,
                  core.sramPeak, core.sramAllocated);
  if (statistics.links.empty())
    return;
  os << formatv("\n{0,-32} {1,10} {2,10} {3,10} {4,10} {5,10}\n", "link",
                "mean", "peak", "capacity", "Gbit/s", "peak");
  for (const LinkStatistics &link : statistics.links) {
    printLoad(statistics, link.name, link.bytes, link.peakBytes,
              std::to_string(link.capacity), os);
    for (const LinkStreamStatistics &stream : link.streams)
      printLoad(statistics,
                "  " + stream.name + (stream.isCredit ? " (credits)" : ""),
                stream.bytes, stream.peakBytes, "", os);
  }
}

//===--- Trace
//--------------------------------------------------------------===//

static const char *stageName(TraceSlice::Stage stage) {
  static const char *names[] = {"gather", "load", "mvm", "dpu", "send"};
  return names[stage];
}

static void printTraceName(OStream &json, const char *what, uint32_t pid,
                           uint64_t tid, const std::string &name) {
  json.object([&] {
    json.attribute("ph", "M");
    json.attribute("name", what);
    json.attribute("pid", pid);
    json.attribute("tid", tid);
    json.attributeObject("args", [&] { json.attribute("name", name); });
  });
}

void cm::printTrace(const Statistics &statistics,
                    llvm::ArrayRef<TraceSlice> slices, llvm::raw_ostream &os) {
  constexpr unsigned stages = 5;
  std::vector<bool> used(statistics.contexts.size() * stages);
  OStream json(os);
  json.object([&] {
    json.attribute("displayTimeUnit", "ns");
    json.attributeArray("traceEvents", [&] {
      for (const CoreStatistics &core : statistics.cores)
        for (const ContextStatistics &context : statistics.contexts)
          if (core.name == "core[" + std::to_string(context.node) + "]") {
            printTraceName(json, "process_name", context.node, 0, core.name);
            break;
          }
      for (const TraceSlice &slice : slices) {
        uint64_t tid = uint64_t(slice.context) * stages + slice.stage;
        const ContextStatistics &context = statistics.contexts[slice.context];
        if (!used[tid])
          printTraceName(json, "thread_name", context.node, tid,
                         context.name + " " + stageName(slice.stage));
        used[tid] = true;
        json.object([&] {
          json.attribute("ph", "X");
          json.attribute("name",
                         formatv("{0} ({1}, {2})", stageName(slice.stage),
                                 slice.d0, slice.d1)
                             .str());
          json.attribute("pid", context.node);
          json.attribute("tid", tid);
          json.attribute("ts", slice.begin);
          json.attribute("dur", slice.end - slice.begin);
          json.attributeObject("args",
                               [&] { json.attribute("image", slice.image); });
        });
      }
    });
  });
  os << '\n';
}
