//===- HostLayout.h - the host's arrays and our objects --------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A host keeps images as its model declares them (NCHW, perhaps uint8 or
// float); an object is int8 in (y, x, c) order. This is the one place that
// converts.
//
//===----------------------------------------------------------------------===//

#ifndef CM_SUPPORT_HOSTLAYOUT_H
#define CM_SUPPORT_HOSTLAYOUT_H

#include "cm/Support/Npy.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <optional>
#include <vector>

namespace cm {

/// Element type of a host's array. UInt8 is int8 + 128; Float32 is quantised
/// and dequantised with the layout's scale and zero point.
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

  HostType type() const { return hostType; }
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

  /// An array of the host's type for `images` images, all zero bytes.
  NpyArray makeArray(int64_t images) const;
  /// Converts `object` into image `image` of `array`.
  void fromObject(llvm::ArrayRef<int8_t> object, int64_t image,
                  NpyArray &array) const;

private:
  std::string arrayName;
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
