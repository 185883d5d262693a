//===- Throughput.cpp - operations per second and per joule ---------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a run achieved, and the machine's peak beside it. docs/Simulator.md has
// the definitions.
//
//===----------------------------------------------------------------------===//

#include "Throughput.h"
#include "cm/Machine/Crossbar.h"
#include <algorithm>

using namespace cm;

ThroughputStatistics sim::peakThroughput(const MachineModel &machine) {
  ThroughputStatistics result;
  const machine::Energy &energy = machine.proto().energy();
  double macsPerCycle = 0, mvmsPerCycle = 0;
  for (NodeId node = 0; node != machine.numCores(); ++node) {
    if (!machine.hasCrossbar(node))
      continue;
    const machine::Crossbar &crossbar = machine.core(node).crossbar();
    bool isOneAtATime =
        crossbar.mvm_concurrency() == machine::MVM_CONCURRENCY_CROSSBAR;
    double mvms =
        (isOneAtATime ? 1.0 : crossbar.count()) / crossbar.mvm_cycles();
    mvmsPerCycle += mvms;
    macsPerCycle +=
        mvms * crossbar.rows() * usableCols(crossbar) / weightSlices(crossbar);
  }
  // 2 operations, 10^9 cycles per second and GHz, 10^12 operations.
  result.peakTops = 2 * macsPerCycle * machine.clockGHz() / 1000;
  // An operation for each femtojoule is 1000 TOPS/W.
  if (energy.mvm_fj() && mvmsPerCycle > 0)
    result.peakTopsPerWatt =
        2 * macsPerCycle / (mvmsPerCycle * energy.mvm_fj()) * 1000;
  const std::pair<const char *, uint64_t> figures[] = {
      {"mvm", energy.mvm_fj()},
      {"dpu", energy.dpu_element_fj()},
      {"sram_read", energy.sram_read_byte_fj()},
      {"sram_write", energy.sram_write_byte_fj()},
      {"link", energy.link_byte_fj()},
      {"io", energy.io_byte_fj()}};
  for (auto [name, cost] : figures)
    if (!cost)
      result.unknown.push_back(name);
  return result;
}

std::optional<double> Statistics::tops() const {
  std::optional<uint64_t> ii = iiCycles();
  if (!ii && epochs.empty())
    return std::nullopt;
  double interval = ii ? double(*ii) : double(cycles) / images;
  if (interval == 0)
    return std::nullopt;
  return 2 * double(throughput.macsPerImage) * clockGHz / interval / 1000;
}

std::optional<double> Statistics::topsPerWatt() const {
  if (throughput.peakTopsPerWatt == 0 || energy.total() == 0)
    return std::nullopt;
  return 2 * double(throughput.macsPerImage) * images / double(energy.total()) *
         1000;
}
