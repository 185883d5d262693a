//===- StageEmitter.cpp - objects, bindings and streams -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StageEmitter.h"
#include "cm/Dialect/CMNN/CMNNBinding.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace cm;
using namespace cm::partition;
using namespace mlir;

StageEmitter::StageEmitter(ModuleOp module, cmflow::GraphOp graph)
    : builder(graph.getContext()), graph(graph), symbols(graph.getOperation()),
      loc(graph.getLoc()) {
  builder.setInsertionPointToEnd(&graph.getBody().front());
}

//===----------------------------------------------------------------------===//
// Objects
//===----------------------------------------------------------------------===//

cmflow::ObjectOp StageEmitter::createObject(StringRef name, Extent extent,
                                            Type elementType) {
  auto object = cmflow::ObjectOp::create(builder, loc, name, extent.h, extent.w,
                                         extent.c, elementType);
  symbols.insert(object);
  return object;
}

cmflow::ObjectOp StageEmitter::objectOf(Value value) {
  value = resolve(value);
  cmflow::ObjectOp &object = objects[value];
  if (!object) {
    StringRef name = nameOf(value);
    object = createObject(name.empty() ? "value" : name, extentOf(value),
                          builder.getI8Type());
  }
  return object;
}

//===----------------------------------------------------------------------===//
// Bindings
//===----------------------------------------------------------------------===//

/// The binding of an argument or result of `func`, as every level reads it.
static FailureOr<cmflow::BindingAttr>
bindingOf(func::FuncOp func, llvm::Expected<HostLayout> layout) {
  if (!layout)
    return func.emitError(llvm::toString(layout.takeError()));
  Builder builder(func.getContext());
  return cmflow::BindingAttr::get(
      func.getContext(), layout->name(), hostTypeName(layout->type()),
      layout->shape(), layout->permutation(),
      builder.getF32FloatAttr(layout->scale()), layout->zeroPoint());
}

LogicalResult StageEmitter::emitInput(func::FuncOp func, unsigned index) {
  FailureOr<cmflow::BindingAttr> binding =
      bindingOf(func, cmnn::getArgumentLayout(func, index));
  if (failed(binding))
    return failure();
  cmflow::ObjectOp object = objectOf(func.getArgument(index));
  symbols.insert(cmflow::InputOp::create(
      builder, loc, builder.getStringAttr("input_" + object.getSymName()),
      FlatSymbolRefAttr::get(object.getSymNameAttr()), *binding, IntegerAttr(),
      IntegerAttr()));
  return success();
}

LogicalResult StageEmitter::emitOutput(func::FuncOp func, unsigned index,
                                       Value value) {
  FailureOr<cmflow::BindingAttr> binding =
      bindingOf(func, cmnn::getResultLayout(func, index));
  if (failed(binding))
    return failure();
  cmflow::ObjectOp object = objectOf(value);
  symbols.insert(cmflow::OutputOp::create(
      builder, loc, builder.getStringAttr("output_" + object.getSymName()),
      FlatSymbolRefAttr::get(object.getSymNameAttr()), *binding, IntegerAttr(),
      IntegerAttr()));
  return success();
}

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

void StageEmitter::beginStage(StringRef name, Domain domain, StringRef layer) {
  stage = cmflow::StageOp::create(
      builder, loc, name, builder.getDenseI64ArrayAttr({domain.h, domain.w}),
      layer == name ? StringAttr() : builder.getStringAttr(layer),
      IntegerAttr(), IntegerAttr());
  symbols.insert(stage);
  builder.createBlock(&stage.getBody());
  ++numStages;
}

void StageEmitter::finishStage(Value value, cmflow::ObjectOp object,
                               Range range) {
  PixelWrite write;
  write.channelBegin = range.begin, write.channelEnd = range.end;
  cmflow::WriteOp::create(
      builder, loc, value, FlatSymbolRefAttr::get(object.getSymNameAttr()),
      cmflow::PixelsAttr::fromPixelWrite(builder.getContext(), write));
  builder.setInsertionPointAfter(stage);
}

VectorType StageEmitter::vectorType(int64_t length, unsigned bits) {
  return VectorType::get({length}, builder.getIntegerType(bits));
}

void StageEmitter::setNames(Value vector, Value tensor) {
  if (ArrayAttr names = tensorNames(tensor))
    vector.getDefiningOp()->setAttr(cmflow::tensorAttrName, names);
}

Value StageEmitter::constant(ArrayRef<int32_t> values) {
  return arith::ConstantOp::create(
      builder, loc,
      DenseElementsAttr::get(vectorType(values.size(), 32), values));
}

Value StageEmitter::readPixel(Value tensor, Range range) {
  Window window;
  window.channelBegin = range.begin, window.channelEnd = range.end;
  window.elementEnd = range.size();
  return cmflow::ReadOp::create(
      builder, loc, vectorType(range.size(), 8),
      FlatSymbolRefAttr::get(objectOf(tensor).getSymNameAttr()),
      cmflow::WindowAttr::fromWindow(builder.getContext(), window));
}

LogicalResult StageEmitter::emitLayer(const Layer &layer) {
  loc = layer.head->getLoc();
  if (!layer.tiling.tiles.empty())
    return emitProduct(layer);

  cmflow::ObjectOp object = objectOf(layer.result());
  Extent extent = extentOf(layer.result());
  Range range{0, extent.c};
  std::string name =
      (layer.head->getName().stripDialect() + "_" + object.getSymName()).str();
  beginStage(name, {extent.h, extent.w}, name);
  Value value =
      isa<cmnn::WindowOpInterface, cmnn::GlobalAveragePoolOp>(layer.head)
          ? emitPool(layer.head)
          : emitVectorOp(layer.head, {}, {}, range);
  setNames(value, layer.head->getResult(0));
  finishStage(emitTail(layer, value, range), object, range);
  return success();
}
