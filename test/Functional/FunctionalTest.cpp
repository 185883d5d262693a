//===- FunctionalTest.cpp - cmflow graphs against recorded values ---------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every case of test/Numerics/vectors.json that a cmflow graph can express, as a
// graph of one stage, and graphs of several stages.
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMFlow/CMFlowDialect.h"
#include "cm/Dialect/CMNN/CMNNDialect.h"
#include "cm/Functional/FunctionalGraph.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"

using namespace cm;
using namespace mlir;

namespace {

using Bytes = std::vector<int8_t>;

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

static std::string objectText(llvm::StringRef name, const Extent &extent) {
  return llvm::formatv("  cmflow.object @{0} : {1}x{2}x{3} i8\n", name,
                       extent.h, extent.w, extent.c);
}

static std::string portText(llvm::StringRef op, llvm::StringRef name,
                            llvm::StringRef verb, llvm::StringRef object,
                            const Extent &extent) {
  return llvm::formatv(
      "  cmflow.{0} @{1} {2} @{3} binding <\"{3}\" \"int8\" [1, {4}, {5}, {6}] "
      "permutation [0, 1, 2] scale 1.0 : f32 zero_point 0>\n",
      op, name, verb, object, extent.h, extent.w, extent.c);
}

static std::string windowText(const Window &window) {
  return llvm::formatv(
      "<kernel [{0}, {1}] strides [{2}, {3}] offsets [{4}, {5}] dilations "
      "[{6}, {7}] channels [{8}, {9}] elements [{10}, {11}] fill {12}>",
      window.kernelY, window.kernelX, window.strideY, window.strideX,
      window.offsetY, window.offsetX, window.dilationY, window.dilationX,
      window.channelBegin, window.channelEnd, window.elementBegin,
      window.elementEnd, window.fill);
}

/// A graph of one stage that reads the objects `inputs` and writes @y as `body`
/// says, which leaves its result in %y.
static std::string graphText(llvm::ArrayRef<std::pair<std::string, Extent>> inputs,
                             const Extent &result, llvm::StringRef body) {
  std::string text = "cmflow.graph @net {\n" + objectText("y", result);
  for (const auto &[name, extent] : inputs) {
    text += objectText(name, extent);
    text += portText("input", "in_" + name, "writes", name, extent);
    text += "  cmflow.stream @in_" + name + " to @s over @" + name + "\n";
  }
  text += llvm::formatv("  cmflow.stage @s domain [{0}, {1}] {{\n{2}"
                        "    cmflow.write %y, @y <strides [1, 1] offsets "
                        "[0, 0] channels [0, {3}]> : vector<{3}xi8>\n  }\n",
                        result.h, result.w, body, result.c);
  return text + portText("output", "out", "reads", "y", result) +
         "  cmflow.stream @s to @out over @y\n}\n";
}

class Functional : public ::testing::Test {
protected:
  Functional() {
    context.loadDialect<cmflow::CMFlowDialect, cmnn::CMNNDialect,
                        arith::ArithDialect>();
  }

  llvm::Expected<FunctionalGraph> create(const std::string &text) {
    module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(module) << text;
    return FunctionalGraph::create(
        *module->getOps<cmflow::GraphOp>().begin());
  }

  Bytes run(const std::string &text, llvm::ArrayRef<Bytes> inputs) {
    auto graph = create(text);
    if (!graph) {
      ADD_FAILURE() << llvm::toString(graph.takeError());
      return {};
    }
    return llvm::cantFail(graph->run(inputs)).front();
  }

  /// Runs `check` on all cases of the vectors file of one operation.
  void forEach(llvm::StringRef op, llvm::function_ref<void(const Case &)> check);

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

void Functional::forEach(llvm::StringRef op,
                         llvm::function_ref<void(const Case &)> check) {
  auto file = llvm::MemoryBuffer::getFile(CM_VECTORS);
  ASSERT_TRUE(bool(file));
  auto json = llvm::json::parse((*file)->getBuffer());
  ASSERT_TRUE(bool(json));
  unsigned count = 0;
  for (const llvm::json::Value &value : *json->getAsObject()->getArray("cases")) {
    Case one{*value.getAsObject()};
    if (one.op() != op)
      continue;
    SCOPED_TRACE(one.name());
    check(one);
    ++count;
  }
  EXPECT_GT(count, 0u);
}

//===----------------------------------------------------------------------===//
// Recorded values of single operations
//===----------------------------------------------------------------------===//

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
    text += llvm::formatv("{0}{1}_scale = {2} : f32, {1}_zero_point = {3} : i32",
                          text.empty() ? "" : ", ", prefix,
                          floatText(one.number(std::string(1, prefix) + "_scale")),
                          one.integer(std::string(1, prefix) + "_zero_point"));
  return text;
}

static std::string readText(llvm::StringRef value, llvm::StringRef object,
                            const Window &window) {
  return llvm::formatv("    %{0} = cmflow.read @{1} {2} : vector<{3}xi8>\n",
                       value, object, windowText(window), window.elements());
}

TEST_F(Functional, RequantizesAccumulators) {
  forEach("requantize_accumulator", [&](const Case &one) {
    Array acc = one.input("acc");
    int64_t n = acc.data.size();
    float product = one.number("x_scale") * one.number("w_scale");
    float multiplier = product / one.number("y_scale");
    std::string values = join(acc.data);
    std::string body = llvm::formatv(
        "    %acc = arith.constant dense<[{0}]> : vector<{1}xi32>\n"
        "    %y = cmflow.requantize %acc scales [{2}] zero_point {3} : "
        "vector<{1}xi32> -> vector<{1}xi8>\n",
        values, n, floatText(multiplier), one.integer("y_zero_point"));
    EXPECT_EQ(run(graphText({}, {1, 1, n}, body), {}), one.output().bytes());
  });
}

TEST_F(Functional, Adds) {
  forEach("add", [&](const Case &one) {
    Extent extent = one.input("a").extent();
    Window window = Window::whole(1, 1, extent.c);
    std::string body =
        readText("a", "a", window) + readText("b", "b", window) +
        llvm::formatv("    %y = cmflow.add_quantized %a, %b {{{0}} : "
                      "vector<{1}xi8>\n",
                      quantities(one, "aby"), extent.c)
            .str();
    EXPECT_EQ(run(graphText({{"a", extent}, {"b", extent}}, extent, body),
                  {one.input("a").bytes(), one.input("b").bytes()}),
              one.output().bytes());
  });
}

TEST_F(Functional, PoolsMaxima) {
  forEach("max_pool", [&](const Case &one) {
    Array x = one.input("x");
    std::vector<int64_t> kernel = one.integers("kernel");
    std::string body = llvm::formatv(
        "    %y = cmflow.max_pool @x {0} : vector<{1}xi8>\n",
        windowText(windowOf(one, kernel[0], kernel[1], x.extent().c)),
        x.extent().c);
    EXPECT_EQ(
        run(graphText({{"x", x.extent()}}, one.output().extent(), body),
            {x.bytes()}),
        one.output().bytes());
  });
}

TEST_F(Functional, PoolsAverages) {
  forEach("average_pool", [&](const Case &one) {
    Array x = one.input("x");
    std::vector<int64_t> kernel = one.integers("kernel");
    std::string body = llvm::formatv(
        "    %y = cmflow.average_pool @x {0} {{{1}{2}} : vector<{3}xi8>\n",
        windowText(windowOf(one, kernel[0], kernel[1], x.extent().c)),
        quantities(one, "xy"),
        one.integer("count_include_pad") ? ", count_include_pad" : "",
        x.extent().c);
    EXPECT_EQ(
        run(graphText({{"x", x.extent()}}, one.output().extent(), body),
            {x.bytes()}),
        one.output().bytes());
  });
}

TEST_F(Functional, PoolsWholeImages) {
  forEach("global_average_pool", [&](const Case &one) {
    Array x = one.input("x");
    Extent extent = x.extent();
    std::string body = llvm::formatv(
        "    %y = cmflow.global_average_pool @x {0} {{{1}} : vector<{2}xi8>\n",
        windowText(Window::whole(extent.h, extent.w, extent.c)),
        quantities(one, "xy"), extent.c);
    EXPECT_EQ(run(graphText({{"x", extent}}, {1, 1, extent.c}, body),
                  {x.bytes()}),
              one.output().bytes());
  });
}

TEST_F(Functional, Softmaxes) {
  forEach("softmax", [&](const Case &one) {
    Array x = one.input("x");
    Extent extent = x.extent();
    std::string body =
        readText("x", "x", Window::whole(1, 1, extent.c)) +
        llvm::formatv("    %y = cmflow.softmax %x {{x_scale = {0} : f32, {1}} : "
                      "vector<{2}xi8>\n",
                      floatText(one.number("x_scale")), quantities(one, "y"),
                      extent.c)
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
             "    %y = cmflow.requantize %s scales [{8}] zero_point {9} : "
             "vector<{5}xi32> -> vector<{5}xi8>\n",
             groups, window.channelBegin, window.channelEnd,
             window.elementBegin, window.elementEnd, columns,
             window.elements(), join(bias), scales,
             one.integer("y_zero_point"))
             .str();
}

TEST_F(Functional, Convolves) {
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

TEST_F(Functional, MultipliesMatrices) {
  forEach("matmul", [&](const Case &one) {
    Array x = one.input("x");
    std::string text =
        "cmnn.weight @w = " + one.input("weight").text("i8") + "\n" +
        graphText({{"x", x.extent()}}, one.output().extent(),
                  productText(one, Window::whole(1, 1, x.extent().c), 1));
    EXPECT_EQ(run(text, {x.bytes()}), one.output().bytes());
  });
}

//===----------------------------------------------------------------------===//
// Graphs of several stages
//===----------------------------------------------------------------------===//

/// Row tiles, column tiles and stages in an order that is not topological: the
/// product of four numbers and a 4x2 matrix, y[0] and y[1] by stages of their
/// own, y[0] in two parts.
static const char *const tiled = R"(
cmnn.weight @w = dense<[[1, 10], [2, 20], [3, 30], [4, 40]]> : tensor<4x2xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @p : 1x1x1 i32
  cmflow.object @y : 1x1x2 i8
  cmflow.stage @last domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [3, 4] fill 0> : vector<1xi8>
    %1 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [3, 4] columns [0, 1] : vector<1xi8> -> vector<1xi32>
    %2 = cmflow.read @p <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 1] elements [0, 1] fill 0> : vector<1xi32>
    %3 = arith.addi %1, %2 : vector<1xi32>
    %4 = cmflow.requantize %3 scales [1.0] zero_point 0 {cm.tensor = [#cmflow.tensor<"t" [1, 2] permutation [0]>]} : vector<1xi32> -> vector<1xi8>
    cmflow.write %4, @y <strides [1, 1] offsets [0, 0] channels [0, 1]> : vector<1xi8>
  }
  cmflow.stage @first domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 3] fill 0> : vector<3xi8>
    %1 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [0, 3] columns [0, 1] : vector<3xi8> -> vector<1xi32>
    cmflow.write %1, @p <strides [1, 1] offsets [0, 0] channels [0, 1]> : vector<1xi32>
  }
  cmflow.stage @other domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %1 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [0, 4] columns [1, 2] : vector<4xi8> -> vector<1xi32>
    %2 = cmflow.requantize %1 scales [0.5] zero_point 0 {cm.tensor = [#cmflow.tensor<"t" [1, 2] permutation [0]>]} : vector<1xi32> -> vector<1xi8>
    cmflow.write %2, @y <strides [1, 1] offsets [0, 0] channels [1, 2]> : vector<1xi8>
  }
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.output @out reads @y binding <"y" "int8" [1, 2] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @first over @x
  cmflow.stream @in to @last over @x
  cmflow.stream @in to @other over @x
  cmflow.stream @first to @last over @p
  cmflow.stream @last to @out over @y
  cmflow.stream @other to @out over @y
}
)";

TEST_F(Functional, TilesAddUpAndNamedTensorsAreWhole) {
  auto graph = llvm::cantFail(create(tiled));
  EXPECT_EQ(graph.inputs()[0].binding.getName(), "x");
  EXPECT_EQ(graph.outputs()[0].extent, Extent({1, 1, 2}));
  std::vector<std::string> names;
  Bytes named;
  auto result = graph.run(
      {Bytes{1, -1, 2, 3}},
      [&](llvm::ArrayRef<cmflow::TensorAttr> tensor,
          llvm::ArrayRef<int8_t> data) {
        names.push_back(tensor[0].getName().str());
        named = data.vec();
      });
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(result->front(), (Bytes{1 - 2 + 6 + 12, 85}));
  EXPECT_EQ(names, std::vector<std::string>{"t"});
  EXPECT_EQ(named, result->front());
}

TEST_F(Functional, DepthwiseMatricesAreZeroBesideTheirChannel) {
  const char *text = "cmnn.weight @w = dense<[[[[2, 3]]]]> : "
                     "tensor<1x1x1x2xi8>\n";
  std::string body =
      readText("x", "x", Window::whole(1, 1, 2)) +
      "    %p = cmflow.mvm %x, @w groups 2 channels [0, 2] elements [0, 2] "
      "columns [0, 2] : vector<2xi8> -> vector<2xi32>\n"
      "    %y = cmflow.requantize %p scales [1.0] zero_point 0 : "
      "vector<2xi32> -> vector<2xi8>\n";
  EXPECT_EQ(run(text + graphText({{"x", {1, 1, 2}}}, {1, 1, 2}, body),
                {Bytes{5, 7}}),
            (Bytes{10, 21}));
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

TEST_F(Functional, RefusesInputsOfAnotherSize) {
  auto graph = llvm::cantFail(create(tiled));
  EXPECT_EQ(llvm::toString(graph.run({Bytes{1, 2}}).takeError()),
            "input 'x': expected 4 elements, found 2");
  EXPECT_EQ(llvm::toString(graph.run({}).takeError()),
            "expected 1 inputs, found 0");
}

TEST_F(Functional, NamesTheStageWhoseSumOverflows) {
  std::string body =
      "    %a = arith.constant dense<2147483647> : vector<1xi32>\n"
      "    %s = arith.addi %a, %a : vector<1xi32>\n"
      "    %y = cmflow.requantize %s scales [1.0] zero_point 0 : "
      "vector<1xi32> -> vector<1xi8>\n";
  auto graph = llvm::cantFail(create(graphText({}, {1, 1, 1}, body)));
  EXPECT_EQ(llvm::toString(graph.run({}).takeError()),
            "stage 's', iteration (0, 0): accumulator overflows int32");
}

TEST_F(Functional, NamesTheStageThatReadsWhatNobodyWrote) {
  std::string text = tiled;
  std::string second = "cmflow.object @y : 1x1x2";
  text.replace(text.find(second), second.size(), "cmflow.object @y : 2x1x2");
  size_t at = text.find("  cmflow.stream");
  text.insert(at, "  cmflow.object @z : 1x1x2 i8\n  cmflow.stage @late domain "
                  "[1, 1] {\n" +
                      readText("v", "y", [] {
                        Window window = Window::whole(1, 1, 2);
                        window.offsetY = 1;
                        return window;
                      }()) +
                      "    cmflow.write %v, @z <strides [1, 1] offsets [0, 0] "
                      "channels [0, 2]> : vector<2xi8>\n  }\n"
                      "  cmflow.stream @last to @late over @y\n"
                      "  cmflow.stream @other to @late over @y\n");
  auto graph = llvm::cantFail(create(text));
  EXPECT_EQ(llvm::toString(graph.run({Bytes{1, 2, 3, 4}}).takeError()),
            "stage 'late', iteration (0, 0): reads element 1 of pixel (1, 0), "
            "which nobody has written");
}

TEST_F(Functional, NamesAStageInACycle) {
  std::string text = tiled;
  for (std::string from : {"@first domain", "@first to @last", "@in to @first"})
    ASSERT_NE(text.find(from), std::string::npos);
  // The first part of the sum reads the result.
  size_t at = text.find("cmflow.read @x", text.find("@first domain"));
  text.replace(at, 14, "cmflow.read @y");
  std::string window = "channels [0, 4] elements [0, 3]";
  at = text.find(window, at);
  text.replace(at, window.size(), "channels [0, 1] elements [0, 1]");
  at = text.find("vector<3xi8>", at);
  text.replace(at, 12, "vector<1xi8>");
  std::string mvm = "elements [0, 3] columns [0, 1] : vector<3xi8>";
  at = text.find(mvm);
  text.replace(at, mvm.size(), "elements [0, 1] columns [0, 1] : vector<1xi8>");
  std::string stream = "cmflow.stream @in to @first over @x";
  text.replace(text.find(stream), stream.size(),
               "cmflow.stream @last to @first over @y\n"
               "  cmflow.stream @other to @first over @y");
  EXPECT_EQ(llvm::toString(create(text).takeError()),
            "stage 'last' is part of a cycle or behind one");
}

TEST_F(Functional, NamesAnUnknownOperation) {
  std::string body =
      "    %a = arith.constant dense<1> : vector<1xi8>\n"
      "    %y = arith.subi %a, %a : vector<1xi8>\n";
  EXPECT_EQ(
      llvm::toString(create(graphText({}, {1, 1, 1}, body)).takeError()),
      "stage 's': 'arith.subi' is unknown to the functional run");
}

TEST_F(Functional, NamesAMissingWeight) {
  std::string text = tiled;
  text.replace(text.find("cmnn.weight @w"), 14, "cmnn.weight @v");
  EXPECT_EQ(llvm::toString(create(text).takeError()),
            "stage 'last': no weight 'w'");
}
