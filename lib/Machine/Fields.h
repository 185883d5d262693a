//===- Fields.h - ranges and defaults of numeric fields ------- -*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MACHINE_FIELDS_H
#define CM_LIB_MACHINE_FIELDS_H

#include "cm/Machine/Machine.pb.h"
#include "llvm/Support/Error.h"

namespace cm {

/// Checks every number of `machine` against its range and every enumeration
/// against its values, adds the messages that have only defaults, and fills in
/// the defaults. The error names the field's path.
llvm::Error completeFields(machine::Machine &machine);

/// Checks what more than one field decides: names, references, widths.
llvm::Error checkFields(const machine::Machine &machine);

} // namespace cm

#endif // CM_LIB_MACHINE_FIELDS_H
