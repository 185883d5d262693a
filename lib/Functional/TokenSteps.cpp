//===- TokenSteps.cpp - what stages of transformers compute ---------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StagePlan.h"

using namespace cm;
using namespace cm::functional;

Step cm::functional::makeMultiplyMatrix(cmflow::MultiplyMatrixOp op, Slice x,
                                        Slice m, Slice result) {
  int64_t zeroX = op.getZeroPoints()[0], zeroM = op.getZeroPoints()[1];
  // From one term to the next, and from one result to the next.
  size_t next = op.getTransposed() ? 1 : result.length;
  size_t column = op.getTransposed() ? x.length : 1;
  return [=](Frame &frame) {
    const int32_t *vector = &frame.values[x.begin];
    const int32_t *matrix = &frame.values[m.begin];
    for (size_t k = 0; k < result.length; ++k) {
      int64_t sum = 0;
      for (size_t term = 0; term < x.length; ++term)
        sum +=
            (vector[term] - zeroX) * (matrix[k * column + term * next] - zeroM);
      if (sum != static_cast<int32_t>(sum))
        frame.error = "accumulator overflows int32";
      frame.values[result.begin + k] = static_cast<int32_t>(sum);
    }
  };
}

Step cm::functional::makeConstants(cmflow::ConstantsOp op,
                                   const PixelWrite &write, Slice result) {
  std::vector<int8_t> table = op.getTable().vec();
  int64_t height = op.getPixels()[0], width = op.getPixels()[1];
  return [=](Frame &frame) {
    int64_t y = frame.d0 * write.strideY + write.offsetY;
    int64_t x = frame.d1 * write.strideX + write.offsetX;
    int64_t pixel = (height == 1 ? 0 : y) * width + (width == 1 ? 0 : x);
    for (size_t k = 0; k < result.length; ++k)
      frame.values[result.begin + k] = table[pixel * result.length + k];
  };
}
