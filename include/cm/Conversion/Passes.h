//===- Passes.h - conversions between the levels ----------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_CONVERSION_PASSES_H
#define CM_CONVERSION_PASSES_H

#include "cm/Mapping/Reduction.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include <memory>

namespace cm {
/// Where depthwise convolutions run: on the unit that is done first, or always
/// on the same.
enum class DepthwiseUnit { Auto, Crossbar, Dpu };

/// Whether a tile may take several rows of crossbars, whose sums the DPU adds.
/// Where they take turns, that makes fewer messages and longer iterations.
enum class StackTiles { Auto, None, Full };

#define GEN_PASS_DECL
#include "cm/Conversion/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "cm/Conversion/Passes.h.inc"
} // namespace cm

#endif // CM_CONVERSION_PASSES_H
