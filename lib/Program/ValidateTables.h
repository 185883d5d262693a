//===- ValidateTables.h - tables of products on the DPU ---------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_PROGRAM_VALIDATETABLES_H
#define CM_LIB_PROGRAM_VALIDATETABLES_H

#include "Validator.h"

namespace cm {

/// Depthwise products, zero points of weights, products of two operands, and
/// constants of pixels: what tables and operands have to do with each other.
llvm::Error checkTabled(const program::Context &context,
                        const program::DpuInstr &instr,
                        const std::string &where);

llvm::Error checkLayerNorm(const program::DpuInstr &instr,
                           const std::string &where);

} // namespace cm

#endif // CM_LIB_PROGRAM_VALIDATETABLES_H
