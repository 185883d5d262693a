//===- CMCoreDialect.h - what each core is told -----------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMCORE_CMCOREDIALECT_H
#define CM_DIALECT_CMCORE_CMCOREDIALECT_H

#include "mlir/IR/Dialect.h"

#include "cm/Dialect/CMCore/CMCoreDialect.h.inc"

#endif // CM_DIALECT_CMCORE_CMCOREDIALECT_H
