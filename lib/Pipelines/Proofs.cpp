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

/// Emits a counterexample at the operation of its stage, or else at `root`.
static void emitCounterexample(Operation *root, Operation *stage,
                               const proof::Counterexample &example) {
  emitError(stage ? stage->getLoc() : root->getLoc()) << example.str();
}

static Operation *findStage(cmcore::ProgramOp program, StringRef name) {
  Operation *found = nullptr;
  program.walk([&](cmcore::ContextOp context) {
    if (context.getSymName() == name)
      found = context;
  });
  return found;
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
      Operation *graph = getOperation();
      emitCounterexample(
          graph, SymbolTable::lookupSymbolIn(graph, wrong->stage), *wrong);
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
      emitCounterexample(op, findStage(op, wrong->stage), *wrong);
      return signalPassFailure();
    }
    numIterations += counts.iterations;
    numOrders += counts.data + counts.slots + counts.turns;
    markAllAnalysesPreserved();
  }
};
} // namespace
