//===- CMCoreDialect.cpp - registration -----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMCore/CMCoreDialect.h"
#include "cm/Dialect/CMCore/CMCoreOps.h"

using namespace cm::cmcore;

#include "cm/Dialect/CMCore/CMCoreDialect.cpp.inc"

void CMCoreDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "cm/Dialect/CMCore/CMCoreOps.cpp.inc"
      >();
}
