//===- Cases.cpp - random streams and naive rules -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Cases.h"
#include "llvm/Support/FormatVariadic.h"
#include <map>

using namespace cm;
using namespace cm::test;

int64_t cm::test::pick(Random &random, int64_t low, int64_t high) {
  return low + int64_t(random() % uint64_t(high - low + 1));
}

static Window randomWindow(Random &random, const Extent &object) {
  Window window;
  window.kernelY = pick(random, 1, 4);
  window.kernelX = pick(random, 1, 4);
  window.strideY = pick(random, 0, 3);
  window.strideX = pick(random, 0, 3);
  window.offsetY = pick(random, -3, 3);
  window.offsetX = pick(random, -3, 3);
  window.dilationY = pick(random, 1, 3);
  window.dilationX = pick(random, 1, 3);
  window.channelBegin = pick(random, 0, object.c - 1);
  window.channelEnd = pick(random, window.channelBegin + 1, object.c);
  window.elementEnd = window.listed();
  if (pick(random, 0, 2) == 0) {
    window.elementBegin = pick(random, 0, window.listed() - 1);
    window.elementEnd = pick(random, window.elementBegin + 1, window.listed());
  }
  return window;
}

/// Several pixels of several rows in each iteration, every pixel or every other
/// group of them.
static void widen(Random &random, StreamAccess &stream) {
  PixelWrite &write = stream.write;
  write.rows = pick(random, 1, std::min<int64_t>(3, stream.object.h));
  write.pixels = pick(random, 1, std::min<int64_t>(3, stream.object.w));
  write.strideY = write.rows * pick(random, 1, 2);
  write.strideX = write.pixels * pick(random, 1, 2);
  write.offsetY =
      pick(random, 0, std::min(write.strideY, stream.object.h) - write.rows);
  write.offsetX =
      pick(random, 0, std::min(write.strideX, stream.object.w) - write.pixels);
  auto count = [](int64_t extent, int64_t offset, int64_t atOnce,
                  int64_t stride) {
    return (extent - offset - atOnce) / stride + 1;
  };
  stream.writer = {
      count(stream.object.h, write.offsetY, write.rows, write.strideY),
      count(stream.object.w, write.offsetX, write.pixels, write.strideX)};
}

StreamAccess cm::test::randomStream(Random &random, bool severalAtOnce) {
  StreamAccess stream;
  stream.object = {pick(random, 1, 7), pick(random, 1, 7), pick(random, 1, 3)};
  const Extent &object = stream.object;
  PixelWrite &write = stream.write;
  write.strideY = pick(random, 1, 2);
  write.strideX = pick(random, 0, 3) == 0 ? 2 : 1;
  write.offsetY = pick(random, 0, std::min(write.strideY, object.h) - 1);
  write.offsetX = pick(random, 0, std::min(write.strideX, object.w) - 1);
  write.channelBegin = pick(random, 0, object.c - 1);
  write.channelEnd = pick(random, write.channelBegin + 1, object.c);
  stream.writer = {(object.h - write.offsetY - 1) / write.strideY + 1,
                   (object.w - write.offsetX - 1) / write.strideX + 1};
  if (severalAtOnce)
    widen(random, stream);
  stream.reader = {pick(random, 1, 6), pick(random, 1, 6)};
  for (int64_t k = pick(random, 1, 2); k > 0; --k)
    stream.reads.push_back(randomWindow(random, object));
  return stream;
}

std::string cm::test::describe(const StreamAccess &stream) {
  std::string text = llvm::formatv(
      "writer {0}x{1} stride {2},{3} offset {4},{5} channels {6}..{7}, object "
      "{8}x{9}x{10}, reader {11}x{12}, {13}x{14} pixels at once",
      stream.writer.h, stream.writer.w, stream.write.strideY,
      stream.write.strideX, stream.write.offsetY, stream.write.offsetX,
      stream.write.channelBegin, stream.write.channelEnd, stream.object.h,
      stream.object.w, stream.object.c, stream.reader.h, stream.reader.w,
      stream.write.rows, stream.write.pixels);
  for (const Window &window : stream.reads)
    text += llvm::formatv(
        ", window {0}x{1} stride {2},{3} offset {4},{5} dilation {6},{7} "
        "channels {8}..{9} elements {10}..{11}",
        window.kernelY, window.kernelX, window.strideY, window.strideX,
        window.offsetY, window.offsetX, window.dilationY, window.dilationX,
        window.channelBegin, window.channelEnd, window.elementBegin,
        window.elementEnd);
  return text;
}

std::set<Location> cm::test::readsOf(const StreamAccess &stream, int64_t d0,
                                     int64_t d1) {
  std::set<Location> result;
  for (const Window &window : stream.reads) {
    int64_t element = 0;
    for (int64_t ky = 0; ky < window.kernelY; ++ky)
      for (int64_t kx = 0; kx < window.kernelX; ++kx)
        for (int64_t c = window.channelBegin; c < window.channelEnd; ++c) {
          bool taken =
              element >= window.elementBegin && element < window.elementEnd;
          ++element;
          int64_t y =
              d0 * window.strideY + window.offsetY + ky * window.dilationY;
          int64_t x =
              d1 * window.strideX + window.offsetX + kx * window.dilationX;
          if (taken && y >= 0 && y < stream.object.h && x >= 0 &&
              x < stream.object.w)
            result.emplace(y, x, c);
        }
  }
  return result;
}

std::set<Location> cm::test::writesOf(const StreamAccess &stream, int64_t d0,
                                      int64_t d1) {
  std::set<Location> result;
  const PixelWrite &write = stream.write;
  int64_t y = d0 * write.strideY + write.offsetY;
  int64_t x = d1 * write.strideX + write.offsetX;
  for (int64_t c = write.channelBegin; c < write.channelEnd; ++c)
    for (int64_t row = y; row < y + write.rows; ++row)
      for (int64_t column = x; column < x + write.pixels; ++column)
        result.emplace(row, column, c);
  return result;
}

std::optional<int64_t> cm::test::directFire(const StreamAccess &stream,
                                            int64_t image, int64_t rank) {
  auto reads = readsOf(stream, rank / stream.reader.w, rank % stream.reader.w);
  std::optional<int64_t> need;
  for (int64_t w = 0; w < stream.writer.size(); ++w)
    for (const Location &location :
         writesOf(stream, w / stream.writer.w, w % stream.writer.w))
      if (reads.count(location))
        need = image * stream.writer.size() + w + 1;
  return need;
}

static int64_t floorMod(int64_t a, int64_t b) { return ((a % b) + b) % b; }

std::optional<int64_t> cm::test::directCredit(const StreamAccess &stream,
                                              Fold fold, int64_t slots,
                                              int64_t image, int64_t rank) {
  const Extent &object = stream.object;
  int64_t perImage = fold == Fold::Row ? object.h : object.h * object.w;
  std::optional<int64_t> need;
  for (auto [y, x, c] :
       writesOf(stream, rank / stream.writer.w, rank % stream.writer.w)) {
    int64_t g = image * perImage + (fold == Fold::Row ? y : y * object.w + x);
    int64_t old = floorMod(g - slots, perImage);
    int64_t oldImage = (g - slots - old) / perImage;
    Location occupant = fold == Fold::Row
                            ? Location(old, x, c)
                            : Location(old / object.w, old % object.w, c);
    for (int64_t s = 0; s < stream.reader.size(); ++s)
      if (readsOf(stream, s / stream.reader.w, s % stream.reader.w)
              .count(occupant)) {
        int64_t value = oldImage * stream.reader.size() + s + 1;
        need = need ? std::max(*need, value) : value;
      }
  }
  return need;
}

bool cm::test::isLive(const StreamAccess &stream, Fold fold, int64_t slots) {
  constexpr int64_t kImages = 4;
  // Reader iteration s fires when all before it have retired, so that the
  // writer must come as far as s needs without waiting for s.
  std::vector<int64_t> credits; // of each write, since the beginning
  for (int64_t w = 0; w < kImages * stream.writer.size(); ++w) {
    int64_t need = directCredit(stream, fold, slots, w / stream.writer.size(),
                                w % stream.writer.size())
                       .value_or(0);
    credits.push_back(credits.empty() ? need : std::max(need, credits.back()));
  }
  for (int64_t s = 0; s < kImages * stream.reader.size(); ++s) {
    auto need =
        directFire(stream, s / stream.reader.size(), s % stream.reader.size());
    if (need && credits[*need - 1] > s)
      return false;
  }
  return true;
}
