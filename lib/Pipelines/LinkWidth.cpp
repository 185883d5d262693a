//===- LinkWidth.cpp - the narrowest links that keep the II ---------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Bisection over widths, each with places, routes and a schedule of its own.
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMFlow/CMFlowOps.h"
#include "cm/Pipelines/Compile.h"
#include "cm/Support/Error.h"

using namespace cm;
using namespace mlir;

static constexpr uint64_t widestLinks = 1024; // bytes per cycle

namespace {
struct WidthSearch {
  CompileOptions withWidth(uint64_t width) const {
    CompileOptions result = options;
    result.settings.push_back("link.width_bytes=" + std::to_string(width));
    return result;
  }

  /// Up to the schedule, of a copy.
  llvm::Expected<CompileReport> tryWidth(uint64_t width) {
    OwningOpRef<ModuleOp> copy = module.clone();
    CompileOptions trial = withWidth(width);
    trial.to = Phase::Schedule;
    trial.report = true;
    return compile(*copy, trial);
  }

  ModuleOp module;
  const CompileOptions &options;
};
} // namespace

/// The II that a report promises a run to show, at least that of the schedule.
static uint64_t shownII(const CompileReport &report) {
  return std::max(report.iiCycles, report.predictedII);
}

llvm::Expected<CompileReport>
cm::compileWithNarrowestLinks(ModuleOp module, const CompileOptions &options) {
  if (!module.getOps<cmflow::GraphOp>().empty() || options.to < Phase::Schedule)
    return makeError("narrowest links are found from the partition to the "
                     "schedule: expected a model, and a graph or a program to "
                     "be made of it");
  WidthSearch search{module, options};
  llvm::Expected<CompileReport> free = search.tryWidth(widestLinks);
  if (!free)
    return free.takeError();
  uint64_t wanted = std::max(shownII(*free), options.ii);
  uint64_t tooNarrow = 0, keeps = widestLinks, narrowerII = 0;
  while (keeps - tooNarrow > 1) {
    uint64_t width = (tooNarrow + keeps) / 2;
    llvm::Expected<CompileReport> trial = search.tryWidth(width);
    uint64_t ii = trial ? shownII(*trial) : 0;
    llvm::consumeError(trial.takeError()); // what does not fit keeps nothing
    if (ii && ii <= wanted)
      keeps = width;
    else
      tooNarrow = width, narrowerII = ii;
  }
  llvm::Expected<CompileReport> report =
      compile(module, search.withWidth(keeps));
  if (!report)
    return report.takeError();
  report->routing.width = keeps;
  report->routing.narrowerII = narrowerII;
  return report;
}
