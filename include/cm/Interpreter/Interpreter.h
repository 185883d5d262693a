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

#include "cm/Support/Tensor.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <vector>

namespace cm {

/// Is told of every tensor that an operation computes, in program order.
using TensorObserver =
    llvm::function_ref<void(mlir::Value value, const Tensor &tensor)>;

/// How products are computed: in naive loops, or faster by blocks; the results
/// are the same to the bit.
enum class Kernels { Naive, Blocked };

/// Runs `function` (one block of cmnn operations) on one image; `inputs` are
/// its arguments. Returns its results. A tensor is freed after its last use.
/// Errors: the number, type or shape of inputs, an operation that is not cmnn,
/// a sum that leaves int32, an id outside its table; each names the culprit.
llvm::Expected<std::vector<Tensor>> interpret(mlir::func::FuncOp function,
                                              llvm::ArrayRef<Tensor> inputs,
                                              TensorObserver observer = {},
                                              Kernels kernels = Kernels::Naive);

} // namespace cm

#endif // CM_INTERPRETER_INTERPRETER_H
