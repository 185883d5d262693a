//===- Control.cpp - contexts: their LCU code -----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine.h"
#include "Prefetch.h"
#include "cm/Support/Error.h"

using namespace cm;
using namespace cm::sim;
using llvm::formatv;

/// LCU code that does so much without a fire runs away.
static constexpr uint64_t maxStepsWithoutFire = uint64_t(1) << 22;

void ContextState::changeStall(StallCause cause, uint64_t now) {
  uint64_t cycles = now - stalledSince;
  if (stall == StallCause::Data)
    stalls.data += cycles;
  else if (stall == StallCause::Credit)
    stalls.credit += cycles;
  else if (stall == StallCause::Resource)
    stalls.resource += cycles;
  stall = cause;
  stalledSince = now;
}

/// Whether the LCU is still at the instruction at hand, for what it costs.
bool Engine::isLcuBusy(uint32_t index) {
  ContextState &state = contexts[index];
  if (!state.lcuPaid) {
    state.lcuPaid = true;
    state.lcuBusyUntil = now + model.contexts[index].lcuCycles;
    wakeContextAt(state.lcuBusyUntil, index);
  }
  return now < state.lcuBusyUntil;
}

/// The code of an image has come to its end.
void Engine::endImage(uint32_t index) {
  ContextState &state = contexts[index];
  const ContextModel &context = model.contexts[index];
  uint64_t due = context.iterations() * (state.lcu.image + 1);
  if (state.fired != due) {
    state.failed = true;
    fail(index, formatv("{0} fired {1} iterations of image {2}, expected {3}",
                        context.name, state.fired - due + context.iterations(),
                        state.lcu.image, context.iterations()));
  }
  state.lcu.pc = 0;
  ++state.lcu.image;
  state.finished = state.lcu.image == options.images;
  if (state.lcu.image == 1 && options.images > 2)
    tabulate(index);
  if (state.table)
    state.rewind();
}

/// Where the code allows it, the other images are looked up. The tick engine
/// runs the code for each.
void Engine::tabulate(uint32_t index) {
  const ContextModel &context = model.contexts[index];
  if (ticks || context.lcuCycles != 0)
    return;
  // Half of what is allowed, since instructions go on into the next image.
  std::optional<LcuTable> table =
      tabulateLcu(context.code, context.height, context.width,
                  maxStepsWithoutFire / 2, stepsLeft);
  if (!table)
    return;
  stepsLeft -= table->steps.size();
  contexts[index].table = std::make_unique<LcuTable>(std::move(*table));
}

/// Steps through the LCU code until it blocks. Returns whether it has done
/// anything.
bool Engine::advanceLcu(uint32_t index) {
  ContextState &state = contexts[index];
  const ContextModel &context = model.contexts[index];
  bool any = false;
  while (state.runsLcu()) {
    if (state.nextStep)
      return any | advanceTable(index);
    if (context.lcuCycles == 0)
      if (uint64_t steps = state.lcu.run(
              context.code, maxStepsWithoutFire + 1 - state.stepsSinceFire)) {
        any = true;
        if ((state.stepsSinceFire += steps) > maxStepsWithoutFire)
          return failRunaway(index);
      }
    const LcuOp &op = context.code[state.lcu.pc];
    if (context.lcuCycles && op.kind != LcuOp::End && isLcuBusy(index))
      return any;
    if (op.kind == LcuOp::Wait) {
      if (!waitFor(index, op))
        return any;
      contexts[index].setStall(StallCause::None, now);
      ++state.lcu.pc;
    } else if (op.kind == LcuOp::Fire) {
      if (!canFire(index))
        return any;
      fire(index);
    } else if (op.kind == LcuOp::End) {
      endImage(index);
    } else {
      state.lcu.step(context.code);
    }
    any = true;
    state.lcuPaid = false;
    if (++state.stepsSinceFire > maxStepsWithoutFire)
      return failRunaway(index);
  }
  return any;
}

bool Engine::failRunaway(uint32_t index) {
  contexts[index].failed = true;
  fail(index, formatv("{0}: LCU code runs {1} instructions without a fire",
                      model.contexts[index].name, maxStepsWithoutFire));
  return true;
}

/// The same by the table, step by step.
bool Engine::advanceTable(uint32_t index) {
  ContextState &state = contexts[index];
  bool any = false;
  while (state.runsLcu()) {
    const LcuTable::Step &step = *state.nextStep;
    if (step.fires ? !canFire(index) : !isReached(index, step)) {
      state.lcu.pc = state.tableOps[step.op].pc;
      fetchNextLine(&step);
      return any;
    }
    any = true;
    state.setStall(StallCause::None, now);
    if (step.fires)
      fireInOrder(index);
    if (++state.nextStep != state.endStep)
      continue;
    state.lcu.dims = {0, 0};
    endImage(index);
  }
  return any;
}

bool Engine::isReached(uint32_t index, const LcuTable::Step &step) {
  const ContextState &state = contexts[index];
  const LcuTable::Op &op = state.tableOps[step.op];
  return waitFor(
      index, op.counter,
      int64_t(step.threshold + uint64_t(op.image) * state.lcu.image));
}

/// Whether a wait is over. If not, the context is woken when it is.
bool Engine::waitFor(uint32_t index, const LcuOp &op) {
  const ContextState &state = contexts[index];
  return waitFor(index, op.counter,
                 state.needKnown
                     ? state.need
                     : op.threshold.evaluate(state.lcu.image, state.lcu.dims));
}

bool Engine::waitFor(uint32_t index, uint32_t counter, int64_t need) {
  if (need > 0 && counters[counter].value < uint64_t(need) &&
      valueOf(counter) < uint64_t(need))
    return block(index, counter, need);
  contexts[index].needKnown = false;
  return true;
}

/// Returns false.
bool Engine::block(uint32_t index, uint32_t counterIndex, int64_t need) {
  ContextState &state = contexts[index];
  CounterState &counter = counters[counterIndex];
  state.need = need;
  state.needKnown = true;
  bool isData = model.counters[counterIndex].reader == none;
  state.setStall(isData ? StallCause::Data : StallCause::Credit, now);
  if (ticks)
    return false;
  state.asleep = true;
  uint64_t missing = need - counter.value;
  if (missing <= counter.pending.size())
    wakeContextAt(counter.pending[missing - 1], index);
  else
    counter.waiters.push_back({index, uint64_t(need)});
  return false;
}

/// The counter's value in this cycle, credits on their way left out.
uint64_t Engine::valueOf(uint32_t index) {
  CounterState &counter = counters[index];
  while (!counter.pending.empty() && counter.pending.front() <= now) {
    counter.pending.pop_front();
    ++counter.value;
  }
  return counter.value;
}

void Engine::addCredit(uint32_t index, uint64_t time) {
  valueOf(index); // what has arrived waits no longer
  CounterState &counter = counters[index];
  counter.pending.push_back(time);
  counter.takeReached(counter.value + counter.pending.size(),
                      [&](uint32_t context) {
                        if (time == now)
                          wakeWaiter(context);
                        else
                          wakeContextAt(time, context);
                      });
}

/// Whether the next image may enter.
bool Engine::isReleased(uint32_t index) {
  const ContextState &state = contexts[index];
  return !state.isPaced ||
         now >= state.lcu.image * model.program->release_interval();
}

/// Whether the registers that the next iteration needs are free.
bool Engine::canFire(uint32_t index) {
  ContextState &state = contexts[index];
  if (!isReleased(index)) {
    state.setStall(StallCause::None, now);
    wakeContextAt(state.lcu.image * model.program->release_interval(), index);
    return false;
  }
  bool free = state.areRegistersFree();
  state.setStall(free ? StallCause::None : StallCause::Resource, now);
  return free;
}

/// Whether the next iteration in order fires; fails where it is another.
bool Engine::isDue(uint32_t index) {
  ContextState &state = contexts[index];
  const ContextModel &context = model.contexts[index];
  const Dims &at = state.lcu.dims;
  uint64_t rank = state.fired - state.lcu.image * context.iterations();
  Dims due = context.dimsOf(std::min(rank, context.iterations()));
  if (rank < context.iterations() && at == due)
    return true;
  state.failed = true;
  fail(index,
       formatv("{0} fires iteration ({1}, {2}) of image {3}, expected "
               "({4}, {5})",
               context.name, at[0], at[1], state.lcu.image, due[0], due[1]));
  return false;
}

void Engine::fire(uint32_t index) {
  ContextState &state = contexts[index];
  if (!isDue(index))
    return;
  start(index);
  ++state.lcu.pc;
  state.stepsSinceFire = 0;
}

/// As `fire`, where the table says which iteration is next.
void Engine::fireInOrder(uint32_t index) {
  LcuState &lcu = contexts[index].lcu;
  start(index);
  if (++lcu.dims[1] == contexts[index].width)
    lcu.dims = {lcu.dims[0] + 1, 0};
}

/// An iteration begins.
void Engine::start(uint32_t index) {
  ContextState &state = contexts[index];
  state.flight(state.fired) = {
      state.lcu.image,
      {uint32_t(state.lcu.dims[0]), uint32_t(state.lcu.dims[1])}};
  record(SimEvent::Fire, index, state.fired);
  ++state.fired;
  if (state.hasMvm)
    startGather(index);
  else
    startLoad(index);
}
