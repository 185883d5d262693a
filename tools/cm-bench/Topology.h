//===- Topology.h - networks on topologies -------------------- -*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each row maps one network onto cores that are joined in one way. All machines
// of a network have as many cores, each with a link of its own to the host and
// with SRAM without end; links are so wide that they do not set the pace. What
// is left is what the topology needs.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TOOLS_CM_BENCH_TOPOLOGY_H
#define CM_TOOLS_CM_BENCH_TOPOLOGY_H

#include "Mapping.h"
#include "cm/Machine/Machine.pb.h"

namespace cm {

/// A topology by the name that tables call it.
struct ComparedTopology {
  std::string name;
  machine::Topology topology;
};

/// Those that are compared, of `cores` cores each, a power of two from 16 on.
std::vector<ComparedTopology> comparedTopologies(uint32_t cores);

/// One row.
struct TopologyCase {
  MappedNetwork network;
  uint32_t crossbar = 0; // rows and columns
  uint32_t cores = 0;
  ComparedTopology topology;
  std::vector<std::string> settings; // of the machine
  ResourceLimits limits;
  uint64_t steps = 0; // of the search for an embedding
  std::string folder; // for the machine's file
};

/// {"stages"}: of the network on these crossbars, one copy of each layer.
llvm::Expected<nlohmann::ordered_json> countStages(const TopologyCase &bench);

/// Maps once. What cannot be had is an error in one line.
llvm::Expected<nlohmann::ordered_json>
measureTopology(const TopologyCase &bench);

/// Rows as comma-separated values, under a line of names.
std::string formatCsv(const nlohmann::ordered_json &rows);
/// A plot: for each network the bandwidth that a channel needs, by topology.
std::string drawTopologies(const nlohmann::ordered_json &rows);

/// All rows, printed as a Markdown table and added to `rows`.
llvm::Error measureTopologies(const BenchCommand &command,
                              llvm::StringRef folder,
                              nlohmann::ordered_json &rows);

} // namespace cm

#endif // CM_TOOLS_CM_BENCH_TOPOLOGY_H
