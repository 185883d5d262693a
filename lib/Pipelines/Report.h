//===- Report.h - what the compiler predicts --------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_PIPELINES_REPORT_H
#define CM_LIB_PIPELINES_REPORT_H

#include "cm/Analysis/StageGraph.h"
#include "cm/Mapping/Schedule.h"
#include "cm/Pipelines/Compile.h"
#include <nlohmann/json.hpp>

namespace cm {

/// Fills in all but the phases from the module's scheduled graph.
llvm::Error fillReport(mlir::ModuleOp module, CompileReport &report);

/// Loads of links and the bound of routes; the IIs are there. LinkReport.cpp.
llvm::Error addLinks(const StageGraph &graph, const ScheduleProblem &schedule,
                     const MachineModel &machine, CompileReport &report);
std::string linksText(const LinksReport &report);
nlohmann::ordered_json linksJson(const LinksReport &report);
nlohmann::ordered_json routingJson(const LinksReport &report);

} // namespace cm

#endif // CM_LIB_PIPELINES_REPORT_H
