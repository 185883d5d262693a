//===- CMHWAttrs.td - the machine as an attribute ---------*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMHW_CMHWATTRS_TD
#define CM_DIALECT_CMHW_CMHWATTRS_TD

include "cm/Dialect/CMHW/CMHWDialect.td"
include "mlir/IR/AttrTypeBase.td"

def CMHW_MachineAttr : AttrDef<CMHW_Dialect, "Machine"> {
  let mnemonic = "machine";
  let genMnemonicAlias = 1;
  let summary = "a complete machine: cores, network, I/O, times and energies";
  let description = [{
    Fields have the names, meanings and defaults of the schema
    `cm/Machine/Machine.proto`, which `docs/Machine.md` describes: a message is
    `{name = value, ...}` (in angle brackets at the top), a repeated field is
    `[value, ...]`, an enumeration is the name of its value. A field that is left
    out takes its default; the attribute always holds and prints the complete
    machine, so that two equal machines are one attribute.

    Constraints: (C1) all that `MachineModel::create` checks, with its messages.

    Example:

    ```mlir
    module attributes {cmhw.machine = #cmhw.machine<
        name = "pair", clock_ghz = 1.0,
        core_types = [{crossbar = {rows = 64, cols = 64, mvm_cycles = 16},
                       dpu = {lanes = 16}, sram = {access_bytes = 16}} ],
        topology = {all_to_all = {cores = 2}}, link = {width_bytes = 8},
        io_nodes = [{bytes_per_cycle = 16, attached_to = [0, 1]} ]>} {}
    ```
  }];
  // The wire form of the schema, every default filled in.
  let parameters = (ins StringRefParameter<"complete machine">:$bytes);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The checked machine with its graph. Costs a walk over all links: keep it.
    ::cm::MachineModel getModel() const;
  }];
}

#endif // CM_DIALECT_CMHW_CMHWATTRS_TD
