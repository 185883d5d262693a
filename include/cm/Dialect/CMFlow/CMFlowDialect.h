//===- CMFlowDialect.h - the dialect of stages and streams ------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMFLOW_CMFLOWDIALECT_H
#define CM_DIALECT_CMFLOW_CMFLOWDIALECT_H

#include "mlir/IR/Dialect.h"

#include "cm/Dialect/CMFlow/CMFlowDialect.h.inc"

#endif // CM_DIALECT_CMFLOW_CMFLOWDIALECT_H
