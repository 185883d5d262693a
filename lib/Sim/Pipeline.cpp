//===- Pipeline.cpp - contexts: their data path ---------------------------===//
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

/// As far as it can: its data path, then its LCU, until nothing is instant. A
/// failure stops its LCU only, so that all that may fail in the cycle does, in
/// each order of contexts. Returns whether anything happened.
bool Engine::advance(uint32_t index) {
  ContextState &state = contexts[index];
  bool any = false;
  do {
    do {
      state.instant = false;
      any |= advancePath(index);
    } while (state.instant);
    if (state.runsLcu())
      any |= advanceLcu(index);
  } while (state.instant);
  return any;
}

/// Requests whatever the registers allow.
bool Engine::advancePath(uint32_t index) {
  ContextState &state = contexts[index];
  bool changed = false;
  if (state.canStartMvm())
    startMvm(index), changed = true;
  if (state.canStartLoad())
    startLoad(index), changed = true;
  if (state.canStartDpu())
    startDpu(index), changed = true;
  return changed;
}

//===--- Reads
//--------------------------------------------------------------===//

void Engine::startGather(uint32_t index) {
  ContextState &state = contexts[index];
  Flight &flight = state.flight(state.fired - 1);
  scratch.isNarrow = true;
  bool isRead =
      memory.read(state.firstWindow, flight.at(), flight.image, scratch);
  scratch.isNarrow = false;
  if (!isRead)
    return fail(index, flight, memory.problem());
  if (!options.timingOnly)
    dataOf(index, flight).input.swap(scratch.narrow);
  counts.sramReadBytes += scratch.bytes;
  if (scratch.bytes == 0) {
    state.instant = true;
    gatherDone(index);
  } else {
    request(state.portServer, 2 * index, {EventKind::GatherDone, index},
            state.fired, scratch.portCycles);
  }
}

void Engine::gatherDone(uint32_t index) {
  ContextState &state = contexts[index];
  ++state.gathered;
  retire(state.flight(state.gathered - 1), state.firstRetirement,
         state.firstOfLoads);
}

void Engine::startLoad(uint32_t index) {
  ContextState &state = contexts[index];
  Flight &flight = state.flight(state.loadRequested);
  ++state.loadRequested;
  uint64_t duration = state.inputCycles;
  counts.ioBytes += state.inputBytes;
  if (!readOperands(index, flight, duration))
    return;
  if (duration == 0) {
    state.instant = true;
    loadDone(index);
  } else {
    request(state.portServer, 2 * index + 1, {EventKind::LoadDone, index},
            state.loadRequested, duration);
  }
}

/// Reads all operands of the DPU program that lie in SRAM; pools take place on
/// the way.
bool Engine::readOperands(uint32_t index, Flight &flight, uint64_t &duration) {
  const ContextState &state = contexts[index];
  for (uint32_t load = 0; load != state.numLoads; ++load) {
    if (!memory.read(state.firstWindow + state.hasMvm + load, flight.at(),
                     flight.image, scratch)) {
      fail(index, flight, memory.problem());
      return false;
    }
    duration += scratch.portCycles;
    counts.sramReadBytes += scratch.bytes;
    if (!options.timingOnly)
      readOperand(index, flight, load);
  }
  return true;
}

/// What its instruction makes of the window that has just been read.
void Engine::readOperand(uint32_t index, const Flight &flight, uint32_t load) {
  const ContextModel &context = model.contexts[index];
  uint32_t instruction = context.loadedBy[load];
  const DpuModel &dpu = context.dpu[instruction];
  std::vector<Values> &registers = dataOf(index, flight).registers;
  registers.resize(context.dpu.size());
  if (dpu.instr->opcode() == program::DPU_LOAD)
    registers[instruction] = scratch.values;
  else
    readPool(context, dpu, scratch, flight, registers[instruction]);
}

void Engine::readPool(const ContextModel &context, const DpuModel &dpu,
                      const WindowData &data, const Flight &flight,
                      Values &result) {
  const WindowModel &window = context.loads[dpu.window];
  insideScratch.clear();
  forEachPixel(window, model.objects[model.buffers[window.buffer].object],
               flight.at(), [&](Pixel, bool inside, int64_t, int64_t) {
                 insideScratch.push_back(inside);
               });
  Pixel corner = window.corner(flight.at());
  computePool(*dpu.instr, {data.values, insideScratch, corner.y, corner.x},
              result);
}

void Engine::loadDone(uint32_t index) {
  ContextState &state = contexts[index];
  ++state.loaded;
  retire(state.flight(state.loaded - 1), state.firstOfLoads,
         state.endRetirement);
}

/// The last read of an iteration is done: its buffers are released, and a
/// credit goes to every writer.
void Engine::retire(const Flight &flight, uint32_t begin, uint32_t end) {
  for (uint32_t r = begin; r != end; ++r) {
    const Retirement &retirement = retirements[r];
    memory.retire(retirement.reader, flight.image, flight.isFirst());
    for (uint32_t c = retirement.firstCredit; c != retirement.endCredit; ++c) {
      addCredit(credits[c].counter, now + credits[c].latency);
      chargeCredit(credits[c].route);
    }
  }
}

//===--- Computation
//--------------------------------------------------------===//

void Engine::startMvm(uint32_t index) {
  ContextState &state = contexts[index];
  ++state.mvmRequested;
  if (state.mvmCycles == 0) {
    state.instant = true;
    ++state.mvmDone;
  } else {
    request(state.mvmServer, index, {EventKind::MvmDone, index},
            state.mvmRequested, state.mvmCycles);
  }
}

void Engine::startDpu(uint32_t index) {
  ContextState &state = contexts[index];
  ++state.dpuRequested;
  if (state.dpuCycles == 0) {
    state.instant = true;
    dpuDone(index);
  } else {
    request(state.dpuServer, index, {EventKind::DpuDone, index},
            state.dpuRequested, state.dpuCycles);
  }
}

void Engine::dpuDone(uint32_t index) {
  ContextState &state = contexts[index];
  Flight &flight = state.flight(state.dpuDone);
  if (!options.timingOnly && !compute(index, flight))
    return;
  ++state.dpuDone;
  send(index, flight);
}

bool Engine::compute(uint32_t index, Flight &flight) {
  const ContextModel &context = model.contexts[index];
  std::vector<Values> &registers = dataOf(index, flight).registers;
  registers.resize(context.dpu.size());
  for (size_t i = 0; i != context.dpu.size(); ++i) {
    const program::DpuInstr &instr = *context.dpu[i].instr;
    Values &values = registers[i];
    auto operand = [&](int k) {
      return k < instr.operands_size() ? &registers[instr.operands(k)]
                                       : nullptr;
    };
    if (instr.opcode() == program::DPU_MVM_RESULT) {
      multiply(index, flight, values);
    } else if (instr.opcode() == program::DPU_PIXEL_CONSTANT) {
      Pixel pixel = senders[index].writtenPixel(flight.dims);
      computeConstant(instr, pixel.y, pixel.x, values);
    } else if (context.dpu[i].window == none) {
      std::string problem = computeDpu(instr, operand(0), operand(1), values);
      if (!problem.empty()) {
        fail(index, flight, formatv("dpu[{0}]: {1}", i, problem));
        return false;
      }
    }
    if (instr.tensor() && options.captureTensors)
      capture(index, instr, flight, values);
  }
  return true;
}

void Engine::multiply(uint32_t index, const Flight &flight, Values &values) {
  const ContextModel &context = model.contexts[index];
  const UnitModel &unit = model.units[context.unit];
  int32_t zeroPoint = context.gather.fill;
  uint64_t iteration =
      uint64_t(flight.dims[0]) * context.width + flight.dims[1];
  const std::vector<int8_t> &input = dataOf(index, flight).input;
  if (options.onMvm)
    options.onMvm({options.epoch, context.unit, index, flight.image, iteration,
                   input, zeroPoint});
  values.resize(unit.matrix.cols);
  if (!unit.analog)
    return multiplyCells(unit.matrix, input.data(), unit.planeBits,
                         values.data());
  ReadNoise noise{keyOf(options.chip->seed, RandomUse::Read, options.epoch,
                        uint32_t(flight.image), context.node, index),
                  uint32_t(iteration)};
  unit.analog->multiply(input.data(), zeroPoint, noise, values.data());
}

void Engine::capture(uint32_t index, const program::DpuInstr &instr,
                     const Flight &flight, const Values &values) {
  const program::Tensor &tensor = model.program->tensors(instr.tensor() - 1);
  Pixel pixel = senders[index].writtenPixel(flight.dims);
  int64_t pixels = senders[index].pixels, rows = senders[index].rows;
  if (pixel.y + rows > int64_t(tensor.height()) ||
      pixel.x + pixels > int64_t(tensor.width()))
    return;
  uint64_t first =
      ((flight.image * tensor.height() + pixel.y) * tensor.width() + pixel.x) *
          tensor.channels() +
      instr.tensor_channel_begin();
  std::vector<int8_t> &data = result.tensors[instr.tensor() - 1];
  int64_t length = values.size() / (rows * pixels);
  auto value = values.begin();
  for (int64_t row = 0; row != rows; ++row)
    for (int64_t i = 0; i != pixels; ++i, value += length)
      std::copy_n(value, length,
                  data.begin() + first +
                      (row * tensor.width() + i) * tensor.channels());
}
