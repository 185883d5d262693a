//===- InputLayouts.cpp - how inputs of rank 3 and 4 are held -------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Importer.h"
#include "llvm/ADT/StringSwitch.h"

using namespace cm;
using namespace cm::onnx_import;

namespace {
/// What an operator wants of the order of its first operand's axes.
enum class Wish {
  Unknown, // the walk ends here
  Nothing, // any order; the result has the same
  Renamed, // Transpose
  Image,   // channels last
  Matrix   // as the model says
};
} // namespace

static Wish wishOf(llvm::StringRef op) {
  return llvm::StringSwitch<Wish>(op)
      .Cases({"Conv", "QLinearConv", "ConvInteger", "ConvTranspose", "MaxPool",
              "AveragePool", "QLinearAveragePool", "GlobalAveragePool",
              "QLinearGlobalAveragePool", "GlobalMaxPool", "Resize", "Upsample",
              "DepthToSpace"},
             Wish::Image)
      .Cases({"MatMul", "Gemm", "QLinearMatMul", "QGemm", "MatMulInteger",
              "LayerNormalization", "Reshape", "Flatten"},
             Wish::Matrix)
      .Case("Transpose", Wish::Renamed)
      .Cases({"QuantizeLinear", "DequantizeLinear", "Identity", "Cast", "Add",
              "Sub", "Mul", "Div", "Relu", "Clip", "LeakyRelu", "PRelu",
              "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "QLinearAdd",
              "QLinearMul", "BatchNormalization", "Pad", "Slice", "Concat",
              "QLinearConcat", "Dropout", "Exp", "Sqrt", "Abs", "Neg"},
             Wish::Nothing)
      .Default(Wish::Unknown);
}

/// Axis i of the result is axis `perm[i]` of the operand; empty where the
/// attribute is no permutation.
static Shape renamedAxes(const Node &node, llvm::ArrayRef<int64_t> axes) {
  auto perm = node.intsAttribute("perm");
  if (!perm) {
    llvm::consumeError(perm.takeError());
    return {};
  }
  if (perm->empty())
    return Shape(axes.rbegin(), axes.rend());
  Shape renamed;
  for (int64_t axis : *perm) {
    if (axis < 0 || axis >= int64_t(axes.size()))
      return {};
    renamed.push_back(axes[axis]);
  }
  return renamed.size() == axes.size() ? renamed : Shape();
}

/// Follows the tensors that have the axes of `input`, in another order perhaps,
/// to the first operator that wishes something.
static std::optional<Shape> wishedLayout(const Graph &graph,
                                         const Port &input) {
  int64_t rank = input.shape.size();
  // Of each tensor the axes of the input that its axes are.
  llvm::StringMap<Shape> reached;
  reached[input.name] = identityLayout(rank);
  for (const Node &node : graph.nodes()) {
    Shape axes;
    for (unsigned i = 0; i < node.numInputs() && axes.empty(); ++i)
      axes = reached.lookup(node.input(i));
    if (axes.empty())
      continue;
    switch (wishOf(node.op())) {
    case Wish::Unknown:
      break;
    case Wish::Nothing:
      reached[node.output()] = axes;
      break;
    case Wish::Renamed:
      reached[node.output()] = renamedAxes(node, axes);
      break;
    case Wish::Image: {
      Shape layout;
      layout.push_back(axes[0]);
      layout.append(axes.begin() + 2, axes.end());
      layout.push_back(axes[1]);
      return layout;
    }
    case Wish::Matrix:
      return axes;
    }
  }
  return std::nullopt;
}

static bool isPermutation(llvm::ArrayRef<int64_t> layout) {
  Shape sorted(layout.begin(), layout.end());
  llvm::sort(sorted);
  return sorted == identityLayout(layout.size());
}

std::vector<Shape> onnx_import::chooseInputLayouts(const Graph &graph) {
  std::vector<Shape> layouts;
  for (const Port &input : graph.inputs()) {
    int64_t rank = input.shape.size();
    layouts.push_back(rank == 4 ? imageLayout() : identityLayout(rank));
    if (rank != 3 && rank != 4)
      continue;
    auto wished = wishedLayout(graph, input);
    if (wished && isPermutation(*wished))
      layouts.back() = *wished;
  }
  return layouts;
}
