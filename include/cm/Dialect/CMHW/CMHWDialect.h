//===- CMHWDialect.h - the machine as an attribute --------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMHW_CMHWDIALECT_H
#define CM_DIALECT_CMHW_CMHWDIALECT_H

#include "mlir/IR/Dialect.h"

#include "cm/Dialect/CMHW/CMHWDialect.h.inc"

#endif // CM_DIALECT_CMHW_CMHWDIALECT_H
