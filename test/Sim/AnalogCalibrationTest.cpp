//===- AnalogCalibrationTest.cpp - gains and offsets of converters --------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AnalogUnits.h"
#include <map>

using namespace cm;
using namespace cm::sim;

/// Root mean square of errors over the samples of a unit, in products.
static double errorOf(Unit &own, const AnalogUnit &unit) {
  Moments squares;
  for (const MvmSample &sample : own.samples) {
    std::vector<int32_t> expected(own.matrix.cols), found(own.matrix.cols);
    multiplyCells(own.matrix, sample.input.data(), 8, expected.data());
    unit.multiply(sample.input.data(), sample.zeroPoint, {}, found.data());
    for (uint32_t c = 0; c != own.matrix.cols; ++c)
      squares.add(std::pow(double(found[c]) - expected[c], 2));
  }
  return std::sqrt(squares.mean());
}

/// A unit of 64 rows and 20 columns with 40 samples of any inputs.
static Unit sampled(const nonideal::NonIdeal &parameters) {
  Unit own(parameters, 64, 20, [](uint32_t r, uint32_t c) {
    return int8_t(r * 37 + c * 101 + r * c * 3);
  });
  for (int i = 0; i != 40; ++i) {
    MvmSample sample;
    for (int r = 0; r != 64; ++r)
      sample.input.push_back(
          philox({1, 1}, {uint32_t(i), uint32_t(r), 0, 0})[0]);
    own.samples.push_back(sample);
  }
  return own;
}

// What a column's gain and offset can make good is made good; one gain for all
// makes the drift good that they have in common.
TEST(Analog, CalibrationTakesOutGainsAndOffsets) {
  std::map<std::string, double> error;
  for (const char *calibration : {"none", "tile", "column"}) {
    Unit own = sampled(parametersOf(
        "ideal",
        {"adc_gain_sigma=0.1", "adc_offset_sigma=0.02", "adc_range=column",
         "drift_scale=1", "drift_mean_offset=0.06", "drift_mean_max=0.06",
         "time_s=1e6", std::string("calibration=") + calibration}));
    error[calibration] = errorOf(own, own.make(4));
  }
  EXPECT_GT(error["none"], 2 * error["tile"]);
  EXPECT_GT(error["tile"], 1000);
  EXPECT_LT(error["column"], 1);
}

/// Samples at which column 0 should give no, or hardly any, current: the inputs
/// of its two opposite devices differ by `difference`.
static std::vector<MvmSample> balanced(int difference) {
  std::vector<MvmSample> samples;
  for (int i = 0; i != 8; ++i) {
    int more = i % 2 ? difference : 0;
    samples.push_back({{0, int8_t(100 - 9 * i + more), int8_t(100 - 9 * i)}});
  }
  return samples;
}

// Samples that say nothing about a column's gain leave it the tile's: noise is
// no slope. What the column gives for another input is then right but for
// noise.
TEST(Analog, CalibrationDoesNotFitNoise) {
  struct {
    const char *bits;
    int difference;
  } cases[] = {{"adc_bits=8", 0}, {"adc_bits=8", 1}, {"adc_bits=20", 1}};
  for (auto &test : cases)
    for (uint64_t seed = 0; seed != 30; ++seed) {
      const int8_t weights[3][2] = {{100, 100}, {64, 50}, {-64, 50}};
      Unit own(parametersOf("pcm", {"programming_scale=0", "drift_scale=0",
                                    "adc_headroom=1.5", test.bits}),
               3, 2, [&](uint32_t r, uint32_t c) { return weights[r][c]; });
      own.samples = balanced(test.difference);
      int8_t input[] = {100, 0, 0};
      int32_t result[2];
      own.make(seed).multiply(input, 0, {}, result);
      // Of a device 4.3 %; of the offset the two of 5.8 %, by eight samples.
      EXPECT_NEAR(result[0], 10000, 2500) << test.bits << " " << seed;
      EXPECT_NEAR(result[1], 10000, 2500) << test.bits << " " << seed;
    }
}

// Noise in what converters give makes gains neither smaller nor greater.
TEST(Analog, CalibrationIsNotBiasedByNoise) {
  for (const char *calibration : {"calibration=column", "calibration=tile"}) {
    Unit own(parametersOf("pcm", {"programming_scale=0", "drift_scale=0",
                                  "read_scale=5", "adc_bits=0", calibration}),
             1, 50, [](uint32_t, uint32_t) { return int8_t(64); });
    for (int i = 0; i != 200; ++i)
      own.samples.push_back({{int8_t(i - 100)}});
    AnalogUnit unit = own.make(3);
    std::vector<int32_t> result(50);
    int8_t input = 100;
    Moments moments;
    for (uint32_t i = 0; i != 40; ++i) {
      unit.multiply(&input, 0, {{9, 9}, i}, result.data());
      for (int32_t value : result)
        moments.add(value);
    }
    // Noise of 29 %: gains of least squares the other way are 8 % smaller.
    EXPECT_NEAR(moments.mean() / 6400, 1, 0.04) << calibration;
  }
}

// Two samples are too few for gain and offset of a column.
TEST(Analog, CalibrationNeedsThreeSamples) {
  for (size_t count : {0, 2, 3}) {
    Unit own(parametersOf("ideal", {"adc_gain_sigma=0.3", "calibration=column",
                                    "adc_bits=0"}),
             1, 40, [](uint32_t, uint32_t) { return int8_t(64); });
    for (size_t i = 0; i != count; ++i)
      own.samples.push_back({{int8_t(20 * i + 10)}});
    AnalogUnit unit = own.make(3);
    std::vector<int32_t> result(40);
    int8_t input = 100;
    unit.multiply(&input, 0, {}, result.data());
    Moments moments;
    for (int32_t value : result)
      moments.add(value);
    if (count == 3)
      EXPECT_LT(moments.deviation(), 1);
    else
      EXPECT_GT(moments.deviation(), 640);
  }
}

// All devices drift alike: one gain restores the product.
TEST(Analog, CalibrationTakesOutDrift) {
  std::map<std::string, double> error;
  for (const char *setting :
       {"calibration=none", "calibration=tile", "calibration_time_s=0"}) {
    Unit own = sampled(
        parametersOf("ideal", {"drift_scale=1", "drift_mean_offset=0.06",
                               "drift_mean_max=0.06", "time_s=1e6",
                               "calibration=column", setting}));
    error[setting] = errorOf(own, own.make(4));
  }
  EXPECT_GT(error["calibration=none"], 1000);
  EXPECT_LT(error["calibration=tile"], 1);
  // A calibration from before the drift does not help.
  EXPECT_NEAR(error["calibration_time_s=0"], error["calibration=none"], 1);
}
