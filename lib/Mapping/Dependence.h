//===- Dependence.h - who needs whom, in ranks ------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The dependences of one stream as tables of ranks, for the schedule's longest
// paths and spans. They are computed by enumeration: in time proportional to
// the reader's iterations times the pixels of its window.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MAPPING_DEPENDENCE_H
#define CM_LIB_MAPPING_DEPENDENCE_H

#include "cm/Poly/Access.h"
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

namespace cm {

/// A pixel (y * width + x) and the iteration that does something to it.
struct PixelRank {
  int32_t pixel = 0, rank = 0;
};

struct Dependence {
  /// For each reader iteration the last writer iteration of which it reads
  /// something; -1: none.
  std::vector<int32_t> lastWriter;
  /// The pixels that are written, in ascending order, and by which iteration.
  std::vector<PixelRank> writes;
  /// The pixels of which the reader reads channels of the writer, in ascending
  /// order, and the last iteration that does.
  std::vector<PixelRank> lastReads;
};

/// Computes each geometry once: channels matter only as far as a pixel of a
/// window is read or not.
class DependenceCache {
public:
  const Dependence &get(const Domain &writer, const PixelWrite &write,
                        const Extent &object, const Domain &reader,
                        const std::vector<Window> &windows);

private:
  /// Pixels of a window, relative to its first, of which channels of the writer
  /// are taken; in (ky, kx) order.
  struct Footprint {
    Footprint(const Window &window, const PixelWrite &write);
    bool operator<(const Footprint &other) const {
      return std::tie(strideY, strideX, offsetY, offsetX, pixels) <
             std::tie(other.strideY, other.strideX, other.offsetY,
                      other.offsetX, other.pixels);
    }

    int64_t strideY, strideX, offsetY, offsetX;
    std::vector<std::pair<int64_t, int64_t>> pixels;
  };
  using Key = std::tuple<Domain, int64_t, int64_t, int64_t, int64_t, int64_t,
                         int64_t, int64_t, Domain, std::vector<Footprint>>;

  void addWrites(const Domain &writer, const PixelWrite &write,
                 const Extent &object, Dependence &result);
  void addReads(const Footprint &window, const Extent &object,
                const Domain &reader, Dependence &result);

  // By pixel, of the geometry at hand; -1: none.
  std::vector<int32_t> writerOf, lastReaderOf;
  int64_t readBegin = 0, readEnd = 0; // pixels with a last reader

  std::map<Key, Dependence> known;
};

} // namespace cm

#endif // CM_LIB_MAPPING_DEPENDENCE_H
