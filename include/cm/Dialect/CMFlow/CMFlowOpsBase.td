//===- CMFlowOpsBase.td - what all operations share --------*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMFLOW_CMFLOWOPSBASE_TD
#define CM_DIALECT_CMFLOW_CMFLOWOPSBASE_TD

include "cm/Dialect/CMFlow/CMFlowAttrs.td"
include "mlir/IR/OpBase.td"

class CMFlow_Op<string mnemonic, list<Trait> traits = []>
    : Op<CMFlow_Dialect, mnemonic, traits>;

def CMFlow_VectorI8 : VectorOfRankAndType<[1], [I8]>;
def CMFlow_VectorI32 : VectorOfRankAndType<[1], [I32]>;
def CMFlow_Vector : VectorOfRankAndType<[1], [I8, I32]>;

#endif // CM_DIALECT_CMFLOW_CMFLOWOPSBASE_TD
