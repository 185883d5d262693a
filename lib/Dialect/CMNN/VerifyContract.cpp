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

/// (N4)
static LogicalResult verifyReshape(Operation *op) {
  Value x = op->getOperand(0), y = op->getResult(0);
  if (isConstant(x))
    return success();
  if (isImageOrVector(x.getType()) && isImageOrVector(y.getType())) {
    cm::Extent from = extentOf(x), to = extentOf(y);
    bool joinsRows = from.c == to.c && (from.h == 1 || to.h == 1);
    if (from == to || joinsRows)
      return success();
    bool flattens = to.h == 1 && to.w == 1;
    if (flattens && !findUserOfPixels(y))
      return success();
  }
  return op->emitOpError("(N4) expects a reshape that keeps pixels, joins or "
                         "cuts rows, or flattens an image for products and "
                         "sums, found ")
         << x.getType() << " to " << y.getType();
}

static bool isFloat(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType().isF32();
}

/// What would let fuseQuantization make `op` integer.
static std::string remedyFor(Operation *op) {
  if (isa<ProductOpInterface>(op) &&
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

/// A constant, or the transpose of one that is an operand.
static bool isConstantOperand(Value value) {
  Operation *op = value.getDefiningOp();
  return isConstant(value) ||
         (op && isTransposedOperand(op) && isConstant(op->getOperand(0)));
}

/// Whether the stages of `op` have its constants.
static bool hasConstants(StageOpInterface op) {
  return llvm::all_of(op->getOpOperands(), [&](OpOperand &operand) {
    return op.getOperandForms(operand.getOperandNumber()).constant ||
           !isConstantOperand(operand.get());
  });
}

/// Whether `op` has a stage or is part of one. What is computed from constants
/// alone has none; functions of bytes go into the constants.
static bool hasMapping(Operation *op) {
  if (isByteFunction(op))
    return true;
  auto stage = cast<StageOpInterface>(op);
  return stage.getStageRole() != StageRole::None &&
         stage.getStageRole() != StageRole::Border && isOfTensors(op) &&
         stage.hasStageForm() && hasConstants(stage);
}

/// A stage holds its constants, whatever their shape.
static bool isHeld(Operation *op, OpOperand &operand) {
  auto stage = cast<StageOpInterface>(op);
  return stage.getOperandForms(operand.getOperandNumber()).constant &&
         operand.get().getDefiningOp<ConstantOp>();
}

/// (N6) to (N8)
static LogicalResult verifyMapping(Operation *op) {
  if (failed(verifyInteger(op)))
    return failure();
  if (!hasMapping(op))
    return op->emitOpError(
        "(N8) has no mapping to a machine yet, in this form");
  SmallVector<Value> values;
  for (OpOperand &operand : op->getOpOperands())
    if (!isHeld(op, operand))
      values.push_back(operand.get());
  llvm::append_range(values, op->getResults());
  for (Value value : values)
    if (!isImageOrVector(value.getType()))
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
  if (isReordering(op) && !isReshape(op)) {
    if (isTransposedOperand(op))
      return success();
    return op->emitOpError("(N3) expects no transpose but before a product, "
                           "where it goes into the weight or says how it "
                           "reads, or in a shuffle of channels");
  }
  if (isReshape(op) && !isFloat(op->getOperand(0)))
    return verifyReshape(op);
  auto pool = dyn_cast<AveragePoolOp>(op);
  if (pool && pool.isGlobal() && !isFloat(pool.getX()))
    return pool.emitOpError("(N5) expects a pool of the whole image to be a "
                            "cmnn.global_average_pool; run cmnn-normalise");
  if (isa_and_present<CMNNDialect>(op->getDialect()))
    return verifyMapping(op);
  return op->emitOpError("(N2) expects operations of cmnn only");
}

/// Whether operations that would be int8 hold a constant as it is.
static bool isHeldByAll(Value constant) {
  return llvm::all_of(constant.getUses(), [](OpOperand &use) {
    auto stage = dyn_cast<StageOpInterface>(use.getOwner());
    return stage && stage.getOperandForms(use.getOperandNumber()).constant;
  });
}

static StageRole roleOf(Operation &op) {
  auto stage = dyn_cast<StageOpInterface>(op);
  return stage ? stage.getStageRole() : StageRole::None;
}

/// What only joins int8 and float: the float at its other side is named.
static bool isBorder(Operation &op) {
  return roleOf(op) == StageRole::Border ||
         (roleOf(op) == StageRole::Constant && isFloat(op.getResult(0)) &&
          !isHeldByAll(op.getResult(0)));
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
    if (!isBorder(op) && roleOf(op) != StageRole::Constant)
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
