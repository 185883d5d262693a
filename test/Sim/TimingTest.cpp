//===- TimingTest.cpp - hand-computed cycles ------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each test computes in its comment when things must happen. Intervals are
// [begin, end): what ends at `end` is visible to what starts at `end`.
//
//===----------------------------------------------------------------------===//

#include "ProgramBuilder.h"

using namespace cm;
using namespace cm::test;

namespace {

/// A copy of a 1x1x4 object on core 0: host -> core 0 -> host.
struct Copy : ProgramBuilder {
  explicit Copy(uint32_t height = 1, uint32_t width = 1, uint32_t channels = 4,
                uint32_t slots = 4)
      : ProgramBuilder(2) {
    in = addObject("in", height, width, channels);
    out = addObject("out", height, width, channels);
    addInput(in);
    addOutput(out);
    buffer = addBuffer(0, in, slots, program::FOLD_PIXEL);
    addContext(0, "copy", height, width);
    addLoad(0, 0, window(0, buffer));
    setWrite(0, 0, out);
    inRoute = addRoute({host(), 0}, 0, buffer, {0});
    outRoute = addRoute({0, host()}, 0, -1);
    waitSame(0, 0, inRoute, height, width);
    waitFree(host(), 0, inRoute, height, width, slots);
  }
  uint32_t in, out, buffer, inRoute, outRoute;
};

} // namespace

TEST(Timing, CopyOfOnePixel) {
  // read global memory [0,1), link [1,2), latency 1: arrives 2, write [2,3),
  // load [3,4), link [4,5), arrives 5, write global memory [5,6).
  Copy copy;
  SimResult result = copy.runOk(ramp(4));
  EXPECT_EQ(result.statistics.firstIn[0], 0u);
  EXPECT_EQ(result.statistics.lastOut[0], 6u);
  EXPECT_EQ(result.outputs[0], ramp(4));
}
