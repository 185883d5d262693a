//===- CMNNOpsBase.td - what operations have in common -----*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CMNNOPSBASE_TD
#define CM_DIALECT_CMNN_CMNNOPSBASE_TD

include "cm/Dialect/CMNN/CMNNAttrs.td"
include "cm/Dialect/CMNN/CMNNDialect.td"
include "cm/Dialect/CMNN/CMNNInterfaces.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

// The same thing has the same name everywhere.

class CMNN_StageRole<string role>
    : ParamNativeOpTrait<"StageRoleOf", "::cm::cmnn::StageRole::" # role> {
  let cppNamespace = "::cm::cmnn";
}

// `role` is what the operation is to stages; `answers` are the methods of
// StageOpInterface that it answers otherwise than most do.
class CMNN_Op<string mnemonic, string role, list<Trait> traits = [],
              list<string> answers = []>
    : Op<CMNN_Dialect, mnemonic,
         !listconcat([CMNN_StageRole<role>,
                      DeclareOpInterfaceMethods<CMNN_StageOpInterface,
                                                answers>],
                     traits)>;

// An operation on one tensor.
class CMNN_UnaryOp<string mnemonic, string role, list<Trait> traits = [],
                   list<string> answers = []>
    : CMNN_Op<mnemonic, role, !listconcat([Pure], traits), answers> {
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
}

defvar CMNN_InputQuantization =
    (ins DefaultValuedAttr<CMNN_ScaleAttr, "1.0f">:$x_scale,
         DefaultValuedAttr<CMNN_Int8Attr, "0">:$x_zero_point);

defvar CMNN_BinaryQuantization =
    (ins DefaultValuedAttr<CMNN_ScaleAttr, "1.0f">:$a_scale,
         DefaultValuedAttr<CMNN_Int8Attr, "0">:$a_zero_point,
         DefaultValuedAttr<CMNN_ScaleAttr, "1.0f">:$b_scale,
         DefaultValuedAttr<CMNN_Int8Attr, "0">:$b_zero_point);

defvar CMNN_ResultQuantization =
    (ins DefaultValuedAttr<CMNN_ScaleAttr, "1.0f">:$y_scale,
         DefaultValuedAttr<CMNN_Int8Attr, "0">:$y_zero_point,
         DefaultValuedAttr<CMNN_Int8Attr, "-128">:$minimum,
         DefaultValuedAttr<CMNN_Int8Attr, "127">:$maximum);

defvar CMNN_WindowSteps =
    (ins DefaultValuedAttr<CMNN_StepsAttr, "{1, 1}">:$strides,
         DefaultValuedAttr<CMNN_StepsAttr, "{1, 1}">:$dilations,
         DefaultValuedAttr<CMNN_PadsAttr, "{0, 0, 0, 0}">:$pads);

#endif // CM_DIALECT_CMNN_CMNNOPSBASE_TD
