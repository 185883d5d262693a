//===- Access.h - which pixels an iteration reads and writes ----*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The access relations of a stage in structured form: what `Gather` and `Write`
// of Program.proto mean, without buffers and registers. isl relations are built
// from them, never the other way round.
//
//===----------------------------------------------------------------------===//

#ifndef CM_POLY_ACCESS_H
#define CM_POLY_ACCESS_H

#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MathExtras.h"
#include <cstdint>
#include <tuple>

namespace cm {

class Map;
class PolyContext;

/// The array of an object: `h` x `w` pixels of `c` elements.
struct Extent {
  int64_t h = 1, w = 1, c = 1;

  auto key() const { return std::make_tuple(h, w, c); }
};

/// The iterations of a stage: 0 <= d0 < h, 0 <= d1 < w, in lexicographic order.
struct Domain {
  int64_t h = 1, w = 1;

  int64_t size() const { return h * w; }
  auto key() const { return std::make_tuple(h, w); }
};

/// How a buffer of F slots holds the pixels (y, x) of image n of an object of
/// height H and width W: slot g mod F, where g = n*H + y (Row: each slot has a
/// column per x) or g = (n*H + y)*W + x (Pixel).
enum class Fold { Row, Pixel };

/// Bytes of a buffer with this many slots; ~0 where 64 bits do not hold them.
inline uint64_t foldedBytes(const Extent &object, Fold fold, uint64_t slots,
                            uint64_t elementBytes) {
  uint64_t pixels = llvm::SaturatingMultiply<uint64_t>(
      slots, fold == Fold::Row ? object.w : 1);
  return llvm::SaturatingMultiply<uint64_t>(
      llvm::SaturatingMultiply<uint64_t>(pixels, object.c), elementBytes);
}

/// What one iteration (d0, d1) reads of an object, in (ky, kx, c) order:
///   y = d0 * strideY + offsetY + ky * dilationY,  0 <= ky < kernelY
///   x = d1 * strideX + offsetX + kx * dilationX,  0 <= kx < kernelX
///   channelBegin <= c < channelEnd
/// Of the elements so listed only elementBegin .. elementEnd-1 are taken. Where
/// (y, x) is outside the object the element is `fill`, and nothing is read.
struct Window {
  int64_t kernelY = 1, kernelX = 1;
  int64_t strideY = 1, strideX = 1;
  int64_t offsetY = 0, offsetX = 0; // minus the padding
  int64_t dilationY = 1, dilationX = 1;
  int64_t channelBegin = 0, channelEnd = 1;
  int64_t elementBegin = 0, elementEnd = 1;
  int64_t fill = 0;

  /// A window that takes all elements of all `channels` channels.
  static Window whole(int64_t kernelY, int64_t kernelX, int64_t channels) {
    Window window;
    window.kernelY = kernelY;
    window.kernelX = kernelX;
    window.channelEnd = channels;
    window.elementEnd = kernelY * kernelX * channels;
    return window;
  }

  int64_t channels() const { return channelEnd - channelBegin; }
  /// Elements listed, before the element range is taken.
  int64_t listed() const { return kernelY * kernelX * channels(); }
  /// Elements taken: the length of the vector that is read.
  int64_t elements() const { return elementEnd - elementBegin; }

  auto key() const {
    return std::make_tuple(kernelY, kernelX, strideY, strideX, offsetY, offsetX,
                           dilationY, dilationX, channelBegin, channelEnd,
                           elementBegin, elementEnd, fill);
  }
};

/// What one iteration (d0, d1) writes of an object: channels channelBegin ..
/// channelEnd-1 of `pixels` pixels of each of `rows` rows, from pixel (d0 *
/// strideY + offsetY, d1 * strideX + offsetX) on, in (y, x, c) order.
struct PixelWrite {
  int64_t strideY = 1, strideX = 1;
  int64_t offsetY = 0, offsetX = 0;
  int64_t channelBegin = 0, channelEnd = 1;
  int64_t pixels = 1, rows = 1;

  /// Iteration (d0, d1) writes all `channels` channels of pixel (d0, d1).
  static PixelWrite whole(int64_t channels) {
    PixelWrite write;
    write.channelEnd = channels;
    return write;
  }

  int64_t channels() const { return channelEnd - channelBegin; }
  /// Of all pixels of an iteration.
  int64_t elements() const { return rows * pixels * channels(); }
  auto key() const {
    return std::make_tuple(strideY, strideX, offsetY, offsetX, channelBegin,
                           channelEnd, pixels, rows);
  }
};

#define CM_POLY_COMPARE(Type)                                                  \
  inline bool operator==(const Type &a, const Type &b) {                       \
    return a.key() == b.key();                                                 \
  }                                                                            \
  inline bool operator!=(const Type &a, const Type &b) { return !(a == b); }   \
  inline bool operator<(const Type &a, const Type &b) {                        \
    return a.key() < b.key();                                                  \
  }                                                                            \
  inline llvm::hash_code hash_value(const Type &value) {                       \
    return llvm::hash_value(value.key());                                      \
  }
CM_POLY_COMPARE(Extent)
CM_POLY_COMPARE(Domain)
CM_POLY_COMPARE(Window)
CM_POLY_COMPARE(PixelWrite)
#undef CM_POLY_COMPARE

/// Says what is wrong with an access, or nothing: extents below 1, strides
/// below 0 (a write: below 1), dilations below 1, channels outside the object,
/// element ranges outside the window, a write outside the object.
llvm::Error checkAccess(const Domain &domain, const Extent &object);
llvm::Error checkAccess(const Domain &domain, const Window &window,
                        const Extent &object);
llvm::Error checkAccess(const Domain &domain, const PixelWrite &write,
                        const Extent &object);

/// kyBegin <= ky < kyEnd, kxBegin <= kx < kxEnd, channelBegin <= c <
/// channelEnd.
struct ElementBox {
  int64_t kyBegin, kyEnd, kxBegin, kxEnd, channelBegin, channelEnd;
};

/// The elements that a window takes as disjoint boxes, in order: at most five
/// (part of a pixel, pixels, rows, pixels, part of a pixel).
llvm::SmallVector<ElementBox, 5> elementBoxes(const Window &window);

/// The relation { [d0, d1] -> [y, x, c] } of what is read, locations outside
/// the object left out. Fails where `checkAccess` does.
llvm::Expected<Map> readRelation(PolyContext &context, const Domain &domain,
                                 const Window &window, const Extent &object);

/// The relation { [d0, d1] -> [y, x, c] } of what is written. Fails where
/// `checkAccess` does.
llvm::Expected<Map> writeRelation(PolyContext &context, const Domain &domain,
                                  const PixelWrite &write,
                                  const Extent &object);

} // namespace cm

#endif // CM_POLY_ACCESS_H
