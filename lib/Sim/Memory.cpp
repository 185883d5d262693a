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

Memory::Shadow::Shadow(const BufferModel &buffer, const ObjectModel &object)
    : readersOf(buffer.readersOf.data()), height(object.height),
      width(object.width), bySlots(buffer.bySlots), segments(buffer.segments()),
      foldRow(buffer.foldRow), byWidth(object.byWidth), node(buffer.node) {
  uint64_t places = buffer.places(object) * segments;
  tags = std::make_unique<uint64_t[]>(places);
  remaining = std::make_unique<uint32_t[]>(places);
  for (uint32_t s = 0; s != segments; ++s)
    segmentBytes.push_back(
        uint64_t(buffer.segmentBegin[s + 1] - buffer.segmentBegin[s]) *
        object.elementBytes);
}

Memory::Memory(const SimModel &model, bool withData)
    : model(model), withData(withData), nodes(model.sramEnd.size()) {
  for (const BufferModel &buffer : model.buffers) {
    const ObjectModel &object = model.objects[buffer.object];
    sram.emplace_back(withData ? buffer.places(object) * object.channels *
                                     object.elementBytes
                               : 0);
    shadows.emplace_back(buffer, object);
  }
  for (uint32_t b = 0; b != model.buffers.size(); ++b) {
    firstReader.push_back(readers.size());
    for (const BufferReader &reader : model.buffers[b].readers)
      readers.push_back({shadows[b], reader.freed.data(), reader.freed.data()});
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
  uint64_t want = shadow.tagOf(image, pixel);
  uint64_t at = shadow.place(image, pixel) * buffer.segments();
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

/// Elements of SRAM to the window's, from element `at` on.
static void copyElements(const uint8_t *bytes, uint32_t elementBytes,
                         int64_t count, int64_t at, WindowData &data) {
  if (data.isNarrow)
    std::memcpy(data.narrow.data() + at, bytes, count);
  else
    loadElements(bytes, elementBytes, count, data.values.data() + at);
}

bool Memory::read(const WindowModel &window, const Dims &at, uint64_t image,
                  WindowData &data) {
  const BufferModel &buffer = model.buffers[window.buffer];
  const ObjectModel &object = model.objects[buffer.object];
  data.portCycles = data.bytes = 0;
  size_t elements = window.elementEnd - window.elementBegin;
  if (withData && data.isNarrow)
    data.narrow.assign(elements, int8_t(window.fill));
  else if (withData)
    data.values.assign(elements, window.fill);
  Reading reading{window.buffer, buffer,
                  object,        image,
                  data,          RunCounter(model.times[buffer.node], data)};
  Pixel corner = window.corner(at);
  for (const WindowRow &row : window.rows) {
    Pixel pixel{corner.y + row.y, corner.x + row.x};
    if (pixel.y < 0 || pixel.y >= object.height)
      continue;
    if (!readRow(reading, row, pixel))
      return false;
  }
  reading.runs.close();
  return true;
}

/// Those of its pixels that are inside of the object.
bool Memory::readRow(Reading &reading, const WindowRow &row, Pixel pixel) {
  const BufferModel &buffer = reading.buffer;
  const Shadow &shadow = shadows[reading.index];
  int64_t outside = std::max<int64_t>(-pixel.x, 0);
  int64_t left = std::min(row.pixels, reading.object.width - pixel.x) - outside;
  int64_t element = row.element + outside * (row.channelEnd - row.channelBegin);
  pixel.x += outside;
  while (left > 0) {
    uint64_t place = shadow.place(reading.image, pixel);
    // A buffer that is folded by pixels may end within the row.
    int64_t pixels =
        shadow.foldRow ? left : std::min<uint64_t>(left, buffer.slots - place);
    if (!haveTags(reading, row, place, pixel, pixels))
      return fail(describeTags(reading, row, pixel, pixels));
    copyRow(reading, row, place, pixels, element);
    left -= pixels;
    pixel.x += pixels;
    element += pixels * (row.channelEnd - row.channelBegin);
  }
  return true;
}

bool Memory::haveTags(const Reading &reading, const WindowRow &row,
                      uint64_t place, Pixel pixel, int64_t pixels) const {
  const Shadow &shadow = shadows[reading.index];
  uint32_t segments = shadow.segments;
  const uint64_t *tags = shadow.tags.get() + place * segments;
  uint64_t want = shadow.tagOf(reading.image, pixel);
  bool equal = true;
  for (int64_t i = 0; i != pixels; ++i, ++want, tags += segments)
    for (uint32_t s = row.firstSegment; s <= row.lastSegment; ++s)
      equal &= tags[s] == want;
  return equal;
}

/// What is wrong with the first of these pixels with which something is.
std::string Memory::describeTags(const Reading &reading, const WindowRow &row,
                                 Pixel pixel, int64_t pixels) const {
  std::string problem;
  for (; pixels-- && problem.empty(); ++pixel.x)
    problem = checkTags(reading.buffer, shadows[reading.index], reading.image,
                        pixel, row.channelBegin, row.channelEnd);
  return problem;
}

/// Pixels are one run where all channels of the object are read.
void Memory::copyRow(Reading &reading, const WindowRow &row, uint64_t place,
                     int64_t pixels, int64_t element) const {
  const BufferModel &buffer = reading.buffer;
  const ObjectModel &object = reading.object;
  int64_t channels = row.channelEnd - row.channelBegin;
  int64_t atOnce = channels == object.channels ? pixels : 1;
  uint64_t offset =
      (place * object.channels + row.channelBegin) * object.elementBytes;
  for (int64_t i = 0; i < pixels; i += atOnce) {
    reading.runs.add(buffer.address + offset,
                     atOnce * channels * object.elementBytes);
    if (withData)
      copyElements(sram[reading.index].data() + offset, object.elementBytes,
                   atOnce * channels, element + i * channels, reading.data);
    offset += object.channels * object.elementBytes;
  }
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
  std::string late;
  for (size_t r = 0; r != buffer.readers.size(); ++r) {
    const BufferReader &reader = buffer.readers[r];
    const ContextModel &context = model.contexts[reader.context];
    uint64_t done =
        readers[readerOf(&buffer - model.buffers.data(), r)].retired;
    auto end = reader.freed.begin();
    for (uint64_t i = 0, e = context.iterations(); i != e; ++i) {
      auto begin = end + 1;
      end = begin + *end;
      if (!std::binary_search(begin, end, uint32_t(location)))
        continue;
      uint64_t last = row / object.height * context.iterations() + i;
      if (last < done)
        continue;
      Dims dims = context.dimsOf(i);
      late += formatv("; {0} reads it last in iteration ({1}, {2})",
                      context.name, dims[0], dims[1]);
    }
  }
  return formatv("overwrites live data: {0} of object '{1}' goes to address "
                 "{2}, which holds {3}{4}",
                 describe(buffer, tagOf(object, image, pixel)), object.name,
                 addressOf(buffer, image, pixel, buffer.segmentBegin[segment]),
                 describe(buffer, tag), late);
}

bool Memory::write(uint32_t index, uint64_t image, Pixel pixel, int64_t begin,
                   int64_t end, const uint8_t *bytes) {
  Shadow &shadow = shadows[index];
  uint64_t tag = shadow.tagOf(image, pixel);
  uint64_t place = shadow.place(image, pixel);
  uint64_t at = place * shadow.segments;
  uint64_t location = (pixel.y * shadow.width + pixel.x) * shadow.segments;
  auto [first, last] = segmentsOf(index, begin, end);
  for (uint32_t s = first; s <= last; ++s) {
    if (shadow.remaining[at + s] != 0)
      return fail(liveError(model.buffers[index], shadow.tags[at + s], s, image,
                            pixel));
    shadow.tags[at + s] = tag;
    shadow.remaining[at + s] = shadow.readersOf[location + s];
    if (shadow.remaining[at + s] != 0) {
      shadow.bytes.add(shadow.segmentBytes[s]);
      nodes[shadow.node].add(shadow.segmentBytes[s]);
    }
  }
  if (withData && bytes)
    copyPixel(index, place, begin, end, bytes);
  return true;
}

/// The first and the last segment of channels.
std::pair<uint32_t, uint32_t> Memory::segmentsOf(uint32_t index, int64_t begin,
                                                 int64_t end) const {
  if (shadows[index].segments == 1)
    return {0, 0};
  const BufferModel &buffer = model.buffers[index];
  return {buffer.segmentOfChannel[begin], buffer.segmentOfChannel[end - 1]};
}

void Memory::copyPixel(uint32_t index, uint64_t place, int64_t begin,
                       int64_t end, const uint8_t *bytes) {
  const ObjectModel &object = model.objects[model.buffers[index].object];
  std::memcpy(sram[index].data() +
                  (place * object.channels + begin) * object.elementBytes,
              bytes, (end - begin) * object.elementBytes);
}

void Memory::retire(uint32_t readerIndex, uint64_t image, bool isFirst) {
  Reader &reader = readers[readerIndex];
  Shadow &shadow = reader.shadow;
  ++reader.retired;
  uint32_t segments = shadow.segments;
  const uint32_t *at = isFirst ? reader.freed : reader.next;
  uint32_t count = *at++;
  reader.next = at + count;
  for (uint64_t location : llvm::ArrayRef(at, count)) {
    uint32_t segment = segments == 1 ? 0 : location % segments;
    uint64_t index = segments == 1 ? location : location / segments;
    int64_t y = shadow.byWidth.quotient(index);
    Pixel pixel{y, int64_t(index) - y * shadow.width};
    uint64_t tag = shadow.place(image, pixel) * segments + segment;
    // It was there when it was read, and nothing is written over live data.
    assert(shadow.remaining[tag] != 0 &&
           shadow.tags[tag] == shadow.tagOf(image, pixel));
    if (--shadow.remaining[tag] != 0)
      continue;
    shadow.bytes.live -= shadow.segmentBytes[segment];
    nodes[shadow.node].live -= shadow.segmentBytes[segment];
  }
}

std::string Memory::describeContents(uint32_t index) const {
  static constexpr uint64_t maxSlots = 16;
  const BufferModel &buffer = model.buffers[index];
  const ObjectModel &object = model.objects[buffer.object];
  const Shadow &shadow = shadows[index];
  uint64_t places = buffer.places(object);
  std::string text = formatv("{0} of {1} bytes live", shadow.bytes.live,
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
