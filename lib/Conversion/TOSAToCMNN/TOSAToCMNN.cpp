//===- TOSAToCMNN.cpp - integer TOSA becomes cmnn -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "cm/Conversion/Passes.h"
#include "cm/Dialect/CMNN/CMNNDialect.h"
#include "mlir/Rewrite/FrozenRewritePatternSet.h"
#include "mlir/Rewrite/PatternApplicator.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace cm {
#define GEN_PASS_DEF_CONVERTTOSATOCMNN
#include "cm/Conversion/Passes.h.inc"
} // namespace cm

using namespace cm;
using namespace cm::tosa_to_cmnn;

static bool isConstant(Operation *op) {
  return isa_and_present<tosa::ConstOp, tosa::ConstShapeOp>(op);
}

/// Whether an operation may stay.
static bool isDone(Operation *op) {
  return isa<func::ReturnOp>(op) ||
         isa_and_present<cmnn::CMNNDialect>(op->getDialect());
}

static LogicalResult refuse(Operation *op, const Twine &reason) {
  return op->emitOpError("cannot become cmnn: ") << reason;
}

static LogicalResult verifyTypes(Operation *op) {
  auto check = [&](Type type) -> LogicalResult {
    if (isIntegerTensor(type))
      return success();
    return op->emitOpError("cannot become cmnn: expected static int8 or int32 "
                           "tensors of rank at least 1, found ")
           << type;
  };
  // Shapes and constants are what patterns ask for.
  for (Value operand : op->getOperands())
    if (isa<TensorType>(operand.getType()) &&
        !isConstant(operand.getDefiningOp()) &&
        failed(check(operand.getType())))
      return failure();
  for (Type type : op->getResultTypes())
    if (isa<TensorType>(type) && failed(check(type)))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

namespace {
/// Keeps why the last operation did not match.
class Reason : public RewriterBase::Listener {
public:
  void notifyMatchFailure(Location loc,
                          function_ref<void(Diagnostic &)> explain) override {
    Diagnostic diagnostic(loc, DiagnosticSeverity::Remark);
    explain(diagnostic);
    text = diagnostic.str();
  }

  std::string text;
};

/// Converts the operations of a function in their order, so that each sees
/// operands of cmnn.
class FunctionConverter {
public:
  FunctionConverter(const FrozenRewritePatternSet &patterns, Weights &weights)
      : applicator(patterns), weights(weights) {
    applicator.applyDefaultCostModel();
  }

  LogicalResult convert(func::FuncOp function) {
    SmallVector<Operation *> operations;
    function.getBody().walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (!isConstant(op) && !isDone(op))
        operations.push_back(op);
    });
    for (Operation *op : operations)
      if (failed(convertOperation(op)))
        return failure();
    numOperations += operations.size();
    return convertConstants(function);
  }

  int64_t numOperations = 0;

private:
  LogicalResult convertOperation(Operation *op) {
    if (op->getNumRegions() > 0 ||
        !isa_and_present<tosa::TosaDialect>(op->getDialect()))
      return refuse(op, "it is not supported");
    if (failed(verifyTypes(op)))
      return failure();
    Reason reason;
    PatternRewriter rewriter(op->getContext());
    rewriter.setListener(&reason);
    rewriter.setInsertionPoint(op);
    if (succeeded(applicator.matchAndRewrite(op, rewriter)))
      return success();
    return refuse(op,
                  reason.text.empty() ? "it is not supported" : reason.text);
  }

  /// Those that operations still use as a tensor become weights.
  LogicalResult convertConstants(func::FuncOp function) {
    SmallVector<Operation *> constants;
    function.walk([&](Operation *op) {
      if (isConstant(op))
        constants.push_back(op);
    });
    for (Operation *op : constants) {
      if (!op->use_empty() && failed(convertConstant(op)))
        return failure();
      op->erase();
    }
    return success();
  }

  LogicalResult convertConstant(Operation *op) {
    auto constant = dyn_cast<tosa::ConstOp>(op);
    auto symbol = constant ? makeWeight(constant) : FlatSymbolRefAttr();
    if (!symbol)
      return refuse(op, "expected dense int8 or int32 elements");
    OpBuilder builder(op);
    op->replaceAllUsesWith(cmnn::ConstantOp::create(
        builder, op->getLoc(), op->getResult(0).getType(), symbol));
    return success();
  }

  /// Null where the elements are others.
  FlatSymbolRefAttr makeWeight(tosa::ConstOp op) {
    if (!isIntegerTensor(op.getType()))
      return nullptr;
    auto type = cast<RankedTensorType>(op.getType());
    if (auto int8 = readElements<int8_t>(op.getValues()))
      return weights.get(op.getLoc(), "constant", type,
                         bytesOf(ArrayRef<int8_t>(*int8)));
    if (auto int32 = readElements<int32_t>(op.getValues()))
      return weights.get(op.getLoc(), "constant", type,
                         bytesOf(ArrayRef<int32_t>(*int32)));
    return nullptr;
  }

  PatternApplicator applicator;
  Weights &weights;
};

class ConvertTOSAToCMNNPass
    : public cm::impl::ConvertTOSAToCMNNBase<ConvertTOSAToCMNNPass> {
  void runOnOperation() override {
    if (failed(convert(getOperation())))
      signalPassFailure();
  }

  LogicalResult convert(ModuleOp module) {
    Weights weights(module);
    RewritePatternSet patterns(&getContext());
    populateProductPatterns(patterns, weights);
    populateRescalePatterns(patterns);
    populateElementwisePatterns(patterns);
    populatePoolPatterns(patterns);
    populateShapePatterns(patterns);
    FrozenRewritePatternSet frozen(std::move(patterns));
    auto functions = llvm::to_vector(module.getOps<func::FuncOp>());
    for (func::FuncOp function : functions) {
      FunctionConverter converter(frozen, weights);
      if (failed(lowerUnsignedPorts(function)) ||
          failed(converter.convert(function)) ||
          failed(describePorts(function)))
        return failure();
      numOperations += converter.numOperations;
    }
    // What runs is called main.
    if (functions.size() == 1)
      functions.front().setSymName("main");
    return success();
  }
};
} // namespace
