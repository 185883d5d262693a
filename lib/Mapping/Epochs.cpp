//===- Epochs.cpp - networks larger than their machine --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The cost of an epoch and the least sum of costs.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Epochs.h"
#include "cm/Support/Error.h"
#include "cm/Support/Limits.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>

using namespace cm;
using llvm::divideCeil;
using llvm::Error;
using llvm::Expected;
using llvm::SaturatingAdd;

static constexpr uint64_t million = 1'000'000;

uint64_t EpochCost::total(uint64_t images) const {
  return SaturatingAdd(SaturatingAdd(programming, latency),
                       llvm::SaturatingMultiply(images - 1, ii));
}

//===----------------------------------------------------------------------===//
// Input
//===----------------------------------------------------------------------===//

Error EpochProblem::check() const {
  if (units.empty())
    return makeError("epochs: expected at least one unit, found none");
  if (images == 0 || images > maxImages)
    return makeError("epochs: expected a batch of 1 to {0} images, found {1}",
                     maxImages, images);
  if (!cores || !mvmCores || !ports || !programCyclesPerRow ||
      !weightBytesPerCycle)
    return makeError("epochs: expected a machine with cores, crossbars, ports "
                     "and global memory");
  for (const EpochUnit &unit : units)
    if (unit.slowest > maxReleaseInterval)
      return makeError("epochs: unit '{0}' takes {1} cycles, expected at most "
                       "{2}",
                       unit.name, unit.slowest, maxReleaseInterval);
  for (const EpochValue &value : values)
    for (uint32_t consumer : value.consumers)
      if (consumer >= units.size() ||
          (value.producer && *value.producer >= consumer))
        return makeError("epochs: value '{0}' has the consumer {1}, expected a "
                         "unit behind its producer and below {2}",
                         value.name, consumer, units.size());
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Cost
//===----------------------------------------------------------------------===//

bool EpochProblem::fits(EpochRange range) const {
  if (llvm::any_of(refuted, [&](EpochRange other) {
        return range.begin <= other.begin && other.end <= range.end;
      }))
    return false;
  uint64_t usedCrossbars = 0, usedContexts = 0, usedBytes = 0;
  for (uint32_t i = range.begin; i != range.end; ++i) {
    usedCrossbars += units[i].crossbars;
    usedContexts += units[i].contexts;
    usedBytes += units[i].sramBytes;
  }
  return usedCrossbars <= crossbars && usedContexts <= contexts &&
         (sramBytes == 0 || usedBytes <= sramBytes);
}

namespace {
/// What units are together.
struct Sums {
  void add(const EpochUnit &unit) {
    slowest = std::max(slowest, unit.slowest);
    work += unit.crossbars * unit.slowest;
    tallest = std::max(tallest, unit.tallest);
    mvm += unit.mvmCycles, dpu += unit.dpuCycles, sram += unit.sramCycles;
    rows += unit.rows, weightBytes += unit.weightBytes;
  }

  /// No set of epochs that hold these units programs faster, nor has a smaller
  /// sum of IIs.
  uint64_t programming(const EpochProblem &problem) const {
    uint64_t longest =
        std::max<uint64_t>(tallest, divideCeil(rows, problem.mvmCores));
    return std::max<uint64_t>(
        llvm::SaturatingMultiply(longest, problem.programCyclesPerRow),
        divideCeil(weightBytes, problem.weightBytesPerCycle));
  }
  uint64_t ii(const EpochProblem &problem) const {
    // With copies, t >= sum of crossbars * slowest / all crossbars.
    uint64_t least = slowest;
    if (problem.copies)
      least = divideCeil(work, std::max<uint64_t>(problem.crossbars, 1));
    return std::max<uint64_t>({least, divideCeil(mvm, problem.mvmCores),
                               divideCeil(dpu, problem.cores),
                               divideCeil(sram, problem.ports), 1});
  }

  uint64_t slowest = 0, work = 0, tallest = 0, mvm = 0, dpu = 0, sram = 0;
  uint64_t rows = 0, weightBytes = 0;
};
} // namespace

/// The least II that copies of the units reach: what does not hold for t does
/// not hold for less.
static uint64_t iiWithCopies(const EpochProblem &problem, EpochRange range) {
  uint64_t least = 1, most = 1;
  for (uint32_t i = range.begin; i != range.end; ++i)
    most = std::max(most, problem.units[i].slowest);
  while (least != most) {
    uint64_t middle = least + (most - least) / 2, used = 0;
    for (uint32_t i = range.begin; i != range.end; ++i)
      used += problem.units[i].crossbars *
              divideCeil(problem.units[i].slowest, middle);
    if (used <= problem.crossbars)
      most = middle;
    else
      least = middle + 1;
  }
  return least;
}

static bool contains(EpochRange range, uint32_t unit) {
  return range.begin <= unit && unit < range.end;
}

/// Whether the epoch takes the value from global memory.
static bool isRead(const EpochValue &value, EpochRange range) {
  return !(value.producer && contains(range, *value.producer)) &&
         llvm::any_of(value.consumers, [&](uint32_t consumer) {
           return contains(range, consumer);
         });
}

/// Whether it puts the value there.
static bool isWritten(const EpochValue &value, EpochRange range) {
  return value.producer && contains(range, *value.producer) &&
         (value.isOutput || llvm::any_of(value.consumers, [&](uint32_t unit) {
            return !contains(range, unit);
          }));
}

namespace {
/// The first image through an epoch, where each unit runs as soon as what it
/// reads is there.
class LatencyModel {
public:
  LatencyModel(const EpochProblem &problem, EpochRange range, uint64_t ii)
      : problem(problem), range(range), ii(ii), inputs(range.end - range.begin),
        results(inputs.size()) {}

  uint64_t latency() {
    for (const EpochValue &value : problem.values) {
      if (value.producer && contains(range, *value.producer))
        results[*value.producer - range.begin].push_back(&value);
      else
        give(value, {0, value.ioCycles});
    }
    uint64_t last = ii;
    for (uint32_t i = range.begin; i != range.end; ++i)
      last = std::max(last, run(i));
    return last;
  }

private:
  /// When the first and the last pixel of a value are there; of what a unit
  /// reads: when it may begin, and when the last of all is there.
  struct Span {
    uint64_t begin = 0, end = 0;
  };

  void give(const EpochValue &value, Span span) {
    uint64_t length = span.end - span.begin;
    for (uint32_t consumer : value.consumers) {
      if (!contains(range, consumer))
        continue;
      Span &input = inputs[consumer - range.begin];
      uint64_t fill = std::min(problem.units[consumer].fill, million);
      uint64_t wait =
          length / million * fill + length % million * fill / million;
      input.begin = std::max(input.begin, span.begin + wait);
      input.end = std::max(input.end, span.end);
    }
  }

  /// When the unit ends: its own time after it begins, and not before an
  /// iteration after its last input.
  uint64_t run(uint32_t index) {
    const EpochUnit &unit = problem.units[index];
    const Span &input = inputs[index - range.begin];
    uint64_t cycles =
        problem.copies ? std::min(unit.slowest, ii) : unit.slowest;
    uint64_t end = std::max(input.begin + cycles, input.end) + unit.service;
    for (const EpochValue *value : results[index - range.begin])
      give(*value, {input.begin + unit.service, end});
    return end;
  }

  const EpochProblem &problem;
  EpochRange range;
  uint64_t ii;
  std::vector<Span> inputs;                             // of each unit
  std::vector<std::vector<const EpochValue *>> results; // of each unit
};
} // namespace

EpochCost EpochProblem::cost(EpochRange range) const {
  Sums sums;
  for (uint32_t i = range.begin; i != range.end; ++i)
    sums.add(units[i]);
  EpochCost result;
  uint64_t in = 0, out = 0;
  for (const EpochValue &value : values) {
    if (isRead(value, range))
      in += value.ioCycles, result.readBytes += value.bytes;
    if (isWritten(value, range))
      out += value.ioCycles, result.writeBytes += value.bytes;
  }
  result.programming = sums.programming(*this);
  result.ii = std::max({sums.ii(*this), in, out});
  if (copies)
    result.ii = std::max(result.ii, iiWithCopies(*this, range));
  result.latency = LatencyModel(*this, range, result.ii).latency();
  return result;
}

uint64_t EpochProblem::lowerBound() const {
  Sums sums;
  for (const EpochUnit &unit : units)
    sums.add(unit);
  // IIs of epochs add up to no less than the II of all units in one, and each
  // latency is at least an II.
  return SaturatingAdd(sums.programming(*this),
                       llvm::SaturatingMultiply(images, sums.ii(*this)));
}

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

static bool isSame(const EpochCost &a, const EpochCost &b) {
  return a.programming == b.programming && a.ii == b.ii &&
         a.latency == b.latency && a.readBytes == b.readBytes &&
         a.writeBytes == b.writeBytes;
}

Error EpochProblem::verify(const EpochSolution &solution) const {
  if (solution.costs.size() != solution.epochs.size())
    return makeError("epochs: {0} costs for {1} epochs", solution.costs.size(),
                     solution.epochs.size());
  uint32_t next = 0;
  uint64_t cycles = 0;
  for (size_t e = 0; e != solution.epochs.size(); ++e) {
    EpochRange range = solution.epochs[e];
    if (range.begin != next || range.end <= range.begin ||
        range.end > units.size())
      return makeError("epochs: epoch {0} holds units {1} to {2}, expected a "
                       "range from unit {3} on, below {4}",
                       e, range.begin, range.end, next, units.size());
    if (!fits(range))
      return makeError("epochs: epoch {0} from '{1}' to '{2}' does not fit the "
                       "machine",
                       e, units[range.begin].name, units[range.end - 1].name);
    if (!isSame(solution.costs[e], cost(range)))
      return makeError("epochs: the cost of epoch {0} is not that of its units",
                       e);
    cycles = SaturatingAdd(cycles, solution.costs[e].total(images));
    next = range.end;
  }
  if (next != units.size())
    return makeError("epochs: the last epoch ends at unit {0}, expected {1}",
                     next, units.size());
  if (cycles != solution.cycles)
    return makeError("epochs: {0} cycles, the epochs take {1}", solution.cycles,
                     cycles);
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Algorithm
//===----------------------------------------------------------------------===//

static Error unitTooLarge(const EpochProblem &problem, uint32_t index) {
  const EpochUnit &unit = problem.units[index];
  std::string sram = problem.sramBytes ? std::to_string(problem.sramBytes)
                                       : std::string("unlimited");
  return makeError("layer '{0}' does not fit the machine alone, so no epochs "
                   "help: it needs {1} crossbars, {2} LCU contexts and {3} "
                   "bytes of SRAM, the machine has {4}, {5} and {6}",
                   unit.name, unit.crossbars, unit.contexts, unit.sramBytes,
                   problem.crossbars, problem.contexts, sram);
}

Expected<EpochSolution> cm::solveEpochs(const EpochProblem &problem) {
  if (Error error = problem.check())
    return std::move(error);
  uint32_t count = problem.units.size();
  // least[n]: of the first n units; from[n]: where their last epoch begins.
  std::vector<uint64_t> least(count + 1, 0);
  std::vector<uint32_t> from(count + 1, 0);
  for (uint32_t end = 1; end <= count; ++end) {
    if (!problem.fits({end - 1, end}))
      return unitTooLarge(problem, end - 1);
    least[end] = UINT64_MAX;
    for (uint32_t begin = end; begin-- > 0 && problem.fits({begin, end});) {
      uint64_t cycles = SaturatingAdd(
          least[begin], problem.cost({begin, end}).total(problem.images));
      if (cycles <= least[end])
        least[end] = cycles, from[end] = begin;
    }
  }
  EpochSolution solution;
  for (uint32_t end = count; end != 0; end = from[end])
    solution.epochs.push_back({from[end], end});
  std::reverse(solution.epochs.begin(), solution.epochs.end());
  for (EpochRange range : solution.epochs)
    solution.costs.push_back(problem.cost(range));
  solution.cycles = least[count];
  return solution;
}
