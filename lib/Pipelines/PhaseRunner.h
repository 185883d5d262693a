//===- PhaseRunner.h - phases of one compilation ----------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs the phases on a module and keeps what they report. What one phase
// decides may make a later one fail or miss what is asked for: packs cost time,
// copies take SRAM. Then the phases run again from before the decision, which
// is made more cautiously.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_PIPELINES_PHASERUNNER_H
#define CM_LIB_PIPELINES_PHASERUNNER_H

#include "cm/Pipelines/Compile.h"
#include "mlir/IR/BuiltinOps.h"

namespace cm {

inline constexpr llvm::StringLiteral phaseNames[] = {
    "normalise", "partition", "place", "route",
    "schedule",  "control",   "verify"};

class PhaseRunner {
public:
  PhaseRunner(mlir::ModuleOp module, PipelineOptions &pipeline,
              const CompileOptions &options, CompileReport &report)
      : module(module), pipeline(pipeline), options(options), report(report) {}

  /// From `first` to `options.to`.
  llvm::Error runAll(Phase first);

private:
  llvm::Error run(Phase first, Phase last);
  /// Up to the schedule.
  llvm::Error schedule(Phase first);
  /// Places, routes and schedules; without packs where these make it fail or
  /// miss the II that is wanted.
  llvm::Error scheduleForInterval();
  /// From the partition to the schedule. Where what follows fails with the
  /// copies that the least II takes, or raises the II, with those of larger
  /// IIs; the least II that is reached counts.
  llvm::Error scheduleWithCopies();
  /// The same with copies for an II of so many cycles or more.
  llvm::Error scheduleCopiesFor(uint64_t interval);
  void replaceModule(mlir::ModuleOp other);

  mlir::ModuleOp module;
  PipelineOptions &pipeline;
  const CompileOptions &options;
  CompileReport &report;
};

} // namespace cm

#endif // CM_LIB_PIPELINES_PHASERUNNER_H
