//===- Measure.h - run one case and measure it ---------------- -*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each measurement runs in a process of its own, so that its peak memory is its
// own, and a crash ends one case only.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TOOLS_CM_BENCH_MEASURE_H
#define CM_TOOLS_CM_BENCH_MEASURE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <nlohmann/json.hpp>
#include <string>

namespace cm {

/// What is measured, and how often.
struct BenchCase {
  std::string name;    // as in --case, or the model's file
  std::string model;   // path
  std::string machine; // preset or textproto file
  std::string program; // path: compile writes it, simulate reads it
  uint64_t images = 1;
  unsigned repeats = 1;
};

/// Seconds by phase (`import`, the phases of the compiler, `write`), and in
/// all. Leaves the program at `bench.program`.
llvm::Expected<nlohmann::ordered_json> measureCompile(const BenchCase &bench);

/// One run of the simulator on seeded noise; `withData` false moves no data.
/// `image_cpu_seconds` is what an image takes in steady state: the difference
/// of a run of four images more.
llvm::Expected<nlohmann::ordered_json> measureSimulate(const BenchCase &bench,
                                                       bool withData);

/// Seconds of one inference in ONNX Runtime, on one thread and by the faster of
/// the model's forms, which `python` runs; `form` is its file.
llvm::Expected<nlohmann::ordered_json> measurePeer(const BenchCase &bench,
                                                   const std::string &python);

/// Calls `measure` in a child process and adds `peak_bytes` to its result. A
/// terminal shows `what` for as long.
llvm::Expected<nlohmann::ordered_json> measureInChild(
    const std::string &what,
    llvm::function_ref<llvm::Expected<nlohmann::ordered_json>()> measure);

/// From now on the signals that end a program end the measuring process and are
/// remembered: the caller cleans up, and then sends itself the signal.
void catchSignals();
/// The signal that was caught; 0 where none was.
int caughtSignal();

/// As text; what is not UTF-8, in a file's name, is replaced.
std::string dumpJson(const nlohmann::ordered_json &json, int indent);

/// One iteration of a benchmark: fills in numbers by name, of which each
/// result is the median over the repeats; beside them `seconds` and
/// `cpu_seconds`.
using Counters = std::map<std::string, double>;
llvm::Expected<Counters>
runBenchmark(const std::string &name, unsigned repeats,
             llvm::function_ref<llvm::Error(Counters &)> iteration);

} // namespace cm

#endif // CM_TOOLS_CM_BENCH_MEASURE_H
