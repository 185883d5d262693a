//===- TimingTest.cpp - predicted cycles of what a stage does -------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs by hand and against a byte-by-byte count; sums over an image against the
// sum of its iterations; messages by hand.
//
//===----------------------------------------------------------------------===//

#include "cm/Analysis/Timing.h"
#include "gtest/gtest.h"
#include <random>

using namespace cm;

static MachineModel machineOf(llvm::StringRef preset,
                              std::vector<std::string> settings = {}) {
  return llvm::cantFail(loadMachine(preset, settings));
}

TEST(Timing, FullChannelsOfARowAreOneRun) {
  Extent object{8, 10, 16};
  Window window = Window::whole(3, 3, 16);
  std::vector<SramRun> runs = gatherRuns(window, object, {}, 2, 4);
  ASSERT_EQ(runs.size(), 3u);
  EXPECT_EQ(runs[0].address, (2 * 10 + 4) * 16u);
  EXPECT_EQ(runs[0].bytes, 48u);
}

TEST(Timing, PaddingIsNotRead) {
  Extent object{8, 10, 16};
  Window window = Window::whole(3, 3, 16);
  window.offsetY = window.offsetX = -1;
  std::vector<SramRun> runs = gatherRuns(window, object, {}, 0, 0);
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].address, 0u);
  EXPECT_EQ(runs[0].bytes, 32u);
}

TEST(Timing, DilationChannelsAndFoldsBreakRuns) {
  Extent object{8, 10, 16};
  Window dilated = Window::whole(1, 3, 16);
  dilated.dilationX = 2;
  EXPECT_EQ(gatherRuns(dilated, object, {}, 0, 0).size(), 3u);
  Window channels = Window::whole(1, 3, 8);
  EXPECT_EQ(gatherRuns(channels, object, {}, 0, 0).size(), 3u);
  // A window as wide as the object is one run, but for the fold.
  Window wide = Window::whole(3, 10, 16);
  EXPECT_EQ(gatherRuns(wide, object, {}, 3, 0).size(), 1u);
  BufferLayout folded;
  folded.slots = 4;
  EXPECT_EQ(gatherRuns(wide, object, folded, 3, 0).size(), 2u);
}

TEST(Timing, AnElementRangeCutsPixels) {
  Extent object{8, 10, 16};
  Window window = Window::whole(3, 3, 16);
  window.elementBegin = 24;
  window.elementEnd = 72;
  std::vector<SramRun> runs = gatherRuns(window, object, {}, 0, 0);
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].address, 24u);
  EXPECT_EQ(runs[0].bytes, 24u);
  EXPECT_EQ(runs[1].address, 160u);
  EXPECT_EQ(runs[1].bytes, 24u);
}

namespace {
struct RandomGather {
  Extent object;
  Window window;
  BufferLayout layout;
  Domain domain;

  explicit RandomGather(std::mt19937 &random) {
    auto pick = [&](int64_t least, int64_t most) {
      return least + int64_t(random() % (most - least + 1));
    };
    object = {pick(1, 9), pick(1, 9), pick(1, 9)};
    domain = {pick(1, 9), pick(1, 9)};
    window.kernelY = pick(1, 4);
    window.kernelX = pick(1, 4);
    window.strideY = pick(0, 3);
    window.strideX = pick(0, 3);
    window.offsetY = pick(-3, 2);
    window.offsetX = pick(-3, 2);
    window.dilationY = pick(1, 2);
    window.dilationX = pick(1, 2);
    window.channelBegin = pick(0, object.c - 1);
    window.channelEnd = pick(window.channelBegin + 1, object.c);
    window.elementBegin = pick(0, window.listed() - 1);
    window.elementEnd = pick(window.elementBegin + 1, window.listed());
    layout.elementBytes = pick(0, 1) ? 1 : 4;
    layout.foldPixels = pick(0, 3) == 0;
    layout.slots = layout.foldPixels ? 0 : pick(0, 2) ? pick(4, 12) : 0;
    layout.address = pick(0, 40);
  }
};
} // namespace

/// The address of every byte read, one after the other.
static std::vector<uint64_t> bytesRead(const RandomGather &g, int64_t d0,
                                       int64_t d1) {
  std::vector<uint64_t> bytes;
  int64_t element = 0;
  for (int64_t ky = 0; ky < g.window.kernelY; ++ky)
    for (int64_t kx = 0; kx < g.window.kernelX; ++kx)
      for (int64_t c = g.window.channelBegin; c < g.window.channelEnd; ++c) {
        int64_t y =
            d0 * g.window.strideY + g.window.offsetY + ky * g.window.dilationY;
        int64_t x =
            d1 * g.window.strideX + g.window.offsetX + kx * g.window.dilationX;
        bool taken =
            element >= g.window.elementBegin && element < g.window.elementEnd;
        ++element;
        if (!taken || y < 0 || y >= g.object.h || x < 0 || x >= g.object.w)
          continue;
        int64_t slot = g.layout.slots ? y % int64_t(g.layout.slots) : y;
        for (uint64_t b = 0; b < g.layout.elementBytes; ++b)
          bytes.push_back(g.layout.address +
                          ((slot * g.object.w + x) * g.object.c + c) *
                              g.layout.elementBytes +
                          b);
      }
  return bytes;
}

/// An access for each byte that is not in the block of the one before it, or
/// does not follow it.
static uint64_t countCycles(const std::vector<uint64_t> &bytes, uint64_t width,
                            uint64_t cycles) {
  uint64_t accesses = 0;
  for (size_t i = 0; i < bytes.size(); ++i)
    accesses += i == 0 || bytes[i] != bytes[i - 1] + 1 ||
                bytes[i] / width != bytes[i - 1] / width;
  return accesses * cycles;
}

TEST(Timing, RandomGathersEqualACountOfTheirBytes) {
  std::mt19937 random(29);
  MachineModel machine =
      machineOf("tiny8", {"core.access_bytes=8", "core.read_cycles=3"});
  for (int trial = 0; trial < 400; ++trial) {
    RandomGather g(random);
    uint64_t longest = 0, sum = 0;
    for (int64_t d0 = 0; d0 < g.domain.h; ++d0)
      for (int64_t d1 = 0; d1 < g.domain.w; ++d1) {
        uint64_t expected = countCycles(bytesRead(g, d0, d1), 8, 3);
        EXPECT_EQ(
            gatherCycles(machine, 0, g.window, g.object, g.layout, d0, d1),
            expected)
            << "trial " << trial;
        longest = std::max(longest, expected);
        sum += expected;
      }
    EXPECT_EQ(
        longestGatherCycles(machine, 0, g.domain, g.window, g.object, g.layout),
        longest)
        << "trial " << trial;
    EXPECT_EQ(
        imageGatherCycles(machine, 0, g.domain, g.window, g.object, g.layout),
        sum)
        << "trial " << trial;
  }
}

/// Bytes of the rows that message (d0, d1) writes, each a run of its own.
static std::vector<std::vector<uint64_t>> bytesWritten(const PixelWrite &write,
                                                       const Extent &object,
                                                       uint64_t elementBytes,
                                                       int64_t d0, int64_t d1) {
  std::vector<std::vector<uint64_t>> rows(write.rows);
  for (int64_t i = 0; i < write.rows; ++i)
    for (int64_t k = 0; k < write.pixels * write.channels(); ++k)
      for (uint64_t byte = 0; byte < elementBytes; ++byte) {
        int64_t y = d0 * write.strideY + write.offsetY + i;
        int64_t x = d1 * write.strideX + write.offsetX;
        uint64_t first = (y * object.w + x) * object.c + write.channelBegin;
        rows[i].push_back((first + k) * elementBytes + byte);
      }
  return rows;
}

TEST(Timing, RandomWritesEqualACountOfTheirBytes) {
  std::mt19937 random(31);
  auto pick = [&](int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random);
  };
  MachineModel machine =
      machineOf("tiny8", {"core.access_bytes=8", "core.write_cycles=5"});
  for (int trial = 0; trial < 400; ++trial) {
    PixelWrite write;
    write.rows = pick(1, 3), write.pixels = pick(1, 3);
    write.strideY = write.rows * pick(1, 2);
    write.strideX = write.pixels * pick(1, 2);
    write.offsetY = pick(0, 2), write.offsetX = pick(0, 2);
    Domain domain{pick(1, 6), pick(1, 6)};
    Extent object{write.strideY * domain.h + 2, write.strideX * domain.w + 2,
                  pick(1, 9)};
    if (write.pixels == 1)
      write.channelBegin = pick(0, object.c - 1);
    write.channelEnd =
        write.pixels == 1 ? pick(write.channelBegin + 1, object.c) : object.c;
    uint32_t elementBytes = pick(0, 1) ? 4 : 1;
    uint64_t sum = 0;
    for (int64_t d0 = 0; d0 < domain.h; ++d0)
      for (int64_t d1 = 0; d1 < domain.w; ++d1)
        for (const std::vector<uint64_t> &row :
             bytesWritten(write, object, elementBytes, d0, d1))
          sum += countCycles(row, 8, 5);
    EXPECT_EQ(imageWriteCycles(machine, 0, domain, write, object, elementBytes),
              sum)
        << "trial " << trial;
  }
}

TEST(Timing, CrossbarsTakeTurnsAsTheMachineSays) {
  auto cyclesOf = [](const std::string &concurrency) {
    MachineModel machine =
        machineOf("tiny8", {"core.mvm_concurrency=" + concurrency});
    const machine::Crossbar &crossbar = machine.core(0).crossbar();
    GroupShape group =
        machine.groupShape(0, 2 * crossbar.rows() - 1, 3 * crossbar.cols());
    EXPECT_EQ(group.crossbars(), 6u);
    return machine.mvmCycles(0, group);
  };
  EXPECT_EQ(cyclesOf("MVM_CONCURRENCY_CORE"), 16u);
  EXPECT_EQ(cyclesOf("MVM_CONCURRENCY_GROUP"), 32u);
  EXPECT_EQ(cyclesOf("MVM_CONCURRENCY_CROSSBAR"), 96u);
}

TEST(Timing, TheDpuAddsUpRowTiles) {
  MachineModel machine = machineOf("pimcomp144"); // 4 cycles for 32 lanes
  EXPECT_EQ(machine.mvmSumCycles(0, {1, 4}, 512), 0u);
  EXPECT_EQ(machine.mvmSumCycles(0, {3, 4}, 512), 2u * 16 * 4);
}

TEST(Timing, ResultsInSramAreWrittenAndRead) {
  EXPECT_EQ(mvmResultSramCycles(machineOf("pimcomp144"), 0, 32), 0u);
  MachineModel sram =
      machineOf("pimcomp144", {"core.mvm_result=MVM_RESULT_SRAM"});
  EXPECT_EQ(mvmResultSramCycles(sram, 0, 32), 2 * (20 + 30u));
}

TEST(Timing, DpuWorkAddsUp) {
  MachineModel machine = machineOf("tiny8"); // 16 lanes
  EXPECT_EQ(
      dpuWorkCycles(machine, 0, {{DpuClass::Alu, 17}, {DpuClass::Exp, 16}}),
      2 + 4u);
}

TEST(Timing, MessagesPayLatencyAndTheSlowestLink) {
  MachineModel machine =
      machineOf("pimcomp144", {"link.width_bytes=4", "link.latency=3",
                               "network.header_bytes=2"});
  LinkId first = *machine.findLink(0, 1), second = *machine.findLink(1, 2);
  MessageTiming timing = messageTiming(machine, {first, second}, 2, 64);
  EXPECT_EQ(timing.writeCycles, 30u);
  EXPECT_EQ(timing.arrivalCycles, 3 + 3 + 17 + 30u); // 66 bytes
  EXPECT_EQ(creditCycles(machine, {first, second}), 6u);
}

TEST(Timing, StoreAndForwardReceivesPacketsWhole) {
  MachineModel machine = machineOf(
      "pimcomp144",
      {"link.width_bytes=4", "link.latency=3", "network.max_payload=16",
       "network.switching=SWITCHING_STORE_AND_FORWARD"});
  LinkId first = *machine.findLink(0, 1), second = *machine.findLink(1, 2);
  // Four packets of four cycles: 3 + 4 to the first node, 3 + 4 to the second,
  // three more packets behind the first.
  EXPECT_EQ(messageTiming(machine, {first, second}, 2, 64).arrivalCycles,
            14 + 12 + 30u);
}

TEST(Timing, LocalMessagesTakeThePortOnly) {
  MachineModel machine = machineOf("pimcomp144");
  MessageTiming timing = messageTiming(machine, {}, 5, 65);
  EXPECT_EQ(timing.arrivalCycles, 60u);
  EXPECT_EQ(creditCycles(machine, {}), 1u);
}

TEST(Timing, ServiceIsTheLongestPartAndRetiringWaitsForTheLastRead) {
  IterationTiming timing;
  timing.gather = 10;
  timing.mvm = 30;
  timing.dpu = 5;
  EXPECT_EQ(timing.service(), 30u);
  EXPECT_EQ(timing.retire(), 10u);
  EXPECT_EQ(timing.result(), 45u);
  timing.dpuLoads = 28;
  EXPECT_EQ(timing.service(), 38u);
  timing.ports = 2; // then loads go on beside the gather, and the DPU's work
  EXPECT_EQ(timing.service(), 30u);
  timing.dpu = 35;
  EXPECT_EQ(timing.service(), 35u);
  timing.dpu = 5;
  EXPECT_EQ(timing.retire(), 73u);
}

TEST(Timing, ControlComesBeforeEverythingAndOverlapsWithTheIterationBefore) {
  IterationTiming timing;
  timing.control = 40;
  timing.gather = 10;
  timing.mvm = 30;
  timing.dpu = 5;
  EXPECT_EQ(timing.service(), 40u);
  EXPECT_EQ(timing.retire(), 50u);
  EXPECT_EQ(timing.result(), 85u);
}
