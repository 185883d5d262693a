//===- CMNNOps.cpp - verifiers of the cmnn operations ---------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMNN/CMNNOps.h"
#include "cm/Dialect/CMNN/CMNNShapes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/OpImplementation.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace cm::cmnn;

#include "cm/Dialect/CMNN/CMNNInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "cm/Dialect/CMNN/CMNNOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Rules that several operations share
//===----------------------------------------------------------------------===//

LogicalResult cm::cmnn::detail::verifyRequantizing(Operation *op) {
  auto quantized = cast<RequantizingOpInterface>(op);
  if (quantized.getMinimum() <= quantized.getMaximum())
    return success();
  return op->emitOpError("(C5) expects minimum <= maximum, found minimum ")
         << quantized.getMinimum() << " and maximum " << quantized.getMaximum();
}

static LogicalResult verifyResultType(Operation *op, RankedTensorType expected,
                                      Type found) {
  if (!expected)
    return op->emitOpError("(C4) expects a window that fits into the padded "
                           "image");
  if (expected == found)
    return success();
  return op->emitOpError("(C4) expects a result of type ")
         << expected << ", found " << found;
}

/// (C4) and (C6).
template <typename PoolOp> static LogicalResult verifyPool(PoolOp op) {
  RankedTensorType x = op.getX().getType(), y = op.getY().getType();
  WindowGeometry geometry{op.getKernel(), op.getStrides(), op.getDilations(),
                          op.getPads()};
  if (failed(verifyResultType(op, inferPoolType(x, geometry), y)))
    return failure();
  for (unsigned axis : {0, 1})
    if (!everyWindowMeetsImage(x.getDimSize(axis + 1), y.getDimSize(axis + 1),
                               op.getKernel()[axis], op.getStrides()[axis],
                               op.getDilations()[axis], op.getPads()[axis]))
      return op.emitOpError("(C6) expects every window to hold a pixel of the "
                            "image, found one on axis ")
             << axis + 1 << " that holds padding only";
  return success();
}

/// (C3), as far as the operation itself shows it.
template <typename ProductOp> static LogicalResult verifyProduct(ProductOp op) {
  ArrayRef<float> scales = op.getWScales();
  int64_t channels = op.getY().getType().getShape().back();
  if (scales.size() != 1 && static_cast<int64_t>(scales.size()) != channels)
    return op.emitOpError("(C3) expects 1 or ")
           << channels << " weight scales, found " << scales.size();
  for (auto [channel, scale] : llvm::enumerate(scales))
    if (!isScale(scale))
      return op.emitOpError("(C3) expects positive weight scales, found ")
             << scale << " at channel " << channel;
  return success();
}

/// (C1): looks up `symbol` as a weight of `rank` and an element type of `bits`.
static FailureOr<WeightOp> lookUpWeight(Operation *op,
                                        SymbolTableCollection &symbols,
                                        FlatSymbolRefAttr symbol, int64_t rank,
                                        unsigned bits) {
  auto weight = symbols.lookupNearestSymbolFrom<WeightOp>(op, symbol);
  if (!weight)
    return op->emitOpError("(C1) expects ")
           << symbol << " to be a cmnn.weight, found none";
  RankedTensorType type = weight.getType();
  if (type.getRank() == rank && type.getElementType().isInteger(bits))
    return weight;
  InFlightDiagnostic diag = op->emitOpError("(C1) expects ")
                            << symbol << " to be of rank " << rank << " and i"
                            << bits << ", found " << type;
  diag.attachNote(weight.getLoc()) << "the weight is here";
  return diag;
}

/// (C1) of a bias, if there is one, for `channels` output channels.
template <typename ProductOp>
static LogicalResult verifyBias(ProductOp op, SymbolTableCollection &symbols,
                                int64_t channels) {
  if (!op.getBiasAttr())
    return success();
  auto bias = lookUpWeight(op, symbols, op.getBiasAttr(), 1, 32);
  if (failed(bias))
    return failure();
  if (bias->getType().getDimSize(0) == channels)
    return success();
  return op.emitOpError("(C1) expects a bias of ")
         << channels << " elements, found " << bias->getType();
}

template <typename ProductOp>
static WeightOp lookUp(ProductOp op, FlatSymbolRefAttr symbol) {
  if (!symbol)
    return nullptr;
  return SymbolTable::lookupNearestSymbolFrom<WeightOp>(op, symbol);
}

//===----------------------------------------------------------------------===//
// WeightOp
//===----------------------------------------------------------------------===//

/// The bytes of a resource, or nothing where they are missing.
static std::optional<ArrayRef<char>> resourceBytes(ElementsAttr value) {
  auto resource = dyn_cast<DenseResourceElementsAttr>(value);
  AsmResourceBlob *blob =
      resource ? resource.getRawHandle().getBlob() : nullptr;
  if (!blob)
    return std::nullopt;
  return blob->getData();
}

LogicalResult WeightOp::verify() {
  auto type = dyn_cast<RankedTensorType>(getValue().getShapedType());
  if (!type || type.getRank() == 0 || type.getNumElements() == 0 ||
      !(type.getElementType().isSignlessInteger(8) ||
        type.getElementType().isSignlessInteger(32)))
    return emitOpError("(C1) expects a non-empty tensor of i8 or i32 of rank "
                       "at least 1, found ")
           << getValue().getShapedType();
  if (isa<DenseElementsAttr>(getValue()))
    return success();
  std::optional<ArrayRef<char>> bytes = resourceBytes(getValue());
  if (!bytes)
    return emitOpError("(C2) expects dense data, found none");
  int64_t expected =
      type.getNumElements() * (type.getElementTypeBitWidth() / 8);
  if (static_cast<int64_t>(bytes->size()) != expected)
    return emitOpError("(C2) expects ")
           << expected << " bytes of data, found " << bytes->size();
  return success();
}

template <typename T>
static ArrayRef<T> getElements(ElementsAttr value, std::vector<T> &storage) {
  if (std::optional<ArrayRef<char>> bytes = resourceBytes(value))
    return {reinterpret_cast<const T *>(bytes->data()),
            bytes->size() / sizeof(T)};
  auto elements = cast<DenseElementsAttr>(value).getValues<T>();
  storage.assign(elements.begin(), elements.end());
  return storage;
}

ArrayRef<int8_t> WeightOp::getInt8(std::vector<int8_t> &storage) {
  return getElements<int8_t>(getValue(), storage);
}

ArrayRef<int32_t> WeightOp::getInt32(std::vector<int32_t> &storage) {
  return getElements<int32_t>(getValue(), storage);
}

//===----------------------------------------------------------------------===//
// Conv2DOp
//===----------------------------------------------------------------------===//

LogicalResult Conv2DOp::verify() { return verifyProduct(*this); }

LogicalResult Conv2DOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto weight = lookUpWeight(*this, symbols, getWeightAttr(), 4, 8);
  if (failed(weight))
    return failure();
  RankedTensorType x = getX().getType(), w = weight->getType();
  int64_t groups = getGroups(), channels = w.getDimSize(3);
  if (channels % groups != 0)
    return emitOpError("(C2) expects groups to divide the ")
           << channels << " output channels, found " << groups;
  // Compared by division, since the product may overflow.
  if (x.getDimSize(3) % groups != 0 ||
      x.getDimSize(3) / groups != w.getDimSize(2))
    return emitOpError("(C2) expects ")
           << w.getDimSize(2) << " input channels in each of " << groups
           << " groups, found " << x.getDimSize(3) << " in all";
  if (failed(verifyBias(*this, symbols, channels)))
    return failure();
  WindowGeometry geometry{{}, getStrides(), getDilations(), getPads()};
  return verifyResultType(*this, inferConv2DType(x, w, geometry),
                          getY().getType());
}

WeightOp Conv2DOp::getWeightOp() { return lookUp(*this, getWeightAttr()); }
WeightOp Conv2DOp::getBiasOp() { return lookUp(*this, getBiasAttr()); }

//===----------------------------------------------------------------------===//
// MatMulOp
//===----------------------------------------------------------------------===//

LogicalResult MatMulOp::verify() { return verifyProduct(*this); }

LogicalResult MatMulOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto weight = lookUpWeight(*this, symbols, getWeightAttr(), 2, 8);
  if (failed(weight))
    return failure();
  RankedTensorType w = weight->getType();
  if (getX().getType().getDimSize(1) != w.getDimSize(0) ||
      getY().getType().getDimSize(1) != w.getDimSize(1))
    return emitOpError("(C2) expects ")
           << w.getDimSize(0) << " inputs and " << w.getDimSize(1)
           << " outputs, found " << getX().getType() << " and "
           << getY().getType();
  return verifyBias(*this, symbols, w.getDimSize(1));
}

WeightOp MatMulOp::getWeightOp() { return lookUp(*this, getWeightAttr()); }
WeightOp MatMulOp::getBiasOp() { return lookUp(*this, getBiasAttr()); }

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

LogicalResult MaxPoolOp::verify() { return verifyPool(*this); }

LogicalResult AveragePoolOp::verify() { return verifyPool(*this); }

bool AveragePoolOp::isGlobal() {
  return getKernel() == getX().getType().getShape().slice(1, 2) &&
         llvm::all_of(getPads(), [](int64_t pad) { return pad == 0; });
}

LogicalResult GlobalAveragePoolOp::verify() {
  RankedTensorType x = getX().getType();
  return verifyResultType(
      *this,
      RankedTensorType::get({1, 1, 1, x.getDimSize(3)}, x.getElementType()),
      getY().getType());
}

//===----------------------------------------------------------------------===//
// SoftmaxOp
//===----------------------------------------------------------------------===//

LogicalResult SoftmaxOp::verify() {
  float steps = std::floor(1.0f / getYScale());
  int64_t channels = getX().getType().getShape().back();
  if (steps <= 128.0f * static_cast<float>(channels))
    return success();
  return emitOpError("(C2) expects floor(1 / y_scale) <= ")
         << 128 * channels << ", found " << steps;
}

//===----------------------------------------------------------------------===//
// ReshapeOp and TransposeOp
//===----------------------------------------------------------------------===//

LogicalResult ReshapeOp::verify() {
  int64_t from = getX().getType().getNumElements();
  int64_t to = getY().getType().getNumElements();
  if (from == to)
    return success();
  return emitOpError("(C1) expects ")
         << from << " elements in the result, found " << to;
}

LogicalResult TransposeOp::verify() {
  RankedTensorType x = getX().getType();
  ArrayRef<int64_t> permutation = getPermutation();
  std::vector<bool> seen(x.getRank());
  for (int64_t axis : permutation)
    if (axis >= 0 && axis < x.getRank())
      seen[axis] = true;
  if (static_cast<int64_t>(permutation.size()) != x.getRank() ||
      llvm::is_contained(seen, false))
    return emitOpError("(C1) expects a permutation of ")
           << x.getRank() << " axes, found [" << permutation << "]";
  RankedTensorType expected = inferTransposeType(x, permutation);
  if (expected == getY().getType())
    return success();
  return emitOpError("(C2) expects a result of type ")
         << expected << ", found " << getY().getType();
}
