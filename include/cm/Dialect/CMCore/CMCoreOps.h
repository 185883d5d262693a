//===- CMCoreOps.h - program, node, context, LCU, data path -----*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMCORE_CMCOREOPS_H
#define CM_DIALECT_CMCORE_CMCOREOPS_H

#include "cm/Dialect/CMCore/CMCoreDialect.h"
#include "cm/Dialect/CMFlow/CMFlowOps.h"

#define GET_OP_CLASSES
#include "cm/Dialect/CMCore/CMCoreOps.h.inc"

#endif // CM_DIALECT_CMCORE_CMCOREOPS_H
