//===- CMNNToCMFlow.cpp - partition ---------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StageEmitter.h"
#include "cm/Conversion/Passes.h"
#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

namespace cm {
#define GEN_PASS_DEF_CONVERTCMNNTOCMFLOW
#include "cm/Conversion/Passes.h.inc"
} // namespace cm

using namespace cm;
using namespace cm::partition;
using namespace mlir;

namespace {
struct ConvertCMNNToCMFlow
    : cm::impl::ConvertCMNNToCMFlowBase<ConvertCMNNToCMFlow> {
  using ConvertCMNNToCMFlowBase::ConvertCMNNToCMFlowBase;

  void runOnOperation() override {
    if (failed(convert(getOperation())))
      signalPassFailure();
  }

  LogicalResult convert(ModuleOp module);
  LogicalResult emit(func::FuncOp func, ArrayRef<Layer> layers,
                     StageEmitter &emitter);
};
} // namespace

/// The only function of the module.
static FailureOr<func::FuncOp> onlyFunction(ModuleOp module) {
  auto functions = module.getOps<func::FuncOp>();
  if (functions.empty() || std::next(functions.begin()) != functions.end())
    return module.emitError("expected one function of cmnn operations, found ")
           << std::distance(functions.begin(), functions.end());
  func::FuncOp func = *functions.begin();
  if (!llvm::hasSingleElement(func.getBody()))
    return func.emitError("expected a body of one block");
  return func;
}

LogicalResult ConvertCMNNToCMFlow::emit(func::FuncOp func,
                                        ArrayRef<Layer> layers,
                                        StageEmitter &emitter) {
  for (unsigned i = 0; i < func.getNumArguments(); ++i)
    if (failed(emitter.emitInput(func, i)))
      return failure();
  for (const Layer &layer : layers) {
    if (failed(emitter.emitLayer(layer)))
      return failure();
    numFused += layer.fused.size();
  }
  Operation *terminator = func.getBody().front().getTerminator();
  for (auto [index, value] : llvm::enumerate(terminator->getOperands()))
    if (failed(emitter.emitOutput(func, index, value)))
      return failure();
  return success();
}

/// What a machine may say and the compiler does not do yet.
static LogicalResult checkMachine(func::FuncOp func,
                                  const MachineModel &machine) {
  if (machine.proto().requantization() != machine::REQUANTIZATION_FP32)
    return func.emitError("machine '")
           << machine.name()
           << "' requantises in fixed point, which is not compiled yet: "
              "expected requantization fp32";
  if (machine.proto().partial_sum_bytes() != 4)
    return func.emitError("machine '")
           << machine.name() << "' has partial sums of "
           << machine.proto().partial_sum_bytes()
           << " bytes, which are not compiled yet: expected "
              "partial_sum_bytes 4";
  return success();
}

LogicalResult ConvertCMNNToCMFlow::convert(ModuleOp module) {
  FailureOr<func::FuncOp> func = onlyFunction(module);
  if (failed(func))
    return failure();
  FailureOr<MachineModel> machine = cmhw::getMachineModel(module);
  if (failed(machine))
    return failure();
  if (failed(checkMachine(*func, *machine)))
    return failure();
  FailureOr<Plan> plan = planLayers(*func, *machine, stack, cores, depthwise);
  if (failed(plan) || failed(planReductions(plan->layers, *machine, reduction)))
    return failure();

  OpBuilder builder(*func);
  auto graph =
      cmflow::GraphOp::create(builder, func->getLoc(), func->getSymNameAttr(),
                              IntegerAttr(), IntegerAttr(), BoolAttr());
  graph.getBody().emplaceBlock();
  StageEmitter emitter(graph, plan->homes);
  if (failed(emit(*func, plan->layers, emitter)))
    return failure();
  cmflow::createStreams(graph);
  func->erase();
  numStages += emitter.numStages;
  numRowTiles += emitter.numRowTiles;
  return success();
}
