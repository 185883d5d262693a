//===- AxisRules.h - control rules one axis at a time -----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where what a stage reads and writes is a product of rows and columns, so are
// the relations of the rules, and the greatest pair is the pair of the
// greatest. One axis at a time is ten times faster, and copies of layers share
// axes.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_ANALYSIS_AXISRULES_H
#define CM_LIB_ANALYSIS_AXISRULES_H

#include "cm/Analysis/Control.h"

namespace cm {

/// Iteration d reads locations d * stride + offset + k * dilation, k < kernel.
struct AxisWindow {
  int64_t kernel, stride, offset, dilation;

  bool operator==(const AxisWindow &other) const {
    return std::tie(kernel, stride, offset, dilation) ==
           std::tie(other.kernel, other.stride, other.offset, other.dilation);
  }
};

/// One axis of a stream: iteration e of the writer writes `pixels` locations
/// from e * stride + offset on.
struct AxisStream {
  int64_t writers, stride, offset, pixels;
  int64_t extent; // of the object
  int64_t readers;
  std::vector<AxisWindow> reads;

  std::string key() const;
};

/// The writer's iterations `begin <= first location < end` overwrite what is
/// `shift` locations further.
struct AxisOccupant {
  int64_t begin, end, shift;
};

/// The two axes of a stream, where its reads are a product and meet channels of
/// the writer; nothing where they are no product.
struct AxisSplit {
  bool meets = true; // some window reads channels that the writer writes
  AxisStream y, x;
};
std::optional<AxisSplit> splitAxes(const StreamAccess &stream);

/// Of one axis: the last iteration of the writer that iterations up to d of the
/// reader need.
llvm::Expected<Piecewise> axisFire(PolyContext &context,
                                   const AxisStream &axis);
/// Of one axis: the last iteration of the reader that reads what iterations up
/// to d of the writer overwrite.
llvm::Expected<Piecewise> axisCredit(PolyContext &context,
                                     const AxisStream &axis,
                                     const AxisOccupant &occupant);

/// weight * y(d0) + x(d1) + constant.
Piecewise combineAxes(const Piecewise &y, const Piecewise &x, int64_t weight,
                      int64_t constant);

} // namespace cm

#endif // CM_LIB_ANALYSIS_AXISRULES_H
