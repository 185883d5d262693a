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

std::string Memory::read(const WindowModel &window, const Dims &at,
                         uint64_t image, WindowData &data) const {
  const BufferModel &buffer = model.buffers[window.buffer];
  const ObjectModel &object = model.objects[buffer.object];
  const Shadow &shadow = shadows[window.buffer];
  const std::vector<uint8_t> &bytes = sram[window.buffer];
  data.portCycles = data.bytes = 0;
  if (withData)
    data.values.assign(window.elementEnd - window.elementBegin, window.fill);
  uint64_t runBegin = 0, runEnd = 0;
  std::string problem;
  auto closeRun = [&] {
    if (runEnd != runBegin)
      data.portCycles += model.machine->sramReadCycles(buffer.node, runBegin,
                                                       runEnd - runBegin);
    data.bytes += runEnd - runBegin;
  };
  forEachPixel(window, object, at,
               [&](Pixel pixel, bool inside, int64_t begin, int64_t end,
                   int64_t element) {
                 if (!inside || !problem.empty())
                   return;
                 problem = checkTags(buffer, shadow, image, pixel, begin, end);
                 uint64_t address = addressOf(buffer, image, pixel, begin);
                 uint64_t size = (end - begin) * object.elementBytes;
                 if (withData)
                   loadElements(bytes.data() + (address - buffer.address),
                                object.elementBytes, end - begin,
                                data.values.data() + element);
                 if (address != runEnd) {
                   closeRun();
                   runBegin = address;
                 }
                 runEnd = address + size;
               });
  closeRun();
  return problem;
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
