//===- EventOrder.cpp - no stage waits for itself -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Proof/EventOrder.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include <utility>

using namespace cm;
using namespace cm::proof;

namespace {
/// Iteration `rank` of `stage`, `images` images later than who waits for it.
struct Event {
  uint32_t stage = 0;
  int64_t rank = 0, images = 0;
};
} // namespace

/// The event that lets a counter reach `value`.
static Event eventOf(const LiftedCounter &counter, int64_t value) {
  int64_t images = llvm::divideFloorSigned(value - 1, counter.perImage);
  return {counter.counted, value - 1 - images * counter.perImage, images};
}

/// A wait that is not in order with the schedule, or for an image to come.
static Counterexample badWait(const Contract &contract, uint32_t stage,
                              int64_t rank, const Event &event,
                              std::string reason) {
  const Stage &waiting = contract.stages[stage];
  auto [d0, d1] = contract.stages[event.stage].iteration(event.rank);
  Counterexample example;
  example.hazard = Hazard::Deadlock;
  example.stage = waiting.name;
  example.other = contract.stages[event.stage].name;
  example.image = std::max<int64_t>(0, -event.images);
  example.iteration =
      waiting.iteration(std::min(rank, waiting.domain.size() - 1));
  example.reason = llvm::formatv(
      "waits for iteration ({0}, {1}) of image {2} of '{3}'{4}", d0, d1,
      *example.image + event.images, contract.stages[event.stage].name, reason);
  return example;
}

//===----------------------------------------------------------------------===//
// The schedule as a certificate
//===----------------------------------------------------------------------===//

namespace {
/// What the schedule does not show to be in order.
struct Doubt {
  std::optional<Counterexample> impossible; // a wait for an image to come
  std::optional<Counterexample> first;      // an edge that does not increase it
};
} // namespace

/// Looks at each wait that a counter of `stage` adds to those before it.
static void checkCounter(const Contract &contract, uint32_t stage,
                         const LiftedCounter &counter, Doubt &doubt) {
  const Stage &waiting = contract.stages[stage];
  bool scheduled = contract.isScheduled();
  int64_t before = nothing, size = waiting.domain.size();
  for (int64_t rank = 0; rank <= size; ++rank) {
    if (counter.awaited[rank] <= before)
      continue;
    before = counter.awaited[rank];
    Event event = eventOf(counter, before);
    if (event.images > 0) {
      doubt.impossible =
          badWait(contract, stage, rank, event, ", which need not come");
      return;
    }
    if (doubt.first)
      continue;
    // What is awaited behind the last iteration is in time for the next image.
    int64_t time = !scheduled    ? 0
                   : rank < size ? contract.time(stage, rank)
                                 : *waiting.offset + contract.ii;
    if (!scheduled ||
        contract.time(event.stage, event.rank) + event.images * contract.ii >=
            time)
      doubt.first = badWait(contract, stage, rank, event, "");
  }
}

//===----------------------------------------------------------------------===//
// Sorting
//===----------------------------------------------------------------------===//

namespace {
/// Fires the iterations of one image in any order that their waits allow. All
/// earlier images are done.
class Sorter {
public:
  Sorter(const Contract &contract, const LiftedProgram &program)
      : contract(contract), program(program), fired(contract.stages.size(), 0),
        waiters(contract.stages.size()), awaited(contract.stages.size()) {}

  /// Returns whether all fire.
  bool run();
  /// Who waits for whom where they do not.
  std::string cycle() const;

private:
  void advance(uint32_t stage);
  /// The first event of this image that `stage` lacks to go on.
  std::optional<Event> lacking(uint32_t stage) const;

  const Contract &contract;
  const LiftedProgram &program;
  std::vector<int64_t> fired; // iterations of each stage; one more: the end
  std::vector<std::vector<uint32_t>> waiters; // stages that wait for each
  std::vector<std::optional<Event>> awaited;  // by each stage
  std::vector<uint32_t> ready;
};
} // namespace

std::optional<Event> Sorter::lacking(uint32_t stage) const {
  for (const LiftedCounter &counter : program[stage].counters) {
    int64_t value = counter.awaited[fired[stage]];
    if (value > 0 && fired[counter.counted] < value)
      return eventOf(counter, value);
  }
  return std::nullopt;
}

/// Fires what can fire, and wakes who may wait for it.
void Sorter::advance(uint32_t stage) {
  int64_t before = fired[stage], end = contract.stages[stage].domain.size() + 1;
  while (fired[stage] < end) {
    awaited[stage] = lacking(stage);
    if (awaited[stage])
      break;
    ++fired[stage];
  }
  if (awaited[stage])
    waiters[awaited[stage]->stage].push_back(stage);
  if (fired[stage] == before)
    return;
  for (uint32_t waiter : std::exchange(waiters[stage], {}))
    ready.push_back(waiter);
}

bool Sorter::run() {
  for (uint32_t stage = 0; stage < program.size(); ++stage)
    ready.push_back(stage);
  while (!ready.empty()) {
    uint32_t stage = ready.back();
    ready.pop_back();
    advance(stage);
  }
  return llvm::none_of(awaited, [](const std::optional<Event> &event) {
    return event.has_value();
  });
}

std::string Sorter::cycle() const {
  auto blocked = llvm::find_if(
      awaited, [](const std::optional<Event> &e) { return e.has_value(); });
  uint32_t stage = blocked - awaited.begin();
  std::vector<char> seen(awaited.size(), false);
  for (; !seen[stage]; stage = awaited[stage]->stage)
    seen[stage] = true;
  std::string text;
  uint32_t first = stage;
  do {
    auto [d0, d1] =
        contract.stages[awaited[stage]->stage].iteration(awaited[stage]->rank);
    text +=
        llvm::formatv("{0}'{1}' waits for ({2}, {3}) of '{4}'",
                      text.empty() ? "; " : ", ", contract.stages[stage].name,
                      d0, d1, contract.stages[awaited[stage]->stage].name);
    stage = awaited[stage]->stage;
  } while (stage != first);
  return text;
}

std::optional<Counterexample>
proof::findDeadlock(const Contract &contract, const LiftedProgram &program) {
  Doubt doubt;
  for (uint32_t stage = 0; stage < program.size(); ++stage)
    for (const LiftedCounter &counter : program[stage].counters) {
      checkCounter(contract, stage, counter, doubt);
      if (doubt.impossible)
        return doubt.impossible;
    }
  if (!doubt.first)
    return std::nullopt;
  Sorter sorter(contract, program);
  if (sorter.run())
    return std::nullopt; // late by the schedule, but in some order
  doubt.first->reason += sorter.cycle();
  return doubt.first;
}
