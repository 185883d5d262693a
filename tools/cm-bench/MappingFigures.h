//===- MappingFigures.h - what a row of mappings says -*- C++ -*-------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_TOOLS_CM_BENCH_MAPPINGFIGURES_H
#define CM_TOOLS_CM_BENCH_MAPPINGFIGURES_H

#include "Mapping.h"
#include "cm/Transforms/Replication.h"

namespace cm {

/// No placement of the stages of a partitioned module has a smaller II.
llvm::Expected<ReplicationSolution> intervalBound(mlir::ModuleOp module);

/// Tiles, cells and cycles of a scheduled module.
nlohmann::ordered_json mappingFigures(const MappingCase &bench,
                                      const CompileReport &report,
                                      mlir::ModuleOp module, uint64_t bound,
                                      const std::string &boundBy);

} // namespace cm

#endif // CM_TOOLS_CM_BENCH_MAPPINGFIGURES_H
