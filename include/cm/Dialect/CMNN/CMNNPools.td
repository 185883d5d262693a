//===- CMNNPools.td - what a window or an axis comes to ----*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CMNNPOOLS_TD
#define CM_DIALECT_CMNN_CMNNPOOLS_TD

include "cm/Dialect/CMNN/CMNNOpsBase.td"

def CMNN_MaxPoolOp : CMNN_UnaryOp<"max_pool", "Window", [CMNN_ViewOpInterface],
                                  ["getWindow"]> {
  let summary = "greatest value of a window, channel by channel";
  let description = [{
    Padding is left out. The quantisation of y is that of x.

    (C4) y is N x OH x OW x C, with extents as `windowExtent` gives them.
    (C6) every window holds a pixel of the image.
    (C8) x and y are int8 or f32 together.

    ```mlir
    %y = cmnn.max_pool %x {
        kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>
      } : tensor<1x8x8x4xi8> -> tensor<1x4x4x4xi8>
    ```
  }];
  let arguments = !con((ins CMNN_Image:$x, CMNN_StepsAttr:$kernel),
                       CMNN_WindowSteps);
  let results = (outs CMNN_Image:$y);
  let hasVerifier = 1;
}

def CMNN_AveragePoolOp
    : CMNN_UnaryOp<"average_pool", "Window",
                   [CMNN_RequantizingOpInterface,
                    DeclareOpInterfaceMethods<CMNN_QuantizableOpInterface,
                                              ["findBadScale"]>],
                   ["getWindow"]> {
  let summary = "mean of a window, ONNX Runtime's QLinearAveragePool";
  let description = [{
    The mean over the pixels of the window that lie in the image, or with
    `count_include_pad` over all of them, padding counted as real zero. Where
    the window is the whole image without padding, it rounds as
    `cmnn.global_average_pool` does, which is its canonical form. With
    `unsigned_rounding` it rounds with the zero point of y plus 128, as on uint8
    tensors.

    (C4) y is N x OH x OW x C, with extents as `windowExtent` gives them.
    (C5) minimum <= maximum.
    (C6) every window holds a pixel of the image.
    (C8) x and y are int8 or f32 together.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    %y = cmnn.average_pool %x {
        kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>,
        x_scale = 0.5 : f32, x_zero_point = 0 : i8,
        y_scale = 0.5 : f32, y_zero_point = 0 : i8
      } : tensor<1x8x8x4xi8> -> tensor<1x4x4x4xi8>
    ```
  }];
  let arguments = !con((ins CMNN_Image:$x, CMNN_StepsAttr:$kernel),
                       CMNN_WindowSteps,
                       (ins UnitAttr:$count_include_pad,
                            UnitAttr:$unsigned_rounding),
                       CMNN_InputQuantization, CMNN_ResultQuantization);
  let results = (outs CMNN_Image:$y);
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    /// Whether the window is the whole image and nothing else.
    bool isGlobal();
  }];
}

def CMNN_GlobalAveragePoolOp
    : CMNN_UnaryOp<"global_average_pool", "Window",
                   [CMNN_RequantizingOpInterface,
                    DeclareOpInterfaceMethods<CMNN_QuantizableOpInterface,
                                              ["findBadScale"]>],
                   ["getWindow"]> {
  let summary = "mean of an image, ONNX Runtime's QLinearGlobalAveragePool";
  let description = [{
    The mean over all pixels of a channel. It rounds otherwise than an
    average pool of the same window.

    (C4) y is Nx1x1xC.
    (C5) minimum <= maximum.
    (C8) x and y are int8 or f32 together.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    %y = cmnn.global_average_pool %x {
        x_scale = 0.5 : f32, x_zero_point = 0 : i8,
        y_scale = 0.5 : f32, y_zero_point = 0 : i8
      } : tensor<1x8x8x4xi8> -> tensor<1x1x1x4xi8>
    ```
  }];
  let arguments = !con((ins CMNN_Image:$x), CMNN_InputQuantization,
                       CMNN_ResultQuantization);
  let results = (outs CMNN_Image:$y);
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

def CMNN_ReduceMeanOp
    : CMNN_UnaryOp<"reduce_mean", "Window",
                   [CMNN_RequantizingOpInterface, CMNN_QuantizableOpInterface],
                   ["hasStageForm", "getWindow"]> {
  let summary = "mean over axes, ONNX's ReduceMean";
  let description = [{
    The int8 form dequantises, computes in f32 and quantises.

    (C4) y has extent 1 on the axes and the extents of x on the others.
    (C5) minimum <= maximum.
    (C7) `axes` holds axes of x in ascending order.
    (C8) x and y are int8 or f32 together.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    %y = cmnn.reduce_mean %x {axes = array<i64: 1>}
       : tensor<1x16x64xf32> -> tensor<1x1x64xf32>
    ```
  }];
  let arguments = !con((ins CMNN_Data:$x, DenseI64ArrayAttr:$axes),
                       CMNN_InputQuantization, CMNN_ResultQuantization);
  let results = (outs CMNN_Data:$y);
  let hasVerifier = 1;
}

def CMNN_ReduceSumOp
    : CMNN_UnaryOp<"reduce_sum", "None",
                   [CMNN_RequantizingOpInterface, CMNN_QuantizableOpInterface]> {
  let summary = "sum over axes, ONNX's ReduceSum";
  let description = [{
    The int8 form dequantises, computes in f32 and quantises; int32 is exact.

    (C4) y has extent 1 on the axes and the extents of x on the others.
    (C5) minimum <= maximum.
    (C7) `axes` holds axes of x in ascending order.
    (C8) x and y are int8, f32 or int32 together.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    %y = cmnn.reduce_sum %x {axes = array<i64: 1>}
       : tensor<1x16x64xf32> -> tensor<1x1x64xf32>
    ```
  }];
  let arguments = !con((ins CMNN_Number:$x, DenseI64ArrayAttr:$axes),
                       CMNN_InputQuantization, CMNN_ResultQuantization);
  let results = (outs CMNN_Number:$y);
  let hasVerifier = 1;
}

def CMNN_ReduceMaxOp
    : CMNN_UnaryOp<"reduce_max", "Window", [CMNN_ViewOpInterface],
                   ["hasStageForm", "getWindow"]> {
  let summary = "greatest element over axes, ONNX's ReduceMax";
  let description = [{
    The quantisation of y is that of x.

    (C4) y has extent 1 on the axes and the extents of x on the others.
    (C7) `axes` holds axes of x in ascending order.
    (C8) x and y are int8 or f32 together.

    ```mlir
    %y = cmnn.reduce_max %x {axes = array<i64: 1>}
       : tensor<1x16x64xf32> -> tensor<1x1x64xf32>
    ```
  }];
  let arguments = (ins CMNN_Data:$x, DenseI64ArrayAttr:$axes);
  let results = (outs CMNN_Data:$y);
  let hasVerifier = 1;
}

#endif // CM_DIALECT_CMNN_CMNNPOOLS_TD
