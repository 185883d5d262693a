//===- Settings.h - a machine changed on the command line -------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MACHINE_SETTINGS_H
#define CM_LIB_MACHINE_SETTINGS_H

#include "cm/Machine/Machine.pb.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace cm {

/// Applies one "path.to.field=value"; see `loadMachine`. Ranges are checked
/// later, with those of all other fields.
llvm::Error applySetting(machine::Machine &machine, llvm::StringRef setting);

} // namespace cm

#endif // CM_LIB_MACHINE_SETTINGS_H
