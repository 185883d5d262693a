//===- Pipelines.cpp - named phases in one pipeline -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The passes of each phase and the options that they get.
//
//===----------------------------------------------------------------------===//

#include "cm/Pipelines/Pipelines.h"
#include "cm/Conversion/Passes.h"
#include "cm/Dialect/CMCore/CMCoreDialect.h"
#include "cm/Dialect/CMFlow/CMFlowDialect.h"
#include "cm/Dialect/CMHW/CMHWDialect.h"
#include "cm/Dialect/CMNN/Passes.h"
#include "cm/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace cm;
using namespace mlir;

llvm::cl::ValuesClass PipelineOptions::phaseValues() {
  return llvm::cl::values(
      clEnumValN(Phase::Normalise, "normalise", "canonical cmnn"),
      clEnumValN(Phase::Partition, "partition", "operations become stages"),
      clEnumValN(Phase::Place, "place", "stages get cores"),
      clEnumValN(Phase::Route, "route", "streams get links"),
      clEnumValN(Phase::Schedule, "schedule", "II, offsets and capacities"),
      clEnumValN(Phase::Control, "control", "stages become LCU programs"),
      clEnumValN(Phase::Verify, "verify", "the program is checked"));
}

/// Stacked tiles are slower where they take turns, which copies make up for.
static void addPartition(OpPassManager &passes,
                         const PipelineOptions &options) {
  bool copies = options.replicate != Replication::None;
  passes.addPass(createSplitHeads());
  passes.addPass(cmnn::createVerifyContract());
  ConvertCMNNToCMFlowOptions convert;
  convert.cores = options.cores;
  convert.reduction = options.reduction.getValue();
  convert.depthwise = options.depthwise.getValue();
  convert.stack = copies ? StackTiles::Full : StackTiles::Auto;
  passes.addPass(createConvertCMNNToCMFlow(convert));
  if (options.shifts) {
    ShiftKernelsOptions shift;
    shift.growth = options.shifts;
    shift.axes = options.shiftAxes.getValue();
    passes.addPass(createShiftKernels(shift));
  }
  if (!copies)
    return;
  ReplicateOptions replicate;
  replicate.axis = options.replicate == Replication::Rows ? SplitAxis::Rows
                                                          : SplitAxis::Pixels;
  replicate.cores = options.cores, replicate.ii = options.ii;
  replicate.least = options.leastCopiesII;
  passes.addNestedPass<cmflow::GraphOp>(createReplicate(replicate));
}

static void addSchedule(OpPassManager &passes, const PipelineOptions &options) {
  VerifyMappingOptions contract;
  contract.routed = true;
  passes.addNestedPass<cmflow::GraphOp>(createVerifyMapping(contract));
  ScheduleOptions schedule;
  schedule.ii = options.ii, schedule.exact = options.exact;
  schedule.buffers = options.buffers.getValue();
  // Copies fill cores to the brim: what one waits for must not stop others.
  schedule.slack = options.replicate == Replication::None ? 1 : 2;
  passes.addNestedPass<cmflow::GraphOp>(createSchedule(schedule));
  passes.addNestedPass<cmflow::GraphOp>(createVerifySchedule());
}

static void addPhase(OpPassManager &passes, Phase phase,
                     const PipelineOptions &options) {
  switch (phase) {
  case Phase::Normalise:
    return passes.addPass(cmnn::createNormalise());
  case Phase::Partition:
    return addPartition(passes, options);
  case Phase::Place: {
    PlaceOptions place;
    place.seed = options.seed, place.cores = options.cores;
    place.pack = options.pack.getValue();
    place.stagesPerCore = options.stagesPerCore;
    place.routing = options.routing.getValue();
    // Copies have used the time of the cores that they were given.
    if (options.replicate == Replication::None)
      place.ii = options.ii;
    return passes.addNestedPass<cmflow::GraphOp>(createPlace(place));
  }
  case Phase::Route: {
    passes.addNestedPass<cmflow::GraphOp>(createVerifyMapping());
    RouteOptions route;
    route.strategy = options.routing.getValue();
    return passes.addNestedPass<cmflow::GraphOp>(createRoute(route));
  }
  case Phase::Schedule:
    return addSchedule(passes, options);
  case Phase::Control: {
    VerifyMappingOptions contract;
    contract.routed = contract.scheduled = true;
    passes.addNestedPass<cmflow::GraphOp>(createVerifyMapping(contract));
    return passes.addPass(createConvertCMFlowToCMCore());
  }
  case Phase::Verify:
    passes.addPass(createVerifyProgram());
    return passes.addPass(createVerifyControl());
  }
}

void cm::buildPipeline(OpPassManager &passes, const PipelineOptions &options) {
  if (!options.machine.empty() || !options.set.empty()) {
    SetMachineOptions machine;
    machine.machine = options.machine;
    machine.set.assign(options.set.begin(), options.set.end());
    passes.addPass(createSetMachine(machine));
  }
  int first = static_cast<int>(options.from.getValue());
  int last = static_cast<int>(options.to.getValue());
  for (int phase = first; phase <= last; ++phase)
    addPhase(passes, static_cast<Phase>(phase), options);
}

/// `--cm-pipeline=text`.
static LogicalResult
parsePipeline(OpPassManager &passes, StringRef text,
              function_ref<LogicalResult(const Twine &)> error) {
  PipelineOptions options;
  if (failed(options.parseFromString(text)))
    return failure();
  if (options.from.getValue() > options.to.getValue())
    return error("expected the phase `from` to be no later than `to`");
  buildPipeline(passes, options);
  return success();
}

void cm::registerAllPasses() {
  cmnn::registerCMNNPasses();
  registerConversionPasses();
  cm::registerTransformsPasses();
  registerPipelinesPasses();
  mlir::registerTransformsPasses();
  registerPassPipeline(
      "cm-pipeline", "the phases from a quantised network to a program",
      parsePipeline, [](function_ref<void(const detail::PassOptions &)> show) {
        show(PipelineOptions());
      });
}

void cm::registerAllDialects(DialectRegistry &registry) {
  registry.insert<cmhw::CMHWDialect, cmnn::CMNNDialect, cmflow::CMFlowDialect,
                  cmcore::CMCoreDialect, arith::ArithDialect, func::FuncDialect,
                  tosa::TosaDialect>();
}
