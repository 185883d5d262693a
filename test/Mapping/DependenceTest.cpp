//===- DependenceTest.cpp - who needs what of whom ------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Dependences that the cache must tell apart.
//
//===----------------------------------------------------------------------===//

#include "../../lib/Mapping/Dependence.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace cm;
using testing::ElementsAre;

/// A window of one pixel, of channels 0 to 3.
static Window firstChannels() {
  Window window;
  window.channelBegin = 0, window.channelEnd = 4;
  window.elementBegin = 0, window.elementEnd = 4;
  return window;
}

TEST(Dependence, RowsWrittenAtOnceAreThereAtOnce) {
  // Two rows of two pixels in each of 2x2 iterations; a 3x1 window with
  // padding.
  DependenceCache cache;
  PixelWrite write = PixelWrite::whole(4);
  write.rows = write.strideY = write.pixels = write.strideX = 2;
  Window window = Window::whole(3, 1, 4);
  window.offsetY = -1;
  const Dependence &dependence =
      cache.get({2, 2}, write, {4, 4, 4}, {4, 4}, {window});
  std::vector<int32_t> ranks;
  dependence.lastWriters(ranks);
  EXPECT_THAT(ranks,
              ElementsAre(0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3, 2, 2, 3, 3));
  dependence.writers(ranks);
  EXPECT_THAT(ranks,
              ElementsAre(0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3));
}

TEST(Dependence, ReadersOfNothingAreToldApartByTheirDomains) {
  // A tile of the upper channels, which neither reader reads.
  DependenceCache cache;
  PixelWrite write;
  write.channelBegin = 4, write.channelEnd = 8;
  std::vector<int32_t> ranks;
  cache.get({2, 3}, write, {2, 3, 8}, {1, 2}, {firstChannels()})
      .lastWriters(ranks);
  EXPECT_THAT(ranks, ElementsAre(-1, -1));
  cache.get({2, 3}, write, {2, 3, 8}, {1, 4}, {firstChannels()})
      .lastWriters(ranks);
  EXPECT_THAT(ranks, ElementsAre(-1, -1, -1, -1));
}
