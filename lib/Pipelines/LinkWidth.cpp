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
  /// The II of the schedule, and the one that a run is promised to show. What
  /// does not fit keeps none.
  std::pair<uint64_t, uint64_t> intervals(uint64_t width) {
    llvm::Expected<CompileReport> trial = tryWidth(width);
    if (trial)
      return {trial->iiCycles, shownII(*trial)};
    llvm::consumeError(trial.takeError());
    return {never, 0};
  }
  static uint64_t shownII(const CompileReport &report) {
    return std::max(report.iiCycles, report.predictedII);
  }

  static constexpr uint64_t never = ~uint64_t(0);
  ModuleOp module;
  const CompileOptions &options;
};
} // namespace

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
  uint64_t wanted = std::max(search.shownII(*free), options.ii);
  // The loads of links fall with the width: below `enough` they are too high.
  uint64_t tooNarrow = 0, enough = widestLinks, narrowerII = 0;
  while (enough - tooNarrow > 1) {
    uint64_t width = (tooNarrow + enough) / 2;
    auto [ii, shown] = search.intervals(width);
    if (ii <= wanted)
      enough = width;
    else
      tooNarrow = width, narrowerII = shown;
  }
  // How long stages wait for each other does not: the first that keeps the II.
  uint64_t keeps = enough;
  for (; keeps < widestLinks; ++keeps) {
    auto [ii, shown] = search.intervals(keeps);
    if (std::max(ii, shown) <= wanted)
      break;
    narrowerII = shown;
  }
  llvm::Expected<CompileReport> report =
      compile(module, search.withWidth(keeps));
  if (!report)
    return report.takeError();
  report->routing.width = keeps;
  report->routing.narrowerII = narrowerII;
  return report;
}
