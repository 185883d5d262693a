//===- Passes.td - passes on cmnn --------------------------*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_PASSES_TD
#define CM_DIALECT_CMNN_PASSES_TD

include "mlir/Pass/PassBase.td"

def Normalise : Pass<"cmnn-normalise", "::mlir::ModuleOp"> {
  let summary = "one form for what can be written in several";
  let description = [{
    Brings a module to the form that `cmnn-verify-contract` checks. First,
    quantisation is fused (a QDQ graph means its QOperator form):

    - functions that exporters take apart are one operation again (gelu,
      hard_swish, layer_norm);
    - a constant added to or multiplied with a product goes into its bias or
      weights (batch normalisation); views of constants are constants;
    - a dequantize moves behind views, a quantize before them;
    - quantize(clip(x)) is a quantize with a range;
    - quantize(f(dequantize(x), ...)) is the int8 form of f, and a product that
      reads int8 takes the quantisation of its result;
    - an f32 argument that is only quantised, in one way, becomes an int8 argument
      with `cm.host_type = "float32"`; a dequantized result likewise; int8 ports
      without `cm.scale` take the quantisation of their user or producer.

    What remains f32 stays so. Then, without changing a bit of any result:

    - the canonical forms of the operations (nested and trivial reshapes and
      transposes, average pools of a whole image);
    - a transpose and a reshape before a product (ONNX's Flatten of an NCHW
      image) go into the order of the weight's rows;
    - a requantisation that only clamps goes into the operation before it;
    - weights that nothing uses are erased.

    A tensor that no longer exists loses its name.

    Before:
    ```
    %t = cmnn.transpose %x {permutation = array<i64: 0, 3, 1, 2>}
       : tensor<1x2x2x3xi8> -> tensor<1x3x2x2xi8>
    %r = cmnn.reshape %t : tensor<1x3x2x2xi8> -> tensor<1x12xi8>
    %y = cmnn.matmul %r, @w {...} : tensor<1x12xi8> -> tensor<1x5xi8>
    ```
    After, where @w_nhwc has the rows of @w in another order:
    ```
    %r = cmnn.reshape %x : tensor<1x2x2x3xi8> -> tensor<1x12xi8>
    %y = cmnn.matmul %r, @w_nhwc {...} : tensor<1x12xi8> -> tensor<1x5xi8>
    ```
  }];
  let statistics = [
    Statistic<"numRecognised", "recognised", "Functions put together again">,
    Statistic<"numFolded", "folded", "Constants that went into weights">,
    Statistic<"numFused", "fused", "Quantisations that an int8 form absorbed">,
    Statistic<"numViews", "views", "Views that moved past a quantisation">,
    Statistic<"numPorts", "ports", "Float ports that became int8">,
    Statistic<"numFlattens", "flattens",
              "Transposes that went into the rows of a weight">,
    Statistic<"numClamps", "clamps",
              "Requantisations that became the range of another operation">,
    Statistic<"numWeights", "weights", "Weights erased">
  ];
}

def VerifyContract : Pass<"cmnn-verify-contract", "::mlir::ModuleOp"> {
  let summary = "checks what the conversion to cmflow relies on";
  let description = [{
    (N1) The module holds one function, `main`, of one block, with int8 images
         or vectors as arguments and results, at least one of each.
    (N2) The function holds operations of cmnn only.
    (N3) There is no transpose but in a shuffle of channels.
    (N4) A reshape joins 1x1x1xC and 1xC, or flattens an image for products (or
         the function's result) only.
    (N5) No average pool covers a whole image: that is a global average pool.
    (N6) Every tensor is int8. The error names what stays in float and what would
         make it int8.
    (N7) Every tensor is an image 1xHxWxC or a vector 1xC.
    (N8) Every operation has a mapping: conv2d, conv_transpose2d and matmul
         without weight zero points, add and mul of tensors, softmax of the
         channels, functions of one number, affine, prelu with constant slopes, pools,
         resize, depth_to_space, concat of channels, slice, constant pad and
         reshape.

    Each operation that does not fit has one error.

    Changes nothing.
  }];
}

#endif // CM_DIALECT_CMNN_PASSES_TD
