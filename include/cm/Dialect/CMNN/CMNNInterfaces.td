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
    An operation that rounds an int8 result with a scale and a zero point and
    then saturates it to [minimum, maximum].

    (C5) minimum <= maximum.
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

def CMNN_QuantizableOpInterface : OpInterface<"QuantizableOpInterface"> {
  let description = [{
    An operation on real numbers whose operands and result are f32, or int8 with
    a quantisation each. Its attributes are x_scale and x_zero_point for one
    operand, a_* and b_* for two, and y_* for the result.

    (C8) operands and result have one element type, unless the operation says
         otherwise.
    (C9) what is not int8 has scale 1 and zero point 0 and, for a result, the
         range [-128, 127]: the defaults. (The int32 of a `dequantize` has a
         quantisation.)
    (C10) a number that the operation computes of its scales, as x_scale /
         y_scale of a mean, is itself positive, normal and at most 2^80.
  }];
  let cppNamespace = "::cm::cmnn";
  let methods = [
    InterfaceMethod<"Quantisation of operand `index`.",
                    "::cm::cmnn::Quantization", "getOperandQuantization",
                    (ins "unsigned":$index), "",
                    "return detail::getOperandQuantization($_op, index);">,
    InterfaceMethod<"Sets the quantisation of operand `index`.", "void",
                    "setOperandQuantization",
                    (ins "unsigned":$index,
                         "::cm::cmnn::Quantization":$value), "",
                    "detail::setOperandQuantization($_op, index, value);">,
    InterfaceMethod<"Quantisation of the result.", "::cm::cmnn::Quantization",
                    "getResultQuantization", (ins), "",
                    "return detail::getResultQuantization($_op);">,
    InterfaceMethod<"Sets the quantisation of the result.", "void",
                    "setResultQuantization",
                    (ins "::cm::cmnn::Quantization":$value), "",
                    "detail::setResultQuantization($_op, value);">,
    InterfaceMethod<"Whether operands with elements of type `x` give a result "
                    "with elements of type `y`: (C8).", "bool",
                    "acceptsElementTypes",
                    (ins "::mlir::Type":$x, "::mlir::Type":$y), "",
                    "return x == y;">,
  ];
  let verify = [{ return detail::verifyQuantizable($_op); }];
}

def CMNN_ViewOpInterface : OpInterface<"ViewOpInterface"> {
  let description = [{
    An operation each element of whose result is an element of an operand, or a
    fill. It commutes with every function of one element that grows with it, so
    with rounding, and the result has the quantisation of the operands.

    (C8) operands and result have one element type.
  }];
  let cppNamespace = "::cm::cmnn";
  let methods = [
    InterfaceMethod<"Whether this one is a view.", "bool", "isView", (ins), "",
                    "return true;">,
    InterfaceMethod<"The operands that the result's elements come from.",
                    "::mlir::OperandRange", "getViewed", (ins), "",
                    "return $_op->getOperands();">,
  ];
  let verify = [{ return detail::verifyView($_op); }];
}

#endif // CM_DIALECT_CMNN_CMNNINTERFACES_TD
