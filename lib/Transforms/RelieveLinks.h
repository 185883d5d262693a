//===- RelieveLinks.h - other cores for busy links --------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where links keep the II from being less, cores change names.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_TRANSFORMS_RELIEVELINKS_H
#define CM_LIB_TRANSFORMS_RELIEVELINKS_H

#include "cm/Mapping/Congestion.h"
#include "cm/Transforms/Problems.h"

namespace cm {

/// If the busiest link of the placed graph is busier than its busiest core, and
/// than `ii`, gives the contents of cores to others of their type so that it is
/// less busy (`CongestionProblem`), in `solution` and in the graph.
llvm::Error relieveLinks(StageGraph &graph, const MachineModel &machine,
                         const PlacementProblem &problem, uint64_t ii,
                         const CongestionOptions &options,
                         PlacementSolution &solution);

} // namespace cm

#endif // CM_LIB_TRANSFORMS_RELIEVELINKS_H
