//===- CMFlowVectorOps.td - vector operations of the DPU ---*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMFLOW_CMFLOWVECTOROPS_TD
#define CM_DIALECT_CMFLOW_CMFLOWVECTOROPS_TD

include "cm/Dialect/CMFlow/CMFlowOpsBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def CMFlow_RequantizeOp : CMFlow_Op<"requantize", [Pure]> {
  let summary = "int32 to int8 by fp32 scales";
  let description = [{
    `clamp(rint_even(f32(x[i]) * scales[i]) + zero_point, minimum, maximum)`.

    Constraints: (C1) one scale, or one per element; (C2) operand and result
    have as many elements; (C3) `-128 <= minimum <= maximum <= 127`; (C4) scales
    are positive, normal and at most 2^80.

    Example: `%3 = cmflow.requantize %2 zero_point 3 {scales = array<f32: 0.5>} : vector<16xi32> -> vector<16xi8>`
  }];
  let arguments = (ins CMFlow_VectorI32:$input, DenseF32ArrayAttr:$scales,
      CMFlow_ZeroPointAttr:$zero_point,
      DefaultValuedAttr<I32Attr, "-128">:$minimum,
      DefaultValuedAttr<I32Attr, "127">:$maximum);
  let results = (outs CMFlow_VectorI8:$result);
  // The scales are in the dictionary: there MLIR prints all their digits.
  let assemblyFormat = [{
    $input `zero_point` $zero_point attr-dict `:` type($input) `->`
        type($result)
  }];
  let hasVerifier = 1;
}

def CMFlow_DepthwiseOp : CMFlow_Op<"depthwise", [Pure]> {
  let summary = "sum over a window for each channel, with weights, on the DPU";
  let description = [{
    The operand is a window of k pixels of n channels, `(ky, kx, c)`:
    `y[c] = sum over p < k of x[p * n + c] * weights[p * n + c]`, exact in int32.
    A depthwise convolution that a crossbar would mostly fill with zeros.

    Constraints: (C1) there are as many weights as elements of the operand, a
    multiple of those of the result; (C2) weights are from -255 to 255.

    Example: `%1 = cmflow.depthwise %0 [1, -2, 3, 4] : vector<4xi8> -> vector<2xi32>`
  }];
  let arguments = (ins CMFlow_VectorI8:$input, DenseI32ArrayAttr:$weights);
  let results = (outs CMFlow_VectorI32:$result);
  let assemblyFormat = [{
    $input $weights attr-dict `:` type($input) `->` type($result)
  }];
  let hasVerifier = 1;
}

def CMFlow_SubtractZeroPointsOp : CMFlow_Op<"subtract_zero_points", [Pure]> {
  let summary = "takes the zero points of the weights out of a product";
  let description = [{
    The operand is the result of a `cmflow.mvm` with `sums`: n products and the
    sums of g groups. `x[i] - zero_points[i] * x[n + floor(i / (n / g))]`, exact
    in int32.

    Constraints: (C1) the operand has more elements than the result, and their
    difference divides the result's; (C2) one zero point, or one per element of
    the result.

    Example: `%2 = cmflow.subtract_zero_points %1 [3] : vector<17xi32> -> vector<16xi32>`
  }];
  let arguments = (ins CMFlow_VectorI32:$input, DenseI8ArrayAttr:$zero_points);
  let results = (outs CMFlow_VectorI32:$result);
  let assemblyFormat = [{
    $input $zero_points attr-dict `:` type($input) `->` type($result)
  }];
  let hasVerifier = 1;
}

def CMFlow_AddQuantizedOp : CMFlow_Op<"add_quantized", [Pure,
    SameOperandsAndResultType]> {
  let summary = "sum of two quantised vectors, as QLinearAdd";
  let description = [{
    The order of operations is in `docs/Numerics.md`; `unsigned_rounding` is
    that of `cmnn.add`.

    Constraints: (C1) `-128 <= minimum <= maximum <= 127`; (C2) `a_scale /
    y_scale` and `b_scale / y_scale` are positive, normal and at most 2^80.

    Example: `%2 = cmflow.add_quantized %0, %1 {a_scale = 0.5 : f32, a_zero_point = 0 : i32, b_scale = 0.5 : f32, b_zero_point = 0 : i32, y_scale = 0.5 : f32, y_zero_point = 0 : i32} : vector<16xi8>`
  }];
  let arguments = (ins CMFlow_VectorI8:$a, CMFlow_VectorI8:$b,
      CMFlow_ScaleAttr:$a_scale, CMFlow_ZeroPointAttr:$a_zero_point,
      CMFlow_ScaleAttr:$b_scale, CMFlow_ZeroPointAttr:$b_zero_point,
      CMFlow_ScaleAttr:$y_scale, CMFlow_ZeroPointAttr:$y_zero_point,
      UnitAttr:$unsigned_rounding,
      DefaultValuedAttr<I32Attr, "-128">:$minimum,
      DefaultValuedAttr<I32Attr, "127">:$maximum);
  let results = (outs CMFlow_VectorI8:$result);
  let assemblyFormat = "$a `,` $b attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def CMFlow_MulQuantizedOp : CMFlow_Op<"mul_quantized", [Pure,
    SameOperandsAndResultType]> {
  let summary = "product of two quantised vectors, as QLinearMul";
  let description = [{
    Element by element. The order of operations is in `docs/Numerics.md`;
    `unsigned_rounding` is that of `cmnn.mul`.

    Constraints: (C1) `-128 <= minimum <= maximum <= 127`; (C2) `a_scale *
    b_scale` and its quotient by `y_scale` are positive, normal and at most
    2^80.

    Example: `%2 = cmflow.mul_quantized %0, %1 {a_scale = 0.5 : f32, a_zero_point = 0 : i32, b_scale = 0.5 : f32, b_zero_point = 0 : i32, y_scale = 0.5 : f32, y_zero_point = 0 : i32} : vector<16xi8>`
  }];
  let arguments = (ins CMFlow_VectorI8:$a, CMFlow_VectorI8:$b,
      CMFlow_ScaleAttr:$a_scale, CMFlow_ZeroPointAttr:$a_zero_point,
      CMFlow_ScaleAttr:$b_scale, CMFlow_ZeroPointAttr:$b_zero_point,
      CMFlow_ScaleAttr:$y_scale, CMFlow_ZeroPointAttr:$y_zero_point,
      UnitAttr:$unsigned_rounding,
      DefaultValuedAttr<I32Attr, "-128">:$minimum,
      DefaultValuedAttr<I32Attr, "127">:$maximum);
  let results = (outs CMFlow_VectorI8:$result);
  let assemblyFormat = "$a `,` $b attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def CMFlow_ShuffleOp : CMFlow_Op<"shuffle", [Pure]> {
  let summary = "elements of a vector in another order";
  let description = [{
    Element i of the result is element `indices[i]` of the operand, or `fill`
    where the index is -1. Elements may be left out or repeated.

    Constraints: (C1) there is one index for each element of the result; (C2)
    indices are -1, or those of elements of the operand; (C3) `fill` is an int8.

    Example: `%1 = cmflow.shuffle %0 [0, 2, 1, 3, -1] fill -128 : vector<4xi8> -> vector<5xi8>`
  }];
  let arguments = (ins CMFlow_VectorI8:$input, DenseI32ArrayAttr:$indices,
      DefaultValuedAttr<CMFlow_ZeroPointAttr, "0">:$fill);
  let results = (outs CMFlow_VectorI8:$result);
  let assemblyFormat = [{
    $input $indices (`fill` $fill^)? attr-dict `:` type($input) `->`
        type($result)
  }];
  let hasVerifier = 1;
}

def CMFlow_LookupOp : CMFlow_Op<"lookup", [Pure, SameOperandsAndResultType]> {
  let summary = "tables of 256 int8 values, one for all elements or one for each";
  let description = [{
    The entry of value `v` is at `v + 128`, that of element `i` in the table of
    its own at `256 * i + v + 128`.

    Constraints: (C1) the table has 256 entries, or 256 for each element.
  }];
  let arguments = (ins CMFlow_VectorI8:$input, DenseI8ArrayAttr:$table);
  let results = (outs CMFlow_VectorI8:$result);
  let assemblyFormat = "$input $table attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def CMFlow_SoftmaxOp : CMFlow_Op<"softmax", [Pure,
    SameOperandsAndResultType]> {
  let summary = "softmax over a whole vector, as QLinearSoftmax";
  let description = [{
    The order of operations is in `docs/Numerics.md`.

    Constraints: (C1) `floor(1 / y_scale) <= 128 n` for n elements, so that no
    product overflows.

    Example: `%1 = cmflow.softmax %0 {x_scale = 0.5 : f32, y_scale = 0.00390625 : f32, y_zero_point = -128 : i32} : vector<10xi8>`
  }];
  let arguments = (ins CMFlow_VectorI8:$input, CMFlow_ScaleAttr:$x_scale,
      CMFlow_ScaleAttr:$y_scale, CMFlow_ZeroPointAttr:$y_zero_point);
  let results = (outs CMFlow_VectorI8:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def CMFlow_LayerNormOp : CMFlow_Op<"layer_norm", [Pure,
    SameOperandsAndResultType]> {
  let summary = "mean 0 and variance 1 of a vector, as cmnn.layer_norm";
  let description = [{
    The order of operations is in `docs/Numerics.md`. `scales` and `biases` have
    a number for each element, or are empty: 1 and 0.

    Constraints: (C1) `-128 <= minimum <= maximum <= 127`; (C2) no scales or one
    for each element, likewise biases; (C3) `epsilon` is a number of at least 0,
    scales and biases are finite.

    Example: `%1 = cmflow.layer_norm %0 {x_scale = 0.5 : f32, x_zero_point = 0 : i32, epsilon = 1.0e-5 : f32, scales = array<f32: 1.0, 0.5>, biases = array<f32: 0.0, 1.0>, y_scale = 0.5 : f32, y_zero_point = 0 : i32} : vector<2xi8>`
  }];
  let arguments = (ins CMFlow_VectorI8:$input, CMFlow_ScaleAttr:$x_scale,
      CMFlow_ZeroPointAttr:$x_zero_point, F32Attr:$epsilon,
      DenseF32ArrayAttr:$scales, DenseF32ArrayAttr:$biases,
      CMFlow_ScaleAttr:$y_scale, CMFlow_ZeroPointAttr:$y_zero_point,
      DefaultValuedAttr<I32Attr, "-128">:$minimum,
      DefaultValuedAttr<I32Attr, "127">:$maximum);
  let results = (outs CMFlow_VectorI8:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def CMFlow_MultiplyMatrixOp : CMFlow_Op<"multiply_matrix", [Pure]> {
  let summary = "a vector times a matrix, both computed, on the DPU";
  let description = [{
    The matrix is a window of pixels, `(pixel, channel)`, of which every element
    has `zero_points[1]` and those of the vector `zero_points[0]`. Of a vector of
    k elements and n results

    ```
    y[i] = sum over j < k of (x[j] - zero_points[0]) * (m[j * n + i] - zero_points[1])
    ```

    or with `transposed`, where each pixel of the matrix gives a result,
    `m[i * k + j]`; exact in int32.

    Constraints: (C1) the matrix has k * n elements; (C2) two zero points.

    Example: `%2 = cmflow.multiply_matrix %0, %1 [3, -4] transposed : vector<2xi8>, vector<6xi8> -> vector<3xi32>`
  }];
  let arguments = (ins CMFlow_VectorI8:$input, CMFlow_VectorI8:$matrix,
      DenseI8ArrayAttr:$zero_points, UnitAttr:$transposed);
  let results = (outs CMFlow_VectorI32:$result);
  let assemblyFormat = [{
    $input `,` $matrix $zero_points (`transposed` $transposed^)? attr-dict `:`
        type($input) `,` type($matrix) `->` type($result)
  }];
  let hasVerifier = 1;
}

def CMFlow_ConstantsOp : CMFlow_Op<"constants", [Pure]> {
  let summary = "what a constant of the model holds at the pixel that is written";
  let description = [{
    `table` has the elements of `pixels[0]` x `pixels[1]` pixels, each of as many
    channels as the result. An iteration gets those of the pixel that it writes;
    along an extent of 1 all get the same.

    Constraints: (C1) `pixels` are two positive extents and the table has
    `pixels[0] * pixels[1]` times the elements of the result; (C2) the stage
    writes one pixel in an iteration, and within extents that are not 1.

    Example: `%0 = cmflow.constants [1, 2] [1, 2, -3, 4] : vector<2xi8>`
  }];
  let arguments = (ins DenseI64ArrayAttr:$pixels, DenseI8ArrayAttr:$table);
  let results = (outs CMFlow_VectorI8:$result);
  let assemblyFormat = "$pixels $table attr-dict `:` type($result)";
  let hasVerifier = 1;
}

#endif // CM_DIALECT_CMFLOW_CMFLOWVECTOROPS_TD
