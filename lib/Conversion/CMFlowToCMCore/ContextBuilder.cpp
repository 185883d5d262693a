//===- ContextBuilder.cpp - control of one stage --------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContextBuilder.h"

using namespace cm;
using namespace cm::control;
using namespace mlir;

//===----------------------------------------------------------------------===//
// Rules
//===----------------------------------------------------------------------===//

void ContextBuilder::addRule(Counter counter, Piecewise threshold) {
  if (threshold.pieces.empty())
    return;
  thresholds.push_back({unsigned(counters.size()), std::move(threshold)});
  counters.push_back(counter);
}

static StreamAccess accessOf(const StageGraph &graph,
                             const StageStream &stream) {
  StreamAccess access;
  access.writer = graph.nodes[stream.writer].domain;
  access.write = graph.nodes[stream.writer].write;
  access.object = cmflow::ObjectOp(stream.object).getExtent();
  access.reader = graph.nodes[stream.reader].domain;
  access.reads = stream.windows;
  return access;
}

/// Data: one rule for each stream that ends here.
llvm::Error ContextBuilder::addFireRules(uint32_t node) {
  for (const StageStream &stream : graph.streams) {
    if (stream.reader != node)
      continue;
    llvm::Expected<Piecewise> rule = rules.fire(accessOf(graph, stream));
    if (!rule)
      return rule.takeError();
    uint32_t route =
        plan.routeTo(stream.writer, stream.object, graph.nodes[node].place());
    addRule({route, std::nullopt}, std::move(*rule));
  }
  return llvm::Error::success();
}

/// Slots: one rule for each stream that begins here and needs credits.
llvm::Error ContextBuilder::addCreditRules(uint32_t node) {
  for (const StageStream &stream : graph.streams) {
    cmflow::StreamOp op = stream.op;
    if (stream.writer != node || !op.getCapacityAttr())
      continue;
    llvm::Expected<Piecewise> rule =
        rules.credit(accessOf(graph, stream), op.getCapacityAttr().toFold(),
                     op.getCapacityAttr().getSlots());
    if (!rule)
      return rule.takeError();
    uint32_t route =
        plan.routeTo(node, stream.object, graph.nodes[stream.reader].place());
    const std::vector<uint32_t> &readers = plan.routes[route].readers;
    uint32_t reader = llvm::find(readers, stream.reader) - readers.begin();
    addRule({route, reader}, std::move(*rule));
  }
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// LCU program
//===----------------------------------------------------------------------===//

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
  counters.clear();
  thresholds.clear();
  if (llvm::Error error = addFireRules(index))
    return error;
  if (llvm::Error error = addCreditRules(index))
    return error;
  const StageNode &node = graph.nodes[index];
  llvm::Expected<LcuProgram> program =
      synthesiser.synthesise(node.domain, thresholds);
  if (!program)
    return program.takeError();
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
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&context.getLcu());
  emitLcu(builder, loc, *program);
  builder.createBlock(&context.getData());
  if (node.role == StageNode::Compute)
    createDataPath(builder, node.stage(), unit);
  return llvm::Error::success();
}
