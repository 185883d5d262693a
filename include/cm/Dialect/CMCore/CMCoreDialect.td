//===- CMCoreDialect.td - the dialect of what each core is told -*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMCORE_CMCOREDIALECT_TD
#define CM_DIALECT_CMCORE_CMCOREDIALECT_TD

include "mlir/IR/OpBase.td"

def CMCore_Dialect : Dialect {
  let name = "cmcore";
  let summary = "what each core is told: weights, buffers, control, data path";
  let description = [{
    A `cmcore.program` holds everything that the program file holds, one
    operation for each message of its schema: objects, nodes with their crossbar
    groups, buffers and contexts, and static routes. A context has an LCU
    program (loops, guards, waits, fire) and a data path (gather, MVM, vector
    operations, send).

    The vector operations of the DPU are those of `cmflow`: they mean the same
    on both levels, and have one definition.
  }];
  let cppNamespace = "::cm::cmcore";
  let dependentDialects = ["::cm::cmflow::CMFlowDialect"];
}

#endif // CM_DIALECT_CMCORE_CMCOREDIALECT_TD
