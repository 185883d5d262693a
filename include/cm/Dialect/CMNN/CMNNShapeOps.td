//===- CMNNShapeOps.td - operations that move elements -----*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CMNNSHAPEOPS_TD
#define CM_DIALECT_CMNN_CMNNSHAPEOPS_TD

include "cm/Dialect/CMNN/CMNNOpsBase.td"

def CMNN_ReshapeOp
    : CMNN_UnaryOp<"reshape", "View",
                   [DeclareOpInterfaceMethods<CMNN_ViewOpInterface,
                                              ["getElementPositions"]>]> {
  let summary = "the same elements in row-major order under another shape";
  let description = [{
    Row-major order is that of the types as written. ONNX's Flatten of an NCHW
    image is therefore a transpose to NCHW and a reshape; `cmnn-normalise`
    removes the pair.

    (C1) x and y have the same number of elements.
    (C8) x and y have one element type.

    ```mlir
    %y = cmnn.reshape %x : tensor<1x1x1x64xi8> -> tensor<1x64xi8>
    ```
  }];
  let arguments = (ins CMNN_Any:$x);
  let results = (outs CMNN_Any:$y);
  let hasVerifier = 1;
  let hasFolder = 1;
}

def CMNN_TransposeOp
    : CMNN_UnaryOp<"transpose", "View",
                   [DeclareOpInterfaceMethods<CMNN_ViewOpInterface,
                                              ["getElementPositions"]>]> {
  let summary = "axes in another order";
  let description = [{
    Axis i of y is axis permutation[i] of x.

    (C1) `permutation` is one of the axes of x.
    (C2) extent i of y is extent permutation[i] of x.
    (C8) x and y have one element type.

    ```mlir
    %y = cmnn.transpose %x {permutation = array<i64: 0, 3, 1, 2>}
       : tensor<1x5x6x7xi8> -> tensor<1x7x5x6xi8>
    ```
  }];
  let arguments = (ins CMNN_Any:$x, DenseI64ArrayAttr:$permutation);
  let results = (outs CMNN_Any:$y);
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def CMNN_SliceOp
    : CMNN_UnaryOp<"slice", "Window",
                   [DeclareOpInterfaceMethods<CMNN_ViewOpInterface,
                                              ["getElementPositions"]>],
                   ["hasStageForm", "getWindow"]> {
  let summary = "every n-th element from a start, per axis";
  let description = [{
    Element (i, j, ...) of y is element (starts[0] + i * steps[0],
    starts[1] + j * steps[1], ...) of x. Steps may be negative.

    (C3) `starts`, `sizes` and `steps` have one element for each axis; no step is
         0; all elements of y lie in x.
    (C4) the extents of y are `sizes`.
    (C8) x and y have one element type.

    ```mlir
    %y = cmnn.slice %x {
        starts = array<i64: 0, 7, 0, 0>, sizes = array<i64: 1, 4, 8, 2>,
        steps = array<i64: 1, -2, 1, 1>
      } : tensor<1x8x8x4xi8> -> tensor<1x4x8x2xi8>
    ```
  }];
  let arguments = (ins CMNN_Any:$x, DenseI64ArrayAttr:$starts,
                       DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$steps);
  let results = (outs CMNN_Any:$y);
  let hasVerifier = 1;
  let hasFolder = 1;
}

def CMNN_ConcatOp : CMNN_Op<"concat", "Join", [Pure, CMNN_ViewOpInterface],
                            ["hasStageForm"]> {
  let summary = "tensors one after the other along an axis";
  let description = [{
    All operands have the quantisation of y.

    (C4) the operands agree with y on all other axes, and on `axis` their extents
         sum up to that of y.
    (C7) there is an operand, and `axis` is an axis of y.
    (C8) operands and y have one element type.

    ```mlir
    %y = cmnn.concat %a, %b {axis = 3 : i64}
       : tensor<1x8x8x4xi8>, tensor<1x8x8x6xi8> -> tensor<1x8x8x10xi8>
    ```
  }];
  let arguments = (ins Variadic<CMNN_Any>:$inputs, CMNN_AxisAttr:$axis);
  let results = (outs CMNN_Any:$y);
  let assemblyFormat = "$inputs attr-dict `:` type($inputs) `->` type($y)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def CMNN_PadOp : CMNN_UnaryOp<"pad", "Window", [CMNN_ViewOpInterface],
                              ["getStageRole", "hasStageForm", "mixesChannels",
                               "getWindow"]> {
  let summary = "elements before and after those of x, per axis";
  let description = [{
    Adds low[i] elements before and high[i] after those of x on axis i: `value`,
    the nearest element (edge), or elements mirrored at the first and last
    (reflect).

    (C3) `low` and `high` have one element for each axis, none negative; with
         reflect each is below the extent of x.
    (C4) extent i of y is low[i] + extent i of x + high[i].
    (C6) `value` is there with mode constant only, and of x's element type;
         without it constant is 0. It is a value of the tensor, not a real
         number: int8 elements continue with real zero where it is the zero
         point.
    (C8) x and y have one element type.

    ```mlir
    %y = cmnn.pad constant %x {
        low = array<i64: 0, 1, 1, 0>, high = array<i64: 0, 1, 1, 0>,
        value = -3 : i8
      } : tensor<1x8x8x4xi8> -> tensor<1x10x10x4xi8>
    ```
  }];
  let arguments = (ins CMNN_Data:$x, DenseI64ArrayAttr:$low,
                       DenseI64ArrayAttr:$high, CMNN_PadModeAttr:$mode,
                       OptionalAttr<TypedAttrInterface>:$value);
  let results = (outs CMNN_Data:$y);
  let assemblyFormat = "$mode $x attr-dict `:` type($x) `->` type($y)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let extraClassDeclaration = [{
    /// What constant continues with; x is f32 or int8, respectively.
    float getFloatFill();
    int32_t getInt8Fill();
  }];
}

def CMNN_ResizeOp
    : CMNN_UnaryOp<"resize", "Window",
                   [CMNN_RequantizingOpInterface, CMNN_QuantizableOpInterface,
                    DeclareOpInterfaceMethods<CMNN_ViewOpInterface,
                                              ["isView"]>],
                   ["getLattices", "getWindow"]> {
  let summary = "an image of another size, ONNX's Resize and Upsample";
  let description = [{
    The pixel of y at v lies in x at, on each axis (scale = scales[axis], a
    division in f32):

    - `half_pixel`: (v + 0.5) / scale - 0.5;
    - `pytorch_half_pixel`: likewise, but 0 where y has extent 1;
    - `asymmetric`: v / scale;
    - `align_corners`: v * (extent of x - 1) / (extent of y - 1), 0 where y has
      extent 1.

    `nearest` takes the pixel that `rounding` says, clamped to the image; this is
    a view. `linear` interpolates between the four neighbours, clamped to the
    image, in f32; its int8 form dequantises and quantises. With `as_stored` it
    interpolates the int8 values themselves, plus 128 with `unsigned_rounding`,
    and cuts off the fraction: what ONNX Runtime does where a Resize has int8 or
    uint8 operands.

    (C4) y is an image of as many images and channels as x.
    (C5) minimum <= maximum.
    (C6) `scales` holds two positive numbers: vertical, horizontal.
    (C8) x and y are int8 or f32 together.
    (C9) what is not int8 has the default quantisation; `nearest`, too.

    ```mlir
    %y = cmnn.resize nearest asymmetric %x rounding floor
        {scales = array<f32: 2.0, 2.0>}
       : tensor<1x8x8x4xi8> -> tensor<1x16x16x4xi8>
    ```
  }];
  let arguments = !con(
      (ins CMNN_Image:$x, DenseF32ArrayAttr:$scales, CMNN_ResizeModeAttr:$mode,
           CMNN_CoordinatesAttr:$coordinates,
           DefaultValuedAttr<CMNN_NearestModeAttr,
               "::cm::cmnn::NearestMode::RoundPreferFloor">:$nearest_mode,
           UnitAttr:$as_stored, UnitAttr:$unsigned_rounding),
      CMNN_InputQuantization, CMNN_ResultQuantization);
  let results = (outs CMNN_Image:$y);
  let assemblyFormat = [{
    $mode $coordinates $x (`rounding` $nearest_mode^)? attr-dict
    `:` type($x) `->` type($y)
  }];
  let hasVerifier = 1;
}

def CMNN_DepthToSpaceOp
    : CMNN_UnaryOp<"depth_to_space", "Window", [CMNN_ViewOpInterface],
                   ["getLattices", "getWindow"]> {
  let summary = "channels become blocks of pixels, ONNX's DepthToSpace";
  let description = [{
    Pixel (y * block + by, x * block + bx) of the result has as channel c the
    channel (by * block + bx) * C + c of pixel (y, x), with C the channels of the
    result; with `crd` the channel (c * block + by) * block + bx.

    (C4) y is N x H*block x W*block x C, where x has C * block^2 channels.
    (C8) x and y have one element type.

    ```mlir
    %y = cmnn.depth_to_space %x {block = 2 : i64}
       : tensor<1x4x4x16xi8> -> tensor<1x8x8x4xi8>
    ```
  }];
  let arguments = (ins CMNN_Image:$x,
                       ConfinedAttr<CMNN_AxisAttr,
                                    [IntPositive, IntMaxValue<65536>]>:$block,
                       UnitAttr:$crd);
  let results = (outs CMNN_Image:$y);
  let hasVerifier = 1;
}

def CMNN_GatherOp
    : CMNN_Op<"gather", "None",
              [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "rows of a constant table, ONNX's Gather and embeddings";
  let description = [{
    Row ids[...] of the table in the place of each id; a negative id counts from
    the end. The quantisation of y is that of the table. An id outside the table
    is an error when it runs.

    (C1) `table` names a `cmnn.weight` of ROWSxROW of the element type of y.
    (C4) y has the extents of ids, then ROW.

    ```mlir
    cmnn.weight @words = dense<1> : tensor<100x64xi8>

    %y = cmnn.gather @words[%ids] : tensor<1x16xi64> -> tensor<1x16x64xi8>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$table, CMNN_Ids:$ids);
  let results = (outs CMNN_Data:$y);
  let assemblyFormat = [{
    $table `[` $ids `]` attr-dict `:` type($ids) `->` type($y)
  }];
  let extraClassDeclaration = "::cm::cmnn::WeightOp getTableOp();";
}

#endif // CM_DIALECT_CMNN_CMNNSHAPEOPS_TD
