//===- TokenKernelsTest.cpp - what transformers need of the DPU -----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VectorCases.h"

using namespace cm;
using namespace cm::sim;

TEST_F(Vectors, LayerNorm) {
  forEach("layer_norm", [](const Case &test) {
    Values x = test.input("x"), result;
    program::DpuInstr instr =
        makeInstr(program::DPU_LAYER_NORM, test, x.size());
    instr.mutable_a()->set_scale(test.number("x_scale"));
    instr.mutable_a()->set_zero_point(test.integer("x_zero_point"));
    instr.set_epsilon(test.number("epsilon"));
    if (const llvm::json::Object *scale = test.inputs->getObject("scale"))
      for (const llvm::json::Value &value : *scale->getArray("data"))
        instr.add_scales(*value.getAsNumber());
    if (const llvm::json::Object *bias = test.inputs->getObject("bias"))
      for (const llvm::json::Value &value : *bias->getArray("data"))
        instr.add_biases(*value.getAsNumber());
    EXPECT_EQ(computeDpu(instr, &x, nullptr, result), "");
    EXPECT_EQ(result, test.expected);
  });
}

TEST_F(Vectors, ReduceMean) {
  forEach("reduce_mean", [](const Case &test) {
    std::vector<int64_t> shape = test.inputShape("x");
    program::DpuInstr instr =
        makeInstr(program::DPU_REDUCE_MEAN, test, shape[2]);
    instr.mutable_a()->set_scale(test.number("x_scale"));
    instr.mutable_a()->set_zero_point(test.integer("x_zero_point"));
    std::vector<uint8_t> inside(shape[1], 1);
    Values x = test.input("x"), result;
    computePool(instr, {x, inside}, result);
    EXPECT_EQ(result, test.expected);
  });
}

/// The first matrices of a case; b row by row or, transposed, column by column.
static Values multiplied(const Case &test, bool isTransposed) {
  std::vector<int64_t> a = test.inputShape("a"), b = test.inputShape("b");
  int64_t m = a[a.size() - 2], k = a.back(), n = b.back();
  Values rows = test.input("a"), matrix = test.input("b"), found;
  matrix.resize(k * n);
  if (isTransposed) {
    Values columns;
    for (int64_t i = 0; i != n * k; ++i)
      columns.push_back(matrix[i % k * n + i / k]);
    matrix = columns;
  }
  for (int64_t row = 0; row != m; ++row) {
    program::DpuInstr instr = makeInstr(program::DPU_MULTIPLY_MATRIX, test, n);
    instr.mutable_a()->set_zero_point(test.integer("a_zero_point"));
    instr.mutable_b()->set_zero_point(test.integer("b_zero_point"));
    instr.set_transposed(isTransposed);
    Values vector(rows.begin() + row * k, rows.begin() + (row + 1) * k), sums;
    EXPECT_EQ(computeDpu(instr, &vector, &matrix, sums), "");
    instr.set_opcode(program::DPU_REQUANTIZE);
    float scale = test.number("a_scale") * test.number("b_scale");
    instr.add_scales(scale / test.number("y_scale"));
    Values result;
    EXPECT_EQ(computeDpu(instr, &sums, nullptr, result), "");
    found.insert(found.end(), result.begin(), result.end());
  }
  return found;
}

TEST_F(Vectors, MultiplyMatrix) {
  forEach("batch_matmul", [](const Case &test) {
    if (!test.attributes->get("y_scale")) // in int32 or f32
      return;
    Values expected = test.expected;
    expected.resize(multiplied(test, false).size());
    EXPECT_EQ(multiplied(test, false), expected);
    EXPECT_EQ(multiplied(test, true), expected);
  });
}

TEST(Kernels, ProductsOfTensorsMustFit) {
  program::DpuInstr instr;
  instr.set_opcode(program::DPU_MULTIPLY_MATRIX);
  instr.set_length(1);
  instr.mutable_a()->set_zero_point(-128);
  instr.mutable_b()->set_zero_point(-128);
  Values a(33026, 127), b(33026, 127), result;
  EXPECT_EQ(computeDpu(instr, &a, &b, result),
            "overflow: the product 2147515650 in element 0 does not fit int32");
}

TEST(Kernels, ConstantsAreThoseOfThePixel) {
  program::DpuInstr instr;
  instr.set_opcode(program::DPU_PIXEL_CONSTANT);
  instr.set_length(2);
  instr.set_lut(std::string("\1\2\3\4\5\xFA", 6));
  instr.set_table_height(1);
  instr.set_table_width(3);
  Values result;
  computeConstant(instr, 4, 2, result);
  EXPECT_EQ(result, (Values{5, -6}));
  instr.set_table_height(3);
  instr.set_table_width(1);
  computeConstant(instr, 1, 4, result);
  EXPECT_EQ(result, (Values{3, 4}));
}

TEST(Kernels, MeansOfNothingAreThoseOfZero) {
  program::DpuInstr instr;
  instr.set_length(1);
  instr.mutable_a()->set_scale(1);
  instr.mutable_a()->set_zero_point(50);
  instr.mutable_y()->set_scale(1);
  instr.mutable_y()->set_zero_point(7);
  instr.set_minimum(-128);
  instr.set_maximum(127);
  for (auto opcode : {program::DPU_REDUCE_MEAN, program::DPU_AVERAGE_POOL,
                      program::DPU_GLOBAL_AVERAGE_POOL}) {
    instr.set_opcode(opcode);
    Values x{3, 4}, result;
    std::vector<uint8_t> inside(2, 0);
    computePool(instr, {x, inside}, result);
    EXPECT_EQ(result, (Values{7}));
  }
}
