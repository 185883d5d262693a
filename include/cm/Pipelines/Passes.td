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

def VerifySchedule : Pass<"cmflow-verify-schedule", "::cm::cmflow::GraphOp"> {
  let summary = "proves that a schedule keeps the orders that accesses demand";
  let description = [{
    Of the access relations alone (docs/Proof.md): each location is written once,
    and `offset + n*ii + floor(rank*ii/iterations)` strictly increases from each
    write to each read of it, from each last read to the write that takes its
    slot, and along the iterations of a stage. So the capacities hold what lives,
    and the control rules, which wait for no more than that, have no deadlock.
    Changes nothing; prints a counterexample.

    Example: `error: overwrite: stage 'a', iteration (4, 0) of image 0, object
    'x', location (0, 0, 0): scheduled at 40, iteration (1, 1) of 'b', which
    reads the location last, at 41`.
  }];
  let dependentDialects = ["::cm::cmflow::CMFlowDialect"];
  let statistics = [
    Statistic<"numIterations", "iterations", "Iterations of one image">,
    Statistic<"numOrders", "orders", "Orders that were proved">
  ];
}

def VerifyControl : Pass<"cmcore-verify-control", "::mlir::ModuleOp"> {
  let summary = "proves that a program does what its access relations say";
  let description = [{
    Lifts the LCU programs as they are emitted to functions of iteration and
    image, and holds them, with gathers, writes, buffers and routes, against the
    access relations kept beside the contexts (`cm.access`): for any number of
    images each iteration fires once and in order at the right locations,
    nothing is read before it is written, nothing live is overwritten, and there
    is no deadlock. docs/Proof.md says how and what is assumed. Changes nothing;
    prints a counterexample.

    Example: `error: read before write: stage 'conv2', iteration (3, 0) of image
    0, object 't22', location (4, 1, 0): 'conv1' need not have written it; 33
    messages of the image are waited for, expected 34`.
  }];
  let dependentDialects = ["::cm::cmcore::CMCoreDialect"];
  let statistics = [
    Statistic<"numIterations", "iterations", "Iterations of one image">,
    Statistic<"numOrders", "orders", "Orders that were proved">
  ];
}

#endif // CM_PIPELINES_PASSES_TD
