//===- Schedule.cpp - offsets and capacities ------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Longest paths and spans at a uniform pace.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Schedule.h"
#include "Dependence.h"
#include "cm/Support/Error.h"
#include "cm/Support/Limits.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>

using namespace cm;
using llvm::Error;
using llvm::Expected;

namespace {
class Solver {
public:
  explicit Solver(const ScheduleProblem &problem);

  /// Offsets, capacities and latency at this II.
  ScheduleSolution solveAt(uint64_t ii);
  bool fits(const ScheduleSolution &solution) const {
    return problem.fits(solution.capacity);
  }
  Error doesNotFit(const ScheduleSolution &solution) const;

private:
  void order();
  void setInterval(uint64_t ii);
  /// Fire times of the iterations of one image, from the first on.
  const std::vector<int64_t> &paceOf(uint32_t stage) {
    return paces.at(problem.stages[stage].domain.size());
  }
  /// How long after its writer a reader begins at least, transfer apart;
  /// nothing where it needs nothing.
  std::optional<int64_t> distance(uint32_t stream);
  void findOffsets(ScheduleSolution &solution);
  int64_t freeAfter(uint32_t stream, const ScheduleSolution &solution) const;
  uint64_t span(uint32_t stream, Fold fold, int64_t behind);
  void findCapacities(ScheduleSolution &solution);

  const ScheduleProblem &problem;
  DependenceCache cache;
  std::vector<uint32_t> byWriter; // streams in topological order of writers
  std::vector<const Dependence *> dependences; // of each stream
  std::vector<Fold> folds;                     // of each buffer
  std::vector<int32_t> writerOf, readerOf;     // of the stream at hand
  // Of one II: by number of iterations, and by dependence.
  int64_t interval = 0;
  std::map<uint64_t, std::vector<int64_t>> paces;
  std::unordered_map<const Dependence *, std::optional<int64_t>> distances;
};
} // namespace

Solver::Solver(const ScheduleProblem &problem)
    : problem(problem), folds(problem.folds()) {
  order();
  for (const ScheduleStream &stream : problem.streams)
    dependences.push_back(&cache.get(
        problem.stages[stream.writer].domain, stream.write, stream.object,
        problem.stages[stream.reader].domain, stream.windows));
}

void Solver::order() {
  std::vector<uint32_t> open(problem.stages.size(), 0), ready;
  std::vector<std::vector<uint32_t>> sends(problem.stages.size());
  for (uint32_t i = 0; i < problem.streams.size(); ++i) {
    ++open[problem.streams[i].reader];
    sends[problem.streams[i].writer].push_back(i);
  }
  for (uint32_t stage = 0; stage < open.size(); ++stage)
    if (open[stage] == 0)
      ready.push_back(stage);
  for (size_t done = 0; done < ready.size(); ++done)
    for (uint32_t stream : sends[ready[done]]) {
      byWriter.push_back(stream);
      if (--open[problem.streams[stream].reader] == 0)
        ready.push_back(problem.streams[stream].reader);
    }
}

void Solver::setInterval(uint64_t ii) {
  interval = ii;
  paces.clear();
  distances.clear();
  for (const ScheduleStage &stage : problem.stages) {
    uint64_t iterations = stage.domain.size();
    std::vector<int64_t> &times = paces[iterations];
    if (times.empty())
      for (uint64_t rank = 0; rank < iterations; ++rank)
        times.push_back(uniformPace(rank, ii, iterations));
  }
}

/// max over reader iterations k with a need D(k) of  pace_w(D(k)) - pace_r(k).
std::optional<int64_t> Solver::distance(uint32_t index) {
  auto [entry, isNew] = distances.try_emplace(dependences[index]);
  std::optional<int64_t> &result = entry->second;
  if (!isNew)
    return result;
  const std::vector<int64_t> &write = paceOf(problem.streams[index].writer);
  const std::vector<int64_t> &read = paceOf(problem.streams[index].reader);
  dependences[index]->lastWriters(writerOf);
  for (size_t k = 0; k < writerOf.size(); ++k)
    if (int32_t last = writerOf[k]; last >= 0)
      result = std::max(result, std::optional(write[last] - read[k]));
  return result;
}

/// o_r >= o_w + distance + transfer.
void Solver::findOffsets(ScheduleSolution &solution) {
  std::vector<int64_t> offset(problem.stages.size(), 0);
  for (uint32_t index : byWriter) {
    const ScheduleStream &stream = problem.streams[index];
    if (std::optional<int64_t> least = distance(index))
      offset[stream.reader] = std::max(
          offset[stream.reader],
          offset[stream.writer] + int64_t(stream.transferCycles) + *least);
  }
  solution.offset.assign(offset.begin(), offset.end());
}

/// The writer's fire at folded coordinate g' takes the slot of g where g' = g +
/// F. It must not be before the reader's credit for g is back:
///   F > g' - g  for all g, g' of a column with  fire(g') < free(g).
/// Fire times grow with g', so the last such g' of each g decides.
/// `behind` is how long after its writer's offset the reader's first slot would
/// be free, were it read at its offset.
uint64_t Solver::span(uint32_t index, Fold fold, int64_t behind) {
  const ScheduleStream &stream = problem.streams[index];
  const std::vector<int64_t> &write = paceOf(stream.writer);
  const std::vector<int64_t> &read = paceOf(stream.reader);
  int64_t columns = fold == Fold::Row ? stream.object.w : 1;
  int64_t steps = stream.object.h * stream.object.w / columns;
  dependences[index]->writers(writerOf);
  dependences[index]->lastReaders(readerOf);
  std::vector<int64_t> fire, written; // of a column: when, and which g
  int64_t result = 1;
  for (int64_t x = 0; x < columns; ++x) {
    fire.clear(), written.clear();
    for (int64_t g = 0; g < steps; ++g)
      if (int32_t rank = writerOf[g * columns + x]; rank >= 0)
        fire.push_back(write[rank]), written.push_back(g);
    for (int64_t g = 0; g < steps && !fire.empty(); ++g) {
      int32_t rank = readerOf[g * columns + x];
      if (rank < 0 || behind + read[rank] <= fire.front())
        continue; // not even the first of this image is in the way
      int64_t free = behind + read[rank];
      int64_t image = (free - 1 - fire.front()) / interval;
      auto after =
          std::lower_bound(fire.begin(), fire.end(), free - image * interval);
      int64_t blocked = image * steps + written[after - fire.begin() - 1];
      result = std::max(result, blocked - g + 1);
    }
  }
  return result;
}

int64_t Solver::freeAfter(uint32_t index,
                          const ScheduleSolution &solution) const {
  const ScheduleStream &stream = problem.streams[index];
  return int64_t(solution.offset[stream.reader] +
                 problem.stages[stream.reader].retireCycles +
                 stream.creditCycles) -
         int64_t(solution.offset[stream.writer]);
}

/// Of the streams of a buffer with one dependence, the one whose slots are free
/// last decides; spans that are known are not looked for again.
void Solver::findCapacities(ScheduleSolution &solution) {
  for (Fold fold : folds)
    solution.capacity.push_back({fold, 1});
  std::map<std::pair<uint32_t, const Dependence *>, uint32_t> last;
  for (uint32_t i = 0; i < problem.streams.size(); ++i) {
    uint32_t buffer = problem.streams[i].buffer;
    if (buffer == ScheduleStream::noBuffer)
      continue;
    uint32_t &stream =
        last.try_emplace({buffer, dependences[i]}, i).first->second;
    if (freeAfter(i, solution) > freeAfter(stream, solution))
      stream = i;
  }
  std::map<std::tuple<const Dependence *, Fold, int64_t>, uint64_t> spans;
  for (auto [key, stream] : last) {
    BufferCapacity &capacity = solution.capacity[key.first];
    int64_t behind = freeAfter(stream, solution);
    uint64_t &slots = spans[{key.second, capacity.fold, behind}];
    if (slots == 0)
      slots = span(stream, capacity.fold, behind);
    capacity.slots = std::max(capacity.slots, slots);
  }
}

ScheduleSolution Solver::solveAt(uint64_t ii) {
  ScheduleSolution solution;
  ResourceLoad bound = problem.lowerBound();
  solution.ii = ii;
  solution.iiBound = bound.cycles;
  solution.iiBoundBy = bound.name;
  setInterval(ii);
  findOffsets(solution);
  findCapacities(solution);
  solution.latency = problem.latencyOf(solution);
  return solution;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Error Solver::doesNotFit(const ScheduleSolution &solution) const {
  std::vector<uint64_t> needs = problem.memoryBytes(solution.capacity);
  uint32_t node = 0;
  while (!problem.memories[node].bytes ||
         needs[node] <= problem.memories[node].bytes)
    ++node;
  auto bytes = [&](uint32_t i) {
    return problem.bufferBytes(i, solution.capacity[i]);
  };
  std::vector<uint32_t> largest;
  for (uint32_t i = 0; i < problem.buffers.size(); ++i)
    if (problem.buffers[i].node == node)
      largest.push_back(i);
  std::stable_sort(largest.begin(), largest.end(),
                   [&](uint32_t a, uint32_t b) { return bytes(a) > bytes(b); });
  std::string text;
  for (size_t i = 0; i < std::min<size_t>(3, largest.size()); ++i)
    text += llvm::formatv("{0}'{1}' ({2})", i ? ", " : "",
                          problem.buffers[largest[i]].name, bytes(largest[i]));
  return makeError("{0}: buffers need at least {1} bytes of SRAM, there are {2}"
                   "; largest: {3}",
                   problem.memories[node].name, needs[node],
                   problem.memories[node].bytes, text);
}

/// Rounds capacities up, where the memory has room for it, so that rows which
/// are written at once begin at the same slots again: writers then wait once
/// for all of them.
static void keepRowsTogether(const ScheduleProblem &problem,
                             ScheduleSolution &solution) {
  for (auto [i, rows] : llvm::enumerate(problem.slotMultiples())) {
    uint64_t &slots = solution.capacity[i].slots, least = slots;
    slots = llvm::alignTo(least, rows);
    if (slots != least && !problem.fits(solution.capacity))
      slots = least;
  }
}

/// Multiplies the capacities of each memory that has room for it.
static void addSlack(const ScheduleProblem &problem,
                     ScheduleSolution &solution) {
  std::vector<BufferCapacity> larger = solution.capacity;
  for (BufferCapacity &capacity : larger)
    capacity.slots *= problem.slack;
  std::vector<uint64_t> bytes = problem.memoryBytes(larger);
  for (uint32_t i = 0; i < larger.size(); ++i) {
    uint32_t node = problem.buffers[i].node;
    if (!problem.memories[node].bytes ||
        bytes[node] <= problem.memories[node].bytes)
      solution.capacity[i] = larger[i];
  }
}

/// Raises the II by doubling until the capacities fit, then halves the gap.
static Expected<ScheduleSolution> raiseII(Solver &solver,
                                          ScheduleSolution solution) {
  uint64_t tooSmall = solution.ii;
  uint64_t limit = std::min(maxReleaseInterval, solution.ii << 16);
  // What no delay costs a slot any more decides first.
  ScheduleSolution slowest = solver.solveAt(limit);
  if (!solver.fits(slowest))
    return solver.doesNotFit(slowest);
  while (!solver.fits(solution)) {
    tooSmall = solution.ii;
    solution = solver.solveAt(std::min(limit, solution.ii * 2));
  }
  for (int round = 0; round < 6 && solution.ii - tooSmall > 1; ++round) {
    uint64_t middle = tooSmall + (solution.ii - tooSmall) / 2;
    ScheduleSolution next = solver.solveAt(middle);
    if (solver.fits(next))
      solution = std::move(next);
    else
      tooSmall = middle;
  }
  return solution;
}

Expected<ScheduleSolution> cm::solveSchedule(const ScheduleProblem &problem) {
  if (Error error = problem.check())
    return std::move(error);
  Solver solver(problem);
  ScheduleSolution solution =
      solver.solveAt(std::max(problem.lowerBound().cycles, problem.targetII));
  if (!solver.fits(solution)) {
    Expected<ScheduleSolution> raised = raiseII(solver, std::move(solution));
    if (!raised)
      return raised.takeError();
    solution = std::move(*raised);
  }
  keepRowsTogether(problem, solution);
  addSlack(problem, solution);
  return solution;
}
