//===- CMNNElementwise.td - operations of two tensors ------*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CMNNELEMENTWISE_TD
#define CM_DIALECT_CMNN_CMNNELEMENTWISE_TD

include "cm/Dialect/CMNN/CMNNOpsBase.td"

// a and b of one rank; where one has extent 1 it is repeated. With
// `unsigned_rounding` f32 sees values and zero points plus 128, as it does where
// the model's tensors are uint8: rare results round otherwise.
class CMNN_BinaryOp<string mnemonic, Type type, string role,
                    list<string> answers = [], list<string> scales = [],
                    list<Trait> traits = []>
    : CMNN_Op<mnemonic, role,
              !listconcat([Pure, CMNN_RequantizingOpInterface,
                           DeclareOpInterfaceMethods<
                               CMNN_QuantizableOpInterface, scales>],
                          traits),
              answers> {
  let arguments = !con((ins type:$a, type:$b), CMNN_BinaryQuantization,
                       (ins UnitAttr:$unsigned_rounding),
                       CMNN_ResultQuantization);
  let results = (outs type:$y);
  // One type stands for three equal ones.
  let assemblyFormat = [{
    $a `,` $b attr-dict `:` custom<BinaryTypes>(type($a), type($b), type($y))
  }];
  let hasVerifier = 1;
}

def CMNN_AddOp : CMNN_BinaryOp<"add", CMNN_Number, "Pixelwise",
                               ["getOperandForms"], ["findBadScale"]> {
  let summary = "sum, ONNX Runtime's QLinearAdd and Add";
  let description = [{
    Adds the real numbers that a and b stand for and requantises; adds int32
    exactly. The operands are not interchangeable to the bit. With
    `unsigned_rounding` f32 sees values and zero points plus 128, as it does
    where the model's tensors are uint8: rare sums round otherwise.

    (C1) extents of a and b are equal or 1, and y has the greater ones.
    (C5) minimum <= maximum.
    (C8) a, b and y are int8, f32 or int32 together.
    (C9) what is not int8 has the default quantisation.


    ```mlir
    %y = cmnn.add %a, %b {
        a_scale = 0.5 : f32, a_zero_point = 0 : i8,
        b_scale = 0.25 : f32, b_zero_point = 4 : i8,
        y_scale = 0.5 : f32, y_zero_point = -128 : i8
      } : tensor<1x8x8x4xi8>
    ```
  }];
}

def CMNN_SubOp : CMNN_BinaryOp<"sub", CMNN_Number, "None"> {
  let summary = "difference, ONNX's Sub";
  let description = [{
    Subtracts b from a as `add` adds.

    (C1) extents of a and b are equal or 1, and y has the greater ones.
    (C5) minimum <= maximum.
    (C8) a, b and y are int8, f32 or int32 together.
    (C9) what is not int8 has the default quantisation.


    ```mlir
    %y = cmnn.sub %a, %b : tensor<2x4xf32>, tensor<1x4xf32> -> tensor<2x4xf32>
    ```
  }];
}

def CMNN_MulOp : CMNN_BinaryOp<"mul", CMNN_Number, "Pixelwise",
                               ["getOperandForms"], ["findBadScale"]> {
  let summary = "product, ONNX Runtime's QLinearMul and Mul";
  let description = [{
    Multiplies the real numbers that a and b stand for and requantises; the zero
    point is added before rounding. Multiplies int32 exactly.

    (C1) extents of a and b are equal or 1, and y has the greater ones.
    (C5) minimum <= maximum.
    (C8) a, b and y are int8, f32 or int32 together.
    (C9) what is not int8 has the default quantisation.


    ```mlir
    %y = cmnn.mul %a, %b {
        a_scale = 0.5 : f32, b_scale = 0.25 : f32, y_scale = 0.5 : f32
      } : tensor<1x8x8x4xi8>, tensor<1x1x1x4xi8> -> tensor<1x8x8x4xi8>
    ```
  }];
}

def CMNN_DivOp : CMNN_BinaryOp<"div", CMNN_Data, "None"> {
  let summary = "quotient, ONNX's Div";
  let description = [{
    Divides the real numbers that a and b stand for.

    (C1) extents of a and b are equal or 1, and y has the greater ones.
    (C5) minimum <= maximum.
    (C8) a, b and y are int8 or f32 together.
    (C9) what is not int8 has the default quantisation.


    ```mlir
    %y = cmnn.div %a, %b : tensor<2x4xf32>, tensor<2x1xf32> -> tensor<2x4xf32>
    ```
  }];
}

def CMNN_PReluOp
    : CMNN_BinaryOp<"prelu", CMNN_Data, "Pixelwise", ["hasStageForm"], [],
                    [DeclareOpInterfaceMethods<CMNN_ByteFunctionOpInterface,
                                               ["getByteTable"]>]> {
  let summary = "a where it is positive, otherwise a times b, ONNX's PRelu";
  let description = [{
    b is the slope, most often a `cmnn.constant` of extent 1 but for channels.

    (C1) extents of a and b are equal or 1, and y has the greater ones.
    (C5) minimum <= maximum.
    (C8) a, b and y are int8 or f32 together, or b alone is f32.
    (C9) what is not int8 has the default quantisation.


    ```mlir
    %y = cmnn.prelu %a, %b {
        a_scale = 0.5 : f32, b_scale = 0.25 : f32, y_scale = 0.5 : f32
      } : tensor<1x8x8x4xi8>, tensor<1x1x1x4xi8> -> tensor<1x8x8x4xi8>
    ```
  }];
}


#endif // CM_DIALECT_CMNN_CMNNELEMENTWISE_TD
