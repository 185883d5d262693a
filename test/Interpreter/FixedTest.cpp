//===- FixedTest.cpp - integers round as TOSA says ------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Numbers worked out by hand. test/Conversion/TOSAToCMNN compares with two
// other implementations.
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMNN/CMNNOps.h"
#include "cm/Interpreter/Interpreter.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace cm;

static Tensor int8(std::vector<int64_t> shape, std::vector<int8_t> data) {
  return Tensor::of<int8_t>(shape, data);
}

static Tensor int32(std::vector<int64_t> shape, std::vector<int32_t> data) {
  return Tensor::of<int32_t>(shape, data);
}

static std::string typeOf(const Tensor &tensor) {
  std::string text = "tensor<";
  for (int64_t extent : tensor.shape)
    text += std::to_string(extent) + "x";
  return text + (tensor.type == ElementType::Int8 ? "i8>" : "i32>");
}

/// The result of `operation`, with `%x` and without types, of type `y`.
static llvm::Expected<Tensor> compute(const std::string &operation,
                                      const Tensor &x, const std::string &y) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<cmnn::CMNNDialect, mlir::func::FuncDialect>();
  std::string text = "func.func @main(%x: " + typeOf(x) + ") -> " + y +
                     " { %y = " + operation + " : " + typeOf(x) + " -> " + y +
                     " return %y : " + y + " }";
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  EXPECT_TRUE(module);
  auto function = module->lookupSymbol<mlir::func::FuncOp>("main");
  auto results = interpret(function, {x});
  if (!results)
    return results.takeError();
  return results->front();
}

static void expectResult(const std::string &operation, const Tensor &x,
                         const Tensor &y) {
  auto result = compute(operation, x, typeOf(y));
  ASSERT_TRUE(static_cast<bool>(result)) << llvm::toString(result.takeError());
  EXPECT_TRUE(*result == y) << operation;
}

static std::string errorOf(const std::string &operation, const Tensor &x,
                           const std::string &y) {
  auto result = compute(operation, x, y);
  return result ? "" : llvm::toString(result.takeError());
}

TEST(FixedTest, HalvesGoUpInOneRounding) {
  expectResult("cmnn.rescale %x {multipliers = array<i32: 1073741824>, "
               "shifts = array<i8: 36>}",
               int32({1, 6}, {31, 32, 33, -31, -32, -33}),
               int32({1, 6}, {0, 1, 1, 0, 0, -1}));
}

TEST(FixedTest, HalvesGoAwayFromZeroFirstInTwoRoundings) {
  expectResult("cmnn.rescale %x {multipliers = array<i32: 1073741824>, "
               "shifts = array<i8: 36>, double_round}",
               int32({1, 6}, {31, 32, 33, -31, -32, -33}),
               int32({1, 6}, {1, 1, 1, 0, -1, -1}));
}

TEST(FixedTest, TwoRoundingsAreOneUpToShift31) {
  expectResult("cmnn.rescale %x {multipliers = array<i32: 1073741824>, "
               "shifts = array<i8: 31>, double_round}",
               int32({1, 4}, {1, 3, -1, -3}), int32({1, 4}, {1, 2, 0, -1}));
}

TEST(FixedTest, ChannelsHaveTheirOwnMultiplier) {
  expectResult("cmnn.rescale %x {multipliers = array<i32: 4, 12>, "
               "shifts = array<i8: 2, 3>, x_zero_point = -5 : i8, "
               "y_zero_point = 7 : i8}",
               int8({2, 2}, {-5, -5, 10, 11}), int8({2, 2}, {7, 7, 22, 31}));
}

TEST(FixedTest, ResultsSaturateAndStayInRange) {
  std::string rescale = "cmnn.rescale %x {multipliers = array<i32: 4>, "
                        "shifts = array<i8: 2>";
  Tensor x = int32({1, 4}, {-2147483648, -129, 100, 2147483647});
  expectResult(rescale + "}", x, int8({1, 4}, {-128, -128, 100, 127}));
  expectResult(rescale + ", minimum = 0 : i32, maximum = 6 : i32}", x,
               int8({1, 4}, {0, 0, 6, 6}));
  expectResult(rescale + ", minimum = -200 : i32, maximum = 300 : i32}", x,
               int32({1, 4}, {-200, -129, 100, 300}));
}

TEST(FixedTest, AProductThatLeavesInt32IsAnError) {
  EXPECT_EQ(errorOf("cmnn.rescale %x {multipliers = array<i32: 8>, "
                    "shifts = array<i8: 2>}",
                    int32({1, 1}, {1 << 30}), "tensor<1x1xi8>"),
            "rescale: the scaled number 2147483648 leaves int32");
}

TEST(FixedTest, MeansLeavePaddingOut) {
  // Sums and counts: 5 of 2, -5 of 2, -3 of 1 pixels. The reciprocal is
  // slightly too large, so -2.5 becomes -3.
  expectResult("cmnn.average_pool_fixed %x {kernel = array<i64: 1, 2>, "
               "strides = array<i64: 1, 2>, pads = array<i64: 0, 0, 0, 1>, "
               "x_zero_point = 10 : i8, y_zero_point = 1 : i8}",
               int8({1, 1, 5, 1}, {12, 13, 8, 7, 7}),
               int8({1, 1, 3, 1}, {4, -2, -2}));
}

TEST(FixedTest, ResizeInterpolatesBetweenClampedNeighbours) {
  std::string rule = " %x {numerators = array<i64: 1, 4>, denominators = "
                     "array<i64: 1, 2>, offsets = array<i64: 0, -1>}";
  Tensor x = int8({1, 1, 2, 1}, {0, 8});
  expectResult("cmnn.resize_fixed linear" + rule, x,
               int32({1, 1, 4, 1}, {0, 8, 24, 32}));
  expectResult("cmnn.resize_fixed nearest" + rule, x,
               int8({1, 1, 4, 1}, {0, 0, 8, 8}));
}

TEST(FixedTest, NearestTakesTheLaterPixelAtHalves) {
  expectResult("cmnn.resize_fixed nearest %x {numerators = array<i64: 1, 2>, "
               "denominators = array<i64: 1, 1>, offsets = array<i64: 0, 0>}",
               int8({1, 1, 2, 1}, {0, 8}), int8({1, 1, 4, 1}, {0, 8, 8, 8}));
}

TEST(FixedTest, SumsOfInt32AreExact) {
  std::string sum = "cmnn.reduce_sum %x {axes = array<i64: 1>}";
  expectResult(sum, int32({1, 3, 2}, {1 << 30, 1, 5, 2, -7, 3}),
               int32({1, 1, 2}, {(1 << 30) - 2, 6}));
  EXPECT_EQ(errorOf(sum, int32({1, 2}, {2147483647, 1}), "tensor<1x1xi32>"),
            "reduce_sum: the sum 2147483648 leaves int32");
}
