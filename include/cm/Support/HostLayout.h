//===- HostLayout.h - the host's arrays and our objects --------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A host keeps images as its model declares them (NCHW, perhaps uint8 or
// float); an object is int8 in (y, x, c) order, or in float a tensor of the
// host's own elements. This is the one place that converts.
//
//===----------------------------------------------------------------------===//

#ifndef CM_SUPPORT_HOSTLAYOUT_H
#define CM_SUPPORT_HOSTLAYOUT_H

#include "cm/Support/Npy.h"
#include "cm/Support/Tensor.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <optional>
#include <vector>

namespace cm {

/// What a host's array holds for an int8 object. UInt8 is int8 + 128; Float32
/// is quantised and dequantised with the layout's scale and zero point.
enum class HostType { Int8, UInt8, Float32 };

/// "int8", "uint8" or "float32", and back; nothing for another name.
llvm::StringRef hostTypeName(HostType type);
std::optional<HostType> parseHostType(llvm::StringRef name);

/// One array of the host: `Binding` of Program.proto, without where it is
/// bound.
class HostLayout {
public:
  /// `shape` is one image as the model declares it, leading batch extent 1
  /// included. Element axes of the object are host axes `permutation`, batch
  /// dropped: {1, 2, 0} makes HWC of CHW. `scale` must be a positive normal
  /// float where the type is Float32. Errors call the array `name`.
  static llvm::Expected<HostLayout> create(llvm::StringRef name, HostType type,
                                           llvm::ArrayRef<int64_t> shape,
                                           llvm::ArrayRef<int64_t> permutation,
                                           float scale = 1.0f,
                                           int32_t zeroPoint = 0);

  /// The same for an object whose elements, Int32, Int64 or Float32, are the
  /// host's own: nothing is converted but the order.
  static llvm::Expected<HostLayout>
  createRaw(llvm::StringRef name, ElementType element,
            llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> permutation);

  /// Meant for int8 objects.
  HostType type() const { return hostType; }
  /// Element type of the object.
  ElementType elementType() const { return element; }
  /// Element type of the host's array.
  NpyType npyType() const;
  /// Whether floats of the host are rounded to int8.
  bool isQuantised() const {
    return element == ElementType::Int8 && hostType == HostType::Float32;
  }
  llvm::ArrayRef<int64_t> shape() const { return hostShape; }
  llvm::ArrayRef<int64_t> permutation() const { return axes; }
  float scale() const { return hostScale; }
  int32_t zeroPoint() const { return hostZeroPoint; }
  llvm::StringRef name() const { return arrayName; }
  /// Elements of one image.
  int64_t numElements() const { return hostIndex.size(); }

  /// Number of images that `array` holds: its shape must be [N, ...], or one
  /// image without the batch, and its type the layout's.
  llvm::Expected<int64_t> countImages(const NpyArray &array) const;

  /// Converts image `image` of `array` into `object`, `numElements()` values.
  void toObject(const NpyArray &array, int64_t image,
                llvm::MutableArrayRef<int8_t> object) const;
  /// The same for any element type: a tensor of the layout's, of any shape.
  void toObject(const NpyArray &array, int64_t image, Tensor &object) const;

  /// An array of the host's type for `images` images, all zero bytes.
  NpyArray makeArray(int64_t images) const;
  /// Converts `object` into image `image` of `array`.
  void fromObject(llvm::ArrayRef<int8_t> object, int64_t image,
                  NpyArray &array) const;
  void fromObject(const Tensor &object, int64_t image, NpyArray &array) const;

private:
  /// Where image `image` begins in the bytes of an array.
  size_t imageOffset(int64_t image) const;

  std::string arrayName;
  ElementType element = ElementType::Int8;
  HostType hostType = HostType::Int8;
  std::vector<int64_t> hostShape, axes;
  float hostScale = 1.0f;
  int32_t hostZeroPoint = 0;
  /// Position in the host's image of each element of the object.
  std::vector<int64_t> hostIndex;
};

/// docs/Numerics.md: the host's floats. A NaN becomes the zero point.
int8_t quantizeHostValue(float value, float scale, int32_t zeroPoint);
float dequantizeHostValue(int8_t value, float scale, int32_t zeroPoint);

} // namespace cm

#endif // CM_SUPPORT_HOSTLAYOUT_H
