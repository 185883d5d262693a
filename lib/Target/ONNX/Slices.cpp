//===- Slices.cpp - Split and Slice ---------------------------------------===//
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

/// Sizes from the attribute before version 13, then from operand 1; without
/// them equal pieces, the last of which may be smaller.
static llvm::Expected<Shape> splitSizes(Importer &in, const Node &node,
                                        int64_t extent) {
  auto sizes =
      node.hasInput(1) ? in.integers(node, 1) : node.intsAttribute("split");
  if (!sizes)
    return sizes.takeError();
  int64_t pieces = node.numOutputs();
  if (sizes->empty()) {
    auto number = node.intAttribute("num_outputs", pieces);
    if (!number)
      return number.takeError();
    if (*number != pieces)
      return node.error("attribute 'num_outputs' is {0}, but there are {1} "
                        "results",
                        *number, pieces);
    int64_t each = (extent + pieces - 1) / pieces;
    for (int64_t i = 0; i < pieces; ++i)
      sizes->push_back(std::min(each, extent - i * each));
  }
  int64_t sum = 0;
  bool valid = int64_t(sizes->size()) == pieces;
  for (int64_t size : *sizes) {
    valid &= size > 0 && size <= extent;
    sum += valid ? size : 0;
    valid &= sum <= extent;
  }
  if (!valid || sum != extent)
    return node.error("pieces of {0} do not fit an extent of {1} and {2} "
                      "results",
                      shapeText(*sizes), extent, pieces);
  return sizes;
}

static llvm::Error importSplit(Importer &in, const Node &node) {
  auto x = in.tensor(node, 0);
  if (!x)
    return x.takeError();
  auto axis = node.axisAttribute("axis", 0, x->rank());
  if (!axis)
    return axis.takeError();
  auto sizes = splitSizes(in, node, x->shape[*axis]);
  if (!sizes)
    return sizes.takeError();
  Box box = wholeBox(*x);
  for (auto [i, size] : llvm::enumerate(*sizes)) {
    box.sizes[*axis] = size;
    in.define(node, emitSlice(in, node, *x, box), i);
    box.starts[*axis] += size;
  }
  return llvm::Error::success();
}

namespace {
/// Of one axis.
struct Range {
  int64_t start = 0, end = 0, step = 1;
};
} // namespace

/// Starts, ends, axes and steps, attributes before version 10, then operands.
static llvm::Expected<std::array<Shape, 4>>
readRanges(Importer &in, const Node &node, int64_t rank) {
  std::array<Shape, 4> lists;
  const char *names[] = {"starts", "ends", "axes", "steps"};
  for (unsigned i : {0, 1, 2, 3}) {
    auto list = node.hasInput(i + 1) ? in.integers(node, i + 1)
                                     : node.intsAttribute(names[i]);
    if (!list)
      return list.takeError();
    lists[i] = *list;
  }
  auto &[starts, ends, axes, steps] = lists;
  if (axes.empty())
    axes = identityLayout(starts.size());
  if (steps.empty())
    steps.assign(starts.size(), 1);
  if (starts.size() != ends.size() || starts.size() != axes.size() ||
      starts.size() != steps.size() || int64_t(starts.size()) > rank)
    return node.error("{0} starts, {1} ends, {2} axes and {3} steps do not fit "
                      "together",
                      starts.size(), ends.size(), axes.size(), steps.size());
  return lists;
}

/// Clamped to an axis of `extent` elements, as ONNX says.
static Range clampRange(Range range, int64_t extent) {
  auto clamp = [&](int64_t v, int64_t least, int64_t most) {
    if (v < 0)
      v = v < -extent ? least : v + extent;
    return std::min(most, std::max(least, v));
  };
  if (range.step > 0) {
    range.start = clamp(range.start, 0, extent);
    range.end = clamp(range.end, 0, extent);
  } else {
    range.start = clamp(range.start, 0, extent - 1);
    range.end = clamp(range.end, -1, extent - 1);
  }
  return range;
}

/// Number of elements of a clamped range; the step is not 0.
static int64_t rangeSize(const Range &range) {
  int64_t span =
      range.step > 0 ? range.end - range.start : range.start - range.end;
  uint64_t step = range.step > 0 ? uint64_t(range.step)
                                 : uint64_t(0) - uint64_t(range.step);
  return span <= 0 ? 0 : int64_t((uint64_t(span) - 1) / step + 1);
}

static llvm::Error importSlice(Importer &in, const Node &node) {
  auto x = in.tensor(node, 0);
  if (!x)
    return x.takeError();
  auto lists = readRanges(in, node, x->rank());
  if (!lists)
    return lists.takeError();
  auto &[starts, ends, axes, steps] = *lists;
  Box box = wholeBox(*x);
  for (size_t i = 0; i < starts.size(); ++i) {
    auto axis = node.wrapAxis(axes[i], x->rank());
    if (!axis)
      return axis.takeError();
    if (steps[i] == 0)
      return node.error("step on axis {0} is 0", *axis);
    Range range = clampRange({starts[i], ends[i], steps[i]}, x->shape[*axis]);
    box.starts[*axis] = range.start;
    box.sizes[*axis] = rangeSize(range);
    box.steps[*axis] = box.sizes[*axis] == 1 ? 1 : range.step;
  }
  if (llvm::Error error = in.checkSize(node, box.sizes))
    return error;
  in.define(node, emitSlice(in, node, *x, box));
  return llvm::Error::success();
}

void onnx_import::addSliceHandlers(HandlerTable &table) {
  table["ai.onnx.Split"] = {
      importSplit, {1, 2, 65536}, {"axis", "num_outputs", "split"}};
  table["ai.onnx.Slice"] = {importSlice, {1, 5}, {"axes", "ends", "starts"}};
}
