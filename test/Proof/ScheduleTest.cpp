//===- ScheduleTest.cpp - schedules that are right and wrong --------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Chain.h"

using namespace cm;
using namespace cm::proof;
using cm::test::Chain;

namespace {
/// The chain's schedule, changed.
template <typename Change> std::string proveChanged(Change change) {
  Contract contract = Chain().contract();
  std::vector<Storage> storage = {{0, 0, Fold::Row, 2, {2}},
                                  {1, 1, Fold::Row, 2, {0}}};
  change(contract, storage);
  ProofCounts counts;
  auto wrong = proveSchedule(contract, storage, counts);
  return wrong ? wrong->str() : "";
}
} // namespace

TEST(ProveSchedule, AChainIsRight) {
  Contract contract = Chain().contract();
  ProofCounts counts;
  EXPECT_FALSE(proveSchedule(
      contract, {{0, 0, Fold::Row, 2, {2}}, {1, 1, Fold::Pixel, 8, {0}}},
      counts));
  EXPECT_EQ(counts.iterations, 64u);
  EXPECT_EQ(counts.data, 48u);
  EXPECT_EQ(counts.slots, 32u);
}

TEST(ProveSchedule, FindsReadsBeforeWrites) {
  EXPECT_EQ(proveChanged([](Contract &contract, auto &) {
              contract.stages[1].offset = 40;
            }),
            "read before write: stage 'b', iteration (0, 0) of image 0, object "
            "'t': scheduled at 40, what it needs of 'a' at 40");
}

TEST(ProveSchedule, FindsStreamsThatAreMissing) {
  EXPECT_EQ(
      proveChanged([](Contract &, auto &storage) { storage[1].writers = {}; }),
      "read before write: stage 'b', iteration (3, 3) of image 0, object 't': "
      "no stream from 'a' into a buffer");
}

TEST(ProveSchedule, FindsSpansThatExceedCapacities) {
  EXPECT_EQ(
      proveChanged([](Contract &, auto &storage) { storage[1].slots = 1; }),
      "overwrite: stage 'a', iteration (0, 0) of image 1, object 't', location "
      "(3, 0, 0): scheduled at 200, iteration (3, 0) of 'b', which reads the "
      "location last, at 200");
  EXPECT_EQ(proveChanged([](Contract &, auto &storage) {
              storage[1] = {1, 1, Fold::Pixel, 5, {0}};
            }),
            "");
  EXPECT_EQ(proveChanged([](Contract &, auto &storage) {
              storage[1] = {1, 1, Fold::Pixel, 4, {0}};
            }),
            "overwrite: stage 'a', iteration (0, 0) of image 1, object 't', "
            "location (3, 0, 0): scheduled at 200, iteration (3, 0) of 'b', "
            "which reads the location last, at 200");
}

TEST(ProveSchedule, FindsStagesThatAreTooSlow) {
  EXPECT_EQ(proveChanged([](Contract &contract, auto &) { contract.ii = 15; }),
            "deadlock: stage 'a', iteration (3, 3) of image 0: 16 iterations "
            "in 15 cycles");
}

TEST(ProveSchedule, FindsLocationsThatAreNotWrittenOnce) {
  EXPECT_EQ(proveChanged([](Contract &contract, auto &) {
              contract.stages[0].domain.h = 3;
            }),
            "wrong location, object 't', location (3, 0, 0): 0 of 4 channels "
            "are written");
  EXPECT_EQ(proveChanged([](Contract &contract, auto &) {
              contract.stages.push_back(contract.stages[0]);
              contract.stages.back().name = "c";
            }),
            "wrong location, object 't', location (0, 0, 0): written by both "
            "'a' and 'c'");
}

// Copies take turns in the rows of an object of which the reader needs the even
// ones only: nothing but the times of the writes orders the odd ones.
TEST(ProveSchedule, FindsWritesOutOfTurn) {
  auto change = [](int64_t late) {
    return proveChanged([&](Contract &contract, auto &storage) {
      Stage odd = contract.stages[0];
      contract.stages[0].domain.h = odd.domain.h = 2;
      contract.stages[0].write.strideY = odd.write.strideY = 2;
      odd.write.offsetY = 1;
      odd.name = "odd", odd.offset = 40 + late;
      contract.stages.push_back(odd);
      contract.stages[1].domain.h = contract.stages[3].domain.h = 2;
      contract.stages[1].reads[0].window.strideY = 2;
      contract.objects[2].extent.h = 2;
      contract.stages[1].offset = 400;
      contract.stages[3].offset = 500;
      storage[0].slots = 40;
      storage[1].writers = {0, 4};
      storage[1].slots = 13; // odd, so that rows change their writers
    });
  };
  EXPECT_EQ(change(0), "");
  EXPECT_EQ(change(600),
            "overwrite: stage 'a', iteration (0, 0) of image 4, object 't', "
            "location (3, 0, 0): scheduled at 680, iteration (1, 0) of 'odd', "
            "which has written the location last, at 720");
}

// Rows of 'odd' are not sent to the reader, so that in a buffer of three rows
// an even row takes the place of an even row.
TEST(ProveSchedule, LooksBehindOccupantsThatNeverCame) {
  Contract contract;
  contract.ii = 100;
  contract.objects = {{"t", {6, 1, 4}}, {"y", {3, 1, 4}}};
  for (int64_t offset : {0, 1}) {
    Stage stage;
    stage.name = offset ? "odd" : "even";
    stage.node = offset;
    stage.offset = 0;
    stage.domain = {3, 1};
    stage.written = 0;
    stage.write = PixelWrite::whole(4);
    stage.write.strideY = 2, stage.write.offsetY = offset;
    contract.stages.push_back(stage);
  }
  Stage reader;
  reader.name = "r", reader.node = 2;
  reader.domain = {3, 1};
  Window window = Window::whole(1, 1, 4);
  window.strideY = 2;
  reader.reads = {{0, window}};
  reader.written = 1, reader.write = PixelWrite::whole(4);
  auto prove = [&](int64_t slots, int64_t offset) {
    reader.offset = offset;
    contract.stages.resize(2);
    contract.stages.push_back(reader);
    ProofCounts counts;
    auto wrong =
        proveSchedule(contract, {{0, 2, Fold::Row, slots, {0}}}, counts);
    return wrong ? wrong->str() : "";
  };
  EXPECT_EQ(prove(3, 40), "");
  for (int64_t slots : {1, 2, 3})
    EXPECT_EQ(prove(slots, 5000).substr(0, 9), "overwrite") << slots;
}
