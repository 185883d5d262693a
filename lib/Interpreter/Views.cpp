//===- Views.cpp - operations that move elements --------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"
#include "Positions.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "cm/Support/Error.h"

using namespace cm;
using namespace cm::interpreter;

/// Copies element `from` of x to element `to` of y, of the same type.
static void copyElement(const Tensor &x, int64_t from, Tensor &y, int64_t to) {
  unsigned size = elementSize(x.type);
  std::memcpy(&y.bytes[to * size], &x.bytes[from * size], size);
}

/// y[position] = x[source], where `locate(position, source)` finds the source.
template <typename Locate>
static Tensor view(const Tensor &x, Shape shape, Locate locate) {
  Tensor y(x.type, shape);
  std::vector<int64_t> source(x.shape.size());
  forEachPosition(shape, [&](Position position, int64_t k) {
    locate(position, llvm::MutableArrayRef<int64_t>(source));
    copyElement(x, indexOf(source, x.shape), y, k);
  });
  return y;
}

Tensor interpreter::reshape(const Tensor &x, Shape shape) {
  Tensor y = x;
  y.shape = shape.vec();
  return y;
}

Tensor interpreter::transpose(const Tensor &x, Shape permutation) {
  std::vector<int64_t> shape;
  for (int64_t axis : permutation)
    shape.push_back(x.shape[axis]);
  return view(x, shape,
              [&](Position position, llvm::MutableArrayRef<int64_t> source) {
                for (auto [i, axis] : llvm::enumerate(permutation))
                  source[axis] = position[i];
              });
}

Tensor interpreter::slice(const Tensor &x, Shape starts, Shape sizes,
                          Shape steps) {
  return view(x, sizes,
              [&](Position position, llvm::MutableArrayRef<int64_t> source) {
                for (size_t i = 0; i < source.size(); ++i)
                  source[i] = starts[i] + position[i] * steps[i];
              });
}

Tensor interpreter::concat(llvm::ArrayRef<const Tensor *> xs, int64_t axis,
                           Shape shape) {
  Tensor y(xs.front()->type, shape);
  AxisSplit split(shape, axis);
  size_t part = 0;
  for (int64_t outer = 0; outer < split.outer; ++outer)
    for (const Tensor *x : xs) {
      size_t size = x->bytes.size() / split.outer;
      std::memcpy(&y.bytes[part], &x->bytes[outer * size], size);
      part += size;
    }
  return y;
}

/// The coordinate of `extent` that stands at `coordinate`, perhaps outside;
/// nothing for a fill.
static int64_t padded(int64_t coordinate, int64_t extent, cmnn::PadMode mode) {
  if (mode == cmnn::PadMode::Edge)
    return std::clamp<int64_t>(coordinate, 0, extent - 1);
  if (coordinate < 0)
    return -coordinate;
  return coordinate < extent ? coordinate : 2 * (extent - 1) - coordinate;
}

static Tensor padConstant(const Tensor &x, Shape low, Shape shape,
                          llvm::ArrayRef<uint8_t> fill) {
  Tensor y(x.type, shape);
  for (size_t i = 0; i < y.bytes.size(); ++i)
    y.bytes[i] = fill[i % fill.size()];
  std::vector<int64_t> target(shape.size());
  forEachPosition(x.shape, [&](Position position, int64_t i) {
    for (size_t axis = 0; axis < target.size(); ++axis)
      target[axis] = position[axis] + low[axis];
    copyElement(x, i, y, indexOf(target, shape));
  });
  return y;
}

Tensor interpreter::pad(const Tensor &x, Shape low, Shape shape,
                        cmnn::PadMode mode, llvm::ArrayRef<uint8_t> fill) {
  if (mode == cmnn::PadMode::Constant)
    return padConstant(x, low, shape, fill);
  return view(x, shape,
              [&](Position position, llvm::MutableArrayRef<int64_t> source) {
                for (size_t i = 0; i < source.size(); ++i)
                  source[i] = padded(position[i] - low[i], x.shape[i], mode);
              });
}

Tensor interpreter::depthToSpace(const Tensor &x, int64_t block, bool crd) {
  int64_t channels = x.shape[3] / (block * block);
  std::vector<int64_t> shape = {x.shape[0], x.shape[1] * block,
                                x.shape[2] * block, channels};
  return view(
      x, shape, [&](Position position, llvm::MutableArrayRef<int64_t> source) {
        int64_t inBlock = position[1] % block * block + position[2] % block;
        source[0] = position[0];
        source[1] = position[1] / block;
        source[2] = position[2] / block;
        source[3] = crd ? position[3] * block * block + inBlock
                        : inBlock * channels + position[3];
      });
}

llvm::Expected<Tensor> interpreter::gather(const Tensor &table,
                                           const Tensor &ids, Shape shape) {
  Tensor y(table.type, shape);
  int64_t rows = table.shape[0];
  size_t rowSize = table.bytes.size() / rows;
  for (auto [i, id] : llvm::enumerate(ids.as<int64_t>())) {
    if (id < -rows || id >= rows)
      return makeError("expected an id of the {0} rows of the table, found {1}",
                       rows, id);
    std::memcpy(&y.bytes[i * rowSize],
                &table.bytes[(id < 0 ? id + rows : id) * rowSize], rowSize);
  }
  return y;
}
