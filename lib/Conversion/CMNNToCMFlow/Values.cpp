//===- Values.cpp - what a tensor value is to stages ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Values.h"

using namespace cm;
using namespace mlir;

Value partition::resolve(Value value) {
  while (auto reshape = value.getDefiningOp<cmnn::ReshapeOp>())
    value = reshape.getX();
  return value;
}

SmallVector<Operation *> partition::usersOf(Value value) {
  SmallVector<Operation *> users;
  for (Operation *user : value.getUsers()) {
    if (auto reshape = dyn_cast<cmnn::ReshapeOp>(user))
      llvm::append_range(users, usersOf(reshape.getY()));
    else
      users.push_back(user);
  }
  return users;
}

Extent partition::extentOf(Value value) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(value.getType()).getShape();
  if (shape.size() == 4)
    return {shape[1], shape[2], shape[3]};
  return {1, 1, shape.back()};
}

StringRef partition::nameOf(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto func = cast<func::FuncOp>(argument.getOwner()->getParentOp());
    auto name = func.getArgAttrOfType<StringAttr>(argument.getArgNumber(),
                                                  cmnn::tensorAttrName);
    return name ? name.getValue() : StringRef();
  }
  auto name =
      value.getDefiningOp()->getAttrOfType<StringAttr>(cmnn::tensorAttrName);
  return name ? name.getValue() : StringRef();
}

static StringRef hostTypeOf(Value value) {
  auto type =
      value.getDefiningOp()->getAttrOfType<StringAttr>(cmnn::hostTypeAttrName);
  return type ? type.getValue() : "int8";
}

/// Images are NCHW in the model, vectors as they are.
static cmflow::TensorAttr tensorName(Value value, StringRef name) {
  MLIRContext *context = value.getContext();
  ArrayRef<int64_t> shape = cast<RankedTensorType>(value.getType()).getShape();
  if (shape.size() == 4)
    return cmflow::TensorAttr::get(context, name, hostTypeOf(value),
                                   {1, shape[3], shape[1], shape[2]},
                                   {1, 2, 0});
  return cmflow::TensorAttr::get(context, name, hostTypeOf(value), shape, {0});
}

static void collectNames(Value value, SmallVectorImpl<Attribute> &names) {
  if (StringRef name = partition::nameOf(value); !name.empty())
    names.push_back(tensorName(value, name));
  for (Operation *user : value.getUsers())
    if (auto reshape = dyn_cast<cmnn::ReshapeOp>(user))
      collectNames(reshape.getY(), names);
}

ArrayAttr partition::tensorNames(Value value) {
  SmallVector<Attribute> names;
  collectNames(value, names);
  return names.empty() ? ArrayAttr()
                       : ArrayAttr::get(value.getContext(), names);
}
