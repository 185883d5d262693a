//===- Graph.h - an ONNX graph that is known to be well formed ------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef CM_LIB_TARGET_ONNX_GRAPH_H
#define CM_LIB_TARGET_ONNX_GRAPH_H

#include "Constant.h"
#include "cm/Support/Error.h"
#include "cm/Target/ONNX/Import.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include <memory>

namespace onnx {
class AttributeProto;
class GraphProto;
class ModelProto;
class NodeProto;
class ValueInfoProto;
} // namespace onnx

namespace cm::onnx_import {

/// An operator of the graph. Copies are cheap and refer to the Graph.
class Node {
public:
  Node(const ::onnx::NodeProto *proto, int64_t opset)
      : proto(proto), opsetVersion(opset) {}

  llvm::StringRef op() const;
  /// "ai.onnx" where the file says "".
  llvm::StringRef domain() const;
  /// Version of the node's domain that the model imports.
  int64_t opset() const { return opsetVersion; }
  /// The node's name, or that of its first output where it has none.
  llvm::StringRef label() const;

  /// Name of an operand or result, "" where it is left out.
  llvm::StringRef input(unsigned i) const;
  llvm::StringRef output(unsigned i = 0) const;
  bool hasInput(unsigned i) const { return !input(i).empty(); }
  unsigned numInputs() const;
  unsigned numOutputs() const;
  /// "node 'x' (Conv, domain 'ai.onnx', opset 13)".
  std::string describe() const;

  /// An error that starts with `describe()`.
  template <typename... Args>
  llvm::Error error(const char *format, Args &&...args) const {
    return makeError("{0}: {1}", describe(),
                     llvm::formatv(format, std::forward<Args>(args)...).str());
  }

  /// Attributes. An attribute of another type than asked for is an error.
  llvm::Expected<int64_t> intAttribute(llvm::StringRef name,
                                       int64_t otherwise) const;
  llvm::Expected<float> floatAttribute(llvm::StringRef name,
                                       float otherwise) const;
  llvm::Expected<std::string> stringAttribute(llvm::StringRef name,
                                              llvm::StringRef otherwise) const;
  /// Empty where the attribute is absent.
  llvm::Expected<Shape> intsAttribute(llvm::StringRef name) const;
  llvm::Expected<std::vector<float>>
  floatsAttribute(llvm::StringRef name) const;
  /// No value where the attribute is absent.
  llvm::Expected<std::optional<Constant>>
  tensorAttribute(llvm::StringRef name) const;
  /// Attribute `name` as an axis of `rank` axes, from 0; -1 counts from the
  /// end.
  llvm::Expected<int64_t> axisAttribute(llvm::StringRef name, int64_t otherwise,
                                        int64_t rank) const;
  bool hasAttribute(llvm::StringRef name) const;
  /// Fails where the node has an attribute that is not one of `known`.
  llvm::Error checkAttributes(llvm::ArrayRef<llvm::StringRef> known) const;
  /// Fails unless between `least` and `most` operands are named, of which the
  /// first `least` are not left out, and the node has one result. Up to
  /// `results` results may be named.
  llvm::Error checkOperands(unsigned least, unsigned most,
                            unsigned results = 1) const;
  /// Fails unless the attribute, or its absence, has this value.
  llvm::Error expectInt(llvm::StringRef name, int64_t value) const;
  /// `axis`, which may count from the end, as one of `rank` axes.
  llvm::Expected<int64_t> wrapAxis(int64_t axis, int64_t rank,
                                   llvm::StringRef what = "axis") const;

private:
  const ::onnx::AttributeProto *find(llvm::StringRef name) const;
  llvm::Expected<const ::onnx::AttributeProto *> findTyped(llvm::StringRef name,
                                                           int type) const;

  const ::onnx::NodeProto *proto;
  int64_t opsetVersion;
};

/// An input or output of the graph.
struct Port {
  std::string name;
  ElementType type = ElementType::Int8;
  /// Empty for an output.
  Shape shape;
};

/// The main graph of a model. Every name is defined once and before its uses.
class Graph {
public:
  /// Errors: bytes that are no ONNX model, names without a definition or with
  /// two, nodes that are not in topological order, inputs of unknown shape.
  static llvm::Expected<std::unique_ptr<Graph>>
  parse(llvm::StringRef bytes, llvm::StringRef name,
        const ImportOptions &options);
  ~Graph();

  llvm::StringRef name() const { return modelName; }
  /// In topological order, without the Constant nodes.
  llvm::ArrayRef<Node> nodes() const { return nodeList; }
  llvm::ArrayRef<Port> inputs() const { return inputList; }
  llvm::ArrayRef<Port> outputs() const { return outputList; }

  /// Initializers and the results of Constant nodes.
  bool isConstant(llvm::StringRef name) const {
    return constantProtos.contains(name) || constants.contains(name);
  }
  /// `isConstant(name)` holds. The graph gives its elements away: ask once.
  llvm::Expected<Constant> takeConstant(llvm::StringRef name);
  /// How many operands and outputs are called so.
  unsigned numUses(llvm::StringRef name) const { return uses.lookup(name); }

private:
  explicit Graph(const ImportOptions &options);
  llvm::Error readOpsets();
  llvm::Error readInitializers();
  llvm::Error readInputs();
  llvm::Error readNodes();
  llvm::Error readConstantNode(const Node &node, ::onnx::NodeProto &proto);
  llvm::Error checkOrder(const Node &node);
  llvm::Error readOutputs();
  llvm::Error checkDims();
  llvm::Expected<int64_t> readExtent(const ::onnx::ValueInfoProto &info, int i);
  llvm::Error define(llvm::StringRef name);

  const ImportOptions &options;
  std::string modelName;
  std::unique_ptr<::onnx::ModelProto> model;
  ::onnx::GraphProto *graph = nullptr;
  llvm::StringMap<int64_t> opsets;
  std::vector<Node> nodeList;
  std::vector<Port> inputList, outputList;
  llvm::StringSet<> defined, usedDims;
  llvm::StringMap<unsigned> uses;
  llvm::StringMap<::onnx::TensorProto *> constantProtos;
  llvm::StringMap<Constant> constants;
};

} // namespace cm::onnx_import

#endif // CM_LIB_TARGET_ONNX_GRAPH_H
