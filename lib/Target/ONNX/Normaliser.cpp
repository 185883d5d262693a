//===- Normaliser.cpp - the walk over the nodes of a graph ----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Normaliser.h"
#include <cmath>

using namespace cm;
using namespace cm::onnx_import;

Normaliser::Handler Normaliser::findHandler(const Node &node) {
  static const llvm::StringMap<Handler> handlers = {
      {"ai.onnx.QLinearConv", &Normaliser::qlinearConv},
      {"ai.onnx.QLinearMatMul", &Normaliser::qlinearMatMul},
      {"com.microsoft.QGemm", &Normaliser::qgemm},
      {"com.microsoft.QLinearAdd", &Normaliser::qlinearAdd},
      {"com.microsoft.QLinearAveragePool", &Normaliser::qlinearPool},
      {"com.microsoft.QLinearGlobalAveragePool", &Normaliser::qlinearPool},
      {"com.microsoft.QLinearSoftmax", &Normaliser::qlinearSoftmax},
      {"ai.onnx.QuantizeLinear", &Normaliser::quantizeLinear},
      {"com.microsoft.QuantizeLinear", &Normaliser::quantizeLinear},
      {"ai.onnx.DequantizeLinear", &Normaliser::dequantizeLinear},
      {"com.microsoft.DequantizeLinear", &Normaliser::dequantizeLinear},
      {"ai.onnx.Conv", &Normaliser::conv},
      {"ai.onnx.Gemm", &Normaliser::matMul},
      {"ai.onnx.MatMul", &Normaliser::matMul},
      {"ai.onnx.Add", &Normaliser::add},
      {"ai.onnx.AveragePool", &Normaliser::averagePool},
      {"ai.onnx.GlobalAveragePool", &Normaliser::averagePool},
      {"ai.onnx.Softmax", &Normaliser::softmax},
      {"ai.onnx.Relu", &Normaliser::relu},
      {"ai.onnx.Clip", &Normaliser::clip},
      {"ai.onnx.MaxPool", &Normaliser::maxPool},
      {"ai.onnx.Flatten", &Normaliser::flatten},
      {"ai.onnx.Reshape", &Normaliser::reshape},
      {"ai.onnx.Identity", &Normaliser::identity},
      {"ai.onnx.Dropout", &Normaliser::identity},
  };
  return handlers.lookup((node.domain() + "." + node.op()).str());
}

bool Normaliser::FloatValue::isPlain() const {
  return views.empty() && std::isinf(lowest) && std::isinf(highest);
}

std::string Normaliser::emit(QNode node, llvm::StringRef tensor) {
  node.tensor = node.output = tensor.str();
  while (node.output.empty() ||
         (tensor.empty() && graph.isDefined(node.output)))
    node.output = "unnamed." + std::to_string(unnamed++);
  result.nodes.push_back(std::move(node));
  return result.nodes.back().output;
}

void Normaliser::readInputs() {
  for (const Port &port : graph.inputs()) {
    QPort input;
    input.name = input.value = port.name;
    input.hostType = port.type;
    input.shape = port.shape;
    result.inputs.push_back(input);
    if (port.type != ElementType::Float32) {
      ints[port.name] = {
          port.name, port.type == ElementType::UInt8, {}, port.name};
      continue;
    }
    FloatValue value;
    value.base = FloatValue::Input;
    value.node.inputs.push_back({port.name, {}});
    floats[port.name] = value;
  }
}

llvm::Error Normaliser::readOutputs(QGraph &result) {
  for (const Port &port : graph.outputs()) {
    QPort output;
    output.name = port.name;
    output.hostType = port.type;
    auto known = ints.find(port.name);
    if (known != ints.end()) {
      const IntValue &value = known->second;
      output.value = value.value;
      output.hostType =
          value.isUnsigned ? ElementType::UInt8 : ElementType::Int8;
      output.quantisation = value.quantisation.value_or(Quantisation());
    } else {
      auto operand = dequantised(port.name, "output '" + port.name + "'");
      if (!operand)
        return operand.takeError();
      output.value = operand->value;
      output.hostType = ElementType::Float32;
      output.quantisation = operand->quantisation;
    }
    if (output.hostType != port.type)
      return makeError("output '{0}' is declared {1} but computed as {2}",
                       port.name, elementTypeName(port.type),
                       elementTypeName(output.hostType));
    result.outputs.push_back(std::move(output));
  }
  return llvm::Error::success();
}

llvm::Expected<QGraph> Normaliser::run() {
  readInputs();
  for (const Node &node : graph.nodes()) {
    Handler handler = findHandler(node);
    if (!handler)
      return node.error("operator is not supported");
    if (llvm::Error error = (this->*handler)(node))
      return error;
  }
  if (llvm::Error error = readOutputs(result))
    return error;
  return std::move(result);
}

llvm::Expected<QGraph> onnx_import::normalise(Graph &graph) {
  return Normaliser(graph).run();
}
