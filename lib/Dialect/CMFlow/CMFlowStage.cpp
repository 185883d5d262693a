//===- CMFlowStage.cpp - verifiers of what a stage holds ------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Verify.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace cm;
using namespace cm::cmflow;
using namespace mlir;

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

static bool isVector(Type type, ArrayRef<unsigned> widths) {
  auto vector = dyn_cast<VectorType>(type);
  return vector && vector.getRank() == 1 &&
         llvm::any_of(widths, [&](unsigned width) {
           return vector.getElementType().isSignlessInteger(width);
         });
}

static bool isKnown(Operation &op) {
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    return isVector(constant.getType(), {8, 32}) &&
           isa<DenseIntElementsAttr>(constant.getValue());
  if (auto sum = dyn_cast<arith::AddIOp>(op))
    return isVector(sum.getType(), {32});
  return isa<AccessOpInterface, MvmOp, DepthwiseOp, SubtractZeroPointsOp,
             RequantizeOp, AddQuantizedOp, MulQuantizedOp, LookupOp, ShuffleOp,
             SoftmaxOp, LayerNormOp, MultiplyMatrixOp, ConstantsOp, WriteOp>(
      op);
}

LogicalResult cmflow::verifyOperations(StageOp stage) {
  for (Operation &op : stage.getBody().front())
    if (!isKnown(op))
      return op.emitOpError("(C7) of cmflow.stage: expected an operation of "
                            "cmflow, a constant vector of i8 or i32, or a sum "
                            "of vectors of i32");
  return success();
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

/// Whether each of `count` windows has an element of [0, extent) on one axis.
static bool everyWindowMeets(int64_t extent, int64_t count, int64_t kernel,
                             int64_t stride, int64_t offset, int64_t dilation) {
  // From 0 on the first element is the one that has to be inside.
  if ((count - 1) * stride + offset >= extent)
    return false;
  for (int64_t first = offset, o = 0; first < 0 && o < count;
       first += stride, ++o) {
    int64_t skipped = (-first + dilation - 1) / dilation;
    if (skipped >= kernel || first + skipped * dilation >= extent)
      return false;
  }
  return true;
}

LogicalResult cmflow::verifyWindows(StageOp stage, AccessOpInterface pool,
                                    ObjectOp object) {
  Window w = pool.getReadRelation().toWindow();
  Domain domain = stage.getDomainBox();
  Extent extent = object.getExtent();
  if (everyWindowMeets(extent.h, domain.h, w.kernelY, w.strideY, w.offsetY,
                       w.dilationY) &&
      everyWindowMeets(extent.w, domain.w, w.kernelX, w.strideX, w.offsetX,
                       w.dilationX))
    return success();
  return pool->emitOpError("(C4) expected a pixel of @")
         << object.getSymName() << " in the window of each iteration";
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

static int64_t countElements(TensorAttr tensor) {
  int64_t count = 1;
  for (int64_t extent : tensor.getHostShape())
    count *= extent;
  return count;
}

/// The list of `op`, whose form is right, or a diagnostic.
static FailureOr<ArrayAttr> listOf(Operation &op) {
  auto names = op.getAttrOfType<ArrayAttr>(tensorAttrName);
  if (!names || names.empty() ||
      !llvm::all_of(names, llvm::IsaPred<TensorAttr>))
    return op.emitOpError("(C8) of cmflow.stage: expected 'cm.tensor' to be an "
                          "array of #cmflow.tensor, found ")
           << op.getAttr(tensorAttrName);
  int64_t count = countElements(cast<TensorAttr>(names[0]));
  for (Attribute name : names)
    if (countElements(cast<TensorAttr>(name)) != count)
      return op.emitOpError("(C8) of cmflow.stage: expected names of ")
             << count << " elements, found " << name;
  return names;
}

/// The value is a pixel of the tensor, or the channels that the stage writes;
/// or as many such pixels as the stage writes at once.
static LogicalResult verifyShare(Operation &op, StageOp stage, ObjectOp object,
                                 TensorAttr name) {
  if (op.getNumResults() != 1 || !isVector(op.getResult(0).getType(), {8}))
    return success();
  int64_t pixels = object.getExtent().h * object.getExtent().w;
  int64_t count = countElements(name), channels = count / pixels;
  int64_t length = cast<VectorType>(op.getResult(0).getType()).getNumElements();
  PixelsAttr written = stage.getWrite().getPixels();
  int64_t atOnce = written.getCount() * written.getRows();
  bool isWhole = length % atOnce == 0;
  length /= atOnce;
  int64_t begin =
      firstChannel(&op, length == channels ? 0 : written.getChannels()[0]);
  if (isWhole && channels * pixels == count && begin >= 0 &&
      begin + length <= channels)
    return success();
  return op.emitOpError("(C8) of cmflow.stage: expected a tensor of ")
         << pixels << " pixels of at least " << length << " elements, as @"
         << object.getSymName() << " has, found " << name;
}

int64_t cmflow::firstChannel(Operation *named, int64_t written) {
  auto attr = named->getAttrOfType<IntegerAttr>(channelAttrName);
  return attr ? attr.getInt() : written;
}

LogicalResult cmflow::verifyNames(mlir::SymbolTable &symbols, GraphOp graph) {
  llvm::DenseMap<StringRef, ArrayAttr> known;
  for (StageOp stage : graph.getBody().getOps<StageOp>()) {
    auto object = symbols.lookup<ObjectOp>(stage.getWrite().getObject());
    for (Operation &op : stage.getBody().front()) {
      if (!op.hasAttr(tensorAttrName))
        continue;
      FailureOr<ArrayAttr> names = listOf(op);
      if (failed(names))
        return failure();
      auto first = cast<TensorAttr>((*names)[0]);
      if (failed(verifyShare(op, stage, object, first)))
        return failure();
      ArrayAttr other =
          known.try_emplace(first.getName(), *names).first->second;
      if (other != *names)
        return op.emitOpError("(C8) of cmflow.stage: expected ")
               << other << " as another operation names it, found " << *names;
    }
  }
  return success();
}
