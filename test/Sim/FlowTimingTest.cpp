//===- FlowTimingTest.cpp - hand-computed cycles of streams ---------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// As TimingTest.cpp: multicast, backpressure, arbitration of links, widths and
// latencies, and what the operations of the DPU take.
//
//===----------------------------------------------------------------------===//

#include "TimingNetworks.h"

using namespace cm;
using namespace cm::test;

namespace {
/// The input goes to copies on cores 0 and 1 in one tree, into a slot each.
struct Multicast : ProgramBuilder {
  explicit Multicast(uint32_t width) : ProgramBuilder(2) {
    uint32_t in = addObject("in", 1, width, 4);
    addInput(in);
    for (uint32_t core : {0, 1}) {
      uint32_t out = addObject("out", 1, width, 4);
      addOutput(out);
      uint32_t buffer = addBuffer(core, in, 1, program::FOLD_PIXEL);
      addContext(core, "copy", 1, width);
      addLoad(core, 0, window(core, buffer));
      setWrite(core, 0, out);
      uint32_t route = core == 0 ? addRoute({host(), 0}, 0, buffer, {0})
                                 : addRoute({host(), 0, 1}, 0, buffer, {0});
      addRoute({core, host()}, 0, -1);
      waitSame(core, 0, route, 1, width);
      waitFree(host(), 0, route, 1, width, 1);
    }
  }
};

/// A pixel of 8 channels that core 0 changes by `opcode`.
struct Operation : ProgramBuilder {
  Operation() : ProgramBuilder(2) {
    in = addObject("in", 1, 1, 8);
    out = addObject("out", 1, 1, 8);
    addInput(in);
    addOutput(out);
    uint32_t buffer = addBuffer(0, in, 1);
    addContext(0, "operation", 1, 1);
    addLoad(0, 0, window(0, buffer));
    route = addRoute({host(), 0}, 0, buffer, {0});
    waitSame(0, 0, route, 1, 1);
  }
  uint64_t lastOut() {
    setWrite(0, 0, out);
    addRoute({0, host()}, 0, -1);
    return runOk(ramp(8)).statistics.lastOut[0];
  }
  uint32_t in, out, route;
};
} // namespace

TEST(Timing, MulticastForksBehindTheSharedLink) {
  // Global memory [0,1), link host->0 [1,2), arrives 2: core 0 writes [2,3),
  // loads [3,4), link [4,5), arrives 5, global memory [5,6). Link 0->1 starts
  // at 2: [2,3), arrives 3: core 1 is a cycle later: global memory [6,7).
  SimResult result = Multicast(1).runOk(ramp(4));
  EXPECT_EQ(result.statistics.lastOut[0], 7u);
  for (const LinkStatistics &link : result.statistics.links)
    EXPECT_EQ(link.bytes, 4u) << link.name;
  // host->0, 0->1, 0->host and 1->host.
  EXPECT_EQ(result.statistics.links.size(), 4u);
}

TEST(Timing, MulticastWaitsForTheCreditsOfAllBranches) {
  // Core 0 loads until 4, its credit is back at 5; core 1 loads until 5, over
  // two links that is 7. So pixel 1 is fired at 7, all as above until 7 + 7.
  SimResult result = Multicast(2).runOk(ramp(8));
  EXPECT_EQ(result.statistics.lastOut[0], 14u);
  EXPECT_EQ(result.statistics.contexts[2].name, "in");
  EXPECT_EQ(result.statistics.contexts[2].stalls.credit, 7u);
}

TEST(Timing, ASlowReaderHoldsItsWriterBack) {
  // Core 0 copies three pixels into one slot of core 1, which multiplies in 10
  // cycles. Pixels are in core 0 at 3, 5 and 6.
  //   core 0: load [3,4), link [4,5), arrives 5; core 1: write [5,6), gather
  //   [6,7), MVM [7,17); the credit is back at 8.
  //   core 0: fires at 8, load [8,9), link, write [10,11), gather [11,12), MVM
  //   [17,27); the credit is back at 13.
  //   core 0: fires at 13, load [13,14), write [15,16); two gathers are ahead
  //   and MVM 0 ends at 17: gather [17,18), MVM [27,37), DPU [37,39), link
  //   [39,40), arrives 40, global memory [40,41).
  ProgramBuilder builder(2);
  uint32_t in = builder.addObject("in", 1, 3, 4);
  uint32_t middle = builder.addObject("middle", 1, 3, 4);
  uint32_t out = builder.addObject("out", 1, 3, 4);
  builder.addInput(in);
  builder.addOutput(out);
  uint32_t first = builder.addBuffer(0, in, 4, program::FOLD_PIXEL);
  uint32_t second = builder.addBuffer(1, middle, 1, program::FOLD_PIXEL);
  builder.addContext(0, "copy", 1, 3);
  builder.addLoad(0, 0, builder.window(0, first));
  builder.setWrite(0, 0, middle);
  builder.addContext(1, "multiply", 1, 3);
  builder.setMvm(1, 0, builder.addUnit(1, 4, 4, ramp(16)),
                 builder.window(1, second));
  builder.addDpu(1, 0, program::DPU_MVM_RESULT, 4);
  builder.addDpu(1, 0, program::DPU_REQUANTIZE, 4, {0}).add_scales(1);
  builder.setWrite(1, 0, out);
  uint32_t r0 = builder.addRoute({builder.host(), 0}, 0, first, {0});
  uint32_t r1 = builder.addRoute({0, 1}, 0, second, {0});
  builder.addRoute({1, builder.host()}, 0, -1);
  builder.waitSame(0, 0, r0, 1, 3);
  builder.waitFree(0, 0, r1, 1, 3, 1);
  builder.waitSame(1, 0, r1, 1, 3);
  SimResult result = builder.runOk(ramp(12));
  EXPECT_EQ(result.statistics.lastOut[0], 41u);
  // Core 0 waits for data until 3 and from 3 to 5, for credits from 5 to 8 and
  // from 8 to 13; core 1 for a register from 16 to 17.
  EXPECT_EQ(result.statistics.contexts[0].stalls.data, 5u);
  EXPECT_EQ(result.statistics.contexts[0].stalls.credit, 8u);
  EXPECT_EQ(result.statistics.contexts[1].stalls.resource, 1u);
}

TEST(Timing, PacketsOfTwoStreamsAlternate) {
  // 8 bytes in two packets. Global memory [0,2), link [2,3) and [3,4), arrives
  // 4, write [4,6), both copies load [6,8) at a port each. Over 0->1, round
  // robin: A0 [8,9), B0 [9,10), A1 [10,11), B1 [11,12); the next link a cycle
  // later each: A arrives 12, B 13. Global memory [12,14) and [14,16); were B0
  // behind A1, A would have been there at 11, and B at 15.
  ProgramBuilder builder(changed(2, "ports: 1", "ports: 2") +
                         "network { max_payload: 4 }");
  uint32_t in = builder.addObject("in", 1, 1, 8);
  builder.addInput(in);
  uint32_t buffer = builder.addBuffer(0, in, 1);
  uint32_t route = builder.addRoute({builder.host(), 0}, 0, buffer, {0, 1});
  for (uint32_t i : {0, 1}) {
    uint32_t out = builder.addObject("out", 1, 1, 8);
    builder.addOutput(out);
    builder.addContext(0, "copy", 1, 1);
    builder.addLoad(0, i, builder.window(0, buffer));
    builder.setWrite(0, i, out);
    builder.addRoute({0, 1, builder.host()}, i, -1);
    builder.waitSame(0, i, route, 1, 1);
  }
  EXPECT_EQ(builder.runOk(ramp(8)).statistics.lastOut[0], 16u);
}

TEST(Timing, GlobalMemoryHasABandwidth) {
  // A byte a cycle: read [0,4), link [4,5), arrives 5, write [5,6), load [6,7),
  // link [7,8), arrives 8, global memory [8,12).
  Copy copy(1, 4, 4, changed(2, "bytes_per_cycle: 4", "bytes_per_cycle: 1"));
  EXPECT_EQ(copy.lastOut(), 12u);
}

TEST(Timing, LatencyCountsForDataAndForCredits) {
  // Read [0,1), link [1,2), the last byte arrives at 6: write [6,7), load
  // [7,8), link [8,9), arrives 13, global memory [13,14). The credit is on its
  // way from 8 to 13: pixel 1 fires at 13 and ends 14 later.
  std::string machine = changed(2, "link { width_bytes: 4 latency: 1 }",
                                "link { width_bytes: 4 latency: 5 }");
  EXPECT_EQ(Copy(1, 4, 4, machine).lastOut(), 14u);
  EXPECT_EQ(Copy(2, 4, 1, machine).lastOut(), 27u);
}

TEST(Timing, SramTakesItsCyclesForEachAccess) {
  // Write [2,4), load [4,7), link [7,8), global memory [8,9).
  std::string machine = changed(2, "read_cycles: 1 write_cycles: 1",
                                "read_cycles: 3 write_cycles: 2");
  EXPECT_EQ(Copy(1, 4, 4, machine).lastOut(), 9u);
}

TEST(Timing, AccessesAreAligned) {
  // Pixels of 3 bytes; pixel 1 lies at 3 to 5, in two words. Pixel 0: write
  // [2,3), load [3,4). Pixel 1 arrives at 3: write [4,6), load [6,8), link
  // [8,9), global memory [9,10).
  EXPECT_EQ(Copy(2, 3).lastOut(), 10u);
}

TEST(Timing, EachInstructionOfTheLcuTakesItsTime) {
  // Two loops until 6, the wait until 9, the fire until 12; then load [12,13),
  // link [13,14), global memory [14,15).
  Copy copy(1, 4, 4,
            changed(2, "lcu { contexts: 8 }",
                    "lcu { contexts: 8 instruction_cycles: 3 }"));
  EXPECT_EQ(copy.lastOut(), 15u);
}

TEST(Timing, LookupsTakeTheirCyclesForEachStepOfTheLanes) {
  // Global memory [0,2), link [2,4), arrives 4, write [4,6), load [6,8), two
  // steps of four lanes of 3 cycles [8,14), link [14,16), arrives 16, global
  // memory [16,18).
  Operation lookup;
  lookup.addDpu(0, 0, program::DPU_LOOKUP, 8, {0}).set_lut(std::string(256, 1));
  EXPECT_EQ(lookup.lastOut(), 18u);
}

TEST(Timing, ASoftmaxIsTwoAdditionsAndAnExponential) {
  // As above, but 2 * (2 steps * 2) + 2 steps * 4 = 16 cycles: 28 in all.
  Operation softmax;
  program::DpuInstr &instr = softmax.addDpu(0, 0, program::DPU_SOFTMAX, 8, {0});
  instr.mutable_a()->set_scale(1);
  instr.mutable_y()->set_scale(1.0f / 256);
  EXPECT_EQ(softmax.lastOut(), 28u);
}

TEST(Timing, InstructionsOfADpuProgramFollowEachOther) {
  // Two lookups and an addition with itself, 6 + 6 + 4 cycles: 28 in all.
  Operation chain;
  for (uint32_t from : {0, 1})
    chain.addDpu(0, 0, program::DPU_LOOKUP, 8, {from})
        .set_lut(std::string(256, 1));
  program::DpuInstr &sum =
      chain.addDpu(0, 0, program::DPU_ADD_QUANTIZED, 8, {1, 2});
  for (program::Quantization *q :
       {sum.mutable_a(), sum.mutable_b(), sum.mutable_y()})
    q->set_scale(1);
  EXPECT_EQ(chain.lastOut(), 28u);
}
