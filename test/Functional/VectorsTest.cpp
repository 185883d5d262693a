//===- VectorsTest.cpp - single operations against recordings -------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every case of test/Numerics/vectors.json that a cmflow graph can express, as
// a graph of one stage.
//
//===----------------------------------------------------------------------===//

#include "GraphTest.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace cm;
using namespace cm::test;

namespace {

/// An array of the vectors file.
struct Array {
  std::vector<int64_t> shape, data;

  explicit Array(const llvm::json::Object &object) {
    for (const llvm::json::Value &value : *object.getArray("shape"))
      shape.push_back(*value.getAsInteger());
    for (const llvm::json::Value &value : *object.getArray("data"))
      data.push_back(static_cast<int64_t>(*value.getAsNumber()));
  }
  Extent extent() const {
    return shape.size() == 4 ? Extent{shape[1], shape[2], shape[3]}
                             : Extent{1, 1, shape.back()};
  }
  Bytes bytes() const { return Bytes(data.begin(), data.end()); }
  std::string text(llvm::StringRef type) const {
    std::string dims;
    for (int64_t extent : shape)
      dims += std::to_string(extent) + "x";
    std::string values;
    // Elements without brackets: a hexadecimal string of all bytes.
    for (int64_t value : data)
      for (unsigned k = 0; k < (type == "i8" ? 1 : 4); ++k)
        values += llvm::formatv("{0:X-2}", (value >> (8 * k)) & 255);
    return llvm::formatv("dense<\"0x{0}\"> : tensor<{1}{2}>", values, dims,
                         type);
  }
};

/// A case of the vectors file.
struct Case {
  const llvm::json::Object &json;

  llvm::StringRef op() const { return *json.getString("op"); }
  std::string name() const {
    return (op() + " " + *json.getString("name")).str();
  }
  Array input(llvm::StringRef key) const {
    return Array(*json.getObject("inputs")->getObject(key));
  }
  bool hasInput(llvm::StringRef key) const {
    return json.getObject("inputs")->getObject(key);
  }
  Array output() const { return Array(*json.getObject("output")); }
  const llvm::json::Value *find(llvm::StringRef key) const {
    return json.getObject("attributes")->get(key);
  }
  /// 0 where the file leaves the attribute out.
  int64_t integer(llvm::StringRef key) const {
    return find(key) ? *find(key)->getAsInteger() : 0;
  }
  float number(llvm::StringRef key) const {
    return static_cast<float>(*find(key)->getAsNumber());
  }
  /// Empty where the file leaves the attribute out.
  std::vector<int64_t> integers(llvm::StringRef key) const {
    std::vector<int64_t> result;
    if (!find(key))
      return result;
    for (const llvm::json::Value &value : *find(key)->getAsArray())
      result.push_back(*value.getAsInteger());
    return result;
  }
};

} // namespace

static std::string floatText(float value) {
  return llvm::formatv("{0:e9}", value);
}

static std::string join(llvm::ArrayRef<int64_t> values) {
  std::string text;
  llvm::interleave(
      values, [&](int64_t value) { text += std::to_string(value); },
      [&] { text += ", "; });
  return text;
}

class FunctionalVectors : public GraphTest {
protected:
  /// Runs `check` on all cases of the vectors file of one operation.
  void forEach(llvm::StringRef op,
               llvm::function_ref<void(const Case &)> check);
};

void FunctionalVectors::forEach(llvm::StringRef op,
                                llvm::function_ref<void(const Case &)> check) {
  auto file = llvm::MemoryBuffer::getFile(CM_VECTORS);
  ASSERT_TRUE(bool(file));
  auto json = llvm::json::parse((*file)->getBuffer());
  ASSERT_TRUE(bool(json));
  int64_t count = 0;
  for (const llvm::json::Value &value :
       *json->getAsObject()->getArray("cases")) {
    Case one{*value.getAsObject()};
    if (one.op() != op)
      continue;
    SCOPED_TRACE(one.name());
    check(one);
    ++count;
  }
  EXPECT_EQ(count, *json->getAsObject()->getObject("counts")->getInteger(op));
}

/// The window of a pool or a convolution of kernel `h` x `w`.
static Window windowOf(const Case &one, int64_t h, int64_t w, int64_t c) {
  Window window = Window::whole(h, w, c);
  window.strideY = one.integers("strides")[0];
  window.strideX = one.integers("strides")[1];
  if (one.find("pads")) {
    window.offsetY = -one.integers("pads")[0];
    window.offsetX = -one.integers("pads")[1];
  }
  if (one.find("dilations")) {
    window.dilationY = one.integers("dilations")[0];
    window.dilationX = one.integers("dilations")[1];
  }
  return window;
}

/// "x_scale = ... : f32, x_zero_point = ... : i32" for each prefix.
static std::string quantities(const Case &one, llvm::StringRef prefixes) {
  std::string text;
  for (char prefix : prefixes)
    text +=
        llvm::formatv("{0}{1}_scale = {2} : f32, {1}_zero_point = {3} : i32",
                      text.empty() ? "" : ", ", prefix,
                      floatText(one.number(std::string(1, prefix) + "_scale")),
                      one.integer(std::string(1, prefix) + "_zero_point"));
  return text;
}

/// The unit attributes and the range that a case has.
static std::string flags(const Case &one) {
  std::string text;
  for (const char *name : {"minimum", "maximum"})
    if (one.find(name))
      text += llvm::formatv(", {0} = {1} : i32", name, one.integer(name));
  for (const char *name : {"count_include_pad", "unsigned_rounding"})
    if (one.integer(name))
      text += std::string(", ") + name;
  return text;
}

TEST_F(FunctionalVectors, RequantizesAccumulators) {
  forEach("requantize_accumulator", [&](const Case &one) {
    Array acc = one.input("acc");
    int64_t n = acc.data.size();
    float product = one.number("x_scale") * one.number("w_scale");
    float multiplier = product / one.number("y_scale");
    std::string values = join(acc.data);
    std::string body = llvm::formatv(
        "    %acc = arith.constant dense<[{0}]> : vector<{1}xi32>\n"
        "    %y = cmflow.requantize %acc zero_point {3} {{scales = array<f32: "
        "{2}>"
        "{4}} : vector<{1}xi32> -> vector<{1}xi8>\n",
        values, n, floatText(multiplier), one.integer("y_zero_point"),
        flags(one));
    EXPECT_EQ(run(graphText({}, {1, 1, n}, body), {}), one.output().bytes());
  });
}

TEST_F(FunctionalVectors, Adds) {
  forEach("add", [&](const Case &one) {
    Extent extent = one.input("a").extent();
    Window window = Window::whole(1, 1, extent.c);
    std::string body =
        readText("a", "a", window) + readText("b", "b", window) +
        llvm::formatv("    %y = cmflow.add_quantized %a, %b {{{0}{1}} : "
                      "vector<{2}xi8>\n",
                      quantities(one, "aby"), flags(one), extent.c)
            .str();
    EXPECT_EQ(run(graphText({{"a", extent}, {"b", extent}}, extent, body),
                  {one.input("a").bytes(), one.input("b").bytes()}),
              one.output().bytes());
  });
}

TEST_F(FunctionalVectors, Multiplies) {
  forEach("mul", [&](const Case &one) {
    Extent extent = one.input("a").extent();
    Window window = Window::whole(1, 1, extent.c);
    std::string body =
        readText("a", "a", window) + readText("b", "b", window) +
        llvm::formatv("    %y = cmflow.mul_quantized %a, %b {{{0}{1}} : "
                      "vector<{2}xi8>\n",
                      quantities(one, "aby"), flags(one), extent.c)
            .str();
    EXPECT_EQ(run(graphText({{"a", extent}, {"b", extent}}, extent, body),
                  {one.input("a").bytes(), one.input("b").bytes()}),
              one.output().bytes());
  });
}

TEST_F(FunctionalVectors, PoolsMaxima) {
  forEach("max_pool", [&](const Case &one) {
    Array x = one.input("x");
    std::vector<int64_t> kernel = one.integers("kernel");
    std::string body = llvm::formatv(
        "    %y = cmflow.max_pool @x {0} : vector<{1}xi8>\n",
        windowText(windowOf(one, kernel[0], kernel[1], x.extent().c)),
        x.extent().c);
    EXPECT_EQ(run(graphText({{"x", x.extent()}}, one.output().extent(), body),
                  {x.bytes()}),
              one.output().bytes());
  });
}

TEST_F(FunctionalVectors, PoolsAverages) {
  forEach("average_pool", [&](const Case &one) {
    Array x = one.input("x");
    std::vector<int64_t> kernel = one.integers("kernel");
    std::string body = llvm::formatv(
        "    %y = cmflow.average_pool @x {0} {{{1}{2}} : vector<{3}xi8>\n",
        windowText(windowOf(one, kernel[0], kernel[1], x.extent().c)),
        quantities(one, "xy"), flags(one), x.extent().c);
    EXPECT_EQ(run(graphText({{"x", x.extent()}}, one.output().extent(), body),
                  {x.bytes()}),
              one.output().bytes());
  });
}

TEST_F(FunctionalVectors, PoolsWholeImages) {
  forEach("global_average_pool", [&](const Case &one) {
    Array x = one.input("x");
    Extent extent = x.extent();
    std::string body =
        llvm::formatv("    %y = cmflow.global_average_pool @x {0} {{{1}{2}} : "
                      "vector<{3}xi8>\n",
                      windowText(Window::whole(extent.h, extent.w, extent.c)),
                      quantities(one, "xy"), flags(one), extent.c);
    EXPECT_EQ(
        run(graphText({{"x", extent}}, {1, 1, extent.c}, body), {x.bytes()}),
        one.output().bytes());
  });
}

TEST_F(FunctionalVectors, Softmaxes) {
  forEach("softmax", [&](const Case &one) {
    Array x = one.input("x");
    Extent extent = x.extent();
    std::string body =
        readText("x", "x", Window::whole(1, 1, extent.c)) +
        llvm::formatv(
            "    %y = cmflow.softmax %x {{x_scale = {0} : f32, {1}} : "
            "vector<{2}xi8>\n",
            floatText(one.number("x_scale")), quantities(one, "y"), extent.c)
            .str();
    EXPECT_EQ(run(graphText({{"x", extent}}, extent, body), {x.bytes()}),
              one.output().bytes());
  });
}

/// A product with the zero point folded into the bias, as the partition does.
static std::string productText(const Case &one, const Window &window,
                               int64_t groups) {
  Array weight = one.input("weight");
  int64_t columns = weight.shape.back();
  std::vector<int64_t> bias(columns, 0);
  if (one.hasInput("bias"))
    bias = one.input("bias").data;
  for (size_t k = 0; k < weight.data.size(); ++k)
    bias[k % columns] -= one.integer("x_zero_point") * weight.data[k];
  const llvm::json::Array &wScales = *one.find("w_scales")->getAsArray();
  std::string scales;
  for (const llvm::json::Value &scale : wScales) {
    float product =
        one.number("x_scale") * static_cast<float>(*scale.getAsNumber());
    scales += (scales.empty() ? "" : ", ") +
              floatText(product / one.number("y_scale"));
  }
  return readText("x", "x", window) +
         llvm::formatv(
             "    %p = cmflow.mvm %x, @w groups {0} channels [{1}, {2}] "
             "elements [{3}, {4}] columns [0, {5}] : vector<{6}xi8> -> "
             "vector<{5}xi32>\n"
             "    %b = arith.constant dense<[{7}]> : vector<{5}xi32>\n"
             "    %s = arith.addi %p, %b : vector<{5}xi32>\n"
             "    %y = cmflow.requantize %s zero_point {9} {{scales = "
             "array<f32: {8}>"
             "{10}} : vector<{5}xi32> -> vector<{5}xi8>\n",
             groups, window.channelBegin, window.channelEnd,
             window.elementBegin, window.elementEnd, columns, window.elements(),
             join(bias), scales, one.integer("y_zero_point"), flags(one))
             .str();
}

TEST_F(FunctionalVectors, Convolves) {
  forEach("conv2d", [&](const Case &one) {
    Array x = one.input("x"), weight = one.input("weight");
    Window window =
        windowOf(one, weight.shape[0], weight.shape[1], x.extent().c);
    window.fill = one.integer("x_zero_point");
    std::string text =
        "cmnn.weight @w = " + weight.text("i8") + "\n" +
        graphText({{"x", x.extent()}}, one.output().extent(),
                  productText(one, window, one.integer("groups")));
    EXPECT_EQ(run(text, {x.bytes()}), one.output().bytes());
  });
}

TEST_F(FunctionalVectors, MultipliesMatrices) {
  forEach("matmul", [&](const Case &one) {
    Array x = one.input("x");
    std::string text =
        "cmnn.weight @w = " + one.input("weight").text("i8") + "\n" +
        graphText({{"x", x.extent()}}, one.output().extent(),
                  productText(one, Window::whole(1, 1, x.extent().c), 1));
    EXPECT_EQ(run(text, {x.bytes()}), one.output().bytes());
  });
}

/// "array<f32: ...>" of an input, without elements where the case has none.
static std::string floatsText(const Case &one, llvm::StringRef key) {
  std::string text;
  if (const auto *input = one.json.getObject("inputs")->getObject(key))
    for (const llvm::json::Value &value : *input->getArray("data"))
      text += (text.empty() ? ": " : ", ") +
              floatText(static_cast<float>(*value.getAsNumber()));
  return "array<f32" + text + ">";
}

TEST_F(FunctionalVectors, NormalisesLayers) {
  forEach("layer_norm", [&](const Case &one) {
    Array x = one.input("x");
    Extent extent = x.extent();
    std::string body =
        readText("x", "x", Window::whole(1, 1, extent.c)) +
        llvm::formatv("    %y = cmflow.layer_norm %x {{epsilon = {0} : f32, "
                      "scales = {1}, biases = {2}, {3}{4}} : vector<{5}xi8>\n",
                      floatText(one.number("epsilon")),
                      floatsText(one, "scale"), floatsText(one, "bias"),
                      quantities(one, "xy"), flags(one), extent.c)
            .str();
    EXPECT_EQ(run(graphText({{"x", extent}}, extent, body), {x.bytes()}),
              one.output().bytes());
  });
}

TEST_F(FunctionalVectors, TakesMeansOfTokens) {
  forEach("reduce_mean", [&](const Case &one) {
    Array x = one.input("x");
    Extent extent{1, x.shape[1], x.shape[2]};
    std::string body = llvm::formatv(
        "    %y = cmflow.reduce_mean @x {0} {{{1}{2}} : vector<{3}xi8>\n",
        windowText(Window::whole(1, extent.w, extent.c)), quantities(one, "xy"),
        flags(one), extent.c);
    EXPECT_EQ(
        run(graphText({{"x", extent}}, {1, 1, extent.c}, body), {x.bytes()}),
        one.output().bytes());
  });
}

/// The first matrices of a case: a token in each iteration, and all tokens.
static std::string matrixText(const Case &one, Extent a, Extent b,
                              int64_t results, bool isTransposed) {
  Window all = Window::whole(1, b.w, b.c);
  all.strideX = 0;
  float scale = one.number("a_scale") * one.number("b_scale");
  return readText("a", "a", Window::whole(1, 1, a.c)) +
         readText("b", "b", all) +
         llvm::formatv(
             "    %s = cmflow.multiply_matrix %a, %b [{0}, {1}] {2} : "
             "vector<{3}xi8>, vector<{4}xi8> -> vector<{5}xi32>\n"
             "    %y = cmflow.requantize %s zero_point {6} {{scales = "
             "array<f32: {7}>{8}} : vector<{5}xi32> -> vector<{5}xi8>\n",
             one.integer("a_zero_point"), one.integer("b_zero_point"),
             isTransposed ? "transposed" : "", a.c, b.w * b.c, results,
             one.integer("y_zero_point"),
             floatText(scale / one.number("y_scale")), flags(one))
             .str();
}

TEST_F(FunctionalVectors, MultipliesTensors) {
  forEach("batch_matmul", [&](const Case &one) {
    if (!one.find("y_scale")) // in int32 or f32
      return;
    Array a = one.input("a"), b = one.input("b"), y = one.output();
    int64_t m = *(a.shape.end() - 2), k = a.shape.back(), n = b.shape.back();
    Bytes rows = a.bytes(), matrix = b.bytes(), expected = y.bytes();
    rows.resize(m * k), matrix.resize(k * n), expected.resize(m * n);
    Bytes columns(k * n);
    for (int64_t i = 0; i < k; ++i)
      for (int64_t j = 0; j < n; ++j)
        columns[j * k + i] = matrix[i * n + j];
    Extent tokens{1, m, k}, result{1, m, n};
    EXPECT_EQ(run(graphText({{"a", tokens}, {"b", {1, k, n}}}, result,
                            matrixText(one, tokens, {1, k, n}, n, false)),
                  {rows, matrix}),
              expected);
    EXPECT_EQ(run(graphText({{"a", tokens}, {"b", {1, n, k}}}, result,
                            matrixText(one, tokens, {1, n, k}, n, true)),
                  {rows, columns}),
              expected);
  });
}
