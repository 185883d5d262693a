//===- CMHWDialect.td - the machine as an attribute -------*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMHW_CMHWDIALECT_TD
#define CM_DIALECT_CMHW_CMHWDIALECT_TD

include "mlir/IR/OpBase.td"

def CMHW_Dialect : Dialect {
  let name = "cmhw";
  let cppNamespace = "::cm::cmhw";
  let summary = "the machine that a program is made for";
  let description = [{
    One attribute, `#cmhw.machine`, holds a complete machine: cores, crossbars,
    memories, links, I/O nodes, times and energies. A module carries it as
    `cmhw.machine`. The dialect has no operations and knows no programs.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let extraClassDeclaration = [{
    void registerAttributes();

    /// The discardable attribute of a module that holds its machine.
    static constexpr ::llvm::StringLiteral getMachineAttrName() {
      return "cmhw.machine";
    }
  }];
}

#endif // CM_DIALECT_CMHW_CMHWDIALECT_TD
