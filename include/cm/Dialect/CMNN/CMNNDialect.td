//===- CMNNDialect.td - what is computed -*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CMNNDIALECT_TD
#define CM_DIALECT_CMNN_CMNNDIALECT_TD

include "mlir/IR/OpBase.td"

def CMNN_Dialect : Dialect {
  let name = "cmnn";
  let cppNamespace = "::cm::cmnn";
  let summary = "what a quantised neural network computes";
  let description = [{
    Operations on whole tensors of static shape. Images are `NxHxWxC`. Elements
    are int8 (signless) or f32; accumulators are int32, ids int64. What can be
    mapped to a machine is int8 with a leading extent of 1, `tensor<1xHxWxCxi8>`
    or `tensor<1xCxi8>`: `cmnn-verify-contract`. The dialect knows neither cores
    nor tiles nor time.

    Quantisation is data of the operations: an int8 value `v` of a tensor with
    scale `s` and zero point `z` stands for the real number `s * (v - z)`. An f32
    tensor stands for itself: scale 1, zero point 0, which are the defaults.
    `docs/Numerics.md` defines every operation to the bit; constraints are
    numbered (C1), (C2), ... and verifiers cite them.

    The discardable attribute `cm.tensor` on an operation is the name that the
    imported model gives to the result.
  }];
  let useDefaultAttributePrinterParser = 1;
}

#endif // CM_DIALECT_CMNN_CMNNDIALECT_TD
