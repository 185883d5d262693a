//===- Fold.cpp - operators that move elements of constants ---------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fold.h"
#include "Value.h"
#include <cstring>

using namespace cm;
using namespace cm::onnx_import;

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

llvm::Expected<const Constant *> FoldInputs::get(unsigned i) const {
  if (!has(i))
    return node.error("operand {0} is left out", i);
  return operands[i];
}

llvm::Expected<Shape> FoldInputs::integers(unsigned i,
                                           llvm::StringRef name) const {
  if (!has(i))
    return node.intsAttribute(name);
  const Constant &list = *operands[i];
  if ((list.type != ElementType::Int64 && list.type != ElementType::Int32) ||
      list.shape.size() > 1)
    return node.error("operand '{0}' is {1}, expected a list of int64",
                      node.input(i), list.describe());
  Shape values;
  for (int64_t k = 0; k < list.size(); ++k)
    values.push_back(list.integerAt(k));
  return values;
}

llvm::Expected<std::string>
FoldInputs::allocate(ElementType type, llvm::ArrayRef<int64_t> shape) const {
  constexpr int64_t kLimit = int64_t(1) << 26;
  std::optional<int64_t> count = countElements(shape);
  if (!count || *count > kLimit || shape.size() > kMaxRank)
    return node.error("constant result has shape {0}, expected at most 2^26 "
                      "elements and {1} axes",
                      shapeText(shape), kMaxRank);
  return std::string(*count * elementSize(type), '\0');
}

Constant onnx_import::makeFolded(ElementType type,
                                 llvm::ArrayRef<int64_t> shape,
                                 std::string bytes) {
  Constant result;
  result.type = type;
  result.shape.assign(shape.begin(), shape.end());
  result.bytes = std::make_shared<const std::string>(std::move(bytes));
  return result;
}

/// The operand's elements under another shape.
static llvm::Expected<Constant> reshaped(const FoldInputs &in,
                                         llvm::ArrayRef<int64_t> shape) {
  const Constant &x = *in.operands[0];
  if (countElements(shape) != x.size() || shape.size() > kMaxRank)
    return in.node.error(
        "shape {0} cannot become {1}: expected as many elements",
        shapeText(x.shape), shapeText(shape));
  Constant result = x;
  result.name.clear();
  result.shape.assign(shape.begin(), shape.end());
  return result;
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

static llvm::Expected<Constant> foldShape(const FoldInputs &in) {
  auto x = in.get(0);
  if (!x)
    return x.takeError();
  auto start = in.node.intAttribute("start", 0);
  if (!start)
    return start.takeError();
  int64_t rank = (*x)->shape.size();
  auto end = in.node.intAttribute("end", rank);
  if (!end)
    return end.takeError();
  auto clamp = [&](int64_t axis) {
    axis = std::min(rank, std::max(-rank, axis));
    return axis < 0 ? axis + rank : axis;
  };
  int64_t first = clamp(*start), last = std::max(first, clamp(*end));
  return Constant::make<int64_t>(
      ElementType::Int64, {last - first},
      llvm::ArrayRef<int64_t>((*x)->shape).slice(first, last - first));
}

static llvm::Expected<Constant> foldReshape(const FoldInputs &in) {
  auto x = in.get(0);
  if (!x)
    return x.takeError();
  auto shape = in.integers(1, "shape");
  if (!shape)
    return shape.takeError();
  auto zeros = in.node.intAttribute("allowzero", 0);
  if (!zeros)
    return zeros.takeError();
  auto extents = reshapedTo((*x)->shape, *shape, *zeros != 0);
  if (!extents)
    return in.node.error("shape {0} is not valid for an operand of {1}",
                         shapeText(*shape), shapeText((*x)->shape));
  return reshaped(in, *extents);
}

static llvm::Expected<Constant> foldFlatten(const FoldInputs &in) {
  auto x = in.get(0);
  if (!x)
    return x.takeError();
  auto axis = in.node.intAttribute("axis", 1);
  if (!axis)
    return axis.takeError();
  int64_t rank = (*x)->shape.size();
  int64_t at =
      std::min(rank, std::max<int64_t>(0, *axis < 0 ? *axis + rank : *axis));
  llvm::ArrayRef<int64_t> shape = (*x)->shape;
  return reshaped(in, {*countElements(shape.take_front(at)),
                       *countElements(shape.drop_front(at))});
}

static llvm::Expected<Constant> foldSqueeze(const FoldInputs &in) {
  auto x = in.get(0);
  if (!x)
    return x.takeError();
  auto axes = in.integers(1, "axes");
  if (!axes)
    return axes.takeError();
  int64_t rank = (*x)->shape.size();
  llvm::SmallVector<bool> dropped(rank, false);
  for (int64_t axis : *axes) {
    auto wrapped = in.node.wrapAxis(axis, rank);
    if (!wrapped)
      return wrapped.takeError();
    dropped[*wrapped] = true;
  }
  Shape shape;
  for (int64_t axis = 0; axis < rank; ++axis)
    if (axes->empty() ? (*x)->shape[axis] != 1 : !dropped[axis])
      shape.push_back((*x)->shape[axis]);
  return reshaped(in, shape);
}

static llvm::Expected<Constant> foldUnsqueeze(const FoldInputs &in) {
  auto x = in.get(0);
  if (!x)
    return x.takeError();
  auto axes = in.integers(1, "axes");
  if (!axes)
    return axes.takeError();
  if (axes->size() > kMaxRank)
    return in.node.error("has {0} axes, expected at most {1}", axes->size(),
                         kMaxRank);
  int64_t rank = (*x)->shape.size() + axes->size();
  for (int64_t &axis : *axes) {
    auto wrapped = in.node.wrapAxis(axis, rank);
    if (!wrapped)
      return wrapped.takeError();
    axis = *wrapped;
  }
  llvm::sort(*axes);
  Shape shape = (*x)->shape;
  for (int64_t axis : *axes)
    shape.insert(shape.begin() + std::min<int64_t>(axis, shape.size()), 1);
  return reshaped(in, shape);
}

static llvm::Expected<Constant> foldTranspose(const FoldInputs &in) {
  auto x = in.get(0);
  if (!x)
    return x.takeError();
  auto perm = in.node.intsAttribute("perm");
  if (!perm)
    return perm.takeError();
  Shape identity = identityLayout((*x)->shape.size());
  if (!in.node.hasAttribute("perm"))
    perm->assign(identity.rbegin(), identity.rend());
  Shape sorted = *perm;
  llvm::sort(sorted);
  if (sorted != identity)
    return in.node.error("attribute 'perm' is {0}, expected the {1} axes of "
                         "the operand in some order",
                         shapeText(*perm), identity.size());
  Shape shape;
  for (int64_t axis : *perm)
    shape.push_back((*x)->shape[axis]);
  std::string bytes((*x)->bytes->size(), '\0');
  permute((*x)->bytes->data(), elementSize((*x)->type), (*x)->shape, *perm,
          bytes.data());
  return makeFolded((*x)->type, shape, std::move(bytes));
}

//===----------------------------------------------------------------------===//
// Pieces
//===----------------------------------------------------------------------===//

/// Elements before and from an axis on, as counts.
static std::pair<int64_t, int64_t> around(llvm::ArrayRef<int64_t> shape,
                                          int64_t axis) {
  return {*countElements(shape.take_front(axis)),
          *countElements(shape.drop_front(axis + 1))};
}

static llvm::Expected<Constant> foldGather(const FoldInputs &in) {
  auto data = in.get(0);
  if (!data)
    return data.takeError();
  auto indices = in.get(1);
  if (!indices)
    return indices.takeError();
  const Constant &x = **data, &ids = **indices;
  auto axis = in.node.axisAttribute("axis", 0, x.shape.size());
  if (!axis)
    return axis.takeError();
  if (ids.type != ElementType::Int64 && ids.type != ElementType::Int32)
    return in.node.error("indices '{0}' are {1}, expected int64",
                         in.node.input(1), elementTypeName(ids.type));
  Shape shape(x.shape.begin(), x.shape.begin() + *axis);
  shape.append(ids.shape);
  shape.append(x.shape.begin() + *axis + 1, x.shape.end());
  auto bytes = in.allocate(x.type, shape);
  if (!bytes)
    return bytes.takeError();
  auto [outer, inner] = around(x.shape, *axis);
  int64_t row = inner * elementSize(x.type), extent = x.shape[*axis];
  char *to = bytes->data();
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t i = 0, count = ids.size(); i < count; ++i, to += row) {
      auto index = in.node.wrapAxis(ids.integerAt(i), extent, "index");
      if (!index)
        return index.takeError();
      std::memcpy(to, x.bytes->data() + (o * extent + *index) * row, row);
    }
  return makeFolded(x.type, shape, std::move(*bytes));
}

static llvm::Expected<Constant> foldConcat(const FoldInputs &in) {
  auto first = in.get(0);
  if (!first)
    return first.takeError();
  Shape shape = (*first)->shape;
  auto axis = in.node.axisAttribute("axis", 1, shape.size());
  if (!axis)
    return axis.takeError();
  shape[*axis] = 0;
  for (unsigned i = 0; i < in.operands.size(); ++i) {
    auto piece = in.get(i);
    if (!piece)
      return piece.takeError();
    Shape other = (*piece)->shape;
    if (other.size() == shape.size())
      other[*axis] = shape[*axis];
    if (other != shape || (*piece)->type != (*first)->type)
      return in.node.error("operand '{0}' of shape {1} does not fit the others",
                           in.node.input(i), shapeText((*piece)->shape));
    shape[*axis] += (*piece)->shape[*axis];
  }
  auto bytes = in.allocate((*first)->type, shape);
  if (!bytes)
    return bytes.takeError();
  auto [outer, inner] = around(shape, *axis);
  int64_t row = inner * elementSize((*first)->type);
  char *to = bytes->data();
  for (int64_t o = 0; o < outer; ++o)
    for (const Constant *piece : in.operands) {
      int64_t length = piece->shape[*axis] * row;
      if (length > 0)
        std::memcpy(to, piece->bytes->data() + o * length, length);
      to += length;
    }
  return makeFolded((*first)->type, shape, std::move(*bytes));
}

/// Of one axis: first element, number of elements and step, as ONNX clamps
/// them.
static std::array<int64_t, 3> sliceAxis(int64_t start, int64_t end,
                                        int64_t step, int64_t extent) {
  auto clamp = [&](int64_t v, int64_t least, int64_t most) {
    if (v < 0)
      v = v < -extent ? least : v + extent;
    return std::min(most, std::max(least, v));
  };
  bool forward = step > 0;
  start = forward ? clamp(start, 0, extent) : clamp(start, 0, extent - 1);
  end = forward ? clamp(end, 0, extent) : clamp(end, -1, extent - 1);
  int64_t span = forward ? end - start : start - end;
  uint64_t size = forward ? uint64_t(step) : uint64_t(0) - uint64_t(step);
  int64_t count =
      span <= 0 || extent == 0 ? 0 : int64_t((uint64_t(span) - 1) / size + 1);
  return {start, count, count > 1 ? step : 0};
}

static llvm::Expected<Constant> sliceOne(const FoldInputs &in,
                                         const Constant &x, int64_t axis,
                                         std::array<int64_t, 3> range) {
  auto [start, count, step] = range;
  Shape shape = x.shape;
  shape[axis] = count;
  auto bytes = in.allocate(x.type, shape);
  if (!bytes)
    return bytes.takeError();
  auto [outer, inner] = around(x.shape, axis);
  int64_t row = inner * elementSize(x.type);
  char *to = bytes->data();
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t i = 0; i < count; ++i, to += row)
      std::memcpy(
          to, x.bytes->data() + (o * x.shape[axis] + start + i * step) * row,
          row);
  return makeFolded(x.type, shape, std::move(*bytes));
}

static llvm::Expected<Constant> foldSlice(const FoldInputs &in) {
  auto x = in.get(0);
  if (!x)
    return x.takeError();
  Shape lists[4];
  const char *names[] = {"starts", "ends", "axes", "steps"};
  for (unsigned i : {0, 1, 2, 3}) {
    auto list = in.integers(i + 1, names[i]);
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
      starts.size() != steps.size() || starts.size() > (*x)->shape.size())
    return in.node.error("{0} starts, {1} ends, {2} axes and {3} steps do not "
                         "fit together",
                         starts.size(), ends.size(), axes.size(), steps.size());
  Constant result = **x;
  result.name.clear();
  for (size_t i = 0; i < starts.size(); ++i) {
    auto axis = in.node.wrapAxis(axes[i], result.shape.size());
    if (!axis)
      return axis.takeError();
    if (steps[i] == 0)
      return in.node.error("step on axis {0} is 0", *axis);
    auto sliced =
        sliceOne(in, result, *axis,
                 sliceAxis(starts[i], ends[i], steps[i], result.shape[*axis]));
    if (!sliced)
      return sliced.takeError();
    result = *sliced;
  }
  return result;
}

/// The elements repeated to a shape that they broadcast to.
static llvm::Expected<Constant> foldExpand(const FoldInputs &in) {
  auto x = in.get(0);
  if (!x)
    return x.takeError();
  auto wanted = in.integers(1, "shape");
  if (!wanted)
    return wanted.takeError();
  auto shape = broadcastShapes((*x)->shape, *wanted);
  if (!shape)
    return in.node.error("operands have shapes {0} and {1}, which do not "
                         "broadcast",
                         shapeText((*x)->shape), shapeText(*wanted));
  auto bytes = in.allocate((*x)->type, *shape);
  if (!bytes)
    return bytes.takeError();
  unsigned size = elementSize((*x)->type);
  Shape from = padRank((*x)->shape, shape->size());
  for (int64_t i = 0, count = bytes->size() / size; i < count; ++i) {
    int64_t rest = i, index = 0, stride = 1;
    for (int64_t axis = int64_t(shape->size()) - 1; axis >= 0; --axis) {
      int64_t position = rest % (*shape)[axis];
      rest /= (*shape)[axis];
      index += from[axis] == 1 ? 0 : position * stride;
      stride *= from[axis];
    }
    std::memcpy(bytes->data() + i * size, (*x)->bytes->data() + index * size,
                size);
  }
  return makeFolded((*x)->type, *shape, std::move(*bytes));
}

void onnx_import::addFoldedMoves(FoldingTable &table) {
  table["Shape"] = {foldShape, {"end", "start"}};
  table["Reshape"] = {foldReshape, {"allowzero", "shape"}};
  table["Flatten"] = {foldFlatten, {"axis"}};
  table["Squeeze"] = {foldSqueeze, {"axes"}};
  table["Unsqueeze"] = {foldUnsqueeze, {"axes"}};
  table["Transpose"] = {foldTranspose, {"perm"}};
  table["Gather"] = {foldGather, {"axis"}};
  table["Concat"] = {foldConcat, {"axis"}};
  table["Slice"] = {foldSlice, {"axes", "ends", "starts"}};
  table["Expand"] = {foldExpand, {}};
}

llvm::Expected<std::optional<Constant>>
onnx_import::foldNode(const Node &node,
                      llvm::ArrayRef<const Constant *> operands) {
  static const FoldingTable table = [] {
    FoldingTable result;
    addFoldedMoves(result);
    addFoldedArithmetic(result);
    return result;
  }();
  auto fold = table.find(node.op());
  if (fold == table.end() || node.domain() != "ai.onnx" ||
      node.numOutputs() != 1)
    return std::optional<Constant>();
  if (llvm::Error error = node.checkAttributes(fold->getValue().attributes))
    return error;
  auto result = fold->getValue().function({node, operands});
  if (!result)
    return result.takeError();
  return std::optional<Constant>(std::move(*result));
}
