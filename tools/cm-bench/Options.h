//===- Options.h - the command line of cm-bench --------------- -*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_TOOLS_CM_BENCH_OPTIONS_H
#define CM_TOOLS_CM_BENCH_OPTIONS_H

#include <cstdint>
#include <string>
#include <vector>

namespace cm {

struct BenchCommand {
  bool compile = true, simulate = true; // what is measured
  bool mapping = false;                 // this instead
  bool polyhedral = false;              // or this
  bool topology = false;                // or this
  std::vector<std::string> cases;       // names; empty: all
  std::string model;                    // instead of the cases
  std::string machine;                  // empty: that of the case
  uint64_t images = 0;                  // 0: those of the case
  unsigned repeats = 5;
  std::string python = "python3"; // runs the generator
  bool peer = false;              // time ONNX Runtime, too
  std::string json;
  // Of `mapping`, `polyhedral` and `topology`.
  std::string models;                             // folder of networks
  bool zoo = false;                               // those that --python makes
  std::vector<uint32_t> crossbars{128, 256, 512}; // rows and columns
  std::vector<std::string> settings;              // of the machine
  uint64_t seconds = 600;                         // for one row
  uint64_t gigabytes = 8;                         // the same
  // Of `polyhedral`.
  std::vector<uint64_t> chains; // layers of synthetic networks
  // Of `topology`.
  std::vector<std::string> networks;   // files
  std::vector<std::string> topologies; // names; empty: all
  uint64_t cores = 0;      // 0: as many as there are stages, or more
  uint64_t steps = 200000; // of the search for an embedding
  std::string csv, svg;
};

/// Returns false where the program is to end at once with `exitCode`.
bool parseCommand(int argc, char **argv, BenchCommand &command, int &exitCode);

} // namespace cm

#endif // CM_TOOLS_CM_BENCH_OPTIONS_H
