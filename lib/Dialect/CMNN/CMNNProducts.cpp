//===- CMNNProducts.cpp - verifiers of products ---------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rules.h"
#include "cm/Dialect/CMNN/CMNNShapes.h"
#include "cm/Dialect/CMNN/StageForms.h"

using namespace mlir;
using namespace cm::cmnn;

//===----------------------------------------------------------------------===//
// Rules of all products
//===----------------------------------------------------------------------===//

/// (C3): none, one, or one for each of `channels`.
static LogicalResult verifyCount(Operation *op, StringRef what, size_t found,
                                 int64_t channels, bool none, bool some) {
  if (found == 0
          ? none
          : some && (found == 1 || static_cast<int64_t>(found) == channels))
    return success();
  InFlightDiagnostic diag = op->emitOpError("(C3) expects ");
  if (some)
    diag << (none ? "0, 1 or " : "1 or ") << channels << " " << what;
  else
    diag << "no " << what << " with these element types";
  return diag << ", found " << found;
}

template <typename ProductOp> static LogicalResult verifyProduct(ProductOp op) {
  ArrayRef<float> scales = op.getWScales();
  RankedTensorType y = op.getY().getType();
  int64_t channels = y.getShape().back();
  bool isQuantized = op.getX().getType().getElementType().isInteger(8);
  bool scaled = isQuantized && !y.getElementType().isInteger(32);
  if (failed(verifyCount(op, "weight scales", scales.size(), channels, !scaled,
                         scaled)) ||
      failed(verifyCount(op, "weight zero points", op.getWZeroPoints().size(),
                         channels, true, isQuantized)))
    return failure();
  for (auto [channel, scale] : llvm::enumerate(scales))
    if (!cm::isScale(scale))
      return op.emitOpError("(C3) expects positive, normal weight scales of at "
                            "most 2^80, found ")
             << scale << " at channel " << channel;
  return success();
}

/// (C1): the weight, and the bias, if there is one.
template <typename ProductOp>
static FailureOr<WeightOp>
verifyWeights(ProductOp op, SymbolTableCollection &symbols, int64_t rank) {
  Type element = op.getX().getType().getElementType();
  auto weight = lookUpWeight(op, symbols, op.getWeightAttr(), rank, element);
  if (failed(weight) || !op.getBiasAttr())
    return weight;
  Type sum = element.isF32() ? element : IntegerType::get(op.getContext(), 32);
  auto bias = lookUpWeight(op, symbols, op.getBiasAttr(), 1, sum);
  if (failed(bias))
    return failure();
  int64_t channels = weight->getType().getShape().back();
  if (bias->getType().getDimSize(0) == channels)
    return weight;
  return op.emitOpError("(C1) expects a bias of ")
         << channels << " elements, found " << bias->getType();
}

/// (C2) of the convolutions.
template <typename ConvOp>
static LogicalResult verifyGroups(ConvOp op, RankedTensorType weight) {
  int64_t inputs = op.getX().getType().getDimSize(3);
  int64_t groups = op.getGroups(), channels = weight.getDimSize(3);
  if (channels % groups != 0)
    return op.emitOpError("(C2) expects groups to divide the ")
           << channels << " output channels, found " << groups;
  // Compared by division, since the product may overflow.
  if (inputs % groups != 0 || inputs / groups != weight.getDimSize(2))
    return op.emitOpError("(C2) expects ")
           << weight.getDimSize(2) << " input channels in each of " << groups
           << " groups, found " << inputs << " in all";
  return success();
}

/// (C8)
static bool isProduct(Type x, Type y) {
  return x == y || (x.isInteger(8) && (y.isF32() || y.isInteger(32)));
}

//===----------------------------------------------------------------------===//
// Conv2DOp
//===----------------------------------------------------------------------===//

LogicalResult Conv2DOp::verify() { return verifyProduct(*this); }

LogicalResult Conv2DOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto weight = verifyWeights(*this, symbols, 4);
  if (failed(weight) || failed(verifyGroups(*this, weight->getType())))
    return failure();
  WindowGeometry geometry{{}, getStrides(), getDilations(), getPads()};
  return verifyResultShape(
      *this, inferConv2DType(getX().getType(), weight->getType(), geometry),
      getY().getType(), "a window that fits into the padded image");
}

bool Conv2DOp::acceptsElementTypes(Type x, Type y) { return isProduct(x, y); }
WeightOp Conv2DOp::getWeightOp() { return weightOf(*this, getWeightAttr()); }
WeightOp Conv2DOp::getBiasOp() { return weightOf(*this, getBiasAttr()); }

cm::Window Conv2DOp::getWindow(unsigned, const cm::Extent &stored,
                               const Lattice &) {
  cm::Window window = kernelWindow(
      getWeightOp().getType().getShape().take_front(2), *this, stored.c);
  window.fill = getXZeroPoint();
  return window;
}

//===----------------------------------------------------------------------===//
// ConvTranspose2DOp
//===----------------------------------------------------------------------===//

LogicalResult ConvTranspose2DOp::verify() { return verifyProduct(*this); }

LogicalResult
ConvTranspose2DOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto weight = verifyWeights(*this, symbols, 4);
  if (failed(weight) || failed(verifyGroups(*this, weight->getType())))
    return failure();
  WindowGeometry geometry{{}, getStrides(), getDilations(), getPads()};
  return verifyResultShape(
      *this,
      inferConvTranspose2DType(getX().getType(), weight->getType(), geometry,
                               getOutputPads()),
      getY().getType(), "pads that leave a pixel of the result");
}

bool ConvTranspose2DOp::acceptsElementTypes(Type x, Type y) {
  return isProduct(x, y);
}
WeightOp ConvTranspose2DOp::getWeightOp() {
  return weightOf(*this, getWeightAttr());
}
WeightOp ConvTranspose2DOp::getBiasOp() {
  return weightOf(*this, getBiasAttr());
}

//===----------------------------------------------------------------------===//
// MatMulOp
//===----------------------------------------------------------------------===//

LogicalResult MatMulOp::verify() { return verifyProduct(*this); }

LogicalResult MatMulOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto weight = verifyWeights(*this, symbols, 2);
  if (failed(weight))
    return failure();
  RankedTensorType w = weight->getType(), y = getY().getType();
  RankedTensorType expected = inferMatMulType(getX().getType(), w);
  if (expected && expected.getShape() == y.getShape())
    return success();
  return emitOpError("(C2) expects ")
         << w.getDimSize(0) << " inputs and " << w.getDimSize(1)
         << " outputs, found " << getX().getType() << " and " << y;
}

bool MatMulOp::acceptsElementTypes(Type x, Type y) { return isProduct(x, y); }
WeightOp MatMulOp::getWeightOp() { return weightOf(*this, getWeightAttr()); }
WeightOp MatMulOp::getBiasOp() { return weightOf(*this, getBiasAttr()); }

OperandForms MatMulOp::getOperandForms(unsigned) {
  OperandForms forms;
  forms.flattened = true;
  return forms;
}

/// All of the object for the one pixel of the result, as behind a flattened
/// image; else a pixel for each of the result.
cm::Window MatMulOp::getWindow(unsigned, const cm::Extent &stored,
                               const Lattice &) {
  cm::Extent y = extentOf(getY());
  cm::Window window = y.h == 1 && y.w == 1
                          ? cm::Window::whole(stored.h, stored.w, stored.c)
                          : cm::Window::whole(1, 1, stored.c);
  window.fill = getXZeroPoint();
  return window;
}

//===----------------------------------------------------------------------===//
// BatchMatMulOp
//===----------------------------------------------------------------------===//

LogicalResult BatchMatMulOp::verify() {
  return verifyResultShape(
      *this, inferBatchMatMulType(getA().getType(), getB().getType()),
      getY().getType(),
      "operands ...xMxK and ...xKxN with the same leading extents");
}

bool BatchMatMulOp::acceptsElementTypes(Type x, Type y) {
  return isProduct(x, y);
}

/// A product of tokens with tokens: the other axes are split before.
bool BatchMatMulOp::hasStageForm() { return getY().getType().getRank() == 3; }

/// The matrix is read from an object, either way round.
OperandForms BatchMatMulOp::getOperandForms(unsigned index) {
  OperandForms forms;
  forms.constant = index == 0;
  forms.transposed = index == 1;
  return forms;
}

/// A token, and for each the whole matrix.
cm::Window BatchMatMulOp::getWindow(unsigned index, const cm::Extent &stored,
                                    const Lattice &lattice) {
  if (index == 0)
    return detail::pixelWindow(stored, lattice);
  cm::Window window = cm::Window::whole(stored.h, stored.w, stored.c);
  window.strideY = window.strideX = 0;
  return window;
}
