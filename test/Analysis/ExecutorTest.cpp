//===- ExecutorTest.cpp - control of whole networks -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Executor.h"
#include "cm/Analysis/Cover.h"
#include "cm/Poly/Context.h"
#include "llvm/ADT/StringExtras.h"
#include "gtest/gtest.h"

using namespace cm;
using namespace cm::test;

/// kernel x kernel over channels `begin` .. `end`-1.
static Window window(int64_t kernel, int64_t stride, int64_t padding,
                     int64_t begin, int64_t end) {
  Window result = Window::whole(kernel, kernel, end - begin);
  result.strideY = result.strideX = stride;
  result.offsetY = result.offsetX = -padding;
  result.channelBegin = begin;
  result.channelEnd = end;
  return result;
}

class Networks : public ::testing::Test {
protected:
  std::string run(const Network &network, uint64_t seed = 1,
                  int64_t images = 3) {
    return execute(network, context, rules, images, seed);
  }

  PolyContext context;
  ControlRules rules{context};
};

/// A stage that writes an object, a 3x3 with padding that reads it.
static Network pair(int64_t size, int64_t slots) {
  Network network;
  network.objects = {{size, size, 2}};
  network.stages.resize(2);
  network.stages[0] = {{size, size}, 0, PixelWrite::whole(2), {}};
  network.stages[1] = {{size, size}, -1, {}, {{0, window(3, 1, 1, 0, 2)}}};
  network.slots = {{{0, 1}, slots}};
  return network;
}

TEST_F(Networks, ThreeRowsSufficeForA3x3) {
  for (uint64_t seed = 0; seed < 5; ++seed)
    EXPECT_EQ(run(pair(5, 3), seed), "done");
  EXPECT_EQ(run(pair(5, 2)), "deadlock");
}

TEST_F(Networks, ALineBufferOfPixelsSuffices) {
  // (k - 1) * W + k pixels.
  Network network = pair(5, 2 * 5 + 3);
  network.fold = Fold::Pixel;
  for (uint64_t seed = 0; seed < 5; ++seed)
    EXPECT_EQ(run(network, seed), "done");
  network.slots[{0, 1}] -= 1;
  EXPECT_EQ(run(network), "deadlock");
}

TEST_F(Networks, TrapTwoChannelsAndTwoImages) {
  // Two writers, each of one channel; counting locations in place of
  // iterations deadlocks on the second image.
  Network network;
  network.objects = {{4, 4, 2}};
  network.stages.resize(3);
  for (int64_t c : {0, 1}) {
    network.stages[c] = {{4, 4}, 0, {}, {}};
    network.stages[c].write.channelBegin = c;
    network.stages[c].write.channelEnd = c + 1;
  }
  network.stages[2] = {{4, 4}, -1, {}, {{0, window(3, 1, 1, 0, 2)}}};
  network.slots = {{{0, 2}, 3}};
  for (uint64_t seed = 0; seed < 5; ++seed)
    EXPECT_EQ(run(network, seed, 2), "done");
}

TEST_F(Networks, TrapOverwritingWhatIsStillToBeRead) {
  // A fast writer and a reader that comes back to row 0 in its last row.
  Network network = pair(4, 4);
  Window again = window(1, 1, 0, 0, 2);
  again.strideY = 0;
  network.stages[1].reads.emplace_back(0, again);
  for (uint64_t seed = 0; seed < 5; ++seed)
    EXPECT_EQ(run(network, seed), "done");
  network.slots[{0, 1}] = 3;
  EXPECT_EQ(run(network), "deadlock");
}

TEST_F(Networks, TrapTrailingIterationsThatReadOnlyPadding) {
  Network network = pair(4, 3);
  network.stages[1].domain = {7, 6};
  for (uint64_t seed = 0; seed < 5; ++seed)
    EXPECT_EQ(run(network, seed), "done");
}

TEST_F(Networks, TrapUnreadLocationsOf1x1Stride2) {
  Network network = pair(6, 1);
  network.stages[1] = {{3, 3}, -1, {}, {{0, window(1, 2, 0, 0, 2)}}};
  for (uint64_t seed = 0; seed < 5; ++seed)
    EXPECT_EQ(run(network, seed), "done");
}

/// Stage 0 writes an object that a 3x3 with stride 2 (stage 1) and the addition
/// (stage 3) read, the latter through a 1x1 with stride 2; a 3x3 (stage 2) lies
/// between.
static Network strided(int64_t skipSlots) {
  Network network;
  network.objects = {{8, 8, 1}, {4, 4, 1}, {4, 4, 1}};
  network.stages.resize(4);
  network.stages[0] = {{8, 8}, 0, PixelWrite::whole(1), {}};
  network.stages[1] = {
      {4, 4}, 1, PixelWrite::whole(1), {{0, window(3, 2, 1, 0, 1)}}};
  network.stages[2] = {
      {4, 4}, 2, PixelWrite::whole(1), {{1, window(3, 1, 1, 0, 1)}}};
  network.stages[3] = {
      {4, 4}, -1, {}, {{2, window(1, 1, 0, 0, 1)}, {0, window(1, 2, 0, 0, 1)}}};
  network.slots = {{{0, 1}, 3}, {{1, 2}, 3}, {{2, 3}, 1}, {{0, 3}, skipSlots}};
  return network;
}

TEST_F(Networks, TrapSkipOverAStridedPath) {
  for (uint64_t seed = 0; seed < 5; ++seed)
    EXPECT_EQ(run(strided(4), seed), "done");
  EXPECT_EQ(run(strided(2)), "deadlock");
}

TEST_F(Networks, ReplicasTakeInterleavedRows) {
  // Two copies of a 3x3 write every other row of object 1, which a 2x2 pool
  // reads.
  Network network;
  network.objects = {{6, 6, 1}, {6, 6, 1}};
  network.stages.resize(4);
  network.stages[0] = {{6, 6}, 0, PixelWrite::whole(1), {}};
  for (int copy : {0, 1}) {
    Stage &stage = network.stages[1 + copy];
    stage = {{3, 6}, 1, PixelWrite::whole(1), {{0, window(3, 1, 1, 0, 1)}}};
    stage.reads[0].second.strideY = stage.write.strideY = 2;
    stage.reads[0].second.offsetY = copy - 1;
    stage.write.offsetY = copy;
  }
  network.stages[3] = {{3, 3}, -1, {}, {{1, window(2, 2, 0, 0, 1)}}};
  network.slots = {{{0, 1}, 3}, {{0, 2}, 3}, {{1, 3}, 2}};
  for (uint64_t seed = 0; seed < 5; ++seed)
    EXPECT_EQ(run(network, seed), "done");
  network.slots[{1, 3}] = 1;
  EXPECT_EQ(run(network), "deadlock");
}

/// Two copies of a stage write every other row; a 1x1 with stride 2 reads the
/// rows of the first copy only.
static Network interleavedUnread(int64_t height, int64_t slots) {
  Network network;
  network.objects = {{height, 3, 1}};
  network.stages.resize(3);
  for (int copy : {0, 1}) {
    Stage &stage = network.stages[copy];
    stage = {{height / 2, 3}, 0, PixelWrite::whole(1), {}};
    stage.write.strideY = 2;
    stage.write.offsetY = copy;
  }
  network.stages[2] = {{height / 2, 2}, -1, {}, {{0, window(1, 2, 0, 0, 1)}}};
  network.slots = {{{0, 2}, slots}};
  return network;
}

TEST_F(Networks, TrapInterleavedWritersOfUnreadRows) {
  // With an odd number of slots a row of the first copy takes the slot of a row
  // of the second, which nobody reads and whose arrival nobody waits for.
  Network network = interleavedUnread(6, 3);
  std::set<std::string> results;
  for (uint64_t seed = 0; seed < 20; ++seed)
    results.insert(run(network, seed));
  EXPECT_EQ(results.count("stage 1 overwrites live data of stage 2"), 1u)
      << llvm::join(results, "\n");
  // So whoever lets writers interleave makes the slots theirs ...
  for (uint64_t seed = 0; seed < 20; ++seed)
    EXPECT_EQ(run(interleavedUnread(6, 2), seed), "done");
  // ... or has everything read, or waited for as if it were.
  auto windows =
      coverOf({3, 2}, {network.stages[2].reads[0].second}, {6, 3, 1});
  network.stages[2].reads.clear();
  for (const Window &window : windows)
    network.stages[2].reads.push_back({0, window});
  for (uint64_t seed = 0; seed < 20; ++seed)
    EXPECT_EQ(run(network, seed), "done");
}

TEST_F(Networks, RandomStreamsRunIfAndOnlyIfTheBufferIsLargeEnough) {
  unsigned live = 0;
  constexpr unsigned kCases = 120;
  for (uint64_t seed = 0; seed < kCases; ++seed) {
    Random random(seed);
    StreamAccess stream = randomStream(random);
    // The writer writes the whole object.
    stream.writer = {stream.object.h, stream.object.w};
    stream.write = PixelWrite::whole(stream.object.c);
    Network network;
    network.objects = {stream.object};
    network.stages.resize(2);
    network.stages[0] = {stream.writer, 0, stream.write, {}};
    network.stages[1] = {stream.reader, -1, {}, {}};
    for (const Window &window : stream.reads)
      network.stages[1].reads.emplace_back(0, window);
    network.fold = pick(random, 0, 1) ? Fold::Row : Fold::Pixel;
    int64_t perImage =
        stream.object.h * (network.fold == Fold::Row ? 1 : stream.object.w);
    int64_t slots = pick(random, 1, pick(random, 1, 2 * perImage));
    network.slots = {{{0, 1}, slots}};
    bool isLarge = isLive(stream, network.fold, slots);
    live += isLarge;
    ASSERT_EQ(run(network, seed), isLarge ? "done" : "deadlock")
        << "seed " << seed << ", " << slots << " slots: " << describe(stream);
  }
  // Both kinds do occur.
  EXPECT_GT(live, kCases / 5);
  EXPECT_LT(live, kCases * 19 / 20);
}
