//===- FunctionalTest.cpp - graphs of several stages, and errors ----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphTest.h"
#include "llvm/Support/FormatVariadic.h"

using namespace cm;
using namespace cm::test;

using Functional = GraphTest;

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
    %4 = cmflow.requantize %3 zero_point 0 {scales = array<f32: 1.0>, cm.tensor = [#cmflow.tensor<"t" [1, 2] permutation [0]>]} : vector<1xi32> -> vector<1xi8>
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
    %2 = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.5>, cm.tensor = [#cmflow.tensor<"t" [1, 2] permutation [0]>]} : vector<1xi32> -> vector<1xi8>
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
  auto result = graph.run({Bytes{1, -1, 2, 3}},
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
      "    %y = cmflow.requantize %p zero_point 0 {scales = array<f32: 1.0>} : "
      "vector<2xi32> -> vector<2xi8>\n";
  EXPECT_EQ(
      run(text + graphText({{"x", {1, 1, 2}}}, {1, 1, 2}, body), {Bytes{5, 7}}),
      (Bytes{10, 21}));
}

TEST_F(Functional, SlicesOfGroupsTakeTheirChannelsAndColumns) {
  // Columns 1 to 4 of two groups of two channels: column 1 of the first, 2 and
  // 3 of the second; column 0 is left out.
  const char *text = "cmnn.weight @w = dense<[[[[1, 2, 3, 4], [5, 6, 7, 8]]]]> "
                     ": tensor<1x1x2x4xi8>\n";
  std::string body =
      readText("x", "x", Window::whole(1, 1, 4)) +
      "    %p = cmflow.mvm %x, @w groups 2 channels [0, 4] elements [0, 4] "
      "columns [1, 4] : vector<4xi8> -> vector<3xi32>\n"
      "    %y = cmflow.requantize %p zero_point 0 {scales = array<f32: 1.0>} : "
      "vector<3xi32> -> vector<3xi8>\n";
  EXPECT_EQ(run(text + graphText({{"x", {1, 1, 4}}}, {1, 1, 3}, body),
                {Bytes{1, 2, 3, 4}}),
            (Bytes{1 * 2 + 2 * 6, 3 * 3 + 4 * 7, 3 * 4 + 4 * 8}));
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
      "    %y = cmflow.requantize %s zero_point 0 {scales = array<f32: 1.0>} : "
      "vector<1xi32> -> vector<1xi8>\n";
  auto graph = llvm::cantFail(create(graphText({}, {1, 1, 1}, body)));
  EXPECT_EQ(llvm::toString(graph.run({}).takeError()),
            "stage 's', iteration (0, 0): accumulator overflows int32");
}

TEST_F(Functional, NamesTheStageWhoseProductOfTensorsOverflows) {
  // 255 * 255 * 33026 terms are more than 2^31 - 1.
  std::string body =
      readText("a", "x", Window::whole(1, 1, 33026)) +
      "    %s = cmflow.multiply_matrix %a, %a [-128, -128] : vector<33026xi8>, "
      "vector<33026xi8> -> vector<1xi32>\n"
      "    %y = cmflow.requantize %s zero_point 0 {scales = array<f32: 1.0>} : "
      "vector<1xi32> -> vector<1xi8>\n";
  auto graph = llvm::cantFail(
      create(graphText({{"x", {1, 1, 33026}}}, {1, 1, 1}, body)));
  EXPECT_EQ(llvm::toString(graph.run({Bytes(33026, 127)}).takeError()),
            "stage 's', iteration (0, 0): accumulator overflows int32");
}

TEST_F(Functional, NamesTheStageThatReadsWhatNobodyWrote) {
  std::string text = tiled;
  for (auto [from, to] :
       {std::pair<std::string, std::string>{"@y : 1x1x2", "@y : 1x1x3"},
        {"<\"y\" \"int8\" [1, 2]", "<\"y\" \"int8\" [1, 3]"}})
    text.replace(text.find(from), from.size(), to);
  size_t at = text.find("  cmflow.stream");
  text.insert(at, "  cmflow.object @z : 1x1x3 i8\n  cmflow.stage @late domain "
                  "[1, 1] {\n" +
                      readText("v", "y", Window::whole(1, 1, 3)) +
                      "    cmflow.write %v, @z <strides [1, 1] offsets [0, 0] "
                      "channels [0, 3]> : vector<3xi8>\n  }\n"
                      "  cmflow.stream @last to @late over @y\n"
                      "  cmflow.stream @other to @late over @y\n");
  auto graph = llvm::cantFail(create(text));
  EXPECT_EQ(llvm::toString(graph.run({Bytes{1, 2, 3, 4}}).takeError()),
            "stage 'late', iteration (0, 0): reads element 2 of pixel (0, 0), "
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
               "cmflow.stream @last to @first over @y");
  EXPECT_EQ(llvm::toString(create(text).takeError()),
            "stage 'last' is part of a cycle or behind one");
}

//===----------------------------------------------------------------------===//
// Vectors
//===----------------------------------------------------------------------===//

TEST_F(Functional, ShufflesAndFills) {
  std::string body =
      readText("x", "x", Window::whole(1, 1, 3)) +
      "    %y = cmflow.shuffle %x [2, 0, -1, 2] fill -7 : vector<3xi8> -> "
      "vector<4xi8>\n";
  EXPECT_EQ(run(graphText({{"x", {1, 1, 3}}}, {1, 1, 4}, body), {{1, 2, 3}}),
            Bytes({3, 1, -7, 3}));
}

TEST_F(Functional, EachElementHasATableOfItsOwn) {
  std::string table;
  for (int entry = 0; entry < 512; ++entry)
    table += (entry ? ", " : "") +
             std::to_string(entry < 256 ? 127 - entry : entry - 256 - 128);
  std::string body = readText("x", "x", Window::whole(1, 1, 2)) +
                     "    %y = cmflow.lookup %x [" + table +
                     "] : vector<2xi8>\n";
  EXPECT_EQ(run(graphText({{"x", {1, 1, 2}}}, {1, 1, 2}, body), {{-5, -5}}),
            Bytes({4, -5}));
}

TEST_F(Functional, ConstantsAreThoseOfThePixelThatIsWritten) {
  auto constants = [&](const std::string &pixels) {
    return run(
        graphText({}, {2, 3, 1},
                  "    %y = cmflow.constants " + pixels + " : vector<1xi8>\n"),
        {});
  };
  EXPECT_EQ(constants("[2, 3] [1, 2, 3, 4, 5, 6]"), (Bytes{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(constants("[1, 3] [1, 2, 3]"), (Bytes{1, 2, 3, 1, 2, 3}));
  EXPECT_EQ(constants("[2, 1] [1, 2]"), (Bytes{1, 1, 1, 2, 2, 2}));
  EXPECT_EQ(constants("[1, 1] [7]"), (Bytes{7, 7, 7, 7, 7, 7}));
}

TEST_F(Functional, AStrideOfZeroRepeats) {
  Window window = Window::whole(1, 1, 1);
  window.strideY = window.strideX = 0;
  std::string body = readText("y", "x", window);
  EXPECT_EQ(run(graphText({{"x", {1, 1, 1}}}, {2, 2, 1}, body), {{5}}),
            Bytes({5, 5, 5, 5}));
}

TEST_F(Functional, MultipliesByTheTapsOfAKernel) {
  std::string body =
      readText("x", "x", Window::whole(1, 2, 1)) +
      "    %p = cmflow.mvm %x, @w taps [2, 0] groups 1 channels [0, 1] "
      "elements [0, 2] columns [0, 1] : vector<2xi8> -> vector<1xi32>\n"
      "    %y = cmflow.requantize %p zero_point 0 {scales = array<f32: 1.0>} : "
      "vector<1xi32> -> vector<1xi8>\n";
  EXPECT_EQ(run("cmnn.weight @w = dense<[[[[1]], [[10]], [[100]]]]> : "
                "tensor<1x3x1x1xi8>\n" +
                    graphText({{"x", {1, 2, 1}}}, {1, 1, 1}, body),
                {{1, 2}}),
            Bytes({102}));
}

/// Linear interpolation of 2x2 pixels; windows begin with pixel (-1, -1).
static std::string interpolation(llvm::StringRef flags) {
  Window window = Window::whole(2, 2, 1);
  window.offsetY = window.offsetX = -1;
  std::string weights = "[0.0, 1.0, 0.75, 0.25, 0.5, 0.5]";
  return graphText(
      {{"x", {2, 2, 1}}}, {3, 3, 1},
      llvm::formatv("    %y = cmflow.interpolate @x {0} rows {1} columns {1} "
                    "{{{2}x_scale = 1.0 : f32, x_zero_point = 0 : i32, y_scale "
                    "= 1.0 : f32, y_zero_point = 0 : i32} : vector<1xi8>\n",
                    windowText(window), weights, flags)
          .str());
}

TEST_F(Functional, Interpolates) {
  // Corners are the image's; 12.5, 17.5, 22.5 and 32.5 are ties, to even.
  EXPECT_EQ(run(interpolation(""), {{10, 20, 30, 40}}),
            Bytes({10, 12, 20, 15, 18, 25, 30, 32, 40}));
  EXPECT_EQ(run(interpolation("as_stored, "), {{-10, -20, -30, -40}}),
            Bytes({-10, -12, -20, -15, -17, -25, -30, -32, -40}));
  // Plus 128 a value is positive, and its fraction is cut off downwards.
  EXPECT_EQ(run(interpolation("as_stored, unsigned_rounding, "),
                {{-10, -20, -30, -40}}),
            Bytes({-10, -13, -20, -15, -18, -25, -30, -33, -40}));
}
