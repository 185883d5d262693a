//===- Passes.td - conversions between the levels ----------*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_CONVERSION_PASSES_TD
#define CM_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertTOSAToCMNN : Pass<"convert-tosa-to-cmnn", "::mlir::ModuleOp"> {
  let summary = "integer TOSA 1.0 becomes cmnn";
  let description = [{
    Takes functions of int8 TOSA as converters for TFLite and PyTorch emit them:
    convolutions and matrix products to int32, `rescale`, sums and products of
    int32, pools, tables, clamps, reductions to int32 and what moves elements.
    Results are equal to the bit (docs/Numerics.md, Fixed point). Constants
    become weights, zero points and multipliers attributes; a clamp goes into the
    rescale before it. Ports get the attributes that say how the host sees them,
    and a single function is called `main`.

    What is left of TOSA is one error that names the first such operation and the
    reason.

    Before:
    ```
    %acc = tosa.conv2d %x, %w, %b, %x_zp, %w_zp {...}
    %y = tosa.rescale %acc, %multiplier, %shift, %acc_zp, %y_zp {...}
    ```
    After:
    ```
    %acc = cmnn.conv2d %x, @weight bias @bias {...} : ... -> tensor<...xi32>
    %y = cmnn.rescale %acc {multipliers = ..., shifts = ...}
    ```
  }];
  let dependentDialects = ["::cm::cmnn::CMNNDialect",
                           "::mlir::tosa::TosaDialect"];
  let statistics = [
    Statistic<"numOperations", "operations", "Operations of TOSA converted">
  ];
}

def SplitHeads : Pass<"cm-split-heads", "::mlir::ModuleOp"> {
  let summary = "attention becomes operations of one head each";
  let description = [{
    Products of two tensors with several matrices each, with what is between them
    (sums, products, functions of bytes, softmax), become operations on 1xTxC, one
    for each matrix. Reshapes and transposes that give heads an axis of their own
    become slices of channels, those that take it away again a concat; a transpose
    of the last two axes remains before the second operand of a product. What has
    another form stays as it is. Names of tensors are kept for parts in the
    attribute `cm.part`, as channels from `cm.channel` on.

    Before:
    ```
    %k = cmnn.transpose(cmnn.reshape(%0)) : 1xTxC to 1xHxTxD to 1xHxDxT
    %1 = cmnn.batch_matmul %q, %k : 1xHxTxT
    ```
    After, for each head h:
    ```
    %k = cmnn.transpose(cmnn.slice(%0)) : 1xTxC to 1xTxD to 1xDxT
    %1 = cmnn.batch_matmul %q, %k : 1xTxT
    ```
  }];
  let dependentDialects = ["::cm::cmnn::CMNNDialect",
                           "::cm::cmflow::CMFlowDialect"];
  let statistics = [
    Statistic<"numJoined", "attentions", "Attentions that are split into heads">
  ];
}

def ConvertCMNNToCMFlow : Pass<"cm-convert-cmnn-to-cmflow", "::mlir::ModuleOp"> {
  let summary = "partition: operations become stages that fit the crossbars";
  let description = [{
    The module has one function of `cmnn` operations, normalised, and the
    attribute `cmhw.machine`. Each convolution or product becomes one stage per
    tile: column tiles write parts of the result, the row tiles of a column
    tile form a chain or a tree that hands int32 partial sums on, and the last
    one adds the bias (with the input's zero point folded in) and requantises. A pool
    becomes a stage of the DPU, a transposed convolution and a resize one for
    each lattice of pixels. Operations on the pixel at hand join the latest stage that
    computes one of their operands where one value is all that others use.
    Concats and splits of channels are homes of values, not stages:
    `docs/Mapping.md`.

    Before: `%1 = cmnn.conv2d %0, @w ...`, `%2 = cmnn.add %1, %3 ...`.
    After: one `cmflow.stage` with `read`, `mvm`, `requantize`, `read`,
    `add_quantized`, `write`.
  }];
  let options = [
    Option<"stack", "stack", "::cm::StackTiles", "::cm::StackTiles::Auto",
           "Whether a tile may take several rows of a core's crossbars",
           [{::llvm::cl::values(
      clEnumValN(::cm::StackTiles::Auto, "auto", "where they run at once"),
      clEnumValN(::cm::StackTiles::None, "none", "never"),
      clEnumValN(::cm::StackTiles::Full, "full", "as many as the cores have room for"))}]>,
    Option<"cores", "cores", "uint64_t", "0",
           "Cores that the tiles are to fit; 0: all">,
    Option<"depthwise", "depthwise", "::cm::DepthwiseUnit",
           "::cm::DepthwiseUnit::Crossbar",
           "Which unit computes depthwise convolutions", [{
             ::llvm::cl::values(
                 clEnumValN(::cm::DepthwiseUnit::Auto, "auto",
                            "the DPU where it is no slower than an MVM, or no crossbar "
                            "holds the weights"),
                 clEnumValN(::cm::DepthwiseUnit::Crossbar, "crossbar",
                            "a block-diagonal matrix"),
                 clEnumValN(::cm::DepthwiseUnit::Dpu, "dpu",
                            "products of the DPU's MAC lanes"))
           }]>,
    Option<"reduction", "reduction", "::cm::Reduction", "::cm::Reduction::Auto",
           "How row tiles hand their partial sums on", [{
             ::llvm::cl::values(
                 clEnumValN(::cm::Reduction::Auto, "auto",
                            "whatever is done first without slowing down"),
                 clEnumValN(::cm::Reduction::Chain, "chain",
                            "each adds those of the one before"),
                 clEnumValN(::cm::Reduction::Tree, "tree",
                            "each adds those of at least two"))
           }]>
  ];
  let dependentDialects = ["::cm::cmflow::CMFlowDialect",
                           "::mlir::arith::ArithDialect"];
  let statistics = [
    Statistic<"numStages", "stages", "Stages made">,
    Statistic<"numRowTiles", "row-tiles", "Stages that hand partial sums on">,
    Statistic<"numFused", "fused", "Operations that joined a stage">
  ];
}

def ConvertCMFlowToCMCore : Pass<"cm-convert-cmflow-to-cmcore",
                                 "::mlir::ModuleOp"> {
  let summary = "control: stages become contexts with LCU programs";
  let description = [{
    The graph is placed, routed and scheduled. Each stage becomes a context of
    its node: the LCU program waits for data (fire rule) and for free slots
    (credit rule), both computed exactly from the access relations; the region
    becomes the data path. Buffers get addresses, units get crossbars.
  }];
  let dependentDialects = ["::cm::cmcore::CMCoreDialect"];
  let statistics = [
    Statistic<"numContexts", "contexts", "Contexts made">,
    Statistic<"numRoutes", "routes", "Routes made">,
    Statistic<"numInstructions", "lcu-instructions", "LCU instructions">,
    Statistic<"numRules", "rules", "Fire and credit rules computed">
  ];
}

#endif // CM_CONVERSION_PASSES_TD
