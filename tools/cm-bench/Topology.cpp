//===- Topology.cpp - the comparison of topologies ------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Topology.h"
#include "Measure.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace cm;
using llvm::formatv;
using Json = nlohmann::ordered_json;

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

static void print(const Json &row) {
  auto text = [&](const char *key) { return row[key].get<std::string>(); };
  auto count = [&](const char *key) { return row[key].get<uint64_t>(); };
  auto number = [&](const char *key) { return row[key].get<double>(); };
  llvm::outs() << formatv("| {0} | {1} | {2} | {3} |", text("network"),
                          count("crossbar"), count("cores"), text("topology"));
  if (row.contains("reason")) {
    llvm::outs() << formatv(" {0} |\n", text("reason"));
    return llvm::outs().flush();
  }
  llvm::outs() << formatv(
      " {0} | {1} | {2} | {3} | {4} | {5:F2} | {6:F1} | {7:F2} | {8} | {9} | "
      "{10} of {11} | {12} | {13} |\n",
      count("degree"), count("diameter"), count("stages"), count("streams"),
      text("embedding"), number("bytes_per_cycle"), number("gbit_per_second"),
      number("dilation_mean"), count("dilation"), count("congestion"),
      count("channels_used"), count("channels"), count("ii_cycles"),
      text("limit"));
  llvm::outs().flush();
}

static const char *const header =
    "| network | crossbar | cores | topology | degree | diameter | stages | "
    "streams | a link each | B/cycle | Gbit/s | hops, mean | hops, most | "
    "streams on a channel | channels | II | limit |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";

/// One that may hold commas is in quotes.
static std::string cellOf(const Json &row, const char *key) {
  if (!row.contains(key))
    return "";
  const Json &value = row[key];
  if (!value.is_string())
    return value.dump();
  std::string text = value.get<std::string>(), quoted = "\"";
  if (text.find_first_of(",\"\n") == std::string::npos)
    return text;
  for (char c : text)
    quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string cm::formatCsv(const Json &rows) {
  const char *const columns[] = {
      "network",         "crossbar",        "cores",
      "topology",        "switches",        "links",
      "degree",          "diameter",        "bisection",
      "stages",          "streams",         "embedding",
      "bytes_per_cycle", "gbit_per_second", "mean_bytes_per_cycle",
      "dilation_mean",   "dilation",        "congestion",
      "channels_used",   "channels",        "ii_cycles",
      "limit",           "reason"};
  std::string text;
  auto addLine = [&](llvm::function_ref<std::string(const char *)> cell) {
    for (const char *column : columns)
      text += (column == columns[0] ? "" : ",") + cell(column);
    text += "\n";
  };
  addLine([](const char *column) { return column; });
  for (const Json &row : rows)
    addLine([&](const char *column) { return cellOf(row, column); });
  return text;
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

/// As the cell of a table.
static std::string reasonOf(const TopologyCase &bench, llvm::Error failure) {
  std::string error = bench.limits.explain(llvm::toString(std::move(failure)));
  std::string line;
  for (char c : llvm::StringRef(error).split('\n').first.take_front(100))
    line += c == '|' ? '/' : c;
  return line;
}

/// An error only where the program is to end.
static llvm::Error addRow(const TopologyCase &bench, Json &rows) {
  Json row;
  row["network"] = bench.network.name;
  row["crossbar"] = bench.crossbar;
  row["cores"] = bench.cores;
  row["topology"] = bench.topology.name;
  llvm::Expected<Json> result = measureInChild(
      formatv("cm-bench: map {0} onto {1} cores, {2}", bench.network.name,
              bench.cores, bench.topology.name)
          .str(),
      [&] { return measureTopology(bench); });
  if (result)
    row.update(*result);
  else
    row["reason"] = reasonOf(bench, result.takeError());
  if (int number = caughtSignal())
    return makeError("interrupted by signal {0}", number);
  print(row);
  rows.push_back(std::move(row));
  return llvm::Error::success();
}

/// The least power of two with a core for each stage, at least 16; an error
/// where the network cannot be cut into stages.
static llvm::Expected<uint32_t> coresFor(TopologyCase bench) {
  constexpr uint32_t least = 16;
  bench.cores = least;
  bench.topology = comparedTopologies(least).front();
  llvm::Expected<Json> counted =
      measureInChild(formatv("cm-bench: stages of {0}", bench.network.name),
                     [&] { return countStages(bench); });
  if (!counted)
    return counted.takeError();
  uint64_t stages = (*counted)["stages"].get<uint64_t>();
  return std::max<uint32_t>(least, llvm::PowerOf2Ceil(stages));
}

static llvm::Error addNetwork(const BenchCommand &command, TopologyCase bench,
                              Json &rows) {
  llvm::Expected<uint32_t> cores =
      command.cores ? uint32_t(command.cores) : coresFor(bench);
  if (!cores) {
    Json row;
    row["network"] = bench.network.name;
    row["crossbar"] = bench.crossbar;
    row["cores"] = 0;
    row["topology"] = "any";
    row["reason"] = reasonOf(bench, cores.takeError());
    print(row);
    rows.push_back(std::move(row));
    return llvm::Error::success();
  }
  bench.cores = *cores;
  for (const ComparedTopology &topology : comparedTopologies(*cores)) {
    bench.topology = topology;
    if (command.topologies.empty() ||
        llvm::is_contained(command.topologies, topology.name))
      if (llvm::Error error = addRow(bench, rows))
        return error;
  }
  return llvm::Error::success();
}

static llvm::Error checkNames(const BenchCommand &command) {
  std::vector<std::string> known;
  for (const ComparedTopology &topology : comparedTopologies(16))
    known.push_back(topology.name);
  for (const std::string &name : command.topologies)
    if (!llvm::is_contained(known, name))
      return makeError("--topology: expected one of {0}, found '{1}'",
                       llvm::join(known, ", "), name);
  return llvm::Error::success();
}

llvm::Error cm::measureTopologies(const BenchCommand &command,
                                  llvm::StringRef folder, Json &rows) {
  if (llvm::Error error = checkNames(command))
    return error;
  auto networks = findNetworks(command, folder);
  if (!networks)
    return networks.takeError();
  llvm::outs() << header;
  for (const MappedNetwork &network : *networks)
    for (uint32_t crossbar : command.crossbars) {
      TopologyCase bench{network,
                         crossbar,
                         0,
                         {},
                         command.settings,
                         {command.seconds, command.gigabytes},
                         command.steps,
                         folder.str()};
      if (llvm::Error error = addNetwork(command, bench, rows))
        return error;
    }
  if (!command.csv.empty())
    if (llvm::Error error = writeFile(command.csv, formatCsv(rows)))
      return error;
  if (command.svg.empty())
    return llvm::Error::success();
  return writeFile(command.svg, drawTopologies(rows));
}
