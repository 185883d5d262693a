//===- CMFlowNumerics.cpp - verifiers of quantised operations -------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// They keep infinities and NaNs out of every later conversion to an integer:
// docs/Numerics.md, "Notation".
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMFlow/CMFlowOps.h"
#include "cm/Support/Limits.h"
#include <cmath>

using namespace cm;
using namespace cm::cmflow;
using namespace mlir;

static int64_t lengthOf(Value vector) {
  return cast<VectorType>(vector.getType()).getNumElements();
}

/// `label`: -128 <= minimum <= maximum <= 127.
static LogicalResult verifyRange(Operation *op, StringRef label,
                                 int32_t minimum, int32_t maximum) {
  if (-128 <= minimum && minimum <= maximum && maximum <= 127)
    return success();
  return op->emitOpError("(")
         << label << ") expected -128 <= minimum <= maximum <= 127, found "
         << minimum << " and " << maximum;
}

/// `label`: a number that comes of scales is one itself.
static LogicalResult verifyScale(Operation *op, StringRef label,
                                 const Twine &what, float value) {
  if (isScale(value))
    return success();
  return op->emitOpError("(")
         << label << ") expected " << what
         << " to be positive, normal and at most 2^80, found " << value;
}

//===----------------------------------------------------------------------===//
// Vectors
//===----------------------------------------------------------------------===//

LogicalResult RequantizeOp::verify() {
  size_t length = lengthOf(getInput());
  if (getScales().size() != 1 && getScales().size() != length)
    return emitOpError("(C1) expected 1 or ")
           << length << " scales, found " << getScales().size();
  if (lengthOf(getResult()) != lengthOf(getInput()))
    return emitOpError("(C2) expected a result of ")
           << length << " elements, found " << lengthOf(getResult());
  for (auto [element, scale] : llvm::enumerate(getScales()))
    if (failed(verifyScale(*this, "C4", "scale " + Twine(element), scale)))
      return failure();
  return verifyRange(*this, "C3", getMinimum(), getMaximum());
}

LogicalResult DepthwiseOp::verify() {
  int64_t elements = lengthOf(getInput()), channels = lengthOf(getResult());
  if (int64_t(getWeights().size()) != elements || elements % channels != 0)
    return emitOpError(
               "(C1) expected a weight for each element of the operand, "
               "a multiple of ")
           << channels << ", found " << getWeights().size() << " for "
           << elements;
  for (int32_t weight : getWeights())
    if (weight < -255 || weight > 255)
      return emitOpError("(C2) expected weights from -255 to 255, found ")
             << weight;
  return success();
}

LogicalResult SubtractZeroPointsOp::verify() {
  int64_t length = lengthOf(getResult());
  int64_t sums = lengthOf(getInput()) - length;
  if (sums < 1 || length % sums != 0)
    return emitOpError("(C1) expected an operand of more elements than the ")
           << length << " of the result, by a divisor of these, found "
           << lengthOf(getInput());
  if (getZeroPoints().size() != 1 && int64_t(getZeroPoints().size()) != length)
    return emitOpError("(C2) expected 1 or ")
           << length << " zero points, found " << getZeroPoints().size();
  return success();
}

LogicalResult AddQuantizedOp::verify() {
  float y = getYScale().convertToFloat();
  if (failed(verifyScale(*this, "C2", "a_scale / y_scale",
                         getAScale().convertToFloat() / y)) ||
      failed(verifyScale(*this, "C2", "b_scale / y_scale",
                         getBScale().convertToFloat() / y)))
    return failure();
  return verifyRange(*this, "C1", getMinimum(), getMaximum());
}

LogicalResult MulQuantizedOp::verify() {
  float product = getAScale().convertToFloat() * getBScale().convertToFloat();
  if (failed(verifyScale(*this, "C2", "a_scale * b_scale", product)) ||
      failed(verifyScale(*this, "C2", "a_scale * b_scale / y_scale",
                         product / getYScale().convertToFloat())))
    return failure();
  return verifyRange(*this, "C1", getMinimum(), getMaximum());
}

LogicalResult ShuffleOp::verify() {
  int64_t length = lengthOf(getInput());
  if (static_cast<int64_t>(getIndices().size()) != lengthOf(getResult()))
    return emitOpError("(C1) expected ")
           << lengthOf(getResult()) << " indices, found "
           << getIndices().size();
  for (int64_t index : getIndices())
    if (index < -1 || index >= length)
      return emitOpError("(C2) expected indices of -1 to ")
             << length - 1 << ", found " << index;
  return success();
}

LogicalResult LookupOp::verify() {
  int64_t found = getTable().size(), length = lengthOf(getInput());
  if (found != 256 && found != 256 * length)
    return emitOpError("(C1) expected a table of 256 or ")
           << 256 * length << " entries, found " << found;
  return success();
}

LogicalResult SoftmaxOp::verify() {
  float steps = std::floor(1.0f / getYScale().convertToFloat());
  int64_t length = lengthOf(getInput());
  if (steps <= 128.0f * static_cast<float>(length))
    return success();
  return emitOpError("(C1) expected floor(1 / y_scale) <= ")
         << 128 * length << ", found " << steps;
}

LogicalResult LayerNormOp::verify() {
  int64_t length = lengthOf(getInput());
  for (ArrayRef<float> values : {getScales(), getBiases()}) {
    if (!values.empty() && int64_t(values.size()) != length)
      return emitOpError("(C2) expected no scales or biases, or ")
             << length << ", found " << values.size();
    for (float value : values)
      if (!std::isfinite(value))
        return emitOpError("(C3) expected finite scales and biases, found ")
               << value;
  }
  float epsilon = getEpsilon().convertToFloat();
  if (!(epsilon >= 0) || std::isinf(epsilon))
    return emitOpError("(C3) expected an epsilon of at least 0, found ")
           << epsilon;
  return verifyRange(*this, "C1", getMinimum(), getMaximum());
}

LogicalResult MultiplyMatrixOp::verify() {
  int64_t length = lengthOf(getInput()), results = lengthOf(getResult());
  if (lengthOf(getMatrix()) != length * results)
    return emitOpError("(C1) expected a matrix of ")
           << length << " x " << results << " elements, found "
           << lengthOf(getMatrix());
  if (getZeroPoints().size() != 2)
    return emitOpError("(C2) expected two zero points, found ")
           << getZeroPoints().size();
  return success();
}

LogicalResult ConstantsOp::verify() {
  ArrayRef<int64_t> pixels = getPixels();
  int64_t found = getTable().size(), length = lengthOf(getResult());
  if (pixels.size() != 2 || !isIterationCount(pixels[0], pixels[1]) ||
      found != pixels[0] * pixels[1] * length)
    return emitOpError("(C1) expected two extents and a table of their product "
                       "times ")
           << length << " elements, found [" << pixels << "] and " << found;
  return success();
}

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

/// (C5) and (C6) as both averages have them.
template <typename OpTy> static LogicalResult verifyAverage(OpTy op) {
  if (failed(verifyScale(op, "C6", "x_scale / y_scale",
                         op.getXScale().convertToFloat() /
                             op.getYScale().convertToFloat())))
    return failure();
  return verifyRange(op, "C5", op.getMinimum(), op.getMaximum());
}

LogicalResult AveragePoolOp::verify() { return verifyAverage(*this); }

LogicalResult ReduceMeanOp::verify() { return verifyAverage(*this); }

LogicalResult GlobalAveragePoolOp::verify() {
  if (failed(verifyAverage(*this)))
    return failure();
  int64_t pixels = getWindow().getKernel()[0] * getWindow().getKernel()[1];
  // At most 2^20 by (C1) of the window: their sum fits int32.
  float share = getYScale().convertToFloat() * static_cast<float>(pixels);
  return verifyScale(*this, "C6", "x_scale / (y_scale * n)",
                     getXScale().convertToFloat() / share);
}

LogicalResult InterpolateOp::verify() {
  for (int64_t dilation : getWindow().getDilations())
    if (dilation != 1)
      return emitOpError("(C4) expected no dilation, found ") << dilation;
  for (ArrayRef<float> weights : {getYWeights(), getXWeights()})
    for (float weight : weights)
      if (!(weight >= 0 && weight <= 1))
        return emitOpError("(C6) expected weights of 0 to 1, found ") << weight;
  return verifyRange(*this, "C5", getMinimum(), getMaximum());
}
