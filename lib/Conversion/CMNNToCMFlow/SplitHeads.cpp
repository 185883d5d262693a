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

#include "HeadViews.h"
#include "Values.h"
#include "cm/Conversion/Passes.h"

namespace cm {
#define GEN_PASS_DEF_SPLITHEADS
#include "cm/Conversion/Passes.h.inc"
} // namespace cm

using namespace cm;
using namespace cm::partition;
using namespace mlir;

namespace {
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
  FailureOr<Parts> partsAt(const Origin &origin, const Heads &heads);
  /// Of a view of tokens; `swapped` where parts are still to be transposed.
  FailureOr<Parts> tokenParts(const Origin &origin, const Heads &heads,
                              bool &swapped);
  /// An operand of what computes `of`, which it may be repeated for.
  FailureOr<Parts> operandParts(Value operand, const Heads &of);
  FailureOr<Parts> clone(Operation *op, ArrayRef<Parts> operands);
  Value slice(Value tokens, int64_t channel, int64_t channels);
  Value transpose(Value value);
  /// The pixels of an image as tokens.
  Value tokensOf(Value image);
  bool join(Operation *view);
  /// Erases operations without a use, but for those that are to be kept.
  void eraseUnused(const llvm::DenseSet<Operation *> &kept);

  func::FuncOp func;
  OpBuilder builder;
  llvm::DenseMap<Value, Parts> known;
  llvm::DenseMap<Value, Value> tokensOfImages;
};
} // namespace

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
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

Value Splitter::tokensOf(Value image) {
  Value &tokens = tokensOfImages[image];
  if (!tokens) {
    RankedTensorType type = typeOf(image);
    SmallVector<int64_t> shape{1, type.getDimSize(1) * type.getDimSize(2),
                               type.getDimSize(3)};
    tokens = cmnn::ReshapeOp::create(builder, image.getLoc(),
                                     type.clone(ArrayRef(shape)), image);
  }
  return tokens;
}

FailureOr<Parts> Splitter::tokenParts(const Origin &origin, const Heads &heads,
                                      bool &swapped) {
  RankedTensorType type = typeOf(origin.root);
  auto first = [&](int64_t head) {
    return origin.positions[heads.at(head, 0, 0)];
  };
  FailureOr<bool> found = isSwapped(
      origin, heads, type.getDimSize(1), [&](auto head, auto row, auto column) {
        return first(head) + row * type.getDimSize(2) + column;
      });
  if (failed(found))
    return failure();
  swapped = *found;
  Parts parts;
  for (int64_t head = 0; head < heads.count; ++head)
    parts.push_back(
        slice(origin.root, first(head), swapped ? heads.rows : heads.columns));
  return parts;
}

FailureOr<Parts> Splitter::partsAt(const Origin &origin, const Heads &heads) {
  bool swapped = false;
  FailureOr<Parts> parts = failure();
  if (isTokens(origin.root)) {
    parts = tokenParts(origin, heads, swapped);
  } else {
    Heads from(origin.root);
    if (from.count != heads.count ||
        from.rows * from.columns != heads.rows * heads.columns)
      return failure();
    FailureOr<bool> found = isSwapped(origin, heads, from.rows,
                                      [&](auto head, auto row, auto column) {
                                        return from.at(head, row, column);
                                      });
    if (failed(found))
      return failure();
    swapped = *found;
    parts = partsOf(origin.root);
  }
  if (succeeded(parts) && swapped)
    for (Value &part : *parts)
      part = transpose(part);
  return parts;
}

FailureOr<Parts> Splitter::viewParts(Value value) {
  Heads heads(value);
  FailureOr<Parts> parts = partsAt(originOf(value), heads);
  if (succeeded(parts))
    return parts;
  // Pixels of an image are tokens, too.
  if (Value tokens = findTokensBehind(value))
    return partsAt(originOf(value, tokens), heads);
  Origin origin = originOf(value);
  RankedTensorType type = typeOf(origin.root);
  if (type.getRank() != 4 || type.getDimSize(0) != 1)
    return failure();
  origin.root = tokensOf(origin.root);
  return partsAt(origin, heads);
}

FailureOr<Parts> Splitter::operandParts(Value operand, const Heads &of) {
  RankedTensorType type = typeOf(operand);
  Heads heads(operand);
  if (heads.count == of.count && heads.rows > 0 && !isConstant(operand))
    return partsOf(operand);
  // The same for all heads.
  int64_t columns = type.getShape().back();
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
static ArrayAttr partNames(Operation *op) {
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
  ArrayAttr names = partNames(op);
  auto type = typeOf(op->getResult(0))
                  .clone(ArrayRef<int64_t>{1, heads.rows, heads.columns});
  Parts parts;
  assert(llvm::all_of(operands, [&](const Parts &operand) {
    return int64_t(operand.size()) == heads.count;
  }));
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

/// Whether elements of other heads or rows have no influence: to a pixelwise
/// operation a row of a head is a pixel.
static bool isWithinRows(Operation *op) {
  if (isa<cmnn::ByteFunctionOpInterface>(op))
    return isByteFunction(op);
  auto stage = dyn_cast<cmnn::StageOpInterface>(op);
  return stage && stage.getStageRole() == StageRole::Pixelwise &&
         stage.hasStageForm() &&
         (op->getNumOperands() > 1 ||
          op->getOperand(0).getType() == op->getResult(0).getType());
}

FailureOr<Parts> Splitter::computeParts(Value value) {
  Operation *op = value.getDefiningOp();
  Heads heads(value);
  if (!op || heads.rows == 0)
    return failure();
  if (isHeadView(op))
    return viewParts(value);
  bool isProduct = isa<cmnn::BatchMatMulOp>(op);
  if (!isProduct && !isWithinRows(op))
    return failure();
  // Others of a function of bytes are its parameters.
  unsigned count = isByteFunction(op) ? 1 : op->getNumOperands();
  SmallVector<Parts> operands;
  for (Value operand : op->getOperands().take_front(count)) {
    FailureOr<Parts> parts = isProduct || count == 1
                                 ? partsOf(operand)
                                 : operandParts(operand, heads);
    if (failed(parts))
      return failure();
    operands.push_back(*parts);
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
      all.columns != heads.count * heads.columns ||
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

void Splitter::eraseUnused(const llvm::DenseSet<Operation *> &kept) {
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(func.getBody().front())))
    if (op.use_empty() && op.getNumResults() == 1 && !kept.contains(&op))
      op.erase();
}

int64_t Splitter::run() {
  SmallVector<Operation *> views;
  llvm::DenseSet<Operation *> given;
  for (Operation &op : func.getBody().front()) {
    given.insert(&op);
    if (cmnn::isReordering(&op) && isTokens(op.getResult(0)) &&
        !llvm::all_of(op.getUsers(), cmnn::isReordering))
      views.push_back(&op);
  }
  int64_t count =
      llvm::count_if(views, [&](Operation *op) { return join(op); });
  // Of a network without attention nothing is erased but clones in vain.
  eraseUnused(count ? llvm::DenseSet<Operation *>() : given);
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
