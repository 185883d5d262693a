//===- CMNNInterfaces.td - what passes ask of an operation -*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CMNNINTERFACES_TD
#define CM_DIALECT_CMNN_CMNNINTERFACES_TD

include "mlir/IR/OpBase.td"

def CMNN_RequantizingOpInterface : OpInterface<"RequantizingOpInterface"> {
  let description = [{
    An operation that rounds its result to int8 with a scale and a zero point
    and then saturates it to [minimum, maximum].
  }];
  let cppNamespace = "::cm::cmnn";
  let methods = [
    InterfaceMethod<"Scale of the result.", "float", "getYScale">,
    InterfaceMethod<"Zero point of the result.", "int32_t", "getYZeroPoint">,
    InterfaceMethod<"Least value of the result.", "int32_t", "getMinimum">,
    InterfaceMethod<"Greatest value of the result.", "int32_t", "getMaximum">,
    InterfaceMethod<"Sets the least value.", "void", "setMinimumAttr",
                    (ins "::mlir::IntegerAttr":$value)>,
    InterfaceMethod<"Sets the greatest value.", "void", "setMaximumAttr",
                    (ins "::mlir::IntegerAttr":$value)>,
  ];
  let verify = [{ return detail::verifyRequantizing($_op); }];
}

def CMNN_WindowOpInterface : OpInterface<"WindowOpInterface"> {
  let description = [{
    An operation whose result at (y, x) depends on the input pixels
    (y * strides[0] - pads[0] + ky * dilations[0],
     x * strides[1] - pads[1] + kx * dilations[1])
    for (ky, kx) in a kernel-sized box. Pixels outside the image are padding.
  }];
  let cppNamespace = "::cm::cmnn";
  let methods = [
    InterfaceMethod<"Steps of the window.", "::llvm::ArrayRef<int64_t>",
                    "getStrides">,
    InterfaceMethod<"Steps within the window.", "::llvm::ArrayRef<int64_t>",
                    "getDilations">,
    InterfaceMethod<"Padding: top, left, bottom, right.",
                    "::llvm::ArrayRef<int64_t>", "getPads">,
  ];
}

#endif // CM_DIALECT_CMNN_CMNNINTERFACES_TD
