//===- CMFlowDialect.cpp - registration -----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMFlow/CMFlowDialect.h"
#include "cm/Dialect/CMFlow/CMFlowOps.h"
#include "cm/Dialect/CMHW/CMHWDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace cm::cmflow;

#include "cm/Dialect/CMFlow/CMFlowDialect.cpp.inc"

void CMFlowDialect::initialize() {
  registerAttrs();
  addOperations<
#define GET_OP_LIST
#include "cm/Dialect/CMFlow/CMFlowOps.cpp.inc"
      >();
}
