//===- Kernels.h - what each cmnn operation computes ------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Plain functions over tensors, after docs/Numerics.md. Each has an int8 and a
// float32 form; in float32 quantisations are not looked at.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_INTERPRETER_KERNELS_H
#define CM_LIB_INTERPRETER_KERNELS_H

#include "Rounding.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

namespace cm::cmnn {
enum class PadMode : uint32_t;
enum class Coordinates : uint32_t;
enum class NearestMode : uint32_t;
} // namespace cm::cmnn

namespace cm::interpreter {

using Shape = llvm::ArrayRef<int64_t>;

/// A tensor and what its int8 elements stand for.
struct Operand {
  const Tensor &tensor;
  Quantization quantization = {};
};

/// The type, shape and rounding of a result.
struct Result {
  ElementType type;
  Shape shape;
  Rounding rounding = {};

  Tensor of(llvm::ArrayRef<float> reals) const {
    return tensorOf(reals, shape, type, rounding);
  }
};

//===----------------------------------------------------------------------===//
// Arithmetic.cpp
//===----------------------------------------------------------------------===//

/// Sums, products and the like of tensors that broadcast to the result.
/// `unsignedRounding`: the model's tensors are uint8. int32 is exact. Errors:
/// an int32 result that leaves its type.
llvm::Expected<Tensor> add(const Operand &a, const Operand &b, const Result &y,
                           bool unsignedRounding);
llvm::Expected<Tensor> sub(const Operand &a, const Operand &b, const Result &y);
llvm::Expected<Tensor> mul(const Operand &a, const Operand &b, const Result &y,
                           bool unsignedRounding);
Tensor div(const Operand &a, const Operand &b, const Result &y);
/// x where it is not negative, else slope * x; slopes of an int8 x may be
/// float32.
Tensor prelu(const Operand &x, const Operand &slope, const Result &y);

//===----------------------------------------------------------------------===//
// Functions.cpp
//===----------------------------------------------------------------------===//

/// A function of one real number: int8 is dequantised and quantised.
Tensor apply(llvm::function_ref<float(float)> function, const Operand &x,
             const Result &y);

float clip(float x, float low, float high);
float leakyRelu(float x, float alpha);
float sigmoid(float x);
float hardSigmoid(float x, float alpha, float beta);
float hardSwish(float x);
float gelu(float x);
float geluTanh(float x);
float power(float x, float exponent);

Tensor quantize(const Tensor &x, const Result &y);
/// int8 or int32.
Tensor dequantize(const Operand &x, const Result &y);
/// `values` has 256 elements, the first for -128.
Tensor table(const Tensor &x, llvm::ArrayRef<int8_t> values);

//===----------------------------------------------------------------------===//
// Normalisations.cpp
//===----------------------------------------------------------------------===//

Tensor softmax(const Operand &x, const Result &y, int64_t axis);
/// Over the axes from `axis` on; `scale` and `bias` may be empty.
Tensor layerNorm(const Operand &x, const Result &y, int64_t axis, float epsilon,
                 llvm::ArrayRef<float> scale, llvm::ArrayRef<float> bias);
/// x * scale[c] + bias[c] for channels c, the last axis.
Tensor affine(const Operand &x, const Result &y, llvm::ArrayRef<float> scale,
              llvm::ArrayRef<float> bias);

//===----------------------------------------------------------------------===//
// Pools.cpp
//===----------------------------------------------------------------------===//

/// A window over the images of an N x H x W x C tensor, vertical first.
struct Window {
  Shape kernel, strides, dilations, pads;
};

Tensor maxPool(const Tensor &x, Shape shape, const Window &window);
Tensor averagePool(const Operand &x, const Result &y, const Window &window,
                   bool countIncludePad, bool unsignedRounding);
/// Errors: an int8 sum that leaves int32.
llvm::Expected<Tensor> globalAveragePool(const Operand &x, const Result &y);

enum class Reduction { Mean, Sum };
/// Over the axes whose extent in y is 1.
Tensor reduce(Reduction reduction, const Operand &x, const Result &y);
Tensor reduceMax(const Tensor &x, Shape shape);

//===----------------------------------------------------------------------===//
// Views.cpp
//===----------------------------------------------------------------------===//

Tensor reshape(const Tensor &x, Shape shape);
/// Axis i of y is axis permutation[i] of x.
Tensor transpose(const Tensor &x, Shape permutation);
/// Element i of an axis is start + i * step of x.
Tensor slice(const Tensor &x, Shape starts, Shape sizes, Shape steps);
Tensor concat(llvm::ArrayRef<const Tensor *> xs, int64_t axis, Shape shape);

/// `low` elements before and as many behind as `shape` says; `fill` is one
/// element of x's type.
Tensor pad(const Tensor &x, Shape low, Shape shape, cmnn::PadMode mode,
           llvm::ArrayRef<uint8_t> fill);
/// Channels become blocks of pixels; `crd` has the channel before the block.
Tensor depthToSpace(const Tensor &x, int64_t block, bool crd);
/// Rows of a rank 2 table. Errors: an id outside of it.
llvm::Expected<Tensor> gather(const Tensor &table, const Tensor &ids,
                              Shape shape);

//===----------------------------------------------------------------------===//
// Resize.cpp
//===----------------------------------------------------------------------===//

/// Images of another size; `scales` are new over old extents (y, x).
struct ResizeRule {
  llvm::ArrayRef<float> scales;
  cmnn::Coordinates coordinates;
};
Tensor resizeNearest(const Tensor &x, Shape shape, const ResizeRule &rule,
                     cmnn::NearestMode mode);
Tensor resizeLinear(const Operand &x, const Result &y, const ResizeRule &rule);
/// int8 interpolated as it is stored, or as uint8, and cut off.
Tensor resizeStored(const Tensor &x, const Result &y, const ResizeRule &rule,
                    bool isUnsigned);

} // namespace cm::interpreter

#endif // CM_LIB_INTERPRETER_KERNELS_H
