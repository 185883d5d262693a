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

#include "Orders.h"
#include "RowPairs.h"
#include "TimingNetworks.h"
#include "gmock/gmock.h"

using namespace cm;
using namespace cm::test;

TEST(Timing, CopyOfOnePixel) {
  // Read global memory [0,1), link [1,2), latency 1: arrives 2, write [2,3),
  // load [3,4), link [4,5), arrives 5, write global memory [5,6).
  Copy copy;
  SimResult result = copy.runOk(ramp(4));
  EXPECT_EQ(result.statistics.firstIn[0], 0u);
  EXPECT_EQ(result.statistics.lastOut[0], 6u);
  EXPECT_EQ(result.outputs[0], ramp(4));
}

TEST(Timing, OnePortIsSharedInOrderOfRequest) {
  // Pixels arrive at 2, 3, 4, 5. The port: write 0 [2,3); load 0, which ties
  // with write 1 at 3, [3,4); write 1 [4,5); write 2 (since 4) [5,6); load 1
  // (since 5, ties with write 3) [6,7); write 3 [7,8); load 2 (since 7) [8,9);
  // load 3 [9,10). Then link [10,11) and global memory [11,12).
  Copy copy(4);
  EXPECT_EQ(copy.lastOut(), 12u);
  EXPECT_THAT(eventsOf(copy, {"written in", "load copy"}),
              testing::ElementsAre("3 written in (0, 0)", "4 load copy (0, 0)",
                                   "5 written in (0, 1)", "6 written in (0, 2)",
                                   "7 load copy (0, 1)", "8 written in (0, 3)",
                                   "9 load copy (0, 2)",
                                   "10 load copy (0, 3)"));
}

TEST(Timing, TwoPortsWorkSideBySide) {
  // Pixel k: write [k+2,k+3), load [k+3,k+4), link, global memory until k+6.
  Copy copy(4, 4, 4, changed(2, "ports: 1", "ports: 2"));
  EXPECT_EQ(copy.lastOut(), 9u);
}

TEST(Timing, MessagesCountInOrderAlsoWhereALaterOneIsFirstWritten) {
  // Pixels of 3 bytes: those at 3 and 6 take two accesses, that at 9 only one,
  // so on a port of its own it overtakes them.
  std::string machine = changed(2, "ports: 1", "ports: 4");
  std::string cycles = "write_cycles: 1";
  machine.replace(machine.find(cycles), cycles.size(), "write_cycles: 5");
  Copy copy(4, 3, 4, machine);
  EXPECT_EQ(copy.runOk(ramp(12)).outputs[0], ramp(12));
}

TEST(Timing, CutThroughForwardsTheFirstBytes) {
  // 8 bytes: global memory [0,2), link [2,4), arrives 4, write [4,6), load
  // [6,8), link 0->1 [8,10), whose first bytes are at core 1 at 9: link to the
  // host [9,11), arrives 11, global memory [11,13).
  EXPECT_EQ(Copy(1, 8, 4, rowMachine(2), true).lastOut(), 13u);
}

TEST(Timing, StoreAndForwardWaitsForTheLastByte) {
  // As above, but the second link starts at 10.
  std::string machine =
      rowMachine(2) + "network { switching: SWITCHING_STORE_AND_FORWARD }";
  EXPECT_EQ(Copy(1, 8, 4, machine, true).lastOut(), 14u);
}

TEST(Timing, CutThroughNeverOvertakesASlowLink) {
  // The link to the host is 8 bytes wide: it takes 1 cycle for what the link
  // before it brings in [8,10), so it starts at 10, not at 9: [10,11), arrives
  // 11, global memory [11,13). Links: 0->1 first, then the host's.
  std::string machine = changed(2, "path_power { cores: 2 power: 1 }",
                                "explicit { cores: 2 links { a: 0 b: 1 link { "
                                "width_bytes: 4 latency: 1 } } }");
  size_t at = machine.find("\nlink { width_bytes: 4");
  ASSERT_NE(at, std::string::npos);
  machine.replace(at, 22, "\nlink { width_bytes: 8");
  // Global memory [0,2), link [2,3), arrives 3, write [3,5), load [5,7), link
  // 0->1 [7,9), next link [9,10), arrives 10, global memory [10,12).
  EXPECT_EQ(Copy(1, 8, 4, machine, true).lastOut(), 12u);
}

TEST(Timing, MessagesAreSplitIntoPacketsWithHeaders) {
  // 8 bytes in two packets of 4 + 4 header bytes: 2 cycles each. Global memory
  // [0,2), link [2,4) and [4,6), arrives 6, write [6,8), load [8,10), link
  // [10,12) and [12,14), arrives 14, global memory [14,16).
  std::string machine =
      rowMachine(2) + "network { header_bytes: 4 max_payload: 4 }";
  EXPECT_EQ(Copy(1, 8, 4, machine).lastOut(), 16u);
}

TEST(Timing, RowsOfAMessageTakeThePortOneAfterTheOther) {
  // Pixel k arrives at k + 2. Port of core 0: writes [2,3), [3,4), [4,5); then
  // 'pairs' loads pixels 0 and 2, two runs, which tie with write 3, [5,7);
  // writes 3 to 5 [7,10); the second pair (since 8) [10,12); writes 6 and 7
  // [12,14); the third pair (since 13) [14,16), the fourth [16,18). Their
  // messages of two cycles: links [7,9), [12,14), [16,18), [18,20). Port of
  // core 1, a cycle for each row of a message: [9,11), [14,16); 'copy' loads
  // [16,17), [17,18), and [18,19) before the third message, which ties with it,
  // [19,21); [21,22); the fourth message (since 20) [22,24); loads until 28.
  // Link, global memory until 30.
  RowPairs network(4);
  SimResult result = network.runOk(ramp(32));
  EXPECT_EQ(result.statistics.lastOut[0], 30u);
  EXPECT_EQ(result.outputs[0], ramp(32));
  EXPECT_EQ(result.statistics.cores[1].portBusy, 8u + 8u);
  EXPECT_EQ(result.statistics.cores[1].sramPeak, 16u);
}

TEST(Timing, OneSlotMakesTheWriterWaitForTheCredit) {
  // Pixel 0 is loaded until 4, its credit is back at 5: a pixel every 5 cycles.
  Copy copy(4, 4, 1);
  SimResult result = copy.runOk(ramp(16));
  EXPECT_EQ(result.statistics.lastOut[0], 15u + 6u);
  // The input waits from its fires at 0, 5, 10 until the next.
  EXPECT_EQ(result.statistics.contexts[1].name, "in");
  EXPECT_EQ(result.statistics.contexts[1].stalls.credit, 15u);
  EXPECT_EQ(result.statistics.contexts[1].stalls.data, 0u);
  EXPECT_EQ(result.statistics.cores[0].sramPeak, 4u);
}

TEST(Timing, ImagesAreReleasedAtTheInterval) {
  Copy copy;
  copy.program.set_release_interval(100);
  SimResult result = copy.runOk(ramp(4), 3, /*unpaced=*/false);
  EXPECT_EQ(result.statistics.lastOut, (std::vector<uint64_t>{6, 106, 206}));
  EXPECT_EQ(result.statistics.firstIn, (std::vector<uint64_t>{0, 100, 200}));
}

TEST(Timing, InstructionsOfTheLcuTakeTime) {
  // Two loops until 2, the wait until 3 (data arrive at 3), the fire until 4:
  // one cycle later than without.
  Copy copy(1, 4, 4,
            changed(2, "lcu { contexts: 8 }",
                    "lcu { contexts: 8 instruction_cycles: 1 }"));
  EXPECT_EQ(copy.lastOut(), 7u);
}

TEST(Timing, StagesOverlapWithoutABubbleAtTheImageBoundary) {
  // Received 3, gather [3,4), MVM [4,14), [14,24), .. one after the other over
  // both images; DPU 2 cycles after each, link 1, global memory 1: the eighth
  // MVM ends at 84.
  Multiply multiply(4);
  SimResult result = multiply.runOk(ramp(16), 2);
  EXPECT_EQ(result.statistics.lastOut, (std::vector<uint64_t>{48, 88}));
  EXPECT_EQ(result.statistics.cores[0].mvmBusy, 80u);
  EXPECT_EQ(result.statistics.cores[0].dpuBusy, 16u);
  // 8 pixels of 4 bytes written and read.
  EXPECT_EQ(result.statistics.cores[0].portBusy, 16u);
  EXPECT_EQ(result.statistics.energy.mvm, 8000u);
  EXPECT_EQ(result.statistics.energy.dpu, 8u * 4 * 10);
  EXPECT_EQ(result.statistics.energy.sramRead, 32u);
  EXPECT_EQ(result.statistics.energy.sramWrite, 64u);
  EXPECT_EQ(result.statistics.energy.link, 2u * 32 * 3);
  EXPECT_EQ(result.statistics.energy.io, 2u * 32 * 5);
  std::vector<std::pair<uint64_t, uint64_t>> mvms;
  for (const TraceSlice &slice : result.trace)
    if (slice.stage == TraceSlice::Mvm)
      mvms.push_back({slice.begin, slice.end});
  ASSERT_EQ(mvms.size(), 8u);
  for (uint64_t k = 0; k != 8; ++k)
    EXPECT_EQ(mvms[k],
              (std::pair<uint64_t, uint64_t>{4 + 10 * k, 14 + 10 * k}));
}

TEST(Timing, GroupsTakeTurns) {
  // Gathers [3,4) and [4,5); MVMs [4,14) and [14,24); DPU [24,26), link, global
  // memory until 28.
  Multiply multiply(1, 2);
  EXPECT_EQ(multiply.runOk(ramp(4)).statistics.lastOut[0], 28u);
}

TEST(Timing, ConcurrentCrossbarsRunAtOnce) {
  // MVMs [4,14) and [5,15); the DPU takes the first until 16, the second until
  // 18; link [18,19), global memory [19,20).
  Multiply multiply(1, 2,
                    changed(2, "mvm_cycles: 10",
                            "mvm_cycles: 10 "
                            "mvm_concurrency: MVM_CONCURRENCY_CORE"));
  EXPECT_EQ(multiply.runOk(ramp(4)).statistics.lastOut[0], 20u);
}

TEST(Timing, UnitsOnOneCrossbarTakeTurnsAlthoughCrossbarsDoNot) {
  // As GroupsTakeTurns: MVMs [4,14) and [14,24).
  Multiply multiply(1, 2,
                    changed(2, "mvm_cycles: 10",
                            "mvm_cycles: 10 "
                            "mvm_concurrency: MVM_CONCURRENCY_CORE"));
  program::MvmUnit &second = *multiply.node(0).mutable_mvm_units(1);
  second.set_crossbars(0, 0);
  second.set_row_offset(multiply.node(0).mvm_units(0).rows());
  SimResult result = multiply.runOk(ramp(4));
  EXPECT_EQ(result.statistics.lastOut[0], 28u);
  EXPECT_EQ(result.statistics.cores[0].mvmServers, 1u);
}

TEST(Timing, OneCrossbarAtATime) {
  // A unit of two crossbars takes 20 cycles: gather [3,4), MVM [4,24), DPU of 8
  // elements 4 cycles [24,28), link [28,30), arrives 30, global memory [30,32).
  ProgramBuilder builder(changed(2, "mvm_cycles: 10",
                                 "mvm_cycles: 10 "
                                 "mvm_concurrency: MVM_CONCURRENCY_CROSSBAR"));
  uint32_t in = builder.addObject("in", 1, 1, 4);
  uint32_t out = builder.addObject("out", 1, 1, 8);
  builder.addInput(in);
  builder.addOutput(out);
  uint32_t buffer = builder.addBuffer(0, in, 1);
  builder.addContext(0, "multiply", 1, 1);
  builder.setMvm(0, 0, builder.addUnit(0, 4, 8, ramp(32)),
                 builder.window(0, buffer));
  builder.addDpu(0, 0, program::DPU_MVM_RESULT, 8);
  builder.addDpu(0, 0, program::DPU_REQUANTIZE, 8, {0}).add_scales(1);
  builder.setWrite(0, 0, out);
  uint32_t route = builder.addRoute({builder.host(), 0}, 0, buffer, {0});
  builder.addRoute({0, builder.host()}, 0, -1);
  builder.waitSame(0, 0, route, 1, 1);
  EXPECT_EQ(builder.runOk(ramp(4)).statistics.lastOut[0], 32u);
}

TEST(Timing, StreamsOfOneLinkTakeTurns) {
  // Two copies of an 8-byte pixel with two ports: both load [6,8) and send at 8
  // over 0->1: the first [8,10), the second [10,12); the host's link [9,11) and
  // [11,13); global memory [11,13) and [13,15).
  ProgramBuilder builder(changed(2, "ports: 1", "ports: 2"));
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
  SimResult result = builder.runOk(ramp(8));
  EXPECT_EQ(result.statistics.lastOut[0], 15u);
  EXPECT_EQ(result.outputs[0], ramp(8));
  EXPECT_EQ(result.outputs[1], ramp(8));
  // 16 bytes each over host->0, 0->1 and 1->host; the first once.
  ASSERT_EQ(result.statistics.links.size(), 3u);
  EXPECT_EQ(result.statistics.links[0].name, "core[0]->core[1]");
  EXPECT_EQ(result.statistics.links[0].bytes, 16u);
}

TEST(Timing, LocalDeliveryTakesOnlyThePort) {
  // Load [3,4), write [4,5), load [5,6), link [6,7), global memory [7,8).
  ProgramBuilder builder(1);
  uint32_t in = builder.addObject("in", 1, 1, 4);
  uint32_t middle = builder.addObject("middle", 1, 1, 4);
  uint32_t out = builder.addObject("out", 1, 1, 4);
  builder.addInput(in);
  builder.addOutput(out);
  uint32_t first = builder.addBuffer(0, in, 1);
  uint32_t second = builder.addBuffer(0, middle, 1);
  builder.addContext(0, "a", 1, 1);
  builder.addLoad(0, 0, builder.window(0, first));
  builder.setWrite(0, 0, middle);
  builder.addContext(0, "b", 1, 1);
  builder.addLoad(0, 1, builder.window(0, second));
  builder.setWrite(0, 1, out);
  uint32_t r0 = builder.addRoute({builder.host(), 0}, 0, first, {0});
  uint32_t r1 = builder.addRoute({0}, 0, second, {1});
  builder.addRoute({0, builder.host()}, 1, -1);
  builder.waitSame(0, 0, r0, 1, 1);
  builder.waitSame(0, 1, r1, 1, 1);
  EXPECT_EQ(builder.runOk(ramp(4)).statistics.lastOut[0], 8u);
}
