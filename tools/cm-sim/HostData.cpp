//===- HostData.cpp - results as the host sees them -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostData.h"

using namespace cm;
using llvm::Expected;

static HostType hostType(program::HostType type) {
  if (type == program::HOST_TYPE_UINT8)
    return HostType::UInt8;
  return type == program::HOST_TYPE_FLOAT32 ? HostType::Float32
                                            : HostType::Int8;
}

Expected<HostLayout> cm::layoutOf(const program::Binding &binding) {
  HostType type = hostType(binding.host_type());
  bool isFloat = type == HostType::Float32;
  return makeLayout(binding, type, isFloat ? binding.scale() : 1,
                    isFloat ? binding.zero_point() : 0);
}

NpyArray cm::toHost(const HostLayout &layout, llvm::ArrayRef<int8_t> data,
                    uint64_t images) {
  NpyArray array = layout.makeArray(images);
  int64_t elements = layout.numElements();
  for (uint64_t n = 0; n != images; ++n)
    layout.fromObject(data.slice(n * elements, elements), n, array);
  return array;
}

static double elementOf(const NpyArray &array, uint64_t index) {
  switch (array.type) {
  case NpyType::Int8:
    return array.as<int8_t>()[index];
  case NpyType::UInt8:
    return array.as<uint8_t>()[index];
  case NpyType::Int32:
    return array.as<int32_t>()[index];
  case NpyType::Int64:
    return double(array.as<int64_t>()[index]);
  case NpyType::Float32:
    return array.as<float>()[index];
  }
  return 0;
}

uint64_t cm::countRight(const NpyArray &labels, const NpyArray &scores) {
  uint64_t count = labels.numElements(), images = scores.shape[0];
  uint64_t classes = scores.numElements() / images, right = 0;
  for (uint64_t n = 0; n != images; ++n) {
    uint64_t best = 0;
    for (uint64_t c = 1; c != classes; ++c)
      if (elementOf(scores, n * classes + c) >
          elementOf(scores, n * classes + best))
        best = c;
    right += double(best) == elementOf(labels, n % count);
  }
  return right;
}
