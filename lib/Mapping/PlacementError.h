//===- PlacementError.h - why a placement does not fit ----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a machine lacks for a network, and the least load that any placement
// has: figures that need no search.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MAPPING_PLACEMENTERROR_H
#define CM_LIB_MAPPING_PLACEMENTERROR_H

#include "PlacementState.h"

namespace cm {

/// Every item fits some core alone, and the machine's crossbars, contexts and
/// SRAM suffice for all of them together; else how many are short.
llvm::Error checkPlacementTotals(const PlacementProblem &problem);

/// The error for a search that ended in `state`: the first item without a core.
llvm::Error placementDoesNotFit(const PlacementState &state);

/// max(longest item, work of each unit over the number of units).
uint64_t placementLoadBound(const PlacementProblem &problem);

} // namespace cm

#endif // CM_LIB_MAPPING_PLACEMENTERROR_H
