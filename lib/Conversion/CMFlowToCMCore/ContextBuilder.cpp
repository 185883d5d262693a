//===- ContextBuilder.cpp - control of one stage --------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContextBuilder.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/DenseSet.h"

using namespace cm;
using namespace cm::control;
using namespace mlir;

//===----------------------------------------------------------------------===//
// Rules
//===----------------------------------------------------------------------===//

llvm::Expected<unsigned> ContextBuilder::addRules(uint32_t node) {
  counters.clear();
  thresholds.clear();
  llvm::SmallDenseSet<uint32_t> streams;
  auto found = stageRules(graph, node, rules);
  if (!found)
    return found.takeError();
  for (StreamRule &rule : *found) {
    if (rule.threshold.pieces.empty())
      continue;
    streams.insert(rule.stream);
    const StageStream &stream = graph.streams[rule.stream];
    Counter counter;
    counter.route = plan.routeTo(stream.writer, stream.object,
                                 graph.nodes[stream.reader].place());
    if (rule.kind == StreamRule::Credit) {
      const std::vector<uint32_t> &readers = plan.routes[counter.route].readers;
      counter.reader = llvm::find(readers, stream.reader) - readers.begin();
    }
    thresholds.push_back(
        {unsigned(counters.size()), std::move(rule.threshold)});
    counters.push_back(counter);
  }
  return streams.size();
}

//===----------------------------------------------------------------------===//
// LCU program
//===----------------------------------------------------------------------===//

/// No program is longer than all LCUs have room for, where that can be had.
static unsigned maxNodes(const MachineModel &machine) {
  unsigned nodes = LcuSynthesiser::kMaxNodes;
  for (NodeId core = 0; core < machine.numCores(); ++core)
    nodes = std::min(nodes, machine.core(core).lcu().max_instructions());
  return nodes;
}

ContextBuilder::ContextBuilder(PolyContext &poly, const StageGraph &graph,
                               const ProgramPlan &plan,
                               const MachineModel &machine)
    : graph(graph), plan(plan), machine(machine), rules(poly),
      synthesiser(poly, maxNodes(machine)) {}

llvm::Error ContextBuilder::checkSize(uint32_t node, unsigned instructions,
                                      unsigned streams) {
  NodeId place = graph.nodes[node].place();
  if (!machine.isCore(place))
    return llvm::Error::success();
  unsigned room = machine.core(place).lcu().max_instructions();
  if (instructions <= room)
    return llvm::Error::success();
  return makeError(
      "needs {0} LCU instructions to wait for its {1} streams, {2} "
      "has room for {3}",
      instructions, streams, machine.nodeName(place), room);
}

AffineExpr control::toAffineExpr(const QuasiAffine &value,
                                 MLIRContext *context) {
  AffineExpr expr = getAffineConstantExpr(value.constant, context) +
                    getAffineDimExpr(0, context) * value.image;
  for (auto [index, factor] : llvm::enumerate(value.dims))
    expr = expr + getAffineDimExpr(index + 1, context) * factor;
  for (const FloorDiv &div : value.divs)
    expr = expr + toAffineExpr(div.numerator, context).floorDiv(div.divisor) *
                      div.coefficient;
  return expr;
}

/// (n, d0, d1) -> values.
static AffineMap toMap(ArrayRef<QuasiAffine> values, MLIRContext *context) {
  SmallVector<AffineExpr> exprs;
  for (const QuasiAffine &value : values)
    exprs.push_back(toAffineExpr(value, context));
  return AffineMap::get(3, 0, exprs, context);
}

/// Emits nodes in order; `emitWait` knows the counters.
static void
emitProgram(OpBuilder &builder, Location loc, const LcuProgram &program,
            function_ref<void(OpBuilder &, const LcuNode &)> emitWait) {
  MLIRContext *context = builder.getContext();
  for (const LcuNode &node : program) {
    OpBuilder::InsertionGuard guard(builder);
    switch (node.kind) {
    case LcuNode::Kind::Wait:
      emitWait(builder, node);
      break;
    case LcuNode::Kind::Fire:
      cmcore::FireOp::create(builder, loc);
      break;
    case LcuNode::Kind::Guard: {
      auto op = cmcore::GuardOp::create(builder, loc,
                                        toMap(node.conditions, context));
      builder.createBlock(&op.getBody());
      emitProgram(builder, loc, node.body, emitWait);
      break;
    }
    case LcuNode::Kind::Loop: {
      auto op = cmcore::ForOp::create(builder, loc, node.dim,
                                      toMap(node.lower, context),
                                      toMap(node.upper, context), node.step);
      builder.createBlock(&op.getBody());
      emitProgram(builder, loc, node.body, emitWait);
      break;
    }
    }
  }
}

void ContextBuilder::emitLcu(OpBuilder &builder, Location loc,
                             const LcuProgram &program) {
  emitProgram(builder, loc, program, [&](OpBuilder &b, const LcuNode &wait) {
    const Counter &counter = counters[wait.counter];
    IntegerAttr reader;
    if (counter.reader)
      reader = b.getI64IntegerAttr(*counter.reader);
    cmcore::WaitOp::create(b, loc, counter.route, reader,
                           toMap(wait.threshold, b.getContext()));
  });
}

llvm::Error ContextBuilder::create(OpBuilder &builder, uint32_t index,
                                   FlatSymbolRefAttr unit) {
  llvm::Expected<unsigned> streams = addRules(index);
  if (!streams)
    return streams.takeError();
  const StageNode &node = graph.nodes[index];
  llvm::Expected<LcuProgram> program =
      synthesiser.synthesise(node.domain, thresholds);
  if (!program)
    return program.takeError();
  if (llvm::Error error = checkSize(index, countNodes(*program), *streams))
    return error;
  numInstructions += countNodes(*program);

  Location loc = node.op->getLoc();
  std::vector<uint32_t> routes = plan.routesFrom(index);
  SmallVector<int64_t> sends(routes.begin(), routes.end());
  FlatSymbolRefAttr input;
  if (node.role == StageNode::Input)
    input =
        FlatSymbolRefAttr::get(cmflow::ObjectOp(node.written).getSymNameAttr());
  auto context = cmcore::ContextOp::create(
      builder, loc, node.name(),
      builder.getDenseI64ArrayAttr({node.domain.h, node.domain.w}),
      builder.getDenseI64ArrayAttr(sends), input);
  keepAccesses(context, node);
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&context.getLcu());
  emitLcu(builder, loc, *program);
  builder.createBlock(&context.getData());
  if (node.role == StageNode::Compute)
    createDataPath(builder, node.stage(), unit);
  return llvm::Error::success();
}
