//===- Schedule.cpp - the pass cm-schedule --------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Solves the schedule of a routed graph, evaluates what the machine makes of it
// and writes both down.
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "cm/Support/Error.h"
#include "cm/Support/Limits.h"
#include "cm/Transforms/Passes.h"
#include "cm/Transforms/Problems.h"
#include <optional>

namespace cm {
#define GEN_PASS_DEF_SCHEDULE
#include "cm/Transforms/Passes.h.inc"
} // namespace cm

using namespace cm;
using namespace mlir;

namespace {
/// A schedule, and what the machine makes of its capacities.
struct Scheduled {
  ScheduleSolution solution;
  EarliestPrediction prediction;
  /// Whether each buffer was tried with one slot less; nothing: not asked for.
  std::optional<bool> isLeast = std::nullopt;
};

/// What is tried beside the schedule of a uniform pace.
class ScheduleSearch {
public:
  ScheduleSearch(const ScheduleProblem &problem, const EarliestModel &model,
                 uint64_t events)
      : problem(problem), model(model), events(events) {}

  EarliestPrediction predict(const ScheduleSolution &solution) const {
    return model.predict(solution.capacity, solution.ii, events);
  }
  llvm::Expected<Scheduled> raiseUntilExact(Scheduled first) const;
  /// The least bytes with which the machine keeps the II as well as with the
  /// solution's. Trials have about so many events together.
  LeastCapacities shrink(const ScheduleSolution &solution,
                         uint64_t trialEvents) const {
    uint64_t trials = trialsOf(trialEvents);
    return shrink(solution, {trials, trials / 16});
  }
  /// A smaller II than that of `paced`, which SRAM has raised from `wanted`,
  /// with capacities that a uniform pace could not do with.
  std::optional<ScheduleSolution> squeeze(const ScheduleSolution &paced,
                                          uint64_t wanted) const;

private:
  LeastCapacities shrink(const ScheduleSolution &solution,
                         LeastTrials trials) const;
  /// Most become steady, or stop, within six images.
  uint64_t trialsOf(uint64_t events) const {
    return events / (6 * model.problem().eventsPerImage() + 1);
  }

  const ScheduleProblem &problem;
  const EarliestModel &model;
  uint64_t events;
};

struct Schedule : cm::impl::ScheduleBase<Schedule> {
  using ScheduleBase::ScheduleBase;

  void runOnOperation() override {
    if (failed(schedule(getOperation())))
      signalPassFailure();
  }

  LogicalResult schedule(cmflow::GraphOp graph);
  llvm::Error improve(const ScheduleProblem &problem,
                      const EarliestModel &model, Scheduled &result);
  void annotate(cmflow::GraphOp graph, StageGraph &view,
                const ScheduleProblem &problem, const Scheduled &result);
  void annotateFigures(cmflow::GraphOp graph, const ScheduleProblem &problem,
                       const Scheduled &result, bool isPaced);
};
} // namespace

static LogicalResult report(cmflow::GraphOp graph, llvm::Error error) {
  return mlir::emitError(graph.getLoc()) << llvm::toString(std::move(error));
}

//===----------------------------------------------------------------------===//
// Search
//===----------------------------------------------------------------------===//

/// Doubles the II until it is a guarantee, then halves the gap down to 1/32 of
/// what was wanted.
llvm::Expected<Scheduled>
ScheduleSearch::raiseUntilExact(Scheduled first) const {
  if (model.problem().hasControlCost())
    return makeError("no II is a guarantee where instructions of an LCU take "
                     "time: how many there are is known with the program");
  if (model.problem().hasCreditsOnLinks())
    return makeError("no II is a guarantee where credits take time of links: "
                     "an evaluation leaves it out");
  uint64_t wanted = first.solution.ii, tooSmall = wanted;
  auto tryAt = [&](uint64_t ii) -> llvm::Expected<Scheduled> {
    ScheduleProblem slower = problem;
    slower.targetII = ii;
    llvm::Expected<ScheduleSolution> solution = solveSchedule(slower);
    if (!solution)
      return solution.takeError();
    return Scheduled{*solution, predict(*solution), std::nullopt};
  };
  Scheduled best = std::move(first);
  while (!best.prediction.exact) {
    tooSmall = best.solution.ii;
    if (tooSmall > 64 * wanted || 2 * tooSmall > maxReleaseInterval)
      return makeError("no II up to {0} is a guarantee", tooSmall);
    llvm::Expected<Scheduled> next = tryAt(2 * tooSmall);
    if (!next)
      return next.takeError();
    best = std::move(*next);
  }
  while (best.solution.ii - tooSmall > std::max<uint64_t>(1, wanted / 32)) {
    uint64_t middle = tooSmall + (best.solution.ii - tooSmall) / 2;
    llvm::Expected<Scheduled> next = tryAt(middle);
    if (!next)
      return next.takeError();
    if (next->prediction.exact)
      best = std::move(*next);
    else
      tooSmall = middle;
  }
  return best;
}

LeastCapacities ScheduleSearch::shrink(const ScheduleSolution &solution,
                                       LeastTrials trials) const {
  EarliestOptions options;
  options.interval = solution.ii;
  EarliestResult start = model.evaluate(solution.capacity, options);
  uint64_t wanted = std::max(solution.ii, start.steady ? 0 : start.interval());
  return leastCapacities(
      problem, solution.capacity,
      [&](const Capacities &capacity) {
        EarliestResult result = model.evaluate(capacity, options);
        return result.end == EarliestResult::Done &&
               (result.steady || result.interval() <= wanted);
      },
      trials);
}

std::optional<ScheduleSolution>
ScheduleSearch::squeeze(const ScheduleSolution &paced, uint64_t wanted) const {
  ScheduleProblem unlimited = problem;
  for (ScheduleMemory &memory : unlimited.memories)
    memory.bytes = 0;
  // Of all IIs together: most of the saving comes first.
  uint64_t left = trialsOf(events);
  auto tryAt = [&](uint64_t ii) -> std::optional<ScheduleSolution> {
    unlimited.targetII = ii;
    ScheduleSolution solution = llvm::cantFail(solveSchedule(unlimited));
    LeastCapacities least = shrink(solution, {left / 2, 0});
    left -= least.trials;
    solution.capacity = std::move(least.capacity);
    if (!problem.fits(solution.capacity))
      return std::nullopt;
    return solution;
  };
  std::optional<ScheduleSolution> best = tryAt(wanted);
  uint64_t tooSmall = wanted, high = paced.ii;
  while (!best && high - tooSmall > std::max<uint64_t>(1, wanted / 16)) {
    uint64_t middle = tooSmall + (high - tooSmall) / 2;
    if (std::optional<ScheduleSolution> next = tryAt(middle)) {
      best = std::move(next);
      high = middle;
      break;
    }
    tooSmall = middle;
  }
  while (best && best->ii > wanted &&
         high - tooSmall > std::max<uint64_t>(1, wanted / 16)) {
    uint64_t middle = tooSmall + (high - tooSmall) / 2;
    if (std::optional<ScheduleSolution> next = tryAt(middle)) {
      best = std::move(next);
      high = middle;
    } else {
      tooSmall = middle;
    }
  }
  return best;
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

/// What is asked for beside the schedule of a uniform pace.
llvm::Error Schedule::improve(const ScheduleProblem &problem,
                              const EarliestModel &model, Scheduled &result) {
  ScheduleSearch search(problem, model, events);
  uint64_t wanted = std::max(problem.lowerBound().cycles, problem.targetII);
  if (result.solution.ii > wanted && !exact)
    if (std::optional<ScheduleSolution> smaller =
            search.squeeze(result.solution, wanted))
      result.solution = std::move(*smaller);
  result.prediction = search.predict(result.solution);
  if (exact) {
    llvm::Expected<Scheduled> raised = search.raiseUntilExact(result);
    if (!raised)
      return raised.takeError();
    result = std::move(*raised);
  }
  if (buffers == Buffers::Min) {
    LeastCapacities least = search.shrink(result.solution, trialEvents);
    result.solution.capacity = std::move(least.capacity);
    numTrials += least.trials;
    result.isLeast = least.isLocal;
    result.prediction = search.predict(result.solution);
  }
  return llvm::Error::success();
}

LogicalResult Schedule::schedule(cmflow::GraphOp graph) {
  FailureOr<MachineModel> machine = cmhw::getMachineModel(graph);
  if (failed(machine))
    return failure();
  StageGraph view(graph);
  if (failed(requirePlaced(view, *machine)) ||
      failed(requireRouted(view, *machine)))
    return failure();
  llvm::Expected<ScheduleProblem> problem = scheduleProblem(view, *machine);
  if (!problem)
    return report(graph, problem.takeError());
  problem->targetII = ii;
  problem->slack = buffers == Buffers::Min ? 1 : slack.getValue();
  llvm::Expected<ScheduleSolution> solution = solveSchedule(*problem);
  if (!solution)
    return report(graph, solution.takeError());
  assert(!llvm::errorToBool(problem->verify(*solution)));
  Scheduled result{std::move(*solution), {}, std::nullopt};
  if (buffers == Buffers::Max)
    result.solution.capacity =
        mostCapacities(*problem, result.solution.capacity);
  EarliestProblem earliest = earliestProblem(view, *machine, *problem);
  if (earliest.eventsPerImage() <= events) {
    EarliestModel model(std::move(earliest));
    if (llvm::Error error = improve(*problem, model, result))
      return report(graph, std::move(error));
  } else if (exact || buffers == Buffers::Min) {
    return report(graph,
                  makeError("an image has about {0} events: an exact II and "
                            "the least buffers need no more than {1}, see "
                            "`events`",
                            earliest.eventsPerImage(), events.getValue()));
  }
  annotate(graph, view, *problem, result);
  return success();
}

void Schedule::annotate(cmflow::GraphOp graph, StageGraph &view,
                        const ScheduleProblem &problem,
                        const Scheduled &result) {
  Builder builder(&getContext());
  const ScheduleSolution &solution = result.solution;
  bool isPaced = !llvm::errorToBool(problem.verify(solution));
  for (auto [node, offset] : llvm::zip(view.nodes, solution.offset)) {
    if (isPaced)
      node.op->setAttr("offset", builder.getI64IntegerAttr(offset));
    else
      node.op->removeAttr("offset");
  }
  for (auto [stream, data] : llvm::zip(view.streams, problem.streams)) {
    if (data.buffer == ScheduleStream::noBuffer)
      continue;
    const BufferCapacity &capacity = solution.capacity[data.buffer];
    stream.op.setCapacityAttr(cmflow::CapacityAttr::get(
        &getContext(), capacity.slots, capacity.fold));
  }
  for (const BufferCapacity &capacity : solution.capacity)
    slots += capacity.slots;
  annotateFigures(graph, problem, result, isPaced);
}

void Schedule::annotateFigures(cmflow::GraphOp graph,
                               const ScheduleProblem &problem,
                               const Scheduled &result, bool isPaced) {
  Builder builder(&getContext());
  const EarliestPrediction &prediction = result.prediction;
  assert(!prediction.deadlock && "a schedule is a proof that there is none");
  graph.setIi(result.solution.ii);
  graph.setLatency(prediction.latency ? prediction.latency
                                      : result.solution.latency);
  graph.setExact(prediction.exact);
  NamedAttrList said;
  if (prediction.ii)
    said.set("ii_cycles", builder.getI64IntegerAttr(prediction.ii));
  if (!isPaced)
    said.set("paced", builder.getBoolAttr(false));
  if (result.isLeast)
    said.set("least", builder.getBoolAttr(*result.isLeast));
  if (said.empty())
    graph->removeAttr(predictionAttrName);
  else
    graph->setAttr(predictionAttrName, said.getDictionary(&getContext()));
}
