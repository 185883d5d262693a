//===- InterpreterTest.cpp - order, names and errors of the interpreter ---===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Interpreter/Interpreter.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "mlir/Parser/Parser.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace cm;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;

namespace {
class InterpreterTest : public testing::Test {
protected:
  InterpreterTest() : context(mlir::MLIRContext::Threading::DISABLED) {
    context.loadDialect<cmnn::CMNNDialect, mlir::func::FuncDialect>();
  }

  llvm::Expected<std::vector<TensorData>> run(const std::string &text,
                                              std::vector<TensorData> inputs,
                                              TensorObserver observer = {}) {
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    EXPECT_TRUE(module);
    auto function = module->lookupSymbol<mlir::func::FuncOp>("main");
    return interpret(function, inputs, observer);
  }

  std::string errorOf(const std::string &text, std::vector<TensorData> inputs) {
    auto results = run(text, std::move(inputs));
    return results ? "" : llvm::toString(results.takeError());
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};
} // namespace

TEST_F(InterpreterTest, TransposeMovesAndReshapeDoesNot) {
  TensorData x = {0, 1, 2, 3, 4, 5};
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
  EXPECT_THAT((*results)[0], ElementsAre(0, 2, 4, 1, 3, 5));
  EXPECT_THAT((*results)[1], ElementsAreArray(x));
}

TEST_F(InterpreterTest, ClampsNarrowTheResult) {
  auto results = run(R"(
    func.func @main(%x: tensor<1x3xi8>) -> tensor<1x3xi8> {
      %y = cmnn.requantize %x {x_scale = 1.0 : f32, x_zero_point = 0 : i8,
             y_scale = 1.0 : f32, y_zero_point = 0 : i8, minimum = -1 : i8,
             maximum = 6 : i8} : tensor<1x3xi8>
      return %y : tensor<1x3xi8>
    })",
                     {{-5, 3, 100}});
  ASSERT_TRUE(static_cast<bool>(results));
  EXPECT_THAT(results->front(), ElementsAre(-1, 3, 6));
}

TEST_F(InterpreterTest, ObserverSeesEveryResultInOrder) {
  std::vector<std::string> seen;
  auto observer = [&](mlir::Value tensor, llvm::ArrayRef<int8_t> data) {
    seen.push_back(tensor.getDefiningOp()->getName().getStringRef().str() +
                   std::to_string(data.size()));
  };
  auto results = run(R"(
    func.func @main(%x: tensor<1x2x2x1xi8>) -> tensor<1x1xi8> {
      %m = cmnn.max_pool %x {kernel = array<i64: 2, 2>}
         : tensor<1x2x2x1xi8> -> tensor<1x1x1x1xi8>
      %r = cmnn.reshape %m : tensor<1x1x1x1xi8> -> tensor<1x1xi8>
      return %r : tensor<1x1xi8>
    })",
                     {{1, 4, -3, 2}}, observer);
  ASSERT_TRUE(static_cast<bool>(results));
  EXPECT_THAT(seen, ElementsAre("cmnn.max_pool1", "cmnn.reshape1"));
  EXPECT_THAT(results->front(), ElementsAre(4));
}

static const char *const identity = R"(
  func.func @main(%x: tensor<1x2xi8>) -> tensor<1x2xi8> {
    return %x : tensor<1x2xi8>
  })";

TEST_F(InterpreterTest, RefusesWrongInputs) {
  EXPECT_EQ(errorOf(identity, {}),
            "function 'main': expected 1 inputs, found 0");
  EXPECT_EQ(errorOf(identity, {{1, 2, 3}}),
            "function 'main': expected 2 elements of argument 0, found 3");
  EXPECT_EQ(errorOf("func.func @main(%x: tensor<2xf32>) { return }", {{1, 2}}),
            "function 'main': expected int8 tensors as arguments");
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
                    {{1, 2}}),
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
  EXPECT_EQ(errorOf(text, {{0}}), "");
  EXPECT_EQ(errorOf(text, {{1}}),
            "matmul 't5': the sum 2147483648 of output channel 0 leaves int32");
}
