//===- Compile.cpp - a model from file to program -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// From a model in a file to a program: which phases run, and what they report.
//
//===----------------------------------------------------------------------===//

#include "cm/Pipelines/Compile.h"
#include "Report.h"
#include "cm/Dialect/CMCore/CMCoreOps.h"
#include "cm/Dialect/CMFlow/CMFlowOps.h"
#include "cm/Dialect/CMHW/CMHWDialect.h"
#include "cm/Program/ProgramFile.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "cm/Target/Module/DiagnosticText.h"
#include "cm/Target/ONNX/Import.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SourceMgr.h"
#include <chrono>

using namespace cm;
using namespace mlir;

static constexpr llvm::StringLiteral phaseNames[] = {
    "normalise", "partition", "place", "route",
    "schedule",  "control",   "verify"};

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

/// ONNX says so in the file's name, or begins with the tag of a protobuf field,
/// which is a control character; bytecode has a magic number, text is
/// printable.
static bool looksLikeONNX(llvm::StringRef contents, llvm::StringRef path) {
  if (path.ends_with(".onnx"))
    return true;
  return !contents.empty() && !contents.starts_with("ML\xefR") &&
         !llvm::isPrint(contents.front()) && !llvm::isSpace(contents.front());
}

static bool isProgram(llvm::StringRef contents) {
  llvm::Expected<program::Program> program = parseProgram(contents, "");
  if (program)
    return true;
  llvm::consumeError(program.takeError());
  return false;
}

llvm::Expected<OwningOpRef<ModuleOp>>
cm::loadModel(llvm::StringRef path, MLIRContext *context,
              const ImportOptions &options) {
  auto buffer = readFile(path);
  if (!buffer)
    return buffer.takeError();
  if (isProgram((*buffer)->getBuffer()))
    return makeError("'{0}' is a program already: expected an ONNX model or a "
                     "module",
                     path);
  if (looksLikeONNX((*buffer)->getBuffer(), path))
    return importONNX((*buffer)->getBuffer(), path, context,
                      withModelFolder(options, path));
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
  DiagnosticText diagnostics(context);
  auto module = parseSourceFile<ModuleOp>(sources, context);
  if (!module)
    return makeError("'{0}' is not a valid module: {1}", path,
                     diagnostics.take());
  return module;
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

/// The phase that a module needs next, by what it holds.
static Phase nextPhase(ModuleOp module) {
  if (!module.getOps<cmcore::ProgramOp>().empty())
    return Phase::Verify;
  auto graphs = module.getOps<cmflow::GraphOp>();
  if (graphs.empty())
    return Phase::Normalise;
  cmflow::GraphOp graph = *graphs.begin();
  if (graph.getIi())
    return Phase::Control;
  auto streams = graph.getBody().getOps<cmflow::StreamOp>();
  if (!streams.empty() && (*streams.begin()).getRoute())
    return Phase::Schedule;
  auto stages = graph.getBody().getOps<cmflow::StageOp>();
  return !stages.empty() && (*stages.begin()).getPlace() ? Phase::Route
                                                         : Phase::Place;
}

static llvm::Error runPhase(ModuleOp module, const PipelineOptions &options) {
  DiagnosticText diagnostics(module.getContext());
  PassManager passes(module.getContext());
  buildPipeline(passes, options);
  if (failed(passes.run(module)))
    return makeError("{0}", diagnostics.take());
  return llvm::Error::success();
}

/// What is asked for must not be behind a module already. Tiles, places, routes
/// and times are all of one machine.
static llvm::Error checkStart(ModuleOp module, Phase first,
                              const CompileOptions &options) {
  bool hasMachine = module->hasAttr(cmhw::CMHWDialect::getMachineAttrName());
  bool givesMachine = !options.machine.empty() || !options.settings.empty();
  const struct {
    bool isWanted;
    int last; // phase for which it is not too late
    const char *what;
  } wishes[] = {
      // A module that is at the wanted level already stays as it is.
      {true, int(options.to) + 1, "the wanted level"},
      {givesMachine, int(hasMachine ? Phase::Partition : Phase::Control),
       "a machine"},
      {options.cores != 0, int(Phase::Place), "a number of cores"},
      {options.stagesPerCore != 0, int(Phase::Place), "a number of stages"},
      {options.replicate != Replication::None, int(Phase::Partition),
       "replication"},
      {options.shifts != 0, int(Phase::Partition), "shifting kernels"},
      {options.seed.has_value(), int(Phase::Place), "a seed of the placement"},
      {options.pack.has_value(), int(Phase::Place), "packing"},
      {options.reduction.has_value(), int(Phase::Partition), "a reduction"},
      {options.depthwise.has_value(), int(Phase::Partition),
       "a unit for depthwise convolutions"},
      {options.report, int(Phase::Control), "a report"},
      {options.ii != 0, int(Phase::Schedule), "an II"},
      {options.exact, int(Phase::Schedule), "an exact II"},
      {options.buffers.has_value(), int(Phase::Schedule), "a size of buffers"}};
  for (const auto &wish : wishes)
    if (wish.isWanted && int(first) > wish.last)
      return makeError("{0} comes too late: the module is past the phase '{1}'",
                       wish.what, phaseNames[int(first) - 1]);
  return llvm::Error::success();
}

namespace {
/// Runs phases of the pipeline on a module and keeps what they report.
struct PhaseRunner {
  llvm::Error run(Phase first, Phase last);
  /// Places, routes and schedules; without packs where these make it fail or
  /// miss the II that is wanted.
  llvm::Error scheduleForInterval();

  ModuleOp module;
  PipelineOptions &pipeline;
  const CompileOptions &options;
  CompileReport &report;
};
} // namespace

llvm::Error PhaseRunner::run(Phase first, Phase last) {
  for (int phase = int(first); phase <= int(last); ++phase) {
    if (options.progress)
      options.progress(phaseNames[phase]);
    pipeline.from = Phase(phase);
    pipeline.to = Phase(phase);
    auto start = std::chrono::steady_clock::now();
    if (llvm::Error error = runPhase(module, pipeline))
      return error;
    pipeline.machine = ""; // it is on the module now
    pipeline.set.clear();
    std::chrono::duration<double> seconds =
        std::chrono::steady_clock::now() - start;
    report.phases.push_back({phaseNames[phase].str(), seconds.count()});
    if (Phase(phase) == Phase::Schedule)
      if (llvm::Error error = fillReport(module, report))
        return error;
  }
  return llvm::Error::success();
}

llvm::Error PhaseRunner::scheduleForInterval() {
  OwningOpRef<ModuleOp> spare = module.clone();
  CompileReport before = report;
  llvm::Error error = run(Phase::Place, Phase::Schedule);
  if (!error && (!report.packed || report.iiCycles <= options.ii))
    return error;
  CompileReport alone = before;
  pipeline.pack = Packing::None;
  PhaseRunner without{*spare, pipeline, options, alone};
  llvm::Error other = without.run(Phase::Place, Phase::Schedule);
  if (other || (!error && alone.iiCycles >= report.iiCycles)) {
    llvm::consumeError(std::move(other));
    return error;
  }
  llvm::consumeError(std::move(error));
  module.getBodyRegion().takeBody(spare->getBodyRegion());
  module->setAttrs(spare.get()->getAttrDictionary());
  report = std::move(alone);
  return llvm::Error::success();
}

static void setOptions(PipelineOptions &pipeline,
                       const CompileOptions &options) {
  pipeline.machine = options.machine;
  for (const std::string &setting : options.settings)
    pipeline.set.push_back(setting);
  pipeline.ii = options.ii;
  pipeline.cores = options.cores;
  pipeline.seed = options.seed.value_or(1);
  pipeline.stagesPerCore = options.stagesPerCore;
  pipeline.exact = options.exact;
  pipeline.buffers = options.buffers.value_or(Buffers::Balanced);
  pipeline.replicate = options.replicate;
  pipeline.shifts = options.shifts;
  pipeline.pack = options.pack.value_or(Packing::Auto);
  pipeline.reduction = options.reduction.value_or(Reduction::Auto);
  pipeline.depthwise = options.depthwise.value_or(DepthwiseUnit::Auto);
}

llvm::Expected<CompileReport> cm::compile(ModuleOp module,
                                          const CompileOptions &options) {
  PipelineOptions pipeline;
  setOptions(pipeline, options);
  Phase first = nextPhase(module);
  if (llvm::Error error = checkStart(module, first, options))
    return std::move(error);
  CompileReport report;
  report.wantedCycles = options.ii;
  if (first == Phase::Control && options.report)
    if (llvm::Error error = fillReport(module, report))
      return std::move(error);
  PhaseRunner runner{module, pipeline, options, report};
  Phase next = first;
  // Packs by default are to cost nothing that was asked for.
  if (!options.pack && options.ii && first <= Phase::Place &&
      options.to >= Phase::Schedule) {
    if (llvm::Error error = runner.run(first, Phase::Partition))
      return std::move(error);
    if (llvm::Error error = runner.scheduleForInterval())
      return std::move(error);
    next = Phase::Control;
  }
  if (llvm::Error error = runner.run(next, options.to))
    return std::move(error);
  return report;
}
