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
