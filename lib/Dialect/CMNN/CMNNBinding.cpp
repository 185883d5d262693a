//===- CMNNBinding.cpp - how the host sees a tensor -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMNN/CMNNBinding.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace cm;

/// Looks up `key` as an AttrT; null where it is missing.
template <typename AttrT>
static llvm::Expected<AttrT> lookUp(DictionaryAttr attrs, StringRef key,
                                    StringRef name, StringRef expected) {
  Attribute attr = attrs ? attrs.get(key) : Attribute();
  if (!attr)
    return AttrT();
  if (auto typed = dyn_cast<AttrT>(attr))
    return typed;
  return makeError("tensor '{0}': expected attribute '{1}' to be {2}", name,
                   key, expected);
}

namespace {
struct BindingAttrs {
  StringAttr type;
  DenseI64ArrayAttr shape, permutation;
  FloatAttr scale;
  IntegerAttr zeroPoint;
};
} // namespace

/// Moves an Expected into `slot`.
template <typename AttrT>
static llvm::Error read(llvm::Expected<AttrT> attr, AttrT &slot) {
  if (!attr)
    return attr.takeError();
  slot = *attr;
  return llvm::Error::success();
}

static llvm::Expected<BindingAttrs> readAttrs(DictionaryAttr attrs,
                                              StringRef name) {
  BindingAttrs b;
  llvm::Error error = llvm::joinErrors(
      llvm::joinErrors(
          read(lookUp<StringAttr>(attrs, "cm.host_type", name, "a string"),
               b.type),
          read(lookUp<DenseI64ArrayAttr>(attrs, "cm.host_shape", name,
                                         "an array<i64>"),
               b.shape)),
      llvm::joinErrors(
          read(lookUp<DenseI64ArrayAttr>(attrs, "cm.permutation", name,
                                         "an array<i64>"),
               b.permutation),
          llvm::joinErrors(
              read(lookUp<FloatAttr>(attrs, "cm.scale", name, "an f32"),
                   b.scale),
              read(lookUp<IntegerAttr>(attrs, "cm.zero_point", name, "an i8"),
                   b.zeroPoint))));
  if (error)
    return std::move(error);
  return b;
}

llvm::Expected<HostLayout> cmnn::getHostLayout(DictionaryAttr attrs,
                                               RankedTensorType type,
                                               StringRef fallback) {
  StringRef name = fallback;
  if (auto given = attrs ? attrs.getAs<StringAttr>(tensorAttrName) : nullptr)
    name = given.getValue();
  auto b = readAttrs(attrs, name);
  if (!b)
    return b.takeError();
  auto hostType = b->type ? parseHostType(b->type.getValue()) : HostType::Int8;
  if (!hostType)
    return makeError("tensor '{0}': expected host type int8, uint8 or float32, "
                     "found '{1}'",
                     name, b->type.getValue());
  ArrayRef<int64_t> held = type.getShape();
  SmallVector<int64_t> shape(held);
  auto axes = llvm::seq<int64_t>(0, b->shape ? b->shape.size() - 1
                                             : type.getRank() - 1);
  SmallVector<int64_t> permutation(axes.begin(), axes.end());
  if (b->shape) {
    shape = SmallVector<int64_t>(b->shape.asArrayRef());
  } else if (type.getRank() == 4) {
    shape = {held[0], held[3], held[1], held[2]};
    permutation = {1, 2, 0};
  }
  if (b->permutation)
    permutation = SmallVector<int64_t>(b->permutation.asArrayRef());
  auto layout = HostLayout::create(
      name, *hostType, shape, permutation,
      b->scale ? b->scale.getValue().convertToFloat() : 1.0f,
      b->zeroPoint ? b->zeroPoint.getValue().getSExtValue() : 0);
  if (layout && layout->numElements() != type.getNumElements())
    return makeError("tensor '{0}': expected a host shape of {1} elements, "
                     "found {2}",
                     name, type.getNumElements(), formatShape(shape));
  return layout;
}

static llvm::Expected<RankedTensorType>
int8Type(func::FuncOp function, Type type, StringRef what, unsigned index) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (tensor && tensor.hasStaticShape() && tensor.getRank() > 0 &&
      tensor.getElementType().isSignlessInteger(8))
    return tensor;
  return makeError("function '{0}': expected {1} {2} to be a static int8 "
                   "tensor",
                   function.getSymName(), what, index);
}

llvm::Expected<HostLayout> cmnn::getArgumentLayout(func::FuncOp function,
                                                   unsigned index) {
  auto type = int8Type(function, function.getArgument(index).getType(),
                       "argument", index);
  if (!type)
    return type.takeError();
  return getHostLayout(function.getArgAttrDict(index), *type,
                       "input" + std::to_string(index));
}

llvm::Expected<HostLayout> cmnn::getResultLayout(func::FuncOp function,
                                                 unsigned index) {
  auto type =
      int8Type(function, function.getResultTypes()[index], "result", index);
  if (!type)
    return type.takeError();
  return getHostLayout(function.getResultAttrDict(index), *type,
                       "output" + std::to_string(index));
}
