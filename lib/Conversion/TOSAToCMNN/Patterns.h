//===- Patterns.h - from TOSA to cmnn, by families --------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The pass sees to it that operands that are not constants, and results, are
// static tensors of i8 or i32; patterns rely on that.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_CONVERSION_TOSATOCMNN_PATTERNS_H
#define CM_LIB_CONVERSION_TOSATOCMNN_PATTERNS_H

#include "Constants.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/PatternMatch.h"

namespace cm::tosa_to_cmnn {

/// conv2d, depthwise_conv2d, transpose_conv2d, matmul.
void populateProductPatterns(mlir::RewritePatternSet &patterns,
                             Weights &weights);
/// rescale, cast, clamp, table, negate.
void populateRescalePatterns(mlir::RewritePatternSet &patterns);
/// add, sub, mul, maximum, minimum.
void populateElementwisePatterns(mlir::RewritePatternSet &patterns);
/// max_pool2d, avg_pool2d, reduce_sum, reduce_max, reduce_min.
void populatePoolPatterns(mlir::RewritePatternSet &patterns);
/// reshape, transpose, slice, reverse, tile, concat, pad, identity, resize.
void populateShapePatterns(mlir::RewritePatternSet &patterns);

/// Whether a value can be one of cmnn's that come from TOSA.
bool isIntegerTensor(mlir::Type type);

/// Makes uint8 arguments and results, which only rescales read and give, int8
/// with the host type uint8.
mlir::LogicalResult lowerUnsignedPorts(mlir::func::FuncOp function);

/// Says what the host's arrays look like: shape, type, name.
mlir::LogicalResult describePorts(mlir::func::FuncOp function);

/// The type of a value that is a tensor.
inline mlir::RankedTensorType typeOf(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType());
}
/// Whether the elements are i8.
inline bool isInt8(mlir::Value value) {
  return typeOf(value).getElementType().isInteger(8);
}

/// Collects the attributes of an operation.
class Attributes {
public:
  explicit Attributes(mlir::Builder &builder) : builder(builder) {}

  Attributes &add(llvm::StringRef name, mlir::Attribute value) {
    list.push_back(builder.getNamedAttr(name, value));
    return *this;
  }
  /// Nothing is added for null.
  Attributes &symbol(llvm::StringRef name, mlir::FlatSymbolRefAttr value) {
    return value ? add(name, value) : *this;
  }
  Attributes &int64s(llvm::StringRef name, llvm::ArrayRef<int64_t> values) {
    return add(name, builder.getDenseI64ArrayAttr(values));
  }
  Attributes &int64(llvm::StringRef name, int64_t value) {
    return add(name, builder.getI64IntegerAttr(value));
  }
  /// Nothing is added for 0, the default of zero points.
  Attributes &zeroPoint(llvm::StringRef name, int32_t value) {
    return value ? add(name, builder.getI8IntegerAttr(value)) : *this;
  }
  operator llvm::ArrayRef<mlir::NamedAttribute>() const { return list; }

private:
  mlir::Builder &builder;
  llvm::SmallVector<mlir::NamedAttribute> list;
};

/// x clamped to [minimum, maximum] as elements of the type of `y`.
mlir::Value createClamp(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::Type y, mlir::Value x, int32_t minimum,
                        int32_t maximum);

/// Puts the clamp of `x` in the place of `op`; clamps of clamps are the range
/// of the first, clamped.
void replaceByClamp(mlir::PatternRewriter &rewriter, mlir::Operation *op,
                    mlir::Value x, int32_t minimum, int32_t maximum);

/// An int8 value as int32.
mlir::Value createWiden(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::Value x);

} // namespace cm::tosa_to_cmnn

#endif // CM_LIB_CONVERSION_TOSATOCMNN_PATTERNS_H
