//===- ProductsTest.cpp - convolutions and matrix products ----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// The naive form against sums written down from the operations' descriptions,
// and the blocked form against the naive one, on random shapes.
//
//===----------------------------------------------------------------------===//

#include "ModuleText.h"
#include "gtest/gtest.h"

using namespace cm;

namespace {
/// A convolution drawn at random.
struct Convolution {
  int64_t images, height, width, groups, inputs, outputs;
  std::vector<int64_t> kernel, strides, dilations, pads, outputPads;
  bool isTransposed, hasBias;
  int64_t xZeroPoint;
  std::vector<int64_t> wZeroPoints;

  explicit Convolution(std::mt19937 &random) {
    auto draw = [&](int64_t least, int64_t greatest) {
      return least + static_cast<int64_t>(random() % (greatest - least + 1));
    };
    images = draw(1, 2);
    height = draw(1, 9);
    width = draw(1, 9);
    bool isDepthwise = draw(0, 3) == 0;
    groups = isDepthwise ? draw(1, 40) : draw(1, 3);
    inputs = isDepthwise ? 1 : draw(1, 9);
    outputs = isDepthwise ? 1 : draw(1, 37);
    kernel = {draw(1, 3), draw(1, 3)};
    strides = {draw(1, 3), draw(1, 3)};
    dilations = {draw(1, 2), draw(1, 2)};
    pads = {draw(0, 2), draw(0, 2), draw(0, 2), draw(0, 2)};
    isTransposed = draw(0, 2) == 0;
    outputPads = {draw(0, 1), draw(0, 1)};
    hasBias = draw(0, 1);
    xZeroPoint = draw(-128, 127);
    for (int64_t i = 0, e = draw(0, 1) * groups * outputs; i < e; ++i)
      wZeroPoints.push_back(draw(-128, 127));
  }

  int64_t extent(int axis) const {
    int64_t in = axis == 0 ? height : width;
    int64_t reach = dilations[axis] * (kernel[axis] - 1) + 1;
    int64_t padding = pads[axis] + pads[axis + 2];
    if (isTransposed)
      return (in - 1) * strides[axis] + reach - padding + outputPads[axis];
    return in + padding < reach ? 0
                                : (in + padding - reach) / strides[axis] + 1;
  }
  bool isValid() const { return extent(0) > 0 && extent(1) > 0; }
  std::vector<int64_t> shape() const {
    return {images, extent(0), extent(1), groups * outputs};
  }

  /// The operation, its quantisation apart.
  std::string text(const std::string &quantisation) const {
    std::string text = isTransposed ? "conv_transpose2d" : "conv2d";
    text += std::string(" %arg0, @w") + (hasBias ? " bias @b" : "");
    text += " {strides = array<i64: " + joined(strides) +
            ">, dilations = array<i64: " + joined(dilations) +
            ">, pads = array<i64: " + joined(pads) +
            ">, groups = " + std::to_string(groups) + " : i64";
    if (isTransposed)
      text += ", output_pads = array<i64: " + joined(outputPads) + ">";
    return text + quantisation + "}";
  }
  std::string zeroPoints() const {
    std::string text =
        ", x_zero_point = " + std::to_string(xZeroPoint) + " : i8";
    if (!wZeroPoints.empty())
      text += ", w_zero_points = array<i8: " + joined(wZeroPoints) + ">";
    return text;
  }
};
} // namespace

/// Where output position `to` reads from under kernel position `k`; -1 for
/// nowhere.
static int64_t source(const Convolution &c, int axis, int64_t to, int64_t k) {
  int64_t in = axis == 0 ? c.height : c.width;
  for (int64_t from = 0; from < in; ++from) {
    int64_t small = c.isTransposed ? from : to,
            large = c.isTransposed ? to : from;
    if (large == small * c.strides[axis] - c.pads[axis] + k * c.dilations[axis])
      return from;
  }
  return -1;
}

/// Every sum, from the definition.
template <typename T, typename Bias>
static std::vector<double> sumsOf(const Convolution &c, const Tensor &x,
                                  const Tensor &w, const Tensor &bias) {
  std::vector<double> sums;
  int64_t channels = c.groups * c.inputs, all = c.groups * c.outputs;
  for (int64_t i = 0, e = c.images * c.extent(0) * c.extent(1) * all; i < e;
       ++i) {
    int64_t co = i % all, column = i / all % c.extent(1);
    int64_t row = i / all / c.extent(1) % c.extent(0);
    int64_t image = i / all / c.extent(1) / c.extent(0);
    double sum = c.hasBias ? bias.as<Bias>()[co] : 0;
    double wZero = c.wZeroPoints.empty() ? 0 : c.wZeroPoints[co];
    for (int64_t ky = 0; ky < c.kernel[0]; ++ky)
      for (int64_t kx = 0; kx < c.kernel[1]; ++kx) {
        int64_t y0 = source(c, 0, row, ky), x0 = source(c, 1, column, kx);
        if (y0 < 0 || x0 < 0)
          continue;
        for (int64_t ci = 0; ci < c.inputs; ++ci) {
          int64_t channel = co / c.outputs * c.inputs + ci;
          double from =
              x.as<T>()[((image * c.height + y0) * c.width + x0) * channels +
                        channel];
          double weight =
              w.as<T>()[((ky * c.kernel[1] + kx) * c.inputs + ci) * all + co];
          bool isInt8 = x.type == ElementType::Int8;
          sum += (from - (isInt8 ? c.xZeroPoint : 0)) *
                 (weight - (isInt8 ? wZero : 0));
        }
      }
    sums.push_back(sum);
  }
  return sums;
}

static constexpr unsigned numSeeds = 120;

/// Runs `operation` in both forms, expects them to be equal and returns it.
static Tensor runBoth(const std::string &operation, std::vector<Tensor> inputs,
                      ElementType type, std::vector<int64_t> shape,
                      const std::string &weights = "") {
  Tensor naive = runOperation(operation, inputs, type, shape, weights);
  Tensor blocked =
      runOperation(operation, inputs, type, shape, weights, Kernels::Blocked);
  EXPECT_TRUE(naive == blocked) << "the blocked form differs";
  return naive;
}

TEST(ProductsTest, ConvolutionsOfBytes) {
  for (unsigned seed = 0; seed < numSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    Convolution c(random);
    if (!c.isValid())
      continue;
    int64_t all = c.groups * c.outputs;
    Tensor x = randomTensor(ElementType::Int8,
                            {c.images, c.height, c.width, c.groups * c.inputs},
                            random);
    Tensor w = randomTensor(ElementType::Int8,
                            {c.kernel[0], c.kernel[1], c.inputs, all}, random);
    Tensor bias = randomTensor(ElementType::Int32, {all}, random);
    std::string weights = weightText("w", w) + weightText("b", bias);
    Tensor sums = runBoth(c.text(c.zeroPoints()), {x}, ElementType::Int32,
                          c.shape(), weights);
    auto expected = sumsOf<int8_t, int32_t>(c, x, w, bias);
    ASSERT_EQ(sums.as<int32_t>(), llvm::ArrayRef(std::vector<int32_t>(
                                      expected.begin(), expected.end())));
    Tensor y = runBoth(c.text(c.zeroPoints() +
                              ", x_scale = 0.25 : f32, w_scales = array<f32: "
                              "0.125>, y_scale = 64.0 : f32, y_zero_point = 5 "
                              ": i8, minimum = -90 : i8"),
                       {x}, ElementType::Int8, c.shape(), weights);
    Tensor reals =
        runBoth(c.text(c.zeroPoints() + ", x_scale = 0.25 : f32, w_scales = "
                                        "array<f32: 0.125>"),
                {x}, ElementType::Float32, c.shape(), weights);
    for (size_t i = 0; i < expected.size(); ++i) {
      ASSERT_EQ(reals.as<float>()[i], expected[i] / 32);
      double steps = std::nearbyint(expected[i] / 2048) + 5;
      ASSERT_EQ(y.as<int8_t>()[i], std::clamp(steps, -90.0, 127.0));
    }
  }
}

TEST(ProductsTest, ConvolutionsOfFloats) {
  for (unsigned seed = 0; seed < numSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    Convolution c(random);
    if (!c.isValid())
      continue;
    int64_t all = c.groups * c.outputs;
    ElementType type = ElementType::Float32;
    Tensor x = randomTensor(
        type, {c.images, c.height, c.width, c.groups * c.inputs}, random);
    Tensor w =
        randomTensor(type, {c.kernel[0], c.kernel[1], c.inputs, all}, random);
    Tensor bias = randomTensor(type, {all}, random);
    Tensor y = runBoth(c.text(""), {x}, type, c.shape(),
                       weightText("w", w) + weightText("b", bias));
    auto expected = sumsOf<float, float>(c, x, w, bias);
    for (size_t i = 0; i < expected.size(); ++i)
      ASSERT_NEAR(y.as<float>()[i], expected[i], 1e-4);
  }
}

TEST(ProductsTest, MatricesOfBytesAndFloats) {
  for (unsigned seed = 0; seed < numSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    int64_t batch = 1 + random() % 3, rows = 1 + random() % 70;
    int64_t inputs = 1 + random() % 50, outputs = 1 + random() % 40;
    ElementType type = seed % 3 ? ElementType::Int8 : ElementType::Float32;
    bool isInt8 = type == ElementType::Int8;
    Tensor a = randomTensor(type, {batch, rows, inputs}, random);
    Tensor b = randomTensor(type, {batch, inputs, outputs}, random);
    ElementType sum = isInt8 ? ElementType::Int32 : type;
    std::vector<int64_t> shape = {batch, rows, outputs};
    Tensor y = runBoth(
        std::string("batch_matmul %arg0, %arg1 ") +
            (isInt8 ? "{a_zero_point = 3 : i8, b_zero_point = -4 : i8}" : ""),
        {a, b}, sum, shape);
    Tensor first = randomTensor(type, {inputs, outputs}, random);
    std::copy_n(b.bytes.begin(), first.bytes.size(), first.bytes.begin());
    Tensor z = runBoth(std::string("matmul %arg0, @w ") +
                           (isInt8 ? "{x_zero_point = 3 : i8, w_zero_points = "
                                     "array<i8: -4>}"
                                   : ""),
                       {a}, sum, shape, weightText("w", first));
    for (int64_t i = 0; i < y.numElements(); ++i) {
      int64_t row = i / outputs, matrix = row / rows;
      double expected = 0;
      for (int64_t k = 0; k < inputs; ++k) {
        int64_t left = row * inputs + k;
        int64_t right = (matrix * inputs + k) * outputs + i % outputs;
        expected +=
            isInt8 ? (a.as<int8_t>()[left] - 3) * (b.as<int8_t>()[right] + 4)
                   : double(a.as<float>()[left]) * b.as<float>()[right];
      }
      double found = isInt8 ? y.as<int32_t>()[i] : y.as<float>()[i];
      ASSERT_NEAR(found, expected, isInt8 ? 0 : 1e-4);
      // The constant matrix is the first of b.
      if (matrix == 0) {
        double product = isInt8 ? z.as<int32_t>()[i] : z.as<float>()[i];
        ASSERT_NEAR(product, expected, isInt8 ? 0 : 1e-4);
      }
    }
  }
}

/// The error of a product in one form; "" for none.
static std::string errorOf(const std::string &text, const Tensor &x,
                           Kernels kernels) {
  TestContext context;
  auto results = runModule(context, text, {x}, {}, kernels);
  return results ? "" : llvm::toString(results.takeError());
}

TEST(ProductsTest, SumsThatLeaveInt32AreAnErrorInBothForms) {
  // 40000 * 255 * 255 is more than int32 holds.
  Tensor x(ElementType::Int8, {1, 40000}), w(ElementType::Int8, {40000, 2});
  std::fill(x.bytes.begin(), x.bytes.end(), 127);
  std::fill(w.bytes.begin(), w.bytes.end(), 127);
  std::string text = weightText("w", w) + R"(
      func.func @main(%x: tensor<1x40000xi8>) -> tensor<1x2xi32> {
        %y = cmnn.matmul %x, @w {x_zero_point = -128 : i8,
               w_zero_points = array<i8: 126, -128>}
           : tensor<1x40000xi8> -> tensor<1x2xi32>
        return %y : tensor<1x2xi32>
      })";
  for (Kernels kernels : {Kernels::Naive, Kernels::Blocked})
    EXPECT_EQ(errorOf(text, x, kernels),
              "matmul: the sum 2601000000 of output channel 1 leaves int32");
}

TEST(ProductsTest, BiasThatLeavesInt32IsAnErrorInBothForms) {
  std::string text = R"(
      cmnn.weight @w = dense<1> : tensor<1x1x2x2xi8>
      cmnn.weight @b = dense<[0, 2147483646]> : tensor<2xi32>
      func.func @main(%x: tensor<1x1x1x2xi8>) -> tensor<1x1x1x2xi32> {
        %y = cmnn.conv2d %x, @w bias @b {}
           : tensor<1x1x1x2xi8> -> tensor<1x1x1x2xi32>
        return %y : tensor<1x1x1x2xi32>
      })";
  for (Kernels kernels : {Kernels::Naive, Kernels::Blocked}) {
    EXPECT_EQ(errorOf(text, int8({1, 1, 1, 2}, {1, 0}), kernels), "");
    EXPECT_EQ(errorOf(text, int8({1, 1, 1, 2}, {1, 1}), kernels),
              "conv2d: the sum 2147483648 of output channel 1 leaves int32");
  }
}

TEST(ProductsTest, InfiniteWeightsAreTheSameInBothForms) {
  // Padding contributes nothing, not 0 * infinity.
  Tensor w = float32({3, 1, 1, 2}, {INFINITY, 1, 1, 1, 1, -INFINITY});
  Tensor y = runBoth("conv2d %arg0, @w {pads = array<i64: 1, 0, 0, 0>}",
                     {float32({1, 2, 1, 1}, {1, 2})}, ElementType::Float32,
                     {1, 1, 1, 2}, weightText("w", w));
  EXPECT_EQ(y, float32({1, 1, 1, 2}, {3, -INFINITY}));
}
