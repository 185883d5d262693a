//===- ExportedProgram.h - the program of a module, once --------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An analysis, so that passes which look at the program file of a module share
// it.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_PIPELINES_EXPORTEDPROGRAM_H
#define CM_LIB_PIPELINES_EXPORTEDPROGRAM_H

#include "cm/Target/Program/Export.h"
#include <optional>

namespace cm {

/// The validated program, or why there is none.
struct ExportedProgram {
  explicit ExportedProgram(mlir::Operation *module) {
    llvm::Expected<program::Program> exported =
        exportProgram(llvm::cast<mlir::ModuleOp>(module));
    if (exported)
      program = std::move(*exported);
    else
      error = llvm::toString(exported.takeError());
  }

  std::optional<program::Program> program;
  std::string error;
};

} // namespace cm

#endif // CM_LIB_PIPELINES_EXPORTEDPROGRAM_H
