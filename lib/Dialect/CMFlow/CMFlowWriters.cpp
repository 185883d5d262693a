//===- CMFlowWriters.cpp - writers of an object are disjoint --------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Verify.h"
#include <numeric>

using namespace cm;
using namespace cm::cmflow;
using namespace mlir;

namespace {
/// The values `offset + i * stride + k`, `i < count` and `k < atOnce`, of a
/// coordinate.
struct Steps {
  int64_t offset, stride, count, atOnce;
};

/// What a writer writes: steps of each coordinate, and a range of channels.
struct Written {
  Written(Operation *writer, Extent extent) : op(writer) {
    domain = {extent.h, extent.w};
    pixels = PixelWrite::whole(extent.c);
    if (auto stage = dyn_cast<StageOp>(writer)) {
      domain = stage.getDomainBox();
      pixels = stage.getWrite().getPixels().toPixelWrite();
    }
  }

  StringRef name() const {
    return mlir::SymbolTable::getSymbolName(op).getValue();
  }
  Steps rows() const {
    return {pixels.offsetY, pixels.strideY, domain.h, pixels.rows};
  }
  Steps columns() const {
    return {pixels.offsetX, pixels.strideX, domain.w, pixels.pixels};
  }
  bool overlaps(const Written &other) const;

  Operation *op;
  Domain domain;
  PixelWrite pixels;
};
} // namespace

/// x with a * x = 1 (mod m), for coprime a and m.
static int64_t inverse(int64_t a, int64_t m) {
  int64_t remainder = m, previous = a % m, factor = 0, x = 1;
  while (previous > 1) {
    int64_t quotient = remainder / previous;
    std::tie(remainder, previous) =
        std::make_pair(previous, remainder % previous);
    std::tie(factor, x) = std::make_pair(x, factor - quotient * x);
  }
  return m == 1 ? 0 : (x % m + m) % m;
}

/// Whether two arithmetic progressions have a value in common. Strides and
/// offsets are at most 2^20, so that no product here leaves 64 bits.
static bool meet(int64_t offset, int64_t stride, int64_t count,
                 int64_t otherOffset, int64_t otherStride, int64_t otherCount) {
  int64_t divisor = std::gcd(stride, otherStride);
  int64_t distance = otherOffset - offset;
  if (distance % divisor != 0)
    return false;
  // offset + i * stride = otherOffset (mod otherStride), 0 <= i < period.
  int64_t period = otherStride / divisor;
  int64_t steps = (distance / divisor % period + period) % period;
  int64_t i = steps * inverse(stride / divisor, period) % period;
  int64_t value = offset + i * stride;
  if (int64_t least = otherOffset; value < least) {
    int64_t common = stride * period;
    value += (least - value + common - 1) / common * common;
  }
  return value <= offset + (count - 1) * stride &&
         value <= otherOffset + (otherCount - 1) * otherStride;
}

/// Whether one of several progressions next to each other meets one of others.
static bool meet(const Steps &a, const Steps &b) {
  for (int64_t distance = 1 - b.atOnce; distance < a.atOnce; ++distance)
    if (meet(a.offset + distance, a.stride, a.count, b.offset, b.stride,
             b.count))
      return true;
  return false;
}

bool Written::overlaps(const Written &other) const {
  return pixels.channelBegin < other.pixels.channelEnd &&
         other.pixels.channelBegin < pixels.channelEnd &&
         meet(rows(), other.rows()) && meet(columns(), other.columns());
}

LogicalResult cmflow::verifyWriters(ObjectOp object,
                                    ArrayRef<Operation *> writers) {
  if (writers.empty())
    return object.emitOpError("(C1) of cmflow.graph: expected a writer");
  SmallVector<Written> parts;
  for (Operation *writer : writers) {
    Written part(writer, object.getExtent());
    for (const Written &other : parts)
      if (part.overlaps(other))
        return object.emitOpError("(C1) of cmflow.graph: @")
               << other.name() << " and @" << part.name()
               << " write the same elements";
    parts.push_back(part);
  }
  return success();
}
