//===- LcuBoxes.h - loops over boxes ----------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where all pieces are boxes, the loops are bands of rows and in each segments
// of columns. They need no isl, which took most of the time of synthesis, and
// are fewer: a segment takes in its neighbour where the thresholds agree.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_ANALYSIS_LCUBOXES_H
#define CM_LIB_ANALYSIS_LCUBOXES_H

#include "cm/Analysis/Lcu.h"
#include "llvm/ADT/ArrayRef.h"
#include <optional>

namespace cm {

/// The program of `LcuSynthesiser::synthesise`, with indices of rules as
/// counters; nothing where a piece is not a union of boxes.
std::optional<LcuProgram> scanBoxes(const Domain &domain,
                                    llvm::ArrayRef<CounterRule> rules);

} // namespace cm

#endif // CM_LIB_ANALYSIS_LCUBOXES_H
