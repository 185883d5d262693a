//===- StagePlan.h - a stage, ready to run ----------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Functional.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_FUNCTIONAL_STAGEPLAN_H
#define CM_LIB_FUNCTIONAL_STAGEPLAN_H

#include "cm/Dialect/CMFlow/CMFlowOps.h"
#include "llvm/ADT/DenseMap.h"
#include <functional>
#include <vector>

namespace cm::functional {

/// An object of one image. Elements in (y, x, c) order.
struct ObjectData {
  Extent extent;
  std::vector<int32_t> elements;
  std::vector<bool> isWritten;

  int64_t index(int64_t y, int64_t x, int64_t c) const {
    return (y * extent.w + x) * extent.c + c;
  }
};

/// Objects by their number in the graph.
using Objects = std::vector<ObjectData>;
using ObjectNumbers = llvm::DenseMap<mlir::StringRef, unsigned>;

/// The state of one iteration.
struct Frame {
  Objects &objects;
  int64_t d0 = 0, d1 = 0;
  std::vector<int32_t> values; // of all operations, one after the other
  std::string error;           // what went wrong, or empty
};

/// The elements of an operation's result in `Frame::values`.
struct Slice {
  size_t begin = 0, length = 0;
};

using Step = std::function<void(Frame &)>;

/// Part of a named tensor that a stage computes.
struct NamedValue {
  mlir::ArrayAttr names; // of TensorAttr
  Slice value;
  mlir::Operation *op = nullptr;
};

/// Channels of an object that a stage reads.
struct ObjectRead {
  unsigned object = 0;
  Window window;
};

struct StagePlan {
  std::string name;
  Domain domain;
  std::vector<ObjectRead> reads;
  unsigned writes = 0; // object
  PixelWrite write;
  Slice written;
  std::vector<Step> steps;
  std::vector<NamedValue> named;
  size_t numValues = 0;
};

/// A product of two operands.
Step makeMultiplyMatrix(cmflow::MultiplyMatrixOp op, Slice x, Slice m,
                        Slice result);
/// The constants of the pixel that `write` says.
Step makeConstants(cmflow::ConstantsOp op, const PixelWrite &write,
                   Slice result);

/// Prepares a stage of a verified graph.
StagePlan planStage(cmflow::StageOp stage, const ObjectNumbers &objects);

} // namespace cm::functional

#endif // CM_LIB_FUNCTIONAL_STAGEPLAN_H
