//===- RetirementTest.cpp - when data die ---------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What iterations free, image after image, seen in the live bytes of buffers.
//
//===----------------------------------------------------------------------===//

#include "ProgramBuilder.h"
#include "gmock/gmock.h"

using namespace cm;
using namespace cm::test;
using ::testing::ElementsAreArray;

namespace {

using Bytes = std::vector<uint64_t>;

/// 'reader' of core 0 multiplies 3x3 windows (padding 1) of one buffer and
/// loads the pixels of another, once an image (a byte each pixel) is in both;
/// the host waits until all of it is read.
struct TwoBuffers : ProgramBuilder {
  TwoBuffers(uint32_t height, uint32_t width) : ProgramBuilder(1) {
    int64_t pixels = height * width;
    uint32_t in = addObject("in", height, width, 1);
    uint32_t out = addObject("out", height, width, 1);
    addInput(in);
    addOutput(out);
    addContext(0, "reader", height, width);
    for (uint32_t buffer : {0, 1}) {
      addBuffer(0, in, height);
      uint32_t route = addRoute({host(), 0}, 0, buffer, {0});
      waitReceived(0, 0, route, affine(pixels, pixels));
      waitRetired(host(), 0, route, 0, affine(0, pixels));
    }
    setMvm(0, 0, addUnit(0, 9, 1, ramp(9)), window(0, 0, 3, 1));
    addDpu(0, 0, program::DPU_MVM_RESULT, 1);
    addLoad(0, 0, window(0, 1));
    setWrite(0, 0, out);
    addRoute({0, host()}, 0, -1);
  }

  /// The live bytes of each buffer, where they change.
  std::vector<Bytes> liveBytes(uint64_t images, SimEngine engine) {
    SimOptions options;
    options.images = images;
    options.unpaced = options.timingOnly = options.sampleBuffers = true;
    options.engine = engine;
    SimResult result = llvm::cantFail(run({}, options));
    EXPECT_EQ(result.statistics.sampleCycles, 1u);
    std::vector<Bytes> found;
    for (const BufferStatistics &buffer : result.statistics.cores[0].buffers) {
      found.push_back(buffer.live);
      Bytes &live = found.back();
      live.erase(std::unique(live.begin(), live.end()), live.end());
    }
    return found;
  }
};

Bytes repeated(const Bytes &image, uint64_t images) {
  Bytes all{0};
  for (uint64_t n = 0; n != images; ++n)
    all.insert(all.end(), image.begin(), image.end());
  return all;
}

void expectLive(TwoBuffers network, const Bytes &windows, const Bytes &pixels) {
  for (SimEngine engine : {SimEngine::Event, SimEngine::Tick}) {
    std::vector<Bytes> found = network.liveBytes(3, engine);
    ASSERT_EQ(found.size(), 2u);
    EXPECT_THAT(found[0], ElementsAreArray(repeated(windows, 3)));
    EXPECT_THAT(found[1], ElementsAreArray(repeated(pixels, 3)));
  }
}

} // namespace

TEST(Retirement, IterationsThatFreeNothingAndSomeThatFreeMany) {
  // Pixel (y, x) is in the window of (y + 1, x + 1) for the last time, or of
  // the last row and column: iterations (0, *), (1, 0) and (2, 0) free nothing,
  // (1, 1) one pixel, (1, 2) and (2, 1) two each, (2, 2) four.
  expectLive({3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 6, 4, 0},
             {1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0});
}

TEST(Retirement, AnImageOfOneRow) {
  // Iteration 0 frees nothing, 1 the first pixel, 2 the other two.
  expectLive({1, 3}, {1, 2, 3, 2, 0}, {1, 2, 3, 2, 1, 0});
}

TEST(Retirement, AnImageOfOneIteration) { expectLive({1, 1}, {1, 0}, {1, 0}); }
