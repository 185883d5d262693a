//===- CMNNFixed.td - integers only, as TOSA has it --------*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CMNNFIXED_TD
#define CM_DIALECT_CMNN_CMNNFIXED_TD

include "cm/Dialect/CMNN/CMNNOpsBase.td"

def CMNN_Int8Image
    : CMNN_Tensor<[I8], "s.size() == 4", "int8 image NxHxWxC">;
def CMNN_IntegerImage
    : CMNN_Tensor<[I8, I32], "s.size() == 4", "int8 or int32 image NxHxWxC">;

// A signless i32 whose C++ value is signed.
def CMNN_Int32Attr
    : TypedAttrBase<I32, "IntegerAttr",
                    And<[CPred<"::llvm::isa<::mlir::IntegerAttr>($_self)">,
                         CPred<"::llvm::cast<::mlir::IntegerAttr>($_self)"
                               ".getType().isSignlessInteger(32)">]>,
                    "32-bit signless integer attribute"> {
  let returnType = "int32_t";
  let convertFromStorage =
      "static_cast<int32_t>($_self.getValue().getSExtValue())";
  let constBuilderCall =
      "$_builder.getIntegerAttr($_builder.getI32Type(), $0)";
}

def CMNN_RescaleOp : CMNN_UnaryOp<"rescale", "None"> {
  let summary = "integers times multiplier / 2^shift, TOSA's RESCALE";
  let description = [{
    (x - x_zero_point) * multiplier / 2^shift, rounded to the nearest, halves up,
    plus y_zero_point, saturated to the type of y and clamped to [minimum,
    maximum]. With `double_round` and a shift above 31 it rounds twice, halves
    away from zero first. Multipliers and shifts are for all elements, or one for
    each channel. A product that leaves int32 after the shift is an error when it
    runs.

    (C1) x and y have the same extents.
    (C3) `multipliers` and `shifts` have the same number of elements, one or the
         last extent of x; no multiplier is negative; shifts are from 2 to 62.
    (C5) [minimum, maximum] holds a value of y's element type.
    (C9) the zero point of an int32 is 0.

    ```mlir
    %y = cmnn.rescale %x {
        multipliers = array<i32: 1431655765>, shifts = array<i8: 38>,
        y_zero_point = -3 : i8, minimum = -3 : i32
      } : tensor<1x8x8x4xi32> -> tensor<1x8x8x4xi8>
    ```
  }];
  let arguments = (ins
      CMNN_Integer:$x, DenseI32ArrayAttr:$multipliers, DenseI8ArrayAttr:$shifts,
      UnitAttr:$double_round, DefaultValuedAttr<CMNN_Int8Attr, "0">:$x_zero_point,
      DefaultValuedAttr<CMNN_Int8Attr, "0">:$y_zero_point,
      DefaultValuedAttr<CMNN_Int32Attr,
                        "::std::numeric_limits<int32_t>::min()">:$minimum,
      DefaultValuedAttr<CMNN_Int32Attr,
                        "::std::numeric_limits<int32_t>::max()">:$maximum);
  let results = (outs CMNN_Integer:$y);
  let hasVerifier = 1;
}

def CMNN_AveragePoolFixedOp
    : CMNN_UnaryOp<"average_pool_fixed", "None"> {
  let summary = "mean of a window in fixed point, TOSA's AVG_POOL2D";
  let description = [{
    The sum of x - x_zero_point over the n pixels of the window that lie in the
    image, times a 31-bit reciprocal of n, rounded to the nearest, halves up,
    plus y_zero_point.

    (C4) y is N x OH x OW x C, with extents as `windowExtent` gives them.
    (C6) every window holds a pixel of the image.

    ```mlir
    %y = cmnn.average_pool_fixed %x {
        kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>,
        x_zero_point = -3 : i8, y_zero_point = -3 : i8
      } : tensor<1x8x8x4xi8> -> tensor<1x4x4x4xi8>
    ```
  }];
  let arguments = !con((ins CMNN_Int8Image:$x, CMNN_StepsAttr:$kernel),
                       CMNN_WindowSteps,
                       (ins DefaultValuedAttr<CMNN_Int8Attr, "0">:$x_zero_point,
                            DefaultValuedAttr<CMNN_Int8Attr,
                                              "0">:$y_zero_point));
  let results = (outs CMNN_Int8Image:$y);
  let hasVerifier = 1;
}

def CMNN_ResizeFixedOp : CMNN_UnaryOp<"resize_fixed", "None"> {
  let summary = "an image of another size by integers, TOSA's RESIZE";
  let description = [{
    The pixel of y at v lies in x at (v * denominator + offset) / numerator on
    each axis; all three are [vertical, horizontal]. `nearest` takes the nearest
    pixel, halves up. `linear` gives the int32 sum of the four neighbours, each
    times its distance from the opposite one in parts of the numerators: their
    product times what a real interpolation would give. Neighbours are clamped to
    the image.

    (C4) y is an image of as many images and channels as x.
    (C6) numerators are from 1 to 2048, denominators positive and below 16 times
         the numerator, offsets at least -numerator and below 16 times it.
    (C8) y is int8 with nearest and int32 with linear.

    ```mlir
    %y = cmnn.resize_fixed linear %x {
        numerators = array<i64: 4, 4>, denominators = array<i64: 2, 2>,
        offsets = array<i64: -1, -1>
      } : tensor<1x8x8x4xi8> -> tensor<1x16x16x4xi32>
    ```
  }];
  let arguments = (ins CMNN_Int8Image:$x, CMNN_ResizeModeAttr:$mode,
                       DenseI64ArrayAttr:$numerators,
                       DenseI64ArrayAttr:$denominators,
                       DenseI64ArrayAttr:$offsets);
  let results = (outs CMNN_IntegerImage:$y);
  let assemblyFormat = "$mode $x attr-dict `:` type($x) `->` type($y)";
  let hasVerifier = 1;
}

#endif // CM_DIALECT_CMNN_CMNNFIXED_TD
