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
#include "cm/Support/Scales.h"
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

/// Reads `key` into `slot`, null where it is missing.
template <typename AttrT>
static llvm::Error read(DictionaryAttr attrs, StringRef key, StringRef name,
                        StringRef expected, AttrT &slot) {
  auto attr = lookUp<AttrT>(attrs, key, name, expected);
  if (!attr)
    return attr.takeError();
  slot = *attr;
  return llvm::Error::success();
}

/// Whether the attributes' numbers are those of an int8 tensor.
static llvm::Error checkNumbers(const BindingAttrs &b, StringRef name) {
  if (b.scale && (!b.scale.getType().isF32() ||
                  !isScale(b.scale.getValue().convertToFloat())))
    return makeError("tensor '{0}': expected attribute 'cm.scale' to be a "
                     "positive, normal f32 of at most 2^80",
                     name);
  if (b.zeroPoint && !b.zeroPoint.getValue().isSignedIntN(8))
    return makeError("tensor '{0}': expected attribute 'cm.zero_point' to be "
                     "-128 to 127",
                     name);
  return llvm::Error::success();
}

static llvm::Expected<BindingAttrs> readAttrs(DictionaryAttr attrs,
                                              StringRef name) {
  BindingAttrs b;
  if (llvm::Error error = read(attrs, "cm.host_type", name, "a string", b.type))
    return std::move(error);
  if (llvm::Error error =
          read(attrs, "cm.host_shape", name, "an array<i64>", b.shape))
    return std::move(error);
  if (llvm::Error error =
          read(attrs, "cm.permutation", name, "an array<i64>", b.permutation))
    return std::move(error);
  if (llvm::Error error = read(attrs, "cm.scale", name, "an f32", b.scale))
    return std::move(error);
  if (llvm::Error error =
          read(attrs, "cm.zero_point", name, "an i8", b.zeroPoint))
    return std::move(error);
  if (llvm::Error error = checkNumbers(b, name))
    return std::move(error);
  return b;
}

std::optional<ElementType> cmnn::getElementType(Type type) {
  if (type.isSignlessInteger(8))
    return ElementType::Int8;
  if (type.isSignlessInteger(32))
    return ElementType::Int32;
  if (type.isSignlessInteger(64))
    return ElementType::Int64;
  if (type.isF32())
    return ElementType::Float32;
  return std::nullopt;
}

namespace {
/// The host's array of a tensor.
struct HostShape {
  SmallVector<int64_t> shape, permutation;
};
} // namespace

/// What the attributes say, or how a tensor without them is seen.
static HostShape hostShapeOf(const BindingAttrs &b, RankedTensorType type) {
  ArrayRef<int64_t> held = type.getShape();
  HostShape host;
  if (b.shape) {
    host.shape = SmallVector<int64_t>(b.shape.asArrayRef());
  } else if (held.size() == 4) {
    host.shape = {held[0], held[3], held[1], held[2]};
  } else {
    host.shape = SmallVector<int64_t>(held);
  }
  // An extent other than 1 is no batch: all of the tensor is one image.
  bool isBatch = b.shape || (!held.empty() && held[0] == 1);
  if (!isBatch)
    host.shape.insert(host.shape.begin(), 1);
  if (b.permutation)
    host.permutation = SmallVector<int64_t>(b.permutation.asArrayRef());
  else if (!b.shape && held.size() == 4)
    host.permutation = isBatch ? SmallVector<int64_t>{1, 2, 0}
                               : SmallVector<int64_t>{0, 2, 3, 1};
  else if (!host.shape.empty())
    host.permutation =
        llvm::to_vector(llvm::seq<int64_t>(0, host.shape.size() - 1));
  return host;
}

/// The layout of an int8 tensor as the host type `b.type`.
static llvm::Expected<HostLayout>
int8Layout(const BindingAttrs &b, const HostShape &host, StringRef name) {
  auto type = b.type ? parseHostType(b.type.getValue()) : HostType::Int8;
  if (!type)
    return makeError("tensor '{0}': expected host type int8, uint8 or float32, "
                     "found '{1}'",
                     name, b.type.getValue());
  return HostLayout::create(
      name, *type, host.shape, host.permutation,
      b.scale ? b.scale.getValue().convertToFloat() : 1.0f,
      b.zeroPoint ? b.zeroPoint.getValue().getSExtValue() : 0);
}

/// The layout of a tensor whose elements are the host's.
static llvm::Expected<HostLayout> rawLayout(const BindingAttrs &b,
                                            const HostShape &host,
                                            ElementType element,
                                            StringRef name) {
  StringRef expected = elementTypeName(element);
  if (b.type && b.type.getValue() != expected)
    return makeError("tensor '{0}': expected host type {1} as its elements, "
                     "found '{2}'",
                     name, expected, b.type.getValue());
  return HostLayout::createRaw(name, element, host.shape, host.permutation);
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
  ElementType element = *getElementType(type.getElementType());
  HostShape host = hostShapeOf(*b, type);
  auto layout = element == ElementType::Int8
                    ? int8Layout(*b, host, name)
                    : rawLayout(*b, host, element, name);
  if (layout && layout->numElements() != type.getNumElements())
    return makeError("tensor '{0}': expected a host shape of {1} elements, "
                     "found {2}",
                     name, type.getNumElements(), formatShape(host.shape));
  return layout;
}

static llvm::Expected<RankedTensorType>
tensorType(func::FuncOp function, Type type, StringRef what, unsigned index) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (tensor && tensor.hasStaticShape() && tensor.getRank() > 0 &&
      cmnn::getElementType(tensor.getElementType()))
    return tensor;
  return makeError("function '{0}': expected {1} {2} to be a static tensor of "
                   "i8, i32, i64 or f32",
                   function.getSymName(), what, index);
}

llvm::Expected<HostLayout> cmnn::getArgumentLayout(func::FuncOp function,
                                                   unsigned index) {
  auto type = tensorType(function, function.getArgument(index).getType(),
                         "argument", index);
  if (!type)
    return type.takeError();
  return getHostLayout(function.getArgAttrDict(index), *type,
                       "input" + std::to_string(index));
}

llvm::Expected<HostLayout> cmnn::getResultLayout(func::FuncOp function,
                                                 unsigned index) {
  auto type =
      tensorType(function, function.getResultTypes()[index], "result", index);
  if (!type)
    return type.takeError();
  return getHostLayout(function.getResultAttrDict(index), *type,
                       "output" + std::to_string(index));
}
