//===- Listing.h - a program as a person reads it ---------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Like an assembly listing: objects, then per core its crossbars and buffers,
// and per context its LCU loops, DPU code and routes. It cannot be read back;
// the textproto of ProgramFile.h can.
//
//===----------------------------------------------------------------------===//

#ifndef CM_PROGRAM_LISTING_H
#define CM_PROGRAM_LISTING_H

#include "cm/Machine/MachineModel.h"
#include "cm/Program/Program.pb.h"
#include "llvm/Support/raw_ostream.h"

namespace cm {

/// Prints a program that has passed validation.
void printListing(const program::Program &program, const MachineModel &machine,
                  llvm::raw_ostream &os);

/// "load", "requantize", ..: the opcode's name without its prefix, lower case.
std::string dpuMnemonic(program::DpuOpcode opcode);

} // namespace cm

#endif // CM_PROGRAM_LISTING_H
