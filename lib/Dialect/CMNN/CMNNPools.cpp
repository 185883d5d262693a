//===- CMNNPools.cpp - verifiers of pools and reductions ------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rules.h"
#include "cm/Dialect/CMNN/CMNNShapes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace cm::cmnn;

/// (C4) and (C6).
template <typename PoolOp> static LogicalResult verifyPool(PoolOp op) {
  RankedTensorType x = op.getX().getType(), y = op.getY().getType();
  WindowGeometry geometry{op.getKernel(), op.getStrides(), op.getDilations(),
                          op.getPads()};
  if (failed(verifyResultShape(op, inferPoolType(x, geometry), y,
                               "a window that fits into the padded image")))
    return failure();
  for (unsigned axis : {0, 1})
    if (!everyWindowMeetsImage(x.getDimSize(axis + 1), y.getDimSize(axis + 1),
                               op.getKernel()[axis], op.getStrides()[axis],
                               op.getDilations()[axis], op.getPads()[axis]))
      return op.emitOpError("(C6) expects every window to hold a pixel of the "
                            "image, found one on axis ")
             << axis + 1 << " that holds padding only";
  return success();
}

LogicalResult MaxPoolOp::verify() { return verifyPool(*this); }

LogicalResult AveragePoolOp::verify() { return verifyPool(*this); }

LogicalResult AveragePoolFixedOp::verify() { return verifyPool(*this); }

cm::Window MaxPoolOp::getWindow(unsigned, const cm::Extent &stored,
                                const Lattice &) {
  return kernelWindow(getKernel(), *this, stored.c);
}

cm::Window AveragePoolOp::getWindow(unsigned, const cm::Extent &stored,
                                    const Lattice &) {
  cm::Window window = kernelWindow(getKernel(), *this, stored.c);
  window.fill = getXZeroPoint();
  return window;
}

bool AveragePoolOp::isGlobal() {
  return getKernel() == getX().getType().getShape().slice(1, 2) &&
         llvm::all_of(getPads(), [](int64_t pad) { return pad == 0; });
}

LogicalResult GlobalAveragePoolOp::verify() {
  RankedTensorType x = getX().getType();
  return verifyResultShape(*this, inferReduceType(x, {1, 2}), getY().getType(),
                           "");
}

/// All pixels at once.
static cm::Window wholeImage(const cm::Extent &stored) {
  return cm::Window::whole(stored.h, stored.w, stored.c);
}

cm::Window GlobalAveragePoolOp::getWindow(unsigned, const cm::Extent &stored,
                                          const Lattice &) {
  return wholeImage(stored);
}

/// (C4) and (C7).
template <typename ReduceOp> static LogicalResult verifyReduce(ReduceOp op) {
  RankedTensorType x = op.getX().getType();
  int64_t last = -1;
  for (int64_t axis : op.getAxes()) {
    if (failed(verifyAxis(op, axis, x)))
      return failure();
    if (axis <= last)
      return op.emitOpError("(C7) expects axes in ascending order, found [")
             << op.getAxes() << "]";
    last = axis;
  }
  return verifyResultShape(op, inferReduceType(x, op.getAxes()),
                           op.getY().getType(), "");
}

LogicalResult ReduceMeanOp::verify() { return verifyReduce(*this); }
LogicalResult ReduceSumOp::verify() { return verifyReduce(*this); }
LogicalResult ReduceMaxOp::verify() { return verifyReduce(*this); }

/// Whether the axes are those of all pixels, or tokens.
template <typename ReduceOp> static bool reducesPixels(ReduceOp op) {
  int64_t rank = op.getX().getType().getRank();
  return rank > 2 && llvm::equal(op.getAxes(), llvm::seq<int64_t>(1, rank - 1));
}

bool ReduceMeanOp::hasStageForm() { return reducesPixels(*this); }
bool ReduceMaxOp::hasStageForm() { return reducesPixels(*this); }

cm::Window ReduceMeanOp::getWindow(unsigned, const cm::Extent &stored,
                                   const Lattice &) {
  return wholeImage(stored);
}

cm::Window ReduceMaxOp::getWindow(unsigned, const cm::Extent &stored,
                                  const Lattice &) {
  return wholeImage(stored);
}
