//===- HostLayout.cpp - the host's arrays and our objects -----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Support/HostLayout.h"
#include "cm/Support/Error.h"
#include "cm/Support/Transpose.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

using namespace cm;

llvm::StringRef cm::hostTypeName(HostType type) {
  switch (type) {
  case HostType::Int8:
    return "int8";
  case HostType::UInt8:
    return "uint8";
  case HostType::Float32:
    return "float32";
  }
  return "";
}

std::optional<HostType> cm::parseHostType(llvm::StringRef name) {
  for (HostType type : {HostType::Int8, HostType::UInt8, HostType::Float32})
    if (hostTypeName(type) == name)
      return type;
  return std::nullopt;
}

NpyType HostLayout::npyType() const {
  switch (element) {
  case ElementType::Int32:
    return NpyType::Int32;
  case ElementType::Int64:
    return NpyType::Int64;
  case ElementType::Float32:
    return NpyType::Float32;
  case ElementType::Int8:
    break;
  }
  switch (hostType) {
  case HostType::Int8:
    return NpyType::Int8;
  case HostType::UInt8:
    return NpyType::UInt8;
  case HostType::Float32:
    return NpyType::Float32;
  }
  return NpyType::Int8;
}

static llvm::Error checkShape(llvm::StringRef name,
                              llvm::ArrayRef<int64_t> shape,
                              llvm::ArrayRef<int64_t> permutation) {
  constexpr int64_t limit = int64_t(1) << 31;
  int64_t elements = 1;
  for (int64_t extent : shape) {
    if (extent < 1 || extent > limit / elements)
      return makeError("array '{0}': expected a shape of 1 to 2^31 elements, "
                       "found {1}",
                       name, formatShape(shape));
    elements *= extent;
  }
  if (shape.empty() || shape[0] != 1)
    return makeError("array '{0}': expected a leading batch extent of 1, found "
                     "shape {1}",
                     name, formatShape(shape));
  std::vector<int64_t> sorted(permutation.begin(), permutation.end());
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, shape.size() - 1)))
    return makeError("array '{0}': expected a permutation of the {1} axes "
                     "behind the batch, found {2}",
                     name, shape.size() - 1, formatShape(permutation));
  return llvm::Error::success();
}

llvm::Expected<HostLayout> HostLayout::create(
    llvm::StringRef name, HostType type, llvm::ArrayRef<int64_t> shape,
    llvm::ArrayRef<int64_t> permutation, float scale, int32_t zeroPoint) {
  if (llvm::Error error = checkShape(name, shape, permutation))
    return std::move(error);
  if (type == HostType::Float32 && !(scale > 0 && std::isnormal(scale)))
    return makeError("array '{0}': expected a positive scale, found {1}", name,
                     scale);
  HostLayout layout;
  layout.arrayName = name.str();
  layout.hostType = type;
  layout.hostShape.assign(shape.begin(), shape.end());
  layout.axes.assign(permutation.begin(), permutation.end());
  layout.hostScale = scale;
  layout.hostZeroPoint = zeroPoint;
  layout.hostIndex = transposedIndices(shape.drop_front(), permutation);
  return layout;
}

llvm::Expected<HostLayout>
HostLayout::createRaw(llvm::StringRef name, ElementType element,
                      llvm::ArrayRef<int64_t> shape,
                      llvm::ArrayRef<int64_t> permutation) {
  assert(element != ElementType::Int8 && "int8 has a host type");
  auto layout = create(name, HostType::Int8, shape, permutation);
  if (layout)
    layout->element = element;
  return layout;
}

llvm::Expected<int64_t> HostLayout::countImages(const NpyArray &array) const {
  if (array.type != npyType())
    return makeError("array '{0}': expected elements of type {1}, found {2}",
                     arrayName, npyTypeName(npyType()),
                     npyTypeName(array.type));
  llvm::ArrayRef<int64_t> found = array.shape, image = shape().drop_front();
  if (found == image)
    return 1;
  if (!found.empty() && found.drop_front() == image && found[0] > 0)
    return found[0];
  return makeError("array '{0}': expected images of shape {1}, found shape {2}",
                   arrayName, formatShape(image), formatShape(found));
}

NpyArray HostLayout::makeArray(int64_t images) const {
  NpyArray array;
  array.type = npyType();
  array.shape = hostShape;
  array.shape[0] = images;
  array.bytes.resize(images * numElements() * npyElementSize(array.type));
  return array;
}

int8_t cm::quantizeHostValue(float value, float scale, int32_t zeroPoint) {
  if (std::isnan(value))
    return static_cast<int8_t>(zeroPoint);
  float low = static_cast<float>(-128 - zeroPoint);
  float high = static_cast<float>(127 - zeroPoint);
  float steps = std::clamp(value / scale, low, high);
  return static_cast<int8_t>(static_cast<int32_t>(std::nearbyint(steps)) +
                             zeroPoint);
}

float cm::dequantizeHostValue(int8_t value, float scale, int32_t zeroPoint) {
  return static_cast<float>(value - zeroPoint) * scale;
}

size_t HostLayout::imageOffset(int64_t image) const {
  return image * numElements() * npyElementSize(npyType());
}

void HostLayout::toObject(const NpyArray &array, int64_t image,
                          llvm::MutableArrayRef<int8_t> object) const {
  assert(element == ElementType::Int8 &&
         static_cast<int64_t>(object.size()) == numElements());
  const uint8_t *bytes = array.bytes.data() + imageOffset(image);
  for (auto [value, index] : llvm::zip_equal(object, hostIndex)) {
    if (hostType == HostType::Float32) {
      float real;
      std::memcpy(&real, bytes + 4 * index, 4);
      value = quantizeHostValue(real, hostScale, hostZeroPoint);
    } else {
      uint8_t flip = hostType == HostType::UInt8 ? 0x80 : 0;
      value = static_cast<int8_t>(bytes[index] ^ flip);
    }
  }
}

void HostLayout::toObject(const NpyArray &array, int64_t image,
                          Tensor &object) const {
  assert(object.type == element && object.numElements() == numElements());
  if (element == ElementType::Int8)
    return toObject(array, image, object.as<int8_t>());
  const uint8_t *bytes = array.bytes.data() + imageOffset(image);
  unsigned size = elementSize(element);
  for (auto [i, index] : llvm::enumerate(hostIndex))
    std::memcpy(&object.bytes[i * size], bytes + index * size, size);
}

void HostLayout::fromObject(const Tensor &object, int64_t image,
                            NpyArray &array) const {
  assert(object.type == element && object.numElements() == numElements());
  if (element == ElementType::Int8)
    return fromObject(object.as<int8_t>(), image, array);
  uint8_t *bytes = array.bytes.data() + imageOffset(image);
  unsigned size = elementSize(element);
  for (auto [i, index] : llvm::enumerate(hostIndex))
    std::memcpy(bytes + index * size, &object.bytes[i * size], size);
}

void HostLayout::fromObject(llvm::ArrayRef<int8_t> object, int64_t image,
                            NpyArray &array) const {
  assert(element == ElementType::Int8 &&
         static_cast<int64_t>(object.size()) == numElements());
  uint8_t *bytes = array.bytes.data() + imageOffset(image);
  for (auto [value, index] : llvm::zip_equal(object, hostIndex)) {
    if (hostType == HostType::Float32) {
      float real = dequantizeHostValue(value, hostScale, hostZeroPoint);
      std::memcpy(bytes + 4 * index, &real, 4);
    } else {
      uint8_t flip = hostType == HostType::UInt8 ? 0x80 : 0;
      bytes[index] = static_cast<uint8_t>(value) ^ flip;
    }
  }
}
