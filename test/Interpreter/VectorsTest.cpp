//===- VectorsTest.cpp - the interpreter computes ONNX Runtime's results --===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every case of test/Numerics/vectors.json becomes a cmnn function of one
// operation whose attributes are the case's.
//
//===----------------------------------------------------------------------===//

#include "ModuleText.h"
#include "cm/Support/File.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/JSON.h"
#include "gtest/gtest.h"
#include <map>

using namespace cm;
namespace json = llvm::json;

static std::vector<int64_t> integers(const json::Array &array) {
  std::vector<int64_t> values;
  for (const json::Value &value : array)
    values.push_back(*value.getAsInteger());
  return values;
}

template <typename T>
static Tensor readTensor(llvm::ArrayRef<int64_t> shape,
                         const json::Array &array) {
  std::vector<T> values;
  for (const json::Value &value : array)
    values.push_back(static_cast<T>(*value.getAsNumber()));
  return Tensor::of<T>(shape, values);
}

static Tensor readTensor(const json::Object &object) {
  auto shape = integers(*object.getArray("shape"));
  const json::Array &data = *object.getArray("data");
  if (*object.getString("type") == "float32")
    return readTensor<float>(shape, data);
  if (*object.getString("type") == "int32")
    return readTensor<int32_t>(shape, data);
  return readTensor<int8_t>(shape, data);
}

static std::string floatText(double value) {
  return llvm::formatv("{0:e16}", value).str();
}

static std::string arrayText(llvm::StringRef key, const json::Array &array) {
  if (key == "w_zero_points")
    return "array<i8: " + joined(integers(array), ", ") + ">";
  if (key != "w_scales" && key != "scales")
    return "array<i64: " + joined(integers(array), ", ") + ">";
  std::vector<std::string> scales;
  for (const json::Value &scale : array)
    scales.push_back(floatText(*scale.getAsNumber()));
  return "array<f32: " + llvm::join(scales, ", ") + ">";
}

/// One attribute: zero points are i8, other integers are of no such attribute.
static std::string attributeText(llvm::StringRef key,
                                 const json::Value &value) {
  std::string name = key.str();
  if (key == "count_include_pad" || key == "unsigned_rounding" ||
      key == "as_stored")
    return *value.getAsInteger() ? name : "";
  if (value.getAsString()) // between the operation's name and its attributes
    return "";
  if (const json::Array *array = value.getAsArray())
    return name + " = " + arrayText(key, *array);
  if (key.ends_with("_scale") || key == "alpha" || key == "epsilon")
    return name + " = " + floatText(*value.getAsNumber()) + " : f32";
  const char *type = key == "groups" || key == "axis" ? " : i64" : " : i8";
  return name + " = " + std::to_string(*value.getAsInteger()) + type;
}

static std::string attributesText(const json::Object &attributes) {
  std::vector<std::string> texts;
  for (const auto &[key, value] : attributes) {
    std::string text = attributeText(key, value);
    if (!text.empty())
      texts.push_back(text);
  }
  return "{" + llvm::join(texts, ", ") + "}";
}

/// An accumulator is a convolution of zeros whose bias it is.
static std::string accumulatorText(const json::Object &test) {
  const json::Object &attributes = *test.getObject("attributes");
  Tensor acc = readTensor(*test.getObject("inputs")->getObject("acc"));
  Tensor all(ElementType::Int8, {1, 1, 1, acc.shape[0]});
  Tensor one(ElementType::Int8, {1, 1, 1, 1});
  return llvm::formatv(
             "cmnn.weight @w = dense<0> : {0}\n{1}"
             "func.func @main(%x: {2}) -> {0} {{\n"
             "%y = cmnn.conv2d %x, @w bias @b {{x_scale = {3} : f32, "
             "x_zero_point = 0 : i8, w_scales = array<f32: {4}>, y_scale = {5} "
             ": f32, y_zero_point = {6} : i8, minimum = {7} : i8, maximum = "
             "{8} "
             ": i8} : {2} -> {0}\n"
             "return %y : {0}\n}",
             typeOf(all), weightText("b", acc), typeOf(one),
             floatText(*attributes.getNumber("x_scale")),
             floatText(*attributes.getNumber("w_scale")),
             floatText(*attributes.getNumber("y_scale")),
             *attributes.getInteger("y_zero_point"),
             attributes.getInteger("minimum").value_or(-128),
             attributes.getInteger("maximum").value_or(127))
      .str();
}

/// The operation of a case, with the words that its syntax has before and
/// behind the operands.
struct Syntax {
  std::string before, behind;
};

static Syntax syntaxOf(const json::Object &test) {
  llvm::StringRef op = *test.getString("op");
  if (op == "average_pool_whole_image")
    return {"global_average_pool", ""};
  const json::Object &attributes = *test.getObject("attributes");
  if (op == "resize")
    return {llvm::formatv("resize {0} {1}", *attributes.getString("mode"),
                          *attributes.getString("coordinates")),
            " rounding " + attributes.getString("nearest_mode")->str()};
  for (llvm::StringRef suffix : {"_asymmetric", "_integer", "_float", "_axis"})
    op.consume_back(suffix);
  return {op.str(), ""};
}

/// The types behind an operation's colon.
static std::string signature(llvm::StringRef op,
                             llvm::ArrayRef<std::string> operands,
                             const std::string &y) {
  bool sameType = llvm::StringSwitch<bool>(op)
                      .Cases({"add", "mul", "requantize", "softmax", "sigmoid",
                              "leaky_relu", "affine", "layer_norm"},
                             true)
                      .Default(false);
  return sameType ? y : llvm::join(operands, ", ") + " -> " + y;
}

/// The module of a case; `args` gets the arguments.
static std::string moduleText(const json::Object &test,
                              std::vector<Tensor> &args) {
  if (*test.getString("op") == "requantize_accumulator") {
    args.push_back(Tensor(ElementType::Int8, {1, 1, 1, 1}));
    return accumulatorText(test);
  }
  const json::Object &inputs = *test.getObject("inputs");
  std::vector<std::string> names, declarations, types;
  for (const char *name : {"x", "a", "b"})
    if (const json::Object *tensor = inputs.getObject(name)) {
      args.push_back(readTensor(*tensor));
      names.push_back("%" + std::string(name));
      types.push_back(typeOf(args.back()));
      declarations.push_back(names.back() + ": " + types.back());
    }
  std::string weights, symbols;
  if (const json::Object *weight = inputs.getObject("weight")) {
    weights = weightText("weight", readTensor(*weight));
    symbols = ", @weight";
  }
  if (const json::Object *scale = inputs.getObject("scale")) {
    weights += weightText("scale", readTensor(*scale));
    symbols += " scale @scale";
  }
  if (const json::Object *bias = inputs.getObject("bias")) {
    weights += weightText("bias", readTensor(*bias));
    symbols += " bias @bias";
  }
  std::string y = typeOf(readTensor(*test.getObject("output")));
  Syntax syntax = syntaxOf(test);
  return llvm::formatv("{0}func.func @main({1}) -> {2} {{\n"
                       "%y = cmnn.{3} {4}{5}{6} {7} : {8}\nreturn %y : {2}\n}",
                       weights, llvm::join(declarations, ", "), y,
                       syntax.before, llvm::join(names, ", "), symbols,
                       syntax.behind,
                       attributesText(*test.getObject("attributes")),
                       signature(syntax.before, types, y))
      .str();
}

/// Compares one case; host conversions are HostLayout's.
static void checkCase(const json::Object &test, TestContext &context) {
  std::vector<Tensor> args;
  std::string text = moduleText(test, args);
  SCOPED_TRACE(text.substr(0, 2000));
  auto results = runModule(context, text, args);
  ASSERT_TRUE(static_cast<bool>(results))
      << llvm::toString(results.takeError());
  Tensor expected = readTensor(*test.getObject("output"));
  EXPECT_EQ(results->front().type, expected.type);
  EXPECT_EQ(results->front().bytes, expected.bytes)
      << test.getString("op")->str() << " " << test.getString("name")->str();
}

TEST(VectorsTest, EveryCaseOfONNXRuntime) {
  auto buffer = readFile(CM_VECTORS);
  ASSERT_TRUE(static_cast<bool>(buffer)) << llvm::toString(buffer.takeError());
  json::Value root = llvm::cantFail(json::parse((*buffer)->getBuffer()));
  TestContext context;
  std::map<std::string, int64_t> counts;
  for (const json::Value &value : *root.getAsObject()->getArray("cases")) {
    const json::Object &test = *value.getAsObject();
    std::string op = test.getString("op")->str();
    if (op == "quantize" || op == "dequantize")
      continue;
    ++counts[op];
    checkCase(test, context);
  }
  // All but what the host does.
  const json::Object &expected = *root.getAsObject()->getObject("counts");
  EXPECT_EQ(counts.size(), expected.size() - 2);
  for (const auto &[op, count] : counts)
    EXPECT_EQ(count, *expected.getInteger(op)) << op;
}
