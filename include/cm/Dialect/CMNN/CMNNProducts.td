//===- CMNNProducts.td - weights and what multiplies with them -*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CMNNPRODUCTS_TD
#define CM_DIALECT_CMNN_CMNNPRODUCTS_TD

include "cm/Dialect/CMNN/CMNNOpsBase.td"

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

def CMNN_WeightOp : CMNN_Op<"weight", "None", [Symbol, HasParent<"::mlir::ModuleOp">]> {
  let summary = "constant array of the model, once";
  let description = [{
    Holds a weight (int8, f32), bias (int32, f32) or constant (also int64) as
    the model has it. Convolutions want `KHxKWxCIxCO` with CI the input channels
    of one group, products `INxOUT`, biases `CO`. The crossbar matrix of a
    convolution is the reshape [(ky, kx, c), co] of its weight.

    (C1) the value is a tensor of i8, i32, i64 or f32 of static, non-empty shape
         of rank at least 1.
    (C2) the value is dense: `dense<...>` or `dense_resource<...>` whose data is
         present and has the size that the type says.

    ```mlir
    cmnn.weight @w = dense<1> : tensor<1x1x1x2xi8>
    cmnn.weight @b = dense<[-3, 7]> : tensor<2xi32>
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, ElementsAttr:$value);
  let assemblyFormat = "$sym_name attr-dict `=` $value";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::RankedTensorType getType() {
      return ::llvm::cast<::mlir::RankedTensorType>(getValue().getShapedType());
    }
    /// The elements in row-major order; a splat is expanded into `storage`.
    /// (C1) and (C2) hold.
    ::llvm::ArrayRef<int8_t> getInt8(::std::vector<int8_t> &storage);
    ::llvm::ArrayRef<int32_t> getInt32(::std::vector<int32_t> &storage);
    ::llvm::ArrayRef<int64_t> getInt64(::std::vector<int64_t> &storage);
    ::llvm::ArrayRef<float> getFloat(::std::vector<float> &storage);
  }];
}

def CMNN_ConstantOp
    : CMNN_Op<"constant", "Constant",
              [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a weight as a value";
  let description = [{
    (C1) `weight` names a `cmnn.weight` of the type of y.

    ```mlir
    cmnn.weight @table = dense<1.0> : tensor<1x4xf32>

    %y = cmnn.constant @table : tensor<1x4xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$weight);
  let results = (outs CMNN_Any:$y);
  let assemblyFormat = "$weight attr-dict `:` type($y)";
  let extraClassDeclaration = "::cm::cmnn::WeightOp getWeightOp();";
}

//===----------------------------------------------------------------------===//
// Products with weights
//===----------------------------------------------------------------------===//

// An operation that multiplies with a weight.
class CMNN_ProductOp<string mnemonic, list<string> answers>
    : CMNN_Op<mnemonic, "Product",
              [Pure, CMNN_RequantizingOpInterface, CMNN_ProductOpInterface,
               DeclareOpInterfaceMethods<CMNN_QuantizableOpInterface,
                                         ["acceptsElementTypes",
                                          "findBadScale"]>,
               DeclareOpInterfaceMethods<SymbolUserOpInterface>],
              answers> {
  let assemblyFormat = [{
    $x `,` $weight (`bias` $bias^)? attr-dict `:` type($x) `->` type($y)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The operands' symbols, looked up; (C1) holds. No bias gives null.
    ::cm::cmnn::WeightOp getWeightOp();
    ::cm::cmnn::WeightOp getBiasOp();
  }];
}

defvar CMNN_WeightQuantization =
    (ins DefaultValuedAttr<DenseF32ArrayAttr, "{}">:$w_scales);
defvar CMNN_WeightZeroPoints =
    (ins DefaultValuedAttr<DenseI8ArrayAttr, "{}">:$w_zero_points);

def CMNN_Conv2DOp : CMNN_ProductOp<"conv2d", ["getWindow"]> {
  let summary = "two-dimensional convolution, ONNX's QLinearConv and Conv";
  let description = [{
    Sums (x - x_zero_point) * (weight - w_zero_point) over the window and the
    input channels of the group in int32 and adds the int32 bias (scale x_scale *
    w_scale). The result is this sum requantised to int8, the real number in f32
    that it stands for (y_scale and the range are unused), or the sum itself in
    int32. With f32 operands all is f32. Padding contributes nothing. Output
    channel `co` belongs to group `co / (CO / groups)` and sees input channels
    [group * CI, (group + 1) * CI).

    (C1) `weight` names a `cmnn.weight` of KHxKWxCIxCO, i8 or f32 as x; `bias`,
         if any, one of CO, i32 or f32.
    (C2) `groups` divides CO, and C = groups * CI.
    (C3) with an int8 x and a result that is not int32, `w_scales` has one
         positive element, or one for each output channel; otherwise none.
         `w_zero_points` has none (all 0), one, or one for each output channel;
         none with an f32 x.
    (C4) y is N x OH x OW x CO, with extents as `windowExtent` gives them.
    (C5) minimum <= maximum.
    (C8) y is int8, f32 or int32 where x is int8, and f32 where x is f32.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    cmnn.weight @w = dense<1> : tensor<3x3x4x16xi8>
    cmnn.weight @b = dense<0> : tensor<16xi32>

    %y = cmnn.conv2d %x, @w bias @b {
        pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>,
        x_scale = 0.5 : f32, x_zero_point = -3 : i8,
        w_scales = array<f32: 0.25>,
        y_scale = 1.0 : f32, y_zero_point = 0 : i8
      } : tensor<1x8x8x4xi8> -> tensor<1x4x4x16xi8>
    ```
  }];
  let arguments = !con(
      (ins CMNN_Image:$x, FlatSymbolRefAttr:$weight,
           OptionalAttr<FlatSymbolRefAttr>:$bias),
      CMNN_WindowSteps,
      (ins DefaultValuedAttr<ConfinedAttr<I64Attr, [IntPositive]>, "1">:$groups),
      CMNN_InputQuantization, CMNN_WeightQuantization,
      CMNN_ResultQuantization, CMNN_WeightZeroPoints);
  let results = (outs CMNN_NumberImage:$y);
}

def CMNN_ConvTranspose2DOp
    : CMNN_ProductOp<"conv_transpose2d",
                     ["hasStageForm", "getLattices", "getWindow"]> {
  let summary = "two-dimensional transposed convolution, ONNX's ConvTranspose";
  let description = [{
    Every pixel (y, x) of the input adds its products with the weight to the
    pixels (y * strides[0] - pads[0] + ky * dilations[0],
            x * strides[1] - pads[1] + kx * dilations[1]) of the result that
    exist. Sums, bias, groups and results are those of `conv2d`.

    (C1), (C2), (C3), (C5), (C8), (C9) as `conv2d`.
    (C4) y is N x OH x OW x CO, with OH = (H - 1) * strides[0] +
         dilations[0] * (KH - 1) + 1 - pads[0] - pads[2] + output_pads[0], which
         is positive, and OW likewise.

    ```mlir
    cmnn.weight @w = dense<1> : tensor<2x2x4x16xi8>

    %y = cmnn.conv_transpose2d %x, @w {
        strides = array<i64: 2, 2>, x_scale = 0.5 : f32,
        w_scales = array<f32: 0.25>
      } : tensor<1x4x4x4xi8> -> tensor<1x8x8x16xf32>
    ```
  }];
  let arguments = !con(
      (ins CMNN_Image:$x, FlatSymbolRefAttr:$weight,
           OptionalAttr<FlatSymbolRefAttr>:$bias),
      CMNN_WindowSteps,
      (ins DefaultValuedAttr<CMNN_OutputPadsAttr, "{0, 0}">:$output_pads,
           DefaultValuedAttr<ConfinedAttr<I64Attr, [IntPositive]>, "1">:$groups),
      CMNN_InputQuantization, CMNN_WeightQuantization,
      CMNN_ResultQuantization, CMNN_WeightZeroPoints);
  let results = (outs CMNN_NumberImage:$y);
}

def CMNN_MatMulOp
    : CMNN_ProductOp<"matmul", ["getOperandForms", "getWindow"]> {
  let summary = "product with a constant matrix, ONNX's QGemm and MatMul";
  let description = [{
    Sums (x - x_zero_point) * (weight - w_zero_point) over IN in int32 and adds
    the int32 bias (scale x_scale * w_scale). Results are those of `conv2d`.

    (C1) `weight` names a `cmnn.weight` of INxOUT, i8 or f32 as x; `bias`, if
         any, one of OUT, i32 or f32.
    (C2) x is ... x IN and y is ... x OUT with the same leading extents.
    (C3), (C5), (C8), (C9) as `conv2d`.

    ```mlir
    cmnn.weight @w = dense<1> : tensor<64x10xi8>

    %y = cmnn.matmul %x, @w {
        x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>,
        y_scale = 1.0 : f32, y_zero_point = 0 : i8
      } : tensor<1x64xi8> -> tensor<1x10xi8>
    ```
  }];
  let arguments = !con(
      (ins CMNN_Data:$x, FlatSymbolRefAttr:$weight,
           OptionalAttr<FlatSymbolRefAttr>:$bias),
      CMNN_InputQuantization, CMNN_WeightQuantization,
      CMNN_ResultQuantization, CMNN_WeightZeroPoints);
  let results = (outs CMNN_Number:$y);
}

//===----------------------------------------------------------------------===//
// Product of two tensors
//===----------------------------------------------------------------------===//

def CMNN_BatchMatMulOp
    : CMNN_Op<"batch_matmul", "Window",
              [Pure, CMNN_RequantizingOpInterface,
               DeclareOpInterfaceMethods<CMNN_QuantizableOpInterface,
                                         ["acceptsElementTypes",
                                          "findBadScale"]>],
              ["hasStageForm", "getOperandForms", "getWindow"]> {
  let summary = "matrix products of two tensors, ONNX's MatMul";
  let description = [{
    For each position of the leading axes the sum of (a - a_zero_point) *
    (b - b_zero_point) over K in int32, then as `conv2d` with b in the place of
    the weight.

    (C4) a is ... x M x K, b is ... x K x N and y is ... x M x N with the same
         leading extents.
    (C5) minimum <= maximum.
    (C8) a and b are both int8 or both f32; y is int8, f32 or int32 where they
         are int8, and f32 where they are f32.
    (C9) what is not int8 has the default quantisation.

    ```mlir
    %y = cmnn.batch_matmul %a, %b {
        a_scale = 0.5 : f32, b_scale = 0.5 : f32, y_scale = 4.0 : f32
      } : tensor<2x3x4xi8>, tensor<2x4x5xi8> -> tensor<2x3x5xi8>
    ```
  }];
  let arguments = !con((ins CMNN_Data:$a, CMNN_Data:$b), CMNN_BinaryQuantization,
                       CMNN_ResultQuantization);
  let results = (outs CMNN_Number:$y);
  let assemblyFormat = [{
    $a `,` $b attr-dict `:` type($a) `,` type($b) `->` type($y)
  }];
  let hasVerifier = 1;
}

#endif // CM_DIALECT_CMNN_CMNNPRODUCTS_TD
