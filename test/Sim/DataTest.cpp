//===- DataTest.cpp - results against plain loops -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Networks.h"
#include "RowPairs.h"
#include <algorithm>
#include <cmath>

using namespace cm;
using namespace cm::test;

static std::vector<int8_t> randomBytes(size_t count, uint32_t seed) {
  std::vector<int8_t> bytes(count);
  for (int8_t &byte : bytes) {
    seed = seed * 1664525 + 1013904223;
    byte = int8_t(seed >> 24);
  }
  return bytes;
}

TEST(Data, ConvolutionOverThreeImages) {
  Convolution network(5, 6);
  std::vector<int8_t> input = randomBytes(3 * 5 * 6 * 1, 1);
  SimResult result = network.runOk(input, 3);
  std::vector<int8_t> expected;
  for (int n = 0; n != 3; ++n)
    for (int y = 0; y != 5; ++y)
      for (int x = 0; x != 6; ++x)
        for (int c = 0; c != 4; ++c) {
          int32_t sum = 0;
          for (int ky = 0; ky != 3; ++ky)
            for (int kx = 0; kx != 3; ++kx) {
              int iy = y + ky - 1, ix = x + kx - 1;
              bool inside = iy >= 0 && iy < 5 && ix >= 0 && ix < 6;
              int32_t value = inside ? input[(n * 5 + iy) * 6 + ix] : 3;
              sum += value * network.weights[(ky * 3 + kx) * 4 + c];
            }
          sum += 100 * c;
          float scaled = std::nearbyint(float(sum) * 0.01f);
          expected.push_back(
              int8_t(std::min(std::max(scaled - 5, -128.0f), 127.0f)));
        }
  EXPECT_EQ(result.outputs[0], expected);
  // The requantised register is tensor 0, all of it.
  EXPECT_EQ(result.tensors[0], expected);
}

TEST(Data, RowTilesAddPartialSumsOfThreeBytes) {
  RowTiles network;
  std::vector<int8_t> input = randomBytes(2 * 3 * 8, 7);
  SimResult result = network.runOk(input, 2);
  std::vector<int8_t> expected;
  for (int p = 0; p != 2 * 3; ++p)
    for (int c = 0; c != 4; ++c) {
      int32_t sum = 0;
      for (int k = 0; k != 8; ++k)
        sum += input[p * 8 + k] * network.weights[k * 4 + c];
      float scaled = std::nearbyint(float(sum) * 0.005f);
      expected.push_back(int8_t(std::min(std::max(scaled, -128.0f), 127.0f)));
    }
  EXPECT_EQ(result.outputs[0], expected);
}

TEST(Data, RowsOfAMessageInABufferAndInAnOutput) {
  for (uint32_t slots : {2, 4}) {
    RowPairs network(slots);
    network.addOutput(network.middle);
    network.addRoute({0, network.host()}, 0, -1);
    std::vector<int8_t> input = randomBytes(3 * 32, 5);
    SimResult result = network.runOk(input, 3);
    EXPECT_EQ(result.outputs[0], input);
    EXPECT_EQ(result.outputs[1], input);
  }
}

TEST(Data, MaximumOverAPaddedWindow) {
  Pool network(program::DPU_MAX_POOL);
  std::vector<int8_t> input = randomBytes(4 * 4 * 2, 3);
  SimResult result = network.runOk(input);
  std::vector<int8_t> expected;
  for (int y = 0; y != 4; ++y)
    for (int x = 0; x != 4; ++x)
      for (int c = 0; c != 2; ++c) {
        int best = -128;
        for (int iy = std::max(0, y - 1); iy <= std::min(3, y + 1); ++iy)
          for (int ix = std::max(0, x - 1); ix <= std::min(3, x + 1); ++ix)
            best = std::max<int>(best, input[(iy * 4 + ix) * 2 + c]);
        expected.push_back(best);
      }
  EXPECT_EQ(result.outputs[0], expected);
}

TEST(Data, TimingOnlyMovesNoDataAndTakesTheSameTime) {
  Convolution network(5, 6);
  std::vector<int8_t> input = randomBytes(3 * 5 * 6 * 1, 1);
  SimResult with = network.runOk(input, 3);
  SimOptions options;
  options.images = 3;
  options.unpaced = options.timingOnly = true;
  auto without = simulate(network.program, *network.machine, {}, options);
  ASSERT_TRUE(bool(without));
  EXPECT_EQ(with.statistics.lastOut, without->statistics.lastOut);
  EXPECT_EQ(with.statistics.energy.total(), without->statistics.energy.total());
  EXPECT_TRUE(without->outputs[0].empty());
}

TEST(Data, NothingDependsOnTheOrderWithinACycle) {
  Convolution network(5, 6);
  RowTiles tiles;
  for (ProgramBuilder *builder :
       std::initializer_list<ProgramBuilder *>{&network, &tiles}) {
    std::vector<int8_t> input =
        randomBytes(builder == &network ? 8 * 30 : 8 * 24, 5);
    std::string first;
    std::vector<int8_t> output;
    for (uint64_t seed = 0; seed != 20; ++seed) {
      SimOptions options;
      options.images = 8;
      options.unpaced = true;
      options.shuffleSeed = seed;
      auto result = builder->run(input, options);
      ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
      std::string report;
      llvm::raw_string_ostream os(report);
      printJsonReport(result->statistics, os);
      if (seed == 0) {
        first = report;
        output = result->outputs[0];
      }
      EXPECT_EQ(report, first) << "seed " << seed;
      EXPECT_EQ(result->outputs[0], output) << "seed " << seed;
    }
  }
}

TEST(Data, ByteChecksGiveTheSameRun) {
  Convolution network(5, 6);
  SimOptions options;
  options.images = 3;
  options.unpaced = true;
  std::vector<int8_t> input = randomBytes(30, 1);
  auto slot = network.run(input, options);
  options.check = CheckGranularity::Byte;
  auto byte = network.run(input, options);
  ASSERT_TRUE(slot && byte);
  EXPECT_EQ(slot->outputs, byte->outputs);
  EXPECT_EQ(slot->statistics.lastOut, byte->statistics.lastOut);
}

TEST(Data, JsonHasWhatUsersRelyOn) {
  Convolution network(5, 6);
  SimResult result = network.runOk(randomBytes(30, 1), 8);
  std::string report;
  llvm::raw_string_ostream os(report);
  printJsonReport(result.statistics, os);
  for (const char *key : {"\"images\"", "\"ii_cycles\"", "\"latency_cycles\"",
                          "\"cycles\"", "\"events\"", "\"energy\"", "\"cores\"",
                          "\"links\"", "\"mean\"", "\"peak\"", "\"capacity\""})
    EXPECT_NE(report.find(key), std::string::npos) << key;
  EXPECT_TRUE(result.statistics.iiCycles().has_value());
  // 30 MVMs of 10 cycles bound the distance of images.
  EXPECT_EQ(*result.statistics.iiCycles(), 300u);
  result.statistics.images = 7;
  EXPECT_FALSE(result.statistics.iiCycles().has_value());
}
