//===- MappingFigures.cpp - what a row of mappings says ---------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MappingFigures.h"
#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "mlir/IR/SymbolTable.h"

using namespace cm;
using Json = nlohmann::ordered_json;

/// Cells of a matrix that hold a weight: within a group, each row meets each
/// column.
static uint64_t weightCells(cmflow::MvmOp mvm, int64_t groupChannels,
                            int64_t groupColumns) {
  uint64_t rows = mvm.getElements()[1] - mvm.getElements()[0];
  uint64_t cols = mvm.getColumns()[1] - mvm.getColumns()[0];
  if (mvm.getGroups() == 1)
    return rows * cols;
  int64_t begin = mvm.getChannels()[0], end = mvm.getChannels()[1];
  std::vector<uint64_t> inGroup(mvm.getGroups(), 0);
  for (int64_t e = mvm.getElements()[0]; e < mvm.getElements()[1]; ++e)
    ++inGroup[(begin + e % (end - begin)) / groupChannels];
  uint64_t cells = 0;
  for (int64_t o = mvm.getColumns()[0]; o < mvm.getColumns()[1]; ++o)
    cells += inGroup[o / groupColumns];
  return cells;
}

static uint64_t weightCells(mlir::ModuleOp module) {
  mlir::SymbolTable symbols(module);
  uint64_t cells = 0;
  module.walk([&](cmflow::MvmOp mvm) {
    auto weight = symbols.lookup<cmnn::WeightOp>(mvm.getWeight());
    llvm::ArrayRef<int64_t> shape = weight.getType().getShape();
    cells += weightCells(mvm, shape[shape.size() - 2],
                         shape.back() / int64_t(mvm.getGroups()));
  });
  return cells;
}

llvm::Expected<ReplicationSolution> cm::intervalBound(mlir::ModuleOp module) {
  cmflow::GraphOp graph = *module.getOps<cmflow::GraphOp>().begin();
  MachineModel machine = *cmhw::getMachineModel(graph);
  GraphReplication stages(StageGraph(graph), machine, SplitAxis::Rows,
                          /*cores=*/0);
  for (ReplicationLayer &layer : stages.least.layers)
    layer.maxCopies = 1;
  return solveReplication(stages.least);
}

/// What keeps the II above its bound, or sets both.
static std::string limitOf(const CompileReport &report, uint64_t bound,
                           const std::string &boundBy) {
  if (report.iiCycles > std::max(report.paceBound, bound))
    return "SRAM";
  if (report.iiCycles <= bound + bound / 200)
    return boundBy;
  return report.paceBoundBy;
}

Json cm::mappingFigures(const MappingCase &bench, const CompileReport &report,
                        mlir::ModuleOp module, uint64_t bound,
                        const std::string &boundBy) {
  uint64_t cells = weightCells(module);
  Json row;
  row["tiles"] = report.tiles;
  row["stages"] = report.stages.size();
  row["crossbars"] = report.crossbars;
  row["cores"] = report.cores;
  row["weight_cells"] = cells;
  row["cell_utilisation"] =
      double(cells) / (double(std::max<uint64_t>(1, report.crossbars)) *
                       bench.crossbar * bench.crossbar);
  row["ii_bound"] = bound;
  row["bound_by"] = boundBy;
  row["ii_cycles"] = report.iiCycles;
  row["gap"] = double(report.iiCycles) / double(bound) - 1;
  row["limit"] = limitOf(report, bound, boundBy);
  row["latency_cycles"] = report.latencyCycles;
  for (const PhaseTime &phase : report.phases)
    row["phases"][phase.phase] = phase.seconds;
  return row;
}
