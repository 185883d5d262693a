//===- CMFlowDialect.td - the dialect of stages and streams -*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMFLOW_CMFLOWDIALECT_TD
#define CM_DIALECT_CMFLOW_CMFLOWDIALECT_TD

include "mlir/IR/OpBase.td"

def CMFlow_Dialect : Dialect {
  let name = "cmflow";
  let summary = "stages on cores and the streams between them: where and when";
  let description = [{
    A `cmflow.graph` is one network as a pipeline: *objects* that stages write
    once per image, *stages* (a box-shaped iteration domain and a region with at
    most one `cmflow.mvm` and vector operations of the same iteration), and
    *streams* from a writer stage to a reader stage over an object. The
    attributes `place` (stages), `route` (streams), `offset` (stages) and
    `capacity` (streams) appear in this order, each required from its phase on.

    The dialect knows nothing of instructions and addresses.
  }];
  let cppNamespace = "::cm::cmflow";
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::cm::cmhw::CMHWDialect"];
  let useDefaultAttributePrinterParser = 1;
  let extraClassDeclaration = [{
    void registerAttrs();
  }];
}

#endif // CM_DIALECT_CMFLOW_CMFLOWDIALECT_TD
