//===- WatchTest.cpp - what a watcher of a run is told --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TimingNetworks.h"

using namespace cm;
using namespace cm::test;

namespace {
struct Seen {
  uint64_t images, cycle, events;
  SimLoads loads;
};

std::vector<Seen> watch(ProgramBuilder &network, SimOptions options) {
  std::vector<Seen> seen;
  options.progress = [&](const SimProgress &state) {
    seen.push_back({state.images, state.cycle, state.events, state.loads()});
  };
  options.timingOnly = options.unpaced = true;
  auto result = network.run({}, options);
  EXPECT_TRUE(bool(result)) << llvm::toString(result.takeError());
  if (!result)
    return {};
  EXPECT_GE(result->statistics.events, seen.empty() ? 0 : seen.back().events);
  return seen;
}
} // namespace

TEST(Watch, LoadsSoFarAndWhoWaits) {
  // MVMs of core 0 follow each other without a gap: 10 cycles for each pixel,
  // in which one link brings a pixel and another takes one, for a cycle each.
  Multiply network(4);
  SimOptions options;
  options.images = 100;
  for (SimEngine engine : {SimEngine::Event, SimEngine::Tick}) {
    options.engine = engine;
    std::vector<Seen> seen = watch(network, options);
    ASSERT_EQ(seen.size(), 100u);
    const Seen &half = seen[49];
    EXPECT_EQ(half.images, 50u);
    EXPECT_GT(half.cycle, seen[48].cycle);
    EXPECT_EQ(half.loads.core, "core[0]");
    EXPECT_NEAR(half.loads.coreShare, 1, 0.02);
    EXPECT_NEAR(half.loads.linkShare, 0.1, 0.01);
    // Its next iteration waits for the crossbar's registers; the host, which
    // is ahead by the eight slots of the buffer, no longer than that.
    EXPECT_EQ(half.loads.waiter, "core[0] 'multiply'");
    EXPECT_STREQ(half.loads.waitsFor, "registers");
    EXPECT_LE(half.loads.waitCycles, 10u);
  }
}

TEST(Watch, LongImagesAreSeenInBetween) {
  Multiply network(20000);
  std::vector<Seen> seen = watch(network, {});
  ASSERT_GT(seen.size(), 1u);
  EXPECT_EQ(seen[0].images, 0u);
  EXPECT_EQ(seen[0].events, 65536u);
  EXPECT_EQ(seen.back().images, 1u);
}
