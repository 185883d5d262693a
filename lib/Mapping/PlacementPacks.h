//===- PlacementPacks.h - items that share a crossbar -----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Packs for the placement algorithm, which knows items only.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MAPPING_PLACEMENTPACKS_H
#define CM_LIB_MAPPING_PLACEMENTPACKS_H

#include "cm/Mapping/Placement.h"

namespace cm {

/// Places each pack of the problem as one item.
llvm::Expected<PlacementSolution> placePacks(const PlacementProblem &problem,
                                             const PlacementOptions &options);

} // namespace cm

#endif // CM_LIB_MAPPING_PLACEMENTPACKS_H
