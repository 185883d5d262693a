//===- Graph.cpp - an ONNX graph that is known to be well formed ----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Graph.h"
#include "onnx/onnx_pb.h"
#include <climits>

using namespace cm;
using namespace cm::onnx_import;

Graph::Graph() = default;
Graph::~Graph() = default;

llvm::Expected<std::unique_ptr<Graph>> Graph::parse(llvm::StringRef bytes,
                                                    llvm::StringRef name) {
  std::unique_ptr<Graph> result(new Graph);
  result->modelName = name.str();
  result->model = std::make_unique<::onnx::ModelProto>();
  if (bytes.size() > INT_MAX ||
      !result->model->ParseFromArray(bytes.data(), bytes.size()))
    return makeError("'{0}' is not an ONNX model, or is cut off", name);
  if (!result->model->has_graph() || result->model->graph().node().empty())
    return makeError("'{0}' is not an ONNX model: it has no graph", name);
  result->graph = &result->model->graph();
  using Step = llvm::Error (Graph::*)();
  for (Step step : {&Graph::readOpsets, &Graph::readInitializers,
                    &Graph::readInputs, &Graph::readNodes, &Graph::readOutputs})
    if (llvm::Error error = (result.get()->*step)())
      return error;
  return result;
}

llvm::Error Graph::readOpsets() {
  for (const auto &import : model->opset_import()) {
    llvm::StringRef domain = import.domain();
    opsets[domain.empty() ? "ai.onnx" : domain] = import.version();
  }
  if (opsets.empty())
    return makeError("'{0}' imports no operator set", modelName);
  return llvm::Error::success();
}

llvm::Error Graph::define(llvm::StringRef name) {
  if (!defined.insert(name).second)
    return makeError("value '{0}' is defined twice", name);
  return llvm::Error::success();
}

llvm::Error Graph::readInitializers() {
  if (graph->sparse_initializer_size())
    return makeError("sparse initializer '{0}' is not supported",
                     graph->sparse_initializer(0).values().name());
  for (const ::onnx::TensorProto &tensor : graph->initializer()) {
    if (llvm::Error error = define(tensor.name()))
      return error;
    constantProtos[tensor.name()] = &tensor;
  }
  return llvm::Error::success();
}

/// The batch extent may be symbolic, absent or 1 and is then 1.
static llvm::Error readExtent(const ::onnx::TensorShapeProto &shape, int i,
                              Port &port) {
  const auto &dim = shape.dim(i);
  int64_t extent = dim.has_dim_value() ? dim.dim_value() : -1;
  if (i == 0) {
    if (extent > 1)
      return makeError("input '{0}' has a batch of {1}: expected 1 or a "
                       "symbolic batch (images are streamed one by one)",
                       port.name, extent);
    extent = 1;
  }
  if (extent < 1)
    return makeError("extent {0} of input '{1}' is not a positive number: only "
                     "the batch may be symbolic",
                     i, port.name);
  port.shape.push_back(extent);
  return llvm::Error::success();
}

static llvm::Expected<Port> readType(const ::onnx::ValueInfoProto &info,
                                     llvm::StringRef what) {
  Port port;
  port.name = info.name();
  int32_t code = info.type().tensor_type().elem_type();
  std::optional<ElementType> type = elementTypeOf(code);
  if (!type || (*type != ElementType::Int8 && *type != ElementType::UInt8 &&
                *type != ElementType::Float32))
    return makeError("{0} '{1}' has type {2}: expected int8, uint8 or float",
                     what, port.name, onnxTypeName(code));
  port.type = *type;
  return port;
}

llvm::Error Graph::readInputs() {
  for (const ::onnx::ValueInfoProto &info : graph->input()) {
    if (isConstant(info.name()))
      continue;
    if (llvm::Error error = define(info.name()))
      return error;
    auto port = readType(info, "input");
    if (!port)
      return port.takeError();
    const ::onnx::TensorShapeProto &shape = info.type().tensor_type().shape();
    if (shape.dim_size() < 2)
      return makeError(
          "input '{0}' has rank {1}: expected a batch and at least "
          "one more axis",
          port->name, shape.dim_size());
    for (int i = 0; i < shape.dim_size(); ++i)
      if (llvm::Error error = readExtent(shape, i, *port))
        return error;
    if (!countElements(port->shape))
      return makeError("input '{0}' has shape {1}: expected at most 2^31 "
                       "elements",
                       port->name, shapeText(port->shape));
    inputList.push_back(std::move(*port));
  }
  if (inputList.empty())
    return makeError("'{0}' has no input", modelName);
  return llvm::Error::success();
}

llvm::Error Graph::checkOrder(const Node &node) {
  for (unsigned i = 0; i < node.numInputs(); ++i) {
    llvm::StringRef operand = node.input(i);
    if (operand.empty() || defined.contains(operand))
      continue;
    for (const ::onnx::NodeProto &other : graph->node())
      if (llvm::is_contained(other.output(), operand.str()))
        return node.error(
            "operand '{0}' is computed by this or a later node: "
            "the graph has a cycle or is not in topological order",
            operand);
    return node.error("operand '{0}' is not an input, an initializer or a "
                      "result of a node",
                      operand);
  }
  return llvm::Error::success();
}

llvm::Error Graph::readNodes() {
  for (const ::onnx::NodeProto &proto : graph->node()) {
    Node plain(&proto, 0);
    auto opset = opsets.find(plain.domain());
    if (opset == opsets.end())
      return plain.error("the model imports no operator set of this domain");
    Node node(&proto, opset->second);
    if (llvm::Error error = checkOrder(node))
      return error;
    for (const std::string &output : proto.output())
      if (!output.empty())
        if (llvm::Error error = define(output))
          return error;
    if (node.op() != "Constant" || node.domain() != "ai.onnx") {
      nodeList.push_back(node);
      continue;
    }
    if (llvm::Error error = readConstantNode(node, proto))
      return error;
  }
  return llvm::Error::success();
}

/// A vector attribute as a constant of type T.
template <typename T, typename Field>
static Constant makeConstant(ElementType type, const Field &values,
                             bool scalar) {
  Constant result;
  result.type = type;
  if (!scalar)
    result.shape.push_back(values.size());
  std::vector<T> elements(values.begin(), values.end());
  const auto *begin = reinterpret_cast<const uint8_t *>(elements.data());
  result.bytes.assign(begin, begin + elements.size() * sizeof(T));
  return result;
}

llvm::Error Graph::readConstantNode(const Node &node,
                                    const ::onnx::NodeProto &proto) {
  if (proto.attribute_size() != 1 || node.output().empty())
    return node.error("expected one attribute, found {0}",
                      proto.attribute_size());
  const ::onnx::AttributeProto &value = proto.attribute(0);
  Constant constant;
  if (value.name() == "value" && value.has_t()) {
    constantProtos[node.output()] = &value.t();
    return llvm::Error::success();
  }
  if (value.name() == "value_int")
    constant = makeConstant<int64_t>(ElementType::Int64,
                                     std::vector<int64_t>{value.i()}, true);
  else if (value.name() == "value_ints")
    constant = makeConstant<int64_t>(ElementType::Int64, value.ints(), false);
  else if (value.name() == "value_float")
    constant = makeConstant<float>(ElementType::Float32,
                                   std::vector<float>{value.f()}, true);
  else if (value.name() == "value_floats")
    constant = makeConstant<float>(ElementType::Float32, value.floats(), false);
  else
    return node.error("attribute '{0}' is not supported", value.name());
  constant.name = node.output().str();
  addConstant(std::move(constant));
  return llvm::Error::success();
}

llvm::Error Graph::readOutputs() {
  for (const ::onnx::ValueInfoProto &info : graph->output()) {
    if (!defined.contains(info.name()))
      return makeError("output '{0}' is not computed by any node", info.name());
    auto port = readType(info, "output");
    if (!port)
      return port.takeError();
    outputList.push_back(std::move(*port));
  }
  if (outputList.empty())
    return makeError("'{0}' has no output", modelName);
  return llvm::Error::success();
}

llvm::Expected<const Constant *> Graph::constant(llvm::StringRef name) {
  auto known = constants.find(name);
  if (known != constants.end())
    return known->second.get();
  auto constant = readConstant(*constantProtos.lookup(name), name);
  if (!constant)
    return constant.takeError();
  return addConstant(std::move(*constant));
}

const Constant *Graph::addConstant(Constant constant) {
  std::string name = constant.name;
  auto &slot = constants[name];
  slot = std::make_unique<Constant>(std::move(constant));
  return slot.get();
}
