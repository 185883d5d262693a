//===- StageEmitter.cpp - objects, bindings and streams -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the stages of all layers have in common: objects, names, reads and
// writes.
//
//===----------------------------------------------------------------------===//

#include "StageEmitter.h"
#include "cm/Dialect/CMNN/CMNNBinding.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace cm;
using namespace cm::partition;
using namespace mlir;

StageEmitter::StageEmitter(cmflow::GraphOp graph, const Homes &homes)
    : builder(graph.getContext()), graph(graph), symbols(graph.getOperation()),
      loc(graph.getLoc()), homes(homes) {
  builder.setInsertionPointToEnd(&graph.getBody().front());
  addVectorEmissions();
  addWindowEmissions();
  addActivationEmissions();
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
  value = homes.find(value).object;
  cmflow::ObjectOp &object = objects[value];
  if (!object) {
    StringRef name = nameOf(value);
    object = createObject(name.empty() ? "value" : name, extentOf(value),
                          builder.getI8Type());
  }
  return object;
}

std::string StageEmitter::baseName(const Layer &layer) {
  StringRef object = objectOf(layer.result()).getSymName();
  std::string name = nameOf(layer.result()).str();
  if (layer.isPart)
    return ("copy_" + object + ".part" +
            Twine(std::max(layer.lattices.front().y.offset,
                           layer.lattices.front().x.offset)))
        .str();
  if (layer.copied)
    return ("copy_" + object + "." + Twine(layer.copyChannel)).str();
  if (name.empty())
    name = nameOf(layer.head->getResult(0)).str();
  if (name.empty())
    name = object.str();
  return (layer.head->getName().stripDialect() + "_" + name).str();
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
      IntegerAttr(), IntegerAttr()));
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
  computed.clear();
  ++numStages;
}

void StageEmitter::setReason(const Layer &layer) {
  if (!layer.reason.empty())
    stage->setAttr(cmflow::reasonAttrName, builder.getStringAttr(layer.reason));
}

void StageEmitter::write(Value value, cmflow::ObjectOp object, Range channels) {
  PixelWrite write = pixels;
  write.channelBegin = channels.begin, write.channelEnd = channels.end;
  // A name stands for channels from the first that is written on, unless said
  // otherwise.
  for (Operation &op : stage.getBody().front())
    if (auto channel = op.getAttrOfType<IntegerAttr>(cmflow::channelAttrName))
      if (channel.getInt() == channels.begin)
        op.removeAttr(cmflow::channelAttrName);
  cmflow::WriteOp::create(
      builder, loc, value, FlatSymbolRefAttr::get(object.getSymNameAttr()),
      cmflow::PixelsAttr::fromPixelWrite(builder.getContext(), write));
  builder.setInsertionPointAfter(stage);
}

void StageEmitter::finishStage(const Layer &layer, Value value, Range range) {
  Value result = layer.result();
  int64_t channel = homes.find(result).channel;
  if (layer.copied)
    channel += layer.copyChannel;
  // Where operands of a join have names of their own, it is not whole.
  bool isPart = layer.copied &&
                cmnn::getStageRole(layer.head) == StageRole::Join &&
                !layer.isPart && !homes.isNamed(result);
  if (!isPart && !value.getDefiningOp()->hasAttr(cmflow::tensorAttrName)) {
    int64_t first = 0;
    if (ArrayAttr names = homes.names(result, first)) {
      if (layer.copied)
        first += layer.copyChannel;
      value.getDefiningOp()->setAttr(cmflow::tensorAttrName, names);
      value.getDefiningOp()->setAttr(
          cmflow::channelAttrName,
          builder.getI64IntegerAttr(first + range.begin));
    }
  }
  write(value, objectOf(result), {channel + range.begin, channel + range.end});
}

void StageEmitter::finishPartial(Value value, cmflow::ObjectOp object) {
  write(value, object, {0, static_cast<int64_t>(object.getChannels())});
}

VectorType StageEmitter::vectorType(int64_t length, unsigned bits) {
  return VectorType::get({length}, builder.getIntegerType(bits));
}

void StageEmitter::setNames(Value vector, Value tensor, int64_t channel) {
  ArrayAttr names = tensorNames(tensor);
  if (!names)
    return;
  if (Operation *op = tensor.getDefiningOp(); op && op->hasAttr(partAttrName))
    channel += op->getAttrOfType<IntegerAttr>(cmflow::channelAttrName).getInt();
  vector.getDefiningOp()->setAttr(cmflow::tensorAttrName, names);
  vector.getDefiningOp()->setAttr(cmflow::channelAttrName,
                                  builder.getI64IntegerAttr(channel));
}

Value StageEmitter::constant(ArrayRef<int32_t> values) {
  return arith::ConstantOp::create(
      builder, loc,
      DenseElementsAttr::get(vectorType(values.size(), 32), values));
}

/// The stages of one lattice of a layer write every n-th pixel.
static PixelWrite pixelsOf(const Lattice &lattice) {
  PixelWrite write;
  write.strideY = lattice.y.stride, write.strideX = lattice.x.stride;
  write.offsetY = lattice.y.offset, write.offsetX = lattice.x.offset;
  return write;
}

/// ".y0x1", or nothing where there is one lattice.
static std::string suffixOf(const Layer &layer, const Lattice &lattice) {
  if (layer.lattices.size() == 1)
    return "";
  return (".y" + Twine(lattice.y.offset) + "x" + Twine(lattice.x.offset)).str();
}

LogicalResult StageEmitter::emitLayer(const Layer &layer) {
  loc = layer.head->getLoc();
  std::string base = baseName(layer);
  Extent extent = extentOf(layer.head->getResult(0));
  for (auto [index, lattice] : llvm::enumerate(layer.lattices)) {
    pixels = pixelsOf(lattice);
    domain = lattice.domain(extent);
    std::string name = base + suffixOf(layer, lattice);
    if (!layer.tilings.empty()) {
      if (failed(emitTiles(layer, index, base, name)))
        return failure();
      continue;
    }
    if (layer.onDpu &&
        failed(foldedBias(cast<cmnn::ProductOpInterface>(layer.head), 0,
                          extent.c, lattice)))
      return failure();
    Value head = layer.copied ? layer.copied : layer.head->getResult(0);
    Range range{0, extentOf(head).c};
    beginStage(name, domain, base);
    setReason(layer);
    Value value = emitHead(layer, lattice, range);
    if (!layer.copied)
      setNames(value, head, range.begin);
    value = emitTail(layer, lattice, value, range);
    finishStage(layer, value, range);
  }
  return success();
}
