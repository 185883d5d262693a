//===- Passes.cpp - passes of the pipeline itself -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExportedProgram.h"
#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "cm/Pipelines/Pipelines.h"

namespace cm {
#define GEN_PASS_DEF_SETMACHINE
#define GEN_PASS_DEF_VERIFYPROGRAM
#include "cm/Pipelines/Passes.h.inc"
} // namespace cm

using namespace cm;
using namespace mlir;

namespace {
struct SetMachine : cm::impl::SetMachineBase<SetMachine> {
  using SetMachineBase::SetMachineBase;

  void runOnOperation() override {
    if (machine.empty()) {
      getOperation().emitError(
          "expected a machine to set fields of: name a preset or a file");
      return signalPassFailure();
    }
    llvm::Expected<MachineModel> model =
        loadMachine(machine, std::vector<std::string>(set.begin(), set.end()));
    if (!model) {
      getOperation().emitError(llvm::toString(model.takeError()));
      return signalPassFailure();
    }
    getOperation()->setAttr(cmhw::CMHWDialect::getMachineAttrName(),
                            cmhw::machineToAttr(&getContext(), model->proto()));
    numCores += model->numCores();
  }
};

struct VerifyProgram : cm::impl::VerifyProgramBase<VerifyProgram> {
  void runOnOperation() override {
    auto &exported = getAnalysis<ExportedProgram>();
    if (!exported.program) {
      getOperation().emitError(exported.error);
      return signalPassFailure();
    }
    ++numChecked;
    markAllAnalysesPreserved();
  }
};
} // namespace
