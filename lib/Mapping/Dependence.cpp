//===- Dependence.cpp - who needs whom, in ranks --------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Enumeration of one stream's reads. Ranks of a writer grow with the pixels (y,
// x) that it writes, so the last pixel read decides.
//
//===----------------------------------------------------------------------===//

#include "Dependence.h"
#include <algorithm>
#include <utility>

using namespace cm;

DependenceCache::Footprint::Footprint(const Window &window,
                                      const PixelWrite &write)
    : strideY(window.strideY), strideX(window.strideX), offsetY(window.offsetY),
      offsetX(window.offsetX) {
  int64_t channels = window.channels();
  for (int64_t k = window.elementBegin / channels;
       k * channels < window.elementEnd; ++k) {
    int64_t begin = std::max(window.elementBegin - k * channels, int64_t(0));
    int64_t end = std::min(window.elementEnd - k * channels, channels);
    if (window.channelBegin + begin < write.channelEnd &&
        window.channelBegin + end > write.channelBegin)
      pixels.push_back({k / window.kernelX * window.dilationY,
                        k % window.kernelX * window.dilationX});
  }
}

void DependenceCache::addWrites(const Domain &writer, const PixelWrite &write,
                                const Extent &object, Dependence &result) {
  int32_t rank = 0;
  for (int64_t d0 = 0; d0 < writer.h; ++d0)
    for (int64_t d1 = 0; d1 < writer.w; ++d1, ++rank) {
      int64_t first = (d0 * write.strideY + write.offsetY) * object.w +
                      d1 * write.strideX + write.offsetX;
      for (int64_t pixel = first; pixel < first + write.pixels; ++pixel) {
        writerOf[pixel] = rank;
        result.writes.push_back({int32_t(pixel), rank});
      }
    }
}

void DependenceCache::addReads(const Footprint &window, const Extent &object,
                               const Domain &reader, Dependence &result) {
  int32_t rank = 0;
  for (int64_t d0 = 0; d0 < reader.h; ++d0)
    for (int64_t d1 = 0; d1 < reader.w; ++d1, ++rank) {
      int64_t top = d0 * window.strideY + window.offsetY;
      int64_t left = d1 * window.strideX + window.offsetX;
      int32_t &last = result.lastWriter[rank];
      for (auto [dy, dx] : window.pixels) {
        int64_t y = top + dy, x = left + dx;
        if (y < 0 || y >= object.h || x < 0 || x >= object.w)
          continue;
        int64_t pixel = y * object.w + x;
        last = std::max(last, writerOf[pixel]);
        readBegin = std::min(readBegin, pixel);
        readEnd = std::max(readEnd, pixel + 1);
        lastReaderOf[pixel] = std::max(lastReaderOf[pixel], rank);
      }
    }
}

const Dependence &DependenceCache::get(const Domain &writer,
                                       const PixelWrite &write,
                                       const Extent &object,
                                       const Domain &reader,
                                       const std::vector<Window> &windows) {
  std::vector<Footprint> footprints;
  for (const Window &window : windows)
    footprints.emplace_back(window, write);
  Key key(writer, write.strideY, write.strideX, write.offsetY, write.offsetX,
          write.pixels, object.h, object.w, reader, footprints);
  auto [entry, isNew] = known.try_emplace(std::move(key));
  Dependence &result = entry->second;
  if (!isNew)
    return result;
  size_t pixels = object.h * object.w;
  writerOf.resize(std::max(writerOf.size(), pixels), -1);
  lastReaderOf.resize(std::max(lastReaderOf.size(), pixels), -1);
  result.lastWriter.assign(reader.size(), -1);
  addWrites(writer, write, object, result);
  readBegin = pixels, readEnd = 0;
  for (const Footprint &footprint : footprints)
    addReads(footprint, object, reader, result);
  for (int64_t pixel = readBegin; pixel < readEnd; ++pixel)
    if (int32_t rank = std::exchange(lastReaderOf[pixel], -1); rank >= 0)
      result.lastReads.push_back({int32_t(pixel), rank});
  for (const PixelRank &written : result.writes)
    writerOf[written.pixel] = -1;
  return result;
}
