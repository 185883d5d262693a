//===- PlacementParts.h - on machines that fall apart -----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Cores of different parts have no path to each other: a network is on one.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MAPPING_PLACEMENTPARTS_H
#define CM_LIB_MAPPING_PLACEMENTPARTS_H

#include "cm/Mapping/Placement.h"

namespace cm {

/// Cores with paths to each other, and the I/O nodes that are joined to them.
struct MachinePart {
  std::vector<NodeId> cores, ioNodes; // rising
};

/// In order of falling numbers of cores, then of the first.
std::vector<MachinePart> partsOf(const MachineModel &machine);

/// Solves the problem on the first part that can host it; the error of the
/// first, and how large the parts are, where none can.
llvm::Expected<PlacementSolution>
placeInOnePart(const PlacementProblem &problem,
               llvm::ArrayRef<MachinePart> parts,
               const PlacementOptions &options);

} // namespace cm

#endif // CM_LIB_MAPPING_PLACEMENTPARTS_H
