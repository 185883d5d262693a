//===- Passes.h - place, route, schedule ------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_TRANSFORMS_PASSES_H
#define CM_TRANSFORMS_PASSES_H

#include "cm/Dialect/CMFlow/CMFlowOps.h"
#include "cm/Mapping/Capacities.h"
#include "cm/Mapping/Packing.h"
#include "cm/Mapping/Replication.h"
#include "cm/Mapping/Routing.h"
#include "mlir/Pass/Pass.h"

namespace cm {
/// Along which axes of the result copies of a kernel are shifted; auto: as many
/// pixels of each as take the fewest cycles per pixel.
enum class ShiftAxes { X, Y, Auto };

#define GEN_PASS_DECL
#include "cm/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "cm/Transforms/Passes.h.inc"
} // namespace cm

#endif // CM_TRANSFORMS_PASSES_H
