//===- Dependence.h - who needs whom, in ranks ------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The dependences of one stream in ranks, for the schedule's longest paths and
// spans. What is read is a union of products of rows and columns, so they are
// kept one axis at a time: copies of layers have thousands of streams, which
// share their axes. Tables of all iterations and pixels are made where they are
// looked at and not kept.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MAPPING_DEPENDENCE_H
#define CM_LIB_MAPPING_DEPENDENCE_H

#include "cm/Poly/Access.h"
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

namespace cm {

/// One axis of what a writer and a reader do to the locations of an object; -1:
/// nothing.
struct AxisDependence {
  std::vector<int32_t> lastWriter; // that an iteration of the reader needs
  std::vector<int32_t> lastReader; // of each location
};

struct Dependence {
  /// For each reader iteration the rank of the last writer iteration of which
  /// it reads something; -1: none.
  void lastWriters(std::vector<int32_t> &ranks) const;
  /// For each pixel (y * width + x) the rank of the iteration that writes it;
  /// -1: none.
  void writers(std::vector<int32_t> &ranks) const;
  /// For each pixel of which the reader reads channels of the writer the rank
  /// of the last iteration that does; -1: none.
  void lastReaders(std::vector<int32_t> &ranks) const;

  Domain writer, reader;
  const std::vector<int32_t> *writerOfRow = nullptr, *writerOfColumn = nullptr;
  /// Rows and columns of each part of what is read.
  std::vector<std::pair<const AxisDependence *, const AxisDependence *>> parts;
};

/// Computes each axis and each geometry once: channels matter only as far as a
/// pixel of a window is read or not.
class DependenceCache {
public:
  const Dependence &get(const Domain &writer, const PixelWrite &write,
                        const Extent &object, const Domain &reader,
                        const std::vector<Window> &windows);

private:
  /// Iteration e of `writers` writes `pixels` locations of `extent` from e *
  /// stride + offset on.
  struct Writes {
    int64_t writers, stride, offset, pixels, extent;
    auto key() const {
      return std::tie(writers, stride, offset, pixels, extent);
    }
    bool operator<(const Writes &other) const { return key() < other.key(); }
  };
  /// Iteration d of `readers` reads locations d * stride + offset + k *
  /// dilation, k < kernel.
  struct Reads {
    int64_t readers, kernel, stride, offset, dilation;
    auto key() const {
      return std::tie(readers, kernel, stride, offset, dilation);
    }
    bool operator<(const Reads &other) const { return key() < other.key(); }
  };
  using Axis = std::pair<Writes, Reads>;
  /// The readers stand in the parts, of which there may be none.
  using Readers = std::pair<int64_t, int64_t>;
  using Key =
      std::tuple<Writes, Writes, Readers, std::vector<std::pair<Axis, Axis>>>;

  const std::vector<int32_t> &writersOf(const Writes &writes);
  const AxisDependence &axisOf(const Axis &axis);

  std::map<Writes, std::vector<int32_t>> writers;
  std::map<Axis, AxisDependence> axes;
  std::map<Key, Dependence> known;
};

} // namespace cm

#endif // CM_LIB_MAPPING_DEPENDENCE_H
