//===- Ports.cpp - what the host sees of a function -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace cm;
using namespace cm::tosa_to_cmnn;

bool tosa_to_cmnn::isIntegerTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape() &&
         cmnn::isShape(tensor.getShape()) &&
         (tensor.getElementType().isSignlessInteger(8) ||
          tensor.getElementType().isSignlessInteger(32));
}

//===----------------------------------------------------------------------===//
// uint8
//===----------------------------------------------------------------------===//

/// A uint8 tensor is ui8, or i8 that a rescale calls unsigned; cmnn has int8,
/// 128 less.
static bool isUnsignedTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getElementType().isUnsignedInteger(8);
}

/// Port `i`, a `kind` that a rescale calls unsigned, becomes int8.
static LogicalResult makeInt8(func::FuncOp function, Value value,
                              StringRef kind, unsigned i) {
  auto tensor = dyn_cast<RankedTensorType>(value.getType());
  if (!tensor || !tensor.getElementType().isInteger(8))
    return function.emitOpError("expected a tensor of bytes as ")
           << kind << " " << i << ", which is unsigned, found "
           << value.getType();
  value.setType(tensor.clone(IntegerType::get(value.getContext(), 8)));
  return success();
}

static bool readsUnsigned(Operation *op) {
  auto rescale = dyn_cast_or_null<tosa::RescaleOp>(op);
  return rescale && rescale.getInputUnsigned();
}

static bool givesUnsigned(Operation *op) {
  auto rescale = dyn_cast_or_null<tosa::RescaleOp>(op);
  return rescale && rescale.getOutputUnsigned();
}

static LogicalResult lowerUnsignedArgument(func::FuncOp function, unsigned i,
                                           StringAttr uint8) {
  BlockArgument argument = function.getArgument(i);
  if (!isUnsignedTensor(argument.getType()) &&
      llvm::none_of(argument.getUsers(), readsUnsigned))
    return success();
  for (Operation *user : argument.getUsers())
    if (!readsUnsigned(user))
      return user->emitOpError("cannot become cmnn: expected only a rescale "
                               "with input_unsigned to read argument ")
             << i << ", which is unsigned";
  if (failed(makeInt8(function, argument, "argument", i)))
    return failure();
  function.setArgAttr(i, cmnn::hostTypeAttrName, uint8);
  return success();
}

static LogicalResult lowerUnsignedResult(func::FuncOp function,
                                         OpOperand &result, StringAttr uint8) {
  Operation *producer = result.get().getDefiningOp();
  if (!isUnsignedTensor(result.get().getType()) && !givesUnsigned(producer))
    return success();
  if (!givesUnsigned(producer) || !producer->hasOneUse())
    return function.emitOpError("expected a rescale with output_unsigned and "
                                "no other user to give result ")
           << result.getOperandNumber() << ", which is unsigned";
  if (failed(makeInt8(function, result.get(), "result",
                      result.getOperandNumber())))
    return failure();
  function.setResultAttr(result.getOperandNumber(), cmnn::hostTypeAttrName,
                         uint8);
  return success();
}

LogicalResult tosa_to_cmnn::lowerUnsignedPorts(func::FuncOp function) {
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("expected a body of one block");
  auto uint8 = StringAttr::get(function.getContext(), "uint8");
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    if (failed(lowerUnsignedArgument(function, i, uint8)))
      return failure();
  Operation *end = function.getBody().back().getTerminator();
  for (OpOperand &result : end->getOpOperands())
    if (failed(lowerUnsignedResult(function, result, uint8)))
      return failure();
  function.setType(FunctionType::get(function.getContext(),
                                     function.getBody().getArgumentTypes(),
                                     end->getOperandTypes()));
  return success();
}

//===----------------------------------------------------------------------===//
// Bindings
//===----------------------------------------------------------------------===//

/// How the host sees a port: as it is, whole where the leading extent is no
/// batch of 1.
static SmallVector<NamedAttribute>
portAttributes(const Twine &name, RankedTensorType type, Builder &builder) {
  SmallVector<int64_t> shape(type.getShape());
  if (shape.size() == 1 || shape.front() != 1)
    shape.insert(shape.begin(), 1);
  auto axes = llvm::to_vector(llvm::seq<int64_t>(0, shape.size() - 1));
  return {
      builder.getNamedAttr(cmnn::tensorAttrName, builder.getStringAttr(name)),
      builder.getNamedAttr("cm.host_shape",
                           builder.getDenseI64ArrayAttr(shape)),
      builder.getNamedAttr("cm.permutation",
                           builder.getDenseI64ArrayAttr(axes))};
}

static StringAttr hostTypeOf(RankedTensorType type, Builder &builder) {
  return builder.getStringAttr(type.getElementType().isInteger(8) ? "int8"
                                                                  : "int32");
}

LogicalResult tosa_to_cmnn::describePorts(func::FuncOp function) {
  for (Type type : llvm::concat<const Type>(function.getArgumentTypes(),
                                            function.getResultTypes()))
    if (!isIntegerTensor(type))
      return function.emitOpError("expected static int8 or int32 tensors of "
                                  "rank at least 1 as arguments and results, "
                                  "found ")
             << type;
  Builder builder(function.getContext());
  constexpr StringLiteral host = cmnn::hostTypeAttrName;
  for (auto [i, type] : llvm::enumerate(function.getArgumentTypes())) {
    auto tensor = cast<RankedTensorType>(type);
    for (NamedAttribute attribute :
         portAttributes("input" + Twine(i), tensor, builder))
      function.setArgAttr(i, attribute.getName(), attribute.getValue());
    if (!function.getArgAttr(i, host))
      function.setArgAttr(i, host, hostTypeOf(tensor, builder));
  }
  for (auto [i, type] : llvm::enumerate(function.getResultTypes())) {
    auto tensor = cast<RankedTensorType>(type);
    for (NamedAttribute attribute :
         portAttributes("output" + Twine(i), tensor, builder))
      function.setResultAttr(i, attribute.getName(), attribute.getValue());
    if (!function.getResultAttr(i, host))
      function.setResultAttr(i, host, hostTypeOf(tensor, builder));
  }
  return success();
}
