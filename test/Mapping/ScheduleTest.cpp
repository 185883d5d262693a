//===- ScheduleTest.cpp - offsets and capacities --------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Schedules by hand, random networks verified, tightened and executed, and
// wrong input and solutions.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Schedule.h"
#include "ScheduleNetworks.h"
#include "llvm/ADT/STLExtras.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace cm;
using testing::HasSubstr;

static ScheduleSolution solve(const ScheduleProblem &problem) {
  ScheduleSolution solution = llvm::cantFail(solveSchedule(problem));
  EXPECT_EQ(llvm::toString(problem.verify(solution)), "");
  return solution;
}

static std::string solveError(const ScheduleProblem &problem) {
  return llvm::toString(solveSchedule(problem).takeError());
}

/// An input of 8x8x4, a 3x3 convolution in core 0 and an output.
static NetworkBuilder oneConvolution(uint64_t service = 2) {
  NetworkBuilder net;
  uint32_t memory = net.addMemory();
  uint32_t in = net.addStage("in", {8, 8}, 1, 0, ScheduleStage::Input);
  uint32_t conv = net.addStage("conv", {8, 8}, service, 3);
  uint32_t out = net.addStage("out", {8, 8}, 1, 0, ScheduleStage::Output);
  net.addRead(net.addObject(in, 4), conv, {sameWindow(3, 4)}, memory, 10, 2);
  net.addOutput(net.addObject(conv, 6), out, 7);
  return net;
}

TEST(Schedule, AConvolutionStartsOneRowAndOnePixelLate) {
  ScheduleSolution solution = solve(oneConvolution().problem);
  EXPECT_EQ(solution.ii, 128u); // 64 iterations of 2 cycles
  EXPECT_EQ(solution.iiBoundBy, "stage 'conv'");
  EXPECT_EQ(solution.offset[1], 9 * 2 + 10u);
  EXPECT_EQ(solution.offset[2], 9 * 2 + 10 + 7u);
  EXPECT_EQ(solution.latency, 9 * 2 + 10 + 7 + 63 * 2u);
}

TEST(Schedule, AConvolutionHoldsItsRowsAndTheNextPixels) {
  // Pixel (0, 0) is read last by iteration (1, 1), which fires at 28 + 18. It
  // is given back at 51, when the input is at row 3 since cycle 48.
  ScheduleSolution solution = solve(oneConvolution().problem);
  ASSERT_EQ(solution.capacity.size(), 1u);
  EXPECT_EQ(solution.capacity[0].fold, Fold::Row);
  EXPECT_EQ(solution.capacity[0].slots, 4u);
}

TEST(Schedule, ASlowMachineNeedsNoMoreThanTheWindow) {
  // Transfer and credit are short against the pixels that remain of the row.
  ScheduleSolution slow = solve(oneConvolution(1000).problem);
  EXPECT_EQ(slow.ii, 64000u);
  EXPECT_EQ(slow.capacity[0].slots, 3u);
}

TEST(Schedule, PointwiseReadersFoldByPixels) {
  NetworkBuilder net;
  uint32_t memory = net.addMemory();
  uint32_t in = net.addStage("in", {8, 8}, 1, 0, ScheduleStage::Input);
  uint32_t a = net.addStage("a", {8, 8});
  net.addRead(net.addObject(in, 4), a, {Window::whole(1, 1, 4)}, memory, 3, 3);
  ScheduleSolution solution = solve(net.problem);
  EXPECT_EQ(solution.capacity[0].fold, Fold::Pixel);
  EXPECT_EQ(solution.capacity[0].slots, 6u); // 3 cycles there, 3 back
}

TEST(Schedule, ASkipHoldsWhatItsPartnerIsLate) {
  // in -> conv -> add and in -> add: the second buffer holds the lag of conv,
  // which is longer than an image of 3 rows.
  NetworkBuilder net;
  uint32_t memory = net.addMemory();
  uint32_t in = net.addStage("in", {3, 3}, 1, 0, ScheduleStage::Input);
  uint32_t conv = net.addStage("conv", {3, 3}, 2, 100);
  uint32_t add = net.addStage("add", {3, 3});
  uint32_t image = net.addObject(in, 1), result = net.addObject(conv, 1);
  net.addRead(image, conv, {sameWindow(3, 1)}, memory);
  net.addRead(result, add, {Window::whole(1, 1, 1)}, net.addMemory(), 100);
  net.addRead(image, add, {Window::whole(1, 1, 1)}, net.addMemory());
  ScheduleSolution solution = solve(net.problem);
  EXPECT_EQ(solution.ii, 18u);
  EXPECT_EQ(solution.capacity[2].fold, Fold::Pixel);
  // Pixels that come in between the first one and its use (4 pixels of the
  // window, 1 + 100 cycles) and the credit.
  EXPECT_EQ(solution.capacity[2].slots, (4 * 2 + 101 + 1) / 2u);
  EXPECT_GT(solution.capacity[2].slots, 9u);
}

TEST(Schedule, ResourcesAndTargetsRaiseTheII) {
  ScheduleProblem problem = oneConvolution().problem;
  problem.resources = {{"DPU of core[0]", 500}, {"link a->b", 70}};
  ScheduleSolution solution = solve(problem);
  EXPECT_EQ(solution.ii, 500u);
  EXPECT_EQ(solution.iiBoundBy, "DPU of core[0]");
  problem.targetII = 640;
  solution = solve(problem);
  EXPECT_EQ(solution.ii, 640u);
  EXPECT_EQ(solution.iiBound, 500u);
}

TEST(Schedule, ScarceMemoryRaisesTheII) {
  ScheduleProblem problem = oneConvolution().problem;
  problem.memories[0].bytes = 3 * 8 * 4;
  ScheduleSolution solution = solve(problem);
  EXPECT_EQ(solution.capacity[0].slots, 3u);
  EXPECT_GT(solution.ii, 128u);
  EXPECT_LE(solution.ii, 164u); // 160, to the precision of the search
  problem.memories[0].bytes = 0;
  problem.targetII = 159;
  EXPECT_EQ(solve(problem).capacity[0].slots, 4u);
}

TEST(Schedule, WhatDoesNotFitNamesTheLargestBuffers) {
  ScheduleProblem problem = oneConvolution().problem;
  problem.memories[0].bytes = 95;
  EXPECT_EQ(solveError(problem),
            "core[0]: buffers need at least 96 bytes of SRAM, there are 95; "
            "largest: 'o0' (96)");
}

TEST(Schedule, RowsThatAreWrittenAtOnceAreKeptTogetherWhereThereIsRoom) {
  ScheduleProblem problem = pairsOfRows(8).problem;
  EXPECT_EQ(problem.slotMultiples(), std::vector<uint64_t>{2});
  ScheduleSolution whole = solve(problem);
  EXPECT_EQ(whole.capacity[0].slots, 6u);
  // A row takes 32 bytes. Five do, with a wait for each of the two rows.
  problem.memories[0].bytes = 5 * 32;
  ScheduleSolution torn = solve(problem);
  EXPECT_EQ(torn.capacity[0].slots, 5u);
  EXPECT_EQ(torn.ii, whole.ii);
}

TEST(Schedule, RowsThatCannotBeKeptTogetherAreNot) {
  ScheduleProblem problem = pairsOfRows(8).problem;
  // As beside a writer of every third row.
  problem.stages[0].domain.h = 3;
  problem.streams[0].write.strideY = 3;
  EXPECT_EQ(problem.slotMultiples(), std::vector<uint64_t>{1});
}

//===----------------------------------------------------------------------===//
// Random networks
//===----------------------------------------------------------------------===//

class RandomSchedule : public testing::TestWithParam<uint32_t> {
protected:
  void SetUp() override {
    std::mt19937 random(GetParam());
    problem = randomNetwork(random, 1 + GetParam() % 9);
    if (random() % 2)
      problem.targetII = problem.lowerBound().cycles + random() % 100;
    solution = llvm::cantFail(solveSchedule(problem));
  }
  bool isRight(const ScheduleSolution &candidate) {
    std::string text = llvm::toString(problem.verify(candidate));
    return text.empty();
  }
  ScheduleProblem problem;
  ScheduleSolution solution;
};

TEST_P(RandomSchedule, IsRight) {
  EXPECT_EQ(llvm::toString(problem.verify(solution)), "");
}

/// But for rows that are written at once, whose slots are.
TEST_P(RandomSchedule, HasNoSlotThatIsNotNeeded) {
  std::vector<uint64_t> atOnce(solution.capacity.size(), 1);
  for (const ScheduleStream &stream : problem.streams)
    if (stream.buffer != ScheduleStream::noBuffer)
      atOnce[stream.buffer] =
          std::max(atOnce[stream.buffer], uint64_t(stream.write.rows));
  for (auto [capacity, step] : llvm::zip(solution.capacity, atOnce)) {
    EXPECT_EQ(capacity.slots % step, 0u);
    if (capacity.slots == step)
      continue;
    capacity.slots -= step;
    EXPECT_FALSE(isRight(solution));
    capacity.slots += step;
  }
}

TEST_P(RandomSchedule, StartsNoStageLaterThanItsData) {
  for (uint64_t &offset : solution.offset) {
    if (offset == 0)
      continue;
    --offset;
    EXPECT_FALSE(isRight(solution));
    ++offset;
  }
}

TEST_P(RandomSchedule, IsKeptByAChipThatDoesNotKnowIt) {
  uint64_t images = 5;
  std::vector<std::vector<uint64_t>> fired =
      runUntimed(problem, solution, images);
  ASSERT_FALSE(fired.empty()) << "deadlock";
  for (uint32_t stage = 0; stage < fired.size(); ++stage) {
    uint64_t size = problem.stages[stage].domain.size();
    for (uint64_t k = 0; k < fired[stage].size(); ++k)
      ASSERT_LE(fired[stage][k],
                problem.fireTime(solution, stage, k / size, k % size))
          << "stage " << stage << " iteration " << k;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomSchedule, testing::Range(0u, 150u));

//===----------------------------------------------------------------------===//
// Wrong solutions and wrong input
//===----------------------------------------------------------------------===//

TEST(WrongSchedule, RowsThatAreWrittenAtOnceAreNotFoldedByPixels) {
  ScheduleProblem problem = pairsOfRows(8).problem;
  problem.streams[0].windows = {Window::whole(1, 1, 4)};
  ScheduleSolution solution = solve(problem);
  EXPECT_EQ(solution.capacity[0].fold, Fold::Row);
  solution.capacity[0] = {Fold::Pixel, 64};
  EXPECT_EQ(llvm::toString(problem.verify(solution)),
            "schedule: buffer 'o0' is folded by pixels, but an iteration reads "
            "or writes more than one");
}

TEST(WrongSchedule, EachMistakeIsNamed) {
  ScheduleProblem problem = oneConvolution().problem;
  auto verify = [&](auto change) {
    ScheduleSolution solution = solve(problem);
    change(solution);
    return llvm::toString(problem.verify(solution));
  };
  using Solution = ScheduleSolution;
  EXPECT_EQ(verify([](Solution &s) { --s.offset[1]; }),
            "schedule: iteration 0 of stage 'conv' fires at 27, pixel (1, 1) "
            "of stage 'in' is there at 28");
  EXPECT_EQ(verify([](Solution &s) { s.capacity[0].slots = 3; }),
            "schedule: iteration 24 of image 0 of stage 'in' fires at 48, its "
            "slot in buffer 'o0' of 3 slots is free at 51");
  EXPECT_EQ(verify([](Solution &s) { s.ii = 127; }),
            "schedule: the II of 127 is below 128, which stage 'conv' needs");
  EXPECT_EQ(verify([](Solution &s) { s.capacity[0].slots = 0; }),
            "schedule: buffer 'o0' has no slot");
  EXPECT_EQ(
      verify([](Solution &s) { s.capacity[0].fold = Fold::Pixel; }),
      "schedule: buffer 'o0' is folded by pixels, but an iteration reads or "
      "writes more than one");
  EXPECT_EQ(verify([](Solution &s) { s.offset.pop_back(); }),
            "schedule: 2 offsets for 3 stages, 1 capacities for 1 buffers");
  EXPECT_EQ(verify([](Solution &s) { s.iiBound = 127; }),
            "schedule: the bound of the II is 128 by stage 'conv', found 127");
  EXPECT_EQ(verify([](Solution &s) { ++s.latency; }),
            "schedule: the latency of these offsets is 161, found 162");
  EXPECT_EQ(verify([](Solution &s) { s.latency = 0; }),
            "schedule: the latency of these offsets is 161, found 0");
  problem.targetII = 200;
  EXPECT_EQ(verify([](Solution &s) { s.ii = 128; }),
            "schedule: the II of 128 is below 200, which the target needs");
  problem.memories[0].bytes = 200;
  EXPECT_EQ(verify([](Solution &s) { s.capacity[0].slots = 7; }),
            "schedule: buffers of core[0] need 224 bytes, there are 200");
}

class WrongScheduleInput : public testing::Test {
protected:
  template <typename Change> std::string after(Change change) {
    ScheduleProblem problem = oneConvolution().problem;
    change(problem);
    return solveError(problem);
  }
};

TEST_F(WrongScheduleInput, Shapes) {
  using Problem = ScheduleProblem;
  EXPECT_EQ(after([](Problem &p) { p.stages[1].domain.h = 0; }),
            "schedule: stage 'conv' has a domain of 0x8 and 2 service cycles, "
            "each must be at least 1");
  EXPECT_EQ(after([](Problem &p) { p.buffers[0].node = 1; }),
            "schedule: buffer 'o0' is empty or in memory 1 of 1");
  EXPECT_EQ(after([](Problem &p) { p.memories[0].alignment = 0; }),
            "schedule: alignment of core[0] must be at least 1, found 0");
}

TEST_F(WrongScheduleInput, Streams) {
  using Problem = ScheduleProblem;
  EXPECT_EQ(after([](Problem &p) { p.streams[0].reader = 3; }),
            "schedule: stream 0 joins stages 0 and 3, there are 3");
  EXPECT_EQ(after([](Problem &p) { p.streams[0].buffer = 1; }),
            "schedule: stream 0 goes to buffer 1, there are 1");
  EXPECT_EQ(after([](Problem &p) { p.streams[0].object.c = 5; }),
            "schedule: stream 0 carries another object than buffer 'o0'");
  EXPECT_EQ(after([](Problem &p) { p.streams[0].write.offsetX = 1; }),
            "schedule: stage 'in' writes outside the object of 8x8x4");
  EXPECT_EQ(after([](Problem &p) { p.streams[0].write.rows = 2; }),
            "schedule: stage 'in' writes outside the object of 8x8x4");
  EXPECT_EQ(after([](Problem &p) { p.streams[0].write.rows = 0; }),
            "schedule: stage 'in' writes outside the object of 8x8x4");
  EXPECT_EQ(after([](Problem &p) { p.streams[1].reader = 1; }),
            "schedule: stage 'conv' depends on itself through its streams, or "
            "on a stage that does");
}

TEST_F(WrongScheduleInput, Windows) {
  using Problem = ScheduleProblem;
  EXPECT_EQ(after([](Problem &p) { p.streams[0].windows[0].dilationX = 0; }),
            "schedule: a window of stage 'conv' has a kernel or dilation below "
            "1 or a stride below 0");
  EXPECT_EQ(after([](Problem &p) { p.streams[0].windows[0].channelEnd = 5; }),
            "schedule: a window of stage 'conv' reads channels 0 to 5, the "
            "object has 4");
  EXPECT_EQ(after([](Problem &p) { p.streams[0].windows[0].elementEnd = 37; }),
            "schedule: a window of stage 'conv' takes elements 0 to 37 of 36");
}

//===----------------------------------------------------------------------===//
// Limits
//===----------------------------------------------------------------------===//

TEST(Schedule, TheGreatestIntervalIsScheduledAndNoGreaterOne) {
  ScheduleProblem problem = oneConvolution().problem;
  problem.targetII = uint64_t(1) << 36;
  ScheduleSolution solution = solve(problem);
  EXPECT_EQ(solution.ii, uint64_t(1) << 36);
  // The convolution starts one row and one pixel late.
  EXPECT_EQ(solution.offset[1], (uint64_t(9) << 30) + 10);
  for (uint64_t target : {(uint64_t(1) << 36) + 1, uint64_t(1) << 48,
                          uint64_t(1) << 62, ~uint64_t(0)}) {
    problem.targetII = target;
    EXPECT_EQ(solveError(problem),
              "schedule: expected an II from 1 to 68719476736 cycles, found " +
                  std::to_string(target));
  }
}

TEST(Schedule, AServiceBeyondTheGreatestIntervalIsRefused) {
  ScheduleProblem problem = oneConvolution(uint64_t(1) << 35).problem;
  EXPECT_EQ(solveError(problem),
            "schedule: stage 'conv' needs an II of 2199023255552 cycles, at "
            "most 68719476736 are possible");
  problem = oneConvolution(~uint64_t(0)).problem;
  EXPECT_THAT(solveError(problem),
              HasSubstr("needs an II of 18446744073709551615 cycles"));
}

TEST(Schedule, AnIntervalThatSramRaisesStaysWithinTheLimit) {
  NetworkBuilder net = oneConvolution(uint64_t(1) << 30);
  net.problem.memories[0].bytes = 1;
  EXPECT_THAT(solveError(net.problem),
              HasSubstr("bytes of SRAM, there are 1; largest: "));
}

TEST(Schedule, TooManyIterationsOrPixelsAreRefused) {
  ScheduleProblem problem = oneConvolution().problem;
  problem.stages[1].domain = {40000, 40000};
  EXPECT_EQ(solveError(problem),
            "schedule: stage 'conv' has a domain of 40000x40000, at most "
            "16777216 iterations can be scheduled");
  problem = oneConvolution().problem;
  problem.buffers[0].object.h = int64_t(1) << 40;
  EXPECT_THAT(solveError(problem),
              testing::MatchesRegex("schedule: the object of buffer '.*' is "
                                    "1099511627776x8 pixels, at most 16777216 "
                                    "can be scheduled"));
}

TEST(Schedule, SlotsBeyondSixtyFourBitsOfBytesDoNotFitAnyMemory) {
  ScheduleProblem problem = oneConvolution().problem;
  ScheduleSolution solution = solve(problem);
  problem.memories[0].bytes = 4096;
  solution.capacity[0].slots = uint64_t(1) << 60;
  EXPECT_EQ(problem.bufferBytes(0, solution.capacity[0]), ~uint64_t(0));
  EXPECT_THAT(llvm::toString(problem.verify(solution)),
              HasSubstr("need 18446744073709551615 bytes, there are 4096"));
}

TEST(Schedule, AnIntervalAboveTheGreatestIsNoSolution) {
  ScheduleProblem problem = oneConvolution().problem;
  ScheduleSolution solution = solve(problem);
  solution.ii = ~uint64_t(0);
  EXPECT_EQ(llvm::toString(problem.verify(solution)),
            "schedule: the II of 18446744073709551615 is above 68719476736");
}
