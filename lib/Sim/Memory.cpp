//===- Memory.cpp - SRAM contents and their shadow ------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Memory.h"
#include "Prefetch.h"
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
  cells = std::make_unique<Cell[]>(places);
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
  for (const ContextModel &context : model.contexts) {
    firstWindow.push_back(windows.size());
    if (context.hasMvm)
      windows.push_back(makeWindow(context.gather));
    for (const WindowModel &load : context.loads)
      windows.push_back(makeWindow(load));
  }
}

Memory::Window Memory::makeWindow(const WindowModel &window) const {
  const BufferModel &buffer = model.buffers[window.buffer];
  const ObjectModel &object = model.objects[buffer.object];
  return {window.strideY,  window.strideX,
          window.offsetY,  window.offsetX,
          window.rows,     buffer.address,
          buffer.slots,    uint64_t(object.channels) * object.elementBytes,
          object.channels, model.times[buffer.node],
          window.buffer,   object.elementBytes,
          window};
}

uint64_t Memory::addressOf(const BufferModel &buffer, uint64_t image,
                           Pixel pixel, int64_t channel) const {
  const ObjectModel &object = model.objects[buffer.object];
  return buffer.address +
         (buffer.place(object, image, pixel) * object.channels + channel) *
             object.elementBytes;
}

/// "pixel (3, 4) of image 2".
std::string Memory::describe(const BufferModel &buffer, uint64_t tag) const {
  const ObjectModel &object = model.objects[buffer.object];
  uint64_t index = tag - 1;
  uint64_t row = index / object.width;
  return formatv("pixel ({0}, {1}) of image {2}", row % object.height,
                 index % object.width, row / object.height);
}

std::string Memory::checkTags(uint32_t index, uint64_t row, int64_t x,
                              int64_t begin, int64_t end) const {
  const BufferModel &buffer = model.buffers[index];
  const ObjectModel &object = model.objects[buffer.object];
  const Shadow &shadow = shadows[index];
  uint64_t want = shadow.tagOf(row, x);
  uint64_t at = shadow.place(row, x) * buffer.segments();
  uint32_t last = buffer.segmentOfChannel[end - 1];
  for (uint32_t s = buffer.segmentOfChannel[begin]; s <= last; ++s) {
    uint64_t tag = shadow.cells[at + s].tag;
    if (tag == want)
      continue;
    uint64_t image = row / object.height;
    Pixel pixel{int64_t(row % object.height), x};
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

/// Elements of SRAM to the window's, from element `at` on.
static void copyElements(const uint8_t *bytes, uint32_t elementBytes,
                         int64_t count, int64_t at, WindowData &data) {
  if (data.isNarrow)
    std::memcpy(data.narrow.data() + at, bytes, count);
  else
    widenElements(bytes, elementBytes, count, data.values.data() + at);
}

/// Whether `pixels` pixels lie there, of which the first has this tag.
bool Memory::haveTags(const Shadow &shadow, const WindowRow &part,
                      uint64_t place, uint64_t tag, int64_t pixels) {
  uint32_t segments = shadow.segments;
  const Cell *cells = shadow.cells.get() + place * segments;
  for (int64_t i = 0; i != pixels; ++i, ++tag, cells += segments)
    for (uint32_t s = part.firstSegment; s <= part.lastSegment; ++s)
      if (cells[s].tag != tag)
        return false;
  return true;
}

/// Pixels are one run where all channels of the object are read.
void Memory::countRow(const Window &window, const WindowRow &part,
                      uint64_t place, int64_t pixels, RunCounter &runs) {
  uint64_t address = window.address + place * window.pixelBytes;
  int64_t channels = part.channelEnd - part.channelBegin;
  if (channels == window.channels)
    return runs.add(address, pixels * window.pixelBytes);
  address += part.channelBegin * window.elementBytes;
  for (int64_t i = 0; i != pixels; ++i, address += window.pixelBytes)
    runs.add(address, channels * window.elementBytes);
}

/// Those of the pixels of a row of the window that are inside of the object;
/// `row` is counted over all images, `x` is that of the first.
bool Memory::readRow(const Window &window, const WindowRow &part, uint64_t row,
                     int64_t x, RunCounter &runs, WindowData &data) {
  const Shadow &shadow = shadows[window.buffer];
  int64_t outside = std::max<int64_t>(-x, 0);
  int64_t left = std::min(part.pixels, shadow.width - x) - outside;
  x += outside;
  while (left > 0) {
    uint64_t place = shadow.place(row, x);
    // A buffer that is folded by pixels may end within the row.
    int64_t pixels =
        shadow.foldRow ? left : std::min<uint64_t>(left, window.slots - place);
    if (!haveTags(shadow, part, place, shadow.tagOf(row, x), pixels))
      return failTags(window, part, row, x, pixels);
    countRow(window, part, place, pixels, runs);
    if (withData)
      copyRow(window, part, place, pixels, outside, data);
    left -= pixels;
    x += pixels;
    outside += pixels;
  }
  return true;
}

/// What lies outside of the object.
static void fillWindow(const WindowModel &window, WindowData &data) {
  size_t elements = window.elementEnd - window.elementBegin;
  if (data.isNarrow)
    data.narrow.assign(elements, int8_t(window.fill));
  else
    data.values.assign(elements, window.fill);
}

bool Memory::read(uint32_t index, const Dims &at, uint64_t image,
                  WindowData &data) {
  const Window &window = windows[index];
  const Shadow &shadow = shadows[window.buffer];
  if (withData)
    fillWindow(window.model, data);
  RunCounter runs(window.times);
  int64_t y = at[0] * window.strideY + window.offsetY;
  int64_t x = at[1] * window.strideX + window.offsetX;
  for (const WindowRow &part : window.rows) {
    if (uint64_t(y + part.y) >= uint64_t(shadow.height))
      continue;
    uint64_t row = shadow.rowOf(image, y + part.y);
    if (!readRow(window, part, row, x + part.x, runs, data))
      return false;
  }
  runs.close();
  data.portCycles = runs.accesses * window.times.readCycles;
  data.bytes = runs.bytes;
  return true;
}

/// What is wrong with the first of these pixels with which something is.
/// Returns false.
bool Memory::failTags(const Window &window, const WindowRow &part, uint64_t row,
                      int64_t x, int64_t pixels) {
  std::string problem;
  for (; pixels-- && problem.empty(); ++x)
    problem =
        checkTags(window.buffer, row, x, part.channelBegin, part.channelEnd);
  return fail(std::move(problem));
}

/// `skipped` pixels of the window's row come before them.
void Memory::copyRow(const Window &window, const WindowRow &part,
                     uint64_t place, int64_t pixels, int64_t skipped,
                     WindowData &data) const {
  int64_t channels = part.channelEnd - part.channelBegin;
  int64_t element = part.element + skipped * channels;
  int64_t atOnce = channels == window.channels ? pixels : 1;
  const uint8_t *bytes = sram[window.buffer].data() +
                         place * window.pixelBytes +
                         part.channelBegin * window.elementBytes;
  for (int64_t i = 0; i < pixels; i += atOnce)
    copyElements(bytes + i * window.pixelBytes, window.elementBytes,
                 atOnce * channels, element + i * channels, data);
}

std::string Memory::liveError(uint32_t index, uint64_t tag, uint32_t segment,
                              uint64_t image, Pixel pixel) const {
  const BufferModel &buffer = model.buffers[index];
  const ObjectModel &object = model.objects[buffer.object];
  const Shadow &shadow = shadows[index];
  uint64_t wanted = shadow.tagOf(shadow.rowOf(image, pixel.y), pixel.x);
  uint64_t row = (tag - 1) / object.width;
  uint64_t location =
      ((row % object.height) * object.width + (tag - 1) % object.width) *
          buffer.segments() +
      segment;
  std::string late;
  for (size_t r = 0; r != buffer.readers.size(); ++r) {
    const BufferReader &reader = buffer.readers[r];
    const ContextModel &context = model.contexts[reader.context];
    uint64_t done = readers[readerOf(index, r)].retired;
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
                 describe(buffer, wanted), object.name,
                 addressOf(buffer, image, pixel, buffer.segmentBegin[segment]),
                 describe(buffer, tag), late);
}

bool Memory::write(uint32_t index, uint64_t image, Pixel pixel, int64_t begin,
                   int64_t end, const uint8_t *bytes) {
  Shadow &shadow = shadows[index];
  uint64_t row = shadow.rowOf(image, pixel.y);
  uint64_t tag = shadow.tagOf(row, pixel.x);
  uint64_t place = shadow.place(row, pixel.x);
  Cell *cells = shadow.cells.get() + place * shadow.segments;
  const uint32_t *readersOf =
      shadow.readersOf + (pixel.y * shadow.width + pixel.x) * shadow.segments;
  auto [first, last] = segmentsOf(index, begin, end);
  for (uint32_t s = first; s <= last; ++s) {
    if (cells[s].remaining != 0)
      return fail(liveError(index, cells[s].tag, s, image, pixel));
    cells[s] = {tag, readersOf[s]};
    if (readersOf[s] != 0) {
      shadow.bytes.add(shadow.segmentBytes[s]);
      nodes[shadow.node].add(shadow.segmentBytes[s]);
    }
  }
  if (withData && bytes)
    copyPixel(index, place, begin, end, bytes);
  // The next write of the buffer goes to the pixel behind, mostly.
  fetchNextLine(cells);
  fetchNextLine(readersOf);
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
  const uint32_t *at = isFirst ? reader.freed : reader.next;
  uint32_t count = *at++;
  reader.next = at + count;
  fetchNextLine(reader.next);
  uint32_t segments = shadow.segments;
  for (uint64_t location : llvm::ArrayRef(at, count)) {
    uint32_t segment = segments == 1 ? 0 : location % segments;
    uint64_t pixel = segments == 1 ? location : location / segments;
    uint64_t y = shadow.byWidth.quotient(pixel);
    uint64_t row = shadow.rowOf(image, y);
    int64_t x = pixel - y * shadow.width;
    uint64_t place = shadow.place(row, x) * segments + segment;
    // It was there when it was read, and nothing is written over live data.
    assert(shadow.cells[place].remaining != 0 &&
           shadow.cells[place].tag == shadow.tagOf(row, x));
    if (--shadow.cells[place].remaining != 0)
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
      last = std::max(last, shadow.cells[at].tag);
    text += formatv("; slot {0}: {1}", slot,
                    last ? "up to " + describe(buffer, last) : "nothing");
  }
  return text + (buffer.slots > maxSlots ? "; .." : "");
}
