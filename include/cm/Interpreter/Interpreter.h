//===- Interpreter.h - what a cmnn function computes -----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The first oracle: naive loops that follow docs/Numerics.md and nothing else.
// It shares no arithmetic with the functional run of cmflow and the simulator.
//
//===----------------------------------------------------------------------===//

#ifndef CM_INTERPRETER_INTERPRETER_H
#define CM_INTERPRETER_INTERPRETER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <vector>

namespace cm {

/// The elements of one int8 tensor in row-major order of its type.
using TensorData = std::vector<int8_t>;

/// Is told of every tensor that an operation computes, in program order.
using TensorObserver =
    llvm::function_ref<void(mlir::Value tensor, llvm::ArrayRef<int8_t> data)>;

/// Runs `function` (one block of cmnn operations) on one image; `inputs` are
/// its arguments. Returns its results. Errors: the number or size of inputs, an
/// operation that is not cmnn, a sum that leaves int32; each names the culprit.
llvm::Expected<std::vector<TensorData>>
interpret(mlir::func::FuncOp function, llvm::ArrayRef<TensorData> inputs,
          TensorObserver observer = {});

} // namespace cm

#endif // CM_INTERPRETER_INTERPRETER_H
