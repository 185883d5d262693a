//===- Interpreter.cpp - what a cmnn function computes --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Interpreter/Interpreter.h"
#include "Kernels.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace cm;
using namespace cm::interpreter;

namespace {
/// The tensors of one image.
class Run {
public:
  llvm::Error bind(func::FuncOp function, llvm::ArrayRef<TensorData> inputs);
  llvm::Error execute(Operation &op, TensorObserver observer);
  std::vector<TensorData> results(func::ReturnOp op);

private:
  llvm::ArrayRef<int8_t> valueOf(Value value) { return values.at(value); }
  llvm::Expected<TensorData> compute(Operation *op);

  llvm::DenseMap<Value, TensorData> values;
};
} // namespace

/// "conv2d 't5'" or "conv2d".
static std::string nameOf(Operation *op) {
  std::string name = op->getName().stripDialect().str();
  if (auto tensor = op->getAttrOfType<StringAttr>(cmnn::tensorAttrName))
    name += " '" + tensor.getValue().str() + "'";
  return name;
}

llvm::Error Run::bind(func::FuncOp function,
                      llvm::ArrayRef<TensorData> inputs) {
  if (inputs.size() != function.getNumArguments())
    return makeError("function '{0}': expected {1} inputs, found {2}",
                     function.getSymName(), function.getNumArguments(),
                     inputs.size());
  for (auto [argument, data] :
       llvm::zip_equal(function.getArguments(), inputs)) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type || !type.hasStaticShape() ||
        !type.getElementType().isSignlessInteger(8))
      return makeError("function '{0}': expected int8 tensors as arguments",
                       function.getSymName());
    if (type.getNumElements() != static_cast<int64_t>(data.size()))
      return makeError("function '{0}': expected {1} elements of argument {2}, "
                       "found {3}",
                       function.getSymName(), type.getNumElements(),
                       argument.getArgNumber(), data.size());
    values[argument] = data;
  }
  return llvm::Error::success();
}

llvm::Expected<TensorData> Run::compute(Operation *op) {
  using Result = llvm::Expected<TensorData>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case<cmnn::Conv2DOp, cmnn::MatMulOp, cmnn::RequantizeOp, cmnn::SoftmaxOp,
            cmnn::MaxPoolOp, cmnn::AveragePoolOp, cmnn::GlobalAveragePoolOp,
            cmnn::TransposeOp>([&](auto typed) -> Result {
        return interpreter::run(typed, valueOf(typed.getX()));
      })
      .Case([&](cmnn::AddOp typed) -> Result {
        return interpreter::run(typed, valueOf(typed.getA()),
                                valueOf(typed.getB()));
      })
      .Case([&](cmnn::ReshapeOp typed) -> Result {
        return valueOf(typed.getX()).vec();
      })
      .Default([&](Operation *other) -> Result {
        return makeError("operation '{0}' is not one of cmnn's",
                         other->getName().getStringRef());
      });
}

llvm::Error Run::execute(Operation &op, TensorObserver observer) {
  llvm::Expected<TensorData> result = compute(&op);
  if (!result)
    return makeError("{0}: {1}", nameOf(&op),
                     llvm::toString(result.takeError()));
  if (observer)
    observer(op.getResult(0), *result);
  values[op.getResult(0)] = std::move(*result);
  return llvm::Error::success();
}

std::vector<TensorData> Run::results(func::ReturnOp op) {
  std::vector<TensorData> data;
  for (Value operand : op.getOperands())
    data.push_back(values.at(operand));
  return data;
}

llvm::Expected<std::vector<TensorData>>
cm::interpret(func::FuncOp function, llvm::ArrayRef<TensorData> inputs,
              TensorObserver observer) {
  if (!function.getBody().hasOneBlock())
    return makeError("function '{0}': expected a body of one block",
                     function.getSymName());
  Run run;
  if (llvm::Error error = run.bind(function, inputs))
    return std::move(error);
  Block &body = function.getBody().front();
  for (Operation &op : body.without_terminator())
    if (llvm::Error error = run.execute(op, observer))
      return std::move(error);
  return run.results(cast<func::ReturnOp>(body.getTerminator()));
}
