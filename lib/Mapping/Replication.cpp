//===- Replication.cpp - how many copies of each layer --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Everything is monotone: a larger II asks for fewer copies, fewer copies ask
// for less of every resource. So bisection finds the least II.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Replication.h"
#include "cm/Support/Error.h"
#include "cm/Support/Limits.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>

using namespace cm;
using llvm::divideCeil;
using llvm::Error;
using llvm::Expected;

Domain cm::domainOfCopy(const Domain &domain, SplitAxis axis, uint64_t copies,
                        uint64_t copy) {
  int64_t extent = axis == SplitAxis::Rows ? domain.h : domain.w;
  int64_t share = divideCeil(extent - int64_t(copy), int64_t(copies));
  return axis == SplitAxis::Rows ? Domain{share, domain.w}
                                 : Domain{domain.h, share};
}

//===----------------------------------------------------------------------===//
// Model
//===----------------------------------------------------------------------===//

uint64_t ReplicationProblem::largestCopy(const ReplicationLayer &layer,
                                         uint64_t copies) const {
  return domainOfCopy(layer.domain, axis, copies, 0).size();
}

/// Cycles that a stage with `iterations` needs for an image when nothing else
/// is on its core.
static uint64_t alone(const ReplicationProblem &problem,
                      const ReplicationStage &stage, uint64_t iterations) {
  uint64_t port =
      divideCeil(iterations * stage.port + stage.arrivals, problem.ports);
  return std::max({iterations * stage.service, iterations * stage.mvm,
                   iterations * stage.dpu, port});
}

static bool keepsTo(const ReplicationProblem &problem,
                    const ReplicationLayer &layer, uint64_t copies,
                    uint64_t ii) {
  uint64_t iterations = problem.largestCopy(layer, copies);
  return llvm::all_of(layer.stages, [&](const ReplicationStage &stage) {
    return alone(problem, stage, iterations) <= ii;
  });
}

std::optional<uint64_t>
ReplicationProblem::fewestCopies(const ReplicationLayer &layer,
                                 uint64_t ii) const {
  if (!keepsTo(*this, layer, layer.maxCopies, ii))
    return std::nullopt;
  uint64_t least = 1, enough = layer.maxCopies;
  while (least < enough) {
    uint64_t middle = least + (enough - least) / 2;
    if (keepsTo(*this, layer, middle, ii))
      enough = middle;
    else
      least = middle + 1;
  }
  return enough;
}

uint64_t ReplicationProblem::coresFor(const std::vector<uint64_t> &copies,
                                      uint64_t ii, std::string *limit) const {
  uint64_t used = 0, hosted = 0, mvm = 0, dpu = 0, port = 0;
  for (auto [layer, count] : llvm::zip(layers, copies)) {
    if (!keepsTo(*this, layer, count, ii)) {
      if (limit)
        *limit = "layer '" + layer.name + "'";
      return ~uint64_t(0);
    }
    uint64_t iterations = layer.domain.size();
    for (const ReplicationStage &stage : layer.stages) {
      used += count * stage.crossbars;
      hosted += count;
      mvm += mvmsTakeTurns ? iterations * stage.mvm : 0;
      dpu += iterations * stage.dpu;
      port += iterations * stage.port + count * stage.arrivals;
    }
  }
  const std::pair<const char *, uint64_t> needs[] = {
      {"crossbars", used ? divideCeil(used, crossbars) : 0},
      {"the time of crossbars", divideCeil(mvm, ii)},
      {"LCU contexts", divideCeil(hosted, contexts)},
      {"the time of DPUs", divideCeil(dpu, ii)},
      {"the time of SRAM ports", divideCeil(port, ii * ports)}};
  auto most = std::max_element(
      std::begin(needs), std::end(needs),
      [](const auto &a, const auto &b) { return a.second < b.second; });
  if (limit)
    *limit = most->first;
  if (std::max(needs[0].second, needs[1].second) > crossbarCores)
    return ~uint64_t(0);
  return std::max<uint64_t>(most->second, 1);
}

Error ReplicationProblem::check() const {
  if (cores == 0 || contexts == 0 || ports == 0)
    return makeError("replication: expected at least one core, context and "
                     "port, found {0}, {1} and {2}",
                     cores, contexts, ports);
  for (const ReplicationLayer &layer : layers) {
    int64_t extent = axis == SplitAxis::Rows ? layer.domain.h : layer.domain.w;
    if (layer.stages.empty() || layer.domain.h < 1 || layer.domain.w < 1 ||
        layer.maxCopies < 1 || layer.maxCopies > uint64_t(extent))
      return makeError("replication: layer '{0}' has {1} stages over {2}x{3} "
                       "iterations and {4} copies at most",
                       layer.name, layer.stages.size(), layer.domain.h,
                       layer.domain.w, layer.maxCopies);
    for (const ReplicationStage &stage : layer.stages)
      if (stage.crossbars > crossbars)
        return makeError("replication: stage '{0}' takes {1} crossbars, a core "
                         "has {2}",
                         stage.name, stage.crossbars, crossbars);
  }
  return Error::success();
}

Error ReplicationProblem::verify(const ReplicationSolution &solution) const {
  if (solution.copies.size() != layers.size())
    return makeError("replication: copies of {0} layers, there are {1}",
                     solution.copies.size(), layers.size());
  if (solution.ii < floorII)
    return makeError("replication: the II of {0} is below {1}, which {2} needs",
                     solution.ii, floorII, floorName);
  for (auto [layer, copies] : llvm::zip(layers, solution.copies))
    if (copies < 1 || copies > layer.maxCopies)
      return makeError("replication: layer '{0}' has {1} copies, expected 1 to "
                       "{2}",
                       layer.name, copies, layer.maxCopies);
  std::string limit;
  uint64_t needed = coresFor(solution.copies, solution.ii, &limit);
  if (needed == ~uint64_t(0) || needed > cores)
    return makeError("replication: {0} does not allow an II of {1} on {2} "
                     "cores",
                     limit, solution.ii, cores);
  if (solution.cores != needed)
    return makeError("replication: {0} cores are said to be used, expected {1}",
                     solution.cores, needed);
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Algorithm
//===----------------------------------------------------------------------===//

/// The fewest copies with which every layer keeps to the II.
static ReplicationSolution solutionAt(const ReplicationProblem &problem,
                                      uint64_t ii) {
  ReplicationSolution solution;
  solution.ii = ii;
  for (const ReplicationLayer &layer : problem.layers)
    solution.copies.push_back(
        problem.fewestCopies(layer, ii).value_or(layer.maxCopies));
  solution.cores = problem.coresFor(solution.copies, ii, &solution.limit);
  return solution;
}

/// What forbids an II.
static std::string limitAt(const ReplicationProblem &problem, uint64_t ii) {
  return ii < problem.floorII ? problem.floorName
                              : solutionAt(problem, ii).limit;
}

Expected<ReplicationSolution>
cm::solveReplication(const ReplicationProblem &problem) {
  if (Error error = problem.check())
    return std::move(error);
  uint64_t enough = maxReleaseInterval;
  ReplicationSolution solution = solutionAt(problem, enough);
  if (solution.cores > problem.cores)
    return makeError("replication: {0} do not suffice for one copy of each "
                     "layer on {1} cores",
                     solution.limit, problem.cores);
  uint64_t least = std::max<uint64_t>(1, problem.floorII);
  while (least < enough) {
    uint64_t middle = least + (enough - least) / 2;
    if (solutionAt(problem, middle).cores <= problem.cores)
      enough = middle;
    else
      least = middle + 1;
  }
  solution = solutionAt(problem, enough);
  solution.limit = limitAt(problem, enough - 1);
  return solution;
}

Expected<ReplicationSolution>
cm::solveReplicationFor(const ReplicationProblem &problem, uint64_t ii) {
  if (Error error = problem.check())
    return std::move(error);
  if (ii < problem.floorII)
    return makeError("replication: an II of {0} cycles is below {1}, which {2} "
                     "needs",
                     ii, problem.floorII, problem.floorName);
  ReplicationSolution solution = solutionAt(problem, ii);
  if (solution.cores > problem.cores)
    return makeError("replication: {0} does not allow an II of {1} cycles on "
                     "{2} cores",
                     solution.limit, ii, problem.cores);
  return solution;
}
