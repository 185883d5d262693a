//===- Images.cpp - Resize, Upsample and DepthToSpace ---------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Importer.h"
#include <cmath>

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

namespace {
/// For each axis of the operand.
struct Resizing {
  std::vector<float> scales;
  Shape sizes;
};
} // namespace

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

/// The axes that scales and sizes are of, by default all.
static llvm::Expected<Shape> resizedAxes(const Node &node, int64_t rank) {
  auto axes = node.intsAttribute("axes");
  if (!axes)
    return axes.takeError();
  if (axes->empty())
    return identityLayout(rank);
  for (int64_t &axis : *axes) {
    auto wrapped = node.wrapAxis(axis, rank);
    if (!wrapped)
      return wrapped.takeError();
    axis = *wrapped;
  }
  return axes;
}

static llvm::Expected<std::vector<float>>
readScales(Importer &in, const Node &node, unsigned i) {
  if (!node.hasInput(i))
    return node.floatsAttribute("scales");
  auto constant = in.floats(node, i);
  if (!constant)
    return constant.takeError();
  return constant->as<float>().vec();
}

/// Operand `scales`, or else operand `scales` + 1, the sizes.
static llvm::Expected<Resizing> readResizing(Importer &in, const Node &node,
                                             const Tensor &x,
                                             unsigned scalesOperand) {
  auto axes = resizedAxes(node, x.rank());
  if (!axes)
    return axes.takeError();
  auto scales = readScales(in, node, scalesOperand);
  if (!scales)
    return scales.takeError();
  Shape sizes;
  if (node.hasInput(scalesOperand + 1)) {
    auto found = in.integers(node, scalesOperand + 1);
    if (!found)
      return found.takeError();
    sizes = *found;
  }
  size_t given = scales->empty() ? sizes.size() : scales->size();
  if (given != axes->size())
    return node.error("{0} scales or sizes do not fit {1} axes", given,
                      axes->size());
  Resizing result{std::vector<float>(x.rank(), 1), x.shape};
  for (auto [i, axis] : llvm::enumerate(*axes)) {
    float extent = static_cast<float>(x.shape[axis]);
    if (scales->empty()) {
      result.sizes[axis] = sizes[i];
      result.scales[axis] = static_cast<float>(sizes[i]) / extent;
    } else {
      float size = (*scales)[i] * extent;
      if (!(size >= 1 && size <= 65536))
        return node.error("scale {0} of an extent of {1} is not supported, "
                          "expected a result of 1 to 65536",
                          numberText((*scales)[i]), x.shape[axis]);
      result.scales[axis] = (*scales)[i];
      result.sizes[axis] = static_cast<int64_t>(size);
    }
  }
  if (llvm::Error error = in.checkSize(node, result.sizes))
    return error;
  return result;
}

//===----------------------------------------------------------------------===//
// Modes
//===----------------------------------------------------------------------===//

/// Attribute `name` as one of an enumeration's words.
template <typename Enum>
static llvm::Expected<Enum>
readChoice(const Node &node, StringRef name, StringRef otherwise,
           std::optional<Enum> (*parse)(StringRef), StringRef expected) {
  auto word = node.stringAttribute(name, otherwise);
  if (!word)
    return word.takeError();
  std::optional<Enum> choice = parse(*word);
  if (!choice)
    return node.error("attribute '{0}' is '{1}', expected {2}", name, *word,
                      expected);
  return *choice;
}

static llvm::Error setModes(Importer &in, const Node &node,
                            const Resizing &resizing,
                            cmnn::ResizeOp::Properties &properties) {
  MLIRContext *context = in.getBuilder().getContext();
  auto mode = readChoice<cmnn::ResizeMode>(
      node, "mode", "nearest", cmnn::symbolizeResizeMode, "nearest or linear");
  if (!mode)
    return mode.takeError();
  properties.mode = cmnn::ResizeModeAttr::get(context, *mode);
  auto coordinates = cmnn::Coordinates::Asymmetric;
  auto nearest = cmnn::NearestMode::Floor;
  bool old = node.op() == "Upsample" || node.opset() < 11;
  if (!old) {
    auto given = readChoice<cmnn::Coordinates>(
        node, "coordinate_transformation_mode", "half_pixel",
        cmnn::symbolizeCoordinates,
        "half_pixel, asymmetric, align_corners or pytorch_half_pixel");
    if (!given)
      return given.takeError();
    coordinates = *given;
    auto rounding = readChoice<cmnn::NearestMode>(
        node, "nearest_mode", "round_prefer_floor", cmnn::symbolizeNearestMode,
        "round_prefer_floor, round_prefer_ceil, floor or ceil");
    if (!rounding)
      return rounding.takeError();
    nearest = *rounding;
  } else if (llvm::any_of(resizing.scales, [](float s) { return s < 1; })) {
    // ONNX Runtime rounds up where old versions make an image smaller.
    nearest = cmnn::NearestMode::Ceil;
    if (llvm::any_of(resizing.scales, [](float s) { return s > 1; }))
      return node.error("one axis smaller and another larger is not supported "
                        "before opset 11");
  }
  properties.coordinates = cmnn::CoordinatesAttr::get(context, coordinates);
  properties.nearest_mode = cmnn::NearestModeAttr::get(
      context, *mode == cmnn::ResizeMode::Nearest
                   ? nearest
                   : cmnn::NearestMode::RoundPreferFloor);
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Resize
//===----------------------------------------------------------------------===//

/// Resizes the last two axes of an image, or the last of a sequence.
static llvm::Expected<Tensor> emitResize(Importer &in, const Node &node,
                                         const Tensor &x,
                                         const Resizing &resizing) {
  auto image = in.image(node, x, node.input(0));
  if (!image)
    return image.takeError();
  cmnn::ResizeOp::Properties properties;
  if (llvm::Error error = setModes(in, node, resizing, properties))
    return error;
  bool flat = x.rank() == 3;
  Shape shape = {image->shape[0], image->shape[1], flat ? 1 : resizing.sizes[2],
                 resizing.sizes.back()};
  float scales[] = {flat ? 1 : resizing.scales[2], resizing.scales.back()};
  properties.scales = in.getBuilder().getDenseF32ArrayAttr(scales);
  bool linear = properties.mode.getValue() == cmnn::ResizeMode::Linear;
  properties.as_stored = in.unit(linear && image->isInt8());
  properties.unsigned_rounding =
      in.unit(linear && image->isInt8() && image->isUnsigned);
  if (linear && image->isFloat()) {
    image->twin = nullptr;
    image->quantization = std::nullopt;
  }
  Tensor y = in.view(*image, shape, imageLayout(), [&](Value value, Type type) {
    return in.emit<cmnn::ResizeOp>(node, type, value, properties);
  });
  return in.fromImage(node, y, x.rank());
}

static llvm::Error resize(Importer &in, const Node &node,
                          unsigned scalesOperand) {
  auto x = in.tensor(node, 0);
  if (!x)
    return x.takeError();
  auto resizing = readResizing(in, node, *x, scalesOperand);
  if (!resizing)
    return resizing.takeError();
  auto stays = [&](int64_t axis) {
    return resizing->scales[axis] == 1 &&
           resizing->sizes[axis] == x->shape[axis];
  };
  bool last = x->rank() == 4 && stays(0) && stays(3) && !stays(1);
  if (x->rank() < 3 || !stays(0) || (!last && !stays(1)))
    return node.error("scales of the axes of shape {0} are not supported, "
                      "expected those of an image",
                      shapeText(x->shape));
  if (!last) {
    auto y = emitResize(in, node, *x, *resizing);
    if (!y)
      return y.takeError();
    in.define(node, *y);
    return llvm::Error::success();
  }
  // The model has the channels last.
  Resizing renamed{
      {1, 1, resizing->scales[1], resizing->scales[2]},
      {x->shape[0], x->shape[3], resizing->sizes[1], resizing->sizes[2]}};
  auto y = emitResize(in, node, renameAxes(*x, {0, 3, 1, 2}), renamed);
  if (!y)
    return y.takeError();
  in.define(node, renameAxes(*y, {0, 2, 3, 1}));
  return llvm::Error::success();
}

static llvm::Error importResize(Importer &in, const Node &node) {
  for (StringRef name : {"antialias", "exclude_outside"})
    if (llvm::Error error = node.expectInt(name, 0))
      return error;
  auto policy = node.stringAttribute("keep_aspect_ratio_policy", "stretch");
  if (!policy)
    return policy.takeError();
  if (*policy != "stretch")
    return node.error(
        "attribute 'keep_aspect_ratio_policy' is '{0}', supported "
        "is stretch",
        *policy);
  return resize(in, node, node.opset() < 11 ? 1 : 2);
}

static llvm::Error importUpsample(Importer &in, const Node &node) {
  return resize(in, node, 1);
}

//===----------------------------------------------------------------------===//
// DepthToSpace
//===----------------------------------------------------------------------===//

static llvm::Error importDepthToSpace(Importer &in, const Node &node) {
  auto x = in.tensor(node, 0);
  if (!x)
    return x.takeError();
  if (x->rank() != 4)
    return node.error("operand '{0}' has shape {1}, expected an image NxCxHxW",
                      node.input(0), shapeText(x->shape));
  auto block = node.intAttribute("blocksize", 0);
  if (!block)
    return block.takeError();
  auto mode = node.stringAttribute("mode", "DCR");
  if (!mode)
    return mode.takeError();
  if (*mode != "DCR" && *mode != "CRD")
    return node.error("attribute 'mode' is '{0}', expected DCR or CRD", *mode);
  if (*block < 1 || *block > 4096 || x->shape[1] % (*block * *block) != 0)
    return node.error("attribute 'blocksize' is {0}, whose square does not "
                      "divide {1} channels",
                      *block, x->shape[1]);
  auto image = in.image(node, *x, node.input(0));
  if (!image)
    return image.takeError();
  Shape shape = {x->shape[0], x->shape[1] / (*block * *block),
                 x->shape[2] * *block, x->shape[3] * *block};
  cmnn::DepthToSpaceOp::Properties properties;
  properties.block = in.i64(*block);
  properties.crd = in.unit(*mode == "CRD");
  in.define(
      node, in.view(*image, shape, imageLayout(), [&](Value value, Type type) {
        return in.emit<cmnn::DepthToSpaceOp>(node, type, value, properties);
      }));
  return llvm::Error::success();
}

void onnx_import::addImageHandlers(HandlerTable &table) {
  const AttributeNames resize = {"antialias",
                                 "axes",
                                 "coordinate_transformation_mode",
                                 "cubic_coeff_a",
                                 "exclude_outside",
                                 "extrapolation_value",
                                 "keep_aspect_ratio_policy",
                                 "mode",
                                 "nearest_mode"};
  table["ai.onnx.Resize"] = {importResize, {1, 4}, resize, 10};
  table["ai.onnx.Upsample"] = {
      importUpsample, {1, 2}, {"mode", "scales"}, 7, 9};
  table["ai.onnx.DepthToSpace"] = {
      importDepthToSpace, {1, 1}, {"blocksize", "mode"}};
}
