//===- ScheduleProblem.cpp - what a right schedule is ---------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Figures of a schedule, and sanity of the input.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Schedule.h"
#include "cm/Poly/CreditRules.h"
#include "cm/Support/Error.h"
#include "cm/Support/Limits.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace cm;
using llvm::Error;

//===----------------------------------------------------------------------===//
// Figures
//===----------------------------------------------------------------------===//

uint64_t ScheduleProblem::fireTime(const ScheduleSolution &solution,
                                   uint32_t stage, uint64_t image,
                                   uint64_t rank) const {
  uint64_t begin =
      llvm::SaturatingMultiplyAdd(image, solution.ii, solution.offset[stage]);
  return llvm::SaturatingAdd(
      begin, uniformPace(rank, solution.ii, stages[stage].domain.size()));
}

ResourceLoad ScheduleProblem::lowerBound() const {
  ResourceLoad bound{"nothing", 1};
  for (const ResourceLoad &resource : resources)
    if (resource.cycles > bound.cycles)
      bound = resource;
  for (const ScheduleStage &stage : stages) {
    uint64_t cycles = llvm::SaturatingMultiply<uint64_t>(stage.domain.size(),
                                                         stage.serviceCycles);
    if (cycles > bound.cycles)
      bound = {"stage '" + stage.name + "'", cycles};
  }
  return bound;
}

uint64_t ScheduleProblem::latencyOf(const ScheduleSolution &solution) const {
  auto is = [](ScheduleStage::Role role) {
    return [role](const ScheduleStage &stage) { return stage.role == role; };
  };
  bool anyInput = llvm::any_of(stages, is(ScheduleStage::Input));
  bool anyOutput = llvm::any_of(stages, is(ScheduleStage::Output));
  uint64_t begin = stages.empty() ? 0 : ~uint64_t(0), end = 0;
  for (uint32_t i = 0; i < stages.size(); ++i) {
    const ScheduleStage &stage = stages[i];
    uint64_t last = fireTime(solution, i, 0, stage.domain.size() - 1);
    if (!anyInput || stage.role == ScheduleStage::Input)
      begin = std::min(begin, solution.offset[i]);
    if (!anyOutput || stage.role == ScheduleStage::Output)
      end = std::max(end, llvm::SaturatingAdd(last, stage.retireCycles));
  }
  return end < begin ? 0 : end - begin;
}

static bool isIdentity(const Window &window) {
  return window.kernelY == 1 && window.kernelX == 1 && window.strideY == 1 &&
         window.strideX == 1 && window.offsetY == 0 && window.offsetX == 0;
}

std::vector<Fold> ScheduleProblem::folds() const {
  std::vector<Fold> result(buffers.size(), Fold::Pixel);
  for (const ScheduleStream &stream : streams) {
    if (stream.buffer == ScheduleStream::noBuffer)
      continue;
    bool oneRow = buffers[stream.buffer].object.h == 1;
    if (stream.write.pixels * stream.write.rows > 1 ||
        !(oneRow || llvm::all_of(stream.windows, isIdentity)))
      result[stream.buffer] = Fold::Row;
  }
  return result;
}

std::vector<uint64_t> ScheduleProblem::slotMultiples() const {
  std::vector<uint64_t> result(buffers.size(), 1);
  for (const ScheduleStream &stream : streams)
    if (stream.buffer != ScheduleStream::noBuffer &&
        leastCreditRules(stream.write, stream.object) == 1)
      result[stream.buffer] =
          std::lcm(result[stream.buffer], uint64_t(stream.write.rows));
  return result;
}

uint64_t ScheduleProblem::bufferBytes(uint32_t buffer,
                                      const BufferCapacity &capacity) const {
  return foldedBytes(buffers[buffer].object, capacity.fold, capacity.slots,
                     buffers[buffer].elementBytes);
}

std::vector<uint64_t> ScheduleProblem::memoryBytes(
    const std::vector<BufferCapacity> &capacity) const {
  std::vector<uint64_t> bytes(memories.size(), 0);
  for (uint32_t i = 0; i < buffers.size(); ++i) {
    uint64_t alignment = memories[buffers[i].node].alignment;
    uint64_t end = llvm::SaturatingAdd(bytes[buffers[i].node],
                                       bufferBytes(i, capacity[i]));
    bytes[buffers[i].node] =
        llvm::SaturatingMultiply(llvm::divideCeil(end, alignment), alignment);
  }
  return bytes;
}

bool ScheduleProblem::fits(const std::vector<BufferCapacity> &capacity) const {
  for (auto [bytes, memory] : llvm::zip(memoryBytes(capacity), memories))
    if (memory.bytes && bytes > memory.bytes)
      return false;
  return true;
}

//===----------------------------------------------------------------------===//
// Input
//===----------------------------------------------------------------------===//

static Error checkWindow(const std::string &reader, const Window &window,
                         const Extent &object) {
  if (window.kernelY < 1 || window.kernelX < 1 || window.strideY < 0 ||
      window.strideX < 0 || window.dilationY < 1 || window.dilationX < 1)
    return makeError("schedule: a window of stage '{0}' has a kernel or "
                     "dilation below 1 or a stride below 0",
                     reader);
  if (window.channelBegin < 0 || window.channelBegin >= window.channelEnd ||
      window.channelEnd > object.c)
    return makeError("schedule: a window of stage '{0}' reads channels {1} to "
                     "{2}, the object has {3}",
                     reader, window.channelBegin, window.channelEnd, object.c);
  if (window.elementBegin < 0 || window.elementBegin >= window.elementEnd ||
      window.elementEnd > window.listed())
    return makeError("schedule: a window of stage '{0}' takes elements {1} to "
                     "{2} of {3}",
                     reader, window.elementBegin, window.elementEnd,
                     window.listed());
  return Error::success();
}

static Error checkWrite(const ScheduleStage &writer, const PixelWrite &write,
                        const Extent &object) {
  int64_t y =
      (writer.domain.h - 1) * write.strideY + write.offsetY + write.rows - 1;
  int64_t x =
      (writer.domain.w - 1) * write.strideX + write.offsetX + write.pixels - 1;
  if (write.pixels < 1 || write.rows < 1 || write.strideY < 1 ||
      write.strideX < 1 || write.offsetY < 0 || write.offsetX < 0 ||
      y >= object.h || x >= object.w || write.channelBegin < 0 ||
      write.channelBegin >= write.channelEnd || write.channelEnd > object.c)
    return makeError("schedule: stage '{0}' writes outside the object of "
                     "{1}x{2}x{3}",
                     writer.name, object.h, object.w, object.c);
  return Error::success();
}

static Error checkStream(const ScheduleProblem &problem,
                         const ScheduleStream &stream, size_t index) {
  size_t stages = problem.stages.size();
  if (stream.writer >= stages || stream.reader >= stages)
    return makeError("schedule: stream {0} joins stages {1} and {2}, there are "
                     "{3}",
                     index, stream.writer, stream.reader, stages);
  if (stream.buffer != ScheduleStream::noBuffer) {
    if (stream.buffer >= problem.buffers.size())
      return makeError("schedule: stream {0} goes to buffer {1}, there are {2}",
                       index, stream.buffer, problem.buffers.size());
    if (problem.buffers[stream.buffer].object != stream.object)
      return makeError(
          "schedule: stream {0} carries another object than buffer "
          "'{1}'",
          index, problem.buffers[stream.buffer].name);
  }
  const ScheduleStage &writer = problem.stages[stream.writer];
  if (Error error = checkWrite(writer, stream.write, stream.object))
    return error;
  for (const Window &window : stream.windows)
    if (Error error = checkWindow(problem.stages[stream.reader].name, window,
                                  stream.object))
      return error;
  return Error::success();
}

/// Takes away stages without open writers until none is left.
static Error checkAcyclic(const ScheduleProblem &problem) {
  std::vector<uint32_t> open(problem.stages.size(), 0), ready;
  std::vector<std::vector<uint32_t>> readers(problem.stages.size());
  for (const ScheduleStream &stream : problem.streams) {
    ++open[stream.reader];
    readers[stream.writer].push_back(stream.reader);
  }
  for (uint32_t stage = 0; stage < open.size(); ++stage)
    if (open[stage] == 0)
      ready.push_back(stage);
  for (size_t done = 0; done < ready.size(); ++done)
    for (uint32_t reader : readers[ready[done]])
      if (--open[reader] == 0)
        ready.push_back(reader);
  for (uint32_t stage = 0; stage < open.size(); ++stage)
    if (open[stage] != 0)
      return makeError("schedule: stage '{0}' depends on itself through its "
                       "streams, or on a stage that does",
                       problem.stages[stage].name);
  return Error::success();
}

/// h * w is at most `maxPoints`; both are at least 1.
static bool hasFewPoints(int64_t h, int64_t w) {
  return h <= ScheduleProblem::maxPoints / w;
}

static Error checkStage(const ScheduleStage &stage) {
  if (stage.domain.h < 1 || stage.domain.w < 1 || stage.serviceCycles < 1)
    return makeError("schedule: stage '{0}' has a domain of {1}x{2} and {3} "
                     "service cycles, each must be at least 1",
                     stage.name, stage.domain.h, stage.domain.w,
                     stage.serviceCycles);
  if (!hasFewPoints(stage.domain.h, stage.domain.w))
    return makeError("schedule: stage '{0}' has a domain of {1}x{2}, at most "
                     "{3} iterations can be scheduled",
                     stage.name, stage.domain.h, stage.domain.w,
                     ScheduleProblem::maxPoints);
  return Error::success();
}

static Error checkBuffer(const ScheduleBuffer &buffer, size_t memories) {
  if (buffer.node >= memories || buffer.object.h < 1 || buffer.object.w < 1 ||
      buffer.object.c < 1)
    return makeError("schedule: buffer '{0}' is empty or in memory {1} of {2}",
                     buffer.name, buffer.node, memories);
  if (!hasFewPoints(buffer.object.h, buffer.object.w))
    return makeError("schedule: the object of buffer '{0}' is {1}x{2} pixels, "
                     "at most {3} can be scheduled",
                     buffer.name, buffer.object.h, buffer.object.w,
                     ScheduleProblem::maxPoints);
  return Error::success();
}

/// What is asked for, and what the chip needs, are II's within the limit.
static Error checkInterval(const ScheduleProblem &problem) {
  if (problem.targetII > maxReleaseInterval)
    return makeError("schedule: expected an II from 1 to {0} cycles, found {1}",
                     maxReleaseInterval, problem.targetII);
  ResourceLoad bound = problem.lowerBound();
  if (bound.cycles > maxReleaseInterval)
    return makeError("schedule: {0} needs an II of {1} cycles, at most {2} are "
                     "possible",
                     bound.name, bound.cycles, maxReleaseInterval);
  return Error::success();
}

Error ScheduleProblem::check() const {
  for (const ScheduleStage &stage : stages)
    if (Error error = checkStage(stage))
      return error;
  for (const ScheduleBuffer &buffer : buffers)
    if (Error error = checkBuffer(buffer, memories.size()))
      return error;
  if (Error error = checkInterval(*this))
    return error;
  for (const ScheduleMemory &memory : memories)
    if (memory.alignment == 0)
      return makeError("schedule: alignment of {0} must be at least 1, found 0",
                       memory.name);
  for (size_t i = 0; i < streams.size(); ++i)
    if (Error error = checkStream(*this, streams[i], i))
      return error;
  return checkAcyclic(*this);
}
