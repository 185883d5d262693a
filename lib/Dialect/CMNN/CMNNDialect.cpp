//===- CMNNDialect.cpp - registration -------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMNN/CMNNDialect.h"
#include "cm/Dialect/CMNN/CMNNOps.h"

using namespace cm::cmnn;

#include "cm/Dialect/CMNN/CMNNDialect.cpp.inc"

void CMNNDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "cm/Dialect/CMNN/CMNNOps.cpp.inc"
      >();
}
