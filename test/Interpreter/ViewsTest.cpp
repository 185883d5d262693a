//===- ViewsTest.cpp - operations that move elements ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModuleText.h"
#include "gtest/gtest.h"
#include <numeric>

using namespace cm;

/// 0, 1, 2, ... as int8.
static Tensor counting(std::vector<int64_t> shape) {
  Tensor tensor(ElementType::Int8, shape);
  std::iota(tensor.bytes.begin(), tensor.bytes.end(), 0);
  return tensor;
}

static Tensor view(const std::string &operation, std::vector<Tensor> inputs,
                   std::vector<int64_t> shape) {
  ElementType type = inputs[0].type;
  return runOperation(operation, std::move(inputs), type, std::move(shape));
}

TEST(ViewsTest, SliceStepsForwardAndBack) {
  EXPECT_EQ(view("slice %arg0 {starts = array<i64: 1, 4>, sizes = array<i64: "
                 "2, 3>, steps = array<i64: 1, -2>}",
                 {counting({3, 5})}, {2, 3}),
            int8({2, 3}, {9, 7, 5, 14, 12, 10}));
}

TEST(ViewsTest, ConcatOnAMiddleAxis) {
  EXPECT_EQ(view("concat %arg0, %arg1 {axis = 1 : i64}",
                 {counting({2, 1, 2}), counting({2, 2, 2})}, {2, 3, 2}),
            int8({2, 3, 2}, {0, 1, 0, 1, 2, 3, 2, 3, 4, 5, 6, 7}));
}

TEST(ViewsTest, TransposeOfFloatsInThreeAxes) {
  EXPECT_EQ(view("transpose %arg0 {permutation = array<i64: 2, 0, 1>}",
                 {float32({2, 1, 3}, {0, 1, 2, 3, 4, 5})}, {3, 2, 1}),
            float32({3, 2, 1}, {0, 3, 1, 4, 2, 5}));
}

TEST(ViewsTest, PadContinuesInThreeWays) {
  std::string extents = "low = array<i64: 0, 2>, high = array<i64: 1, 2>";
  Tensor x = counting({1, 3});
  EXPECT_EQ(
      view("pad constant %arg0 {" + extents + ", value = -7 : i8}", {x},
           {2, 7}),
      int8({2, 7}, {-7, -7, 0, 1, 2, -7, -7, -7, -7, -7, -7, -7, -7, -7}));
  EXPECT_EQ(view("pad edge %arg0 {" + extents + "}", {x}, {2, 7}),
            int8({2, 7}, {0, 0, 0, 1, 2, 2, 2, 0, 0, 0, 1, 2, 2, 2}));
  EXPECT_EQ(view("pad reflect %arg0 {low = array<i64: 0, 2>, high = array<i64: "
                 "0, 2>}",
                 {x}, {1, 7}),
            int8({1, 7}, {2, 1, 0, 1, 2, 1, 0}));
  EXPECT_EQ(view("pad constant %arg0 {low = array<i64: 1>, high = array<i64: "
                 "1>, value = 0.5 : f32}",
                 {float32({2}, {3, 4})}, {4}),
            float32({4}, {0.5f, 3, 4, 0.5f}));
}

TEST(ViewsTest, DepthToSpaceInBothOrders) {
  // One pixel of 8 channels becomes 2x2 pixels of 2.
  Tensor x = counting({1, 1, 1, 8});
  EXPECT_EQ(view("depth_to_space %arg0 {block = 2 : i64}", {x}, {1, 2, 2, 2}),
            counting({1, 2, 2, 2}));
  EXPECT_EQ(
      view("depth_to_space %arg0 {block = 2 : i64, crd}", {x}, {1, 2, 2, 2}),
      int8({1, 2, 2, 2}, {0, 4, 1, 5, 2, 6, 3, 7}));
}

static const std::string wordsTable =
    weightText("words", float32({3, 2}, {0, 1, 2, 3, 4, 5}));

TEST(ViewsTest, GatherTakesRowsAlsoFromTheEnd) {
  Tensor ids = Tensor::of<int64_t>({1, 3}, {2, -3, 1});
  EXPECT_EQ(runOperation("gather @words [%arg0]", {ids}, ElementType::Float32,
                         {1, 3, 2}, wordsTable),
            float32({1, 3, 2}, {4, 5, 0, 1, 2, 3}));
}

TEST(ViewsTest, GatherRefusesIdsOutside) {
  TestContext context;
  for (int64_t id : {3, -4}) {
    auto results = runModule(context, wordsTable + R"(
        func.func @main(%ids: tensor<1xi64>) -> tensor<1x2xf32> {
          %y = cmnn.gather @words [%ids] : tensor<1xi64> -> tensor<1x2xf32>
          return %y : tensor<1x2xf32>
        })",
                             {Tensor::of<int64_t>({1}, {id})});
    ASSERT_FALSE(static_cast<bool>(results));
    EXPECT_EQ(llvm::toString(results.takeError()),
              "gather: expected an id of the 3 rows of the table, found " +
                  std::to_string(id));
  }
}

TEST(ViewsTest, ConstantIsItsWeight) {
  Tensor constant = Tensor::of<int64_t>({2}, {7, -9000000000});
  EXPECT_EQ(runOperation("=constant @c", {}, ElementType::Int64, {2},
                         weightText("c", constant)),
            constant);
}

TEST(ViewsTest, ResizeKeepsToTheRange) {
  // What is stored: (10 + 13) / 2 = 11.5 is cut off, -11.5 to -11.
  Tensor x = int8({1, 1, 2, 2}, {10, -10, 13, -13});
  std::string operation = "resize linear align_corners %arg0 {scales = "
                          "array<f32: 1.0, 1.5>, as_stored";
  EXPECT_EQ(view(operation + "}", {x}, {1, 1, 3, 2}),
            int8({1, 1, 3, 2}, {10, -10, 11, -11, 13, -13}));
  EXPECT_EQ(view(operation + ", unsigned_rounding, maximum = 12 : i8}", {x},
                 {1, 1, 3, 2}),
            int8({1, 1, 3, 2}, {10, -10, 11, -12, 12, -13}));
  // Dequantised and quantised: half to even.
  EXPECT_EQ(view("resize linear align_corners %arg0 {scales = array<f32: 1.0, "
                 "1.5>}",
                 {x}, {1, 1, 3, 2}),
            int8({1, 1, 3, 2}, {10, -10, 12, -12, 13, -13}));
}
