//===- Passes.h - place, route, schedule ------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_MAPPING_PASSES_H
#define CM_MAPPING_PASSES_H

#include "cm/Dialect/CMFlow/CMFlowOps.h"
#include "mlir/Pass/Pass.h"

namespace cm {
#define GEN_PASS_DECL
#include "cm/Mapping/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "cm/Mapping/Passes.h.inc"
} // namespace cm

#endif // CM_MAPPING_PASSES_H
