//===- ModuleText.cpp - modules of a test, as text ------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModuleText.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

using namespace cm;

TestContext::TestContext() : context(mlir::MLIRContext::Threading::DISABLED) {
  context.loadDialect<cmnn::CMNNDialect, mlir::func::FuncDialect>();
}

llvm::Expected<std::vector<Tensor>> cm::runModule(TestContext &context,
                                                  const std::string &text,
                                                  llvm::ArrayRef<Tensor> inputs,
                                                  TensorObserver observer,
                                                  Kernels kernels) {
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context.context);
  EXPECT_TRUE(module) << text.substr(0, 4000);
  auto function = module->lookupSymbol<mlir::func::FuncOp>("main");
  return interpret(function, inputs, observer, kernels);
}

Tensor cm::int8(std::vector<int64_t> shape, std::vector<int8_t> data) {
  return Tensor::of<int8_t>(shape, data);
}

Tensor cm::int32(std::vector<int64_t> shape, std::vector<int32_t> data) {
  return Tensor::of<int32_t>(shape, data);
}

Tensor cm::float32(std::vector<int64_t> shape, std::vector<float> data) {
  return Tensor::of<float>(shape, data);
}

Tensor cm::randomTensor(ElementType type, std::vector<int64_t> shape,
                        std::mt19937 &random) {
  Tensor tensor(type, shape);
  if (type == ElementType::Int8)
    for (int8_t &value : tensor.as<int8_t>())
      value = static_cast<int8_t>(random());
  else if (type == ElementType::Int32)
    for (int32_t &value : tensor.as<int32_t>())
      value = static_cast<int32_t>(random() % 20000) - 10000;
  else
    for (float &value : tensor.as<float>())
      value = std::normal_distribution<float>()(random);
  return tensor;
}

std::string cm::joined(llvm::ArrayRef<int64_t> values, const char *between) {
  return llvm::join(
      llvm::map_range(values, [](int64_t v) { return std::to_string(v); }),
      between);
}

std::string cm::typeOf(ElementType type, llvm::ArrayRef<int64_t> shape) {
  const char *element = type == ElementType::Int8    ? "i8"
                        : type == ElementType::Int32 ? "i32"
                        : type == ElementType::Int64 ? "i64"
                                                     : "f32";
  return "tensor<" + joined(shape, "x") + "x" + element + ">";
}

std::string cm::typeOf(const Tensor &tensor) {
  return typeOf(tensor.type, tensor.shape);
}

std::string cm::weightText(const std::string &name, const Tensor &tensor) {
  return "cmnn.weight @" + name + " = dense<\"0x" + llvm::toHex(tensor.bytes) +
         "\"> : " + typeOf(tensor) + "\n";
}

Tensor cm::runOperation(const std::string &operation,
                        std::vector<Tensor> inputs, ElementType type,
                        std::vector<int64_t> shape, const std::string &weights,
                        Kernels kernels) {
  std::vector<std::string> declarations, types;
  for (auto [i, input] : llvm::enumerate(inputs)) {
    types.push_back(typeOf(input));
    declarations.push_back("%arg" + std::to_string(i) + ": " + types.back());
  }
  std::string y = typeOf(type, shape);
  bool isShort = llvm::StringRef(operation).starts_with("=");
  std::string text =
      llvm::formatv("{0}func.func @main({1}) -> {2} {{\n%y = cmnn.{3} : "
                    "{4}{2}\nreturn %y : {2}\n}",
                    weights, llvm::join(declarations, ", "), y,
                    operation.substr(isShort),
                    isShort ? "" : llvm::join(types, ", ") + " -> ")
          .str();
  TestContext context;
  auto results = runModule(context, text, inputs, {}, kernels);
  if (!results) {
    ADD_FAILURE() << llvm::toString(results.takeError()) << "\n" << text;
    return Tensor(type, shape);
  }
  return results->front();
}
