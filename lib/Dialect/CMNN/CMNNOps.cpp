//===- CMNNOps.cpp - definitions, and rules that operations share ---------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMNN/CMNNOps.h"
#include "Rules.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Alignment.h"
#include <cstring>

using namespace mlir;
using namespace cm::cmnn;

//===----------------------------------------------------------------------===//
// Syntax
//===----------------------------------------------------------------------===//

/// `T` for three equal types, otherwise `A, B -> Y`.
static ParseResult parseBinaryTypes(OpAsmParser &parser, Type &a, Type &b,
                                    Type &y) {
  if (parser.parseType(a))
    return failure();
  b = y = a;
  if (failed(parser.parseOptionalComma()))
    return success();
  return failure(parser.parseType(b) || parser.parseArrow() ||
                 parser.parseType(y));
}

static void printBinaryTypes(OpAsmPrinter &printer, Operation *, Type a, Type b,
                             Type y) {
  printer << a;
  if (a != b || a != y)
    printer << ", " << b << " -> " << y;
}

#include "cm/Dialect/CMNN/CMNNInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "cm/Dialect/CMNN/CMNNOps.cpp.inc"

bool cm::cmnn::isShape(ArrayRef<int64_t> extents) {
  constexpr int64_t most = int64_t(1) << 40;
  int64_t elements = 1;
  for (int64_t extent : extents) {
    if (extent < 1 || extent > most / elements)
      return false;
    elements *= extent;
  }
  return !extents.empty();
}

//===----------------------------------------------------------------------===//
// Quantisation by attribute names
//===----------------------------------------------------------------------===//

static StringRef operandPrefix(Operation *op, unsigned index) {
  if (op->getNumOperands() == 1)
    return "x";
  return index == 0 ? "a" : "b";
}

static Quantization getQuantization(Operation *op, StringRef prefix) {
  Quantization quantization;
  if (auto scale = op->getAttrOfType<FloatAttr>((prefix + "_scale").str()))
    quantization.scale = scale.getValue().convertToFloat();
  if (auto zero =
          op->getAttrOfType<IntegerAttr>((prefix + "_zero_point").str()))
    quantization.zeroPoint =
        static_cast<int32_t>(zero.getValue().getSExtValue());
  return quantization;
}

static void setQuantization(Operation *op, StringRef prefix,
                            Quantization value) {
  if (value == getQuantization(op, prefix))
    return;
  Builder builder(op->getContext());
  op->setAttr((prefix + "_scale").str(), builder.getF32FloatAttr(value.scale));
  op->setAttr((prefix + "_zero_point").str(),
              builder.getI8IntegerAttr(static_cast<int8_t>(value.zeroPoint)));
}

Quantization cm::cmnn::detail::getOperandQuantization(Operation *op,
                                                      unsigned index) {
  return getQuantization(op, operandPrefix(op, index));
}

void cm::cmnn::detail::setOperandQuantization(Operation *op, unsigned index,
                                              Quantization value) {
  setQuantization(op, operandPrefix(op, index), value);
}

Quantization cm::cmnn::detail::getResultQuantization(Operation *op) {
  return getQuantization(op, "y");
}

void cm::cmnn::detail::setResultQuantization(Operation *op,
                                             Quantization value) {
  setQuantization(op, "y", value);
}

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

static Type elementOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType();
}

/// (C9) of the operand or result `what`.
static LogicalResult verifyReal(Operation *op, const Twine &what, Type element,
                                Quantization quantization) {
  if (element.isInteger(8) || quantization == Quantization())
    return success();
  return op->emitOpError("(C9) expects the ")
         << element << " of " << what
         << " to have scale 1 and zero point 0, found " << quantization.scale
         << " and " << quantization.zeroPoint;
}

/// (C8)
static LogicalResult verifyElementTypes(Operation *op, Type x, Type y,
                                        bool accepted) {
  auto fits = [&](OpOperand &operand) {
    Type element = elementOf(operand.get());
    bool isSlope = isa<PReluOp>(op) && operand.getOperandNumber() == 1;
    return element == x || (isSlope && element.isF32());
  };
  if (accepted && llvm::all_of(op->getOpOperands(), fits))
    return success();
  return op->emitOpError("(C8) expects operands and result of one kind of "
                         "element, found operands of ")
         << op->getOperandTypes() << " and a result of "
         << op->getResult(0).getType();
}

LogicalResult cm::cmnn::detail::verifyQuantizable(Operation *op) {
  auto quantizable = cast<QuantizableOpInterface>(op);
  Type x = elementOf(op->getOperand(0)), y = elementOf(op->getResult(0));
  if (failed(
          verifyElementTypes(op, x, y, quantizable.acceptsElementTypes(x, y))))
    return failure();
  for (unsigned i = 0; i < op->getNumOperands(); ++i)
    if (!isa<DequantizeOp>(op) &&
        failed(verifyReal(op, "operand " + Twine(i),
                          elementOf(op->getOperand(i)),
                          quantizable.getOperandQuantization(i))))
      return failure();
  if (failed(
          verifyReal(op, "the result", y, quantizable.getResultQuantization())))
    return failure();
  auto clamping = dyn_cast<RequantizingOpInterface>(op);
  if (!clamping || y.isInteger(8) ||
      (clamping.getMinimum() == -128 && clamping.getMaximum() == 127))
    return verifyScales(quantizable);
  return op->emitOpError("(C9) expects the range -128 to 127 of a result that "
                         "is not int8, found ")
         << clamping.getMinimum() << " to " << clamping.getMaximum();
}

LogicalResult cm::cmnn::detail::verifyView(Operation *op) {
  if (op->getNumOperands() == 0)
    return success(); // (C7) of cmnn.concat
  Type x = elementOf(op->getOperand(0)), y = elementOf(op->getResult(0));
  return verifyElementTypes(op, x, y, x == y);
}

LogicalResult cm::cmnn::verifyResultShape(Operation *op,
                                          RankedTensorType expected,
                                          RankedTensorType found,
                                          StringRef problem) {
  if (!expected)
    return op->emitOpError("(C4) expects ") << problem;
  if (expected.getShape() == found.getShape())
    return success();
  return op->emitOpError("(C4) expects a result of type ")
         << RankedTensorType::get(expected.getShape(), found.getElementType())
         << ", found " << found;
}

FailureOr<WeightOp> cm::cmnn::lookUpWeight(Operation *op,
                                           SymbolTableCollection &symbols,
                                           FlatSymbolRefAttr symbol,
                                           int64_t rank, Type element) {
  auto weight = symbols.lookupNearestSymbolFrom<WeightOp>(op, symbol);
  if (!weight)
    return op->emitOpError("(C1) expects ")
           << symbol << " to be a cmnn.weight, found none";
  RankedTensorType type = weight.getType();
  if (type.getRank() == rank && type.getElementType() == element)
    return weight;
  InFlightDiagnostic diag = op->emitOpError("(C1) expects ")
                            << symbol << " to be of rank " << rank << " and ";
  diag << element << ", found " << type;
  diag.attachNote(weight.getLoc()) << "the weight is here";
  return diag;
}

WeightOp cm::cmnn::weightOf(Operation *op, FlatSymbolRefAttr symbol) {
  if (!symbol)
    return nullptr;
  return SymbolTable::lookupNearestSymbolFrom<WeightOp>(op, symbol);
}

LogicalResult cm::cmnn::verifyAxis(Operation *op, int64_t axis,
                                   RankedTensorType type) {
  if (axis >= 0 && axis < type.getRank())
    return success();
  return op->emitOpError("(C7) expects an axis from 0 to ")
         << type.getRank() - 1 << ", found " << axis;
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
  if (!type || !isShape(type.getShape()) ||
      !(type.getElementType().isSignlessInteger(8) ||
        type.getElementType().isSignlessInteger(32) ||
        type.getElementType().isSignlessInteger(64) ||
        type.getElementType().isF32()))
    return emitOpError("(C1) expects a non-empty tensor of i8, i32, i64 or f32 "
                       "of rank at least 1, found ")
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
  if (std::optional<ArrayRef<char>> bytes = resourceBytes(value)) {
    size_t count = bytes->size() / sizeof(T);
    if (llvm::isAddrAligned(llvm::Align::Of<T>(), bytes->data()))
      return {reinterpret_cast<const T *>(bytes->data()), count};
    // A text may say that its data need no alignment.
    storage.resize(count);
    std::memcpy(storage.data(), bytes->data(), bytes->size());
    return storage;
  }
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

ArrayRef<int64_t> WeightOp::getInt64(std::vector<int64_t> &storage) {
  return getElements<int64_t>(getValue(), storage);
}

ArrayRef<float> WeightOp::getFloat(std::vector<float> &storage) {
  return getElements<float>(getValue(), storage);
}

//===----------------------------------------------------------------------===//
// ConstantOp
//===----------------------------------------------------------------------===//

LogicalResult ConstantOp::verifySymbolUses(SymbolTableCollection &symbols) {
  RankedTensorType y = getY().getType();
  auto weight = lookUpWeight(*this, symbols, getWeightAttr(), y.getRank(),
                             y.getElementType());
  if (failed(weight))
    return failure();
  if (weight->getType() == y)
    return success();
  return emitOpError("(C1) expects a result of type ")
         << weight->getType() << ", found " << y;
}

WeightOp ConstantOp::getWeightOp() { return weightOf(*this, getWeightAttr()); }
