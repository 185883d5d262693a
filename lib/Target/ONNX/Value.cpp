//===- Value.cpp - shapes, layouts and the order of elements --------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Value.h"
#include "llvm/ADT/Sequence.h"
#include <algorithm>
#include <cstring>
#include <numeric>

using namespace cm;
using namespace cm::onnx_import;

Shape onnx_import::identityLayout(int64_t rank) {
  Shape layout(rank);
  std::iota(layout.begin(), layout.end(), 0);
  return layout;
}

Shape onnx_import::imageLayout() { return {0, 2, 3, 1}; }

Shape onnx_import::heldShape(llvm::ArrayRef<int64_t> shape,
                             llvm::ArrayRef<int64_t> layout) {
  Shape held;
  for (int64_t axis : layout)
    held.push_back(shape[axis]);
  if (held.empty())
    held.push_back(1);
  return held;
}

Tensor onnx_import::renameAxes(const Tensor &x, llvm::ArrayRef<int64_t> perm) {
  Tensor y = x;
  for (auto [i, axis] : llvm::enumerate(perm))
    y.shape[i] = x.shape[axis];
  for (int64_t &axis : y.layout)
    axis = llvm::find(perm, axis) - perm.begin();
  return y;
}

Shape onnx_import::padRank(llvm::ArrayRef<int64_t> shape, size_t rank) {
  Shape padded(rank > shape.size() ? rank - shape.size() : 0, 1);
  padded.append(shape.begin(), shape.end());
  return padded;
}

std::optional<Shape> onnx_import::broadcastShapes(llvm::ArrayRef<int64_t> a,
                                                  llvm::ArrayRef<int64_t> b) {
  size_t rank = std::max(a.size(), b.size());
  Shape left = padRank(a, rank), right = padRank(b, rank);
  for (size_t i = 0; i < rank; ++i) {
    if (left[i] != right[i] && left[i] != 1 && right[i] != 1)
      return std::nullopt;
    if (left[i] == 1)
      left[i] = right[i];
  }
  return left;
}

std::optional<Shape> onnx_import::reshapedTo(llvm::ArrayRef<int64_t> shape,
                                             llvm::ArrayRef<int64_t> wanted,
                                             bool allowZero) {
  Shape extents(wanted);
  int64_t *open = nullptr;
  for (auto [i, extent] : llvm::enumerate(extents)) {
    bool kept = extent == 0 && !allowZero;
    if (extent < -1 || (extent == -1 && open) || (kept && i >= shape.size()))
      return std::nullopt;
    if (kept)
      extent = shape[i];
    if (extent == -1)
      open = &extent;
  }
  if (!open)
    return extents;
  *open = 1;
  std::optional<int64_t> others = countElements(extents);
  *open = others && *others != 0 ? *countElements(shape) / *others : 0;
  return extents;
}

bool onnx_import::isChannelBias(llvm::ArrayRef<int64_t> shape, int64_t channels,
                                size_t rank) {
  if (shape.size() > rank)
    return false;
  if (shape.empty())
    return true;
  return (shape.back() == channels || shape.back() == 1) &&
         llvm::all_of(shape.drop_back(), [](int64_t e) { return e == 1; });
}

llvm::ArrayRef<int64_t> onnx_import::shapeOf(const Item &item) {
  if (auto *tensor = std::get_if<Tensor>(&item))
    return tensor->shape;
  if (auto *plain = std::get_if<Constant>(&item))
    return plain->shape;
  return std::get<QuantisedConstant>(item).elements.shape;
}

//===----------------------------------------------------------------------===//
// Permutation
//===----------------------------------------------------------------------===//

namespace {
/// An axis of an array that is copied: extent and strides in elements.
struct Axis {
  int64_t extent, from, to;
};
} // namespace

/// Copies a box of two axes in blocks, so that both sides stay in the cache.
template <typename T>
static void copyPlane(const T *from, T *to, Axis a, Axis b) {
  constexpr int64_t kBlock = 32;
  for (int64_t i0 = 0; i0 < a.extent; i0 += kBlock)
    for (int64_t j0 = 0; j0 < b.extent; j0 += kBlock)
      for (int64_t i = i0, iEnd = std::min(a.extent, i0 + kBlock); i < iEnd;
           ++i)
        for (int64_t j = j0, jEnd = std::min(b.extent, j0 + kBlock); j < jEnd;
             ++j)
          to[i * a.to + j * b.to] = from[i * a.from + j * b.from];
}

template <typename T>
static void copyAxes(const T *from, T *to, llvm::ArrayRef<Axis> axes) {
  if (axes.size() == 2)
    return copyPlane(from, to, axes[0], axes[1]);
  for (int64_t i = 0; i < axes[0].extent; ++i)
    copyAxes(from + i * axes[0].from, to + i * axes[0].to, axes.drop_front());
}

template <typename T>
static void permuteElements(const char *from, llvm::ArrayRef<int64_t> shape,
                            llvm::ArrayRef<int64_t> layout, char *to) {
  Shape strides(shape.size(), 1);
  for (int64_t i = int64_t(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  // In the order of `to`, without axes of extent 1, adjacent ones joined.
  llvm::SmallVector<Axis> axes;
  for (int64_t axis : layout) {
    if (shape[axis] == 1)
      continue;
    Axis next = {shape[axis], strides[axis], 0};
    if (!axes.empty() && axes.back().from == next.from * next.extent)
      axes.back() = {axes.back().extent * next.extent, next.from, 0};
    else
      axes.push_back(next);
  }
  int64_t stride = 1;
  for (Axis &axis : llvm::reverse(axes)) {
    axis.to = stride;
    stride *= axis.extent;
  }
  while (axes.size() < 2)
    axes.insert(axes.begin(), {1, 0, 0});
  // The axis that is contiguous in `from` goes into the plane.
  auto contiguous = llvm::find_if(axes, [](Axis a) { return a.from == 1; });
  if (contiguous != axes.end() && contiguous + 1 != axes.end())
    std::rotate(contiguous, contiguous + 1, axes.end() - 1);
  copyAxes(reinterpret_cast<const T *>(from), reinterpret_cast<T *>(to), axes);
}

void onnx_import::permute(const char *from, unsigned size,
                          llvm::ArrayRef<int64_t> shape,
                          llvm::ArrayRef<int64_t> layout, char *to) {
  if (llvm::is_contained(shape, 0))
    return;
  if (size == 1)
    permuteElements<uint8_t>(from, shape, layout, to);
  else if (size == 2)
    permuteElements<uint16_t>(from, shape, layout, to);
  else if (size == 4)
    permuteElements<uint32_t>(from, shape, layout, to);
  else
    permuteElements<uint64_t>(from, shape, layout, to);
}
