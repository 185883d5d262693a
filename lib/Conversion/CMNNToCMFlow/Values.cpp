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
  while (auto reshape = value.getDefiningOp<cmnn::ReshapeOp>()) {
    if (cmnn::isChannelShuffle(reshape) || movesPixels(reshape))
      return value;
    value = reshape.getX();
  }
  return value;
}

bool partition::movesPixels(Operation *op) {
  auto reshape = dyn_cast<cmnn::ReshapeOp>(op);
  if (!reshape)
    return false;
  Extent x = extentOf(reshape.getX()), y = extentOf(reshape.getY());
  return x.c == y.c && x.h != y.h;
}

SmallVector<Value> partition::operandsOf(Operation *op) {
  if (cmnn::isChannelShuffle(op))
    return {cmnn::getViewRoot(op->getResult(0))};
  if (auto product = dyn_cast<cmnn::BatchMatMulOp>(op)) {
    auto transpose = product.getB().getDefiningOp<cmnn::TransposeOp>();
    return {product.getA(), transpose ? transpose.getX() : product.getB()};
  }
  return llvm::to_vector(op->getOperands());
}

SmallVector<Operation *> partition::usersOf(Value value) {
  SmallVector<Operation *> users;
  for (Operation *user : value.getUsers()) {
    if (isa<cmnn::ReshapeOp, cmnn::TransposeOp>(user) &&
        !cmnn::isChannelShuffle(user) && !movesPixels(user))
      llvm::append_range(users, usersOf(user->getResult(0)));
    else
      users.push_back(user);
  }
  return users;
}

bool partition::isChannelRange(Operation *op) {
  auto slice = dyn_cast<cmnn::SliceOp>(op);
  if (!slice || slice.getSteps().back() != 1)
    return false;
  Extent x = extentOf(slice.getX()), y = extentOf(slice.getY());
  return x.h == y.h && x.w == y.w &&
         llvm::none_of(usersOf(slice.getY()), [](Operation *user) {
           return isa<func::ReturnOp>(user);
         });
}

Extent partition::extentOf(Value value) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(value.getType()).getShape();
  if (shape.size() == 4)
    return {shape[1], shape[2], shape[3]};
  if (shape.size() == 3)
    return {1, shape[1], shape[2]};
  return {1, 1, shape.empty() ? 1 : shape.back()};
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
    if (auto reshape = dyn_cast<cmnn::ReshapeOp>(user);
        reshape && !cmnn::isChannelShuffle(reshape) && !movesPixels(reshape))
      collectNames(reshape.getY(), names);
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
    auto slice = home.object.getDefiningOp<cmnn::SliceOp>();
    if (!slice || !isChannelRange(slice))
      return home;
    home.channel += slice.getStarts().back();
    home.object = resolve(slice.getX());
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
