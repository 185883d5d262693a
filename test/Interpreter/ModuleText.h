//===- ModuleText.h - modules of a test, as text ----------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_INTERPRETER_MODULETEXT_H
#define CM_TEST_INTERPRETER_MODULETEXT_H

#include "cm/Interpreter/Interpreter.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include <random>
#include <string>

namespace cm {

/// A context that knows cmnn and func.
struct TestContext {
  TestContext();
  mlir::MLIRContext context;
};

/// Runs `main` of the module `text`.
llvm::Expected<std::vector<Tensor>> runModule(TestContext &context,
                                              const std::string &text,
                                              llvm::ArrayRef<Tensor> inputs,
                                              TensorObserver observer = {},
                                              Kernels kernels = Kernels::Naive);

Tensor int8(std::vector<int64_t> shape, std::vector<int8_t> data);
Tensor int32(std::vector<int64_t> shape, std::vector<int32_t> data);
Tensor float32(std::vector<int64_t> shape, std::vector<float> data);
/// Elements drawn at random: any int8, floats around 0, small int32.
Tensor randomTensor(ElementType type, std::vector<int64_t> shape,
                    std::mt19937 &random);

/// "1, 2, 3", or with another text between.
std::string joined(llvm::ArrayRef<int64_t> values, const char *between = ", ");
/// "tensor<1x4xi8>".
std::string typeOf(ElementType type, llvm::ArrayRef<int64_t> shape);
std::string typeOf(const Tensor &tensor);
/// A `cmnn.weight` that holds the tensor.
std::string weightText(const std::string &name, const Tensor &tensor);

/// The result of one operation, such as "abs %arg0", behind which the types of
/// its operands %arg0, %arg1, ... and its result are added; behind "=abs %arg0"
/// that of its result only. Fails the test where it cannot run.
Tensor runOperation(const std::string &operation, std::vector<Tensor> inputs,
                    ElementType type, std::vector<int64_t> shape,
                    const std::string &weights = "",
                    Kernels kernels = Kernels::Naive);

} // namespace cm

#endif // CM_TEST_INTERPRETER_MODULETEXT_H
