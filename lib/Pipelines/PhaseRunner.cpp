//===- PhaseRunner.cpp - phases of one compilation ------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PhaseRunner.h"
#include "Report.h"
#include "cm/Dialect/CMFlow/CMFlowOps.h"
#include "cm/Support/Error.h"
#include "cm/Target/Module/DiagnosticText.h"
#include "cm/Transforms/Replication.h"
#include "mlir/Pass/PassManager.h"
#include <chrono>

using namespace cm;
using namespace mlir;

static llvm::Error runPhase(ModuleOp module, const PipelineOptions &options) {
  DiagnosticText diagnostics(module.getContext());
  PassManager passes(module.getContext());
  buildPipeline(passes, options);
  if (failed(passes.run(module)))
    return makeError("{0}", diagnostics.take());
  return llvm::Error::success();
}

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

void PhaseRunner::replaceModule(ModuleOp other) {
  module.getBodyRegion().takeBody(other.getBodyRegion());
  module->setAttrs(other->getAttrDictionary());
}

llvm::Error PhaseRunner::scheduleForInterval() {
  OwningOpRef<ModuleOp> spare = module.clone();
  CompileReport before = report;
  llvm::Error error = run(Phase::Place, Phase::Schedule);
  if (!error && (!report.packed || report.iiCycles <= options.ii))
    return error;
  CompileReport alone = before;
  pipeline.pack = Packing::None;
  PhaseRunner without(*spare, pipeline, options, alone);
  llvm::Error other = without.run(Phase::Place, Phase::Schedule);
  pipeline.pack = Packing::Auto;
  if (other || (!error && alone.iiCycles >= report.iiCycles)) {
    llvm::consumeError(std::move(other));
    return error;
  }
  llvm::consumeError(std::move(error));
  replaceModule(*spare);
  report = std::move(alone);
  return llvm::Error::success();
}

llvm::Error PhaseRunner::schedule(Phase first) {
  // Packs by default are to cost nothing that was asked for.
  if (options.pack || !options.ii || first > Phase::Place)
    return run(first, Phase::Schedule);
  if (llvm::Error error = run(first, Phase::Partition))
    return error;
  return scheduleForInterval();
}

/// The II that cm-replicate chose copies for; 0: it chose none.
static uint64_t intervalOfCopies(ModuleOp module) {
  for (auto graph : module.getOps<cmflow::GraphOp>())
    if (auto found = graph->getAttrOfType<DictionaryAttr>(replicationAttrName))
      if (auto ii = found.getAs<IntegerAttr>("ii"))
        return ii.getInt();
  return 0;
}

llvm::Error PhaseRunner::scheduleCopiesFor(uint64_t interval) {
  pipeline.machine = options.machine;
  for (const std::string &setting : options.settings)
    pipeline.set.push_back(setting);
  pipeline.ii = 0;
  pipeline.leastCopiesII = interval;
  llvm::Error error = run(Phase::Partition, Phase::Partition);
  pipeline.ii = options.ii;
  return error ? std::move(error) : schedule(Phase::Place);
}

llvm::Error PhaseRunner::scheduleWithCopies() {
  constexpr unsigned maxTries = 10;             // to nine times the II
  constexpr uint64_t alone = uint64_t(1) << 40; // no copies at all
  OwningOpRef<ModuleOp> spare = module.clone();
  CompileReport before = report;
  llvm::Error first = schedule(Phase::Partition);
  uint64_t interval = intervalOfCopies(module);
  uint64_t reached = first ? alone : report.iiCycles;
  for (unsigned i = 0; interval && i <= maxTries; ++i) {
    interval = i < maxTries ? interval + interval / 4 + 1 : alone - 1;
    if (interval >= reached || reached <= options.ii)
      break;
    OwningOpRef<ModuleOp> copy = spare->clone();
    CompileReport found = before;
    PhaseRunner other(*copy, pipeline, options, found);
    if (llvm::Error error = other.scheduleCopiesFor(interval)) {
      llvm::consumeError(std::move(error));
    } else if (found.iiCycles < reached) {
      reached = found.iiCycles;
      replaceModule(*copy);
      report = std::move(found);
    }
  }
  if (reached == alone)
    return first;
  llvm::consumeError(std::move(first));
  return llvm::Error::success();
}

llvm::Error PhaseRunner::runAll(Phase first) {
  if (options.to < Phase::Schedule || first > Phase::Schedule)
    return run(first, options.to);
  if (options.replicate == Replication::None || first > Phase::Partition) {
    if (llvm::Error error = schedule(first))
      return error;
  } else {
    if (llvm::Error error = run(first, Phase::Normalise))
      return error;
    if (llvm::Error error = scheduleWithCopies())
      return error;
  }
  return run(Phase::Control, options.to);
}
