//===- RealsTest.cpp - operations on real numbers and their int8 forms ----===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModuleText.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <cmath>
#include <numeric>

using namespace cm;

/// All 256 values.
static Tensor allBytes() {
  Tensor tensor(ElementType::Int8, {1, 256});
  std::iota(tensor.bytes.begin(), tensor.bytes.end(), 128);
  return tensor;
}

/// Every float is within a few units in the last place of the other.
static void expectNear(const Tensor &found, llvm::ArrayRef<double> expected,
                       double relative = 1e-6) {
  ASSERT_EQ(found.numElements(), static_cast<int64_t>(expected.size()));
  for (auto [y, e] : llvm::zip_equal(found.as<float>(), expected))
    EXPECT_NEAR(y, e, relative * std::max(1.0, std::abs(e)));
}

//===----------------------------------------------------------------------===//
// Two operands
//===----------------------------------------------------------------------===//

static Tensor binary(const std::string &operation, const Tensor &a,
                     const Tensor &b, std::vector<int64_t> shape) {
  return runOperation(operation, {a, b}, a.type, std::move(shape));
}

TEST(RealsTest, FloatsBroadcast) {
  Tensor a = float32({2, 1}, {6, 8}), b = float32({1, 3}, {1, 2, -4});
  auto check = [&](const std::string &name, std::vector<float> expected) {
    EXPECT_EQ(binary(name + " %arg0, %arg1", a, b, {2, 3}),
              float32({2, 3}, expected))
        << name;
  };
  check("add", {7, 8, 2, 9, 10, 4});
  check("sub", {5, 4, 10, 7, 6, 12});
  check("mul", {6, 12, -24, 8, 16, -32});
  check("div", {6, 3, -1.5, 8, 4, -2});
}

TEST(RealsTest, Int32IsExact) {
  Tensor a = int32({2}, {46341, -7}), b = int32({2}, {46340, 9});
  EXPECT_EQ(binary("add %arg0, %arg1", a, b, {2}), int32({2}, {92681, 2}));
  EXPECT_EQ(binary("sub %arg0, %arg1", a, b, {2}), int32({2}, {1, -16}));
  EXPECT_EQ(binary("mul %arg0, %arg1", a, b, {2}),
            int32({2}, {2147441940, -63}));
  TestContext context;
  auto results = runModule(context, R"(
      func.func @main(%x: tensor<1xi32>) -> tensor<1xi32> {
        %y = cmnn.mul %x, %x : tensor<1xi32>
        return %y : tensor<1xi32>
      })",
                           {int32({1}, {46341})});
  ASSERT_FALSE(static_cast<bool>(results));
  EXPECT_EQ(llvm::toString(results.takeError()),
            "mul: the result 2147488281 leaves int32");
}

/// Quantises as docs/Numerics.md says.
static int8_t quantized(float real, float scale, int zeroPoint) {
  float steps = std::nearbyint(real / scale);
  return static_cast<int8_t>(
      std::min(std::max(steps, -128.0f - zeroPoint), 127.0f - zeroPoint) +
      zeroPoint);
}

TEST(RealsTest, BytesAreDequantisedAndQuantised) {
  Tensor a(ElementType::Int8, {256, 1}), b = allBytes();
  a.bytes = b.bytes;
  std::string quantisation =
      " %arg0, %arg1 {a_scale = 0.37 : f32, a_zero_point = 5 : i8, b_scale = "
      "0.21 : f32, b_zero_point = -9 : i8, y_scale = 0.5 : f32, y_zero_point = "
      "3 : i8}";
  auto check = [&](const std::string &name, float (*function)(float, float)) {
    Tensor y = binary(name + quantisation, a, b, {256, 256});
    for (int i = -128; i < 128; ++i)
      for (int j = -128; j < 128; ++j) {
        float real = function(0.37f * (i - 5), 0.21f * (j + 9));
        if (std::isnan(real))
          real = 0;
        ASSERT_EQ(y.as<int8_t>()[(i + 128) * 256 + j + 128],
                  quantized(real, 0.5f, 3))
            << name << " of " << i << " and " << j;
      }
  };
  check("sub", [](float x, float y) { return x - y; });
  check("div", [](float x, float y) { return x / y; });
  check("prelu", [](float x, float y) { return x < 0 ? x * y : x; });
}

TEST(RealsTest, SlopesOfBytesMayBeFloats) {
  EXPECT_EQ(runOperation("prelu %arg0, %arg1 {a_scale = 0.5 : f32, "
                         "a_zero_point = 1 : i8, y_scale = 0.25 : f32}",
                         {int8({2, 2}, {-7, -7, 3, 1}),
                          float32({1, 2}, {0.25, -2})},
                         ElementType::Int8, {2, 2}),
            int8({2, 2}, {-4, 32, 4, 0}));
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

namespace {
struct FunctionCase {
  std::string name, attributes;
  double (*function)(double);
};
} // namespace

static const FunctionCase functions[] = {
    {"clip", "low = -1.0 : f32, high = 2.5 : f32",
     [](double x) { return std::min(std::max(x, -1.0), 2.5); }},
    {"clip", "low = 0.0 : f32", [](double x) { return std::max(x, 0.0); }},
    {"leaky_relu", "alpha = 0.125 : f32",
     [](double x) { return x < 0 ? 0.125 * x : x; }},
    {"sigmoid", "", [](double x) { return 1 / (1 + std::exp(-x)); }},
    {"hard_sigmoid", "alpha = 0.25 : f32, beta = 0.375 : f32",
     [](double x) { return std::clamp(0.25 * x + 0.375, 0.0, 1.0); }},
    {"hard_swish", "",
     [](double x) { return x * std::clamp(x / 6 + 0.5, 0.0, 1.0); }},
    {"tanh", "", [](double x) { return std::tanh(x); }},
    {"gelu", "",
     [](double x) { return 0.5 * x * (1 + std::erf(x / std::sqrt(2))); }},
    {"gelu", "approximate",
     [](double x) {
       return 0.5 * x *
              (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
     }},
    {"erf", "", [](double x) { return std::erf(x); }},
    {"exp", "", [](double x) { return std::exp(x); }},
    {"log", "", [](double x) { return std::log(x); }},
    {"sqrt", "", [](double x) { return std::sqrt(x); }},
    {"abs", "", [](double x) { return std::abs(x); }},
    {"neg", "", [](double x) { return -x; }},
    {"reciprocal", "", [](double x) { return 1 / x; }},
    {"pow", "exponent = 2.0 : f32", [](double x) { return x * x; }},
    {"pow", "exponent = -0.5 : f32", [](double x) { return 1 / std::sqrt(x); }},
};

TEST(RealsTest, FunctionsOfFloats) {
  std::vector<float> values = {0.25f, 0.75f, 1.0f, 2.0f, 3.5f, 7.0f};
  for (const FunctionCase &test : functions) {
    SCOPED_TRACE(test.name + " " + test.attributes);
    bool isPositive = test.name == "log" || test.name == "sqrt" ||
                      test.attributes == "exponent = -0.5 : f32";
    std::vector<float> all = values;
    for (float value : values)
      all.push_back(isPositive ? 2 * value : -value);
    std::vector<double> expected;
    for (float value : all)
      expected.push_back(test.function(value));
    int64_t count = all.size();
    expectNear(
        runOperation("=" + test.name + " %arg0 {" + test.attributes + "}",
                     {float32({count}, all)}, ElementType::Float32, {count}),
        expected);
  }
}

TEST(RealsTest, FunctionsOfBytesAreTables) {
  std::string quantisation = "x_scale = 0.0371 : f32, x_zero_point = 11 : i8, "
                             "y_scale = 0.0123 : f32, y_zero_point = -20 : i8";
  for (const FunctionCase &test : functions) {
    SCOPED_TRACE(test.name + " " + test.attributes);
    std::string attributes =
        quantisation + (test.attributes.empty() ? "" : ", ") + test.attributes;
    Tensor y = runOperation("=" + test.name + " %arg0 {" + attributes + "}",
                            {allBytes()}, ElementType::Int8, {1, 256});
    for (int x = -128; x < 128; ++x) {
      double real = test.function(double(0.0371f) * (x - 11));
      if (std::isnan(real))
        real = 0;
      // In binary64 the rare tie may round otherwise.
      EXPECT_NEAR(y.as<int8_t>()[x + 128], quantized(real, 0.0123f, -20), 1);
    }
  }
}

TEST(RealsTest, QuantizeAndDequantize) {
  Tensor x = float32({1, 6}, {0.25f, 0.75f, -0.25f, 1e30f, -1e30f, NAN});
  EXPECT_EQ(runOperation("quantize %arg0 {y_scale = 0.5 : f32, y_zero_point = "
                         "3 : i8, maximum = 100 : i8}",
                         {x}, ElementType::Int8, {1, 6}),
            int8({1, 6}, {3, 5, 3, 100, -128, 3}));
  EXPECT_EQ(runOperation("dequantize %arg0 {x_scale = 0.5 : f32, x_zero_point "
                         "= 3 : i8}",
                         {int8({1, 2}, {-128, 4})}, ElementType::Float32,
                         {1, 2}),
            float32({1, 2}, {-65.5f, 0.5f}));
  EXPECT_EQ(runOperation("dequantize %arg0 {x_scale = 0.5 : f32}",
                         {int32({1, 2}, {-9, 16777217})}, ElementType::Float32,
                         {1, 2}),
            float32({1, 2}, {-4.5f, 8388608.0f}));
}

TEST(RealsTest, TableLooksUp) {
  std::vector<int64_t> values;
  for (int i = 0; i < 256; ++i)
    values.push_back((i * 7 + 3) % 256 - 128);
  Tensor y =
      runOperation("=table %arg0 {values = array<i8: " + joined(values) + ">}",
                   {int8({3}, {-128, 0, 127})}, ElementType::Int8, {3});
  EXPECT_EQ(y, int8({3}, {int8_t(values[0]), int8_t(values[128]),
                          int8_t(values[255])}));
}

//===----------------------------------------------------------------------===//
// Vectors, windows and axes
//===----------------------------------------------------------------------===//

TEST(RealsTest, SoftmaxOfFloatsAlongAnAxis) {
  Tensor x = float32({2, 2}, {1, 300, 3, 299});
  double e = std::exp(1), e2 = std::exp(2);
  expectNear(runOperation("=softmax %arg0 {axis = 0 : i64}", {x},
                          ElementType::Float32, {2, 2}),
             {1 / (1 + e2), e / (1 + e), e2 / (1 + e2), 1 / (1 + e)});
}

TEST(RealsTest, LayerNormOverTheLastAxes) {
  std::mt19937 random(7);
  Tensor x = randomTensor(ElementType::Float32, {2, 2, 3}, random);
  Tensor scale = randomTensor(ElementType::Float32, {2, 3}, random);
  Tensor bias = randomTensor(ElementType::Float32, {2, 3}, random);
  std::vector<double> expected;
  for (int row = 0; row < 2; ++row) {
    auto part = x.as<float>().slice(row * 6, 6);
    double mean = std::accumulate(part.begin(), part.end(), 0.0) / 6;
    double variance = 0;
    for (double v : part)
      variance += (v - mean) * (v - mean) / 6;
    for (int i = 0; i < 6; ++i)
      expected.push_back((part[i] - mean) / std::sqrt(variance + 0.25) *
                             scale.as<float>()[i] +
                         bias.as<float>()[i]);
  }
  expectNear(runOperation("=layer_norm %arg0 scale @s bias @b {axis = 1 : i64, "
                          "epsilon = 0.25 : f32}",
                          {x}, ElementType::Float32, {2, 2, 3},
                          weightText("s", scale) + weightText("b", bias)),
             expected);
  // (-1, 1) of scale 0.25 in int8.
  EXPECT_EQ(runOperation("=layer_norm %arg0 {axis = 1 : i64, epsilon = 0.0 : "
                         "f32, x_scale = 3.0 : f32, y_scale = 0.25 : f32, "
                         "y_zero_point = 1 : i8}",
                         {int8({2, 2}, {7, 9, 30, -50})}, ElementType::Int8,
                         {2, 2}),
            int8({2, 2}, {-3, 5, 5, -3}));
}

TEST(RealsTest, AffineHasAFactorAndAnOffsetForEachChannel) {
  Tensor scale = float32({3}, {0.5, -2, 0}), bias = float32({3}, {1, 0.25, -7});
  std::string weights = weightText("s", scale) + weightText("b", bias);
  EXPECT_EQ(runOperation("=affine %arg0 scale @s bias @b",
                         {float32({1, 2, 3}, {1, 2, 3, -4, -5, -6})},
                         ElementType::Float32, {1, 2, 3}, weights),
            float32({1, 2, 3}, {1.5, -3.75, -7, -1, 10.25, -7}));
  // 0.5 * (10 - 2) * 0.5 + 1 = 3, 0.5 * (1 - 2) * -2 + 0.25 = 1.25 and -7, all
  // 4 to one and plus 1; the last is clamped.
  EXPECT_EQ(runOperation("=affine %arg0 scale @s bias @b {x_scale = 0.5 : f32, "
                         "x_zero_point = 2 : i8, y_scale = 0.25 : f32, "
                         "y_zero_point = 1 : i8, minimum = -20 : i8}",
                         {int8({1, 3}, {10, 1, 127})}, ElementType::Int8,
                         {1, 3}, weights),
            int8({1, 3}, {13, 6, -20}));
  // Both roundings: 1 + 2^-23 squared is 1 + 2^-22, of which 1 leaves 2^-22; a
  // fused step would leave 2^-46 more.
  float above = 1 + 0x1p-23f;
  EXPECT_EQ(runOperation("=affine %arg0 scale @s bias @b",
                         {float32({1, 1}, {above})}, ElementType::Float32,
                         {1, 1},
                         weightText("s", float32({1}, {above})) +
                             weightText("b", float32({1}, {-1}))),
            float32({1, 1}, {0x1p-22f}));
}

TEST(RealsTest, PoolsOfFloatsAndSeveralImages) {
  Tensor x = float32({2, 2, 2, 1}, {-1, -2, -3, -6, 1, 2, 4, 8});
  std::string window =
      " %arg0 {kernel = array<i64: 2, 2>, pads = array<i64: 1, "
      "0, 0, 0>";
  EXPECT_EQ(runOperation("max_pool" + window + "}", {x}, ElementType::Float32,
                         {2, 2, 1, 1}),
            float32({2, 2, 1, 1}, {-1, -1, 2, 8}));
  EXPECT_EQ(runOperation("average_pool" + window + "}", {x},
                         ElementType::Float32, {2, 2, 1, 1}),
            float32({2, 2, 1, 1}, {-1.5, -3, 1.5, 3.75}));
  EXPECT_EQ(runOperation("average_pool" + window + ", count_include_pad}", {x},
                         ElementType::Float32, {2, 2, 1, 1}),
            float32({2, 2, 1, 1}, {-0.75, -3, 0.75, 3.75}));
  EXPECT_EQ(runOperation("global_average_pool %arg0", {x}, ElementType::Float32,
                         {2, 1, 1, 1}),
            float32({2, 1, 1, 1}, {-3, 3.75}));
  EXPECT_EQ(runOperation("global_average_pool %arg0 {y_scale = 2.0 : f32}",
                         {int8({2, 1, 2, 1}, {3, 4, -20, -21})},
                         ElementType::Int8, {2, 1, 1, 1}),
            int8({2, 1, 1, 1}, {2, -10}));
}

TEST(RealsTest, GlobalSumThatLeavesInt32IsAnError) {
  TestContext context;
  std::string text = R"(
      func.func @main(%x: tensor<1x2903x2903x1xi8>) -> tensor<1x1x1x1xi8> {
        %y = cmnn.global_average_pool %x {x_zero_point = -128 : i8}
           : tensor<1x2903x2903x1xi8> -> tensor<1x1x1x1xi8>
        return %y : tensor<1x1x1x1xi8>
      })";
  Tensor x(ElementType::Int8, {1, 2903, 2903, 1});
  std::fill(x.bytes.begin(), x.bytes.end(), 127);
  auto results = runModule(context, text, {x});
  ASSERT_FALSE(static_cast<bool>(results));
  EXPECT_EQ(
      llvm::toString(results.takeError()),
      "global_average_pool: the sum 2148989295 of channel 0 leaves int32");
}

TEST(RealsTest, Reductions) {
  Tensor x = float32({2, 3, 1}, {1, 2, 6, -4, -5, -6});
  EXPECT_EQ(runOperation("reduce_mean %arg0 {axes = array<i64: 1>}", {x},
                         ElementType::Float32, {2, 1, 1}),
            float32({2, 1, 1}, {3, -5}));
  EXPECT_EQ(runOperation("reduce_sum %arg0 {axes = array<i64: 0, 2>}", {x},
                         ElementType::Float32, {1, 3, 1}),
            float32({1, 3, 1}, {-3, -3, 0}));
  EXPECT_EQ(runOperation("reduce_max %arg0 {axes = array<i64: 1>}", {x},
                         ElementType::Float32, {2, 1, 1}),
            float32({2, 1, 1}, {6, -4}));
  // (5 - 1) + (8 - 1) = 11 steps of 0.5 are 5.5, or 2.75 in the mean.
  Tensor bytes = int8({1, 2}, {5, 8});
  EXPECT_EQ(runOperation("reduce_sum %arg0 {axes = array<i64: 1>, x_scale = "
                         "0.5 : f32, x_zero_point = 1 : i8, y_zero_point = 10 "
                         ": i8}",
                         {bytes}, ElementType::Int8, {1, 1}),
            int8({1, 1}, {16}));
  EXPECT_EQ(runOperation("reduce_mean %arg0 {axes = array<i64: 1>, x_scale = "
                         "0.5 : f32, x_zero_point = 1 : i8, y_zero_point = 10 "
                         ": i8}",
                         {bytes}, ElementType::Int8, {1, 1}),
            int8({1, 1}, {13}));
}
