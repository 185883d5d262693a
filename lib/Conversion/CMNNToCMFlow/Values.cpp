//===- Values.cpp - what a tensor value is to stages ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Values.h"
#include "cm/Dialect/CMNN/ChannelShuffle.h"

using namespace cm;
using namespace cm::partition;
using namespace mlir;

Value partition::resolve(Value value) {
  Operation *view = value.getDefiningOp();
  if (!cmnn::isReshape(view) || cmnn::isChannelShuffle(view) ||
      movesPixels(view))
    return value;
  return resolve(view->getOperand(0));
}

bool partition::movesPixels(Operation *op) {
  if (!cmnn::isReshape(op))
    return false;
  Extent x = extentOf(op->getOperand(0)), y = extentOf(op->getResult(0));
  return x.c == y.c && x.h != y.h;
}

SmallVector<Value> partition::operandsOf(Operation *op) {
  if (cmnn::isChannelShuffle(op))
    return {cmnn::getViewRoot(op->getResult(0))};
  return llvm::map_to_vector(op->getOperands(), [](Value operand) {
    Operation *view = operand.getDefiningOp();
    return view && isTransposedOperand(view) ? view->getOperand(0) : operand;
  });
}

Window partition::windowOf(Operation *op, unsigned index,
                           const Lattice &lattice) {
  Extent stored = extentOf(resolve(operandsOf(op)[index]));
  return cast<cmnn::StageOpInterface>(op).getWindow(index, stored, lattice);
}

SmallVector<Operation *> partition::usersOf(Value value) {
  SmallVector<Operation *> users;
  for (Operation *user : value.getUsers()) {
    if (cmnn::isReordering(user) && !cmnn::isChannelShuffle(user) &&
        !movesPixels(user))
      llvm::append_range(users, usersOf(user->getResult(0)));
    else
      users.push_back(user);
  }
  return users;
}

/// The first of a range of channels that a view takes of each pixel, where
/// that is what it does.
static std::optional<int64_t> firstChannelOf(Operation *op) {
  auto view = dyn_cast_if_present<cmnn::ViewOpInterface>(op);
  auto elements = view ? view.getElementPositions() : std::nullopt;
  if (!elements || cmnn::isReshape(op))
    return std::nullopt;
  Extent x = extentOf(op->getOperand(0)), y = extentOf(op->getResult(0));
  // Steps from channel to channel, pixel to pixel and row to row.
  std::array<int64_t, 3> extents{y.c, y.w, y.h}, steps{1, x.c, x.w * x.c};
  for (auto [stride, extent, step] :
       llvm::zip(llvm::reverse(elements->strides), extents, steps))
    if (extent != 1 && stride != step)
      return std::nullopt;
  if (x.h != y.h || x.w != y.w || elements->first + y.c > x.c)
    return std::nullopt;
  return elements->first;
}

bool partition::isChannelRange(Operation *op) {
  return firstChannelOf(op) &&
         llvm::none_of(usersOf(op->getResult(0)), [](Operation *user) {
           return isa<func::ReturnOp>(user);
         });
}

StringRef partition::nameOf(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto func = cast<func::FuncOp>(argument.getOwner()->getParentOp());
    auto name = func.getArgAttrOfType<StringAttr>(argument.getArgNumber(),
                                                  cmnn::tensorAttrName);
    return name ? name.getValue() : StringRef();
  }
  Operation *op = value.getDefiningOp();
  if (auto whole = op->getAttrOfType<ArrayAttr>(partAttrName))
    return cast<cmflow::TensorAttr>(whole[0]).getName();
  auto name = op->getAttrOfType<StringAttr>(cmnn::tensorAttrName);
  return name ? name.getValue() : StringRef();
}

static StringRef hostTypeOf(Value value) {
  auto type =
      value.getDefiningOp()->getAttrOfType<StringAttr>(cmnn::hostTypeAttrName);
  return type ? type.getValue() : "int8";
}

/// Images are NCHW in the model, vectors as they are, unless attributes say
/// otherwise.
static cmflow::TensorAttr tensorName(Value value, StringRef name) {
  MLIRContext *context = value.getContext();
  Operation *op = value.getDefiningOp();
  auto hostShape = op->getAttrOfType<DenseI64ArrayAttr>("cm.host_shape");
  auto permutation = op->getAttrOfType<DenseI64ArrayAttr>("cm.permutation");
  if (hostShape && permutation)
    return cmflow::TensorAttr::get(context, name, hostTypeOf(value), hostShape,
                                   permutation);
  ArrayRef<int64_t> shape = cast<RankedTensorType>(value.getType()).getShape();
  if (shape.size() == 4)
    return cmflow::TensorAttr::get(context, name, hostTypeOf(value),
                                   {1, shape[3], shape[1], shape[2]},
                                   {1, 2, 0});
  auto axes = llvm::to_vector(llvm::seq<int64_t>(0, shape.size() - 1));
  return cmflow::TensorAttr::get(context, name, hostTypeOf(value), shape, axes);
}

static void collectNames(Value value, SmallVectorImpl<Attribute> &names) {
  if (StringRef name = partition::nameOf(value); !name.empty())
    names.push_back(tensorName(value, name));
  for (Operation *user : value.getUsers())
    if (cmnn::isReshape(user) && !cmnn::isChannelShuffle(user) &&
        !movesPixels(user))
      collectNames(user->getResult(0), names);
}

ArrayAttr partition::tensorNames(Value value) {
  if (Operation *op = value.getDefiningOp())
    if (auto names = op->getAttrOfType<ArrayAttr>(partAttrName))
      return names;
  SmallVector<Attribute> names;
  collectNames(value, names);
  return names.empty() ? ArrayAttr()
                       : ArrayAttr::get(value.getContext(), names);
}

//===----------------------------------------------------------------------===//
// Homes
//===----------------------------------------------------------------------===//

void Homes::put(Value value, Value whole, int64_t channel) {
  assert(!isPart(value) && "a value lies in one home");
  parts[value] = {whole, channel};
}

Home Homes::find(Value value) const {
  Home home{resolve(value), 0};
  while (true) {
    if (auto part = parts.find(home.object); part != parts.end()) {
      home.channel += part->second.channel;
      home.object = part->second.object;
      continue;
    }
    Operation *view = home.object.getDefiningOp();
    if (!view || !isChannelRange(view))
      return home;
    home.channel += *firstChannelOf(view);
    home.object = resolve(view->getOperand(0));
  }
}

ArrayAttr Homes::names(Value value, int64_t &channel) const {
  channel = 0;
  while (true) {
    if (ArrayAttr names = tensorNames(value))
      return names;
    auto part = parts.find(value);
    if (part == parts.end() || !named.contains(part->second.object))
      return {};
    channel += part->second.channel;
    value = part->second.object;
  }
}
