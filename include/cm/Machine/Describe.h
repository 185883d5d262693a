//===- Describe.h - a machine in words --------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_MACHINE_DESCRIBE_H
#define CM_MACHINE_DESCRIBE_H

#include "cm/Machine/MachineModel.h"
#include "llvm/Support/raw_ostream.h"

namespace cm {

/// Degrees and distances of the graph of cores and switches, I/O nodes left
/// out. Distances and halves are those of cores.
struct GraphFigures {
  /// Cores whose distances to all others were measured: all of them, or evenly
  /// spread ones of a large machine. Then the diameter is a lower bound.
  uint32_t measured = 0;
  uint32_t links = 0;                                // full-duplex
  uint32_t minDegree = 0, maxDegree = 0;             // of cores
  uint32_t minSwitchDegree = 0, maxSwitchDegree = 0; // 0: no switches
  uint32_t diameter = 0;   // links on the longest of all shortest paths
  double meanDistance = 0; // over pairs of different cores
  /// Links between two halves of the cores, at least, and bytes per cycle and
  /// direction: exact for up to 20 cores and switches, else the least that was
  /// found. Not measured where distances were not.
  uint32_t bisection = 0;
  uint64_t bisectionBytes = 0;
  bool isBisectionExact = false;
};
GraphFigures measureGraph(const MachineModel &machine,
                          uint32_t maxMeasured = 2048);

/// "torus 8x8", "path power 5, 64 cores".
std::string topologyName(const machine::Topology &topology);

/// What a reader wants to know of a machine: cores, memory, network, I/O, peak
/// rates, energy and where the figures come from. One fact in each line.
void describeMachine(const MachineModel &machine, llvm::raw_ostream &os);

/// The graph as SVG: cores by type, I/O nodes, links, of which those of another
/// width than the machine's are red. Fails for more than 2,048 nodes.
llvm::Error drawMachine(const MachineModel &machine, llvm::raw_ostream &os);

} // namespace cm

#endif // CM_MACHINE_DESCRIBE_H
