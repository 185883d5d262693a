//===- InterpreterTest.cpp - order, names and errors of the interpreter ---===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModuleText.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace cm;
using testing::ElementsAre;

namespace {
class InterpreterTest : public testing::Test {
protected:
  llvm::Expected<std::vector<Tensor>> run(const std::string &text,
                                          std::vector<Tensor> inputs,
                                          TensorObserver observer = {}) {
    return runModule(context, text, inputs, observer);
  }

  std::string errorOf(const std::string &text, std::vector<Tensor> inputs) {
    auto results = run(text, std::move(inputs));
    return results ? "" : llvm::toString(results.takeError());
  }

  TestContext context;
};
} // namespace

TEST_F(InterpreterTest, TransposeMovesAndReshapeDoesNot) {
  Tensor x = int8({1, 1, 3, 2}, {0, 1, 2, 3, 4, 5});
  auto results = run(R"(
    func.func @main(%x: tensor<1x1x3x2xi8>) -> (tensor<1x2x1x3xi8>,
                                                tensor<1x6xi8>) {
      %t = cmnn.transpose %x {permutation = array<i64: 0, 3, 1, 2>}
         : tensor<1x1x3x2xi8> -> tensor<1x2x1x3xi8>
      %r = cmnn.reshape %x : tensor<1x1x3x2xi8> -> tensor<1x6xi8>
      return %t, %r : tensor<1x2x1x3xi8>, tensor<1x6xi8>
    })",
                     {x});
  ASSERT_TRUE(static_cast<bool>(results));
  EXPECT_EQ((*results)[0], int8({1, 2, 1, 3}, {0, 2, 4, 1, 3, 5}));
  EXPECT_EQ((*results)[1], int8({1, 6}, {0, 1, 2, 3, 4, 5}));
}

TEST_F(InterpreterTest, ClampsNarrowTheResult) {
  auto results = run(R"(
    func.func @main(%x: tensor<1x3xi8>) -> tensor<1x3xi8> {
      %y = cmnn.requantize %x {x_scale = 1.0 : f32, x_zero_point = 0 : i8,
             y_scale = 1.0 : f32, y_zero_point = 0 : i8, minimum = -1 : i8,
             maximum = 6 : i8} : tensor<1x3xi8>
      return %y : tensor<1x3xi8>
    })",
                     {int8({1, 3}, {-5, 3, 100})});
  ASSERT_TRUE(static_cast<bool>(results));
  EXPECT_EQ(results->front(), int8({1, 3}, {-1, 3, 6}));
}

TEST_F(InterpreterTest, ObserverSeesEveryResultInOrder) {
  std::vector<std::string> seen;
  auto observer = [&](mlir::Value value, const Tensor &tensor) {
    seen.push_back(value.getDefiningOp()->getName().getStringRef().str() +
                   std::to_string(tensor.numElements()));
  };
  auto results = run(R"(
    func.func @main(%x: tensor<1x2x2x1xi8>) -> tensor<1x1xi8> {
      %m = cmnn.max_pool %x {kernel = array<i64: 2, 2>}
         : tensor<1x2x2x1xi8> -> tensor<1x1x1x1xi8>
      %r = cmnn.reshape %m : tensor<1x1x1x1xi8> -> tensor<1x1xi8>
      return %r : tensor<1x1xi8>
    })",
                     {int8({1, 2, 2, 1}, {1, 4, -3, 2})}, observer);
  ASSERT_TRUE(static_cast<bool>(results));
  EXPECT_THAT(seen, ElementsAre("cmnn.max_pool1", "cmnn.reshape1"));
  EXPECT_EQ(results->front(), int8({1, 1}, {4}));
}

static const char *const identity = R"(
  func.func @main(%x: tensor<1x2xi8>) -> tensor<1x2xi8> {
    return %x : tensor<1x2xi8>
  })";

TEST_F(InterpreterTest, RefusesWrongInputs) {
  EXPECT_EQ(errorOf(identity, {}),
            "function 'main': expected 1 inputs, found 0");
  EXPECT_EQ(errorOf(identity, {int8({1, 3}, {1, 2, 3})}),
            "function 'main': expected int8 [1, 2] as argument 0, found int8 "
            "[1, 3]");
  EXPECT_EQ(errorOf(identity, {Tensor(ElementType::Float32, {1, 2})}),
            "function 'main': expected int8 [1, 2] as argument 0, found "
            "float32 [1, 2]");
  EXPECT_EQ(errorOf("func.func @main(%x: tensor<2xf64>) { return }",
                    {int8({2}, {1, 2})}),
            "function 'main': expected static tensors of i8, i32, i64 or f32 "
            "as arguments");
  EXPECT_EQ(errorOf("func.func private @main()", {}),
            "function 'main': expected a body of one block");
}

TEST_F(InterpreterTest, RefusesOtherOperations) {
  EXPECT_EQ(errorOf(R"(
    func.func @main(%x: tensor<1x2xi8>) -> tensor<1x2xi8> {
      %y = builtin.unrealized_conversion_cast %x
         : tensor<1x2xi8> to tensor<1x2xi8>
      return %y : tensor<1x2xi8>
    })",
                    {int8({1, 2}, {1, 2})}),
            "unrealized_conversion_cast: operation "
            "'builtin.unrealized_conversion_cast' is not one of cmnn's");
}

TEST_F(InterpreterTest, SumOutsideInt32IsAnError) {
  std::string text = R"(
    cmnn.weight @w = dense<1> : tensor<1x1xi8>
    cmnn.weight @b = dense<2147483647> : tensor<1xi32>
    func.func @main(%x: tensor<1x1xi8>) -> tensor<1x1xi8> {
      %y = cmnn.matmul %x, @w bias @b {x_scale = 1.0 : f32,
             x_zero_point = 0 : i8, w_scales = array<f32: 1.0>,
             y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "t5"}
         : tensor<1x1xi8> -> tensor<1x1xi8>
      return %y : tensor<1x1xi8>
    })";
  EXPECT_EQ(errorOf(text, {int8({1, 1}, {0})}), "");
  EXPECT_EQ(errorOf(text, {int8({1, 1}, {1})}),
            "matmul 't5': the sum 2147483648 of output channel 0 leaves int32");
}
