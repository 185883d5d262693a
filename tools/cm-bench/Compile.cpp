//===- Compile.cpp - time and memory of a compilation ---------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Pipelines/Compile.h"
#include "Measure.h"
#include "cm/Program/ProgramFile.h"
#include "cm/Target/Program/Export.h"
#include "mlir/IR/MLIRContext.h"
#include <chrono>

using namespace cm;
using Json = nlohmann::ordered_json;

static double secondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

/// The phases around those of `cm::compile`.
static constexpr const char *importPhase = "import", *writePhase = "write";

/// Compiles once, from a fresh context to the file; notes the order of phases.
static llvm::Error compileOnce(const BenchCase &bench, Counters &counters,
                               std::vector<std::string> &order) {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  auto start = std::chrono::steady_clock::now();
  auto module = loadModel(bench.model, &context);
  if (!module)
    return module.takeError();
  counters[importPhase] = secondsSince(start);
  order = {importPhase};
  CompileOptions options;
  options.machine = bench.machine;
  llvm::Expected<CompileReport> report = compile(**module, options);
  if (!report)
    return report.takeError();
  for (const PhaseTime &phase : report->phases) {
    counters[phase.phase] = phase.seconds;
    order.push_back(phase.phase);
  }
  start = std::chrono::steady_clock::now();
  llvm::Expected<program::Program> program = exportProgram(**module);
  if (!program)
    return program.takeError();
  if (llvm::Error error = writeProgram(bench.program, *program))
    return error;
  counters[writePhase] = secondsSince(start);
  order.push_back(writePhase);
  return llvm::Error::success();
}

llvm::Expected<Json> cm::measureCompile(const BenchCase &bench) {
  std::vector<std::string> order;
  auto counters = runBenchmark("compile", bench.repeats, [&](Counters &result) {
    return compileOnce(bench, result, order);
  });
  if (!counters)
    return counters.takeError();
  Json result;
  result["seconds"] = (*counters)["seconds"];
  result["cpu_seconds"] = (*counters)["cpu_seconds"];
  for (const std::string &phase : order)
    result["phases"][phase] = (*counters)[phase];
  return result;
}
