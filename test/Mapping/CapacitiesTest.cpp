//===- CapacitiesTest.cpp - the least and the most bytes of buffers -------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Against all capacities there are, on random networks of up to five stages
// that a machine of counters runs.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Capacities.h"
#include "ScheduleNetworks.h"
#include "gtest/gtest.h"
#include <functional>

using namespace cm;

namespace {
class LeastBytes : public testing::TestWithParam<uint32_t> {
protected:
  void SetUp() override {
    std::mt19937 random(GetParam());
    do {
      problem = randomNetwork(random, 1 + random() % 3);
      paced = llvm::cantFail(solveSchedule(problem));
    } while (problem.stages.size() > 5 || vectors() > 3000);
  }
  /// How many capacities have no more slots than the schedule's.
  uint64_t vectors() const {
    uint64_t count = 1;
    for (const BufferCapacity &buffer : paced.capacity)
      count = std::min<uint64_t>(count * buffer.slots, 1 << 20);
    return count;
  }
  /// Whether the last iterations of all stages come no later, in the steady
  /// state, than images are released.
  bool keepsInterval(const Capacities &capacity) const {
    ScheduleSolution solution = paced;
    solution.capacity = capacity;
    constexpr uint64_t images = 80; // to be past all that buffers delay
    auto fired = runUntimed(problem, solution, images);
    for (uint32_t stage = 0; stage < fired.size(); ++stage) {
      uint64_t size = problem.stages[stage].domain.size();
      if (fired[stage][images * size - 1] -
              fired[stage][(images - 4) * size - 1] >
          4 * paced.ii)
        return false;
    }
    return !fired.empty();
  }
  /// Whether each buffer's slots suffice wherever fewer do: a drift that takes
  /// more images than are run to end may hide it.
  bool isMonotone() const {
    for (uint32_t i = 0; i < paced.capacity.size(); ++i) {
      Capacities capacity = paced.capacity;
      bool before = false;
      for (capacity[i].slots = 1; capacity[i].slots <= paced.capacity[i].slots;
           ++capacity[i].slots) {
        bool now = keepsInterval(capacity);
        if (before && !now)
          return false;
        before = now;
      }
    }
    return true;
  }
  uint64_t bytes(const Capacities &capacity) const {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < capacity.size(); ++i)
      sum += problem.bufferBytes(i, capacity[i]);
    return sum;
  }
  /// By counting through all of them.
  uint64_t leastOfAll() const {
    uint64_t best = bytes(paced.capacity);
    Capacities capacity = paced.capacity;
    std::function<void(size_t)> count = [&](size_t i) {
      if (i == capacity.size()) {
        if (uint64_t size = bytes(capacity); size < best)
          if (keepsInterval(capacity))
            best = size;
        return;
      }
      for (capacity[i].slots = 1; capacity[i].slots <= paced.capacity[i].slots;
           ++capacity[i].slots)
        count(i + 1);
    };
    count(0);
    return best;
  }

  ScheduleProblem problem;
  ScheduleSolution paced;
};
} // namespace

TEST_P(LeastBytes, EqualThoseOfAllCapacities) {
  if (!isMonotone())
    GTEST_SKIP() << "not steady after the images that are run";
  LeastCapacities least = leastCapacities(
      problem, paced.capacity,
      [&](const Capacities &capacity) { return keepsInterval(capacity); },
      {100000, 100000});
  EXPECT_TRUE(least.isLocal);
  EXPECT_TRUE(least.isGlobal);
  EXPECT_TRUE(keepsInterval(least.capacity));
  EXPECT_EQ(bytes(least.capacity), leastOfAll());
}

/// Also where there are no trials for all that has fewer bytes.
TEST_P(LeastBytes, NoBufferCanLoseASlot) {
  LeastCapacities least = leastCapacities(
      problem, paced.capacity,
      [&](const Capacities &capacity) { return keepsInterval(capacity); },
      {100000, 0});
  EXPECT_TRUE(least.isLocal);
  for (auto [capacity, first] : llvm::zip(least.capacity, paced.capacity))
    EXPECT_LE(capacity.slots, first.slots);
  for (BufferCapacity &buffer : least.capacity) {
    if (buffer.slots == 1)
      continue;
    --buffer.slots;
    EXPECT_FALSE(keepsInterval(least.capacity));
    ++buffer.slots;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, LeastBytes, testing::Range(0u, 60u));

TEST(Capacities, WithoutTrialsTheStartRemains) {
  std::mt19937 random(7);
  ScheduleProblem problem = randomNetwork(random, 3);
  Capacities start = llvm::cantFail(solveSchedule(problem)).capacity;
  LeastCapacities least = leastCapacities(
      problem, start, [](const Capacities &) { return true; }, {});
  EXPECT_FALSE(least.isLocal);
  EXPECT_FALSE(least.isGlobal);
  for (auto [a, b] : llvm::zip(least.capacity, start))
    EXPECT_EQ(a.slots, b.slots);
}

/// Two rows are written at once: slots that tear them take another wait.
TEST(Capacities, MultiplesComeBeforeSlotsThatTearRows) {
  ScheduleProblem problem = pairsOfRows(32).problem;
  Capacities start = {{Fold::Row, 16}};
  LeastCapacities least = leastCapacities(problem, start,
                                          [](const Capacities &capacity) {
                                            return capacity[0].slots % 2 == 0 &&
                                                   capacity[0].slots >= 6;
                                          },
                                          {100, 100});
  EXPECT_EQ(least.capacity[0].slots, 6u);
  EXPECT_TRUE(least.isLocal);
  EXPECT_LE(least.trials, 100u);
}

TEST(Capacities, TheMostFillsMemoryAndNoMore) {
  NetworkBuilder net;
  uint32_t memory = net.addMemory(1000);
  uint32_t in = net.addStage("in", {8, 8}, 1, 0, ScheduleStage::Input);
  uint32_t conv = net.addStage("conv", {8, 8});
  net.addRead(net.addObject(in, 4), conv, {sameWindow(3, 4)}, memory);
  Capacities start = llvm::cantFail(solveSchedule(net.problem)).capacity;
  // A row takes 32 bytes; two images have 16.
  EXPECT_EQ(mostCapacities(net.problem, start)[0].slots, 16u);
  net.problem.memories[0].bytes = 300;
  EXPECT_EQ(mostCapacities(net.problem, start)[0].slots, 9u);
  net.problem.memories[0].bytes = 0;
  EXPECT_EQ(mostCapacities(net.problem, start)[0].slots, 16u);
}

TEST(Capacities, TheMostAreWholeNumbersOfTheRowsThatAreWrittenAtOnce) {
  NetworkBuilder net;
  uint32_t memory = net.addMemory();
  uint32_t rows = net.addStage("rows", {3, 8});
  uint32_t conv = net.addStage("conv", {9, 8});
  NetworkBuilder::Object object;
  PixelWrite write = PixelWrite::whole(4);
  write.rows = write.strideY = 3;
  object.extent = {9, 8, 4};
  object.writers = {{rows, write}};
  net.addRead(net.addObject(object), conv, {sameWindow(3, 4)}, memory);
  Capacities start{{Fold::Row, 6}};
  // A row takes 32 bytes; two images have 18.
  EXPECT_EQ(mostCapacities(net.problem, start)[0].slots, 18u);
  net.problem.memories[0].bytes = 32 * 14;
  EXPECT_EQ(mostCapacities(net.problem, start)[0].slots, 12u);
  start[0].slots = 7; // which had no room for more
  net.problem.memories[0].bytes = 32 * 8;
  EXPECT_EQ(mostCapacities(net.problem, start)[0].slots, 7u);
}
