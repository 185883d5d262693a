//===- Operations.h - from cmnn operations to kernels -----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_INTERPRETER_OPERATIONS_H
#define CM_LIB_INTERPRETER_OPERATIONS_H

#include "Kernels.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "cm/Interpreter/Interpreter.h"
#include <optional>

namespace cm::interpreter {

/// The values of an operation's operands, in order.
using OperandTensors = llvm::ArrayRef<const Tensor *>;

/// The result of one operation of cmnn. Errors: another dialect's, and those of
/// the kernels.
llvm::Expected<Tensor> compute(mlir::Operation *op, OperandTensors operands,
                               Kernels kernels);

/// A family's result for one of its operations, nothing for others.
using Computed = std::optional<llvm::Expected<Tensor>>;

Computed computeProduct(mlir::Operation *op, OperandTensors operands,
                        Kernels kernels);
Computed computeArithmetic(mlir::Operation *op, OperandTensors operands);
Computed computeFunction(mlir::Operation *op, OperandTensors operands);
Computed computePool(mlir::Operation *op, OperandTensors operands);
Computed computeFixed(mlir::Operation *op, OperandTensors operands);
Computed computeView(mlir::Operation *op, OperandTensors operands);

/// The elements of a weight.
Tensor tensorOf(cmnn::WeightOp weight);

/// What an operation says of its operands and its result.
class Signature {
public:
  Signature(mlir::Operation *op, OperandTensors operands)
      : op(op), operands(operands),
        quantizable(llvm::dyn_cast<cmnn::QuantizableOpInterface>(op)) {}

  Operand operand(unsigned index);
  Result result();

private:
  mlir::Operation *op;
  OperandTensors operands;
  cmnn::QuantizableOpInterface quantizable; // null: a view
};

} // namespace cm::interpreter

#endif // CM_LIB_INTERPRETER_OPERATIONS_H
