//===- Import.h - program file to cmcore ------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_TARGET_PROGRAM_IMPORT_H
#define CM_TARGET_PROGRAM_IMPORT_H

#include "cm/Program/Program.pb.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/Error.h"

namespace cm {

/// A module with the program as `cmcore.program` and one `cmnn.weight` for each
/// group of crossbars: the program no longer knows the model's weights. The
/// program is checked first. `exportProgram` gives the same program back.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
importProgram(const program::Program &program, mlir::MLIRContext *context);

} // namespace cm

#endif // CM_TARGET_PROGRAM_IMPORT_H
