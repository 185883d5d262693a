//===- Product.h - what convolutions and matrix products read ---*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef CM_LIB_TARGET_ONNX_PRODUCT_H
#define CM_LIB_TARGET_ONNX_PRODUCT_H

#include "Importer.h"

namespace cm::onnx_import {

/// A product of a tensor with weights: int8 with int8, or float with float.
struct Product {
  Tensor x; // int8 with a quantization, or f32
  /// int8, uint8 or float, in the model's own layout.
  Constant weights;
  std::vector<float> scales;      // of int8: one, or one for each channel
  std::vector<int8_t> zeroPoints; // of int8, as held: none if all are 0
  /// int32 in units of x scale * weight scale, or float; one for each channel.
  std::optional<Constant> bias;
  /// Element type, and for int8 sign and quantization, of the result.
  Tensor result;
  mlir::Type resultElement;
  int64_t channels = 0; // of the result

  bool isInteger() const { return x.isInt8(); }
};

/// Where the operands of a product stand, and how its weights lie.
struct ProductForm {
  unsigned rank = 2;       // of the weights
  int64_t channelAxis = 1; // of the weights
  /// How often the channel axis is repeated in the result.
  int64_t repeat = 1;
  unsigned bias = 2;        // operand
  unsigned resultScale = 0; // QOperator: operand
  /// The weights are seen as of this shape, which only leaves out or adds axes
  /// of one element.
  std::optional<Shape> shape = {};
  float alpha = 1, beta = 1; // factors of float weights and biases
};

/// The float operator. It is integer where operand 0 is dequantised and operand
/// 1 is a quantised constant with a scale for each channel at most.
llvm::Expected<Product> floatProduct(Importer &in, const Node &node,
                                     const ProductForm &form);
/// QLinearConv and the like: operands 0 to 5 are tensor and weights.
llvm::Expected<Product> qlinearProduct(Importer &in, const Node &node,
                                       const ProductForm &form);
/// ConvInteger, MatMulInteger: operands 2 and 3 are zero points.
llvm::Expected<Product> integerProduct(Importer &in, const Node &node,
                                       const ProductForm &form);
/// Weights and bias as symbols. The weights are seen as of `shape`, held as
/// `layout`.
struct ProductSymbols {
  mlir::FlatSymbolRefAttr weight, bias;
};
llvm::Expected<ProductSymbols> emitWeights(Importer &in, const Node &node,
                                           const Product &product,
                                           llvm::ArrayRef<int64_t> shape,
                                           llvm::ArrayRef<int64_t> layout);

/// Sets what all products' properties have in common.
template <typename Properties>
void setProduct(Importer &in, const Product &product,
                const ProductSymbols &symbols, Properties &properties) {
  properties.weight = symbols.weight;
  properties.bias = symbols.bias;
  if (!product.isInteger())
    return;
  properties.x_scale = in.f32(product.x.quantization->scale);
  properties.x_zero_point = in.i8(product.x.quantization->zeroPoint);
  if (!product.resultElement.isInteger(32))
    properties.w_scales = in.getBuilder().getDenseF32ArrayAttr(product.scales);
  if (!product.zeroPoints.empty())
    properties.w_zero_points =
        in.getBuilder().getDenseI8ArrayAttr(product.zeroPoints);
  if (product.resultElement.isInteger(8)) {
    properties.y_scale = in.f32(product.result.quantization->scale);
    properties.y_zero_point = in.i8(product.result.quantization->zeroPoint);
  }
}

/// The product's result with these elements.
Tensor productResult(const Product &product, llvm::ArrayRef<int64_t> shape,
                     llvm::ArrayRef<int64_t> layout);

} // namespace cm::onnx_import

#endif // CM_LIB_TARGET_ONNX_PRODUCT_H
