//===- VerifyContract.cpp - what the conversion to cmflow relies on -------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMNN/ChannelShuffle.h"
#include "cm/Dialect/CMNN/Passes.h"
#include "cm/Dialect/CMNN/StageForms.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/STLExtras.h"
#include <numeric>

using namespace mlir;

namespace cm::cmnn {
#define GEN_PASS_DEF_VERIFYCONTRACT
#include "cm/Dialect/CMNN/Passes.h.inc"
} // namespace cm::cmnn

using namespace cm::cmnn;

static bool isImageOrVector(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape() &&
         tensor.getElementType().isSignlessInteger(8) &&
         tensor.getRank() >= 2 && tensor.getRank() <= 4 &&
         tensor.getDimSize(0) == 1 && tensor.getNumElements() > 0;
}

/// " 'name'", or nothing.
static std::string quoted(Attribute name) {
  auto string = dyn_cast_or_null<StringAttr>(name);
  return string ? " '" + string.getValue().str() + "'" : "";
}

/// (N1) of one port.
static LogicalResult verifyPort(func::FuncOp function, Type type,
                                StringRef kind, unsigned index,
                                Attribute name) {
  if (isImageOrVector(type))
    return success();
  InFlightDiagnostic diag =
      function.emitOpError("(N1) expects int8 tensors 1xHxWxC, 1xTxC or 1xC, "
                           "found ")
      << type << " as " << kind << " " << index << quoted(name);
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (tensor && tensor.getElementType().isF32())
    diag << (kind == "argument"
                 ? "; it would be int8 if one QuantizeLinear read it"
                 : "; it would be int8 if a DequantizeLinear gave it");
  return diag;
}

/// (N1)
static LogicalResult verifyFunction(func::FuncOp function) {
  if (function.getSymName() != "main" || !function.getBody().hasOneBlock())
    return function.emitOpError(
        "(N1) expects one function 'main' of one block");
  FunctionType type = function.getFunctionType();
  if (type.getNumInputs() == 0 || type.getNumResults() == 0)
    return function.emitOpError("(N1) expects at least one argument and one "
                                "result, found ")
           << type.getNumInputs() << " and " << type.getNumResults();
  bool valid = true;
  for (auto [i, port] : llvm::enumerate(type.getInputs()))
    valid &= succeeded(verifyPort(function, port, "argument", i,
                                  function.getArgAttr(i, tensorAttrName)));
  for (auto [i, port] : llvm::enumerate(type.getResults()))
    valid &= succeeded(verifyPort(function, port, "result", i,
                                  function.getResultAttr(i, tensorAttrName)));
  return success(valid);
}

/// The extents of the object that a tensor is: tokens are a row of pixels, a
/// vector is 1x1xC.
static SmallVector<int64_t> objectExtents(RankedTensorType type) {
  if (type.getRank() == 2)
    return {1, 1, type.getDimSize(1)};
  if (type.getRank() == 3)
    return {1, type.getDimSize(1), type.getDimSize(2)};
  return llvm::to_vector(type.getShape().drop_front());
}

/// (N4)
static LogicalResult verifyReshape(ReshapeOp op) {
  if (isConstant(op.getX()))
    return success();
  RankedTensorType x = op.getX().getType(), y = op.getY().getType();
  if (isImageOrVector(x) && isImageOrVector(y)) {
    SmallVector<int64_t> from = objectExtents(x), to = objectExtents(y);
    bool joinsRows = from[2] == to[2] && (from[0] == 1 || to[0] == 1);
    if (from == to || joinsRows)
      return success();
    bool flattens = to[0] == 1 && to[1] == 1;
    if (flattens && !findUserOfPixels(op.getY()))
      return success();
  }
  return op.emitOpError("(N4) expects a reshape that keeps pixels, joins or "
                        "cuts rows, or flattens an image for products and "
                        "sums, found ")
         << x << " to " << y;
}

static bool isFloat(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType().isF32();
}

/// What would let fuseQuantization make `op` integer.
static std::string remedyFor(Operation *op) {
  if (isa<Conv2DOp, ConvTranspose2DOp, MatMulOp>(op) &&
      op->getOperand(0).getDefiningOp<DequantizeOp>())
    return "a DequantizeLinear of int8 weights";
  for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
    if (!isFloat(operand) || operand.getDefiningOp<DequantizeOp>())
      continue;
    Operation *producer = operand.getDefiningOp();
    std::string name =
        producer ? quoted(producer->getAttr(tensorAttrName)) : "";
    return "a QuantizeLinear and a DequantizeLinear of operand " +
           std::to_string(i) + name;
  }
  return "a QuantizeLinear of its result";
}

/// (N6): what a float operation lacks; int8 only.
static LogicalResult verifyInteger(Operation *op) {
  if (!llvm::any_of(op->getResults(), isFloat))
    return success();
  return op->emitOpError("(N6) expects int8 tensors, but the result")
         << quoted(op->getAttr(tensorAttrName)) << " stays in float; "
         << remedyFor(op) << " would make it int8";
}

/// Whether `op` computes with more than constants.
static bool isOfTensors(Operation *op) {
  return !llvm::all_of(op->getOperands(), isConstant);
}

/// A product of tokens with tokens: the matrix is read from an object.
static bool hasProductMapping(BatchMatMulOp op) {
  auto transpose = op.getB().getDefiningOp<TransposeOp>();
  Value b = transpose ? transpose.getX() : op.getB();
  return op.getY().getType().getRank() == 3 && !isConstant(b);
}

/// Whether the last axis is the only one that is normalised.
static bool normalisesChannels(Operation *op) {
  int64_t last =
      cast<RankedTensorType>(op->getResult(0).getType()).getRank() - 1;
  if (auto softmax = dyn_cast<SoftmaxOp>(op))
    return softmax.getPositiveAxis() == last;
  return int64_t(cast<LayerNormOp>(op).getAxis()) == last;
}

/// Whether every pixel of the result of a transposed convolution has a tap.
static bool hasTaps(ConvTranspose2DOp op) {
  ArrayRef<int64_t> shape = op.getWeightOp().getType().getShape();
  for (unsigned axis : {0, 1}) {
    int64_t stride = op.getStrides()[axis], dilation = op.getDilations()[axis];
    if (shape[axis] < stride || std::gcd(stride, dilation) != 1)
      return false;
  }
  return op.getWZeroPoints().empty();
}

/// Images that are cut or continued, pixel by pixel, and their channels.
static bool hasViewMapping(Operation *op) {
  if (auto concat = dyn_cast<ConcatOp>(op))
    return concat.getAxis() > 0;
  if (auto slice = dyn_cast<SliceOp>(op))
    return slice.getSteps().back() == 1 &&
           llvm::all_of(slice.getSteps(),
                        [](int64_t step) { return step > 0; });
  if (auto pad = dyn_cast<PadOp>(op))
    return pad.getMode() == PadMode::Constant;
  return isa<DepthToSpaceOp, ResizeOp>(op);
}

/// Whether `op` has a stage or is part of one. What is computed from constants
/// alone has none; functions of bytes go into the constants.
static bool hasMapping(Operation *op) {
  if (isByteFunction(op))
    return true;
  if (!isOfTensors(op))
    return false;
  if (auto product = dyn_cast<ConvTranspose2DOp>(op))
    return hasTaps(product);
  if (isa<SoftmaxOp, LayerNormOp>(op))
    return normalisesChannels(op);
  if (auto product = dyn_cast<BatchMatMulOp>(op))
    return hasProductMapping(product);
  return hasViewMapping(op) || reducesPixels(op) ||
         isa<AddOp, MulOp, Conv2DOp, MatMulOp, ReshapeOp, MaxPoolOp,
             AveragePoolOp, GlobalAveragePoolOp>(op);
}

/// A stage holds its constants; the slope of a prelu goes into a table.
static bool isHeld(Operation *op, Value value) {
  auto prelu = dyn_cast<PReluOp>(op);
  return (prelu && prelu.getB() == value) ||
         (isa<AddOp, MulOp>(op) && value.getDefiningOp<ConstantOp>());
}

/// (N6) to (N8)
static LogicalResult verifyMapping(Operation *op) {
  if (failed(verifyInteger(op)))
    return failure();
  if (!hasMapping(op))
    return op->emitOpError(
        "(N8) has no mapping to a machine yet, in this form");
  for (Value value : llvm::concat<Value>(op->getOperands(), op->getResults()))
    if (!isImageOrVector(value.getType()) && !isHeld(op, value))
      return op->emitOpError(
                 "(N7) expects int8 tensors 1xHxWxC, 1xTxC or 1xC, found ")
             << value.getType() << " to compute"
             << quoted(op->getAttr(tensorAttrName));
  return success();
}

/// (N2) to (N8)
static LogicalResult verifyOperation(Operation *op) {
  if (isWithinShuffle(op) ||
      (isChannelShuffle(op) && succeeded(getChannelOrder(op))))
    return success();
  if (auto transpose = dyn_cast<TransposeOp>(op)) {
    if (isTransposedOperand(op))
      return success();
    return transpose.emitOpError("(N3) expects no transpose but before a "
                                 "product, where it goes into the weight or "
                                 "says how it reads, or in a shuffle of "
                                 "channels");
  }
  if (auto reshape = dyn_cast<ReshapeOp>(op);
      reshape && !isFloat(reshape.getX()))
    return verifyReshape(reshape);
  auto pool = dyn_cast<AveragePoolOp>(op);
  if (pool && pool.isGlobal() && !isFloat(pool.getX()))
    return pool.emitOpError("(N5) expects a pool of the whole image to be a "
                            "cmnn.global_average_pool; run cmnn-normalise");
  if (isa_and_present<CMNNDialect>(op->getDialect()))
    return verifyMapping(op);
  return op->emitOpError("(N2) expects operations of cmnn only");
}

/// What only joins int8 and float: the float at its other side is named.
static bool isBorder(Operation &op) {
  auto constant = dyn_cast<ConstantOp>(op);
  if (constant && llvm::all_of(op.getUsers(), llvm::IsaPred<PReluOp>))
    return false;
  return isa<QuantizeOp, DequantizeOp>(op) ||
         (constant && isFloat(constant.getY()));
}

/// (N8) of what the function returns.
static LogicalResult verifyReturn(Operation *terminator) {
  for (auto [i, value] : llvm::enumerate(terminator->getOperands()))
    if (isConstant(value))
      return terminator->emitOpError("(N8) expects results that stages "
                                     "compute, found a constant as result ")
             << i;
  return success();
}

/// Every operation; one error for each that does not fit.
static LogicalResult verifyBody(Block &body) {
  bool valid = succeeded(verifyReturn(body.getTerminator()));
  for (Operation &op : body.without_terminator())
    if (!isBorder(op) && !isa<ConstantOp>(op))
      valid &= succeeded(verifyOperation(&op));
  if (!valid)
    return failure();
  for (Operation &op : body.without_terminator())
    if (isBorder(op))
      return op.emitOpError("(N6) expects int8 tensors only; run "
                            "cmnn-normalise");
  return success();
}

namespace {
class VerifyContractPass
    : public cm::cmnn::impl::VerifyContractBase<VerifyContractPass> {
  void runOnOperation() override {
    if (failed(verifyModule(getOperation())))
      signalPassFailure();
    markAllAnalysesPreserved();
  }

  static LogicalResult verifyModule(ModuleOp module) {
    auto functions = llvm::to_vector(module.getOps<func::FuncOp>());
    if (functions.size() != 1)
      return module.emitOpError("(N1) expects one function 'main', found ")
             << functions.size() << " functions";
    func::FuncOp function = functions.front();
    if (!function.getBody().hasOneBlock())
      return verifyFunction(function);
    LogicalResult body = verifyBody(function.front());
    return success(succeeded(verifyFunction(function)) && succeeded(body));
  }
};
} // namespace
