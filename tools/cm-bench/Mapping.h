//===- Mapping.h - what a mapping reaches --------------------- -*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each row maps one network onto cores with one square crossbar, on a mesh of
// the size that it needs, and compares the II with its lower bound.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TOOLS_CM_BENCH_MAPPING_H
#define CM_TOOLS_CM_BENCH_MAPPING_H

#include "Options.h"
#include "ResourceLimits.h"
#include "cm/Pipelines/Compile.h"
#include "cm/Program/Program.pb.h"
#include "llvm/Support/Error.h"
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace cm {

struct MappedNetwork {
  std::string name, model; // name and path
};

/// How a network is mapped, and on how many cores.
struct MappingStyle {
  const char *name; // in the table
  Replication replicate;
  Packing pack;    // for the II of one copy, where there is no other
  uint64_t budget; // cores, as a multiple of those that one copy takes
};

/// One row.
struct MappingCase {
  MappedNetwork network;
  uint32_t crossbar = 0; // rows and columns
  MappingStyle style;
  std::vector<std::string> settings; // of the machine
  uint64_t images = 0;               // to simulate; 0: none
  ResourceLimits limits;
  std::string folder; // for the machine's file
};

/// The networks that are asked for: one model, those of a folder, those of the
/// zoo, or the small ones.
llvm::Expected<std::vector<MappedNetwork>>
findNetworks(const BenchCommand &command, llvm::StringRef folder);

/// Maps once. What cannot be had is an error in one line.
llvm::Expected<nlohmann::ordered_json> measureMapping(const MappingCase &bench);

/// The II of a simulation of `images` images, at least 8, without data.
llvm::Expected<uint64_t> simulatedInterval(const program::Program &program,
                                           uint64_t images);

/// All rows, printed as a Markdown table and added to `rows`.
llvm::Error measureMappings(const BenchCommand &command, llvm::StringRef folder,
                            nlohmann::ordered_json &rows);

} // namespace cm

#endif // CM_TOOLS_CM_BENCH_MAPPING_H
