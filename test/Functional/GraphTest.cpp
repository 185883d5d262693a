//===- GraphTest.cpp - cmflow graphs as text ------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphTest.h"
#include "cm/Dialect/CMFlow/CMFlowDialect.h"
#include "cm/Dialect/CMNN/CMNNDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FormatVariadic.h"

using namespace cm;
using namespace cm::test;
using namespace mlir;

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

std::string cm::test::windowText(const Window &window) {
  return llvm::formatv(
      "<kernel [{0}, {1}] strides [{2}, {3}] offsets [{4}, {5}] dilations "
      "[{6}, {7}] channels [{8}, {9}] elements [{10}, {11}] fill {12}>",
      window.kernelY, window.kernelX, window.strideY, window.strideX,
      window.offsetY, window.offsetX, window.dilationY, window.dilationX,
      window.channelBegin, window.channelEnd, window.elementBegin,
      window.elementEnd, window.fill);
}

std::string
cm::test::graphText(llvm::ArrayRef<std::pair<std::string, Extent>> inputs,
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

std::string cm::test::readText(llvm::StringRef value, llvm::StringRef object,
                               const Window &window) {
  return llvm::formatv("    %{0} = cmflow.read @{1} {2} : vector<{3}xi8>\n",
                       value, object, windowText(window), window.elements());
}

GraphTest::GraphTest() {
  context.loadDialect<cmflow::CMFlowDialect, cmnn::CMNNDialect,
                      arith::ArithDialect>();
}

llvm::Expected<FunctionalGraph> GraphTest::create(const std::string &text) {
  module = parseSourceString<ModuleOp>(text, &context);
  EXPECT_TRUE(module) << text;
  return FunctionalGraph::create(*module->getOps<cmflow::GraphOp>().begin());
}

Bytes GraphTest::run(const std::string &text, llvm::ArrayRef<Bytes> inputs) {
  auto graph = create(text);
  if (!graph) {
    ADD_FAILURE() << llvm::toString(graph.takeError());
    return {};
  }
  return llvm::cantFail(graph->run(inputs)).front();
}
