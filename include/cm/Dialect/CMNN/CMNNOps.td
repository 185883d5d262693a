//===- CMNNOps.td - the operations of a quantised network --*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CMNNOPS_TD
#define CM_DIALECT_CMNN_CMNNOPS_TD

include "cm/Dialect/CMNN/CMNNAttrs.td"
include "cm/Dialect/CMNN/CMNNDialect.td"
include "cm/Dialect/CMNN/CMNNInterfaces.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

//===----------------------------------------------------------------------===//
// What operations have in common: the same thing has the same name everywhere.
//===----------------------------------------------------------------------===//

class CMNN_Op<string mnemonic, list<Trait> traits = []>
    : Op<CMNN_Dialect, mnemonic, traits>;

// An operation on one tensor.
class CMNN_UnaryOp<string mnemonic, list<Trait> traits = []>
    : CMNN_Op<mnemonic, !listconcat([Pure], traits)> {
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
}

defvar CMNN_InputQuantization =
    (ins CMNN_ScaleAttr:$x_scale, CMNN_Int8Attr:$x_zero_point);

defvar CMNN_ResultQuantization =
    (ins CMNN_ScaleAttr:$y_scale, CMNN_Int8Attr:$y_zero_point,
         DefaultValuedAttr<CMNN_Int8Attr, "-128">:$minimum,
         DefaultValuedAttr<CMNN_Int8Attr, "127">:$maximum);

defvar CMNN_WindowSteps =
    (ins DefaultValuedAttr<CMNN_StepsAttr, "{1, 1}">:$strides,
         DefaultValuedAttr<CMNN_StepsAttr, "{1, 1}">:$dilations,
         DefaultValuedAttr<CMNN_PadsAttr, "{0, 0, 0, 0}">:$pads);

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

def CMNN_WeightOp : CMNN_Op<"weight", [Symbol, HasParent<"::mlir::ModuleOp">]> {
  let summary = "constant array of the model, once";
  let description = [{
    Holds a weight (int8) or bias (int32) as the model has it. Convolutions want
    `KHxKWxCIxCO` with CI the input channels of one group, products `INxOUT`,
    biases `CO`. The crossbar matrix of a convolution is the reshape
    [(ky, kx, c), co] of its weight.

    (C1) the value is a tensor of i8 or i32 of static, non-empty shape.
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
  }];
}

// An operation that multiplies with a weight.
class CMNN_ProductOp<string mnemonic, list<Trait> traits = []>
    : CMNN_Op<mnemonic,
              !listconcat([Pure, CMNN_RequantizingOpInterface,
                           DeclareOpInterfaceMethods<SymbolUserOpInterface>],
                          traits)> {
  let assemblyFormat = [{
    $x `,` $weight (`bias` $bias^)? attr-dict `:` type($x) `->` type($y)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The operands' symbols, looked up; (C1) holds. No bias gives null.
    ::cm::cmnn::WeightOp getWeightOp();
    ::cm::cmnn::WeightOp getBiasOp();
    /// Scale of the weights of output channel `channel`.
    float getWScale(int64_t channel) {
      return getWScales()[getWScales().size() == 1 ? 0 : channel];
    }
  }];
}

def CMNN_Conv2DOp : CMNN_ProductOp<"conv2d", [CMNN_WindowOpInterface]> {
  let summary = "quantised two-dimensional convolution, ONNX's QLinearConv";
  let description = [{
    Sums (x - x_zero_point) * weight over the window and the input channels of
    the group in int32, adds the int32 bias (scale x_scale * w_scale), and
    requantises. Padding contributes nothing. Output channel `co` belongs to
    group `co / (CO / groups)` and sees input channels
    [group * CI, (group + 1) * CI).

    (C1) `weight` names a `cmnn.weight` of tensor<KHxKWxCIxCOxi8>; `bias`, if
         any, one of tensor<COxi32>.
    (C2) `groups` divides CO, and C = groups * CI.
    (C3) `w_scales` has one positive element, or one for each output channel.
    (C4) y is 1 x OH x OW x CO, with extents as `windowExtent` gives them.
    (C5) minimum <= maximum.

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
      CMNN_InputQuantization, (ins DenseF32ArrayAttr:$w_scales),
      CMNN_ResultQuantization);
  let results = (outs CMNN_Image:$y);
}

def CMNN_MatMulOp : CMNN_ProductOp<"matmul"> {
  let summary = "quantised product with a constant matrix, ONNX's QGemm";
  let description = [{
    Sums (x - x_zero_point) * weight over IN in int32, adds the int32 bias
    (scale x_scale * w_scale), and requantises.

    (C1) `weight` names a `cmnn.weight` of tensor<INxOUTxi8>; `bias`, if any,
         one of tensor<OUTxi32>.
    (C2) x is 1 x IN and y is 1 x OUT.
    (C3) `w_scales` has one positive element, or one for each output channel.
    (C5) minimum <= maximum.

    ```mlir
    cmnn.weight @w = dense<1> : tensor<64x10xi8>

    %y = cmnn.matmul %x, @w {
        x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>,
        y_scale = 1.0 : f32, y_zero_point = 0 : i8
      } : tensor<1x64xi8> -> tensor<1x10xi8>
    ```
  }];
  let arguments = !con(
      (ins CMNN_Vector:$x, FlatSymbolRefAttr:$weight,
           OptionalAttr<FlatSymbolRefAttr>:$bias),
      CMNN_InputQuantization, (ins DenseF32ArrayAttr:$w_scales),
      CMNN_ResultQuantization);
  let results = (outs CMNN_Vector:$y);
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

def CMNN_AddOp
    : CMNN_Op<"add", [Pure, CMNN_RequantizingOpInterface,
                      AllTypesMatch<["a", "b", "y"]>]> {
  let summary = "quantised sum, ONNX Runtime's QLinearAdd";
  let description = [{
    Adds the real numbers that a and b stand for and requantises. With
    `unsigned_rounding` f32 sees values and zero points plus 128, as it does
    where the model's tensors are uint8: rare sums round otherwise.

    (C1) a, b and y have the same type.
    (C5) minimum <= maximum.

    ```mlir
    %y = cmnn.add %a, %b {
        a_scale = 0.5 : f32, a_zero_point = 0 : i8,
        b_scale = 0.25 : f32, b_zero_point = 4 : i8,
        y_scale = 0.5 : f32, y_zero_point = -128 : i8
      } : tensor<1x8x8x4xi8>
    ```
  }];
  let arguments = !con(
      (ins CMNN_Activation:$a, CMNN_Activation:$b, CMNN_ScaleAttr:$a_scale,
           CMNN_Int8Attr:$a_zero_point, CMNN_ScaleAttr:$b_scale,
           CMNN_Int8Attr:$b_zero_point, UnitAttr:$unsigned_rounding),
      CMNN_ResultQuantization);
  let results = (outs CMNN_Activation:$y);
  let assemblyFormat = "$a `,` $b attr-dict `:` type($y)";
}

def CMNN_RequantizeOp
    : CMNN_UnaryOp<"requantize", [CMNN_RequantizingOpInterface,
                                  AllTypesMatch<["x", "y"]>]> {
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
  let arguments = !con((ins CMNN_Activation:$x), CMNN_InputQuantization,
                       CMNN_ResultQuantization);
  let results = (outs CMNN_Activation:$y);
  let assemblyFormat = "$x attr-dict `:` type($y)";
  let hasFolder = 1;
}

def CMNN_SoftmaxOp
    : CMNN_UnaryOp<"softmax", [AllTypesMatch<["x", "y"]>]> {
  let summary = "softmax along the channels, ONNX Runtime's QLinearSoftmax";
  let description = [{
    At every pixel: exp(x) over the sum of exp(x) of all channels. The zero
    point of x has no influence, since softmax does not change when a constant
    is added.

    (C1) x and y have the same type.
    (C2) floor(1 / y_scale) <= 128 * C, so that f32 does not overflow.

    ```mlir
    %y = cmnn.softmax %x {
        x_scale = 0.5 : f32, x_zero_point = 3 : i8,
        y_scale = 0.00390625 : f32, y_zero_point = -128 : i8
      } : tensor<1x10xi8>
    ```
  }];
  let arguments = !con((ins CMNN_Activation:$x), CMNN_InputQuantization,
                       (ins CMNN_ScaleAttr:$y_scale,
                            CMNN_Int8Attr:$y_zero_point));
  let results = (outs CMNN_Activation:$y);
  let assemblyFormat = "$x attr-dict `:` type($y)";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

def CMNN_MaxPoolOp : CMNN_UnaryOp<"max_pool", [CMNN_WindowOpInterface]> {
  let summary = "greatest value of a window, channel by channel";
  let description = [{
    Padding is left out. The quantisation of y is that of x.

    (C4) y is 1 x OH x OW x C, with extents as `windowExtent` gives them.
    (C6) every window holds a pixel of the image.

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
    : CMNN_UnaryOp<"average_pool", [CMNN_WindowOpInterface,
                                    CMNN_RequantizingOpInterface]> {
  let summary = "mean of a window, ONNX Runtime's QLinearAveragePool";
  let description = [{
    The mean over the pixels of the window that lie in the image, or with
    `count_include_pad` over all of them, padding counted as real zero. Where
    the window is the whole image without padding, it rounds as
    `cmnn.global_average_pool` does, which is its canonical form. With
    `unsigned_rounding` it rounds with the zero point of y plus 128, as on uint8
    tensors.

    (C4) y is 1 x OH x OW x C, with extents as `windowExtent` gives them.
    (C5) minimum <= maximum.
    (C6) every window holds a pixel of the image.

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
    : CMNN_UnaryOp<"global_average_pool", [CMNN_RequantizingOpInterface]> {
  let summary = "mean of an image, ONNX Runtime's QLinearGlobalAveragePool";
  let description = [{
    The mean over all pixels of a channel. It rounds otherwise than an
    average pool of the same window.

    (C4) y is 1x1x1xC.
    (C5) minimum <= maximum.

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
// Shape only
//===----------------------------------------------------------------------===//

def CMNN_ReshapeOp : CMNN_UnaryOp<"reshape"> {
  let summary = "the same elements in row-major order under another shape";
  let description = [{
    Row-major order is that of the types as written. ONNX's Flatten of an NCHW
    image is therefore a transpose to NCHW and a reshape; `cmnn-normalise`
    removes the pair.

    (C1) x and y have the same number of elements.

    ```mlir
    %y = cmnn.reshape %x : tensor<1x1x1x64xi8> -> tensor<1x64xi8>
    ```
  }];
  let arguments = (ins CMNN_AnyTensor:$x);
  let results = (outs CMNN_AnyTensor:$y);
  let hasVerifier = 1;
  let hasFolder = 1;
}

def CMNN_TransposeOp : CMNN_UnaryOp<"transpose"> {
  let summary = "axes in another order";
  let description = [{
    Axis i of y is axis permutation[i] of x.

    (C1) `permutation` is one of the axes of x.
    (C2) extent i of y is extent permutation[i] of x.

    ```mlir
    %y = cmnn.transpose %x {permutation = array<i64: 0, 3, 1, 2>}
       : tensor<1x5x6x7xi8> -> tensor<1x7x5x6xi8>
    ```
  }];
  let arguments = (ins CMNN_AnyTensor:$x, DenseI64ArrayAttr:$permutation);
  let results = (outs CMNN_AnyTensor:$y);
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

#endif // CM_DIALECT_CMNN_CMNNOPS_TD
