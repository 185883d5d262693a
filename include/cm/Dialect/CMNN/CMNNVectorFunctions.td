//===- CMNNVectorFunctions.td - functions of a vector ------*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CMNNVECTORFUNCTIONS_TD
#define CM_DIALECT_CMNN_CMNNVECTORFUNCTIONS_TD

include "cm/Dialect/CMNN/CMNNOpsBase.td"

def CMNN_SoftmaxOp
    : CMNN_UnaryOp<"softmax", "Pixelwise",
                   [CMNN_QuantizableOpInterface, AllTypesMatch<["x", "y"]>],
                   ["hasStageForm", "mixesChannels"]> {
  let summary = "softmax along an axis, ONNX Runtime's QLinearSoftmax";
  let description = [{
    exp(x) over the sum of exp(x) along `axis`; -1 is the last, the channels of
    an image. The zero point of x has no influence, since softmax does not change
    when a constant is added.

    (C1) x and y have the same type.
    (C2) with int8, floor(1 / y_scale) <= 128 * C with C the extent of the axis,
         so that f32 does not overflow.
    (C7) `axis` is -1 or an axis of x.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    %y = cmnn.softmax %x {
        x_scale = 0.5 : f32, x_zero_point = 3 : i8,
        y_scale = 0.00390625 : f32, y_zero_point = -128 : i8
      } : tensor<1x10xi8>
    ```
  }];
  let arguments = !con(
      (ins CMNN_Data:$x), CMNN_InputQuantization,
      (ins DefaultValuedAttr<CMNN_ScaleAttr, "1.0f">:$y_scale,
           DefaultValuedAttr<CMNN_Int8Attr, "0">:$y_zero_point,
           DefaultValuedAttr<CMNN_AxisAttr, "-1">:$axis));
  let results = (outs CMNN_Data:$y);
  let assemblyFormat = "$x attr-dict `:` type($y)";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// `axis`, counted from the front.
    int64_t getPositiveAxis() {
      return getAxis() < 0 ? getX().getType().getRank() - 1 : getAxis();
    }
    /// Number of elements that are normalised together.
    int64_t getExtent() { return getX().getType().getDimSize(getPositiveAxis()); }
    /// (C2)
    static bool isScaleOf(float scale, int64_t extent) {
      return ::std::floor(1.0f / scale) <= 128.0f * static_cast<float>(extent);
    }
  }];
}

def CMNN_LayerNormOp
    : CMNN_UnaryOp<"layer_norm", "Pixelwise",
                   [CMNN_RequantizingOpInterface, CMNN_QuantizableOpInterface,
                    AllTypesMatch<["x", "y"]>,
                    DeclareOpInterfaceMethods<SymbolUserOpInterface>],
                   ["hasStageForm", "mixesChannels"]> {
  let summary = "mean 0 and variance 1 over the last axes, LayerNormalization";
  let description = [{
    (x - mean) / sqrt(variance + epsilon) * scale + bias, with mean and variance
    over axes `axis` and later, `scale` and `bias` f32 of their extents; without
    them 1 and 0. The int8 form dequantises, computes in f32 and quantises.

    (C1) x and y have the same type; `scale` and `bias`, if any, name a
         `cmnn.weight` of f32 with the extents of x from `axis` on.
    (C3) `epsilon` is not negative.
    (C5) minimum <= maximum.
    (C7) `axis` is an axis of x.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    cmnn.weight @gamma = dense<1.0> : tensor<64xf32>
    cmnn.weight @beta = dense<0.0> : tensor<64xf32>

    %y = cmnn.layer_norm %x scale @gamma bias @beta {axis = 2 : i64}
       : tensor<1x16x64xf32>
    ```
  }];
  let arguments = !con(
      (ins CMNN_Data:$x, OptionalAttr<FlatSymbolRefAttr>:$scale,
           OptionalAttr<FlatSymbolRefAttr>:$bias, CMNN_AxisAttr:$axis,
           DefaultValuedAttr<CMNN_BoundAttr, "1.0e-5f">:$epsilon),
      CMNN_InputQuantization, CMNN_ResultQuantization);
  let results = (outs CMNN_Data:$y);
  let assemblyFormat = [{
    $x (`scale` $scale^)? (`bias` $bias^)? attr-dict `:` type($y)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The symbols, looked up; (C1) holds. None gives null.
    ::cm::cmnn::WeightOp getScaleOp();
    ::cm::cmnn::WeightOp getBiasOp();
  }];
}

def CMNN_AffineOp
    : CMNN_UnaryOp<"affine", "Pixelwise",
                   [CMNN_RequantizingOpInterface, CMNN_QuantizableOpInterface,
                    AllTypesMatch<["x", "y"]>,
                    DeclareOpInterfaceMethods<CMNN_ByteFunctionOpInterface,
                                              ["getByteTable"]>,
                    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a factor and an offset for each channel, BatchNormalization";
  let description = [{
    x * scale + bias, `scale` and `bias` f32, one for each channel, the last axis.
    The int8 form dequantises, computes in f32 and quantises: a table of 256
    entries for each channel.

    (C1) x and y have the same type; `scale` and `bias` name a `cmnn.weight` of
         f32 with as many elements as x has channels.
    (C5) minimum <= maximum.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    cmnn.weight @factors = dense<[0.5, -2.0]> : tensor<2xf32>
    cmnn.weight @offsets = dense<[1.0, 0.0]> : tensor<2xf32>

    %y = cmnn.affine %x scale @factors bias @offsets {
        x_scale = 0.5 : f32, y_scale = 0.25 : f32, y_zero_point = -128 : i8
      } : tensor<1x8x8x2xi8>
    ```
  }];
  let arguments = !con((ins CMNN_Data:$x, FlatSymbolRefAttr:$scale,
                            FlatSymbolRefAttr:$bias),
                       CMNN_InputQuantization, CMNN_ResultQuantization);
  let results = (outs CMNN_Data:$y);
  let assemblyFormat = [{
    $x `scale` $scale `bias` $bias attr-dict `:` type($y)
  }];
  let extraClassDeclaration = [{
    /// The symbols, looked up; (C1) holds.
    ::cm::cmnn::WeightOp getScaleOp();
    ::cm::cmnn::WeightOp getBiasOp();
  }];
}

#endif // CM_DIALECT_CMNN_CMNNVECTORFUNCTIONS_TD
