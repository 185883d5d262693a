//===- ModuleFile.h - MLIR modules as files -------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef CM_TARGET_MODULE_MODULEFILE_H
#define CM_TARGET_MODULE_MODULEFILE_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace cm {

/// Writes a module: to a file as bytecode, to a terminal as text without the
/// weights (and a comment that says so), to a pipe or with `text` anywhere as
/// complete text. "-" is standard output.
llvm::Error writeModule(mlir::ModuleOp module, llvm::StringRef path, bool text);

} // namespace cm

#endif // CM_TARGET_MODULE_MODULEFILE_H
