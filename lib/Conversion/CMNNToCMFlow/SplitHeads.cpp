//===- SplitHeads.cpp - attention, one head at a time ---------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A network computes all heads at once, on tensors that are reshaped and
// transposed for it. To a machine a head is a range of the channels of tokens,
// and so every head becomes operations of its own on 1xTxC: slices and a concat
// of channels, which cost nothing, join them with what is around.
//
//===----------------------------------------------------------------------===//

#include "Functions.h"
#include "Values.h"
#include "cm/Conversion/Passes.h"
#include "cm/Dialect/CMNN/ChannelShuffle.h"

namespace cm {
#define GEN_PASS_DEF_SPLITHEADS
#include "cm/Conversion/Passes.h.inc"
} // namespace cm

using namespace cm;
using namespace cm::partition;
using namespace mlir;

namespace {
/// What a value is, all heads together: `heads` matrices of rows x columns.
struct Heads {
  explicit Heads(Value value) {
    ArrayRef<int64_t> shape =
        cast<RankedTensorType>(value.getType()).getShape();
    if (shape.size() < 3)
      return;
    rows = shape[shape.size() - 2], columns = shape.back();
    for (int64_t extent : shape.drop_back(2))
      count *= extent;
  }
  int64_t count = 1, rows = 0, columns = 0;

  int64_t at(int64_t head, int64_t row, int64_t column) const {
    return (head * rows + row) * columns + column;
  }
};

/// Where the elements of a value lie behind reshapes and transposes.
struct Origin {
  Value root;
  std::vector<int64_t> positions;
};

using Parts = SmallVector<Value>;

class Splitter {
public:
  explicit Splitter(func::FuncOp func) : func(func), builder(func) {}

  /// The number of tensors that have been split.
  int64_t run();

private:
  /// The heads of a value, each 1 x rows x columns.
  FailureOr<Parts> partsOf(Value value);
  FailureOr<Parts> computeParts(Value value);
  FailureOr<Parts> viewParts(Value value);
  /// Of a view of tokens; `swapped` where parts are still to be transposed.
  FailureOr<Parts> tokenParts(const Origin &origin, const Heads &heads,
                              bool &swapped);
  /// An operand of what computes `of`, which it may be repeated for.
  FailureOr<Parts> operandParts(Value operand, const Heads &of);
  FailureOr<Parts> clone(Operation *op, ArrayRef<Parts> operands);
  Value slice(Value tokens, int64_t channel, int64_t channels);
  Value transpose(Value value);
  bool join(Operation *view);
  void eraseUnused();

  func::FuncOp func;
  OpBuilder builder;
  llvm::DenseMap<Value, Parts> known;
};
} // namespace

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

static bool isView(Operation *op) {
  return isa_and_nonnull<cmnn::ReshapeOp, cmnn::TransposeOp>(op);
}

/// The position in a transpose's operand of each position in its result.
static std::vector<int64_t> sourcesOf(cmnn::TransposeOp op) {
  ArrayRef<int64_t> from = typeOf(op.getX()).getShape();
  SmallVector<int64_t> strides(from.size(), 1);
  for (size_t axis = from.size(); axis-- > 1;)
    strides[axis - 1] = strides[axis] * from[axis];
  std::vector<int64_t> sources{0};
  for (int64_t axis : op.getPermutation()) {
    std::vector<int64_t> longer;
    for (int64_t base : sources)
      for (int64_t i = 0; i < from[axis]; ++i)
        longer.push_back(base + i * strides[axis]);
    sources = std::move(longer);
  }
  return sources;
}

static Origin originOf(Value value) {
  Origin origin{value, {}};
  for (int64_t i = 0; i < typeOf(value).getNumElements(); ++i)
    origin.positions.push_back(i);
  for (; isView(origin.root.getDefiningOp());
       origin.root = origin.root.getDefiningOp()->getOperand(0))
    if (auto transpose = origin.root.getDefiningOp<cmnn::TransposeOp>()) {
      std::vector<int64_t> sources = sourcesOf(transpose);
      for (int64_t &position : origin.positions)
        position = sources[position];
    }
  return origin;
}

/// A tensor of 1xTxC: tokens.
static bool isTokens(Value value) {
  RankedTensorType type = typeOf(value);
  return type.getRank() == 3 && type.getDimSize(0) == 1;
}

/// Whether element (head, row, column) of `heads` is where `expected` says.
static bool matches(const Origin &origin, const Heads &heads,
                    function_ref<int64_t(int64_t, int64_t, int64_t)> expected) {
  for (int64_t head = 0; head < heads.count; ++head)
    for (int64_t row = 0; row < heads.rows; ++row)
      for (int64_t column = 0; column < heads.columns; ++column)
        if (origin.positions[heads.at(head, row, column)] !=
            expected(head, row, column))
          return false;
  return true;
}

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

Value Splitter::slice(Value tokens, int64_t channel, int64_t channels) {
  RankedTensorType type = typeOf(tokens);
  if (channels == type.getDimSize(2))
    return tokens;
  SmallVector<int64_t> sizes{1, type.getDimSize(1), channels};
  return cmnn::SliceOp::create(
      builder, tokens.getLoc(), type.clone(ArrayRef(sizes)), tokens,
      ArrayRef<int64_t>{0, 0, channel}, sizes, ArrayRef<int64_t>{1, 1, 1});
}

Value Splitter::transpose(Value value) {
  RankedTensorType type = typeOf(value);
  SmallVector<int64_t> shape{1, type.getDimSize(2), type.getDimSize(1)};
  return cmnn::TransposeOp::create(builder, value.getLoc(),
                                   type.clone(ArrayRef(shape)), value,
                                   ArrayRef<int64_t>{0, 2, 1});
}

/// Whether elements lie as `expected` says, or with rows and columns exchanged
/// (true); failure where neither.
static FailureOr<bool>
isSwapped(const Origin &origin, const Heads &heads,
          function_ref<int64_t(int64_t, int64_t, int64_t)> expected) {
  if (matches(origin, heads, expected))
    return false;
  if (matches(origin, heads, [&](auto head, auto row, auto column) {
        return expected(head, column, row);
      }))
    return true;
  return failure();
}

FailureOr<Parts> Splitter::tokenParts(const Origin &origin, const Heads &heads,
                                      bool &swapped) {
  RankedTensorType type = typeOf(origin.root);
  auto first = [&](int64_t head) {
    return origin.positions[heads.at(head, 0, 0)];
  };
  FailureOr<bool> found =
      isSwapped(origin, heads, [&](auto head, auto row, auto column) {
        return first(head) + row * type.getDimSize(2) + column;
      });
  if (failed(found))
    return failure();
  swapped = *found;
  if ((swapped ? heads.columns : heads.rows) != type.getDimSize(1))
    return failure();
  Parts parts;
  for (int64_t head = 0; head < heads.count; ++head)
    parts.push_back(
        slice(origin.root, first(head), swapped ? heads.rows : heads.columns));
  return parts;
}

FailureOr<Parts> Splitter::viewParts(Value value) {
  Heads heads(value);
  Origin origin = originOf(value);
  bool swapped = false;
  FailureOr<Parts> parts = failure();
  if (isTokens(origin.root)) {
    parts = tokenParts(origin, heads, swapped);
  } else {
    Heads from(origin.root);
    FailureOr<bool> found =
        isSwapped(origin, heads, [&](auto head, auto row, auto column) {
          return from.at(head, row, column);
        });
    if (failed(found) || from.rows != (*found ? heads.columns : heads.rows))
      return failure();
    swapped = *found;
    parts = partsOf(origin.root);
  }
  if (succeeded(parts) && swapped)
    for (Value &part : *parts)
      part = transpose(part);
  return parts;
}

FailureOr<Parts> Splitter::operandParts(Value operand, const Heads &of) {
  RankedTensorType type = typeOf(operand);
  Heads heads(operand);
  if (heads.count == of.count && heads.rows > 0 && !isConstant(operand))
    return partsOf(operand);
  // The same for all heads.
  int64_t columns = type.getRank() ? type.getShape().back() : 1;
  int64_t rows = type.getNumElements() / columns;
  if (heads.count != 1 || (rows != 1 && rows != of.rows))
    return failure();
  auto shared = cmnn::ReshapeOp::create(
      builder, operand.getLoc(),
      type.clone(ArrayRef<int64_t>{1, rows, columns}), operand);
  return Parts(of.count, shared.getY());
}

/// The names of a tensor of which each head is a range of the channels; null
/// where it has none, or another layout than those that importers give.
static ArrayAttr partNames(Operation *op, const Heads &heads) {
  auto name = op->getAttrOfType<StringAttr>("cm.tensor");
  auto shape = op->getAttrOfType<DenseI64ArrayAttr>("cm.host_shape");
  auto axes = op->getAttrOfType<DenseI64ArrayAttr>("cm.permutation");
  auto type = op->getAttrOfType<StringAttr>("cm.host_type");
  if (!name || !shape || !axes || axes.size() != 3 ||
      typeOf(op->getResult(0)).getRank() != 4)
    return {};
  auto tensor = cmflow::TensorAttr::get(
      op->getContext(), name.getValue(), type ? type.getValue() : "int8",
      shape.asArrayRef(), {axes[1], axes[0], axes[2]});
  return ArrayAttr::get(op->getContext(), {tensor});
}

FailureOr<Parts> Splitter::clone(Operation *op, ArrayRef<Parts> operands) {
  Heads heads(op->getResult(0));
  ArrayAttr names = partNames(op, heads);
  auto type = typeOf(op->getResult(0))
                  .clone(ArrayRef<int64_t>{1, heads.rows, heads.columns});
  Parts parts;
  for (int64_t head = 0; head < heads.count; ++head) {
    Operation *copy = builder.clone(*op);
    for (auto [index, operand] : llvm::enumerate(operands))
      copy->setOperand(index, operand[head]);
    copy->getResult(0).setType(type);
    copy->setDiscardableAttrs(DictionaryAttr::get(op->getContext()));
    if (copy->hasAttr("axis"))
      copy->setAttr("axis", builder.getI64IntegerAttr(2));
    if (names)
      copy->setAttr(partAttrName, names);
    copy->setAttr(cmflow::channelAttrName,
                  builder.getI64IntegerAttr(head * heads.columns));
    parts.push_back(copy->getResult(0));
  }
  return parts;
}

/// Whether elements of other heads or rows have no influence.
static bool isWithinRows(Operation *op) {
  int64_t last = typeOf(op->getResult(0)).getRank() - 1;
  if (auto softmax = dyn_cast<cmnn::SoftmaxOp>(op))
    return softmax.getPositiveAxis() == last;
  if (auto norm = dyn_cast<cmnn::LayerNormOp>(op))
    return int64_t(norm.getAxis()) == last;
  return isByteFunction(op);
}

FailureOr<Parts> Splitter::computeParts(Value value) {
  Operation *op = value.getDefiningOp();
  Heads heads(value);
  if (!op || heads.rows == 0)
    return failure();
  if (isView(op))
    return viewParts(value);
  SmallVector<Parts> operands;
  if (isa<cmnn::AddOp, cmnn::MulOp, cmnn::BatchMatMulOp>(op)) {
    for (Value operand : op->getOperands()) {
      FailureOr<Parts> parts = isa<cmnn::BatchMatMulOp>(op)
                                   ? partsOf(operand)
                                   : operandParts(operand, heads);
      if (failed(parts))
        return failure();
      operands.push_back(*parts);
    }
  } else if (isWithinRows(op)) {
    FailureOr<Parts> parts = partsOf(op->getOperand(0));
    if (failed(parts))
      return failure();
    operands.push_back(*parts);
  } else {
    return failure();
  }
  return clone(op, operands);
}

FailureOr<Parts> Splitter::partsOf(Value value) {
  if (auto found = known.find(value); found != known.end())
    return found->second;
  FailureOr<Parts> parts = computeParts(value);
  if (succeeded(parts))
    known[value] = *parts;
  return parts;
}

//===----------------------------------------------------------------------===//
// Joining
//===----------------------------------------------------------------------===//

/// The whole has more names.
static void addAliases(ArrayRef<Value> parts, ArrayAttr names) {
  if (!names)
    return;
  for (Value part : parts) {
    Operation *op = part.getDefiningOp();
    SmallVector<Attribute> all;
    if (auto own = op->getAttrOfType<ArrayAttr>(partAttrName))
      llvm::append_range(all, own);
    llvm::append_range(all, names);
    op->setAttr(partAttrName, ArrayAttr::get(op->getContext(), all));
  }
}

/// Puts a concat of the heads in the place of a view that makes tokens of them.
bool Splitter::join(Operation *view) {
  Value tokens = view->getResult(0);
  Origin origin = originOf(tokens);
  Heads heads(origin.root), all(tokens);
  if (isTokens(origin.root) || heads.rows == 0 || all.rows != heads.rows ||
      !isa_and_nonnull<cmnn::BatchMatMulOp>(origin.root.getDefiningOp()) ||
      !matches(origin, all, [&](auto, auto row, auto column) {
        return heads.at(column / heads.columns, row, column % heads.columns);
      }))
    return false;
  builder.setInsertionPoint(view);
  FailureOr<Parts> parts = partsOf(origin.root);
  if (failed(parts))
    return false;
  Value joined = parts->front();
  if (parts->size() > 1) {
    auto concat = cmnn::ConcatOp::create(builder, view->getLoc(),
                                         tokens.getType(), *parts, 2);
    concat->setDiscardableAttrs(view->getDiscardableAttrDictionary());
    joined = concat;
  }
  addAliases(*parts, tensorNames(tokens));
  tokens.replaceAllUsesWith(joined);
  return true;
}

void Splitter::eraseUnused() {
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(func.getBody().front())))
    if (op.use_empty() && op.getNumResults() == 1)
      op.erase();
}

int64_t Splitter::run() {
  SmallVector<Operation *> views;
  for (Operation &op : func.getBody().front())
    if (isView(&op) && isTokens(op.getResult(0)) &&
        !llvm::all_of(op.getUsers(), isView))
      views.push_back(&op);
  int64_t count =
      llvm::count_if(views, [&](Operation *op) { return join(op); });
  if (count)
    eraseUnused();
  return count;
}

namespace {
struct SplitHeads : cm::impl::SplitHeadsBase<SplitHeads> {
  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (llvm::hasSingleElement(func.getBody()))
        numJoined += Splitter(func).run();
  }
};
} // namespace
