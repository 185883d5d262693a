//===- Windows.cpp - which pixels windows read, and when last -------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SimModel.h"
#include <numeric>

using namespace cm;
using namespace cm::sim;

void WindowModel::makeRows() {
  int64_t channels = channelEnd - channelBegin;
  for (int64_t pixel = firstPixel(); pixel <= lastPixel(); ++pixel) {
    int64_t begin = std::max(elementBegin - pixel * channels, int64_t(0));
    int64_t end = std::min(elementEnd - pixel * channels, channels);
    int64_t kx = pixel % kernelX;
    bool isWhole = end - begin == channels;
    if (kx != 0 && !rows.empty() && dilationX == 1 && isWhole &&
        rows.back().channelEnd - rows.back().channelBegin == channels)
      ++rows.back().pixels;
    else
      rows.push_back({pixel / kernelX * dilationY, kx * dilationX, 1,
                      channelBegin + begin, channelBegin + end,
                      pixel * channels + begin - elementBegin, 0, 0});
  }
}

void SimModel::makeRows() {
  for (ContextModel &context : contexts) {
    if (context.hasMvm)
      context.gather.makeRows();
    for (WindowModel &window : context.loads)
      window.makeRows();
  }
}

void SimModel::addSegments(WindowModel &window) {
  const BufferModel &buffer = buffers[window.buffer];
  for (WindowRow &row : window.rows) {
    row.firstSegment = buffer.segmentOfChannel[row.channelBegin];
    row.lastSegment = buffer.segmentOfChannel[row.channelEnd - 1];
  }
}

/// BufferReader::freed, from the last iteration that reads each location.
static std::vector<uint32_t> listFreed(llvm::ArrayRef<uint32_t> last,
                                       uint64_t iterations) {
  // Where an iteration's locations end, counts among them.
  std::vector<uint32_t> ends(iterations, 1);
  for (uint32_t iteration : last)
    if (iteration != none)
      ++ends[iteration];
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  std::vector<uint32_t> freed(ends.back());
  for (size_t i = ends.size(); i-- != 0;) {
    uint32_t begin = i ? ends[i - 1] : 0;
    freed[begin] = ends[i] - begin - 1;
    ends[i] = begin + 1;
  }
  for (uint64_t at = 0; at != last.size(); ++at)
    if (last[at] != none)
      freed[ends[last[at]]++] = at;
  return freed;
}

/// Those through which a context reads a buffer.
static llvm::SmallVector<const WindowModel *>
windowsOn(const ContextModel &context, uint32_t buffer) {
  llvm::SmallVector<const WindowModel *> windows;
  if (context.hasMvm && context.gather.buffer == buffer)
    windows.push_back(&context.gather);
  for (const WindowModel &load : context.loads)
    if (load.buffer == buffer)
      windows.push_back(&load);
  return windows;
}

/// By location the last iteration of a context that reads it, by going through
/// all of them: E = lexmax(R^-1).
std::vector<uint32_t> SimModel::lastReads(uint32_t index,
                                          const ContextModel &context) const {
  const BufferModel &buffer = buffers[index];
  const ObjectModel &object = objects[buffer.object];
  llvm::SmallVector<const WindowModel *> windows = windowsOn(context, index);
  uint32_t segments = buffer.segments();
  std::vector<uint32_t> last(buffer.readersOf.size(), none);
  for (uint64_t i = 0, e = context.iterations(); i != e; ++i)
    for (const WindowModel *window : windows)
      forEachPixel(*window, object, context.dimsOf(i),
                   [&](Pixel pixel, bool inside, int64_t begin, int64_t end) {
                     if (!inside)
                       return;
                     uint64_t at =
                         (pixel.y * object.width + pixel.x) * segments;
                     uint32_t s = buffer.segmentOfChannel[begin];
                     uint32_t lastSegment = buffer.segmentOfChannel[end - 1];
                     for (; s <= lastSegment; ++s)
                       last[at + s] = i;
                   });
  return last;
}

void SimModel::addReader(uint32_t index, uint32_t context) {
  BufferModel &buffer = buffers[index];
  std::vector<uint32_t> last = lastReads(index, contexts[context]);
  for (uint64_t at = 0; at != last.size(); ++at)
    if (last[at] != none)
      ++buffer.readersOf[at];
  buffer.readers.push_back(
      {context, listFreed(last, contexts[context].iterations())});
}
