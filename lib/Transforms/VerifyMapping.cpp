//===- VerifyMapping.cpp - contracts of place, route and schedule ---------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Attributes that a pass or a person has set, as solutions that the problems of
// Mapping verify.
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "cm/Transforms/Passes.h"
#include "cm/Transforms/Problems.h"

namespace cm {
#define GEN_PASS_DEF_VERIFYMAPPING
#include "cm/Transforms/Passes.h.inc"
} // namespace cm

using namespace cm;
using namespace mlir;

static LogicalResult report(const StageGraph &view, llvm::Error error) {
  if (!error)
    return success();
  cmflow::GraphOp graph = view.graph;
  return mlir::emitError(graph.getLoc()) << llvm::toString(std::move(error));
}

static LogicalResult verifyPlaced(const StageGraph &view,
                                  const MachineModel &machine) {
  if (failed(requirePlaced(view, machine)))
    return failure();
  PlacementProblem problem = placementProblem(view, machine);
  for (auto [item, node] : llvm::zip(problem.items, view.nodes))
    if (item.fixed) // requirePlaced knows which I/O nodes are right
      item.fixed = node.place();
  return report(view, problem.verifyFit(currentPlacement(problem, view)));
}

static LogicalResult verifyRouted(const StageGraph &view,
                                  const MachineModel &machine) {
  if (failed(requireRouted(view, machine)))
    return failure();
  GraphRouting routing = routingProblem(view, machine);
  return report(view, routing.problem.verify(currentRouting(routing, view)));
}

/// Capacities that no uniform pace keeps have been tried; nothing is known of
/// them but that they do not deadlock.
static LogicalResult verifyTried(const StageGraph &view,
                                 const MachineModel &machine,
                                 const ScheduleProblem &problem) {
  cmflow::GraphOp graph = view.graph;
  EarliestModel model(earliestProblem(view, machine, problem));
  ScheduleSolution solution = currentSchedule(problem, view);
  if (llvm::Error error = problem.verifyFolds(solution.capacity))
    return report(view, std::move(error));
  if (model.predict(solution.capacity, solution.ii, ~uint64_t(0)).deadlock)
    return graph.emitOpError("@")
           << graph.getSymName() << ": with these capacities stages wait for "
           << "each other for ever";
  return success();
}

static LogicalResult verifyScheduled(const StageGraph &view,
                                     const MachineModel &machine) {
  if (failed(requireScheduled(view, machine)))
    return failure();
  cmflow::GraphOp graph = view.graph;
  bool paced = isPaced(graph);
  for (const StageNode &node : view.nodes)
    if (paced && !node.op->hasAttr("offset"))
      return node.op->emitOpError("@")
             << node.name() << ": expected `offset`: run cm-schedule first";
  llvm::Expected<ScheduleProblem> problem = scheduleProblem(view, machine);
  if (!problem)
    return report(view, problem.takeError());
  if (llvm::Error error = problem->check())
    return report(view, std::move(error));
  if (!paced)
    return verifyTried(view, machine, *problem);
  return report(view, problem->verify(currentSchedule(*problem, view)));
}

namespace {
struct VerifyMapping : cm::impl::VerifyMappingBase<VerifyMapping> {
  using VerifyMappingBase::VerifyMappingBase;

  void runOnOperation() override {
    if (failed(verify(getOperation())))
      return signalPassFailure();
    ++numChecked;
    markAllAnalysesPreserved();
  }

  LogicalResult verify(cmflow::GraphOp graph) {
    FailureOr<MachineModel> machine = cmhw::getMachineModel(graph);
    if (failed(machine))
      return failure();
    StageGraph view(graph);
    if (failed(verifyPlaced(view, *machine)))
      return failure();
    if (routed && failed(verifyRouted(view, *machine)))
      return failure();
    return scheduled ? verifyScheduled(view, *machine) : success();
  }
};
} // namespace
