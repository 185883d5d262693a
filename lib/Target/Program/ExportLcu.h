//===- ExportLcu.h - LCU programs of the program file -----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_TARGET_PROGRAM_EXPORTLCU_H
#define CM_LIB_TARGET_PROGRAM_EXPORTLCU_H

#include "cm/Dialect/CMCore/CMCoreOps.h"
#include "cm/Program/Program.pb.h"

namespace cm {

/// Writes the instructions of a block, nested ones included. Emits an error
/// where a number does not fit its field.
mlir::LogicalResult
exportLcu(mlir::Block &block,
          google::protobuf::RepeatedPtrField<program::LcuInstr> &out);

} // namespace cm

#endif // CM_LIB_TARGET_PROGRAM_EXPORTLCU_H
