//===- FieldRules.h - what numbers a machine may have --------- -*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// The ranges and defaults of the schema's numeric fields as data, for the
// check, for documentation and for tests.
//
//===----------------------------------------------------------------------===//

#ifndef CM_MACHINE_FIELDRULES_H
#define CM_MACHINE_FIELDRULES_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>

namespace cm {

struct FieldRule {
  const char *message; // of the package cm.machine
  const char *field;
  uint32_t min;
  uint32_t max;
  uint32_t defaultValue;   // 0: none, an optional field must be said
  const char *defaultFrom; // the field beside it whose value is the default
};

llvm::ArrayRef<FieldRule> fieldRules();

} // namespace cm

#endif // CM_MACHINE_FIELDRULES_H
