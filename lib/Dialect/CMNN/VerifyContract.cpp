//===- VerifyContract.cpp - what the conversion to cmflow relies on -------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMNN/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace cm::cmnn {
#define GEN_PASS_DEF_VERIFYCONTRACT
#include "cm/Dialect/CMNN/Passes.h.inc"
} // namespace cm::cmnn

using namespace cm::cmnn;

static bool isImageOrVector(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape() &&
         tensor.getElementType().isSignlessInteger(8) &&
         (tensor.getRank() == 4 || tensor.getRank() == 2) &&
         tensor.getDimSize(0) == 1 && tensor.getNumElements() > 0;
}

/// (N1)
static LogicalResult verifyFunction(func::FuncOp function) {
  if (function.getSymName() != "main" || !function.getBody().hasOneBlock())
    return function.emitOpError(
        "(N1) expects one function 'main' of one block");
  FunctionType type = function.getFunctionType();
  if (type.getNumInputs() == 0 || type.getNumResults() == 0)
    return function.emitOpError("(N1) expects at least one argument and one "
                                "result, found ")
           << type.getNumInputs() << " and " << type.getNumResults();
  for (Type port :
       llvm::concat<const Type>(type.getInputs(), type.getResults()))
    if (!isImageOrVector(port))
      return function.emitOpError("(N1) expects int8 tensors 1xHxWxC or 1xC, "
                                  "found ")
             << port;
  return success();
}

/// The extents of the object that a tensor is: a vector is 1x1xC.
static SmallVector<int64_t> objectExtents(RankedTensorType type) {
  if (type.getRank() == 2)
    return {1, 1, type.getDimSize(1)};
  return llvm::to_vector(type.getShape().drop_front());
}

/// (N4)
static LogicalResult verifyReshape(ReshapeOp op) {
  RankedTensorType x = op.getX().getType(), y = op.getY().getType();
  if (isImageOrVector(x) && isImageOrVector(y)) {
    if (objectExtents(x) == objectExtents(y))
      return success();
    if (y.getRank() == 2 && llvm::all_of(op->getUsers(), [](Operation *user) {
          return isa<MatMulOp, func::ReturnOp>(user);
        }))
      return success();
  }
  return op.emitOpError("(N4) expects a reshape between 1x1x1xC and 1xC, or "
                        "one that flattens an image for products, found ")
         << x << " to " << y;
}

/// (N2) to (N5)
static LogicalResult verifyOperation(Operation *op) {
  if (auto transpose = dyn_cast<TransposeOp>(op))
    return transpose.emitOpError("(N3) expects no transpose but before a "
                                 "product, where it goes into the weight");
  if (auto reshape = dyn_cast<ReshapeOp>(op))
    return verifyReshape(reshape);
  auto pool = dyn_cast<AveragePoolOp>(op);
  if (pool && pool.isGlobal())
    return pool.emitOpError("(N5) expects a pool of the whole image to be a "
                            "cmnn.global_average_pool; run cmnn-normalise");
  if (isa<CMNNDialect>(op->getDialect()))
    return success();
  return op->emitOpError("(N2) expects operations of cmnn only");
}

namespace {
class VerifyContractPass
    : public cm::cmnn::impl::VerifyContractBase<VerifyContractPass> {
  void runOnOperation() override {
    if (failed(verifyModule(getOperation())))
      signalPassFailure();
    markAllAnalysesPreserved();
  }

  static LogicalResult verifyModule(ModuleOp module) {
    auto functions = llvm::to_vector(module.getOps<func::FuncOp>());
    if (functions.size() != 1)
      return module.emitOpError("(N1) expects one function 'main', found ")
             << functions.size() << " functions";
    if (failed(verifyFunction(functions.front())))
      return failure();
    for (Operation &op : functions.front().front().without_terminator())
      if (failed(verifyOperation(&op)))
        return failure();
    return success();
  }
};
} // namespace
