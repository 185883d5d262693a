//===- PipelineTest.cpp - roundings that the partition computes -----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The table of a `cmnn.requantize` and the multipliers of a product are computed
// once, by the partition, for the functional run and for programs. So the cases
// of test/Numerics/vectors.json that need them go through the partition here.
//
//===----------------------------------------------------------------------===//

#include "cm/Conversion/Passes.h"
#include "cm/Dialect/CMFlow/CMFlowDialect.h"
#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "cm/Dialect/CMHW/CMHWDialect.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "cm/Functional/FunctionalGraph.h"
#include "cm/Support/File.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "gtest/gtest.h"

using namespace cm;
using namespace llvm;

namespace {

using Bytes = std::vector<int8_t>;

std::vector<int64_t> integers(const json::Array &array) {
  std::vector<int64_t> values;
  for (const json::Value &value : array)
    values.push_back(*value.getAsInteger());
  return values;
}

Bytes bytesOf(const json::Object &tensor) {
  auto data = integers(*tensor.getArray("data"));
  return Bytes(data.begin(), data.end());
}

std::string joined(ArrayRef<int64_t> values, const char *between) {
  return join(map_range(values, [](int64_t v) { return std::to_string(v); }),
              between);
}

std::string typeText(ArrayRef<int64_t> shape, const char *element) {
  return "tensor<" + joined(shape, "x") + "x" + element + ">";
}

std::string typeText(const json::Object &tensor) {
  return typeText(integers(*tensor.getArray("shape")), "i8");
}

/// `value` of the type that the attribute `key` has in cmnn.
std::string attributeText(StringRef key, const json::Value &value) {
  std::string name = key.str() + " = ";
  if (key.ends_with("_scale") || key == "alpha")
    return name + formatv("{0:e16} : f32", *value.getAsNumber()).str();
  const json::Array *array = value.getAsArray();
  if (key == "w_scales") {
    std::vector<std::string> scales;
    for (const json::Value &scale : *array)
      scales.push_back(formatv("{0:e16}", *scale.getAsNumber()));
    return name + "array<f32: " + join(scales, ", ") + ">";
  }
  if (array)
    return name + "array<i64: " + joined(integers(*array), ", ") + ">";
  return name + std::to_string(*value.getAsInteger()) +
         (key == "groups" ? " : i64" : " : i8");
}

std::string weightText(const char *name, ArrayRef<int64_t> shape,
                       ArrayRef<int64_t> data, unsigned bytes) {
  std::string digits;
  for (int64_t value : data)
    for (unsigned k = 0; k < bytes; ++k)
      digits += formatv("{0:X-2}", (value >> (8 * k)) & 255);
  return formatv("cmnn.weight @{0} = dense<\"0x{1}\"> : {2}\n", name, digits,
                 typeText(shape, bytes == 1 ? "i8" : "i32"));
}

std::string weightText(const char *name, const json::Object &tensor) {
  return weightText(name, integers(*tensor.getArray("shape")),
                    integers(*tensor.getArray("data")),
                    *tensor.getString("type") == "int32" ? 4 : 1);
}

/// A function of one operation and what it is run on.
struct Network {
  std::string text;
  Bytes x;
};

Network networkOf(StringRef op, const json::Object &one) {
  const json::Object &inputs = *one.getObject("inputs");
  std::vector<std::string> attributes;
  for (const auto &[key, value] : *one.getObject("attributes"))
    attributes.push_back(attributeText(key, value));
  const json::Object &x = *inputs.getObject("x");
  std::string weights, operands = "%x";
  if (const json::Object *weight = inputs.getObject("weight")) {
    weights = weightText("w", *weight) +
              weightText("b", *inputs.getObject("bias"));
    operands += ", @w bias @b";
  }
  std::string in = typeText(x), out = typeText(*one.getObject("output"));
  bool isFunction = op == "requantize" || op == "sigmoid" || op == "leaky_relu";
  std::string signature = isFunction ? out : in + " -> " + out;
  return {formatv("{0}func.func @main(%x: {1}) -> {2} {{\n"
                  "  %y = cmnn.{3} {4} {{{5}} : {6}\n  return %y : {2}\n}",
                  weights, in, out, op, operands, join(attributes, ", "),
                  signature),
          bytesOf(x)};
}

/// The accumulators as biases of a convolution of zeros.
Network networkOfAccumulators(const json::Object &one) {
  auto acc = integers(*one.getObject("inputs")->getObject("acc")->getArray("data"));
  int64_t n = acc.size();
  std::vector<std::string> attributes = {"x_zero_point = 0 : i8"};
  for (const auto &[key, value] : *one.getObject("attributes"))
    attributes.push_back(
        StringRef(key) == "w_scale"
            ? attributeText("w_scales", json::Array{*value.getAsNumber()})
            : attributeText(key, value));
  std::string in = typeText({1, 1, 1, 1}, "i8"), out = typeText({1, 1, 1, n}, "i8");
  return {formatv("{0}{1}func.func @main(%x: {2}) -> {3} {{\n"
                  "  %y = cmnn.conv2d %x, @w bias @b {{{4}} : {2} -> {3}\n"
                  "  return %y : {3}\n}",
                  weightText("w", {1, 1, 1, n}, std::vector<int64_t>(n), 1),
                  weightText("b", {n}, acc, 4), in, out, join(attributes, ", ")),
          Bytes{0}};
}

class NetworkTest : public testing::Test {
protected:
  NetworkTest() {
    context.loadDialect<cmnn::CMNNDialect, cmflow::CMFlowDialect,
                        cmhw::CMHWDialect, mlir::arith::ArithDialect,
                        mlir::func::FuncDialect>();
  }

  Bytes run(const Network &network) {
    auto module =
        mlir::parseSourceString<mlir::ModuleOp>(network.text, &context);
    EXPECT_TRUE(module) << network.text;
    MachineModel machine = cantFail(loadMachine("tiny8", {}));
    (*module)->setAttr(cmhw::CMHWDialect::getMachineAttrName(),
                       cmhw::machineToAttr(&context, machine.proto()));
    mlir::PassManager passes(&context);
    passes.addPass(createConvertCMNNToCMFlow());
    EXPECT_TRUE(succeeded(passes.run(*module))) << network.text;
    auto graph = cantFail(
        FunctionalGraph::create(*module->getOps<cmflow::GraphOp>().begin()));
    return cantFail(graph.run({network.x})).front();
  }

  mlir::MLIRContext context;
};

class Pipeline : public NetworkTest,
                 public testing::WithParamInterface<const char *> {};
using ResizePipeline = NetworkTest;

} // namespace

TEST_P(Pipeline, ComputesWhatONNXRuntimeDoes) {
  auto buffer = readFile(CM_VECTORS);
  ASSERT_TRUE(static_cast<bool>(buffer)) << toString(buffer.takeError());
  json::Value root = cantFail(json::parse((*buffer)->getBuffer()));
  StringRef op = GetParam();
  int64_t count = 0;
  for (const json::Value &value : *root.getAsObject()->getArray("cases")) {
    const json::Object &one = *value.getAsObject();
    if (*one.getString("op") != op)
      continue;
    SCOPED_TRACE(one.getString("name")->str());
    Network network = op == "requantize_accumulator"
                          ? networkOfAccumulators(one)
                          : networkOf(op, one);
    EXPECT_EQ(run(network), bytesOf(*one.getObject("output")));
    ++count;
  }
  EXPECT_EQ(count, *root.getAsObject()->getObject("counts")->getInteger(op));
}

/// A resize of int8.
static Network networkOfResize(const json::Object &one) {
  const json::Object &attributes = *one.getObject("attributes");
  const json::Object &x = *one.getObject("inputs")->getObject("x");
  const json::Array &scales = *attributes.getArray("scales");
  std::string flags =
      formatv("scales = array<f32: {0:e16}, {1:e16}>", *scales[0].getAsNumber(),
              *scales[1].getAsNumber());
  for (const char *flag : {"as_stored", "unsigned_rounding"})
    if (attributes.getInteger(flag).value_or(0))
      flags += std::string(", ") + flag;
  std::string in = typeText(x), out = typeText(*one.getObject("output"));
  return {formatv("func.func @main(%x: {0}) -> {1} {{\n"
                  "  %y = cmnn.resize {2} {3} %x {{{4}} : {0} -> {1}\n"
                  "  return %y : {1}\n}",
                  in, out, *attributes.getString("mode"),
                  *attributes.getString("coordinates"), flags),
          bytesOf(x)};
}

TEST_F(ResizePipeline, ComputesWhatONNXRuntimeDoes) {
  auto buffer = readFile(CM_VECTORS);
  ASSERT_TRUE(static_cast<bool>(buffer)) << toString(buffer.takeError());
  json::Value root = cantFail(json::parse((*buffer)->getBuffer()));
  int64_t count = 0;
  for (const json::Value &value : *root.getAsObject()->getArray("cases")) {
    const json::Object &one = *value.getAsObject();
    if (*one.getString("op") != "resize" ||
        one.getObject("attributes")->getInteger("as_stored") != 1)
      continue;
    SCOPED_TRACE(one.getString("name")->str());
    // Three rows for each of two, with align_corners: the partition refuses it.
    if (*one.getString("name") == "26 unsigned")
      continue;
    EXPECT_EQ(run(networkOfResize(one)), bytesOf(*one.getObject("output")));
    ++count;
  }
  EXPECT_EQ(count, 7);
}

INSTANTIATE_TEST_SUITE_P(Operations, Pipeline,
                         testing::Values("requantize", "requantize_accumulator",
                                         "sigmoid", "leaky_relu", "conv2d",
                                         "matmul"));
