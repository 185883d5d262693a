//===- Tensor.cpp - an array with its type and shape ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Support/Tensor.h"

using namespace cm;

unsigned cm::elementSize(ElementType type) {
  switch (type) {
  case ElementType::Int8:
    return 1;
  case ElementType::Int64:
    return 8;
  case ElementType::Int32:
  case ElementType::Float32:
    return 4;
  }
  return 0;
}

llvm::StringRef cm::elementTypeName(ElementType type) {
  switch (type) {
  case ElementType::Int8:
    return "int8";
  case ElementType::Int32:
    return "int32";
  case ElementType::Int64:
    return "int64";
  case ElementType::Float32:
    return "float32";
  }
  return "";
}

Tensor::Tensor(ElementType type, llvm::ArrayRef<int64_t> shape)
    : type(type), shape(shape.begin(), shape.end()) {
  bytes.resize(numElements() * elementSize(type));
}

int64_t Tensor::numElements() const {
  int64_t elements = 1;
  for (int64_t extent : shape)
    elements *= extent;
  return elements;
}
