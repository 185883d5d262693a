//===- Report.h - what the compiler predicts --------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_PIPELINES_REPORT_H
#define CM_LIB_PIPELINES_REPORT_H

#include "cm/Pipelines/Compile.h"

namespace cm {

/// Fills in all but the phases from the module's scheduled graph.
llvm::Error fillReport(mlir::ModuleOp module, CompileReport &report);

} // namespace cm

#endif // CM_LIB_PIPELINES_REPORT_H
