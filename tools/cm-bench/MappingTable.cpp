//===- MappingTable.cpp - the table of mappings ---------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A row for each network, crossbar and style; what cannot be had says why.
//
//===----------------------------------------------------------------------===//

#include "Mapping.h"
#include "Measure.h"
#include "cm/Support/Error.h"

using namespace cm;
using llvm::formatv;
using Json = nlohmann::ordered_json;

static constexpr MappingStyle styles[] = {
    {"one copy", Replication::None, Packing::None, 1},
    {"packed", Replication::None, Packing::Auto, 1},
    {"copies", Replication::Rows, Packing::None, 2},
};

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

static void printHeader(const BenchCommand &command) {
  llvm::outs() << "| network | crossbar | mapping | mesh | SRAM, KiB | tiles | "
                  "crossbars | cores | cells, % | II bound | II | gap, % | "
                  "limit |";
  if (command.images)
    llvm::outs() << " II simulated |";
  llvm::outs() << "\n|---|---|---|---|---|---|---|---|---|---|---|---|---|"
               << (command.images ? "---|" : "") << "\n";
}

/// Of one line, and without what ends a cell.
static std::string shortReason(llvm::StringRef reason) {
  std::string text;
  for (char c : reason.split('\n').first.take_front(100))
    text += c == '|' ? '/' : c;
  return text;
}

static void print(const Json &row) {
  auto text = [&](const char *key) { return row[key].get<std::string>(); };
  auto count = [&](const char *key) { return row[key].get<uint64_t>(); };
  llvm::outs() << formatv("| {0} | {1} | {2} |", text("network"),
                          count("crossbar"), text("mapping"));
  if (row.contains("reason")) {
    llvm::outs() << formatv(" {0} |\n", shortReason(text("reason")));
    return llvm::outs().flush();
  }
  std::string sram = row.contains("sram_bytes")
                         ? std::to_string(count("sram_bytes") >> 10)
                         : "";
  llvm::outs() << formatv(
      " {0}x{0} | {1} | {2} | {3} | {4} | {5:F1} | {6} | {7} | {8:F1} | {9} |",
      count("mesh"), sram, count("tiles"), count("crossbars"), count("cores"),
      100 * row["cell_utilisation"].get<double>(), count("ii_bound"),
      count("ii_cycles"), 100 * row["gap"].get<double>(), text("limit"));
  if (row.contains("ii_simulated"))
    llvm::outs() << formatv(" {0} |", count("ii_simulated"));
  llvm::outs() << "\n";
  llvm::outs().flush();
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

/// An error only where the program is to end.
static llvm::Error addRow(const MappingCase &bench, Json &rows) {
  Json row;
  row["network"] = bench.network.name;
  row["crossbar"] = bench.crossbar;
  row["mapping"] = bench.style.name;
  llvm::Expected<Json> result = measureInChild(
      formatv("cm-bench: map {0} onto {1}x{1}, {2}", bench.network.name,
              bench.crossbar, bench.style.name)
          .str(),
      [&] { return measureMapping(bench); });
  if (result)
    row.update(*result);
  else
    row["reason"] = bench.limits.explain(llvm::toString(result.takeError()));
  if (int number = caughtSignal())
    return makeError("interrupted by signal {0}", number);
  print(row);
  rows.push_back(std::move(row));
  return llvm::Error::success();
}

llvm::Error cm::measureMappings(const BenchCommand &command,
                                llvm::StringRef folder, Json &rows) {
  auto networks = findNetworks(command, folder);
  if (!networks)
    return networks.takeError();
  printHeader(command);
  for (const MappedNetwork &network : *networks)
    for (uint32_t crossbar : command.crossbars)
      for (const MappingStyle &style : styles) {
        MappingCase bench{network,        crossbar,
                          style,          command.settings,
                          command.images, {command.seconds, command.gigabytes},
                          folder.str()};
        if (llvm::Error error = addRow(bench, rows))
          return error;
      }
  return llvm::Error::success();
}
