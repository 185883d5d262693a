//===- Export.h - cmcore to program file ------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_TARGET_PROGRAM_EXPORT_H
#define CM_TARGET_PROGRAM_EXPORT_H

#include "cm/Program/Program.pb.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

namespace cm {

/// The program of the module's only `cmcore.program`. Weights are cut into
/// bytes here. The result is valid (`validateProgram`), or there is one error.
llvm::Expected<program::Program> exportProgram(mlir::ModuleOp module);

} // namespace cm

#endif // CM_TARGET_PROGRAM_EXPORT_H
