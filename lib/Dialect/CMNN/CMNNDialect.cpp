//===- CMNNDialect.cpp - registration -------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMNN/CMNNDialect.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace cm::cmnn;

#include "cm/Dialect/CMNN/CMNNDialect.cpp.inc"
#include "cm/Dialect/CMNN/CMNNEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "cm/Dialect/CMNN/CMNNAttrs.cpp.inc"

void CMNNDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "cm/Dialect/CMNN/CMNNAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "cm/Dialect/CMNN/CMNNOps.cpp.inc"
      >();
}
