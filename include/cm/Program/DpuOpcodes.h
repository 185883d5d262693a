//===- DpuOpcodes.h - what each DPU opcode is like --------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One table for the checks, the listing and the simulator: operands, result and
// cost, as docs/Program.md lists them. A new opcode is an entry of the schema,
// one of this table, its check (ValidateContext.cpp) and its kernel
// (lib/Sim/Kernels.cpp).
//
//===----------------------------------------------------------------------===//

#ifndef CM_PROGRAM_DPUOPCODES_H
#define CM_PROGRAM_DPUOPCODES_H

#include "cm/Program/Program.pb.h"

namespace cm {

struct DpuTraits {
  program::DpuOpcode opcode;
  /// A letter for each operand: 'b' int8, 'w' int32.
  const char *operands;
  /// 'b', 'w', or 'o': as the elements of the gathered object.
  char result;
  /// Reads SRAM through `gather`.
  bool gathers;
  /// Steps over the elements of the window, and over those of the result, by
  /// class of DPU work.
  unsigned windowAlu, alu, lookup, exp;
  /// Steps of products over the elements of `table`.
  unsigned tableMac = 0;
  /// Steps of products over the elements of operand 1.
  unsigned matrixMac = 0;
};

/// Null for an opcode that is not known.
const DpuTraits *dpuTraits(program::DpuOpcode opcode);

} // namespace cm

#endif // CM_PROGRAM_DPUOPCODES_H
