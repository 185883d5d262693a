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

#include "cm/Dialect/CMNN/CMNNOps.h"
#include "cm/Interpreter/Interpreter.h"
#include "cm/Support/File.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "gtest/gtest.h"
#include <map>

using namespace cm;
namespace json = llvm::json;

static std::vector<int64_t> integers(const json::Object &tensor,
                                     llvm::StringRef key) {
  std::vector<int64_t> values;
  for (const json::Value &value : *tensor.getArray(key))
    values.push_back(*value.getAsInteger());
  return values;
}

static std::string joined(llvm::ArrayRef<int64_t> values, const char *between) {
  return llvm::join(
      llvm::map_range(values, [](int64_t v) { return std::to_string(v); }),
      between);
}

static std::string typeOf(llvm::ArrayRef<int64_t> shape,
                          const char *element = "i8") {
  return "tensor<" + joined(shape, "x") + "x" + element + ">";
}

static std::string floatText(double value) {
  return llvm::formatv("{0:e16}", value).str();
}

/// One attribute: zero points are i8, other integers are of no such attribute.
static std::string attributeText(llvm::StringRef key,
                                 const json::Value &value) {
  std::string name = key.str();
  if (key == "count_include_pad" || key == "unsigned_rounding")
    return *value.getAsInteger() ? name : "";
  if (key == "w_scales") {
    std::vector<std::string> scales;
    for (const json::Value &scale : *value.getAsArray())
      scales.push_back(floatText(*scale.getAsNumber()));
    return name + " = array<f32: " + llvm::join(scales, ", ") + ">";
  }
  if (const json::Array *array = value.getAsArray()) {
    std::vector<int64_t> extents;
    for (const json::Value &extent : *array)
      extents.push_back(*extent.getAsInteger());
    return name + " = array<i64: " + joined(extents, ", ") + ">";
  }
  if (key.ends_with("_scale"))
    return name + " = " + floatText(*value.getAsNumber()) + " : f32";
  const char *type = key == "groups" ? " : i64" : " : i8";
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

/// A module-level weight.
static std::string weightText(const char *name, const json::Object &tensor) {
  bool isBias = *tensor.getString("type") == "int32";
  auto data = integers(tensor, "data");
  std::string bytes;
  llvm::raw_string_ostream os(bytes);
  for (int64_t value : data)
    for (int byte = 0; byte < (isBias ? 4 : 1); ++byte)
      os << llvm::format_hex_no_prefix((value >> (8 * byte)) & 255, 2);
  return llvm::formatv("cmnn.weight @{0} = dense<\"0x{1}\"> : {2}\n", name,
                       os.str(),
                       typeOf(integers(tensor, "shape"), isBias ? "i32" : "i8"))
      .str();
}

/// An accumulator is a convolution of zeros whose bias it is.
static std::string accumulatorText(const json::Object &test) {
  const json::Object &attributes = *test.getObject("attributes");
  const json::Object &acc = *test.getObject("inputs")->getObject("acc");
  std::vector<int64_t> one = {1, 1, 1, 1}, all = {1, 1, 1, 0};
  all[3] = integers(acc, "shape")[0];
  return llvm::formatv(
             "cmnn.weight @w = dense<0> : {0}\n{1}"
             "func.func @main(%x: {2}) -> {0} {{\n"
             "%y = cmnn.conv2d %x, @w bias @b {{x_scale = {3} : f32, "
             "x_zero_point = 0 : i8, w_scales = array<f32: {4}>, y_scale = {5} "
             ": f32, y_zero_point = {6} : i8, minimum = {7} : i8, maximum = {8} "
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

/// The module of a case; `args` gets the data of the arguments.
static std::string moduleText(const json::Object &test,
                              std::vector<TensorData> &args) {
  std::string op = test.getString("op")->str();
  if (op == "requantize_accumulator") {
    args.push_back({0});
    return accumulatorText(test);
  }
  const json::Object &inputs = *test.getObject("inputs");
  std::string weights, symbols, names, types;
  for (const char *name : {"x", "a", "b"})
    if (const json::Object *tensor = inputs.getObject(name)) {
      auto data = integers(*tensor, "data");
      args.emplace_back(data.begin(), data.end());
      std::string type = typeOf(integers(*tensor, "shape"));
      names += (names.empty() ? "%" : ", %") + std::string(name);
      types += (types.empty() ? "%" : ", %") + std::string(name) + ": " + type;
    }
  if (const json::Object *weight = inputs.getObject("weight")) {
    weights = weightText("weight", *weight) +
              weightText("bias", *inputs.getObject("bias"));
    symbols = ", @weight bias @bias";
  }
  std::string y = typeOf(integers(*test.getObject("output"), "shape"));
  llvm::StringRef x = llvm::StringRef(types).split(": ").second;
  bool sameType = op == "add" || op == "requantize" || op == "softmax";
  std::string signature = sameType ? y : x.str() + " -> " + y;
  if (op == "average_pool_whole_image")
    op = "global_average_pool";
  return llvm::formatv("{0}func.func @main({1}) -> {2} {{\n"
                       "%y = cmnn.{3} {4}{5} {6} : {7}\nreturn %y : {2}\n}",
                       weights, types, y, op, names, symbols,
                       attributesText(*test.getObject("attributes")), signature)
      .str();
}

/// Compares one case; host conversions are HostLayout's.
static void checkCase(const json::Object &test, mlir::MLIRContext &context) {
  std::vector<TensorData> args;
  std::string text = moduleText(test, args);
  SCOPED_TRACE(text.substr(0, 2000));
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  ASSERT_TRUE(module);
  auto function = module->lookupSymbol<mlir::func::FuncOp>("main");
  auto results = interpret(function, args);
  ASSERT_TRUE(static_cast<bool>(results))
      << llvm::toString(results.takeError());
  auto expected = integers(*test.getObject("output"), "data");
  EXPECT_EQ(results->front(), TensorData(expected.begin(), expected.end()))
      << test.getString("name")->str();
}

TEST(VectorsTest, EveryCaseOfONNXRuntime) {
  auto buffer = readFile(CM_VECTORS);
  ASSERT_TRUE(static_cast<bool>(buffer)) << llvm::toString(buffer.takeError());
  json::Value root = llvm::cantFail(json::parse((*buffer)->getBuffer()));
  mlir::DialectRegistry registry;
  registry.insert<cmnn::CMNNDialect, mlir::func::FuncDialect>();
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  std::map<llvm::StringRef, int64_t> counts;
  for (const json::Value &value : *root.getAsObject()->getArray("cases")) {
    const json::Object &test = *value.getAsObject();
    std::string op = test.getString("op")->str();
    if (op == "quantize" || op == "dequantize")
      continue;
    ++counts[*test.getString("op")];
    checkCase(test, context);
  }
  // All but what the host does.
  const json::Object &expected = *root.getAsObject()->getObject("counts");
  EXPECT_EQ(counts.size(), expected.size() - 2);
  for (auto [op, count] : counts)
    EXPECT_EQ(count, *expected.getInteger(op)) << op.str();
}
