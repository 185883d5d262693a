//===- Csv.cpp - tables for spreadsheets ----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The tables of a report as RFC 4180 has them: lines end with CR LF, and a
// field is quoted where it holds a comma, a quote or the end of a line.
//
//===----------------------------------------------------------------------===//

#include "cm/Sim/Statistics.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>

using namespace cm;

std::string cm::csvField(llvm::StringRef text) {
  if (text.find_first_of(",\"\r\n") == llvm::StringRef::npos)
    return text.str();
  std::string quoted = "\"";
  for (char c : text)
    quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

namespace {

/// Lines of one table.
class Table {
public:
  Table(const char *name, const char *columns)
      : result{name, std::string(columns) + "\r\n"} {}

  template <typename... Fields> void addLine(const Fields &...fields) {
    bool isFirst = true;
    ((result.text += isFirst ? "" : ",", isFirst = false,
      result.text += show(fields)),
     ...);
    result.text += "\r\n";
  }

  CsvTable result;

private:
  static std::string show(const std::string &text) { return csvField(text); }
  static std::string show(uint64_t number) { return std::to_string(number); }
  static std::string show(uint32_t number) { return std::to_string(number); }
  static std::string show(bool flag) { return flag ? "1" : "0"; }
  static std::string show(double ratio) {
    return llvm::formatv("{0:F6}", ratio);
  }
};

/// All tables; each run adds its lines.
class Tables {
public:
  void add(uint64_t epoch, const Statistics &run);
  std::vector<CsvTable> take();

private:
  void addCores(uint64_t epoch, const Statistics &run);
  void addLinks(uint64_t epoch, const Statistics &run);

  Table cores{"cores", "epoch,core,utilisation,mvm,dpu,port,mvms,stall_data,"
                       "stall_credit,stall_resource,sram_capacity,"
                       "sram_allocated,sram_peak"},
      links{"links", "epoch,link,bytes,mean,peak,capacity,busy"},
      streams{"streams", "epoch,link,stage,is_credit,bytes,mean,peak"},
      stages{"stages", "epoch,stage,node,iterations,stall_data,stall_credit,"
                       "stall_resource"},
      buffers{"buffers", "epoch,core,object,capacity,peak"},
      images{"images", "epoch,image,first_in,last_out,latency_cycles"};
};

} // namespace

void Tables::addCores(uint64_t epoch, const Statistics &run) {
  for (const CoreStatistics &core : run.cores) {
    cores.addLine(epoch, core.name, core.utilisation(run.cycles),
                  ratio(core.mvmBusy, run.cycles, core.mvmServers),
                  ratio(core.dpuBusy, run.cycles),
                  ratio(core.portBusy, run.cycles, core.portServers), core.mvms,
                  core.stalls.data, core.stalls.credit, core.stalls.resource,
                  core.sramCapacity, core.sramAllocated, core.sramPeak);
    for (const BufferStatistics &buffer : core.buffers)
      buffers.addLine(epoch, core.name, buffer.object, buffer.capacityBytes,
                      buffer.peakBytes);
  }
}

void Tables::addLinks(uint64_t epoch, const Statistics &run) {
  for (const LinkStatistics &link : run.links) {
    links.addLine(epoch, link.name, link.bytes, ratio(link.bytes, run.cycles),
                  ratio(link.peakBytes, run.peakWindow), link.capacity,
                  ratio(link.busy, run.cycles));
    for (const LinkStreamStatistics &stream : link.streams)
      streams.addLine(epoch, link.name, stream.name, stream.isCredit,
                      stream.bytes, ratio(stream.bytes, run.cycles),
                      ratio(stream.peakBytes, run.peakWindow));
  }
}

void Tables::add(uint64_t epoch, const Statistics &run) {
  addCores(epoch, run);
  addLinks(epoch, run);
  for (const ContextStatistics &context : run.contexts)
    stages.addLine(epoch, context.name, context.node, context.iterations,
                   context.stalls.data, context.stalls.credit,
                   context.stalls.resource);
  for (uint64_t n = 0; n != run.images; ++n)
    images.addLine(epoch, n, std::min(run.firstIn[n], run.lastOut[n]),
                   run.lastOut[n], run.latency(n));
}

std::vector<CsvTable> Tables::take() {
  std::vector<CsvTable> tables;
  for (Table *table : {&cores, &links, &streams, &stages, &buffers, &images})
    tables.push_back(std::move(table->result));
  return tables;
}

std::vector<CsvTable> cm::csvTables(const Statistics &statistics) {
  Tables tables;
  if (statistics.epochs.empty())
    tables.add(0, statistics);
  for (size_t i = 0; i != statistics.epochs.size(); ++i)
    tables.add(i, statistics.epochs[i].run);
  return tables.take();
}
