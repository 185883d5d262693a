//===- Access.cpp - which pixels an iteration reads and writes ------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Poly/Access.h"
#include "cm/Poly/Context.h"
#include "cm/Poly/Relation.h"
#include "cm/Support/Error.h"
#include "cm/Support/Limits.h"
#include <algorithm>

using namespace cm;

static llvm::Error checkBetween(const char *what, int64_t value, int64_t least,
                                int64_t most) {
  if (value >= least && value <= most)
    return llvm::Error::success();
  return makeError("{0} is {1}, expected {2} to {3}", what, value, least, most);
}

/// An extent in pixels, or a step between pixels.
static llvm::Error checkPixels(const char *what, int64_t value, int64_t least) {
  return checkBetween(what, value, least, maxWindowExtent);
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
  if (!isIterationCount(domain.h, domain.w))
    return makeError("domain is {0}x{1}, expected 1 to {2} iterations",
                     domain.h, domain.w, maxIterations);
  if (!isElementCount(object.h, object.w, object.c))
    return makeError("object is {0}x{1}x{2}, expected 1 to {3} elements",
                     object.h, object.w, object.c, maxObjectElements);
  return llvm::Error::success();
}

llvm::Error cm::checkAccess(const Domain &domain, const Window &window,
                            const Extent &object) {
  return first(
      checkAccess(domain, object),
      [&] { return checkPixels("kernel height", window.kernelY, 1); },
      [&] { return checkPixels("kernel width", window.kernelX, 1); },
      [&] {
        return checkPixels("pixels of the kernel",
                           window.kernelY * window.kernelX, 1);
      },
      [&] { return checkPixels("vertical stride", window.strideY, 0); },
      [&] { return checkPixels("horizontal stride", window.strideX, 0); },
      [&] {
        return checkPixels("vertical offset", window.offsetY, -maxWindowExtent);
      },
      [&] {
        return checkPixels("horizontal offset", window.offsetX,
                           -maxWindowExtent);
      },
      [&] { return checkPixels("vertical dilation", window.dilationY, 1); },
      [&] { return checkPixels("horizontal dilation", window.dilationX, 1); },
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
      [&] { return checkPixels("vertical stride", write.strideY, 1); },
      [&] { return checkPixels("horizontal stride", write.strideX, 1); },
      [&] {
        return checkPixels("vertical offset", write.offsetY, -maxWindowExtent);
      },
      [&] {
        return checkPixels("horizontal offset", write.offsetX,
                           -maxWindowExtent);
      },
      [&] {
        return checkRange("channel", write.channelBegin, write.channelEnd,
                          object.c);
      },
      [&] {
        return checkInside("y", write.offsetY,
                           write.offsetY + (domain.h - 1) * write.strideY +
                               write.rows - 1,
                           object.h);
      },
      [&] {
        return checkInside("x", write.offsetX,
                           write.offsetX + (domain.w - 1) * write.strideX +
                               write.pixels - 1,
                           object.w);
      });
}

llvm::SmallVector<ElementBox, 5> cm::elementBoxes(const Window &window) {
  llvm::SmallVector<ElementBox, 5> boxes;
  int64_t pixel = window.channels(), row = window.kernelX * pixel;
  int64_t first = window.channelBegin, last = window.channelEnd;
  for (int64_t at = window.elementBegin; at < window.elementEnd;) {
    int64_t left = window.elementEnd - at;
    int64_t ky = at / row, kx = at % row / pixel, c = at % pixel;
    if (at % row == 0 && left >= row) {
      boxes.push_back({ky, ky + left / row, 0, window.kernelX, first, last});
      at += left / row * row;
    } else if (c == 0 && left >= pixel) {
      int64_t count = std::min(left / pixel, window.kernelX - kx);
      boxes.push_back({ky, ky + 1, kx, kx + count, first, last});
      at += count * pixel;
    } else {
      int64_t count = std::min(left, pixel - c);
      boxes.push_back({ky, ky + 1, kx, kx + 1, first + c, first + c + count});
      at += count;
    }
  }
  return boxes;
}

/// "0 <= d0 < h and 0 <= d1 < w"
static std::string inDomain(const Domain &domain) {
  return llvm::formatv("0 <= d0 < {0} and 0 <= d1 < {1}", domain.h, domain.w);
}

/// y = stride * d + offset + dilation * k for some begin <= k < end.
static std::string readAxis(const char *axis, const char *dim, int64_t stride,
                            int64_t offset, int64_t dilation, int64_t begin,
                            int64_t end) {
  if (dilation == 1 || end - begin == 1)
    return llvm::formatv("{1}*{2} + {3} <= {0} <= {1}*{2} + {4}", axis, stride,
                         dim, offset + dilation * begin,
                         offset + dilation * (end - 1));
  return llvm::formatv("(exists k : {5} <= k < {6} and "
                       "{0} = {1}*{2} + {3} + {4}*k)",
                       axis, stride, dim, offset, dilation, begin, end);
}

// R = { [d0, d1] -> [y, x, c] : 0 <= d0 < h and 0 <= d1 < w and
//       0 <= y < H and 0 <= x < W and there is a (ky, kx, c) in the element
//       boxes with y = sy*d0 + oy + dy*ky and x = sx*d1 + ox + dx*kx }
llvm::Expected<Map> cm::readRelation(PolyContext &context, const Domain &domain,
                                     const Window &window,
                                     const Extent &object) {
  if (llvm::Error error = checkAccess(domain, window, object))
    return std::move(error);
  std::string boxes;
  for (const ElementBox &box : elementBoxes(window)) {
    if (!boxes.empty())
      boxes += " or ";
    boxes += llvm::formatv("({0} and {1} and {2} <= c < {3})",
                           readAxis("y", "d0", window.strideY, window.offsetY,
                                    window.dilationY, box.kyBegin, box.kyEnd),
                           readAxis("x", "d1", window.strideX, window.offsetX,
                                    window.dilationX, box.kxBegin, box.kxEnd),
                           box.channelBegin, box.channelEnd);
  }
  std::string text = llvm::formatv(
      "{{ [d0, d1] -> [y, x, c] : {0} and 0 <= y < {1} and 0 <= x < {2} and "
      "({3}) }",
      inDomain(domain), object.h, object.w, boxes);
  return context.run("read relation",
                     [&] { return Map::parse(context, text).coalesce(); });
}

// W = { [d0, d1] -> [y, x, c] : 0 <= d0 < h and 0 <= d1 < w and
//       sy*d0 + oy <= y < sy*d0 + oy + rows and
//       sx*d1 + ox <= x < sx*d1 + ox + pixels and cb <= c < ce }
llvm::Expected<Map> cm::writeRelation(PolyContext &context,
                                      const Domain &domain,
                                      const PixelWrite &write,
                                      const Extent &object) {
  if (llvm::Error error = checkAccess(domain, write, object))
    return std::move(error);
  std::string text = llvm::formatv(
      "{{ [d0, d1] -> [y, x, c] : {0} and "
      "{1}*d0 + {2} <= y < {1}*d0 + {3} and "
      "{4}*d1 + {5} <= x < {4}*d1 + {6} and {7} <= c < {8} }",
      inDomain(domain), write.strideY, write.offsetY,
      write.offsetY + write.rows, write.strideX, write.offsetX,
      write.offsetX + write.pixels, write.channelBegin, write.channelEnd);
  return context.run("write relation",
                     [&] { return Map::parse(context, text); });
}
