//===- Capacities.cpp - how large buffers are -----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Bisection for one buffer at a time, then best first over all of them.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Capacities.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <queue>
#include <set>

using namespace cm;

namespace {
class LeastSearch {
public:
  LeastSearch(const ScheduleProblem &problem, const Capacities &start,
              llvm::function_ref<bool(const Capacities &)> suffices,
              LeastTrials trials)
      : problem(problem), start(start), suffices(suffices), trials(trials),
        limit(trials.local), multiples(problem.slotMultiples()) {}
  LeastCapacities run();

private:
  bool isTried() const { return result.trials >= limit; }
  bool holds(const Capacities &capacity) {
    ++result.trials;
    return suffices(capacity);
  }
  uint64_t bytes(const Capacities &capacity) const {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < capacity.size(); ++i)
      sum += problem.bufferBytes(i, capacity[i]);
    return sum;
  }
  uint64_t leastSlots(Capacities capacity, uint32_t buffer, uint64_t low);
  uint64_t leastMultiple(Capacities capacity, uint32_t buffer, uint64_t low,
                         uint64_t unit);
  void shrink();
  bool isLeastInEach();
  bool searchBelow();
  void shrinkBelow();

  const ScheduleProblem &problem;
  const Capacities &start;
  llvm::function_ref<bool(const Capacities &)> suffices;
  LeastTrials trials;
  uint64_t limit; // of trials
  std::vector<uint64_t> multiples;
  Capacities lower;
  LeastCapacities result;
};
} // namespace

/// The least slots of one buffer, at least `low`, beside these others, with
/// which it holds; it does with the slots given. Other slots than multiples may
/// take more waits, so multiples come first.
uint64_t LeastSearch::leastSlots(Capacities capacity, uint32_t buffer,
                                 uint64_t low) {
  if (multiples[buffer] > 1)
    capacity[buffer].slots =
        leastMultiple(capacity, buffer, low, multiples[buffer]);
  return leastMultiple(capacity, buffer, low, 1);
}

/// The same of multiples of `unit`, and the slots given.
uint64_t LeastSearch::leastMultiple(Capacities capacity, uint32_t buffer,
                                    uint64_t low, uint64_t unit) {
  uint64_t best = capacity[buffer].slots;
  uint64_t high = llvm::divideCeil(best, unit);
  low = llvm::divideCeil(low, unit);
  auto holdsWith = [&](uint64_t units) {
    capacity[buffer].slots = units * unit;
    if (!holds(capacity))
      return false;
    high = units, best = units * unit;
    return true;
  };
  // Most buffers are near their least.
  for (uint64_t step = 1; low < high && !isTried(); step *= 2) {
    uint64_t next = high - std::min(step, high - low);
    if (!holdsWith(next)) {
      low = next + 1;
      break;
    }
  }
  while (low < high && !isTried()) {
    uint64_t middle = low + (high - low) / 2;
    if (!holdsWith(middle))
      low = middle + 1;
  }
  return best;
}

/// One buffer after the other, those first that may save most.
void LeastSearch::shrink() {
  std::vector<uint32_t> order;
  for (uint32_t i = 0; i < start.size(); ++i)
    order.push_back(i);
  auto saves = [&](uint32_t i) {
    return problem.bufferBytes(i, result.capacity[i]) -
           problem.bufferBytes(i, lower[i]);
  };
  llvm::stable_sort(
      order, [&](uint32_t a, uint32_t b) { return saves(a) > saves(b); });
  for (uint32_t i : order)
    if (result.capacity[i].slots > lower[i].slots)
      result.capacity[i].slots = leastSlots(result.capacity, i, lower[i].slots);
}

/// Whether no buffer can be smaller; it is made so where one can, which a
/// machine that serves in the order of requests does not rule out.
bool LeastSearch::isLeastInEach() {
  for (bool changed = true; changed;) {
    changed = false;
    for (uint32_t i = 0; i < start.size(); ++i) {
      Capacities less = result.capacity;
      uint64_t one = less[i].slots - 1;
      for (uint64_t slots : {one, llvm::alignDown(one, multiples[i])}) {
        if (slots == 0 || slots == less[i].slots)
          continue;
        if (isTried())
          return false;
        less[i].slots = slots;
        if (!holds(less))
          continue;
        result.capacity = std::move(less);
        changed = true;
        break;
      }
    }
  }
  return true;
}

/// All between `lower` and `start` with fewer bytes than the best, the fewest
/// first. Returns whether that was all.
bool LeastSearch::searchBelow() {
  using Entry = std::pair<uint64_t, std::vector<uint64_t>>; // bytes, slots
  std::priority_queue<Entry, std::vector<Entry>, std::greater<Entry>> open;
  std::set<std::vector<uint64_t>> seen;
  Capacities next = lower;
  auto slotsOf = [](const Capacities &capacity) {
    std::vector<uint64_t> slots;
    for (const BufferCapacity &buffer : capacity)
      slots.push_back(buffer.slots);
    return slots;
  };
  open.push({bytes(lower), slotsOf(lower)});
  uint64_t best = bytes(result.capacity);
  while (!open.empty() && open.top().first < best) {
    std::vector<uint64_t> slots = open.top().second;
    open.pop();
    if (isTried())
      return false;
    for (uint32_t i = 0; i < slots.size(); ++i)
      next[i].slots = slots[i];
    if (holds(next)) {
      result.capacity = next;
      return true; // the first is the least
    }
    for (uint32_t i = 0; i < slots.size(); ++i) {
      if (slots[i] == start[i].slots)
        continue;
      ++slots[i], ++next[i].slots;
      if (uint64_t size = bytes(next); size < best && seen.insert(slots).second)
        open.push({size, slots});
      --slots[i], --next[i].slots;
    }
  }
  return true;
}

/// Takes what has the fewest bytes of all, where that is known in time and no
/// buffer of it can be smaller.
void LeastSearch::shrinkBelow() {
  Capacities local = result.capacity;
  uint64_t used = result.trials;
  limit = used + trials.below;
  result.isGlobal = searchBelow();
  limit = trials.local + (result.trials - used);
  if (bytes(result.capacity) == bytes(local) || isLeastInEach())
    return;
  result.capacity = std::move(local);
  result.isGlobal = false;
}

LeastCapacities LeastSearch::run() {
  result.capacity = lower = start;
  for (uint32_t i = 0; i < start.size(); ++i)
    lower[i].slots = leastSlots(start, i, 1);
  if (isTried())
    return result;
  if (holds(lower)) {
    result.capacity = lower;
    result.isGlobal = true;
  } else {
    shrink();
  }
  // What may not end comes last.
  result.isLocal = isLeastInEach();
  if (result.isLocal && !result.isGlobal)
    shrinkBelow();
  return std::move(result);
}

LeastCapacities
cm::leastCapacities(const ScheduleProblem &problem, const Capacities &start,
                    llvm::function_ref<bool(const Capacities &)> suffices,
                    LeastTrials trials) {
  return LeastSearch(problem, start, suffices, trials).run();
}

/// Slots of two images.
static uint64_t mostSlots(const ScheduleBuffer &buffer, Fold fold) {
  return 2 * buffer.object.h * (fold == Fold::Row ? 1 : buffer.object.w);
}

Capacities cm::mostCapacities(const ScheduleProblem &problem,
                              const Capacities &start) {
  Capacities result = start;
  std::vector<uint64_t> rows = problem.slotMultiples();
  for (uint64_t changed = 1; changed;) {
    changed = 0;
    for (uint32_t i = 0; i < result.size(); ++i) {
      uint64_t most = mostSlots(problem.buffers[i], result[i].fold);
      uint64_t was = result[i].slots;
      if (was >= most)
        continue;
      // In proportion, so that none takes all before the others had a turn.
      uint64_t next = std::min(most, was + std::max(rows[i], was / 4));
      next = llvm::alignDown(next, rows[i]);
      for (; next > was && result[i].slots == was; next -= rows[i]) {
        result[i].slots = next;
        if (!problem.fits(result))
          result[i].slots = was;
      }
      changed += result[i].slots - was;
    }
  }
  return result;
}
