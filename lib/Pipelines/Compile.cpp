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
#include "PhaseRunner.h"
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
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SourceMgr.h"

using namespace cm;
using namespace mlir;

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
      {options.shifts != 0 || options.shiftAxes, int(Phase::Partition),
       "shifting kernels"},
      {options.seed.has_value(), int(Phase::Place), "a seed of the placement"},
      {options.pack.has_value(), int(Phase::Place), "packing"},
      {options.reduction.has_value(), int(Phase::Partition), "a reduction"},
      {options.depthwise.has_value(), int(Phase::Partition),
       "a unit for depthwise convolutions"},
      {options.routing.has_value(), int(Phase::Route), "a choice of paths"},
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
  pipeline.shiftAxes = options.shiftAxes.value_or(ShiftAxes::X);
  pipeline.pack = options.pack.value_or(Packing::Auto);
  pipeline.reduction = options.reduction.value_or(Reduction::Auto);
  pipeline.routing = options.routing.value_or(RoutingStrategy::Balanced);
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
  PhaseRunner runner(module, pipeline, options, report);
  if (llvm::Error error = runner.runAll(first))
    return std::move(error);
  return report;
}
