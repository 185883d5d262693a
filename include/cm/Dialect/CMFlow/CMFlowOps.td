//===- CMFlowOps.td - graph, object, stage, stream and vector operations -*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMFLOW_CMFLOWOPS_TD
#define CM_DIALECT_CMFLOW_CMFLOWOPS_TD

include "cm/Dialect/CMFlow/CMFlowAttrs.td"
include "cm/Dialect/CMFlow/CMFlowInterfaces.td"
include "cm/Dialect/CMFlow/CMFlowOpsBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"

//===----------------------------------------------------------------------===//
// Structure
//===----------------------------------------------------------------------===//

def CMFlow_GraphOp : CMFlow_Op<"graph", [IsolatedFromAbove, Symbol, SymbolTable,
    NoTerminator, SingleBlock, NoRegionArguments,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "one network as a pipeline of stages";
  let description = [{
    Holds objects, stages, streams, inputs and outputs. From the schedule phase
    on `ii` are the cycles between two images, `latency` those from the first
    byte of an image to its last, and `exact` tells a guaranteed II.

    Constraints: (C1) each object has at least one writer, and its writers
    write disjoint parts of it; (C2) for each stage and each object that it
    reads, each writer of channels that it reads has exactly one stream to the
    stage, and no other writer has one; (C3)
    `ii` is 1 to 2^36, `latency` 0 to 2^53.

    ```mlir
    cmflow.graph @net {
      cmflow.object @x : 1x1x4 i8
      cmflow.object @y : 1x1x4 i8
      cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
      cmflow.stage @s domain [1, 1] {
        %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
        cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
      }
      cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
      cmflow.stream @in to @s over @x
      cmflow.stream @s to @out over @y
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, OptionalAttr<I64Attr>:$ii,
      OptionalAttr<I64Attr>:$latency, OptionalAttr<BoolAttr>:$exact);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name attr-dict-with-keyword $body";
  let hasVerifier = 1;
  // After those of the stages, on which it relies.
  let hasRegionVerifier = 1;
}

def CMFlow_ObjectOp : CMFlow_Op<"object", [Symbol, HasParent<"GraphOp">]> {
  let summary = "an array that stages write once per image";
  let description = [{
    `height x width` pixels of `channels` elements of `i8` (activations) or
    `i32` (partial sums). Padding is never stored.

    Constraints: (C1) extents are positive, 2^28 elements at most; (C2)
    elements are i8 or i32.

    Example: `cmflow.object @t22 : 32x32x16 i8`
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, I64Attr:$height,
      I64Attr:$width, I64Attr:$channels, TypeAttr:$element_type);
  let assemblyFormat = [{
    $sym_name `:` custom<Extent>($height, $width, $channels) $element_type
        attr-dict
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::cm::Extent getExtent() {
      return {static_cast<int64_t>(getHeight()), static_cast<int64_t>(getWidth()),
              static_cast<int64_t>(getChannels())};
    }
    int64_t getElementBytes() {
      return getElementType().getIntOrFloatBitWidth() / 8;
    }
  }];
}

class CMFlow_PortOp<string mnemonic>
    : CMFlow_Op<mnemonic, [Symbol, HasParent<"GraphOp">]> {
  dag portArguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$object,
      CMFlow_BindingAttr:$binding, OptionalAttr<I64Attr>:$place,
      OptionalAttr<I64Attr>:$offset);
  let hasVerifier = 1;
}

def CMFlow_InputOp : CMFlow_PortOp<"input"> {
  let summary = "brings an object of each image in, pixel by pixel";
  let description = [{
    A stage on an I/O node: its domain is the object's rows and columns, and
    iteration `(y, x)` writes all channels of pixel `(y, x)`; or, of `pixels`
    pixels, from pixel `(y, pixels * x)` on.

    Constraints: (C1) the object exists, is of i8 and has as many elements as the
    binding's array; (C2) `pixels` is at least 1 and divides the object's width;
    (C6) of `cmflow.stage`.

    Example: see `cmflow.graph`.
  }];
  let arguments = !con(portArguments, (ins OptionalAttr<I64Attr>:$pixels));
  let assemblyFormat = [{
    $sym_name `writes` $object `binding` $binding (`pixels` $pixels^)?
        (`place` $place^)? (`offset` $offset^)? attr-dict
  }];
}

def CMFlow_OutputOp : CMFlow_PortOp<"output"> {
  let summary = "takes an object of each image to global memory";
  let description = [{
    A sink on an I/O node: each message is stored as it arrives, and no credit
    is needed for it.

    Constraints: as `cmflow.input`.

    Example: see `cmflow.graph`.
  }];
  let arguments = portArguments;
  let assemblyFormat = [{
    $sym_name `reads` $object `binding` $binding (`place` $place^)?
        (`offset` $offset^)? attr-dict
  }];
}

def CMFlow_StageOp : CMFlow_Op<"stage", [IsolatedFromAbove, Symbol,
    HasParent<"GraphOp">, SingleBlock, NoRegionArguments]> {
  let summary = "a loop nest on one core";
  let description = [{
    The region is one iteration `(d0, d1)` of the box `domain`. Iterations run
    in lexicographic order, once per image. `layer` names the layer of the model
    that the stage is a tile of; without it the stage is a layer of its own.

    Constraints: (C1) both extents of the domain are positive, 2^28
    iterations at most; (C2) at most one
    `cmflow.mvm`; (C3) the iterations write pixels inside the object, and no
    two the same one; (C4) the region ends in `cmflow.write`; (C5) the MVM's
    operand is a `cmflow.read` that nothing else uses, since it goes to the
    crossbar's input register and not to the DPU; (C6) `place` is 0 to 2^32 - 1,
    `offset` 0 to 2^53; (C7) the region holds
    operations of cmflow, constants that are vectors of i8 or i32, and
    `arith.addi` of vectors of i32; (C8) `cm.tensor` is an array of
    `#cmflow.tensor`, not empty, each of as many elements, and all operations
    that give a first name give the same array; there the value is a pixel, or
    the channels of a pixel that the stage writes, from `cm.channel` on where
    that is given: the tensor is then part of the object.

    Example: see `cmflow.graph`.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, DenseI64ArrayAttr:$domain,
      OptionalAttr<StrAttr>:$layer, OptionalAttr<I64Attr>:$place,
      OptionalAttr<I64Attr>:$offset);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $sym_name (`of` $layer^)? `domain` $domain (`place` $place^)?
        (`offset` $offset^)? attr-dict-with-keyword $body
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    /// The layer, by the stage's own name where it is a layer of its own.
    ::llvm::StringRef getLayerName() {
      return getLayer().value_or(getSymName());
    }
    ::cm::Domain getDomainBox() { return {getDomain()[0], getDomain()[1]}; }
    WriteOp getWrite();
    /// The stage's MVM, or null.
    MvmOp getMvm();
  }];
}

def CMFlow_StreamOp : CMFlow_Op<"stream", [HasParent<"GraphOp">]> {
  let summary = "from a writer to a reader over an object";
  let description = [{
    `route` lists the links from the writer's node to the reader's, in order;
    it is empty where both are on one node. `capacity` is that of the buffer of
    the object on the reader's node, which all streams there share.

    Constraints: (C1) `from` is a stage or an input that writes the object;
    (C2) `to` is a stage or an output that reads it; (C3) streams that end in
    one buffer agree on its capacity; (C4) links are 0 to 2^32 - 1.

    Example: `cmflow.stream @conv1 to @conv2 over @t22 route [3, 8] capacity <5 row>`
  }];
  let arguments = (ins FlatSymbolRefAttr:$from, FlatSymbolRefAttr:$to,
      FlatSymbolRefAttr:$object, OptionalAttr<DenseI64ArrayAttr>:$route,
      OptionalAttr<CMFlow_CapacityAttr>:$capacity);
  let assemblyFormat = [{
    $from `to` $to `over` $object (`route` $route^)? (`capacity` $capacity^)?
        attr-dict
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

class CMFlow_AccessOp<string mnemonic>
    : CMFlow_Op<mnemonic, [DeclareOpInterfaceMethods<CMFlow_AccessOpInterface>]>;

def CMFlow_ReadOp : CMFlow_AccessOp<"read"> {
  let summary = "the elements of a window";
  let description = [{
    Constraints: (C1) the element type is the object's; (C2) the vector has as
    many elements as the window; (C3) the channels are inside the object.

    Example: see `cmflow.graph`.
  }];
  let arguments = (ins FlatSymbolRefAttr:$object, CMFlow_WindowAttr:$window);
  let results = (outs CMFlow_Vector:$result);
  let assemblyFormat = "$object $window attr-dict `:` type($result)";
}

def CMFlow_MaxPoolOp : CMFlow_AccessOp<"max_pool"> {
  let summary = "maximum over a window, for each channel";
  let description = [{
    Locations outside the object are left out.

    Constraints: as `cmflow.read`, but (C2) the vector has one element per
    channel, and the window takes all of its elements; (C4) each iteration's
    window holds a pixel of the object.

    Example: `%0 = cmflow.max_pool @t22 <kernel [3, 3] strides [2, 2] offsets [-1, -1] dilations [1, 1] channels [0, 16] elements [0, 144] fill 0> : vector<16xi8>`
  }];
  let arguments = (ins FlatSymbolRefAttr:$object, CMFlow_WindowAttr:$window);
  let results = (outs CMFlow_VectorI8:$result);
  let assemblyFormat = "$object $window attr-dict `:` type($result)";
}

class CMFlow_AveragePoolBase<string mnemonic> : CMFlow_AccessOp<mnemonic> {
  let results = (outs CMFlow_VectorI8:$result);
  let assemblyFormat = "$object $window attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def CMFlow_AveragePoolOp : CMFlow_AveragePoolBase<"average_pool"> {
  let summary = "mean over a window, for each channel, as QLinearAveragePool";
  let description = [{
    The order of operations is in `docs/Numerics.md`. Locations outside the
    object count as zero with `count_include_pad` and are left out without.
    `unsigned_rounding` is that of `cmnn.average_pool`.

    Constraints: as `cmflow.max_pool`; (C5) `-128 <= minimum <= maximum <= 127`;
    (C6) `x_scale / y_scale` is a scale: positive, normal and at most 2^80.

    Example: `%0 = cmflow.average_pool @t22 <kernel [3, 3] strides [2, 2] offsets [-1, -1] dilations [1, 1] channels [0, 16] elements [0, 144] fill 0> {x_scale = 0.5 : f32, x_zero_point = 0 : i32, y_scale = 0.5 : f32, y_zero_point = 0 : i32} : vector<16xi8>`
  }];
  let arguments = (ins FlatSymbolRefAttr:$object, CMFlow_WindowAttr:$window,
      CMFlow_ScaleAttr:$x_scale, CMFlow_ZeroPointAttr:$x_zero_point,
      CMFlow_ScaleAttr:$y_scale, CMFlow_ZeroPointAttr:$y_zero_point,
      UnitAttr:$count_include_pad,
      UnitAttr:$unsigned_rounding,
      DefaultValuedAttr<I32Attr, "-128">:$minimum,
      DefaultValuedAttr<I32Attr, "127">:$maximum);
}

def CMFlow_GlobalAveragePoolOp
    : CMFlow_AveragePoolBase<"global_average_pool"> {
  let summary = "mean over an object, for each channel, as QLinearGlobalAveragePool";
  let description = [{
    Constraints: as `cmflow.average_pool`, where (C6) is of `x_scale / y_scale`
    and `x_scale / (y_scale * n)`, n the pixels of the window.

    Example: `%0 = cmflow.global_average_pool @t22 <kernel [8, 8] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 16] elements [0, 1024] fill 0> {x_scale = 0.5 : f32, x_zero_point = 0 : i32, y_scale = 0.5 : f32, y_zero_point = 0 : i32} : vector<16xi8>`
  }];
  let arguments = (ins FlatSymbolRefAttr:$object, CMFlow_WindowAttr:$window,
      CMFlow_ScaleAttr:$x_scale, CMFlow_ZeroPointAttr:$x_zero_point,
      CMFlow_ScaleAttr:$y_scale, CMFlow_ZeroPointAttr:$y_zero_point,
      DefaultValuedAttr<I32Attr, "-128">:$minimum,
      DefaultValuedAttr<I32Attr, "127">:$maximum);
}

def CMFlow_ReduceMeanOp : CMFlow_AveragePoolBase<"reduce_mean"> {
  let summary = "mean over a window, for each channel, as cmnn.reduce_mean";
  let description = [{
    Sums in f32, as `cmflow.average_pool`, but rounds before the zero point is
    added; the order of operations is in `docs/Numerics.md`.

    Constraints: as `cmflow.average_pool`.

    Example: `%0 = cmflow.reduce_mean @t22 <kernel [8, 8] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 16] elements [0, 1024] fill 0> {x_scale = 0.5 : f32, x_zero_point = 0 : i32, y_scale = 0.5 : f32, y_zero_point = 0 : i32} : vector<16xi8>`
  }];
  let arguments = (ins FlatSymbolRefAttr:$object, CMFlow_WindowAttr:$window,
      CMFlow_ScaleAttr:$x_scale, CMFlow_ZeroPointAttr:$x_zero_point,
      CMFlow_ScaleAttr:$y_scale, CMFlow_ZeroPointAttr:$y_zero_point,
      DefaultValuedAttr<I32Attr, "-128">:$minimum,
      DefaultValuedAttr<I32Attr, "127">:$maximum);
}

def CMFlow_InterpolateOp : CMFlow_AccessOp<"interpolate"> {
  let summary = "weighted sum over a window, for each channel: a linear resize";
  let description = [{
    Row `y` of the window that begins with row `top` of the object has the weight
    `y_weights[(top + kernel[0] - 1) * kernel[0] + y]`, and likewise its columns;
    a pixel's weight is the product. A pixel outside the object is the nearest
    one of the window that is inside. The order of operations is that of `resize`
    in `docs/Numerics.md`, as are `as_stored` and `unsigned_rounding`.

    Constraints: as `cmflow.max_pool`, and no dilation; (C5) of
    `cmflow.average_pool`; (C6) there are `(H + kernel[0] - 1) * kernel[0]`
    weights of rows, `(W + kernel[1] - 1) * kernel[1]` of columns, from 0 to 1.

    Example: `%0 = cmflow.interpolate @t22 <kernel [2, 2] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 1] elements [0, 4] fill 0> rows [0.0, 1.0, 0.75, 0.25, 0.5, 0.5] columns [0.0, 1.0, 0.75, 0.25, 0.5, 0.5] {x_scale = 0.5 : f32, x_zero_point = 0 : i32, y_scale = 0.5 : f32, y_zero_point = 0 : i32} : vector<1xi8>`
  }];
  let arguments = (ins FlatSymbolRefAttr:$object, CMFlow_WindowAttr:$window,
      DenseF32ArrayAttr:$y_weights, DenseF32ArrayAttr:$x_weights,
      CMFlow_ScaleAttr:$x_scale, CMFlow_ZeroPointAttr:$x_zero_point,
      CMFlow_ScaleAttr:$y_scale, CMFlow_ZeroPointAttr:$y_zero_point,
      UnitAttr:$as_stored, UnitAttr:$unsigned_rounding,
      DefaultValuedAttr<I32Attr, "-128">:$minimum,
      DefaultValuedAttr<I32Attr, "127">:$maximum);
  let results = (outs CMFlow_VectorI8:$result);
  let assemblyFormat = [{
    $object $window `rows` $y_weights `columns` $x_weights attr-dict `:`
        type($result)
  }];
  let hasVerifier = 1;
}

def CMFlow_WriteOp : CMFlow_Op<"write", [Terminator, HasParent<"StageOp">]> {
  let summary = "the pixel that an iteration writes";
  let description = [{
    Constraints: (C1) the element type is the object's; (C2) one element per
    channel written; (C3) the channels are inside the object.

    Example: see `cmflow.graph`.
  }];
  let arguments = (ins CMFlow_Vector:$value, FlatSymbolRefAttr:$object,
      CMFlow_PixelsAttr:$pixels);
  let assemblyFormat = "$value `,` $object $pixels attr-dict `:` type($value)";
}

//===----------------------------------------------------------------------===//
// Crossbar
//===----------------------------------------------------------------------===//

def CMFlow_MvmOp : CMFlow_Op<"mvm", [Pure]> {
  let summary = "product with a slice of a weight tensor, in place";
  let description = [{
    The weight is `kh x kw x (ci / groups) x co` (or `ci x co`). Row `(ky, kx,
    c)` with `channels[0] <= c < channels[1]`, of which those from `elements[0]`
    to `elements[1] - 1` are taken, and column `columns[0] <= o < columns[1]`
    hold `w[ky, kx, c mod (ci / groups), o]` where `c` and `o` are of the same
    group, else 0. The sum is exact in int32. With `taps` the rows are those of
    the kernel positions `ky * kw + kx` that it lists, in that order, instead of
    all.

    With `sums` there is one more column for each group that the columns belong
    to: it holds 1 in the rows of the group, so that its result is the sum of
    their inputs.

    `cells` is the crossbar of the core, and the first row and column of cells in
    it, that hold the matrix: the place phase says so where several matrices
    share a crossbar. Without it the crossbars are the stage's own.

    Constraints: (C1) the operand has one element per row; (C2) the result has
    one per column and `sums` more; (C3) the ranges are inside the `cmnn.weight`
    of the module, and `groups` divides its columns; of `ci x co` there is one
    group, whose rows are the elements: its channels start at 0, and it has no
    taps; (C4) `sums` is the number of groups of the columns; (C5) `cells` are
    three numbers from 0 to 65535.

    Example:
    `%1 = cmflow.mvm %0, @w8 groups 1 channels [0, 3] elements [0, 27] columns [0, 16] : vector<27xi8> -> vector<16xi32>`
  }];
  let arguments = (ins CMFlow_VectorI8:$input, FlatSymbolRefAttr:$weight,
      ConfinedAttr<I64Attr, [IntPositive]>:$groups, DenseI64ArrayAttr:$channels,
      DenseI64ArrayAttr:$elements, DenseI64ArrayAttr:$columns,
      OptionalAttr<DenseI64ArrayAttr>:$taps,
      OptionalAttr<ConfinedAttr<I64Attr, [IntPositive]>>:$sums,
      OptionalAttr<DenseI64ArrayAttr>:$cells);
  let results = (outs CMFlow_VectorI32:$result);
  let assemblyFormat = [{
    $input `,` $weight (`taps` $taps^)? `groups` $groups `channels` $channels
        `elements` $elements `columns` $columns (`sums` $sums^)?
        (`cells` $cells^)? attr-dict `:` type($input) `->` type($result)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Rows and columns of the matrix, sums included.
    int64_t getMatrixRows() { return getElements()[1] - getElements()[0]; }
    int64_t getMatrixCols() {
      return getColumns()[1] - getColumns()[0] + getSums().value_or(0);
    }
  }];
}

include "cm/Dialect/CMFlow/CMFlowVectorOps.td"

#endif // CM_DIALECT_CMFLOW_CMFLOWOPS_TD
