//===- Executable.h - what can be run on images ----------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_TOOLS_CM_RUN_EXECUTABLE_H
#define CM_TOOLS_CM_RUN_EXECUTABLE_H

#include "cm/Interpreter/Interpreter.h"
#include "cm/Support/HostLayout.h"
#include "mlir/IR/BuiltinOps.h"
#include <functional>

namespace cm {

/// Is given every named tensor of an image.
using TensorSink =
    std::function<llvm::Error(const HostLayout &, const Tensor &)>;

/// A network at one level of the compiler, made ready to run. To add a level,
/// write a maker and list it in `makeExecutable`.
struct Executable {
  std::vector<HostLayout> inputs, outputs;
  /// Computes the outputs of one image from inputs of any shape and the
  /// layout's element type; `sink` may be null.
  std::function<llvm::Expected<std::vector<Tensor>>(std::vector<Tensor> inputs,
                                                    const TensorSink &sink)>
      run;
};

/// The cmnn function `main` of a module, run by the interpreter.
llvm::Expected<Executable> makeCMNNExecutable(mlir::ModuleOp module,
                                              Kernels kernels);

/// The one cmflow graph of a module, by the functional run.
llvm::Expected<Executable> makeCMFlowExecutable(mlir::ModuleOp module);

/// Whatever the module holds: its graph if there is one, else its function.
llvm::Expected<Executable> makeExecutable(mlir::ModuleOp module,
                                          Kernels kernels);

} // namespace cm

#endif // CM_TOOLS_CM_RUN_EXECUTABLE_H
