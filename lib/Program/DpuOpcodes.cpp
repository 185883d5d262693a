//===- DpuOpcodes.cpp - what each DPU opcode is like ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Program/DpuOpcodes.h"

using namespace cm;

// Opcode, operands, result, gathers; alu(w), alu(n), lookup(n), exp(n).
static constexpr DpuTraits traits[] = {
    {program::DPU_MVM_RESULT, "", 'w', false, 0, 0, 0, 0},
    {program::DPU_LOAD, "", 'o', true, 0, 0, 0, 0},
    {program::DPU_CONSTANT, "", 'w', false, 0, 0, 0, 0},
    {program::DPU_ADD, "ww", 'w', false, 0, 1, 0, 0},
    {program::DPU_REQUANTIZE, "w", 'b', false, 0, 1, 0, 0},
    {program::DPU_REQUANTIZE_FIXED, "w", 'b', false, 0, 1, 0, 0},
    {program::DPU_ADD_QUANTIZED, "bb", 'b', false, 0, 1, 0, 0},
    {program::DPU_LOOKUP, "b", 'b', false, 0, 0, 1, 0},
    {program::DPU_MAX_POOL, "", 'b', true, 1, 0, 0, 0},
    {program::DPU_AVERAGE_POOL, "", 'b', true, 1, 1, 0, 0},
    {program::DPU_GLOBAL_AVERAGE_POOL, "", 'b', true, 1, 1, 0, 0},
    {program::DPU_DEPTHWISE, "b", 'w', false, 0, 0, 0, 0, 1},
    {program::DPU_SUBTRACT_ZERO_POINTS, "w", 'w', false, 0, 2, 0, 0},
    {program::DPU_SOFTMAX, "b", 'b', false, 0, 2, 0, 1},
    {program::DPU_MUL_QUANTIZED, "bb", 'b', false, 0, 1, 0, 0},
    {program::DPU_SHUFFLE, "b", 'b', false, 0, 1, 0, 0},
    {program::DPU_INTERPOLATE, "", 'b', true, 1, 1, 0, 0},
    {program::DPU_REDUCE_MEAN, "", 'b', true, 1, 1, 0, 0},
    {program::DPU_LAYER_NORM, "b", 'b', false, 0, 6, 0, 1},
    {program::DPU_PIXEL_CONSTANT, "", 'b', false, 0, 0, 0, 0},
    {program::DPU_MULTIPLY_MATRIX, "bb", 'w', false, 0, 0, 0, 0, 0, 1},
};

const DpuTraits *cm::dpuTraits(program::DpuOpcode opcode) {
  for (const DpuTraits &entry : traits)
    if (entry.opcode == opcode)
      return &entry;
  return nullptr;
}
