//===- MatMul.h - products of matrices --------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef CM_LIB_TARGET_ONNX_MATMUL_H
#define CM_LIB_TARGET_ONNX_MATMUL_H

#include "Product.h"

namespace cm::onnx_import {

/// Of constant weights; none where operand i is computed at run time.
llvm::Expected<std::optional<Shape>> constantShape(Importer &in,
                                                   const Node &node,
                                                   unsigned i);
/// A product with weights INxOUT, or OUTxIN where `weightsTransposed` is set.
/// The result is not defined yet.
llvm::Expected<Tensor> emitMatMul(Importer &in, const Node &node,
                                  llvm::Expected<Product> product,
                                  bool weightsTransposed);
/// Defines the product of two tensors, of which `result` says the type and
/// quantization. int8 operands have a quantization.
llvm::Error emitBatchMatMul(Importer &in, const Node &node, const Tensor &a,
                            const Tensor &b, mlir::Type element, Tensor result);

/// MatMul.cpp's part of addGemmHandlers.
void addMatMulHandlers(HandlerTable &table);

} // namespace cm::onnx_import

#endif // CM_LIB_TARGET_ONNX_MATMUL_H
