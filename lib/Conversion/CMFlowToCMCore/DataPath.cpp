//===- DataPath.cpp - data path of one stage ------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContextBuilder.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace cm;
using namespace cm::control;
using namespace mlir;

/// A pool with the quantisation that all averages have.
template <typename OpTy>
static cmcore::PoolOp createAverage(OpBuilder &builder, OpTy op, StringRef kind,
                                    bool countIncludePad,
                                    bool unsignedRounding) {
  return cmcore::PoolOp::create(
      builder, op.getLoc(), op.getType(), kind, op.getObject(), op.getWindow(),
      op.getXScaleAttr(), op.getXZeroPointAttr(), op.getYScaleAttr(),
      op.getYZeroPointAttr(), countIncludePad, unsignedRounding,
      op.getMinimum(), op.getMaximum(), DenseF32ArrayAttr(),
      DenseF32ArrayAttr(), /*as_stored=*/false);
}

static cmcore::PoolOp createInterpolation(OpBuilder &builder,
                                          cmflow::InterpolateOp op) {
  return cmcore::PoolOp::create(
      builder, op.getLoc(), op.getType(), "interpolate", op.getObject(),
      op.getWindow(), op.getXScaleAttr(), op.getXZeroPointAttr(),
      op.getYScaleAttr(), op.getYZeroPointAttr(), /*count_include_pad=*/false,
      op.getUnsignedRounding(), op.getMinimum(), op.getMaximum(),
      op.getYWeightsAttr(), op.getXWeightsAttr(), op.getAsStored());
}

static cmcore::PoolOp createMax(OpBuilder &builder, cmflow::MaxPoolOp op) {
  return cmcore::PoolOp::create(builder, op.getLoc(), op.getType(), "max",
                                op.getObject(), op.getWindow(), FloatAttr(),
                                IntegerAttr(), FloatAttr(), IntegerAttr(),
                                /*count_include_pad=*/false,
                                /*unsigned_rounding=*/false, -128, 127,
                                DenseF32ArrayAttr(), DenseF32ArrayAttr(),
                                /*as_stored=*/false);
}

/// What an operation of a stage becomes.
static Operation *lower(OpBuilder &builder, Operation &op, IRMapping &values,
                        FlatSymbolRefAttr unit) {
  return llvm::TypeSwitch<Operation *, Operation *>(&op)
      .Case([&](cmflow::ReadOp read) {
        return cmcore::GatherOp::create(builder, op.getLoc(), read.getType(),
                                        read.getObject(), read.getWindow());
      })
      .Case([&](cmflow::MaxPoolOp pool) { return createMax(builder, pool); })
      .Case([&](cmflow::AveragePoolOp pool) {
        return createAverage(builder, pool, "average",
                             pool.getCountIncludePad(),
                             pool.getUnsignedRounding());
      })
      .Case([&](cmflow::GlobalAveragePoolOp pool) {
        return createAverage(builder, pool, "global_average", false, false);
      })
      .Case([&](cmflow::ReduceMeanOp pool) {
        return createAverage(builder, pool, "reduce_mean", false, false);
      })
      .Case([&](cmflow::InterpolateOp interpolation) {
        return createInterpolation(builder, interpolation);
      })
      .Case([&](cmflow::MvmOp mvm) {
        return cmcore::MvmOp::create(builder, op.getLoc(), mvm.getType(),
                                     values.lookup(mvm.getInput()), unit);
      })
      .Case([&](cmflow::WriteOp write) {
        return cmcore::SendOp::create(builder, op.getLoc(),
                                      values.lookup(write.getValue()),
                                      write.getObject(), write.getPixels());
      })
      .Default([&](Operation *other) { return builder.clone(*other, values); });
}

void control::createDataPath(OpBuilder &builder, cmflow::StageOp stage,
                             FlatSymbolRefAttr unit) {
  IRMapping values;
  for (Operation &op : stage.getBody().front()) {
    Operation *lowered = lower(builder, op, values, unit);
    for (StringRef name : {cmflow::tensorAttrName, cmflow::channelAttrName})
      if (Attribute attr = op.getAttr(name))
        lowered->setAttr(name, attr);
    values.map(op.getResults(), lowered->getResults());
  }
}
