//===- CMCoreOps.td - program, node, context, LCU and data path -*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMCORE_CMCOREOPS_TD
#define CM_DIALECT_CMCORE_CMCOREOPS_TD

include "cm/Dialect/CMCore/CMCoreDialect.td"
include "cm/Dialect/CMFlow/CMFlowAttrs.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"

class CMCore_Op<string mnemonic, list<Trait> traits = []>
    : Op<CMCore_Dialect, mnemonic, traits>;

def CMCore_VectorI8 : VectorOfRankAndType<[1], [I8]>;
def CMCore_VectorI32 : VectorOfRankAndType<[1], [I32]>;
def CMCore_Vector : VectorOfRankAndType<[1], [I8, I32]>;

//===----------------------------------------------------------------------===//
// Structure
//===----------------------------------------------------------------------===//

def CMCore_ProgramOp : CMCore_Op<"program", [IsolatedFromAbove, Symbol,
    SymbolTable, NoTerminator, SingleBlock, NoRegionArguments]> {
  let summary = "an accelerator program";
  let description = [{
    Constraints: (C1) the ids of the nodes differ; (C2) the ids of the routes
    count from 0 in order; (C3) the release interval is 1 to 2^36 cycles. What
    is named exists, and numbers fit the fields of the file: checked by the
    program writer, with everything else that a loader checks.

    `machine` is a `#cmhw.machine` in all that is to be written as a program.

    ```mlir
    cmcore.program @net machine "any" release_interval 100 {
      cmcore.object @t0 : 4x4x3 i8
      cmcore.node 0 {
        cmcore.buffer @t0 at 0 <2 row>
      }
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, AnyAttr:$machine,
      I64Attr:$release_interval);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $sym_name `machine` $machine `release_interval` $release_interval
        attr-dict-with-keyword $body
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def CMCore_ObjectOp : CMCore_Op<"object", [Symbol, HasParent<"ProgramOp">]> {
  let summary = "extents and element type of an array";
  let description = [{
    Constraints: (C1) extents are positive; (C2) elements are i8 or i32.

    Example: `cmcore.object @t22 : 32x32x16 i8`
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, I64Attr:$height,
      I64Attr:$width, I64Attr:$channels, TypeAttr:$element_type);
  let assemblyFormat = [{
    $sym_name `:` custom<Extent>($height, $width, $channels) $element_type
        attr-dict
  }];
  let hasVerifier = 1;
}

class CMCore_BindingOp<string mnemonic>
    : CMCore_Op<mnemonic, [HasParent<"ProgramOp">]> {
  let arguments = (ins FlatSymbolRefAttr:$object, I64Attr:$node,
      CMFlow_BindingAttr:$binding);
  let assemblyFormat = "$object `node` $node `binding` $binding attr-dict";
}

def CMCore_InputOp : CMCore_BindingOp<"input"> {
  let summary = "an object that the host gives";
  let description = [{
    Example: `cmcore.input @t0 node 64 binding <...>`
  }];
}

def CMCore_OutputOp : CMCore_BindingOp<"output"> {
  let summary = "an object that the host takes";
  let description = [{
    Example: `cmcore.output @t37 node 65 binding <...>`
  }];
}

def CMCore_RouteOp : CMCore_Op<"route", [HasParent<"ProgramOp">]> {
  let summary = "one writer's messages to one buffer of one node";
  let description = [{
    `links` is empty for local delivery; `readers` are the contexts of the
    destination that read the buffer, in the order of their credits. Without a
    buffer the destination is an output node.

    Example: `cmcore.route 2 over @t22 from 3 @conv1 to 4 links [12] readers [@conv2]`
  }];
  let arguments = (ins I64Attr:$id, FlatSymbolRefAttr:$object,
      I64Attr:$source_node, FlatSymbolRefAttr:$source, I64Attr:$dest_node,
      OptionalAttr<FlatSymbolRefAttr>:$dest_buffer, DenseI64ArrayAttr:$links,
      FlatSymbolRefArrayAttr:$readers);
  let assemblyFormat = [{
    $id `over` $object `from` $source_node $source `to` $dest_node
        (`buffer` $dest_buffer^)? `links` $links `readers` $readers attr-dict
  }];
}

def CMCore_NodeOp : CMCore_Op<"node", [HasParent<"ProgramOp">, SymbolTable,
    NoTerminator, SingleBlock, NoRegionArguments]> {
  let summary = "a core or an I/O node with what it holds";
  let description = [{
    Example: `cmcore.node 3 { cmcore.buffer ... cmcore.context ... }`
  }];
  let arguments = (ins I64Attr:$id);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$id attr-dict-with-keyword $body";
}

def CMCore_UnitOp : CMCore_Op<"unit", [Symbol, HasParent<"NodeOp">]> {
  let summary = "a group: crossbars side by side and the weight slice they hold";
  let description = [{
    The slice is that of `cmflow.mvm`: rows `elements` of the channels
    `channels` of each kernel position, columns `columns`, block-diagonal over
    `groups`, of the kernel positions `taps` where they are given, and `sums`
    columns more. Bytes are cut only by the program writer, which checks that the
    ranges are inside the weight. `at` is the first row and column of cells in
    the first crossbar; without it both are 0.

    Constraints: (C1) ranges are not empty; (C2) `at` are two numbers from 0 to
    65535.

    Example: `cmcore.unit @u0 crossbars [0, 1] holds @w9 groups 1 channels [0, 16] elements [0, 144] columns [0, 16]`
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, DenseI64ArrayAttr:$crossbars,
      FlatSymbolRefAttr:$weight, ConfinedAttr<I64Attr, [IntPositive]>:$groups,
      DenseI64ArrayAttr:$channels, DenseI64ArrayAttr:$elements,
      DenseI64ArrayAttr:$columns, OptionalAttr<DenseI64ArrayAttr>:$taps,
      OptionalAttr<ConfinedAttr<I64Attr, [IntPositive]>>:$sums,
      OptionalAttr<DenseI64ArrayAttr>:$at);
  let assemblyFormat = [{
    $sym_name `crossbars` $crossbars (`at` $at^)? `holds` $weight
        (`taps` $taps^)? `groups` $groups `channels` $channels
        `elements` $elements `columns` $columns (`sums` $sums^)? attr-dict
  }];
  let hasVerifier = 1;
}

def CMCore_BufferOp : CMCore_Op<"buffer", [Symbol, HasParent<"NodeOp">]> {
  let summary = "where an object's pixels live in SRAM";
  let description = [{
    The symbol is the object's. Slots are rows or pixels; see `Buffer` in
    `Program.proto`.

    Example: `cmcore.buffer @t22 at 1024 <5 row>`
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
      ConfinedAttr<I64Attr, [IntNonNegative]>:$address,
      CMFlow_CapacityAttr:$capacity);
  let assemblyFormat = "$sym_name `at` $address $capacity attr-dict";
}

def CMCore_ContextOp : CMCore_Op<"context", [IsolatedFromAbove, Symbol, HasParent<"NodeOp">,
    NoTerminator, NoRegionArguments]> {
  let summary = "control and data path of one stage";
  let description = [{
    Iterations run over the box `domain` in lexicographic order, once per image.
    The region `lcu` is the program of one image; the region `data` is what one
    `cmcore.fire` starts, and ends in `cmcore.send`. `sends` lists the routes of
    the multicast. On an input node `data` is empty and `input` names the
    object.

    Constraints: (C1) both extents of the domain are positive; (C2) `lcu` holds
    loops, guards, waits and fires; (C3) `data` ends in `cmcore.send`, or is
    empty where there is an `input`; (C4) at most one `cmcore.mvm`, whose
    operand is a `cmcore.gather` that nothing else uses.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, DenseI64ArrayAttr:$domain,
      DenseI64ArrayAttr:$sends, OptionalAttr<FlatSymbolRefAttr>:$input);
  let regions = (region SizedRegion<1>:$lcu, MaxSizedRegion<1>:$data);
  let assemblyFormat = [{
    $sym_name `domain` $domain `sends` $sends (`input` $input^)?
        attr-dict-with-keyword `lcu` $lcu `data` $data
  }];
  let hasRegionVerifier = 1;
}

//===----------------------------------------------------------------------===//
// LCU
//===----------------------------------------------------------------------===//

class CMCore_LcuOp<string mnemonic, list<Trait> traits = []>
    : CMCore_Op<mnemonic, traits>;

def CMCore_ForOp : CMCore_LcuOp<"for", [NoTerminator, SingleBlock,
    NoRegionArguments]> {
  let summary = "a loop of the LCU";
  let description = [{
    Register `d<dim>` runs from the greatest result of `lower` to the least of
    `upper`, inclusive, in steps of `step`. The maps are over `(n, d0, d1)`: the
    number of the image and the registers.

    Constraints: (C1) `dim` is 0 or 1; (C2) `step` is at least 1; (C3) the maps
    have three dimensions, no symbols and at least one result; (C4) the body is
    of LCU operations.

    Example: `cmcore.for 1 from affine_map<(n, d0, d1) -> (0)> to affine_map<(n, d0, d1) -> (30)> step 1 { cmcore.fire }`
  }];
  let arguments = (ins I64Attr:$dim, AffineMapAttr:$lower,
      AffineMapAttr:$upper, I64Attr:$step);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $dim `from` $lower `to` $upper `step` $step attr-dict-with-keyword $body
  }];
  let hasRegionVerifier = 1;
}

def CMCore_GuardOp : CMCore_LcuOp<"guard", [NoTerminator, SingleBlock,
    NoRegionArguments]> {
  let summary = "runs its body where all results are at least 0";
  let description = [{
    Constraints: (C3), (C4) as for `cmcore.for`.

    Example: `cmcore.guard affine_map<(n, d0, d1) -> (d0 - 3)> { cmcore.fire }`
  }];
  let arguments = (ins AffineMapAttr:$nonnegative);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$nonnegative attr-dict-with-keyword $body";
  let hasRegionVerifier = 1;
}

def CMCore_WaitOp : CMCore_LcuOp<"wait"> {
  let summary = "blocks until a counter has reached a threshold";
  let description = [{
    The counter is `received` (whole messages of a route) or, with `reader`,
    `retired` (iterations that this reader of the route has retired); both are
    counted on across images.

    Constraints: (C3) as for `cmcore.for`, with one result.

    Example: `cmcore.wait route 2 reader 0 affine_map<(n, d0, d1) -> (n * 64 + d0 - 3)>`
  }];
  let arguments = (ins I64Attr:$route, OptionalAttr<I64Attr>:$reader,
      AffineMapAttr:$threshold);
  let assemblyFormat = [{
    `route` $route (`reader` $reader^)? $threshold attr-dict
  }];
  let hasVerifier = 1;
}

def CMCore_FireOp : CMCore_LcuOp<"fire"> {
  let summary = "starts the data path of an iteration";
  let description = [{
    Example: see `cmcore.for`.
  }];
  let assemblyFormat = "attr-dict";
}

//===----------------------------------------------------------------------===//
// Data path
//===----------------------------------------------------------------------===//

def CMCore_GatherOp : CMCore_Op<"gather"> {
  let summary = "reads the elements of a window from SRAM";
  let description = [{
    Example: `%0 = cmcore.gather @t22 <...> : vector<144xi8>`
  }];
  let arguments = (ins FlatSymbolRefAttr:$buffer, CMFlow_WindowAttr:$window);
  let results = (outs CMCore_Vector:$result);
  let assemblyFormat = "$buffer $window attr-dict `:` type($result)";
}

def CMCore_MvmOp : CMCore_Op<"mvm"> {
  let summary = "product with what a group of crossbars holds";
  let description = [{
    Example: `%1 = cmcore.mvm %0, @u0 : vector<144xi8> -> vector<16xi32>`
  }];
  let arguments = (ins CMCore_VectorI8:$input, FlatSymbolRefAttr:$unit);
  let results = (outs CMCore_VectorI32:$result);
  let assemblyFormat = [{
    $input `,` $unit attr-dict `:` type($input) `->` type($result)
  }];
}

def CMCore_PoolOp : CMCore_Op<"pool"> {
  let summary = "reduction over a window of a buffer, for each channel";
  let description = [{
    `kind` is `max`, `average`, `global_average`, `reduce_mean` or
    `interpolate`; the other attributes are those of the `cmflow` operation.

    Constraints: (C1) `kind` is one of these; (C2) all but a maximum have scales
    and zero points; (C3) weights are those of an interpolation.

    Example: `%0 = cmcore.pool "max" @t22 <...> : vector<16xi8>`
  }];
  let arguments = (ins StrAttr:$kind, FlatSymbolRefAttr:$buffer,
      CMFlow_WindowAttr:$window, OptionalAttr<F32Attr>:$x_scale,
      OptionalAttr<I32Attr>:$x_zero_point, OptionalAttr<F32Attr>:$y_scale,
      OptionalAttr<I32Attr>:$y_zero_point, UnitAttr:$count_include_pad,
      UnitAttr:$unsigned_rounding,
      DefaultValuedAttr<I32Attr, "-128">:$minimum,
      DefaultValuedAttr<I32Attr, "127">:$maximum,
      OptionalAttr<DenseF32ArrayAttr>:$y_weights,
      OptionalAttr<DenseF32ArrayAttr>:$x_weights, UnitAttr:$as_stored);
  let results = (outs CMCore_VectorI8:$result);
  let assemblyFormat = "$kind $buffer $window attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def CMCore_SendOp : CMCore_Op<"send", [HasParent<"ContextOp">]> {
  let summary = "sends the pixel that an iteration writes";
  let description = [{
    Example: `cmcore.send %3, @t22 <strides [1, 1] offsets [0, 0] channels [0, 16]> : vector<16xi8>`
  }];
  let arguments = (ins CMCore_Vector:$value, FlatSymbolRefAttr:$object,
      CMFlow_PixelsAttr:$pixels);
  let assemblyFormat = "$value `,` $object $pixels attr-dict `:` type($value)";
}

#endif // CM_DIALECT_CMCORE_CMCOREOPS_TD
