//===- CMNNOps.td - the operations of a network ------------*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CMNNOPS_TD
#define CM_DIALECT_CMNN_CMNNOPS_TD

include "cm/Dialect/CMNN/CMNNElementwise.td"
include "cm/Dialect/CMNN/CMNNFixed.td"
include "cm/Dialect/CMNN/CMNNFunctions.td"
include "cm/Dialect/CMNN/CMNNPools.td"
include "cm/Dialect/CMNN/CMNNProducts.td"
include "cm/Dialect/CMNN/CMNNQuantization.td"
include "cm/Dialect/CMNN/CMNNShapeOps.td"
include "cm/Dialect/CMNN/CMNNVectorFunctions.td"

#endif // CM_DIALECT_CMNN_CMNNOPS_TD
