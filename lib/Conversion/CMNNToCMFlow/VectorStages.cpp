//===- VectorStages.cpp - pools and vector operations ---------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StageEmitter.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace cm;
using namespace cm::partition;
using namespace mlir;

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

template <typename OpTy> static Window poolWindow(OpTy op) {
  Window window = Window::whole(op.getKernel()[0], op.getKernel()[1],
                                extentOf(op.getX()).c);
  window.strideY = op.getStrides()[0], window.strideX = op.getStrides()[1];
  window.offsetY = -op.getPads()[0], window.offsetX = -op.getPads()[1];
  window.dilationY = op.getDilations()[0];
  window.dilationX = op.getDilations()[1];
  return window;
}

Value StageEmitter::emitPool(Operation *op) {
  StringRef object = objectOf(op->getOperand(0)).getSymName();
  Extent extent = extentOf(resolve(op->getOperand(0)));
  Type type = vectorType(extent.c, 8);
  auto attrOf = [&](const Window &window) {
    return cmflow::WindowAttr::fromWindow(builder.getContext(), window);
  };
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](cmnn::MaxPoolOp pool) {
        return cmflow::MaxPoolOp::create(builder, loc, type, object,
                                         attrOf(poolWindow(pool)));
      })
      .Case([&](cmnn::AveragePoolOp pool) {
        Window window = poolWindow(pool);
        window.fill = pool.getXZeroPoint();
        return cmflow::AveragePoolOp::create(
            builder, loc, type, object, attrOf(window),
            APFloat(pool.getXScale()), pool.getXZeroPoint(),
            APFloat(pool.getYScale()), pool.getYZeroPoint(),
            pool.getCountIncludePad(), pool.getUnsignedRounding(),
            pool.getMinimum(), pool.getMaximum());
      })
      .Case([&](cmnn::GlobalAveragePoolOp pool) {
        return cmflow::GlobalAveragePoolOp::create(
            builder, loc, type, object,
            attrOf(Window::whole(extent.h, extent.w, extent.c)),
            APFloat(pool.getXScale()), pool.getXZeroPoint(),
            APFloat(pool.getYScale()), pool.getYZeroPoint(), pool.getMinimum(),
            pool.getMaximum());
      });
}

//===----------------------------------------------------------------------===//
// Vector operations
//===----------------------------------------------------------------------===//

/// docs/Numerics.md, "`requantize`".
static SmallVector<int8_t> requantizeTable(cmnn::RequantizeOp op) {
  float xScale = op.getXScale();
  float yScale = op.getYScale();
  SmallVector<int8_t> table;
  for (int value = -128; value < 128; ++value) {
    float real = static_cast<float>(value - op.getXZeroPoint()) * xScale;
    float scaled =
        std::nearbyint(real / yScale) + static_cast<float>(op.getYZeroPoint());
    table.push_back(
        std::clamp<float>(scaled, op.getMinimum(), op.getMaximum()));
  }
  return table;
}

Value StageEmitter::emitVectorOp(Operation *op, Value chained, Value current,
                                 Range range) {
  auto operand = [&](Value tensor) {
    return resolve(tensor) == chained ? current : readPixel(tensor, range);
  };
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](cmnn::AddOp add) {
        Value a = operand(add.getA()), b = operand(add.getB());
        return cmflow::AddQuantizedOp::create(
            builder, loc, a, b, APFloat(add.getAScale()), add.getAZeroPoint(),
            APFloat(add.getBScale()), add.getBZeroPoint(),
            APFloat(add.getYScale()), add.getYZeroPoint(),
            add.getUnsignedRounding(), add.getMinimum(), add.getMaximum());
      })
      .Case([&](cmnn::RequantizeOp requantize) {
        return cmflow::LookupOp::create(builder, loc,
                                        operand(requantize.getX()),
                                        requantizeTable(requantize));
      })
      .Case([&](cmnn::SoftmaxOp softmax) {
        return cmflow::SoftmaxOp::create(
            builder, loc, operand(softmax.getX()), APFloat(softmax.getXScale()),
            APFloat(softmax.getYScale()), softmax.getYZeroPoint());
      });
}

Value StageEmitter::emitTail(const Layer &layer, Value value, Range range) {
  Value tensor = layer.head->getResult(0);
  for (Operation *op : layer.fused) {
    value = emitVectorOp(op, tensor, value, range);
    tensor = op->getResult(0);
    setNames(value, tensor);
  }
  return value;
}
