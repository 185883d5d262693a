//===- CMFlowInterfaces.td - what all accesses have in common -*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMFLOW_CMFLOWINTERFACES_TD
#define CM_DIALECT_CMFLOW_CMFLOWINTERFACES_TD

include "mlir/IR/OpBase.td"

def CMFlow_AccessOpInterface : OpInterface<"AccessOpInterface"> {
  let cppNamespace = "::cm::cmflow";
  let description = [{
    An operation of a stage that reads pixels of an object. Passes ask for the
    read relation through this interface and list no operations.
  }];
  let methods = [
    InterfaceMethod<"The object that is read.", "::mlir::FlatSymbolRefAttr",
                    "getAccessedObject", (ins)>,
    InterfaceMethod<"The read relation.", "::cm::cmflow::WindowAttr",
                    "getReadRelation", (ins)>,
    InterfaceMethod<
        "True where the elements feed the crossbar: they are gathered before "
        "the MVM. The others are read by the DPU after it.",
        "bool", "feedsCrossbar", (ins)>,
    InterfaceMethod<
        "Makes the operation read elsewhere.", "void", "setAccess",
        (ins "::mlir::FlatSymbolRefAttr":$object,
             "::cm::cmflow::WindowAttr":$window), [{}], [{
          $_op.setObjectAttr(object);
          $_op.setWindowAttr(window);
        }]>
  ];
}

#endif // CM_DIALECT_CMFLOW_CMFLOWINTERFACES_TD
