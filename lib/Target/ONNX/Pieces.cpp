//===- Pieces.cpp - tensors that are cut and joined -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pieces.h"

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

Box onnx_import::wholeBox(const Tensor &x) {
  return {Shape(x.rank(), 0), x.shape, Shape(x.rank(), 1)};
}

Tensor onnx_import::emitSlice(Importer &in, const Node &node, const Tensor &x,
                        const Box &box) {
  if (box.sizes == x.shape && box.steps == Shape(x.rank(), 1))
    return x;
  Box held;
  for (int64_t axis : x.layout) {
    held.starts.push_back(box.starts[axis]);
    held.sizes.push_back(box.sizes[axis]);
    held.steps.push_back(box.steps[axis]);
  }
  cmnn::SliceOp::Properties properties;
  properties.starts = in.array(held.starts);
  properties.sizes = in.array(held.sizes);
  properties.steps = in.array(held.steps);
  return in.view(x, box.sizes, x.layout, [&](Value value, Type type) {
    return in.emit<cmnn::SliceOp>(node, type, value, properties);
  });
}

Value onnx_import::emitConcat(Importer &in, const Node &node, Type type,
                        ArrayRef<Value> pieces, int64_t heldAxis) {
  cmnn::ConcatOp::Properties properties;
  properties.axis = in.i64(heldAxis);
  return in.emit<cmnn::ConcatOp>(node, type, pieces, properties);
}

void onnx_import::addPieceHandlers(HandlerTable &table) {
  addConcatHandlers(table);
  addSliceHandlers(table);
  addPadHandlers(table);
  addGatherHandlers(table);
}
