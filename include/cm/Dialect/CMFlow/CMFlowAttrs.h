//===- CMFlowAttrs.h - access relations and buffers -------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMFLOW_CMFLOWATTRS_H
#define CM_DIALECT_CMFLOW_CMFLOWATTRS_H

#include "cm/Dialect/CMFlow/CMFlowDialect.h"
#include "cm/Poly/Access.h"
#include "cm/Support/Scales.h"
#include "mlir/IR/BuiltinAttributes.h"

#include "cm/Dialect/CMFlow/CMFlowEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "cm/Dialect/CMFlow/CMFlowAttrs.h.inc"

#endif // CM_DIALECT_CMFLOW_CMFLOWATTRS_H
