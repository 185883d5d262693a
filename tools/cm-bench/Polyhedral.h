//===- Polyhedral.h - what control and schedule cost ---------- -*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each row compiles one network onto a mesh and times its schedule, its control
// and, one by one, the control of its stages without what others have computed.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TOOLS_CM_BENCH_POLYHEDRAL_H
#define CM_TOOLS_CM_BENCH_POLYHEDRAL_H

#include "Options.h"
#include "llvm/Support/Error.h"
#include <nlohmann/json.hpp>

namespace cm {

/// All rows, printed as a Markdown table and added to `rows`: the networks that
/// are asked for on each crossbar, and chains of `command.chains` layers.
llvm::Error measurePolyhedral(const BenchCommand &command,
                              llvm::StringRef folder,
                              nlohmann::ordered_json &rows);

/// A network of `layers` convolutions of many shapes, with a skip over every
/// fifth, as the text of a cmnn module. The same text for the same number.
std::string makeChain(uint64_t layers);

} // namespace cm

#endif // CM_TOOLS_CM_BENCH_POLYHEDRAL_H
