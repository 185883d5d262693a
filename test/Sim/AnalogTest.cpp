//===- AnalogTest.cpp - devices and converters against formulas -----------===//
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
using nonideal::NonIdeal;

static Moments cellsOf(const AnalogUnit &unit, uint32_t rows, uint32_t cols) {
  Moments moments;
  for (uint32_t r = 0; r != rows; ++r)
    for (uint32_t c = 0; c != cols; ++c)
      moments.add(unit.cell(r, c));
  return moments;
}

// The generator's own vectors (Salmon et al., kat_vectors of Random123).
TEST(Random, PhiloxKnownAnswers) {
  EXPECT_EQ(philox({0, 0}, {0, 0, 0, 0}),
            (RandomBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox({ones, ones}, {ones, ones, ones, ones}),
            (RandomBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0xa4093822, 0x299f31d0},
                   {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}),
            (RandomBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, NormalNumbersAreNormal) {
  Moments moments, fourth, products;
  unsigned beyond = 0, count = 100'000;
  for (uint32_t i = 0; i != count; ++i) {
    std::array<double, 4> draws = normals(philox({1, 2}, {i, 0, 0, 0}));
    for (double draw : draws) {
      moments.add(draw);
      fourth.add(draw * draw * draw * draw);
      beyond += std::abs(draw) > 1.959963984540054;
    }
    products.add(draws[0] * draws[1]), products.add(draws[2] * draws[3]);
  }
  EXPECT_NEAR(moments.mean(), 0, moments.meanBound(1));
  EXPECT_NEAR(moments.deviation(), 1, moments.deviationBound(1));
  // The fourth power has the mean 3 and the variance 105 - 9.
  EXPECT_NEAR(fourth.mean(), 3, fourth.meanBound(std::sqrt(96)));
  // The two of a pair are independent.
  EXPECT_NEAR(products.mean(), 0, products.meanBound(1));
  double expected = 0.05 * 4 * count;
  EXPECT_NEAR(beyond, expected, 5 * std::sqrt(expected * 0.95));
}

TEST(Analog, IdealCellsAreTheWeights) {
  auto weight = [](uint32_t r, uint32_t c) { return int8_t(r * 31 + c * 7); };
  Unit own(parametersOf("ideal"), 100, 9, weight);
  AnalogUnit unit = own.make(3);
  for (uint32_t r = 0; r != 100; ++r)
    for (uint32_t c = 0; c != 9; ++c)
      EXPECT_EQ(unit.cell(r, c), weight(r, c));
}

// Each way of holding weights and driving inputs, two row tiles.
TEST(Analog, IdealProductsAreExact) {
  for (const char *drive : {"stored", "zero_point"})
    for (uint32_t cellBits : {8, 4, 3, 1})
      for (uint32_t dacBits : {8, 3, 1}) {
        auto weight = [](uint32_t r, uint32_t c) {
          return int8_t(r * 37 + c * 101 + r * c);
        };
        Unit own(parametersOf("ideal", {std::string("drive=") + drive}), 100, 7,
                 weight, cellBits, dacBits);
        AnalogUnit unit = own.make(0);
        std::vector<int8_t> input(100);
        for (int k = 0; k != 100; ++k)
          input[k] = int8_t(k * 53 - 128);
        std::vector<int32_t> expected(7), found(7);
        multiplyCells(own.matrix, input.data(), 8, expected.data());
        unit.multiply(input.data(), -128, {}, found.data());
        EXPECT_EQ(found, expected) << drive << cellBits << dacBits;
      }
}

// Programming: 64 of 128 is x = 0.5, of both devices of a pair.
TEST(Analog, ProgrammingNoise) {
  for (double scale : {1.0, 2.5}) {
    Unit own(
        parametersOf("pcm", {"drift_scale=0", "read_scale=0",
                             "programming_scale=" + std::to_string(scale)}),
        64, 1000, [](uint32_t, uint32_t) { return int8_t(64); });
    Moments moments = cellsOf(own.make(5), 64, 1000);
    auto sigma = [&](double x) {
      return scale * (0.26348 + 1.9650 * x - 1.1731 * x * x) / 25 * 128;
    };
    // The device that is to hold nothing holds half of a normal number.
    double zero = sigma(0), pi = std::acos(-1);
    double mean = 64 - zero / std::sqrt(2 * pi);
    double deviation = std::hypot(sigma(0.5), zero * std::sqrt(0.5 - 0.5 / pi));
    EXPECT_NEAR(moments.mean(), mean, moments.meanBound(deviation));
    EXPECT_NEAR(moments.deviation(), deviation,
                moments.deviationBound(deviation));
  }
}

// Without programming noise a cell is w * (t / t0)^-nu. The mean of nu is at
// its minimum for 32 and 127, and not for 13; the deviation is at its own for
// 127.
TEST(Analog, DriftFollowsItsFormula) {
  for (int8_t weight : {-32, -13, -127})
    for (double time : {20.0, 86400.0, 3.15e7}) {
      Unit own(parametersOf("pcm", {"programming_scale=0", "read_scale=0",
                                    "calibration=none",
                                    "time_s=" + std::to_string(time)}),
               64, 500, [&](uint32_t, uint32_t) { return weight; });
      AnalogUnit unit = own.make(7);
      Moments exponents;
      for (uint32_t r = 0; r != 64; ++r)
        for (uint32_t c = 0; c != 500; ++c)
          exponents.add(-std::log(unit.cell(r, c) / weight) /
                        std::log((time + 20) / 20));
      double x = std::log(-weight / 128.0);
      double mean = std::min(std::max(-0.0155 * x + 0.0244, 0.049), 0.1);
      double deviation = std::min(std::max(-0.0125 * x - 0.0059, 0.008), 0.045);
      EXPECT_NEAR(exponents.mean(), mean, exponents.meanBound(deviation));
      EXPECT_NEAR(exponents.deviation(), deviation,
                  exponents.deviationBound(deviation));
    }
}

TEST(Analog, NothingDriftsAtTheFirstRead) {
  Unit own(parametersOf("pcm", {"programming_scale=0", "read_scale=0"}), 8, 8,
           [](uint32_t r, uint32_t c) { return int8_t(r * 8 + c); });
  AnalogUnit unit = own.make(7);
  for (uint32_t r = 0; r != 8; ++r)
    for (uint32_t c = 0; c != 8; ++c)
      EXPECT_EQ(unit.cell(r, c), r * 8 + c);
}

/// Of read noise of a device that holds `value` of 128, at a time.
static double readSigma(double value, double time = 0) {
  double factor = std::min(0.0088 / std::pow(value / 128, 0.65), 0.2);
  return value * factor *
         std::sqrt(std::log((time + 20 + 2.5e-7) / (2 * 2.5e-7)));
}

/// Results of as many MVMs.
static std::vector<std::vector<int32_t>>
repeat(const AnalogUnit &unit, const std::vector<int8_t> &input, uint32_t cols,
       uint32_t count) {
  std::vector<std::vector<int32_t>> results;
  for (uint32_t i = 0; i != count; ++i) {
    results.emplace_back(cols);
    unit.multiply(input.data(), 0, {{9, 9}, i}, results.back().data());
  }
  return results;
}

// One input of 100 at cells of 128 / 2: the noise is that of one device. That
// of columns is independent, of neighbours and of those of other random blocks.
TEST(Analog, ReadNoise) {
  Unit own(parametersOf("pcm", {"programming_scale=0", "drift_scale=0",
                                "adc_bits=0", "calibration=none"}),
           4, 50, [](uint32_t, uint32_t) { return int8_t(64); });
  double sigma = 100 * readSigma(64);
  Moments moments, products[4];
  unsigned distances[] = {1, 2, 4, 8};
  for (auto &result : repeat(own.make(1), {0, 100, 0, 0}, 50, 400))
    for (uint32_t c = 0; c != 50; ++c) {
      moments.add(result[c]);
      for (unsigned k = 0; k != 4; ++k)
        if (c + distances[k] < 50)
          products[k].add((result[c] - 6400) / sigma *
                          (result[c + distances[k]] - 6400) / sigma);
    }
  EXPECT_NEAR(moments.mean(), 6400, moments.meanBound(sigma));
  EXPECT_NEAR(moments.deviation(), sigma, moments.deviationBound(sigma));
  for (Moments &product : products)
    EXPECT_NEAR(product.mean(), 0, product.meanBound(1));
}

// Noise of row tiles, and of the planes of an input, is independent.
TEST(Analog, ReadNoiseOfTilesAndPlanes) {
  for (uint32_t dacBits : {8, 1}) {
    Unit own(
        parametersOf("pcm", {"programming_scale=0", "drift_scale=0",
                             "adc_bits=0", "calibration=none"}),
        128, 10, [](uint32_t, uint32_t) { return int8_t(64); }, 8, dacBits);
    std::vector<int8_t> input(128);
    input[3] = 127;
    if (dacBits == 8)
      input[70] = 127;
    // Seven planes: 1 + 4 + ... + 4096.
    double sigma =
        readSigma(64) * (dacBits == 8 ? 127 * std::sqrt(2) : std::sqrt(5461));
    Moments moments;
    for (auto &result : repeat(own.make(1), input, 10, 1000))
      for (int32_t value : result)
        moments.add(value);
    EXPECT_NEAR(moments.deviation(), sigma, moments.deviationBound(sigma));
  }
}

// Devices that were programmed too low, long ago: their noise is that of what
// they hold, at the time of use.
TEST(Analog, ReadNoiseIsThatOfProgrammedDevices) {
  Unit own(
      parametersOf("pcm", {"programming_scale=8", "drift_scale=0",
                           "programming_offset_us=0", "programming_square_us=0",
                           "adc_bits=0", "calibration=none", "time_s=1e6"}),
      1, 300, [](uint32_t, uint32_t) { return int8_t(64); });
  AnalogUnit unit = own.make(1);
  Moments moments;
  for (auto &result : repeat(unit, {100}, 300, 200))
    for (uint32_t c = 0; c != 300; ++c) {
      double value = unit.cell(0, c);
      if (value > 5 && value < 35)
        moments.add((result[c] - 100 * value) / (100 * readSigma(value, 1e6)));
    }
  EXPECT_GT(moments.count, 5000);
  EXPECT_NEAR(moments.mean(), 0, moments.meanBound(1));
  EXPECT_NEAR(moments.deviation(), 1, moments.deviationBound(1));
}

// The counters of docs/Simulator.md, and what the numbers are multiplied with.
TEST(Analog, RandomNumbersByPlace) {
  Unit cells(parametersOf("ideal", {"programming_scale=1",
                                    "programming_linear_us=2", "g_max_us=25"}),
             70, 9, [](uint32_t, uint32_t) { return int8_t(64); });
  AnalogUnit programmed = cells.make(5, 2);
  for (uint32_t r : {0, 7, 69})
    for (uint32_t c : {0, 5, 8}) {
      RandomKey key = keyOf(5, RandomUse::Programming, 2, 0, r / 64, 0);
      double draw = normals(philox(key, {r % 64, c, 0, 0}))[0];
      EXPECT_NEAR(programmed.cell(r, c), 64 + 2 * 0.5 / 25 * 128 * draw, 1e-9);
    }
  // A converter's are those of the chip, whatever the epoch.
  Unit columns(
      parametersOf("ideal", {"adc_gain_sigma=0.1", "adc_offset_sigma=0.2",
                             "adc_range=fixed", "adc_full_scale=1e6"}),
      1, 9, [](uint32_t, uint32_t) { return int8_t(100); });
  AnalogUnit converted = columns.make(5, 1);
  std::vector<int32_t> offset = repeat(converted, {0}, 9, 1)[0];
  std::vector<int32_t> sum = repeat(converted, {100}, 9, 1)[0];
  for (uint32_t c = 0; c != 9; ++c) {
    RandomKey key = keyOf(5, RandomUse::Converter, 0, 0, 0, 0);
    std::array<double, 4> draws = normals(philox(key, {c, 0, 0, 0}));
    EXPECT_NEAR(offset[c], 0.2e6 * draws[1], 0.5);
    EXPECT_NEAR(sum[c] - offset[c], 1e4 * (1 + 0.1 * draws[0]), 1);
  }
  // Read noise of the second of two tiles: the only one with an input.
  Unit read(parametersOf("pcm", {"programming_scale=0", "drift_scale=0",
                                 "adc_bits=0", "calibration=none"}),
            70, 9, [](uint32_t, uint32_t) { return int8_t(64); });
  std::vector<int8_t> input(70);
  input[65] = 100;
  std::vector<int32_t> noisy = repeat(read.make(5), input, 9, 3)[2];
  for (uint32_t c = 0; c != 9; ++c) {
    double draw = normals(philox({9, 9}, {2, 1, c / 4, 0}))[c % 4];
    EXPECT_NEAR(noisy[c], 6400 + 100 * readSigma(64) * draw, 0.51);
  }
}

TEST(Analog, StuckDevices) {
  Unit own(parametersOf("ideal", {"stuck_low=0.1", "stuck_high=0.05"}), 64,
           1000, [](uint32_t, uint32_t) { return int8_t(40); });
  AnalogUnit unit = own.make(2);
  // Positive and negative device: low, high or what they should hold.
  double count = 64 * 1000;
  std::map<double, double> found;
  for (uint32_t r = 0; r != 64; ++r)
    for (uint32_t c = 0; c != 1000; ++c)
      ++found[unit.cell(r, c)];
  std::map<double, double> expected{{40, 0.85 * 0.95},
                                    {0, 0.1 * 0.95 + 0.05 * 0.05},
                                    {128, 0.05 * 0.95},
                                    {40 - 128, 0.85 * 0.05},
                                    {-128, 0.1 * 0.05}};
  EXPECT_EQ(found.size(), expected.size());
  for (auto [value, p] : expected)
    EXPECT_NEAR(found[value], p * count, 5 * std::sqrt(p * (1 - p) * count))
        << value;
}

// Stuck devices stay where they are, programming is new in each epoch; chips
// differ in both.
TEST(Analog, SeedsAndEpochs) {
  auto weight = [](uint32_t, uint32_t) { return int8_t(50); };
  auto cells = [&](const char *setting, uint64_t seed, uint32_t epoch) {
    Unit own(parametersOf("ideal", {setting, "programming_offset_us=1"}), 64,
             64, weight);
    AnalogUnit unit = own.make(seed, epoch);
    std::vector<double> values;
    for (uint32_t r = 0; r != 64; ++r)
      for (uint32_t c = 0; c != 64; ++c)
        values.push_back(unit.cell(r, c));
    return values;
  };
  EXPECT_EQ(cells("stuck_low=0.5", 1, 0), cells("stuck_low=0.5", 1, 1));
  EXPECT_NE(cells("stuck_low=0.5", 1, 0), cells("stuck_low=0.5", 2, 0));
  const char *programming = "programming_scale=1";
  EXPECT_EQ(cells(programming, 1, 0), cells(programming, 1, 0));
  EXPECT_NE(cells(programming, 1, 0), cells(programming, 1, 1));
  EXPECT_NE(cells(programming, 1, 0), cells(programming, 2, 0));
}

TEST(Analog, ConverterClipsAtItsRange) {
  Unit own(parametersOf("ideal", {"adc_bits=4", "adc_range=fixed",
                                  "adc_full_scale=700"}),
           1, 4, [](uint32_t, uint32_t c) { return int8_t(c * 40 - 20); });
  AnalogUnit unit = own.make(0);
  std::vector<int32_t> result(4);
  // Codes -8 to 7 in steps of 100: -200, 200, 600 and 1000 by 10.
  int8_t ten = 10, minusTen = -10;
  unit.multiply(&ten, 0, {}, result.data());
  EXPECT_EQ(result, (std::vector<int32_t>{-200, 200, 600, 700}));
  unit.multiply(&minusTen, 0, {}, result.data());
  EXPECT_EQ(result, (std::vector<int32_t>{200, -200, -600, -800}));
}

/// The products of one input with the weights 1, 3, 5 and -3.
static std::vector<int32_t> productsOf(const std::vector<std::string> &settings,
                                       int8_t input, int32_t zeroPoint = 0) {
  const int8_t weights[] = {1, 3, 5, -3};
  Unit own(parametersOf("ideal", settings), 1, 4,
           [&](uint32_t, uint32_t c) { return weights[c]; });
  std::vector<int32_t> result(4);
  own.make(0).multiply(&input, zeroPoint, {}, result.data());
  return result;
}

TEST(Analog, ConverterRoundsToEven) {
  auto fixed = [](const char *fullScale) {
    return std::vector<std::string>{"adc_bits=4", "adc_range=fixed",
                                    std::string("adc_full_scale=") + fullScale};
  };
  // Steps of 2: codes 0.5, 1.5, 2.5 and -1.5.
  EXPECT_EQ(productsOf(fixed("14"), 1), (std::vector<int32_t>{0, 4, 4, -4}));
  // Steps of 1.5: 1.5, 3, 4.5 and -3 are what the codes mean.
  EXPECT_EQ(productsOf(fixed("10.5"), 1), (std::vector<int32_t>{2, 3, 4, -3}));
}

TEST(Analog, DacRoundsMagnitudes) {
  auto driven = [](const char *bits, int8_t input, int32_t zeroPoint) {
    std::vector<std::string> settings{std::string("dac_bits=") + bits};
    if (zeroPoint)
      settings.push_back("drive=zero_point");
    return productsOf(settings, input, zeroPoint)[0] - zeroPoint;
  };
  EXPECT_EQ(driven("6", 5, 0), 4);
  EXPECT_EQ(driven("6", 6, 0), 8);
  EXPECT_EQ(driven("6", 10, 0), 8); // 2.5 steps
  EXPECT_EQ(driven("6", -6, 0), -8);
  EXPECT_EQ(driven("6", -128, 0), -128);
  // 255 is 63.75 steps of which the DAC has 63.
  EXPECT_EQ(driven("6", 127, -128), 252);
  EXPECT_EQ(driven("8", 127, -128), 255);
  EXPECT_EQ(driven("1", 127, -128), 128);
}

//===--- Parameters
//--------------------------------------------------------===//

static std::string errorOf(const char *source,
                           const std::vector<std::string> &settings = {}) {
  auto parameters = loadNonIdeal(source, settings);
  return parameters ? "" : llvm::toString(parameters.takeError());
}

TEST(NonIdeal, Presets) {
  EXPECT_EQ(nonIdealPresets(), (std::vector<std::string>{"ideal", "pcm"}));
  for (const std::string &name : nonIdealPresets()) {
    NonIdeal parameters = parametersOf(name.c_str());
    EXPECT_EQ(parameters.name(), name);
    EXPECT_TRUE(parameters.has_calibration_vectors());
  }
}

TEST(NonIdeal, WrongParameters) {
  EXPECT_EQ(errorOf("noisy"), "expected a file or a preset of --non-ideal "
                              "(ideal, pcm), found 'noisy'");
  EXPECT_EQ(errorOf("pcm", {"adc_bits"}),
            "--set-noise 'adc_bits': expected field=value");
  EXPECT_EQ(errorOf("pcm", {"adc=4"}),
            "--set-noise 'adc=4': unknown field 'adc' of NonIdeal");
  EXPECT_EQ(errorOf("pcm", {"adc_bits=many"}),
            "--set-noise 'adc_bits=many': expected a number of at most 32 "
            "bits, found 'many'");
  EXPECT_EQ(errorOf("pcm", {"drive=wheel"}),
            "--set-noise 'drive=wheel': expected a value of Drive (stored, "
            "zero_point), found 'wheel'");
  EXPECT_EQ(errorOf("pcm", {"adc_bits=25"}),
            "pcm: adc_bits: expected a number from 0 to 24, found 25");
  EXPECT_EQ(errorOf("pcm", {"adc_bits=1"}),
            "pcm: adc_bits: expected 0 or at least 2, found 1");
  EXPECT_EQ(errorOf("pcm", {"stuck_low=nan"}),
            "pcm: stuck_low: expected a number from 0 to 1, found nan");
  EXPECT_EQ(errorOf("pcm", {"stuck_low=0.7", "stuck_high=0.5"}),
            "pcm: stuck_low and stuck_high: expected at most 1 together, found "
            "1.2");
  EXPECT_EQ(errorOf("pcm", {"drift_mean_min=0.2"}),
            "pcm: drift: expected each minimum to be at most its maximum");
  EXPECT_EQ(errorOf("pcm", {"time_s=60", "calibration_time_s=61"}),
            "pcm: calibration_time_s: expected at most time_s (60), found 61");
  EXPECT_EQ(errorOf("pcm", {"time_s=60", "calibration_time_s=60"}), "");
  EXPECT_EQ(errorOf("pcm", {"drift_std_min=0.2"}),
            "pcm: drift: expected each minimum to be at most its maximum");
  EXPECT_EQ(errorOf("pcm", {"adc_range=fixed"}),
            "pcm: adc_range fixed: expected adc_full_scale of at least 1e-9, "
            "found 0");
  EXPECT_EQ(errorOf("pcm", {"adc_range=fixed", "adc_full_scale=1e-323"}),
            "pcm: adc_range fixed: expected adc_full_scale of at least 1e-9, "
            "found 9.88131292e-324");
}
