//===- MonteCarloTest.cpp - programs on chips that are not ideal ----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Sim/MonteCarlo.h"
#include "Networks.h"
#include "cm/Sim/Engines.h"
#include "gmock/gmock.h"

using namespace cm;
using namespace cm::test;
using nonideal::NonIdeal;
using testing::HasSubstr;

namespace {

/// A program, its images and the parameters of its chips.
struct Bench {
  Bench(ProgramBuilder &builder, std::vector<int8_t> image, uint64_t images,
        const char *preset, const std::vector<std::string> &settings = {})
      : builder(builder), data(std::move(image)) {
    auto loaded = loadNonIdeal(preset, settings);
    EXPECT_TRUE(bool(loaded)) << llvm::toString(loaded.takeError());
    parameters = *loaded;
    llvm::cantFail(validateProgram(builder.program, *builder.machine));
    inputs.push_back({data, images});
    options.images = images;
    options.unpaced = true;
    options.captureTensors = true;
    calibration = llvm::cantFail(cm::calibrate(
        builder.program, *builder.machine, inputs, parameters, options));
  }

  SimResult run(std::optional<uint64_t> seed) {
    SimOptions own = options;
    NonIdealChip chip{&parameters, &calibration, seed.value_or(0)};
    if (seed)
      own.chip = &chip;
    auto result = simulate(builder.program, *builder.machine, inputs, own);
    EXPECT_TRUE(bool(result)) << llvm::toString(result.takeError());
    return result ? std::move(*result) : SimResult();
  }

  ProgramBuilder &builder;
  std::vector<int8_t> data;
  std::vector<SimInput> inputs;
  SimOptions options;
  NonIdeal parameters;
  Calibration calibration;
};

std::string reportOf(const SimResult &result) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printJsonReport(result.statistics, os);
  return text;
}

} // namespace

TEST(NonIdeal, IdealParametersGiveTheIdealMode) {
  Convolution convolution(5, 6);
  RowTiles rowTiles;
  for (const std::vector<std::string> &settings :
       std::vector<std::vector<std::string>>{
           {}, {"drive=zero_point"}, {"calibration=column"}}) {
    Bench first(convolution, ramp(3 * 30, -40), 3, "ideal", settings);
    EXPECT_EQ(first.run(1).outputs, first.run({}).outputs);
    EXPECT_EQ(first.run(1).tensors, first.run({}).tensors);
    Bench second(rowTiles, ramp(2 * 24, -20), 2, "ideal", settings);
    EXPECT_EQ(second.run(1).outputs, second.run({}).outputs);
  }
}

TEST(NonIdeal, NoiseChangesDataButNoTimes) {
  Convolution network(5, 6);
  Bench bench(network, ramp(3 * 30, -40), 3, "pcm",
              {"programming_scale=4", "read_scale=4"});
  SimResult ideal = bench.run({}), one = bench.run(1), two = bench.run(2);
  EXPECT_NE(one.outputs, ideal.outputs);
  EXPECT_NE(one.outputs, two.outputs);
  EXPECT_EQ(one.outputs, bench.run(1).outputs);
  EXPECT_EQ(reportOf(one), reportOf(ideal));
}

// Read noise is drawn for each MVM anew: images that are the same differ.
TEST(NonIdeal, ReadNoiseIsThatOfAnImage) {
  Convolution network(5, 6);
  Bench bench(network, ramp(30, -40), 1, "pcm", {"read_scale=20"});
  bench.options.images = 2;
  std::vector<int8_t> output = bench.run(1).outputs[0];
  size_t half = output.size() / 2;
  EXPECT_FALSE(
      std::equal(output.begin(), output.begin() + half, output.begin() + half));
}

TEST(NonIdeal, EnginesAndOrdersGiveTheSameNoise) {
  Convolution network(5, 6);
  Bench bench(network, ramp(3 * 30, -40), 3, "pcm",
              {"programming_scale=4", "read_scale=4"});
  NonIdealChip chip{&bench.parameters, &bench.calibration, 5};
  bench.options.chip = &chip;
  EngineComparison found =
      compareEngines(network.program, *network.machine, bench.inputs,
                     bench.options, /*orders=*/5);
  EXPECT_EQ(found.difference, "");
  EXPECT_EQ(found.error, "");
}

TEST(MonteCarlo, Wilson) {
  struct {
    uint64_t right, count;
    double low, high;
  } cases[] = {{8, 10, 0.4901624715, 0.9433178485},
               {0, 20, 0.0, 0.1611251580},
               {254, 256, 0.9719672317, 0.9978549096}};
  for (auto &test : cases) {
    Interval found = wilsonInterval(test.right, test.count);
    EXPECT_NEAR(found.low, test.low, 1e-9);
    EXPECT_NEAR(found.high, test.high, 1e-9);
  }
}

TEST(MonteCarlo, StudentsQuantiles) {
  std::pair<unsigned, double> cases[] = {
      {1, 12.706204736}, {2, 4.302652730},  {3, 3.182446305},
      {4, 2.776445105},  {5, 2.570581836},  {9, 2.262157163},
      {10, 2.228138852}, {30, 2.042272456}, {101, 1.983731003}};
  for (auto [degrees, quantile] : cases)
    EXPECT_NEAR(studentQuantile(degrees), quantile, 1e-8) << degrees;
}

TEST(MonteCarlo, MeanAndItsInterval) {
  MonteCarloResult result;
  result.images = 10;
  result.right = {10, 8, 9, 9};
  EXPECT_NEAR(result.mean(), 0.9, 1e-12);
  EXPECT_NEAR(result.deviation(), std::sqrt(0.02 / 3), 1e-12);
  double half = 3.182446305 * std::sqrt(0.02 / 3) / 2;
  EXPECT_NEAR(result.interval()->low, 0.9 - half, 1e-9);
  EXPECT_EQ(result.interval()->high, 1.0); // not beyond
  result.right = {7};
  EXPECT_FALSE(result.interval());
}

static std::vector<uint64_t> rightOf(Bench &bench, unsigned threads,
                                     uint64_t firstSeed) {
  MonteCarloOptions options;
  options.chips = 6;
  options.threads = threads;
  options.firstSeed = firstSeed;
  // Not labels, but a number that shows each output.
  options.countRight = [](const SimResult &run) {
    uint64_t hash = 0;
    for (int8_t value : run.outputs[0])
      hash = hash * 31 + uint8_t(value);
    return hash;
  };
  auto result =
      runMonteCarlo(bench.builder.program, *bench.builder.machine, bench.inputs,
                    bench.parameters, bench.options, options);
  EXPECT_TRUE(bool(result)) << llvm::toString(result.takeError());
  return result ? result->right : std::vector<uint64_t>();
}

TEST(MonteCarlo, ThreadsDoNotMatter) {
  Convolution network(5, 6);
  Bench bench(network, ramp(3 * 30, -40), 3, "pcm", {"programming_scale=4"});
  std::vector<uint64_t> one = rightOf(bench, 1, 0), four = rightOf(bench, 4, 0);
  EXPECT_EQ(one, four);
  EXPECT_NE(one[0], one[1]);
  // Chip i has the seed firstSeed + i.
  EXPECT_EQ(rightOf(bench, 2, 1)[0], one[1]);
}

// The error of a chip names its seed, and no other chip begins.
TEST(MonteCarlo, ChipThatFails) {
  Convolution network(5, 6);
  Bench bench(network, ramp(3 * 30, -40), 3, "pcm");
  MonteCarloOptions options;
  options.chips = 6;
  options.threads = 1;
  options.firstSeed = 7;
  unsigned runs = 0;
  options.countRight = [](const SimResult &) { return 0; };
  options.progress = [&](uint64_t) { ++runs; };
  bench.parameters.set_calibration_vectors(1);
  auto fits = [&](uint64_t bytes) {
    bench.options.maxBytes = bytes;
    auto run = simulate(network.program, *network.machine, bench.inputs,
                        bench.options);
    bool isFit = bool(run);
    llvm::consumeError(run.takeError());
    return isFit;
  };
  uint64_t bytes = 1; // what the ideal mode takes, and hardly more
  while (!fits(bytes))
    bytes += 16;
  auto result = runMonteCarlo(network.program, *network.machine, bench.inputs,
                              bench.parameters, bench.options, options);
  ASSERT_FALSE(bool(result));
  EXPECT_THAT(llvm::toString(result.takeError()),
              HasSubstr("chip of seed 7: "));
  EXPECT_EQ(runs, 1u);
}

TEST(MonteCarlo, MemoryOfCalibrationAndThreads) {
  Convolution network(5, 6);
  Bench bench(network, ramp(3 * 30, -40), 3, "pcm");
  SimOptions small = bench.options;
  small.maxBytes = 1000;
  auto found = calibrate(network.program, *network.machine, bench.inputs,
                         bench.parameters, small);
  ASSERT_FALSE(bool(found));
  EXPECT_THAT(llvm::toString(found.takeError()),
              testing::ContainsRegex("calibration vectors: [0-9]+ bytes, "
                                     "expected at most 1000; lower "
                                     "calibration_vectors"));
  auto threads = [&](uint64_t maxBytes) {
    SimOptions options = bench.options;
    options.maxBytes = maxBytes;
    return monteCarloThreads(network.program, *network.machine,
                             bench.parameters, options, 4);
  };
  EXPECT_EQ(threads(UINT64_MAX), 4u);
  EXPECT_EQ(threads(1), 1u);
  uint64_t two = 1; // the least with which two chips run at once
  while (threads(two) < 2)
    ++two;
  EXPECT_EQ(two % 2, 0u);
  EXPECT_EQ(threads(two / 2 * 3), 3u);
}
