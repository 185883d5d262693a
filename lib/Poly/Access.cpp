//===- Access.cpp - which pixels an iteration reads and writes ------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Poly/Access.h"
#include "cm/Support/Error.h"

using namespace cm;

static llvm::Error checkAtLeast(const char *what, int64_t value,
                                int64_t least) {
  if (value >= least)
    return llvm::Error::success();
  return makeError("{0} is {1}, expected at least {2}", what, value, least);
}

static llvm::Error checkRange(const char *what, int64_t begin, int64_t end,
                              int64_t size) {
  if (begin >= 0 && begin < end && end <= size)
    return llvm::Error::success();
  return makeError("{0} range is [{1}, {2}), expected a non-empty part of "
                   "[0, {3})",
                   what, begin, end, size);
}

/// The first of several checks that fails.
template <typename... Checks>
static llvm::Error first(llvm::Error error, Checks... checks) {
  llvm::Error result = std::move(error);
  auto next = [&](llvm::Error other) {
    if (result)
      llvm::consumeError(std::move(other));
    else
      result = std::move(other);
  };
  (next(checks()), ...);
  return result;
}

llvm::Error cm::checkAccess(const Domain &domain, const Extent &object) {
  return first(
      checkAtLeast("domain height", domain.h, 1),
      [&] { return checkAtLeast("domain width", domain.w, 1); },
      [&] { return checkAtLeast("object height", object.h, 1); },
      [&] { return checkAtLeast("object width", object.w, 1); },
      [&] { return checkAtLeast("object channels", object.c, 1); });
}

llvm::Error cm::checkAccess(const Domain &domain, const Window &window,
                            const Extent &object) {
  return first(
      checkAccess(domain, object),
      [&] { return checkAtLeast("kernel height", window.kernelY, 1); },
      [&] { return checkAtLeast("kernel width", window.kernelX, 1); },
      [&] { return checkAtLeast("vertical stride", window.strideY, 0); },
      [&] { return checkAtLeast("horizontal stride", window.strideX, 0); },
      [&] { return checkAtLeast("vertical dilation", window.dilationY, 1); },
      [&] { return checkAtLeast("horizontal dilation", window.dilationX, 1); },
      [&] {
        return checkRange("channel", window.channelBegin, window.channelEnd,
                          object.c);
      },
      [&] {
        return checkRange("element", window.elementBegin, window.elementEnd,
                          window.listed());
      });
}

static llvm::Error checkInside(const char *axis, int64_t first, int64_t last,
                               int64_t size) {
  if (first >= 0 && last < size)
    return llvm::Error::success();
  return makeError("pixels {0} .. {1} of axis {2} are written, the object has "
                   "0 .. {3}",
                   first, last, axis, size - 1);
}

llvm::Error cm::checkAccess(const Domain &domain, const PixelWrite &write,
                            const Extent &object) {
  return first(
      checkAccess(domain, object),
      [&] { return checkAtLeast("vertical stride", write.strideY, 1); },
      [&] { return checkAtLeast("horizontal stride", write.strideX, 1); },
      [&] {
        return checkRange("channel", write.channelBegin, write.channelEnd,
                          object.c);
      },
      [&] {
        return checkInside("y", write.offsetY,
                           write.offsetY + (domain.h - 1) * write.strideY,
                           object.h);
      },
      [&] {
        return checkInside("x", write.offsetX,
                           write.offsetX + (domain.w - 1) * write.strideX,
                           object.w);
      });
}
