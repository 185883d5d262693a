//===- Rounding.cpp - between int8 and the numbers it stands for ----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rounding.h"

using namespace cm;
using namespace cm::interpreter;

std::vector<float> interpreter::realsOf(const Tensor &x,
                                        const Quantization &quantization) {
  if (x.type == ElementType::Float32)
    return x.as<float>().vec();
  std::vector<float> reals;
  reals.reserve(x.bytes.size());
  for (int8_t value : x.as<int8_t>())
    reals.push_back(quantization.toReal(value));
  return reals;
}

Tensor interpreter::tensorOf(llvm::ArrayRef<float> reals,
                             llvm::ArrayRef<int64_t> shape, ElementType type,
                             const Rounding &rounding) {
  if (type == ElementType::Float32)
    return Tensor::of(shape, reals);
  Tensor y(ElementType::Int8, shape);
  std::transform(reals.begin(), reals.end(), y.as<int8_t>().begin(),
                 [&](float real) { return rounding.quantize(real); });
  return y;
}
