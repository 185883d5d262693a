//===- Passes.h - passes on cmnn -------------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_PASSES_H
#define CM_DIALECT_CMNN_PASSES_H

#include "cm/Dialect/CMNN/CMNNOps.h"
#include "mlir/Pass/Pass.h"

namespace cm::cmnn {

#define GEN_PASS_DECL
#include "cm/Dialect/CMNN/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "cm/Dialect/CMNN/Passes.h.inc"

} // namespace cm::cmnn

#endif // CM_DIALECT_CMNN_PASSES_H
