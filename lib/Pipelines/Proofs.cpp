//===- Proofs.cpp - proofs as passes -------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExportedProgram.h"
#include "cm/Pipelines/Contracts.h"
#include "cm/Pipelines/Pipelines.h"
#include "cm/Transforms/Problems.h"

namespace cm {
#define GEN_PASS_DEF_VERIFYSCHEDULE
#define GEN_PASS_DEF_VERIFYCONTROL
#include "cm/Pipelines/Passes.h.inc"
} // namespace cm

using namespace cm;
using namespace mlir;

/// Emits a counterexample at the operation of its stage, if `root` has it.
static void emitCounterexample(Operation *root,
                               const proof::Counterexample &example) {
  Operation *culprit = root;
  root->walk([&](Operation *op) {
    auto name = op->getAttrOfType<StringAttr>("sym_name");
    if (name && name == example.stage &&
        isa<cmflow::StageOp, cmflow::InputOp, cmflow::OutputOp,
            cmcore::ContextOp>(op))
      culprit = op;
  });
  emitError(culprit->getLoc()) << example.str();
}

namespace {
struct VerifySchedule : cm::impl::VerifyScheduleBase<VerifySchedule> {
  void runOnOperation() override {
    // Without times there is nothing to prove here: the program's rules are
    // proved by firing.
    if (!isPaced(getOperation()))
      return markAllAnalysesPreserved();
    FailureOr<ScheduledGraph> graph = readScheduledGraph(getOperation());
    if (failed(graph))
      return signalPassFailure();
    proof::ProofCounts counts;
    auto wrong = proof::proveSchedule(graph->contract, graph->storage, counts);
    if (wrong) {
      emitCounterexample(getOperation(), *wrong);
      return signalPassFailure();
    }
    numIterations += counts.iterations;
    numOrders += counts.data + counts.slots + counts.turns;
    markAllAnalysesPreserved();
  }
};

struct VerifyControl : cm::impl::VerifyControlBase<VerifyControl> {
  void runOnOperation() override {
    auto &exported = getAnalysis<ExportedProgram>();
    if (!exported.program) {
      getOperation().emitError(exported.error);
      return signalPassFailure();
    }
    cmcore::ProgramOp op = *getOperation().getOps<cmcore::ProgramOp>().begin();
    FailureOr<proof::Contract> contract = readContract(op, *exported.program);
    if (failed(contract))
      return signalPassFailure();
    proof::ProofCounts counts;
    if (auto wrong =
            proof::proveControl(*exported.program, *contract, counts)) {
      emitCounterexample(op, *wrong);
      return signalPassFailure();
    }
    numIterations += counts.iterations;
    numOrders += counts.data + counts.slots + counts.turns;
    markAllAnalysesPreserved();
  }
};
} // namespace
