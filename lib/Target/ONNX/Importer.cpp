//===- Importer.cpp - the walk over the nodes and the ports ---------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Importer.h"
#include "Fold.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

HandlerTable onnx_import::allHandlers() {
  HandlerTable table;
  for (auto add : {addProductHandlers, addGemmHandlers, addElementwiseHandlers,
                   addFunctionHandlers, addPoolHandlers, addReductionHandlers,
                   addShapeHandlers, addPieceHandlers, addImageHandlers,
                   addQuantisationHandlers, addConstantHandlers})
    add(table);
  return table;
}

Importer::Importer(Graph &graph, const ImportOptions &options,
                   MLIRContext *context)
    : graph(graph), options(options), builder(context),
      handlers(allHandlers()) {}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

Location Importer::locationOf(const Node &node) {
  return NameLoc::get(builder.getStringAttr(node.label()));
}

RankedTensorType Importer::typeOf(ArrayRef<int64_t> shape,
                                  ArrayRef<int64_t> layout, Type element) {
  return RankedTensorType::get(heldShape(shape, layout), element);
}

static StringRef hostTypeOf(const Tensor &x) {
  if (x.isInt8())
    return x.isUnsigned ? "uint8" : "int8";
  if (x.isFloat())
    return "float32";
  return x.elementType().isInteger(32) ? "int32" : "int64";
}

/// The host's shape and the order of its axes behind the first, which is the
/// batch if it is 1 and stays in front, and otherwise a 1 that is added.
static std::pair<Shape, Shape> hostLayoutOf(const Tensor &x) {
  if (!x.shape.empty() && x.shape.front() == 1 && x.layout.front() == 0) {
    Shape axes;
    for (int64_t axis : llvm::drop_begin(x.layout))
      axes.push_back(axis - 1);
    return {x.shape, axes};
  }
  return {padRank(x.shape, x.shape.size() + 1), x.layout};
}

DictionaryAttr Importer::portAttributes(StringRef name, const Tensor &x) {
  auto [shape, permutation] = hostLayoutOf(x);
  SmallVector<NamedAttribute> attributes = {
      builder.getNamedAttr("cm.tensor", builder.getStringAttr(name)),
      builder.getNamedAttr("cm.host_shape", array(shape)),
      builder.getNamedAttr("cm.permutation", array(permutation)),
      builder.getNamedAttr("cm.host_type",
                           builder.getStringAttr(hostTypeOf(x)))};
  if (x.isInt8() && x.quantization) {
    attributes.push_back(
        builder.getNamedAttr("cm.scale", f32(x.quantization->scale)));
    attributes.push_back(
        builder.getNamedAttr("cm.zero_point", i8(x.quantization->zeroPoint)));
  }
  return builder.getDictionaryAttr(attributes);
}

/// Without cm.host_shape a tensor of rank 4 is an image NCHW held as NHWC, and
/// any other as it is.
void Importer::nameResult(StringRef name, const Tensor &x) {
  Operation *op = x.value.getDefiningOp();
  if (!op || op->hasAttr(cmnn::tensorAttrName))
    return;
  op->setAttr(cmnn::tensorAttrName, builder.getStringAttr(name));
  if (hostTypeOf(x) != "int8")
    op->setAttr(cmnn::hostTypeAttrName, builder.getStringAttr(hostTypeOf(x)));
  bool hasBatch = !x.shape.empty() && x.shape.front() == 1;
  Shape usual = x.rank() == 4 ? imageLayout() : identityLayout(x.rank());
  if (hasBatch && x.layout == usual)
    return;
  auto [shape, permutation] = hostLayoutOf(x);
  op->setAttr("cm.host_shape", array(shape));
  op->setAttr("cm.permutation", array(permutation));
}

void Importer::define(const Node &node, Item item, unsigned i) {
  StringRef name = node.output(i);
  if (name.empty())
    return;
  if (auto *tensor = std::get_if<Tensor>(&item))
    nameResult(name, *tensor);
  if (auto *constant = std::get_if<Constant>(&item))
    if (constant->name.empty())
      constant->name = name.str();
  items[name] = std::move(item);
}

llvm::Error Importer::checkSize(const Node &node,
                                ArrayRef<int64_t> shape) const {
  std::optional<int64_t> count = countElements(shape);
  if (count && *count > 0)
    return llvm::Error::success();
  return node.error("result has shape {0}, expected 1 to 2^31 elements",
                    shapeText(shape));
}

llvm::Error Importer::defineChecked(const Node &node, Tensor tensor,
                                    unsigned i) {
  if (llvm::Error error = checkSize(node, tensor.shape))
    return error;
  define(node, std::move(tensor), i);
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// The walk
//===----------------------------------------------------------------------===//

/// Gives constants back whose last use this was.
void Importer::release(const Node &node) {
  for (unsigned i = 0; i < node.numInputs(); ++i)
    if (node.hasInput(i) &&
        ++uses[node.input(i)] == graph.numUses(node.input(i)))
      items.erase(node.input(i));
}

void Importer::record(const Node &node) {
  NodeRecord record{node.label().str(), node.op().str(), NodeRecord::Emitted};
  auto result = items.find(node.output());
  if (result != items.end()) {
    auto *tensor = std::get_if<Tensor>(&result->getValue());
    if (!tensor)
      record.kind = NodeRecord::Constant;
    else if (!tensor->value.getDefiningOp() ||
             tensor->value.getLoc() != locationOf(node))
      record.kind = NodeRecord::View;
  }
  nodeRecords.push_back(std::move(record));
}

/// Whether the node's operands are constant and it has become a constant.
llvm::Expected<bool> Importer::foldConstants(const Node &node) {
  SmallVector<const Constant *> operands;
  for (unsigned i = 0; i < node.numInputs(); ++i) {
    if (!node.hasInput(i)) {
      operands.push_back(nullptr);
      continue;
    }
    auto constant = findConstant(node, i);
    if (!constant)
      return constant.takeError();
    if (!*constant)
      return false;
    operands.push_back(*constant);
  }
  auto folded = foldNode(node, operands);
  if (!folded)
    return folded.takeError();
  if (!*folded)
    return false;
  (*folded)->name = node.output().str();
  define(node, std::move(**folded));
  return true;
}

llvm::Error Importer::importNode(const Node &node) {
  auto isFolded = foldConstants(node);
  if (!isFolded)
    return isFolded.takeError();
  if (*isFolded)
    return llvm::Error::success();
  auto known = handlers.find((node.domain() + "." + node.op()).str());
  if (known == handlers.end())
    return node.error("operator is not supported");
  const HandlerEntry &entry = known->getValue();
  if (node.opset() < entry.since || node.opset() > entry.until)
    return node.error("operator is not supported in this version, expected "
                      "opset {0} to {1}",
                      entry.since, entry.until);
  const Arity &arity = entry.arity;
  if (llvm::Error error =
          node.checkOperands(arity.least, arity.most, arity.results))
    return error;
  if (llvm::Error error = node.checkAttributes(entry.attributes))
    return error;
  return entry.handler(*this, node);
}

/// Operations that only a view or a twin needed and nothing reads. They stand
/// in one block, so that one walk from the end suffices.
void Importer::eraseUnused() {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(*body)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

//===----------------------------------------------------------------------===//
// Ports
//===----------------------------------------------------------------------===//

static Type heldType(ElementType type, Builder &builder) {
  switch (type) {
  case ElementType::Float32:
    return builder.getF32Type();
  case ElementType::Int32:
    return builder.getI32Type();
  case ElementType::Int64:
    return builder.getI64Type();
  default:
    return builder.getI8Type();
  }
}

llvm::Error Importer::readInputs() {
  std::vector<Shape> layouts = chooseInputLayouts(graph);
  auto function = cast<func::FuncOp>(body->getParentOp());
  SmallVector<Type> types;
  for (auto [port, layout] : llvm::zip(graph.inputs(), layouts)) {
    Tensor x;
    x.shape = port.shape;
    x.layout = layout;
    x.isUnsigned = port.type == ElementType::UInt8;
    types.push_back(typeOf(x.shape, x.layout, heldType(port.type, builder)));
    x.value = body->addArgument(types.back(), function.getLoc());
    items[port.name] = x;
  }
  function.setFunctionType(builder.getFunctionType(types, {}));
  for (auto [i, port] : llvm::enumerate(graph.inputs()))
    function.setArgAttrs(
        i, portAttributes(port.name, std::get<Tensor>(items[port.name])));
  return llvm::Error::success();
}

llvm::Expected<Tensor> Importer::outputTensor(const Port &port) {
  auto known = items.find(port.name);
  if (known != items.end())
    if (auto *tensor = std::get_if<Tensor>(&known->getValue()))
      return *tensor;
  if ((known == items.end() && !graph.isConstant(port.name)) ||
      graph.nodes().empty())
    return makeError("output '{0}' is a result that the importer does not "
                     "compute",
                     port.name);
  const Node &last = graph.nodes().back();
  if (known == items.end()) {
    auto constant = graph.takeConstant(port.name);
    if (!constant)
      return constant.takeError();
    known = items.try_emplace(port.name, std::move(*constant)).first;
  }
  if (auto *plain = std::get_if<Constant>(&known->getValue()))
    return constantTensor(last, *plain, plain->shape,
                          identityLayout(plain->shape.size()));
  auto &quantised = std::get<QuantisedConstant>(known->getValue());
  return constantTensor(last, quantised, quantised.elements.shape,
                        identityLayout(quantised.elements.shape.size()));
}

llvm::Error Importer::readOutputs() {
  auto function = cast<func::FuncOp>(body->getParentOp());
  SmallVector<Value> values;
  SmallVector<Attribute> attributes;
  for (const Port &port : graph.outputs()) {
    auto result = outputTensor(port);
    if (!result)
      return result.takeError();
    Type declared = heldType(port.type, builder);
    bool isUnsigned = port.type == ElementType::UInt8;
    if (result->elementType() != declared ||
        (result->isInt8() && result->isUnsigned != isUnsigned))
      return makeError("output '{0}' is declared {1} but computed as {2}",
                       port.name, elementTypeName(port.type),
                       result->isFloat() ? "float" : hostTypeOf(*result));
    values.push_back(result->value);
    attributes.push_back(portAttributes(port.name, *result));
  }
  func::ReturnOp::create(builder, function.getLoc(), values);
  function.setFunctionType(builder.getFunctionType(
      body->getArgumentTypes(), ValueRange(values).getTypes()));
  function.setAllResultAttrs(attributes);
  return llvm::Error::success();
}

llvm::Expected<OwningOpRef<ModuleOp>> Importer::run() {
  Location location =
      FileLineColLoc::get(builder.getContext(), graph.name(), 0, 0);
  OwningOpRef<ModuleOp> owner = ModuleOp::create(location);
  module = *owner;
  builder.setInsertionPointToEnd(module.getBody());
  auto function = func::FuncOp::create(builder, location, "main",
                                       builder.getFunctionType({}, {}));
  body = function.addEntryBlock();
  builder.setInsertionPointToEnd(body);
  if (llvm::Error error = readInputs())
    return error;
  for (const Node &node : graph.nodes()) {
    if (llvm::Error error = importNode(node))
      return error;
    record(node);
    release(node);
  }
  if (llvm::Error error = readOutputs())
    return error;
  eraseUnused();
  return owner;
}
