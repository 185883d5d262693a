//===- Node.cpp - operands and typed attributes of an ONNX node -----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Graph.h"
#include "onnx/onnx_pb.h"

using namespace cm;
using namespace cm::onnx_import;
using ::onnx::AttributeProto;

llvm::StringRef Node::op() const { return proto->op_type(); }

llvm::StringRef Node::domain() const {
  return proto->domain().empty() ? llvm::StringRef("ai.onnx")
                                 : llvm::StringRef(proto->domain());
}

llvm::StringRef Node::label() const {
  if (!proto->name().empty())
    return proto->name();
  return output(0);
}

llvm::StringRef Node::input(unsigned i) const {
  return i < numInputs() ? llvm::StringRef(proto->input(i)) : "";
}

llvm::StringRef Node::output(unsigned i) const {
  return i < unsigned(proto->output_size()) ? llvm::StringRef(proto->output(i))
                                            : "";
}

unsigned Node::numInputs() const { return proto->input_size(); }
unsigned Node::numOutputs() const { return proto->output_size(); }

std::string Node::describe() const {
  return llvm::formatv("node '{0}' ({1}, domain '{2}', opset {3})", label(),
                       op(), domain(), opset())
      .str();
}

const AttributeProto *Node::find(llvm::StringRef name) const {
  for (const AttributeProto &attribute : proto->attribute())
    if (attribute.name() == name)
      return &attribute;
  return nullptr;
}

bool Node::hasAttribute(llvm::StringRef name) const { return find(name); }

llvm::Expected<const AttributeProto *> Node::findTyped(llvm::StringRef name,
                                                       int type) const {
  const AttributeProto *attribute = find(name);
  if (attribute && attribute->type() != type)
    return error("attribute '{0}' has type {1}, expected {2}", name,
                 AttributeProto::AttributeType_Name(attribute->type()),
                 AttributeProto::AttributeType_Name(
                     AttributeProto::AttributeType(type)));
  return attribute;
}

llvm::Expected<int64_t> Node::intAttribute(llvm::StringRef name,
                                           int64_t otherwise) const {
  auto attribute = findTyped(name, AttributeProto::INT);
  if (!attribute)
    return attribute.takeError();
  return *attribute ? (*attribute)->i() : otherwise;
}

llvm::Expected<float> Node::floatAttribute(llvm::StringRef name,
                                           float otherwise) const {
  auto attribute = findTyped(name, AttributeProto::FLOAT);
  if (!attribute)
    return attribute.takeError();
  return *attribute ? (*attribute)->f() : otherwise;
}

llvm::Expected<std::string>
Node::stringAttribute(llvm::StringRef name, llvm::StringRef otherwise) const {
  auto attribute = findTyped(name, AttributeProto::STRING);
  if (!attribute)
    return attribute.takeError();
  return *attribute ? (*attribute)->s() : otherwise.str();
}

llvm::Expected<Shape> Node::intsAttribute(llvm::StringRef name) const {
  auto attribute = findTyped(name, AttributeProto::INTS);
  if (!attribute)
    return attribute.takeError();
  Shape values;
  if (*attribute)
    values.assign((*attribute)->ints().begin(), (*attribute)->ints().end());
  return values;
}

llvm::Expected<std::vector<float>>
Node::floatsAttribute(llvm::StringRef name) const {
  auto attribute = findTyped(name, AttributeProto::FLOATS);
  if (!attribute)
    return attribute.takeError();
  std::vector<float> values;
  if (*attribute)
    values.assign((*attribute)->floats().begin(), (*attribute)->floats().end());
  return values;
}

llvm::Expected<std::optional<Constant>>
Node::tensorAttribute(llvm::StringRef name) const {
  auto attribute = findTyped(name, AttributeProto::TENSOR);
  if (!attribute)
    return attribute.takeError();
  if (!*attribute)
    return std::optional<Constant>();
  ::onnx::TensorProto copy = (*attribute)->t();
  auto constant = readConstant(copy, name, "");
  if (!constant)
    return error("{0}", llvm::toString(constant.takeError()));
  return std::optional<Constant>(std::move(*constant));
}

llvm::Expected<int64_t> Node::wrapAxis(int64_t axis, int64_t rank,
                                       llvm::StringRef what) const {
  if (axis < -rank || axis >= rank)
    return error("{0} is {1}, expected {2} to {3}", what, axis, -rank,
                 rank - 1);
  return axis < 0 ? axis + rank : axis;
}

llvm::Expected<int64_t> Node::axisAttribute(llvm::StringRef name,
                                            int64_t otherwise,
                                            int64_t rank) const {
  auto axis = intAttribute(name, otherwise);
  if (!axis)
    return axis.takeError();
  return wrapAxis(*axis, rank, ("attribute '" + name + "'").str());
}

llvm::Error Node::checkAttributes(llvm::ArrayRef<llvm::StringRef> known) const {
  for (const AttributeProto &attribute : proto->attribute())
    if (!llvm::is_contained(known, attribute.name()))
      return error("attribute '{0}' is not supported", attribute.name());
  return llvm::Error::success();
}

llvm::Error Node::checkOperands(unsigned least, unsigned most,
                                unsigned results) const {
  if (numInputs() < least || numInputs() > most)
    return error("has {0} operands, expected {1} to {2}", numInputs(), least,
                 most);
  for (unsigned i = 0; i < least; ++i)
    if (input(i).empty())
      return error("operand {0} is left out", i);
  if (output(0).empty())
    return error("has no result");
  for (unsigned i = results; i < numOutputs(); ++i)
    if (!output(i).empty())
      return error("result {0} is not supported, expected one result", i);
  return llvm::Error::success();
}

llvm::Error Node::expectInt(llvm::StringRef name, int64_t value) const {
  auto found = intAttribute(name, value);
  if (!found)
    return found.takeError();
  if (*found != value)
    return error("attribute '{0}' is {1}, supported is {2}", name, *found,
                 value);
  return llvm::Error::success();
}
