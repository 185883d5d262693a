//===- Options.h - the command line of cm-sim -------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_TOOLS_CM_SIM_OPTIONS_H
#define CM_TOOLS_CM_SIM_OPTIONS_H

#include "cm/Sim/Simulator.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace cm {

/// What the user asked for; paths are empty where not given.
struct SimCommand {
  std::string program;
  std::vector<std::string> inputs, outputs, expected; // in order of bindings
  std::string labels, tensors, expectedTensors, json, csv, trace, html;
  std::string events, expectedEvents, stopAt;
  std::vector<std::string> shownNodes; // where the run stops
  uint64_t images = 0;                 // 0: as many as the input has
  unsigned verifyOrders = 0;           // 0: do not compare engines
  std::string nonIdeal;                // empty: the ideal mode
  std::vector<std::string> noiseSettings;
  uint64_t seed = 0;
  bool hasSeed = false;
  unsigned chips = 0;   // of a Monte Carlo run; 0: one run
  unsigned threads = 0; // 0: one for each processor
  bool watch = false;
  std::optional<double> refresh; // seconds between two looks at the run
  SimOptions options;
};

/// Parses the command line. Returns false and sets `exitCode` where the program
/// is to end at once (help, version, a wrong option).
bool parseCommand(int argc, char **argv, SimCommand &command, int &exitCode);

/// "1000", or "mvm:conv1:0:2,3".
llvm::Expected<StopPoint> parseStopPoint(const std::string &text);

/// Loads, runs, writes and compares. Returns false where a comparison found a
/// difference.
llvm::Expected<bool> runCommand(SimCommand &command);

/// Makes a folder where there is none.
llvm::Error makeFolder(const std::string &path);

/// The JSON, CSV and HTML reports and the trace, where they are wanted.
llvm::Error writeReports(const SimCommand &command, const MachineModel &machine,
                         const SimResult &result);

/// One self-contained page: the pipeline over time, the machine with its loads,
/// stalls, buffers over time, tables. Needs a trace and samples of buffers.
void printHtmlReport(const SimResult &result, const MachineModel &machine,
                     llvm::raw_ostream &os);

} // namespace cm

#endif // CM_TOOLS_CM_SIM_OPTIONS_H
