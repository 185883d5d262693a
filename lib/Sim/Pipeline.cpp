//===- Pipeline.cpp - contexts: LCU code and data path --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine.h"
#include "cm/Support/Error.h"

using namespace cm;
using namespace cm::sim;
using llvm::formatv;

/// LCU code that does so much without a fire runs away.
static constexpr uint64_t maxStepsWithoutFire = uint64_t(1) << 22;

//===--- Control
//------------------------------------------------------------===//

/// Whether anything happened.
bool Engine::advance(uint32_t index) {
  ContextState &state = contexts[index];
  bool any = false;
  do {
    state.instant = false;
    any |= advancePath(index);
    any |= advanceLcu(index);
  } while (state.instant && !state.failed);
  return any;
}

/// Requests whatever the registers allow.
bool Engine::advancePath(uint32_t index) {
  ContextState &state = contexts[index];
  bool changed = false;
  if (model.contexts[index].hasMvm) {
    changed |= startMvm(index);
    if (state.loadRequested < state.gathered &&
        state.loaded == state.loadRequested &&
        state.dpuDone + 1 >= state.loadRequested)
      changed |= startLoad(index);
  }
  return changed | startDpu(index);
}

void Engine::setStall(uint32_t index, StallCause cause) {
  ContextState &state = contexts[index];
  if (state.stall == cause)
    return;
  uint64_t cycles = now - state.stalledSince;
  if (state.stall == StallCause::Data)
    state.stalls.data += cycles;
  else if (state.stall == StallCause::Credit)
    state.stalls.credit += cycles;
  else if (state.stall == StallCause::Resource)
    state.stalls.resource += cycles;
  state.stall = cause;
  state.stalledSince = now;
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
}

/// Steps through the LCU code until it blocks. Returns whether it has done
/// anything.
bool Engine::advanceLcu(uint32_t index) {
  ContextState &state = contexts[index];
  const ContextModel &context = model.contexts[index];
  bool any = false;
  while (!state.finished && !state.failed) {
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
      setStall(index, StallCause::None);
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

/// Whether a wait is over. If not, the context is woken when it is.
bool Engine::waitFor(uint32_t index, const LcuOp &op) {
  ContextState &state = contexts[index];
  int64_t need = state.need;
  if (!state.needKnown)
    need = op.threshold.evaluate(state.lcu.image, state.lcu.dims);
  if (need <= 0 || valueOf(op.counter) >= uint64_t(need)) {
    state.needKnown = false;
    if (state.isWaiter)
      endWait(index, op.counter);
    return true;
  }
  state.need = need;
  state.needKnown = true;
  bool isData = model.counters[op.counter].reader == none;
  setStall(index, isData ? StallCause::Data : StallCause::Credit);
  if (ticks || state.isWaiter)
    return false;
  CounterState &counter = counters[op.counter];
  state.isWaiter = true;
  uint64_t missing = need - counter.value;
  if (missing <= counter.pending.size())
    wakeContextAt(counter.pending[missing - 1], index);
  counter.waiters.push_back({index, uint64_t(need)});
  return false;
}

void Engine::endWait(uint32_t index, uint32_t counter) {
  contexts[index].isWaiter = false;
  llvm::erase_if(counters[counter].waiters,
                 [&](const CounterState::Waiter &waiter) {
                   return waiter.context == index;
                 });
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
  CounterState &counter = counters[index];
  counter.pending.push_back(time);
  for (CounterState::Waiter &waiter : counter.waiters)
    if (counter.value + counter.pending.size() == waiter.need) {
      if (time == now)
        wakeContext(waiter.context);
      else
        wakeContextAt(time, waiter.context);
    }
}

/// Whether the next image may enter.
bool Engine::isReleased(uint32_t index) {
  return model.contexts[index].binding == none || options.unpaced ||
         now >= contexts[index].lcu.image * model.program->release_interval();
}

/// Whether the registers that the next iteration needs are free.
bool Engine::canFire(uint32_t index) {
  ContextState &state = contexts[index];
  if (!isReleased(index)) {
    setStall(index, StallCause::None);
    wakeContextAt(state.lcu.image * model.program->release_interval(), index);
    return false;
  }
  bool free =
      model.contexts[index].hasMvm
          ? state.gathered == state.fired && state.mvmDone + 1 >= state.fired
          : state.loaded == state.fired && state.dpuDone + 1 >= state.fired;
  setStall(index, free ? StallCause::None : StallCause::Resource);
  return free;
}

void Engine::fire(uint32_t index) {
  ContextState &state = contexts[index];
  const ContextModel &context = model.contexts[index];
  Flight &flight = state.flight(state.fired);
  flight.image = state.lcu.image;
  flight.at = state.lcu.dims;
  uint64_t rank = state.fired - flight.image * context.iterations();
  Dims due = context.dimsOf(std::min(rank, context.iterations()));
  if (rank >= context.iterations() || flight.at != due) {
    state.failed = true;
    fail(index, formatv("{0} fires iteration ({1}, {2}) of image {3}, expected "
                        "({4}, {5})",
                        context.name, flight.at[0], flight.at[1], flight.image,
                        due[0], due[1]));
    return;
  }
  record(SimEvent::Fire, index, state.fired);
  ++state.fired;
  ++state.lcu.pc;
  state.stepsSinceFire = 0;
  if (context.hasMvm)
    startGather(index);
  else
    startLoad(index);
}

//===--- Reads
//--------------------------------------------------------------===//

bool Engine::startGather(uint32_t index) {
  ContextState &state = contexts[index];
  const ContextModel &context = model.contexts[index];
  Flight &flight = state.flight(state.fired - 1);
  scratch.isNarrow = true;
  std::string problem =
      memory.read(context.gather, flight.at, flight.image, scratch);
  scratch.isNarrow = false;
  if (!problem.empty()) {
    fail(index, flight, problem);
    return false;
  }
  if (!options.timingOnly)
    flight.input.swap(scratch.narrow);
  counts.sramReadBytes += scratch.bytes;
  if (scratch.bytes == 0) {
    state.instant = true;
    gatherDone(index);
  } else {
    request(portServer(context.node),
            {now, 2 * index, EventKind::GatherDone, index, 0, state.fired,
             scratch.portCycles});
  }
  return true;
}

void Engine::gatherDone(uint32_t index) {
  ContextState &state = contexts[index];
  ++state.gathered;
  retire(index, state.flight(state.gathered - 1), /*byLoad=*/false);
  wakeContext(index);
}

bool Engine::startLoad(uint32_t index) {
  ContextState &state = contexts[index];
  const ContextModel &context = model.contexts[index];
  Flight &flight = state.flight(state.loadRequested);
  ++state.loadRequested;
  uint64_t duration = 0;
  if (context.binding != none) {
    duration = model.times[context.node].ioCycles(context.write.bytes);
    counts.ioBytes += context.write.bytes;
  } else if (!readOperands(index, flight, duration)) {
    return false;
  }
  if (duration == 0) {
    state.instant = true;
    loadDone(index);
  } else {
    request(portServer(context.node),
            {now, 2 * index + 1, EventKind::LoadDone, index, 0,
             state.loadRequested, duration});
  }
  return true;
}

/// Reads all operands of the DPU program that lie in SRAM; pools take place on
/// the way.
bool Engine::readOperands(uint32_t index, Flight &flight, uint64_t &duration) {
  const ContextModel &context = model.contexts[index];
  if (context.loads.empty())
    return true;
  flight.registers.resize(context.dpu.size());
  for (size_t i = 0; i != context.dpu.size(); ++i) {
    const DpuModel &dpu = context.dpu[i];
    if (dpu.window == none)
      continue;
    std::string problem = memory.read(context.loads[dpu.window], flight.at,
                                      flight.image, scratch);
    if (!problem.empty()) {
      fail(index, flight, problem);
      return false;
    }
    duration += scratch.portCycles;
    counts.sramReadBytes += scratch.bytes;
    if (options.timingOnly)
      continue;
    if (dpu.instr->opcode() == program::DPU_LOAD)
      flight.registers[i] = scratch.values;
    else
      readPool(context, dpu, scratch, flight, flight.registers[i]);
  }
  return true;
}

void Engine::readPool(const ContextModel &context, const DpuModel &dpu,
                      const WindowData &data, Flight &flight, Values &result) {
  const WindowModel &window = context.loads[dpu.window];
  insideScratch.clear();
  forEachPixel(window, model.objects[model.buffers[window.buffer].object],
               flight.at, [&](Pixel, bool inside, int64_t, int64_t, int64_t) {
                 insideScratch.push_back(inside);
               });
  computePool(*dpu.instr,
              {data.values, insideScratch,
               flight.at[0] * window.strideY + window.offsetY,
               flight.at[1] * window.strideX + window.offsetX},
              result);
}

void Engine::loadDone(uint32_t index) {
  ContextState &state = contexts[index];
  ++state.loaded;
  retire(index, state.flight(state.loaded - 1), /*byLoad=*/true);
  wakeContext(index);
}

/// The last read of an iteration is done: its buffers are released, and a
/// credit goes to every writer.
void Engine::retire(uint32_t index, const Flight &flight, bool byLoad) {
  const ContextModel &context = model.contexts[index];
  for (size_t u = 0; u != context.uses.size(); ++u) {
    const BufferUse &use = context.uses[u];
    if (use.releasedByLoad != byLoad)
      continue;
    memory.retire(use.buffer, use.reader, flight.image,
                  flight.at[0] * context.width + flight.at[1]);
    for (const Credit &credit : creditsOf[index][u]) {
      addCredit(credit.counter, now + credit.latency);
      chargeCredit(credit.route);
    }
  }
}

//===--- Computation
//--------------------------------------------------------===//

bool Engine::startMvm(uint32_t index) {
  ContextState &state = contexts[index];
  const ContextModel &context = model.contexts[index];
  if (state.mvmRequested >= state.gathered ||
      state.mvmDone != state.mvmRequested ||
      state.dpuDone + 1 < state.mvmRequested)
    return false;
  ++state.mvmRequested;
  counts.mvms += model.units[context.unit].crossbars;
  if (context.mvmCycles == 0) {
    state.instant = true;
    ++state.mvmDone;
  } else {
    request(mvmServer(context.mvmServer),
            {now, index, EventKind::MvmDone, index, 0, state.mvmRequested,
             context.mvmCycles});
  }
  return true;
}

bool Engine::startDpu(uint32_t index) {
  ContextState &state = contexts[index];
  const ContextModel &context = model.contexts[index];
  if (state.dpuRequested >= state.loaded ||
      state.dpuDone != state.dpuRequested ||
      (context.hasMvm && state.mvmDone <= state.dpuRequested) ||
      state.injected + 1 < state.dpuRequested)
    return false;
  ++state.dpuRequested;
  counts.dpuElements += context.dpuElements;
  if (context.dpuCycles == 0) {
    state.instant = true;
    dpuDone(index);
  } else {
    request(dpuServer(context.node), {now, index, EventKind::DpuDone, index, 0,
                                      state.dpuRequested, context.dpuCycles});
  }
  return true;
}

void Engine::dpuDone(uint32_t index) {
  ContextState &state = contexts[index];
  Flight &flight = state.flight(state.dpuDone);
  if (!options.timingOnly && !compute(index, flight))
    return;
  ++state.dpuDone;
  send(index, flight);
  wakeContext(index);
}

bool Engine::compute(uint32_t index, Flight &flight) {
  const ContextModel &context = model.contexts[index];
  flight.registers.resize(context.dpu.size());
  for (size_t i = 0; i != context.dpu.size(); ++i) {
    const program::DpuInstr &instr = *context.dpu[i].instr;
    Values &values = flight.registers[i];
    auto operand = [&](int k) {
      return k < instr.operands_size() ? &flight.registers[instr.operands(k)]
                                       : nullptr;
    };
    if (instr.opcode() == program::DPU_MVM_RESULT) {
      multiply(index, flight, values);
    } else if (instr.opcode() == program::DPU_PIXEL_CONSTANT) {
      Pixel pixel = writtenPixel(context, flight);
      computeConstant(instr, pixel.y, pixel.x, values);
    } else if (context.dpu[i].window == none) {
      std::string problem = computeDpu(instr, operand(0), operand(1), values);
      if (!problem.empty()) {
        fail(index, flight, formatv("dpu[{0}]: {1}", i, problem));
        return false;
      }
    }
    if (instr.tensor() && options.captureTensors)
      capture(context, instr, flight, values);
  }
  return true;
}

void Engine::multiply(uint32_t index, const Flight &flight, Values &values) {
  const ContextModel &context = model.contexts[index];
  const UnitModel &unit = model.units[context.unit];
  int32_t zeroPoint = context.gather.fill;
  uint64_t iteration = uint64_t(flight.at[0]) * context.width + flight.at[1];
  if (options.onMvm)
    options.onMvm({options.epoch, context.unit, index, flight.image, iteration,
                   flight.input, zeroPoint});
  values.resize(unit.matrix.cols);
  if (!unit.analog)
    return multiplyCells(unit.matrix, flight.input.data(), unit.planeBits,
                         values.data());
  ReadNoise noise{keyOf(options.chip->seed, RandomUse::Read, options.epoch,
                        uint32_t(flight.image), context.node, index),
                  uint32_t(iteration)};
  unit.analog->multiply(flight.input.data(), zeroPoint, noise, values.data());
}

Pixel Engine::writtenPixel(const ContextModel &context, const Flight &flight) {
  const WriteModel &write = context.write;
  return {flight.at[0] * write.strideY + write.offsetY,
          flight.at[1] * write.strideX + write.offsetX};
}

void Engine::capture(const ContextModel &context,
                     const program::DpuInstr &instr, const Flight &flight,
                     const Values &values) {
  const program::Tensor &tensor = model.program->tensors(instr.tensor() - 1);
  Pixel pixel = writtenPixel(context, flight);
  int64_t pixels = context.write.pixels;
  if (pixel.y >= int64_t(tensor.height()) ||
      pixel.x + pixels > int64_t(tensor.width()))
    return;
  uint64_t at =
      ((flight.image * tensor.height() + pixel.y) * tensor.width() + pixel.x) *
          tensor.channels() +
      instr.tensor_channel_begin();
  std::vector<int8_t> &data = result.tensors[instr.tensor() - 1];
  int64_t length = values.size() / pixels;
  for (int64_t i = 0; i != pixels; ++i, at += tensor.channels())
    std::copy_n(values.begin() + i * length, length, data.begin() + at);
}
