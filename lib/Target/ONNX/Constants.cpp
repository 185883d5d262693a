//===- Constants.cpp - Shape, Cast and Where of computed tensors ----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Importer.h"

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

static llvm::Error importShape(Importer &in, const Node &node) {
  auto x = in.tensor(node, 0);
  if (!x)
    return x.takeError();
  auto start = node.intAttribute("start", 0);
  if (!start)
    return start.takeError();
  auto end = node.intAttribute("end", x->rank());
  if (!end)
    return end.takeError();
  auto clamp = [&](int64_t axis) {
    int64_t least = -x->rank();
    axis = std::min(x->rank(), std::max(least, axis));
    return axis < 0 ? axis + x->rank() : axis;
  };
  int64_t first = clamp(*start), last = std::max(first, clamp(*end));
  Shape extents(x->shape.begin() + first, x->shape.begin() + last);
  in.define(node, Constant::make<int64_t>(ElementType::Int64,
                                          {int64_t(extents.size())}, extents));
  return llvm::Error::success();
}

static llvm::Error importSize(Importer &in, const Node &node) {
  auto x = in.tensor(node, 0);
  if (!x)
    return x.takeError();
  int64_t count = *countElements(x->shape);
  in.define(node, Constant::make<int64_t>(ElementType::Int64, {}, count));
  return llvm::Error::success();
}

/// To float from an integer, or to the type that the operand has.
static llvm::Error importCast(Importer &in, const Node &node) {
  auto to = node.intAttribute("to", 0);
  if (!to)
    return to.takeError();
  auto x = in.tensor(node, 0);
  if (!x)
    return x.takeError();
  StringRef from = x->isFloat()                     ? "float"
                   : x->elementType().isInteger(32) ? "int32"
                   : x->elementType().isInteger(64) ? "int64"
                   : x->isUnsigned                  ? "uint8"
                                                    : "int8";
  std::string wanted = onnxTypeName(*to);
  if (wanted == from) {
    in.define(node, *x);
    return llvm::Error::success();
  }
  if (wanted != "float" || from == "int64")
    return node.error("a cast from {0} to {1} at run time is not supported",
                      from, wanted);
  // uint8 is held less 128.
  Tensor y = *x;
  y.quantization = {1, x->isUnsigned ? -128 : 0};
  y = in.dequantised(node, y);
  if (!x->isInt8()) {
    y.twin = nullptr;
    y.quantization = std::nullopt;
  }
  in.define(node, y);
  return llvm::Error::success();
}

/// Where the condition is constant and the same everywhere.
static llvm::Error importWhere(Importer &in, const Node &node) {
  auto condition = in.constant(node, 0);
  if (!condition)
    return condition.takeError();
  const std::string &bytes = *(*condition)->bytes;
  bool uniform = (*condition)->type == ElementType::Bool && !bytes.empty() &&
                 bytes.find_first_not_of(bytes.front()) == std::string::npos;
  if (!uniform)
    return node.error("condition '{0}' differs between elements, expected all "
                      "true or all false where operands are computed at run "
                      "time",
                      node.input(0));
  Shape shape;
  auto both = in.align(node, 1, 2, shape);
  if (!both)
    return both.takeError();
  const Tensor &chosen = bytes.front() ? both->first : both->second;
  auto whole = broadcastShapes(shape, (*condition)->shape);
  if (!whole || chosen.shape != *whole)
    return node.error("operands have shapes {0} and {1}, which would be "
                      "repeated: this is not supported",
                      shapeText(chosen.shape), shapeText((*condition)->shape));
  in.define(node, chosen);
  return llvm::Error::success();
}

void onnx_import::addConstantHandlers(HandlerTable &table) {
  table["ai.onnx.Shape"] = {importShape, {1, 1}, {"end", "start"}};
  table["ai.onnx.Size"] = {importSize, {1, 1}};
  table["ai.onnx.Cast"] = {
      importCast, {1, 1}, {"round_mode", "saturate", "to"}};
  table["ai.onnx.Where"] = {importWhere, {3, 3}};
}
