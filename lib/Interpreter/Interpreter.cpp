//===- Interpreter.cpp - what a cmnn function computes --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Interpreter/Interpreter.h"
#include "Operations.h"
#include "cm/Dialect/CMNN/CMNNBinding.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/DenseMap.h"

using namespace mlir;
using namespace cm;
using namespace cm::interpreter;

namespace {
/// The tensors of one image that are still to be read.
class Run {
public:
  Run(func::FuncOp function, Kernels kernels)
      : function(function), kernels(kernels) {}

  llvm::Error bind(llvm::ArrayRef<Tensor> inputs);
  llvm::Error execute(Operation &op, TensorObserver observer);
  std::vector<Tensor> results(func::ReturnOp op);

private:
  /// Frees the operands that no later operation reads.
  void release(Operation &op);

  func::FuncOp function;
  Kernels kernels;
  llvm::DenseMap<Value, Tensor> values;
};
} // namespace

/// "conv2d 't5'" or "conv2d".
static std::string nameOf(Operation *op) {
  std::string name = op->getName().stripDialect().str();
  if (auto tensor = op->getAttrOfType<StringAttr>(cmnn::tensorAttrName))
    name += " '" + tensor.getValue().str() + "'";
  return name;
}

llvm::Error Run::bind(llvm::ArrayRef<Tensor> inputs) {
  if (inputs.size() != function.getNumArguments())
    return makeError("function '{0}': expected {1} inputs, found {2}",
                     function.getSymName(), function.getNumArguments(),
                     inputs.size());
  for (auto [argument, input] :
       llvm::zip_equal(function.getArguments(), inputs)) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    auto element = type && type.hasStaticShape()
                       ? cmnn::getElementType(type.getElementType())
                       : std::nullopt;
    if (!element)
      return makeError("function '{0}': expected static tensors of i8, i32, "
                       "i64 or f32 as arguments",
                       function.getSymName());
    if (*element != input.type ||
        type.getShape() != llvm::ArrayRef(input.shape))
      return makeError(
          "function '{0}': expected {1} {2} as argument {3}, found {4} {5}",
          function.getSymName(), elementTypeName(*element),
          formatShape(type.getShape()), argument.getArgNumber(),
          elementTypeName(input.type), formatShape(input.shape));
    values[argument] = input;
  }
  return llvm::Error::success();
}

void Run::release(Operation &op) {
  for (Value operand : op.getOperands()) {
    bool isRead = llvm::any_of(operand.getUsers(), [&](Operation *user) {
      return op.isBeforeInBlock(user);
    });
    if (!isRead)
      values.erase(operand);
  }
}

llvm::Error Run::execute(Operation &op, TensorObserver observer) {
  llvm::SmallVector<const Tensor *> operands;
  for (Value operand : op.getOperands())
    operands.push_back(&values.find(operand)->second);
  llvm::Expected<Tensor> result = compute(&op, operands, kernels);
  if (!result)
    return makeError("{0}: {1}", nameOf(&op),
                     llvm::toString(result.takeError()));
  release(op);
  if (observer)
    observer(op.getResult(0), *result);
  if (!op.use_empty())
    values[op.getResult(0)] = std::move(*result);
  return llvm::Error::success();
}

std::vector<Tensor> Run::results(func::ReturnOp op) {
  std::vector<Tensor> tensors;
  for (Value operand : op.getOperands())
    tensors.push_back(values.at(operand));
  return tensors;
}

llvm::Expected<std::vector<Tensor>> cm::interpret(func::FuncOp function,
                                                  llvm::ArrayRef<Tensor> inputs,
                                                  TensorObserver observer,
                                                  Kernels kernels) {
  if (!function.getBody().hasOneBlock())
    return makeError("function '{0}': expected a body of one block",
                     function.getSymName());
  Run run(function, kernels);
  if (llvm::Error error = run.bind(inputs))
    return std::move(error);
  Block &body = function.getBody().front();
  for (Operation &op : body.without_terminator())
    if (llvm::Error error = run.execute(op, observer))
      return std::move(error);
  return run.results(cast<func::ReturnOp>(body.getTerminator()));
}
