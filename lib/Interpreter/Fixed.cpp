//===- Fixed.cpp - what operations on integers compute --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fixed.h"
#include "Taps.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/STLExtras.h"

using namespace cm;
using namespace cm::interpreter;

/// value * multiplier / 2^shift: `fixed` of docs/Numerics.md. `value` is an
/// int32 minus an int8, so no intermediate result leaves int64.
static int64_t scaled(int64_t value, int32_t multiplier, int shift,
                      bool doubleRound) {
  int64_t round = int64_t(1) << (shift - 1);
  if (doubleRound && shift > 31)
    round += value >= 0 ? int64_t(1) << 30 : -(int64_t(1) << 30);
  return (value * multiplier + round) >> shift;
}

static llvm::Error leavesInt32(llvm::StringRef what, int64_t value) {
  return makeError("the {0} {1} leaves int32", what, value);
}

static bool isInt32(int64_t value) {
  return value == static_cast<int32_t>(value);
}

template <typename X, typename Y>
static llvm::Expected<Tensor> rescaleAs(const Tensor &x, ElementType type,
                                        const FixedScale &scale) {
  int64_t least =
      std::max<int64_t>(scale.minimum, std::numeric_limits<Y>::min());
  int64_t most =
      std::min<int64_t>(scale.maximum, std::numeric_limits<Y>::max());
  Tensor y(type, x.shape);
  auto ys = y.as<Y>();
  size_t channels = scale.multipliers.size();
  for (auto [i, value] : llvm::enumerate(x.as<X>())) {
    int64_t result = scaled(int64_t(value) - scale.xZeroPoint,
                            scale.multipliers[i % channels],
                            scale.shifts[i % channels], scale.doubleRound);
    if (!isInt32(result))
      return leavesInt32("scaled number", result);
    ys[i] = static_cast<Y>(
        std::min(std::max(result + scale.yZeroPoint, least), most));
  }
  return y;
}

llvm::Expected<Tensor> interpreter::rescale(const Tensor &x, ElementType type,
                                            const FixedScale &scale) {
  bool fromInt8 = x.type == ElementType::Int8;
  if (type == ElementType::Int8)
    return fromInt8 ? rescaleAs<int8_t, int8_t>(x, type, scale)
                    : rescaleAs<int32_t, int8_t>(x, type, scale);
  return fromInt8 ? rescaleAs<int8_t, int32_t>(x, type, scale)
                  : rescaleAs<int32_t, int32_t>(x, type, scale);
}

/// sum / count with a multiplier in [2^30, 2^31).
static int64_t meanOf(int64_t sum, int64_t count) {
  int bits = 0;
  while ((int64_t(1) << bits) < count)
    ++bits;
  int64_t multiplier = (((int64_t(1) << 30) + 1) << bits) / count;
  return scaled(sum, static_cast<int32_t>(multiplier), 30 + bits,
                /*doubleRound=*/false);
}

llvm::Expected<Tensor> interpreter::averagePoolFixed(const Tensor &x,
                                                     Shape shape,
                                                     const Window &window,
                                                     int32_t xZeroPoint,
                                                     int32_t yZeroPoint) {
  Images in(x.shape), out(shape);
  auto xs = x.as<int8_t>();
  Tensor y(ElementType::Int8, shape);
  auto ys = y.as<int8_t>();
  int64_t outside = 0;
  forEachPixel(out, [&](int64_t image, int64_t row, int64_t column,
                        int64_t pixel) {
    std::vector<int64_t> sums(in.channels, 0);
    int64_t count = 0;
    forEachTap(window, in, row, column, [&](int64_t, int64_t source) {
      int64_t first = (image * in.numPixels() + source) * in.channels;
      for (int64_t c = 0; c < in.channels; ++c)
        sums[c] += xs[first + c] - xZeroPoint;
      ++count;
    });
    for (int64_t c = 0; c < in.channels; ++c) {
      outside = isInt32(sums[c]) ? outside : sums[c];
      int64_t mean = isInt32(sums[c]) ? meanOf(sums[c], count) + yZeroPoint : 0;
      ys[pixel * in.channels + c] = static_cast<int8_t>(
          std::min<int64_t>(std::max<int64_t>(mean, -128), 127));
    }
  });
  if (outside)
    return leavesInt32("sum", outside);
  return y;
}

namespace {
/// Where one coordinate of a resized image lies: between `first` and `second`,
/// `part` numerator-ths behind the first.
struct FixedPlace {
  int64_t first, second, part, numerator;

  FixedPlace(const FixedResize &resize, unsigned axis, int64_t v,
             int64_t extent)
      : numerator(resize.numerators[axis]) {
    int64_t place = v * resize.denominators[axis] + resize.offsets[axis];
    int64_t floor = place / numerator - (place % numerator < 0 ? 1 : 0);
    part = place - floor * numerator;
    first = std::min(std::max<int64_t>(floor, 0), extent - 1);
    second = std::min(std::max<int64_t>(floor + 1, 0), extent - 1);
  }
  int64_t nearest() const { return 2 * part >= numerator ? second : first; }
};
} // namespace

/// Calls `visit(image, y, x, pixel)` for every pixel of the result with its two
/// places in the image.
template <typename Visit>
static void forEachPlace(const Images &in, const Images &out,
                         const FixedResize &resize, Visit visit) {
  forEachPixel(out,
               [&](int64_t image, int64_t row, int64_t column, int64_t pixel) {
                 visit(image, FixedPlace(resize, 0, row, in.height),
                       FixedPlace(resize, 1, column, in.width), pixel);
               });
}

Tensor interpreter::resizeNearestFixed(const Tensor &x, Shape shape,
                                       const FixedResize &resize) {
  Images in(x.shape), out(shape);
  auto xs = x.as<int8_t>();
  Tensor result(ElementType::Int8, shape);
  auto ys = result.as<int8_t>();
  forEachPlace(in, out, resize,
               [&](int64_t image, const FixedPlace &y, const FixedPlace &x,
                   int64_t pixel) {
                 int64_t source =
                     (image * in.height + y.nearest()) * in.width + x.nearest();
                 for (int64_t c = 0; c < in.channels; ++c)
                   ys[pixel * in.channels + c] = xs[source * in.channels + c];
               });
  return result;
}

Tensor interpreter::resizeLinearFixed(const Tensor &x, Shape shape,
                                      const FixedResize &resize) {
  Images in(x.shape), out(shape);
  auto xs = x.as<int8_t>();
  Tensor result(ElementType::Int32, shape);
  auto ys = result.as<int32_t>();
  forEachPlace(in, out, resize,
               [&](int64_t image, const FixedPlace &y, const FixedPlace &x,
                   int64_t pixel) {
                 for (int64_t c = 0; c < in.channels; ++c) {
                   auto at = [&](int64_t row, int64_t column) -> int64_t {
                     int64_t source =
                         (image * in.height + row) * in.width + column;
                     return xs[source * in.channels + c];
                   };
                   int64_t top = at(y.first, x.first) * (x.numerator - x.part) +
                                 at(y.first, x.second) * x.part;
                   int64_t bottom =
                       at(y.second, x.first) * (x.numerator - x.part) +
                       at(y.second, x.second) * x.part;
                   ys[pixel * in.channels + c] = static_cast<int32_t>(
                       top * (y.numerator - y.part) + bottom * y.part);
                 }
               });
  return result;
}

llvm::Expected<Tensor> interpreter::sumExactly(const Tensor &x, Shape shape) {
  Tensor y(ElementType::Int32, shape);
  std::vector<int64_t> sums(y.numElements(), 0);
  auto xs = x.as<int32_t>();
  forEachPosition(x.shape, [&](Position position, int64_t i) {
    sums[indexOf(position, shape)] += xs[i];
  });
  for (auto [sum, element] : llvm::zip_equal(sums, y.as<int32_t>())) {
    if (!isInt32(sum))
      return leavesInt32("sum", sum);
    element = static_cast<int32_t>(sum);
  }
  return y;
}
