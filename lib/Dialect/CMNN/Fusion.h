//===- Fusion.h - the parts of quantisation fusion --------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_DIALECT_CMNN_FUSION_H
#define CM_LIB_DIALECT_CMNN_FUSION_H

#include "cm/Dialect/CMNN/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/PatternMatch.h"
#include <optional>
#include <vector>

namespace cm::cmnn {

inline mlir::Type elementOf(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType()).getElementType();
}

/// The type of `value` with elements of type `element`.
inline mlir::Type withElement(mlir::Value value, mlir::Type element) {
  return mlir::cast<mlir::RankedTensorType>(value.getType()).clone(element);
}

inline bool isFloatTensor(mlir::Value value) {
  return elementOf(value).isF32();
}

/// The location of what stands for all of `ops`; null ones are left out.
mlir::Location fusedLocation(llvm::ArrayRef<mlir::Operation *> ops);

/// The dequantisation of an int8 value that defines `value`, or null.
DequantizeOp int8DequantizeOf(mlir::Value value);

/// `real` as an int8 of `quantization`, saturated to all of int8 (docs/
/// Numerics.md, quantize).
int32_t quantizeValue(float real, Quantization quantization);

/// The real number that `value` stands for.
float dequantizeValue(int32_t value, Quantization quantization);

/// A weight beside `weight` of `type` and `data`, named after it with `suffix`.
WeightOp cloneWeight(WeightOp weight, llvm::StringRef suffix,
                     mlir::RankedTensorType type, llvm::ArrayRef<char> data,
                     mlir::OpBuilder &builder);

/// The bytes of `values`.
template <typename T> llvm::ArrayRef<char> bytesOf(llvm::ArrayRef<T> values) {
  return {reinterpret_cast<const char *>(values.data()),
          values.size() * sizeof(T)};
}

/// The real numbers of the constant `value`, f32 or the dequantisation of an
/// integer one; nothing where it is no constant.
std::optional<std::vector<float>> constantValues(mlir::Value value);

/// Those of `constant` for each of `channels`, the last axis; nothing where it
/// is no constant or differs elsewhere.
std::optional<std::vector<float>> channelValues(mlir::Value constant,
                                                int64_t channels);

/// A new f32 weight of `extents` and `values` beside that of `constant`.
mlir::FlatSymbolRefAttr floatWeight(mlir::OpBuilder &builder,
                                    mlir::Value constant,
                                    llvm::ArrayRef<float> values,
                                    llvm::ArrayRef<int64_t> extents);

/// Functions that exporters take apart: gelu, hard_swish, layer_norm.
void populateRecognisers(mlir::RewritePatternSet &patterns,
                         FusionCounts &counts);
/// Constants that go into weights, and views of constants.
void populateConstantPatterns(mlir::RewritePatternSet &patterns,
                              FusionCounts &counts);
/// The latter alone.
void populateConstantViewPatterns(mlir::RewritePatternSet &patterns,
                                  FusionCounts &counts);

/// Factors and offsets of channels that no product takes in: affine.
void populateAffinePatterns(mlir::RewritePatternSet &patterns,
                            FusionCounts &counts);

/// What moves dequantisations behind views.
void populateDequantizePatterns(mlir::RewritePatternSet &patterns,
                                FusionCounts &counts);
/// Moves quantisations before views and takes clips along as ranges.
void moveQuantizesBeforeViews(mlir::Block &block, FusionCounts &counts);
/// What a quantisation absorbs then.
void populateQuantizePatterns(mlir::RewritePatternSet &patterns,
                              FusionCounts &counts);
/// The part of it that is about constants.
void populateQuantizeConstantPatterns(mlir::RewritePatternSet &patterns,
                                      FusionCounts &counts);

/// Gives the int8 ports of `function` that have no quantisation that of their
/// user or producer.
void nameQuantization(mlir::func::FuncOp function);

/// Ports of `function` that only quantise or dequantise become int8 ports whose
/// binding does it; then as nameQuantization.
void fusePorts(mlir::func::FuncOp function, FusionCounts &counts);

} // namespace cm::cmnn

#endif // CM_LIB_DIALECT_CMNN_FUSION_H
