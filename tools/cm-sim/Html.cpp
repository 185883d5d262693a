//===- Html.cpp - the report as one page ----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The page of tools/cm-sim/report with what it shows put in: the JSON report,
// the picture of the machine, and the work of stages over time.
//
//===----------------------------------------------------------------------===//

#include "Options.h"
#include "ReportPage.inc"
#include "cm/Machine/Describe.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Base64.h"
#include "llvm/Support/JSON.h"
#include <algorithm>

using namespace cm;
using llvm::json::OStream;

//===----------------------------------------------------------------------===//
// Work over time
//===----------------------------------------------------------------------===//

namespace {
/// Slices of one context, in windows of time.
struct TimelineRow {
  uint32_t context = 0;
  uint64_t first = UINT64_MAX;  // cycle of the first work
  std::vector<uint64_t> cycles; // of work, in each window
  std::vector<uint8_t> image;   // the last one in each window, modulo 256
  std::vector<const TraceSlice *> slices; // all of them
};

class Timeline {
public:
  Timeline(const Statistics &statistics, llvm::ArrayRef<TraceSlice> slices);
  void print(OStream &json) const;

  uint64_t begin = 0, end = 0, window = 1;

private:
  void addWork(TimelineRow &row, const TraceSlice &slice) const;

  const Statistics &statistics;
  std::vector<TimelineRow> rows;
  bool hasSlices; // the page can show each
  size_t windows;
};
} // namespace

Timeline::Timeline(const Statistics &statistics,
                   llvm::ArrayRef<TraceSlice> slices)
    : statistics(statistics), rows(statistics.contexts.size()) {
  constexpr size_t mostSlices = 60'000, mostCells = 1'000'000;
  hasSlices = slices.size() <= mostSlices;
  windows = std::clamp<size_t>(mostCells / (rows.size() + 1), 128, 1024);
  begin = UINT64_MAX;
  std::vector<bool> hasMvm(rows.size());
  for (const TraceSlice &slice : slices) {
    begin = std::min(begin, slice.begin), end = std::max(end, slice.end);
    if (slice.stage == TraceSlice::Mvm)
      hasMvm[slice.context] = true;
  }
  begin = std::min(begin, end);
  window = (end - begin) / windows + 1;
  for (uint32_t i = 0; i != rows.size(); ++i) {
    rows[i].context = i;
    rows[i].cycles.resize(windows), rows[i].image.resize(windows);
  }
  for (const TraceSlice &slice : slices) {
    TimelineRow &row = rows[slice.context];
    row.slices.push_back(&slice);
    if (slice.stage ==
        (hasMvm[slice.context] ? TraceSlice::Mvm : TraceSlice::Dpu))
      addWork(row, slice);
  }
  llvm::erase_if(rows,
                 [](const TimelineRow &row) { return row.slices.empty(); });
  llvm::stable_sort(rows, [](const TimelineRow &a, const TimelineRow &b) {
    return a.first < b.first;
  });
}

/// The cycles of a slice, each in its window.
void Timeline::addWork(TimelineRow &row, const TraceSlice &slice) const {
  row.first = std::min(row.first, slice.begin);
  for (uint64_t cycle = slice.begin; cycle < slice.end;) {
    uint64_t index = (cycle - begin) / window;
    uint64_t next = std::min(slice.end, begin + (index + 1) * window);
    row.cycles[index] += next - cycle;
    row.image[index] = uint8_t(slice.image);
    cycle = next;
  }
}

void Timeline::print(OStream &json) const {
  json.attribute("begin", begin);
  json.attribute("end", end);
  json.attribute("window", window);
  json.attributeArray("units", [&] {
    for (const char *unit : {"gather", "load", "mvm", "dpu", "send"})
      json.value(unit);
  });
  json.attributeArray("rows", [&] {
    for (const TimelineRow &row : rows)
      json.object([&] {
        std::vector<uint8_t> busy;
        for (uint64_t cycles : row.cycles)
          busy.push_back(
              cycles ? std::clamp<uint64_t>(255 * cycles / window, 1, 255) : 0);
        const ContextStatistics &context = statistics.contexts[row.context];
        json.attribute("context", row.context);
        json.attribute("name", context.name);
        json.attribute("node", context.node);
        json.attribute("busy", llvm::encodeBase64(busy));
        json.attribute("image", llvm::encodeBase64(row.image));
      });
  });
  if (!hasSlices)
    return;
  json.attributeObject("slices", [&] {
    for (const TimelineRow &row : rows)
      json.attributeArray(std::to_string(row.context), [&] {
        for (const TraceSlice *slice : row.slices)
          json.array([&] {
            json.value(unsigned(slice->stage));
            json.value(slice->begin);
            json.value(slice->end - slice->begin);
            json.value(slice->image);
          });
      });
  });
}

//===----------------------------------------------------------------------===//
// The page
//===----------------------------------------------------------------------===//

/// Names of nodes, and of the two directions of each link that the picture
/// shows, in its order.
static void printNetwork(const MachineModel &machine, bool hasPicture,
                         OStream &json) {
  json.attributeArray("nodes", [&] {
    for (NodeId node = 0; node != machine.numNodes(); ++node)
      json.value(machine.nodeName(node));
  });
  if (!hasPicture)
    return;
  // Links 2 i and 2 i + 1 are the two directions of one.
  json.attributeArray("links", [&] {
    for (uint32_t link = 0; link < machine.links().size(); link += 2)
      json.array([&] {
        bool forward = machine.links()[link].from < machine.links()[link].to;
        json.value(machine.linkName(forward ? link : link + 1));
        json.value(machine.linkName(forward ? link + 1 : link));
      });
  });
}

/// Live bytes of each buffer over time.
static void printBuffers(const Statistics &statistics, OStream &json) {
  json.attribute("sample_cycles", statistics.sampleCycles);
  json.attributeObject("buffers", [&] {
    for (const CoreStatistics &core : statistics.cores)
      json.attributeArray(core.name, [&] {
        for (const BufferStatistics &buffer : core.buffers)
          json.object([&] {
            json.attribute("object", buffer.object);
            json.attributeArray("live", [&] {
              for (uint64_t bytes : buffer.live)
                json.value(bytes);
            });
          });
      });
  });
}

/// JSON inside of a script element: "</" would end it.
static std::string inScript(llvm::StringRef json) {
  std::string result;
  for (size_t i = 0; i != json.size(); ++i)
    if (json[i] == '<')
      result += "\\u003c";
    else
      result += json[i];
  return result;
}

static std::string escape(llvm::StringRef text) {
  std::string result;
  llvm::raw_string_ostream os(result);
  llvm::printHTMLEscaped(text, os);
  return result;
}

void cm::printHtmlReport(const SimResult &result, const MachineModel &machine,
                         llvm::raw_ostream &os) {
  const Statistics &statistics = result.statistics;
  std::string picture, run, timeline;
  llvm::raw_string_ostream pictureText(picture), runText(run),
      timelineText(timeline);
  // A machine that is too large for a picture has tables.
  bool hasPicture = !llvm::errorToBool(drawMachine(machine, pictureText));
  printJsonReport(statistics, runText);
  OStream json(timelineText);
  json.object([&] {
    Timeline(statistics, result.trace).print(json);
    printNetwork(machine, hasPicture, json);
    printBuffers(statistics, json);
  });
  const std::pair<llvm::StringRef, std::string> parts[] = {
      {"@TITLE@", escape(statistics.program + " on " + statistics.machine)},
      {"@STYLE@", reportStyle},
      {"@PICTURE@", hasPicture ? picture : ""},
      {"@RUN@", inScript(run)},
      {"@TIMELINE@", inScript(timeline)},
      {"@SCRIPT@", reportScript}};
  llvm::StringRef rest = reportPage;
  for (const auto &[mark, text] : parts) {
    auto [before, after] = rest.split(mark);
    os << before << text;
    rest = after;
  }
  os << rest;
}
