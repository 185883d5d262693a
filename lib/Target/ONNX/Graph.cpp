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

// Versions of domain ai.onnx whose operators are known.
static constexpr int64_t kOldestOpset = 9, kNewestOpset = 28;

Graph::Graph(const ImportOptions &options) : options(options) {}
Graph::~Graph() = default;

llvm::Expected<std::unique_ptr<Graph>>
Graph::parse(llvm::StringRef bytes, llvm::StringRef name,
             const ImportOptions &options) {
  std::unique_ptr<Graph> result(new Graph(options));
  result->modelName = name.str();
  result->model = std::make_unique<::onnx::ModelProto>();
  if (bytes.size() > INT_MAX)
    return makeError("'{0}' has {1} bytes: expected less than 2 GB (ONNX keeps "
                     "larger models' weights in external files)",
                     name, bytes.size());
  if (!result->model->ParseFromArray(bytes.data(), bytes.size()))
    return makeError("'{0}' is not an ONNX model, or is cut off", name);
  if (!result->model->has_graph())
    return makeError("'{0}' is not an ONNX model: it has no graph", name);
  if (result->model->graph().node().empty())
    return makeError("the graph of '{0}' has no node", name);
  result->graph = result->model->mutable_graph();
  using Step = llvm::Error (Graph::*)();
  for (Step step :
       {&Graph::readOpsets, &Graph::readInitializers, &Graph::readInputs,
        &Graph::checkDims, &Graph::readNodes, &Graph::readOutputs})
    if (llvm::Error error = (result.get()->*step)())
      return error;
  return result;
}

llvm::Error Graph::readOpsets() {
  for (const auto &import : model->opset_import()) {
    llvm::StringRef domain = import.domain();
    bool own = domain.empty() || domain == "ai.onnx";
    opsets[own ? "ai.onnx" : domain] = import.version();
    if (own &&
        (import.version() < kOldestOpset || import.version() > kNewestOpset))
      return makeError("'{0}' imports version {1} of operator set 'ai.onnx': "
                       "expected {2} to {3}",
                       modelName, import.version(), kOldestOpset, kNewestOpset);
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
  for (::onnx::TensorProto &tensor : *graph->mutable_initializer()) {
    if (llvm::Error error = define(tensor.name()))
      return error;
    constantProtos[tensor.name()] = &tensor;
  }
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Inputs and outputs
//===----------------------------------------------------------------------===//

/// A symbolic extent is what `--dim` says; the batch may be symbolic, absent or
/// 1 and is then 1.
llvm::Expected<int64_t> Graph::readExtent(const ::onnx::ValueInfoProto &info,
                                          int i) {
  const auto &dim = info.type().tensor_type().shape().dim(i);
  int64_t extent = dim.has_dim_value() ? dim.dim_value() : -1;
  auto given = options.dims.find(dim.dim_param());
  if (!dim.has_dim_value() && given != options.dims.end()) {
    usedDims.insert(given->getKey());
    extent = given->getValue();
  }
  if (i == 0 && extent < 1 && (!options.keepBatch || extent != 0))
    extent = 1;
  if (i == 0 && extent != 1 && !options.keepBatch)
    return makeError("input '{0}' has a batch of {1}: expected 1 or a symbolic "
                     "batch (images are streamed one by one)",
                     info.name(), extent);
  if (extent < 1 && !dim.dim_param().empty())
    return makeError("extent {0} of input '{1}' is '{2}': expected a number, "
                     "or --dim {2}=NUMBER (only the batch may stay symbolic)",
                     i, info.name(), dim.dim_param());
  if (extent < 1)
    return makeError("extent {0} of input '{1}' is not a positive number: only "
                     "the batch may be symbolic",
                     i, info.name());
  return extent;
}

static bool isPortType(ElementType type) {
  return type == ElementType::Int8 || type == ElementType::UInt8 ||
         type == ElementType::Int32 || type == ElementType::Int64 ||
         type == ElementType::Float32;
}

static llvm::Expected<Port> readType(const ::onnx::ValueInfoProto &info,
                                     llvm::StringRef what) {
  Port port;
  port.name = info.name();
  int32_t code = info.type().tensor_type().elem_type();
  std::optional<ElementType> type = elementTypeOf(code);
  if (!type || !isPortType(*type))
    return makeError("{0} '{1}' has type {2}: expected int8, uint8, int32, "
                     "int64 or float",
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
    if (shape.dim_size() < 2 && !options.keepBatch)
      return makeError(
          "input '{0}' has rank {1}: expected a batch and at least "
          "one more axis",
          port->name, shape.dim_size());
    if (size_t(shape.dim_size()) > kMaxRank)
      return makeError("input '{0}' has rank {1}: expected at most {2}",
                       port->name, shape.dim_size(), kMaxRank);
    for (int i = 0; i < shape.dim_size(); ++i) {
      auto extent = readExtent(info, i);
      if (!extent)
        return extent.takeError();
      port->shape.push_back(*extent);
    }
    if (!countElements(port->shape))
      return makeError("input '{0}' has shape {1}: expected at most 2^31 "
                       "elements",
                       port->name, shapeText(port->shape));
    inputList.push_back(std::move(*port));
  }
  if (inputList.empty() && !options.keepBatch)
    return makeError("'{0}' has no input", modelName);
  return llvm::Error::success();
}

llvm::Error Graph::checkDims() {
  for (const auto &dim : options.dims)
    if (!usedDims.contains(dim.getKey()))
      return makeError("no input of '{0}' has an extent '{1}'", modelName,
                       dim.getKey());
  return llvm::Error::success();
}

llvm::Error Graph::readOutputs() {
  for (const ::onnx::ValueInfoProto &info : graph->output()) {
    if (!defined.contains(info.name()))
      return makeError("output '{0}' is not computed by any node", info.name());
    auto port = readType(info, "output");
    if (!port)
      return port.takeError();
    ++uses[info.name()];
    outputList.push_back(std::move(*port));
  }
  if (outputList.empty())
    return makeError("'{0}' has no output", modelName);
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

llvm::Error Graph::checkOrder(const Node &node) {
  for (unsigned i = 0; i < node.numInputs(); ++i) {
    llvm::StringRef operand = node.input(i);
    if (operand.empty())
      continue;
    ++uses[operand];
    if (defined.contains(operand))
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
  for (::onnx::NodeProto &proto : *graph->mutable_node()) {
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
  std::vector<T> elements(values.begin(), values.end());
  Shape shape;
  if (!scalar)
    shape.push_back(elements.size());
  return Constant::make<T>(type, shape, elements);
}

llvm::Error Graph::readConstantNode(const Node &node,
                                    ::onnx::NodeProto &proto) {
  if (proto.attribute_size() != 1 || node.output().empty())
    return node.error("expected one attribute, found {0}",
                      proto.attribute_size());
  ::onnx::AttributeProto &value = *proto.mutable_attribute(0);
  Constant constant;
  if (value.name() == "value" && value.has_t()) {
    constantProtos[node.output()] = value.mutable_t();
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
  constants[node.output()] = std::move(constant);
  return llvm::Error::success();
}

llvm::Expected<Constant> Graph::takeConstant(llvm::StringRef name) {
  auto known = constants.find(name);
  if (known != constants.end())
    return known->second;
  return readConstant(*constantProtos.lookup(name), name, options.folder);
}
