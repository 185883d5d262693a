//===- ScheduleVerify.cpp - what any schedule must keep -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// By enumeration. This shares no dependence analysis with the solver.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Schedule.h"
#include "cm/Support/Error.h"
#include "cm/Support/Limits.h"
#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <optional>

using namespace cm;
using llvm::Error;

namespace {
/// Where an iteration (d0, d1) reads channels that the stream's writer writes,
/// for one window: at (d0 * strideY + dy, d1 * strideX + dx) of each tap.
struct Taps {
  Taps(const Window &w, const PixelWrite &write)
      : strideY(w.strideY), strideX(w.strideX) {
    int64_t channels = w.channels();
    for (int64_t e = w.elementBegin; e < w.elementEnd;) {
      int64_t pixel = e / channels;
      int64_t next = std::min(w.elementEnd, (pixel + 1) * channels);
      int64_t first = w.channelBegin + e % channels;
      int64_t behind = first + (next - e);
      if (first < write.channelEnd && behind > write.channelBegin)
        at.push_back({w.offsetY + pixel / w.kernelX * w.dilationY,
                      w.offsetX + pixel % w.kernelX * w.dilationX});
      e = next;
    }
  }
  bool operator<(const Taps &other) const {
    return std::tie(strideY, strideX, at) <
           std::tie(other.strideY, other.strideX, other.at);
  }

  int64_t strideY, strideX;
  std::vector<std::pair<int64_t, int64_t>> at;
};

/// The events of streams of one geometry: for each pixel the rank of the
/// writer's iteration and of the last iteration that reads it, for each
/// iteration the pixel that is written last of those that it reads; -1 where
/// there is none.
struct PixelEvents {
  PixelEvents(const Domain &writer, const Domain &reader,
              const ScheduleStream &stream)
      : height(stream.object.h), width(stream.object.w),
        written(height * width, -1), lastRead(written),
        lastNeed(reader.size(), -1) {
    for (int64_t k = 0; k < writer.size(); ++k)
      addWrites(k, k / writer.w, k % writer.w, stream.write);
    for (const Window &window : stream.windows) {
      Taps taps(window, stream.write);
      for (int64_t k = 0; k < reader.size(); ++k)
        addReads(k, k / reader.w, k % reader.w, taps);
    }
  }

  int64_t height, width;
  std::vector<int32_t> written, lastRead, lastNeed;

private:
  /// Those of iteration (d0, d1), whose rank is k.
  void addWrites(int32_t k, int64_t d0, int64_t d1, const PixelWrite &write) {
    int64_t y = d0 * write.strideY + write.offsetY;
    int64_t x = d1 * write.strideX + write.offsetX;
    for (int64_t row = y; row < y + write.rows; ++row)
      for (int64_t column = x; column < x + write.pixels; ++column)
        written[row * width + column] = k;
  }

  /// Those of iteration (d0, d1), whose rank is k.
  void addReads(int32_t k, int64_t d0, int64_t d1, const Taps &taps) {
    for (auto [dy, dx] : taps.at) {
      int64_t y = d0 * taps.strideY + dy, x = d1 * taps.strideX + dx;
      if (y < 0 || y >= height || x < 0 || x >= width)
        continue;
      int32_t pixel = y * width + x;
      int32_t &last = lastNeed[k];
      lastRead[pixel] = std::max(lastRead[pixel], k);
      if (written[pixel] >= 0 && (last < 0 || written[pixel] > written[last]))
        last = pixel;
    }
  }
};

/// A figure that no sum of two others leaves 64 bits with.
constexpr int64_t farPast = std::numeric_limits<int64_t>::min() / 4;

/// The streams of one geometry at one II, offsets apart. Copies and tiles of
/// layers have many: what suffices for the worst iteration of one does for all.
class Geometry {
public:
  Geometry(PixelEvents pixels, uint64_t writes, uint64_t reads, uint64_t ii)
      : events(std::move(pixels)), writes(writes), reads(reads), ii(ii) {}

  /// The greatest of the times of a pixel's write less those of its reads.
  int64_t dataLead();
  /// The greatest of the times of the last read of a slot less those of its
  /// next write.
  int64_t slotLead(int64_t columns, int64_t slots);

  const PixelEvents events;

private:
  int64_t writeTime(int64_t rank) const {
    return uniformPace(rank, ii, writes);
  }
  int64_t readTime(int64_t rank) const { return uniformPace(rank, ii, reads); }

  uint64_t writes, reads, ii; // iterations
  std::optional<int64_t> data;
  std::map<std::pair<int64_t, int64_t>, int64_t> bySlots;
};
} // namespace

int64_t Geometry::dataLead() {
  if (data)
    return *data;
  data = farPast;
  for (size_t k = 0; k < events.lastNeed.size(); ++k)
    if (int64_t pixel = events.lastNeed[k]; pixel >= 0)
      data = std::max(*data, writeTime(events.written[pixel]) - readTime(k));
  return *data;
}

int64_t Geometry::slotLead(int64_t columns, int64_t slots) {
  auto [entry, isNew] = bySlots.try_emplace({columns, slots}, farPast);
  int64_t &result = entry->second;
  int64_t steps = events.written.size() / columns; // folded, of one image
  for (size_t pixel = 0; isNew && pixel < events.written.size(); ++pixel) {
    if (events.written[pixel] < 0)
      continue;
    int64_t x = pixel % columns, g = pixel / columns;
    int64_t before = (g + steps - slots % steps) % steps; // in the slot
    int64_t image = (before + slots) / steps;
    if (int64_t reader = events.lastRead[before * columns + x]; reader >= 0)
      result =
          std::max(result, readTime(reader) - writeTime(events.written[pixel]) -
                               image * int64_t(ii));
  }
  return result;
}

/// True if no sum of the figures of a stream leaves 64 bits.
static bool isModest(const ScheduleSolution &solution,
                     const ScheduleStream &stream) {
  constexpr uint64_t most = uint64_t(1) << 58;
  bool slots = stream.buffer == ScheduleStream::noBuffer ||
               solution.capacity[stream.buffer].slots < maxImages;
  return slots && solution.offset[stream.writer] < most &&
         solution.offset[stream.reader] < most;
}

/// True if the worst iterations of the stream's geometry show that it is right.
static bool suffices(const ScheduleProblem &problem,
                     const ScheduleSolution &solution,
                     const ScheduleStream &stream, Geometry &geometry) {
  if (!isModest(solution, stream))
    return false;
  int64_t ahead =
      solution.offset[stream.reader] - solution.offset[stream.writer];
  if (geometry.dataLead() + int64_t(stream.transferCycles) > ahead)
    return false;
  if (stream.buffer == ScheduleStream::noBuffer)
    return true;
  const BufferCapacity &capacity = solution.capacity[stream.buffer];
  int64_t columns = capacity.fold == Fold::Row ? stream.object.w : 1;
  int64_t back =
      problem.stages[stream.reader].retireCycles + stream.creditCycles;
  return geometry.slotLead(columns, capacity.slots) + back + ahead <= 0;
}

/// Iterations fire in the order of their ranks, so of the pixels that one reads
/// the last one written is the last to come.
static Error verifyData(const ScheduleProblem &problem,
                        const ScheduleSolution &solution,
                        const ScheduleStream &stream,
                        const PixelEvents &events) {
  for (size_t k = 0; k < events.lastNeed.size(); ++k) {
    int64_t pixel = events.lastNeed[k];
    if (pixel < 0)
      continue;
    uint64_t fire = problem.fireTime(solution, stream.reader, 0, k);
    uint64_t arrival =
        problem.fireTime(solution, stream.writer, 0, events.written[pixel]) +
        stream.transferCycles;
    if (arrival > fire)
      return makeError("schedule: iteration {0} of stage '{1}' fires at {2}, "
                       "pixel ({3}, {4}) of stage '{5}' is there at {6}",
                       k, problem.stages[stream.reader].name, fire,
                       pixel / events.width, pixel % events.width,
                       problem.stages[stream.writer].name, arrival);
  }
  return Error::success();
}

static Error verifySlots(const ScheduleProblem &problem,
                         const ScheduleSolution &solution,
                         const ScheduleStream &stream,
                         const PixelEvents &events) {
  const BufferCapacity &capacity = solution.capacity[stream.buffer];
  bool rows = capacity.fold == Fold::Row;
  int64_t columns = rows ? events.width : 1;
  int64_t steps = events.written.size() / columns; // folded, of one image
  int64_t slots = capacity.slots;
  // What is said of image 0 as occupant holds of all.
  for (int64_t before = 0; before < steps; ++before)
    for (int64_t x = 0; x < columns; ++x) {
      int64_t g = before + slots;
      int64_t writer = events.written[g % steps * columns + x];
      int64_t reader = events.lastRead[before * columns + x];
      if (writer < 0 || reader < 0)
        continue;
      uint64_t fire =
          problem.fireTime(solution, stream.writer, g / steps, writer);
      uint64_t free = problem.fireTime(solution, stream.reader, 0, reader) +
                      problem.stages[stream.reader].retireCycles +
                      stream.creditCycles;
      if (free > fire)
        return makeError("schedule: iteration {0} of image {1} of stage '{2}' "
                         "fires at {3}, its slot in buffer '{4}' of {5} slots "
                         "is free at {6}",
                         writer, g / steps, problem.stages[stream.writer].name,
                         fire, problem.buffers[stream.buffer].name, slots,
                         free);
    }
  return Error::success();
}

/// Streams that need a closer look, in their order.
static std::vector<uint32_t> suspectStreams(const ScheduleProblem &problem,
                                            const ScheduleSolution &solution) {
  using Key =
      std::tuple<Domain, std::array<int64_t, 8>, Domain, std::vector<Taps>>;
  std::map<Key, std::vector<uint32_t>> groups;
  for (uint32_t i = 0; i < problem.streams.size(); ++i) {
    const ScheduleStream &stream = problem.streams[i];
    const PixelWrite &write = stream.write;
    std::vector<Taps> taps;
    for (const Window &window : stream.windows)
      taps.emplace_back(window, write);
    groups[Key(problem.stages[stream.writer].domain,
               {write.strideY, write.strideX, write.offsetY, write.offsetX,
                write.pixels, write.rows, stream.object.h, stream.object.w},
               problem.stages[stream.reader].domain, std::move(taps))]
        .push_back(i);
  }
  std::vector<uint32_t> suspects;
  for (const auto &[key, group] : groups) {
    const Domain &writer = std::get<0>(key), &reader = std::get<2>(key);
    Geometry geometry(
        PixelEvents(writer, reader, problem.streams[group.front()]),
        writer.size(), reader.size(), solution.ii);
    for (uint32_t stream : group)
      if (!suffices(problem, solution, problem.streams[stream], geometry))
        suspects.push_back(stream);
  }
  std::sort(suspects.begin(), suspects.end());
  return suspects;
}

static Error verifyMemories(const ScheduleProblem &problem,
                            const ScheduleSolution &solution) {
  std::vector<uint64_t> used = problem.memoryBytes(solution.capacity);
  for (size_t i = 0; i < used.size(); ++i)
    if (problem.memories[i].bytes && used[i] > problem.memories[i].bytes)
      return makeError("schedule: buffers of {0} need {1} bytes, there are {2}",
                       problem.memories[i].name, used[i],
                       problem.memories[i].bytes);
  return Error::success();
}

/// What is said about the schedule beside the schedule itself.
static Error verifyFigures(const ScheduleProblem &problem,
                           const ScheduleSolution &solution,
                           const ResourceLoad &bound) {
  if (solution.iiBound != bound.cycles)
    return makeError("schedule: the bound of the II is {0} by {1}, found {2}",
                     bound.cycles, bound.name, solution.iiBound);
  if (uint64_t latency = problem.latencyOf(solution);
      latency != solution.latency)
    return makeError("schedule: the latency of these offsets is {0}, found {1}",
                     latency, solution.latency);
  return Error::success();
}

Error ScheduleProblem::verifyFolds(
    const std::vector<BufferCapacity> &capacity) const {
  std::vector<Fold> needed = folds();
  for (uint32_t i = 0; i < buffers.size(); ++i) {
    if (capacity[i].slots == 0)
      return makeError("schedule: buffer '{0}' has no slot", buffers[i].name);
    if (capacity[i].fold == Fold::Pixel && needed[i] == Fold::Row)
      return makeError("schedule: buffer '{0}' is folded by pixels, but an "
                       "iteration reads or writes more than one",
                       buffers[i].name);
  }
  return Error::success();
}

Error ScheduleProblem::verify(const ScheduleSolution &solution) const {
  if (solution.offset.size() != stages.size() ||
      solution.capacity.size() != buffers.size())
    return makeError("schedule: {0} offsets for {1} stages, {2} capacities for "
                     "{3} buffers",
                     solution.offset.size(), stages.size(),
                     solution.capacity.size(), buffers.size());
  ResourceLoad bound = lowerBound();
  if (solution.ii < std::max(bound.cycles, targetII))
    return makeError("schedule: the II of {0} is below {1}, which {2} needs",
                     solution.ii, std::max(bound.cycles, targetII),
                     targetII > bound.cycles ? "the target" : bound.name);
  if (solution.ii > maxReleaseInterval)
    return makeError("schedule: the II of {0} is above {1}", solution.ii,
                     maxReleaseInterval);
  if (Error error = verifyFolds(solution.capacity))
    return error;
  for (uint32_t suspect : suspectStreams(*this, solution)) {
    const ScheduleStream &stream = streams[suspect];
    PixelEvents events(stages[stream.writer].domain,
                       stages[stream.reader].domain, stream);
    if (Error error = verifyData(*this, solution, stream, events))
      return error;
    if (stream.buffer == ScheduleStream::noBuffer)
      continue;
    if (Error error = verifySlots(*this, solution, stream, events))
      return error;
  }
  if (Error error = verifyMemories(*this, solution))
    return error;
  return verifyFigures(*this, solution, bound);
}
