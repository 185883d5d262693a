//===- KernelsTest.cpp - DPU operations against ONNX Runtime's results ----===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// test/Numerics/vectors.json was recorded from ONNX Runtime; its inputs are
// such that arithmetic that is nearly right fails.
//
//===----------------------------------------------------------------------===//

#include "../../lib/Sim/Multiply.h"
#include "VectorCases.h"

using namespace cm;
using namespace cm::sim;

namespace {

/// The windows of a pool over an NHWC array, one after the other.
void checkPool(const Case &test, program::DpuOpcode opcode) {
  std::vector<int64_t> in = test.inputShape("x");
  std::vector<int64_t> kernel = test.list("kernel"),
                       strides = test.list("strides"), pads = test.list("pads"),
                       dilations = test.list("dilations");
  if (kernel.empty())
    kernel = {in[1], in[2]};
  if (strides.empty())
    strides = {1, 1};
  if (pads.empty())
    pads = {0, 0, 0, 0};
  if (dilations.empty())
    dilations = {1, 1};
  Values x = test.input("x"), found;
  program::DpuInstr instr;
  if (opcode == program::DPU_MAX_POOL) {
    instr.set_opcode(opcode);
    instr.set_length(in[3]);
  } else {
    instr = makeInstr(opcode, test, in[3]);
    instr.mutable_a()->set_scale(test.number("x_scale"));
    instr.mutable_a()->set_zero_point(test.integer("x_zero_point"));
    if (opcode == program::DPU_AVERAGE_POOL)
      instr.set_count_include_pad(test.flag("count_include_pad"));
  }
  for (int64_t y = 0; y != test.shape[1]; ++y)
    for (int64_t column = 0; column != test.shape[2]; ++column) {
      Values window;
      std::vector<uint8_t> inside;
      for (int64_t ky = 0; ky != kernel[0]; ++ky)
        for (int64_t kx = 0; kx != kernel[1]; ++kx) {
          int64_t iy = y * strides[0] - pads[0] + ky * dilations[0];
          int64_t ix = column * strides[1] - pads[1] + kx * dilations[1];
          bool isIn = iy >= 0 && iy < in[1] && ix >= 0 && ix < in[2];
          inside.push_back(isIn);
          for (int64_t c = 0; c != in[3]; ++c)
            window.push_back(isIn ? x[(iy * in[2] + ix) * in[3] + c] : 99);
        }
      Values result;
      computePool(instr, {window, inside}, result);
      found.insert(found.end(), result.begin(), result.end());
    }
  EXPECT_EQ(found, test.expected);
}

} // namespace

TEST_F(Vectors, Requantize) {
  forEach("requantize_accumulator", [](const Case &test) {
    Values acc = test.input("acc"), result;
    program::DpuInstr instr =
        makeInstr(program::DPU_REQUANTIZE, test, acc.size());
    float product = test.number("x_scale") * test.number("w_scale");
    instr.add_scales(product / test.number("y_scale"));
    EXPECT_EQ(computeDpu(instr, &acc, nullptr, result), "");
    EXPECT_EQ(result, test.expected);
  });
}

/// An instruction on two quantised vectors.
static void checkBinary(const Case &test, program::DpuOpcode opcode) {
  Values a = test.input("a"), b = test.input("b"), result;
  program::DpuInstr instr = makeInstr(opcode, test, a.size());
  instr.mutable_a()->set_scale(test.number("a_scale"));
  instr.mutable_a()->set_zero_point(test.integer("a_zero_point"));
  instr.mutable_b()->set_scale(test.number("b_scale"));
  instr.mutable_b()->set_zero_point(test.integer("b_zero_point"));
  EXPECT_EQ(computeDpu(instr, &a, &b, result), "");
  EXPECT_EQ(result, test.expected);
}

TEST_F(Vectors, AddQuantized) {
  forEach("add", [](const Case &test) {
    checkBinary(test, program::DPU_ADD_QUANTIZED);
  });
}

TEST_F(Vectors, MulQuantized) {
  forEach("mul", [](const Case &test) {
    checkBinary(test, program::DPU_MUL_QUANTIZED);
  });
}

TEST_F(Vectors, AveragePool) {
  forEach("average_pool",
          [](const Case &test) { checkPool(test, program::DPU_AVERAGE_POOL); });
}

TEST_F(Vectors, GlobalAveragePool) {
  forEach("global_average_pool", [](const Case &test) {
    checkPool(test, program::DPU_GLOBAL_AVERAGE_POOL);
  });
}

TEST_F(Vectors, AveragePoolOfTheWholeImage) {
  forEach("average_pool_whole_image", [](const Case &test) {
    checkPool(test, program::DPU_GLOBAL_AVERAGE_POOL);
  });
}

TEST_F(Vectors, MaxPool) {
  forEach("max_pool",
          [](const Case &test) { checkPool(test, program::DPU_MAX_POOL); });
}

TEST_F(Vectors, Softmax) {
  forEach("softmax", [](const Case &test) {
    Values x = test.input("x"), found;
    int64_t channels = test.shape.back();
    for (size_t at = 0; at < x.size(); at += channels) {
      Values row(x.begin() + at, x.begin() + at + channels), result;
      program::DpuInstr instr = makeInstr(program::DPU_SOFTMAX, test, channels);
      instr.mutable_a()->set_scale(test.number("x_scale"));
      EXPECT_EQ(computeDpu(instr, &row, nullptr, result), "");
      found.insert(found.end(), result.begin(), result.end());
    }
    EXPECT_EQ(found, test.expected);
  });
}

TEST(Kernels, FixedPointRoundsHalfUp) {
  program::DpuInstr instr;
  instr.set_opcode(program::DPU_REQUANTIZE_FIXED);
  instr.set_length(6);
  instr.add_table(1 << 30);
  instr.add_shifts(31);
  instr.set_minimum(-128);
  instr.set_maximum(127);
  instr.mutable_y()->set_zero_point(1);
  Values acc = {1, -1, 3, -3, 1000, -1000}, result;
  EXPECT_EQ(computeDpu(instr, &acc, nullptr, result), "");
  EXPECT_EQ(result, (Values{2, 1, 3, 0, 127, -128}));
}

TEST(Kernels, NotANumberBecomesTheMinimum) {
  program::DpuInstr instr;
  instr.set_opcode(program::DPU_ADD_QUANTIZED);
  instr.set_length(1);
  instr.set_minimum(-100);
  instr.set_maximum(100);
  instr.mutable_a()->set_scale(3e38f);
  instr.mutable_b()->set_scale(3e38f);
  instr.mutable_y()->set_scale(1e-30f);
  // inf - inf
  Values one = {1}, minusOne = {-1}, result;
  for (bool isUnsigned : {false, true}) {
    instr.set_unsigned_rounding(isUnsigned);
    EXPECT_EQ(computeDpu(instr, &one, &minusOne, result), "");
    EXPECT_EQ(result, Values{-100});
  }
  // 0 * inf
  instr.set_opcode(program::DPU_SOFTMAX);
  instr.set_length(2);
  instr.mutable_a()->set_scale(1);
  instr.mutable_y()->set_scale(1e-40f);
  Values x = {-128, 127};
  EXPECT_EQ(computeDpu(instr, &x, nullptr, result), "");
  EXPECT_EQ(result[0], -128);
  // inf - inf again, as a mean.
  instr.set_opcode(program::DPU_AVERAGE_POOL);
  instr.set_length(1);
  instr.mutable_a()->set_scale(3e38f);
  Values values = {127, 127, -128, -128, -128, -128};
  std::vector<uint8_t> inside(values.size(), 1);
  computePool(instr, {values, inside}, result);
  EXPECT_GE(result[0], -100);
  EXPECT_LE(result[0], 100);
}

TEST(Kernels, RequantizesEachElementByItsScale) {
  program::DpuInstr instr;
  instr.set_opcode(program::DPU_REQUANTIZE);
  instr.set_length(3);
  for (float scale : {1.0f, 0.5f, 0.25f})
    instr.add_scales(scale);
  instr.set_minimum(-128);
  instr.set_maximum(127);
  Values acc = {8, 8, 8}, result;
  EXPECT_EQ(computeDpu(instr, &acc, nullptr, result), "");
  EXPECT_EQ(result, (Values{8, 4, 2}));
}

TEST(Kernels, LookUpTableIsIndexedFromMinus128) {
  program::DpuInstr instr;
  instr.set_opcode(program::DPU_LOOKUP);
  instr.set_length(3);
  for (int i = 0; i != 256; ++i)
    instr.mutable_lut()->push_back(char(127 - i));
  Values x = {-128, 0, 127}, result;
  EXPECT_EQ(computeDpu(instr, &x, nullptr, result), "");
  EXPECT_EQ(result, (Values{127, -1, -128}));
}

TEST(Kernels, EachElementHasATableOfItsOwn) {
  program::DpuInstr instr;
  instr.set_opcode(program::DPU_LOOKUP);
  instr.set_length(2);
  for (int i = 0; i != 512; ++i)
    instr.mutable_lut()->push_back(char(i < 256 ? 127 - i : i - 256 - 128));
  Values x = {-128, -128}, result;
  EXPECT_EQ(computeDpu(instr, &x, nullptr, result), "");
  EXPECT_EQ(result, (Values{127, -128}));
}

TEST(Kernels, ShufflesAndFills) {
  program::DpuInstr instr;
  instr.set_opcode(program::DPU_SHUFFLE);
  instr.set_length(5);
  for (int index : {2, 0, 2, -1, 1})
    instr.add_table(index);
  instr.mutable_y()->set_zero_point(-7);
  Values x = {10, 20, 30}, result;
  EXPECT_EQ(computeDpu(instr, &x, nullptr, result), "");
  EXPECT_EQ(result, (Values{30, 10, 30, -7, 20}));
}

/// An interpolation on an image of 2x2 pixels, of windows of 2x2.
static program::DpuInstr makeInterpolation() {
  program::DpuInstr instr;
  instr.set_opcode(program::DPU_INTERPOLATE);
  instr.set_length(1);
  instr.mutable_gather()->set_kernel_y(2);
  instr.mutable_gather()->set_kernel_x(2);
  // Windows from -1, 0 and 1 on.
  for (float weight : {0.0f, 1.0f, 0.75f, 0.25f, 0.5f, 0.5f}) {
    instr.add_row_weights(weight);
    instr.add_column_weights(weight);
  }
  for (program::Quantization *q : {instr.mutable_a(), instr.mutable_y()})
    q->set_scale(1);
  instr.set_minimum(-128);
  instr.set_maximum(127);
  return instr;
}

TEST(Kernels, Interpolates) {
  program::DpuInstr instr = makeInterpolation();
  Values window = {10, 20, 30, 40}, result;
  std::vector<uint8_t> all(4, 1);
  computePool(instr, {window, all, 0, 0}, result);
  EXPECT_EQ(result, Values{18}); // 17.5, ties to even
  instr.set_as_stored(true);
  computePool(instr, {window, all, 0, 0}, result);
  EXPECT_EQ(result, Values{17});
  Values negative = {-10, -20, -30, -40};
  computePool(instr, {negative, all, 0, 0}, result);
  EXPECT_EQ(result, Values{-17});
  instr.set_unsigned_rounding(true); // 110.5 is cut off
  computePool(instr, {negative, all, 0, 0}, result);
  EXPECT_EQ(result, Values{-18});
}

TEST(Kernels, InterpolationTakesTheNearestPixelInside) {
  program::DpuInstr instr = makeInterpolation();
  Values window = {99, 99, 99, 40}, result;
  std::vector<uint8_t> last = {0, 0, 0, 1};
  computePool(instr, {window, last, -1, -1}, result);
  EXPECT_EQ(result, Values{40});
  window = {40, 99, 99, 99};
  std::vector<uint8_t> first = {1, 0, 0, 0};
  computePool(instr, {window, first, 1, 1}, result);
  EXPECT_EQ(result, Values{40});
  // A program may read a window that does not meet the object.
  std::vector<uint8_t> none(4, 0);
  computePool(instr, {window, none, 7, 7}, result);
  EXPECT_EQ(result, Values{0});
}

TEST(Kernels, MatrixTimesVectorInAllVersions) {
  // Sizes around the widths of vectors, against the plain loop.
  unsigned compared = 0;
  for (uint32_t rows : {1, 7, 16, 17, 33, 63, 64, 65, 128, 300, 4608}) {
    uint32_t cols = 7;
    std::vector<int8_t> weights(rows * cols), input(rows);
    for (size_t i = 0; i != weights.size(); ++i)
      weights[i] = int8_t(i * 97 % 256 - 128);
    for (size_t i = 0; i != input.size(); ++i)
      input[i] = int8_t(i * 61 % 256 - 128);
    // The greatest products of either sign.
    std::fill_n(weights.begin(), rows, -128);
    std::vector<int32_t> sums(cols), expected(cols);
    sumColumns(weights.data(), rows, cols, sums.data());
    for (uint32_t c = 0; c != cols; ++c)
      for (uint32_t r = 0; r != rows; ++r)
        expected[c] += int32_t(weights[c * rows + r]) * input[r];
    for (VectorUnit unit :
         {VectorUnit::Portable, VectorUnit::Avx2, VectorUnit::Vnni}) {
      if (unit > bestVectorUnit())
        continue;
      std::vector<int32_t> result(cols);
      multiplyMatrix({weights.data(), sums.data(), rows, cols}, input.data(),
                     result.data(), unit);
      EXPECT_EQ(result, expected) << rows << ", version " << int(unit);
      ++compared;
    }
  }
  EXPECT_EQ(compared, 11 * (1 + unsigned(bestVectorUnit())));
}

TEST(Kernels, PartsOfANumberAddUpToIt) {
  for (uint32_t width : {8, 5, 1})
    for (uint32_t bits = 1; bits <= 8; ++bits)
      for (int32_t value = -(1 << (width - 1)); value < 1 << (width - 1);
           ++value) {
        int32_t sum = 0;
        uint32_t parts = (width + bits - 1) / bits;
        for (uint32_t p = 0; p != parts; ++p) {
          int32_t part = cutBits(value, p, bits, width);
          if (p + 1 < parts) {
            EXPECT_GE(part, 0);
            EXPECT_LT(part, 1 << bits);
          }
          sum += part * (1 << (p * bits));
        }
        EXPECT_EQ(sum, value) << width << " in parts of " << bits;
      }
}

TEST(Kernels, BitPlanesAndSlicesGiveTheProduct) {
  uint32_t rows = 37, cols = 5;
  std::vector<int8_t> weights(rows * cols);
  std::vector<int8_t> input(rows);
  for (size_t i = 0; i != weights.size(); ++i)
    weights[i] = int8_t(i * 97 % 256 - 128);
  for (size_t i = 0; i != input.size(); ++i)
    input[i] = int8_t(i * 61 % 256 - 128);
  weights[0] = weights[1] = -128, weights[rows] = 127;
  input[0] = -128, input[1] = 127;
  std::vector<int32_t> expected(cols);
  for (uint32_t c = 0; c != cols; ++c)
    for (uint32_t r = 0; r != rows; ++r)
      expected[c] += int32_t(weights[c * rows + r]) * input[r];
  for (uint32_t cellBits = 1; cellBits <= 8; ++cellBits)
    for (uint32_t planeBits = 1; planeBits <= 8; ++planeBits) {
      CellMatrix matrix{rows,     cols, (8 + cellBits - 1) / cellBits,
                        cellBits, {},   {}};
      for (uint32_t s = 0; s != matrix.slices; ++s)
        for (int8_t weight : weights)
          matrix.cells.push_back(cutBits(weight, s, cellBits, 8));
      addSums(matrix);
      std::vector<int32_t> result(cols);
      multiplyCells(matrix, input.data(), planeBits, result.data());
      EXPECT_EQ(result, expected)
          << "cells of " << cellBits << " bits, planes of " << planeBits;
    }
}

TEST(Kernels, ZeroPointsOfWeightsAreTakenOutByGroup) {
  program::DpuInstr instr;
  instr.set_opcode(program::DPU_SUBTRACT_ZERO_POINTS);
  instr.set_length(4);
  Values x = {10, 20, 30, 40, 3, -5}, result; // two groups of two
  instr.add_table(2);
  EXPECT_EQ(computeDpu(instr, &x, nullptr, result), "");
  EXPECT_EQ(result, (Values{4, 14, 40, 50}));
  instr.clear_table();
  for (int point : {1, -1, 127, -128})
    instr.add_table(point);
  EXPECT_EQ(computeDpu(instr, &x, nullptr, result), "");
  EXPECT_EQ(result, (Values{7, 23, 665, -600}));
  x[3] = INT32_MIN;
  instr.set_table(3, -128), x[5] = 1;
  EXPECT_EQ(computeDpu(instr, &x, nullptr, result), "");
  x[5] = -1;
  EXPECT_EQ(computeDpu(instr, &x, nullptr, result),
            "overflow: -2147483648 - 128 in element 3 does not fit int32");
}

TEST(Kernels, DepthwiseSumsOverPixelsOfEachChannel) {
  program::DpuInstr instr;
  instr.set_opcode(program::DPU_DEPTHWISE);
  instr.set_length(2);
  for (int weight : {1, -255, 3, 255})
    instr.add_table(weight);
  Values x = {10, -128, -20, 127}, result;
  EXPECT_EQ(computeDpu(instr, &x, nullptr, result), "");
  EXPECT_EQ(result, (Values{-50, 65025}));
  instr.clear_table();
  instr.set_length(1);
  x.assign(70000, -128);
  for (int i = 0; i != 70000; ++i)
    instr.add_table(-255);
  EXPECT_EQ(computeDpu(instr, &x, nullptr, result),
            "overflow: the sum 2284800000 of channel 0 does not fit int32");
}
