//===- Passes.td - passes of the pipeline itself -----------*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_PIPELINES_PASSES_TD
#define CM_PIPELINES_PASSES_TD

include "mlir/Pass/PassBase.td"

def SetMachine : Pass<"cm-set-machine", "::mlir::ModuleOp"> {
  let summary = "names the machine that the module is compiled for";
  let description = [{
    Sets the module's attribute `cmhw.machine` to a preset or a textproto file,
    with `set` overrides such as `core.mvm_cycles=100`.

    Before: `module {...}`.
    After: `module attributes {cmhw.machine = #cmhw.machine<...>} {...}`.
  }];
  let options = [
    Option<"machine", "machine", "std::string", "\"\"",
           "Name of a preset, or path of a textproto file">,
    ListOption<"set", "set", "std::string", "Overrides, field=value">
  ];
  let dependentDialects = ["::cm::cmhw::CMHWDialect"];
  let statistics = [Statistic<"numCores", "cores", "Cores of the machine">];
}

def VerifyProgram : Pass<"cm-verify-program", "::mlir::ModuleOp"> {
  let summary = "checks that the program can be written and loaded";
  let description = [{
    Writes the program of the module and checks it as the simulator's loader
    does: indices, shapes, routes, memory, limits of the machine. Changes
    nothing.
  }];
  let statistics = [
    Statistic<"numChecked", "programs", "Programs that passed">
  ];
}

#endif // CM_PIPELINES_PASSES_TD
