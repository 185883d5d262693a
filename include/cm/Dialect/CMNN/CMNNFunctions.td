//===- CMNNFunctions.td - functions of one element ---------*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CMNNFUNCTIONS_TD
#define CM_DIALECT_CMNN_CMNNFUNCTIONS_TD

include "cm/Dialect/CMNN/CMNNOpsBase.td"

// A function of one element. The int8 form dequantises, computes in f32 and
// quantises: a table of 256 entries.
class CMNN_FunctionOp<string mnemonic, dag parameters = (ins)>
    : CMNN_UnaryOp<mnemonic, "Pixelwise",
                   [CMNN_RequantizingOpInterface, CMNN_QuantizableOpInterface,
                    CMNN_ByteFunctionOpInterface, AllTypesMatch<["x", "y"]>]> {
  let arguments = !con((ins CMNN_Data:$x), parameters, CMNN_InputQuantization,
                       CMNN_ResultQuantization);
  let results = (outs CMNN_Data:$y);
  let assemblyFormat = "$x attr-dict `:` type($y)";
  let extraClassDeclaration = [{
    /// The function of real numbers: docs/Numerics.md, "Functions of one
    /// number".
    float evaluate(float x);
  }];
}

def CMNN_ClipOp
    : CMNN_FunctionOp<
          "clip",
          (ins DefaultValuedAttr<
                   CMNN_BoundAttr,
                   "-::std::numeric_limits<float>::infinity()">:$low,
               DefaultValuedAttr<
                   CMNN_BoundAttr,
                   "::std::numeric_limits<float>::infinity()">:$high)> {
  let summary = "clamped to bounds, ONNX's Clip and Relu";
  let description = [{
    min(max(x, low), high). Relu has low 0 and no high.

    (C1) x and y have the same type.
    (C5) minimum <= maximum.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    %y = cmnn.clip %x {low = 0.0 : f32} : tensor<1x8x8x4xf32>
    ```
  }];
}

def CMNN_LeakyReluOp
    : CMNN_FunctionOp<"leaky_relu",
                      (ins DefaultValuedAttr<CMNN_BoundAttr, "0.01f">:$alpha)> {
  let summary = "x where it is not negative, otherwise alpha times x";
  let description = [{
    x < 0 ? alpha * x : x.

    (C1) x and y have the same type.
    (C5) minimum <= maximum.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    %y = cmnn.leaky_relu %x {alpha = 0.125 : f32} : tensor<1x8x8x4xf32>
    ```
  }];
}

def CMNN_SigmoidOp : CMNN_FunctionOp<"sigmoid"> {
  let summary = "logistic function";
  let description = [{
    1 / (1 + exp(-x)).

    (C1) x and y have the same type.
    (C5) minimum <= maximum.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    %y = cmnn.sigmoid %x {x_scale = 0.5 : f32, y_scale = 0.00390625 : f32,
                          y_zero_point = -128 : i8} : tensor<1x8x8x4xi8>
    ```
  }];
}

def CMNN_HardSigmoidOp
    : CMNN_FunctionOp<"hard_sigmoid",
                      (ins DefaultValuedAttr<CMNN_BoundAttr, "0.2f">:$alpha,
                           DefaultValuedAttr<CMNN_BoundAttr, "0.5f">:$beta)> {
  let summary = "piecewise linear logistic function";
  let description = [{
    max(0, min(1, alpha * x + beta)).

    (C1) x and y have the same type.
    (C5) minimum <= maximum.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    %y = cmnn.hard_sigmoid %x : tensor<1x8x8x4xf32>
    ```
  }];
}

def CMNN_HardSwishOp : CMNN_FunctionOp<"hard_swish"> {
  let summary = "x times a piecewise linear logistic function";
  let description = [{
    x * max(0, min(1, x / 6 + 0.5)).

    (C1) x and y have the same type.
    (C5) minimum <= maximum.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    %y = cmnn.hard_swish %x : tensor<1x8x8x4xf32>
    ```
  }];
}

def CMNN_TanhOp : CMNN_FunctionOp<"tanh"> {
  let summary = "hyperbolic tangent";
  let description = [{
    tanh(x).

    (C1) x and y have the same type.
    (C5) minimum <= maximum.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    %y = cmnn.tanh %x : tensor<1x4xf32>
    ```
  }];
}

def CMNN_GeluOp
    : CMNN_FunctionOp<"gelu",
                      (ins UnitAttr:$approximate)> {
  let summary = "x times the normal distribution function";
  let description = [{
    x * (1 + erf(x / sqrt(2))) / 2, or with `approximate`
    x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) / 2.

    (C1) x and y have the same type.
    (C5) minimum <= maximum.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    %y = cmnn.gelu %x : tensor<1x4xf32>
    ```
  }];
}

def CMNN_ErfOp : CMNN_FunctionOp<"erf"> {
  let summary = "error function";
  let description = [{
    erf(x).

    (C1) x and y have the same type.
    (C5) minimum <= maximum.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    %y = cmnn.erf %x : tensor<1x4xf32>
    ```
  }];
}

def CMNN_ExpOp : CMNN_FunctionOp<"exp"> {
  let summary = "exponential function";
  let description = [{
    exp(x).

    (C1) x and y have the same type.
    (C5) minimum <= maximum.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    %y = cmnn.exp %x : tensor<1x4xf32>
    ```
  }];
}

def CMNN_LogOp : CMNN_FunctionOp<"log"> {
  let summary = "natural logarithm";
  let description = [{
    log(x).

    (C1) x and y have the same type.
    (C5) minimum <= maximum.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    %y = cmnn.log %x : tensor<1x4xf32>
    ```
  }];
}

def CMNN_SqrtOp : CMNN_FunctionOp<"sqrt"> {
  let summary = "square root";
  let description = [{
    sqrt(x).

    (C1) x and y have the same type.
    (C5) minimum <= maximum.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    %y = cmnn.sqrt %x : tensor<1x4xf32>
    ```
  }];
}

def CMNN_AbsOp : CMNN_FunctionOp<"abs"> {
  let summary = "absolute value";
  let description = [{
    |x|.

    (C1) x and y have the same type.
    (C5) minimum <= maximum.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    %y = cmnn.abs %x : tensor<1x4xf32>
    ```
  }];
}

def CMNN_NegOp : CMNN_FunctionOp<"neg"> {
  let summary = "negation";
  let description = [{
    -x.

    (C1) x and y have the same type.
    (C5) minimum <= maximum.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    %y = cmnn.neg %x : tensor<1x4xf32>
    ```
  }];
}

def CMNN_ReciprocalOp : CMNN_FunctionOp<"reciprocal"> {
  let summary = "one over x";
  let description = [{
    1 / x.

    (C1) x and y have the same type.
    (C5) minimum <= maximum.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    %y = cmnn.reciprocal %x : tensor<1x4xf32>
    ```
  }];
}

def CMNN_PowOp
    : CMNN_FunctionOp<"pow",
                      (ins CMNN_BoundAttr:$exponent)> {
  let summary = "power with a constant exponent";
  let description = [{
    x^exponent.

    (C1) x and y have the same type.
    (C5) minimum <= maximum.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    %y = cmnn.pow %x {exponent = 2.0 : f32} : tensor<1x4xf32>
    ```
  }];
}

#endif // CM_DIALECT_CMNN_CMNNFUNCTIONS_TD
