//===- ContextBuilder.h - control and data path of one stage ----*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_CONVERSION_CMFLOWTOCMCORE_CONTEXTBUILDER_H
#define CM_LIB_CONVERSION_CMFLOWTOCMCORE_CONTEXTBUILDER_H

#include "ProgramPlan.h"
#include "cm/Analysis/Lcu.h"
#include "cm/Analysis/StageControl.h"
#include "cm/Dialect/CMCore/CMCoreOps.h"

namespace cm::control {

/// Makes contexts; rules and LCU programs that repeat are computed once.
class ContextBuilder {
public:
  ContextBuilder(PolyContext &poly, const StageGraph &graph,
                 const ProgramPlan &plan, const MachineModel &machine);

  /// Creates the context of a node of the graph at the builder's place. `unit`
  /// holds its weights, where it has any. Fails where the LCU has no room for
  /// its instructions.
  llvm::Error create(mlir::OpBuilder &builder, uint32_t node,
                     mlir::FlatSymbolRefAttr unit);

  unsigned numInstructions = 0;
  unsigned numRules() const { return rules.computed(); }

private:
  /// A counter of a context: messages of a route, or what one of its readers
  /// has retired.
  struct Counter {
    uint32_t route = 0;
    std::optional<uint32_t> reader;
  };

  /// The rules of the streams that end here, and of those that begin here and
  /// need credits. Returns how many streams have one.
  llvm::Expected<unsigned> addRules(uint32_t node);
  llvm::Error checkSize(uint32_t node, unsigned instructions, unsigned streams);
  void emitLcu(mlir::OpBuilder &builder, mlir::Location loc,
               const LcuProgram &program);

  const StageGraph &graph;
  const ProgramPlan &plan;
  const MachineModel &machine;
  ControlRules rules;
  LcuSynthesiser synthesiser;
  // Of the context that is being made.
  std::vector<Counter> counters;
  std::vector<CounterRule> thresholds;
};

/// Creates the data path of a stage: its region with objects as buffers.
void createDataPath(mlir::OpBuilder &builder, cmflow::StageOp stage,
                    mlir::FlatSymbolRefAttr unit);

/// Keeps the access relations of a stage and its place in the schedule beside
/// its context, as `cm.access`: what cmcore-verify-control holds the context
/// against.
void keepAccesses(cmcore::ContextOp context, const StageNode &stage);

/// A quasi-affine expression over (n, d0, d1).
mlir::AffineExpr toAffineExpr(const QuasiAffine &value,
                              mlir::MLIRContext *context);

} // namespace cm::control

#endif // CM_LIB_CONVERSION_CMFLOWTOCMCORE_CONTEXTBUILDER_H
