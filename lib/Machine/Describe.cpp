//===- Describe.cpp - a machine in words ----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Machine/Describe.h"
#include "cm/Machine/Crossbar.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include <map>

using namespace cm;
using llvm::formatv;

/// The name of an enumeration's value without its prefix: "one phase".
static std::string spell(llvm::StringRef name, llvm::StringRef prefix) {
  name.consume_front(prefix);
  std::string text = name.lower();
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

static std::string sizeText(uint64_t bytes) {
  if (bytes == 0)
    return "unlimited";
  if (bytes % 1024)
    return llvm::formatv("{0} B", bytes);
  return llvm::formatv("{0} KiB", bytes / 1024);
}

static void describeCrossbar(const machine::Crossbar &crossbar,
                             llvm::raw_ostream &os) {
  os << llvm::formatv("  crossbars    {0} of {1}x{2}, weights {3} bit, DAC {4} "
                      "bit, ADC {5} bit ({6} each)\n",
                      crossbar.count(), crossbar.rows(), crossbar.cols(),
                      crossbar.weight_bits(), crossbar.dac_bits(),
                      crossbar.adc_bits(), crossbar.adc_count());
  if (uint32_t slices = weightSlices(crossbar); slices > 1)
    os << llvm::formatv("  weights      in {0} cells of {1} bit each\n", slices,
                        crossbar.cell_bits());
  if (crossbar.reserved_cols())
    os << llvm::formatv("  columns      {0} of {1}, {2} reserved\n",
                        usableCols(crossbar), crossbar.cols(),
                        crossbar.reserved_cols());
  os << llvm::formatv(
      "  mvm          {0} cycles, {1}, one {2} at a time, result in {3}\n",
      crossbar.mvm_cycles(), spell(MvmMode_Name(crossbar.mode()), "MVM_"),
      spell(MvmConcurrency_Name(crossbar.mvm_concurrency()),
            "MVM_CONCURRENCY_"),
      spell(MvmResult_Name(crossbar.mvm_result()), "MVM_RESULT_"));
  os << llvm::formatv("  programming  {0} cycles for each row\n",
                      crossbar.program_cycles_per_row());
}

static void describeType(const machine::CoreType &type, uint32_t cores,
                         llvm::raw_ostream &os) {
  os << llvm::formatv("core type {0}: {1} {2}\n", type.name(), cores,
                      cores == 1 ? "core" : "cores");
  if (type.has_crossbar())
    describeCrossbar(type.crossbar(), os);
  else
    os << "  crossbars    none: a digital core\n";
  const machine::Dpu &dpu = type.dpu();
  os << llvm::formatv("  dpu          {0} lanes; cycles: alu {1}, lookup {2}, "
                      "exp {3}; {4} multiply lanes\n",
                      dpu.lanes(), dpu.alu_cycles(), dpu.lookup_cycles(),
                      dpu.exp_cycles(), dpu.mac_lanes());
  const machine::Sram &sram = type.sram();
  os << llvm::formatv("  sram         {0}, {1} B in {2} (read) and {3} (write) "
                      "cycles, ports: {4}\n",
                      sizeText(sram.bytes()), sram.access_bytes(),
                      sram.read_cycles(), sram.write_cycles(), sram.ports());
  const machine::Lcu &lcu = type.lcu();
  os << llvm::formatv("  lcu          {0} contexts of {1} instructions, {2} "
                      "cycles each\n",
                      lcu.contexts(), lcu.max_instructions(),
                      lcu.instruction_cycles());
}

/// Links other than those of I/O nodes, by width and latency.
static std::string linksText(const MachineModel &machine, uint32_t links) {
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> kinds;
  for (const LinkModel &link : machine.links())
    if (link.from < link.to && machine.forwards(link.to))
      ++kinds[{link.widthBytes, link.latency}];
  const machine::Link &common = machine.proto().link();
  if (kinds.empty())
    kinds[{common.width_bytes(), common.latency()}] = 0;
  std::string text =
      kinds.size() == 1 ? "" : formatv("{0} links: ", links).str();
  const char *between = "";
  for (auto [kind, count] : llvm::reverse(kinds)) {
    text += formatv("{0}{1} {2}of {3} B/cycle, latency {4}", between, count,
                    kinds.size() == 1 ? "links " : "", kind.first, kind.second);
    between = ", ";
  }
  return text;
}

static void describeGraph(const MachineModel &machine, llvm::raw_ostream &os) {
  GraphFigures graph = measureGraph(machine);
  std::string nodes = topologyName(machine.proto().topology());
  if (machine.numSwitches())
    nodes += formatv("; {0} switches", machine.numSwitches());
  if (int broken = machine.proto().topology().broken_links_size())
    nodes += formatv("; broken links: {0}", broken);
  os << formatv("topology       {0}\n", nodes);
  os << formatv("network        {0}; degree {1} to {2}",
                linksText(machine, graph.links), graph.minDegree,
                graph.maxDegree);
  if (machine.numSwitches())
    os << formatv(", of switches {0} to {1}", graph.minSwitchDegree,
                  graph.maxSwitchDegree);
  os << formatv(", diameter {0}, mean distance {1:f2}", graph.diameter,
                graph.meanDistance);
  if (graph.measured < machine.numCores())
    os << formatv(" (from {0} of the cores: the diameter may be larger)",
                  graph.measured);
  else
    os << formatv(", bisection {0}{1}, {2} B/cycle",
                  graph.isBisectionExact ? "" : "at most ", graph.bisection,
                  graph.bisectionBytes);
  os << "\n";
}

static void describeNetwork(const MachineModel &machine,
                            llvm::raw_ostream &os) {
  describeGraph(machine, os);
  const machine::Network &network = machine.proto().network();
  std::string payload = network.max_payload()
                            ? std::to_string(network.max_payload()) + " B"
                            : "unlimited";
  os << llvm::formatv(
      "packets        header {0} B, payload {1}, {2}, credits {3}\n",
      network.header_bytes(), payload,
      spell(Switching_Name(network.switching()), "SWITCHING_"),
      spell(Credits_Name(network.credits()), "CREDITS_"));
  for (const machine::IoNode &node : machine.proto().io_nodes())
    os << llvm::formatv(
        "io {0}: {1}, {2} B/cycle, at {3}\n", node.name(),
        node.direction() == machine::DIRECTION_BOTH
            ? "in and out"
            : spell(Direction_Name(node.direction()), "DIRECTION_"),
        node.bytes_per_cycle(),
        llvm::join(llvm::map_range(
                       node.attached_to(),
                       [&](uint32_t core) { return machine.nodeName(core); }),
                   ", "));
}

/// MVMs that may run at once in a core of this type, at most.
static uint64_t concurrentMvms(const machine::Crossbar &crossbar) {
  // A group may be as wide as the core.
  return crossbar.mvm_concurrency() == machine::MVM_CONCURRENCY_CROSSBAR
             ? 1
             : crossbar.count();
}

static void describeTotals(const MachineModel &machine, llvm::raw_ostream &os) {
  uint64_t weights = 0, sram = 0;
  bool unlimited = false;
  double mvmsPerCycle = 0, macsPerCycle = 0;
  for (NodeId node = 0; node < machine.numCores(); ++node) {
    uint64_t bytes = machine.core(node).sram().bytes();
    unlimited |= bytes == 0;
    sram += bytes;
    if (!machine.hasCrossbar(node))
      continue;
    const machine::Crossbar &crossbar = machine.core(node).crossbar();
    uint64_t cells = uint64_t(crossbar.rows()) * crossbar.cols();
    weights += crossbar.count() * cells;
    double rate = double(concurrentMvms(crossbar)) / crossbar.mvm_cycles();
    mvmsPerCycle += rate;
    macsPerCycle += rate * cells;
  }
  double perSecond = machine.clockGHz() * 1e9;
  os << llvm::formatv("capacity       {0} weights, SRAM {1}\n", weights,
                      sizeText(unlimited ? 0 : sram));
  os << llvm::formatv("peak           {0:f2} million MVM/s, {1:f2} TOPS (a "
                      "multiply-add is two)\n",
                      mvmsPerCycle * perSecond * 1e-6,
                      2 * macsPerCycle * perSecond * 1e-12);
}

static void describeEnergy(const machine::Energy &energy,
                           llvm::raw_ostream &os) {
  auto figure = [](uint64_t femtojoules) {
    return femtojoules ? std::to_string(femtojoules) : std::string("unknown");
  };
  os << llvm::formatv(
      "energy (fJ)    mvm {0}, dpu element {1}, sram byte read {2}, written "
      "{3}, link byte {4}, io byte {5}\n",
      figure(energy.mvm_fj()), figure(energy.dpu_element_fj()),
      figure(energy.sram_read_byte_fj()), figure(energy.sram_write_byte_fj()),
      figure(energy.link_byte_fj()), figure(energy.io_byte_fj()));
}

void cm::describeMachine(const MachineModel &machine, llvm::raw_ostream &os) {
  const machine::Machine &proto = machine.proto();
  os << llvm::formatv("machine {0}: {1} cores, {2} I/O nodes, {3} GHz\n",
                      machine.name(), machine.numCores(), proto.io_nodes_size(),
                      llvm::format("%.9g", machine.clockGHz()));
  for (const machine::CoreType &type : proto.core_types()) {
    uint32_t cores = 0;
    for (NodeId node = 0; node < machine.numCores(); ++node)
      cores += &machine.core(node) == &type;
    describeType(type, cores, os);
  }
  describeNetwork(machine, os);
  describeTotals(machine, os);
  os << llvm::formatv(
      "numerics       requantise {0}, partial sums of {1} B\n",
      spell(Requantization_Name(proto.requantization()), "REQUANTIZATION_"),
      proto.partial_sum_bytes());
  describeEnergy(proto.energy(), os);
  os << "provenance     " << proto.provenance() << "\n";
}
