//===- Memory.cpp - SRAM contents and their shadow ------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Memory.h"
#include "cm/Support/Error.h"
#include <cstring>

using namespace cm;
using namespace cm::sim;
using llvm::formatv;

Memory::Memory(const SimModel &model, bool withData)
    : model(model), withData(withData), liveOfNode(model.sramEnd.size()),
      peakOfNode(model.sramEnd.size()) {
  for (const BufferModel &buffer : model.buffers) {
    const ObjectModel &object = model.objects[buffer.object];
    uint64_t places = buffer.places(object);
    uint64_t tags = places * buffer.segments();
    sram.emplace_back(withData ? places * object.channels * object.elementBytes
                               : 0);
    Shadow shadow;
    shadow.tags.resize(tags);
    shadow.remaining.resize(tags);
    shadows.push_back(std::move(shadow));
    retired.emplace_back(buffer.readers.size());
  }
}

uint64_t Memory::addressOf(const BufferModel &buffer, uint64_t image,
                           Pixel pixel, int64_t channel) const {
  const ObjectModel &object = model.objects[buffer.object];
  return buffer.address +
         (buffer.place(object, image, pixel) * object.channels + channel) *
             object.elementBytes;
}

static uint64_t tagOf(const ObjectModel &object, uint64_t image, Pixel pixel) {
  return (image * object.height + pixel.y) * object.width + pixel.x + 1;
}

/// "pixel (3, 4) of image 2".
std::string Memory::describe(const BufferModel &buffer, uint64_t tag) const {
  const ObjectModel &object = model.objects[buffer.object];
  uint64_t index = tag - 1;
  uint64_t row = index / object.width;
  return formatv("pixel ({0}, {1}) of image {2}", row % object.height,
                 index % object.width, row / object.height);
}

std::string Memory::checkTags(const BufferModel &buffer, const Shadow &shadow,
                              uint64_t image, Pixel pixel, int64_t begin,
                              int64_t end) const {
  const ObjectModel &object = model.objects[buffer.object];
  uint64_t want = tagOf(object, image, pixel);
  uint64_t at = buffer.place(object, image, pixel) * buffer.segments();
  uint32_t last = buffer.segmentOfChannel[end - 1];
  for (uint32_t s = buffer.segmentOfChannel[begin]; s <= last; ++s) {
    uint64_t tag = shadow.tags[at + s];
    if (tag == want)
      continue;
    std::string where =
        formatv("{0}, channels {1} to {2} of object '{3}' at address {4}",
                describe(buffer, want), buffer.segmentBegin[s],
                buffer.segmentBegin[s + 1], object.name,
                addressOf(buffer, image, pixel, buffer.segmentBegin[s]));
    if (tag == 0)
      return formatv("reads unwritten data: {0} holds nothing yet", where);
    if (tag < want)
      return formatv("reads unwritten data: {0} still holds {1}", where,
                     describe(buffer, tag));
    return formatv("reads overwritten data: {0} already holds {1}", where,
                   describe(buffer, tag));
  }
  return {};
}

/// Elements of SRAM to int32, sign extended.
static void loadElements(const uint8_t *bytes, uint32_t elementBytes,
                         int64_t count, int32_t *values) {
  if (elementBytes == 1) {
    const int8_t *source = reinterpret_cast<const int8_t *>(bytes);
    for (int64_t i = 0; i < count; ++i)
      values[i] = source[i];
    return;
  }
  unsigned unused = 32 - 8 * elementBytes;
  for (int64_t i = 0; i < count; ++i) {
    uint32_t word = 0;
    std::memcpy(&word, bytes + i * elementBytes, elementBytes);
    values[i] = int32_t(word << unused) >> unused;
  }
}

namespace {
/// Adds up the port cycles and bytes of contiguous runs.
class RunCounter {
public:
  RunCounter(const NodeTimes &times, WindowData &data)
      : times(times), data(data) {}
  void add(uint64_t address, uint64_t bytes) {
    if (address != end) {
      close();
      begin = address;
    }
    end = address + bytes;
  }
  void close() {
    if (end == begin)
      return;
    data.portCycles += times.accesses(begin, end - begin) * times.readCycles;
    data.bytes += end - begin;
  }

private:
  const NodeTimes &times;
  WindowData &data;
  uint64_t begin = 0, end = 0;
};
} // namespace

/// Elements of SRAM to the window's, from element `at` on.
static void copyElements(const uint8_t *bytes, uint32_t elementBytes,
                         int64_t count, int64_t at, WindowData &data) {
  if (data.isNarrow)
    std::memcpy(data.narrow.data() + at, bytes, count);
  else
    loadElements(bytes, elementBytes, count, data.values.data() + at);
}

std::string Memory::read(const WindowModel &window, const Dims &at,
                         uint64_t image, WindowData &data) const {
  const BufferModel &buffer = model.buffers[window.buffer];
  const ObjectModel &object = model.objects[buffer.object];
  data.portCycles = data.bytes = 0;
  size_t elements = window.elementEnd - window.elementBegin;
  if (withData && data.isNarrow)
    data.narrow.assign(elements, int8_t(window.fill));
  else if (withData)
    data.values.assign(elements, window.fill);
  if (buffer.foldRow && window.hasWholeRows())
    return readRows(window, at, image, data);
  const Shadow &shadow = shadows[window.buffer];
  const std::vector<uint8_t> &bytes = sram[window.buffer];
  RunCounter runs(model.times[buffer.node], data);
  std::string problem;
  forEachPixel(window, object, at,
               [&](Pixel pixel, bool inside, int64_t begin, int64_t end,
                   int64_t element) {
                 if (!inside || !problem.empty())
                   return;
                 problem = checkTags(buffer, shadow, image, pixel, begin, end);
                 uint64_t address = addressOf(buffer, image, pixel, begin);
                 if (withData)
                   copyElements(bytes.data() + (address - buffer.address),
                                object.elementBytes, end - begin, element,
                                data);
                 runs.add(address, (end - begin) * object.elementBytes);
               });
  runs.close();
  return problem;
}

/// Whether consecutive pixels, each of `segments` tags, have the tags from
/// `want` on in segments `first` to `last`.
static bool haveTags(const uint64_t *tags, uint32_t segments, uint32_t first,
                     uint32_t last, uint64_t want, int64_t pixels) {
  bool equal = true;
  for (int64_t i = 0; i != pixels; ++i, ++want, tags += segments)
    for (uint32_t s = first; s <= last; ++s)
      equal &= tags[s] == want;
  return equal;
}

/// What is wrong with the first of these pixels with which something is.
std::string Memory::checkRow(const WindowModel &window, uint64_t image,
                             int64_t y, int64_t first, int64_t last) const {
  std::string problem;
  for (int64_t x = first; x != last && problem.empty(); ++x)
    problem = checkTags(model.buffers[window.buffer], shadows[window.buffer],
                        image, {y, x}, window.channelBegin, window.channelEnd);
  return problem;
}

std::string Memory::readRows(const WindowModel &window, const Dims &at,
                             uint64_t image, WindowData &data) const {
  const BufferModel &buffer = model.buffers[window.buffer];
  const ObjectModel &object = model.objects[buffer.object];
  RunCounter runs(model.times[buffer.node], data);
  int64_t left = at[1] * window.strideX + window.offsetX;
  int64_t first = std::max<int64_t>(left, 0);
  int64_t last = std::min(left + window.kernelX, object.width);
  int64_t channels = window.channelEnd - window.channelBegin;
  uint32_t segments = buffer.segments();
  uint32_t low = buffer.segmentOfChannel[window.channelBegin];
  uint32_t high = buffer.segmentOfChannel[window.channelEnd - 1];
  uint64_t pixelBytes = object.channels * object.elementBytes;
  // Pixels of a row are one run where all of their channels are read.
  int64_t step = channels == object.channels ? last - first : 1;
  for (int64_t ky = 0; ky != window.kernelY && first < last; ++ky) {
    int64_t y = at[0] * window.strideY + window.offsetY + ky * window.dilationY;
    if (y < 0 || y >= object.height)
      continue;
    uint64_t row = image * object.height + y;
    uint64_t place = row % buffer.slots * object.width + first;
    uint64_t want = row * object.width + first + 1;
    if (!haveTags(shadows[window.buffer].tags.data() + place * segments,
                  segments, low, high, want, last - first))
      return checkRow(window, image, y, first, last);
    uint64_t offset =
        place * pixelBytes + window.channelBegin * int64_t(object.elementBytes);
    int64_t element = (ky * window.kernelX + first - left) * channels;
    for (int64_t x = first; x < last; x += step) {
      runs.add(buffer.address + offset, step * channels * object.elementBytes);
      if (withData)
        copyElements(sram[window.buffer].data() + offset, object.elementBytes,
                     step * channels, element, data);
      offset += pixelBytes;
      element += channels;
    }
  }
  runs.close();
  return {};
}

std::string Memory::liveError(const BufferModel &buffer, uint64_t tag,
                              uint32_t segment, uint64_t image,
                              Pixel pixel) const {
  const ObjectModel &object = model.objects[buffer.object];
  uint64_t row = (tag - 1) / object.width;
  uint64_t location =
      ((row % object.height) * object.width + (tag - 1) % object.width) *
          buffer.segments() +
      segment;
  std::string readers;
  for (size_t r = 0; r != buffer.readers.size(); ++r) {
    const BufferReader &reader = buffer.readers[r];
    const ContextModel &context = model.contexts[reader.context];
    uint64_t done = retired[&buffer - model.buffers.data()][r];
    for (uint64_t i = 0, e = context.iterations(); i != e; ++i) {
      auto begin = reader.freed.begin() + reader.freedBegin[i];
      auto end = reader.freed.begin() + reader.freedBegin[i + 1];
      if (!std::binary_search(begin, end, uint32_t(location)))
        continue;
      uint64_t last = row / object.height * context.iterations() + i;
      if (last < done)
        continue;
      Dims dims = context.dimsOf(i);
      readers += formatv("; {0} reads it last in iteration ({1}, {2})",
                         context.name, dims[0], dims[1]);
    }
  }
  return formatv("overwrites live data: {0} of object '{1}' goes to address "
                 "{2}, which holds {3}{4}",
                 describe(buffer, tagOf(object, image, pixel)), object.name,
                 addressOf(buffer, image, pixel, buffer.segmentBegin[segment]),
                 describe(buffer, tag), readers);
}

std::string Memory::write(uint32_t index, uint64_t image, Pixel pixel,
                          int64_t begin, int64_t end, const uint8_t *bytes) {
  const BufferModel &buffer = model.buffers[index];
  const ObjectModel &object = model.objects[buffer.object];
  Shadow &shadow = shadows[index];
  uint64_t tag = tagOf(object, image, pixel);
  uint64_t at = buffer.place(object, image, pixel) * buffer.segments();
  uint64_t location =
      (pixel.y * object.width + pixel.x) * uint64_t(buffer.segments());
  uint32_t last = buffer.segmentOfChannel[end - 1];
  for (uint32_t s = buffer.segmentOfChannel[begin]; s <= last; ++s) {
    if (shadow.remaining[at + s] != 0)
      return liveError(buffer, shadow.tags[at + s], s, image, pixel);
    shadow.tags[at + s] = tag;
    shadow.remaining[at + s] = buffer.readersOf[location + s];
    if (shadow.remaining[at + s] != 0) {
      uint64_t size =
          uint64_t(buffer.segmentBegin[s + 1] - buffer.segmentBegin[s]) *
          object.elementBytes;
      shadow.live += size;
      liveOfNode[buffer.node] += size;
    }
  }
  shadow.peak = std::max(shadow.peak, shadow.live);
  peakOfNode[buffer.node] =
      std::max(peakOfNode[buffer.node], liveOfNode[buffer.node]);
  if (withData && bytes)
    std::memcpy(sram[index].data() +
                    (addressOf(buffer, image, pixel, begin) - buffer.address),
                bytes, (end - begin) * object.elementBytes);
  return {};
}

void Memory::retire(uint32_t index, uint32_t readerIndex, uint64_t image,
                    uint64_t rank) {
  const BufferModel &buffer = model.buffers[index];
  const ObjectModel &object = model.objects[buffer.object];
  const BufferReader &reader = buffer.readers[readerIndex];
  Shadow &shadow = shadows[index];
  ++retired[index][readerIndex];
  uint32_t segments = buffer.segments();
  for (uint32_t i = reader.freedBegin[rank]; i != reader.freedBegin[rank + 1];
       ++i) {
    uint64_t location = reader.freed[i];
    uint32_t segment = location % segments;
    uint64_t index = location / segments;
    Pixel pixel{int64_t(index / object.width), int64_t(index % object.width)};
    uint64_t at = buffer.place(object, image, pixel) * segments + segment;
    // Another pixel here was reported when it was written.
    if (shadow.remaining[at] == 0 ||
        shadow.tags[at] != tagOf(object, image, pixel))
      continue;
    if (--shadow.remaining[at] != 0)
      continue;
    uint64_t size = uint64_t(buffer.segmentBegin[segment + 1] -
                             buffer.segmentBegin[segment]) *
                    object.elementBytes;
    shadow.live -= size;
    liveOfNode[buffer.node] -= size;
  }
}

std::string Memory::describeContents(uint32_t index) const {
  static constexpr uint64_t maxSlots = 16;
  const BufferModel &buffer = model.buffers[index];
  const ObjectModel &object = model.objects[buffer.object];
  const Shadow &shadow = shadows[index];
  uint64_t places = buffer.places(object);
  std::string text = formatv("{0} of {1} bytes live", shadow.live,
                             places * object.channels * object.elementBytes);
  uint64_t perSlot = places / buffer.slots * buffer.segments();
  for (uint64_t slot = 0; slot != std::min(buffer.slots, maxSlots); ++slot) {
    uint64_t last = 0;
    for (uint64_t at = slot * perSlot; at != (slot + 1) * perSlot; ++at)
      last = std::max(last, shadow.tags[at]);
    text += formatv("; slot {0}: {1}", slot,
                    last ? "up to " + describe(buffer, last) : "nothing");
  }
  return text + (buffer.slots > maxSlots ? "; .." : "");
}
