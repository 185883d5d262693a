//===- CMNNQuantization.td - between int8 and real numbers -*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CMNNQUANTIZATION_TD
#define CM_DIALECT_CMNN_CMNNQUANTIZATION_TD

include "cm/Dialect/CMNN/CMNNOpsBase.td"

def CMNN_QuantizeOp
    : CMNN_UnaryOp<"quantize", "Border",
                   [CMNN_RequantizingOpInterface,
                    DeclareOpInterfaceMethods<CMNN_QuantizableOpInterface,
                                              ["acceptsElementTypes"]>]> {
  let summary = "f32 to int8, ONNX's QuantizeLinear";
  let description = [{
    `is_unsigned` says that the model's tensor is uint8; y is shifted by 128.

    (C1) x and y have the same shape.
    (C5) minimum <= maximum.

    ```mlir
    %y = cmnn.quantize %x {y_scale = 0.5 : f32, y_zero_point = 3 : i8}
       : tensor<1x4xf32> -> tensor<1x4xi8>
    ```
  }];
  let arguments = !con((ins CMNN_Float:$x), CMNN_ResultQuantization,
                       (ins UnitAttr:$is_unsigned));
  let results = (outs CMNN_Int8:$y);
  let hasVerifier = 1;
}

def CMNN_DequantizeOp
    : CMNN_UnaryOp<"dequantize", "Border",
                   [DeclareOpInterfaceMethods<CMNN_QuantizableOpInterface,
                                              ["acceptsElementTypes"]>]> {
  let summary = "int8 or int32 to f32, ONNX's DequantizeLinear";
  let description = [{
    The real number that x stands for. With the default quantisation of an int32
    it is a Cast.

    (C1) x and y have the same shape.

    ```mlir
    %y = cmnn.dequantize %x {x_scale = 0.5 : f32, x_zero_point = 3 : i8}
       : tensor<1x4xi8> -> tensor<1x4xf32>
    ```
  }];
  let arguments = !con((ins CMNN_Integer:$x), CMNN_InputQuantization);
  let results = (outs CMNN_Float:$y);
  let hasVerifier = 1;
}

def CMNN_RequantizeOp
    : CMNN_UnaryOp<"requantize", "Pixelwise",
                   [CMNN_RequantizingOpInterface, CMNN_QuantizableOpInterface,
                    CMNN_ByteFunctionOpInterface, AllTypesMatch<["x", "y"]>]> {
  let summary = "another scale, zero point or range";
  let description = [{
    Rounds the real number that x stands for to another quantisation: a
    DequantizeLinear, perhaps Relu or Clip, and a QuantizeLinear. The clamps are
    `minimum` and `maximum`. A function of one byte: 256 entries.

    (C1) x and y have the same type.
    (C5) minimum <= maximum.

    ```mlir
    %y = cmnn.requantize %x {
        x_scale = 0.5 : f32, x_zero_point = 0 : i8,
        y_scale = 0.5 : f32, y_zero_point = 0 : i8, minimum = 0 : i8
      } : tensor<1x8x8x4xi8>
    ```
  }];
  let arguments = !con((ins CMNN_Int8:$x), CMNN_InputQuantization,
                       CMNN_ResultQuantization);
  let results = (outs CMNN_Int8:$y);
  let assemblyFormat = "$x attr-dict `:` type($y)";
  let hasFolder = 1;
  let extraClassDeclaration = "float evaluate(float x) { return x; }";
}

def CMNN_TableOp
    : CMNN_UnaryOp<"table", "Pixelwise",
                   [AllTypesMatch<["x", "y"]>,
                    DeclareOpInterfaceMethods<CMNN_ByteFunctionOpInterface,
                                              ["getByteTable"]>]> {
  let summary = "any function of one byte";
  let description = [{
    y = values[x + 128].

    (C1) x and y have the same type.
    (C3) `values` has 256 elements.

    ```mlir
    %y = cmnn.table %x {values = array<i8: 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7>}
       : tensor<1x4xi8>
    ```
  }];
  let arguments = (ins CMNN_Int8:$x, DenseI8ArrayAttr:$values);
  let results = (outs CMNN_Int8:$y);
  let assemblyFormat = "$x attr-dict `:` type($y)";
  let hasVerifier = 1;
}

#endif // CM_DIALECT_CMNN_CMNNQUANTIZATION_TD
