//===- CMFlowToCMCore.cpp - control ---------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContextBuilder.h"
#include "cm/Conversion/Passes.h"
#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "cm/Poly/Context.h"

namespace cm {
#define GEN_PASS_DEF_CONVERTCMFLOWTOCMCORE
#include "cm/Conversion/Passes.h.inc"
} // namespace cm

using namespace cm;
using namespace cm::control;
using namespace mlir;

namespace {
/// Lowers one graph.
class Lowering {
public:
  Lowering(cmflow::GraphOp graph, const MachineModel &machine,
           cmhw::MachineAttr machineAttr)
      : graph(graph), machine(machine), machineAttr(machineAttr), view(graph),
        builder(graph) {}

  LogicalResult run();

  unsigned numContexts = 0, numRoutes = 0, numInstructions = 0, numRules = 0;

private:
  void createObjects();
  void createPorts();
  LogicalResult createNode(NodeId id, ContextBuilder &contexts);
  FlatSymbolRefAttr createUnit(cmcore::NodeOp node, const StageNode &stage,
                               uint64_t &nextCrossbar);
  void createRoutes();

  cmflow::GraphOp graph;
  const MachineModel &machine;
  cmhw::MachineAttr machineAttr;
  StageGraph view;
  OpBuilder builder;
  ProgramPlan plan;
  std::vector<uint32_t> freeCrossbars; // of each node: the first
};

struct ConvertCMFlowToCMCore
    : cm::impl::ConvertCMFlowToCMCoreBase<ConvertCMFlowToCMCore> {
  void runOnOperation() override {
    auto graphs = llvm::to_vector(getOperation().getOps<cmflow::GraphOp>());
    if (graphs.size() != 1) {
      getOperation().emitError("expected one cmflow.graph, found ")
          << graphs.size();
      return signalPassFailure();
    }
    FailureOr<MachineModel> machine = cmhw::getMachineModel(graphs[0]);
    if (failed(machine))
      return signalPassFailure();
    Lowering lowering(graphs[0], *machine, cmhw::findMachine(graphs[0]));
    if (failed(lowering.run()))
      return signalPassFailure();
    numContexts += lowering.numContexts;
    numRoutes += lowering.numRoutes;
    numInstructions += lowering.numInstructions;
    numRules += lowering.numRules;
  }
};
} // namespace

void Lowering::createObjects() {
  for (auto object : graph.getBody().getOps<cmflow::ObjectOp>())
    cmcore::ObjectOp::create(builder, object.getLoc(), object.getSymName(),
                             object.getHeight(), object.getWidth(),
                             object.getChannels(), object.getElementType());
}

void Lowering::createPorts() {
  for (auto input : graph.getBody().getOps<cmflow::InputOp>())
    cmcore::InputOp::create(builder, input.getLoc(), input.getObjectAttr(),
                            builder.getI64IntegerAttr(*input.getPlace()),
                            input.getBinding());
  for (auto output : graph.getBody().getOps<cmflow::OutputOp>())
    cmcore::OutputOp::create(builder, output.getLoc(), output.getObjectAttr(),
                             builder.getI64IntegerAttr(*output.getPlace()),
                             output.getBinding());
}

/// The crossbars of a stage's group, in the order of the stages of its core.
FlatSymbolRefAttr Lowering::createUnit(cmcore::NodeOp node,
                                       const StageNode &stage,
                                       uint64_t &nextCrossbar) {
  cmflow::MvmOp mvm = stage.stage().getMvm();
  if (!mvm)
    return {};
  std::optional<ArrayRef<int64_t>> cells = mvm.getCells();
  uint64_t count = groupOf(mvm, machine, node.getId()).crossbars();
  SmallVector<int64_t> crossbars;
  for (uint64_t i = 0; i < count; ++i)
    crossbars.push_back(cells ? (*cells)[0] + i : nextCrossbar++);
  DenseI64ArrayAttr at;
  if (cells && ((*cells)[1] || (*cells)[2]))
    at = builder.getDenseI64ArrayAttr(cells->drop_front());
  auto unit = cmcore::UnitOp::create(
      builder, mvm.getLoc(), builder.getStringAttr(stage.name() + ".unit"),
      builder.getDenseI64ArrayAttr(crossbars), mvm.getWeightAttr(),
      mvm.getGroupsAttr(), mvm.getChannelsAttr(), mvm.getElementsAttr(),
      mvm.getColumnsAttr(), mvm.getTapsAttr(), mvm.getSumsAttr(), at);
  return FlatSymbolRefAttr::get(unit.getSymNameAttr());
}

LogicalResult Lowering::createNode(NodeId id, ContextBuilder &contexts) {
  SmallVector<uint32_t> hosted;
  for (auto [index, node] : llvm::enumerate(view.nodes))
    if (node.role != StageNode::Output && node.place() == id)
      hosted.push_back(index);
  if (hosted.empty())
    return success();
  auto node = cmcore::NodeOp::create(builder, graph.getLoc(), id);
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&node.getBody());
  for (const PlannedBuffer &buffer : plan.buffers.lookup(id))
    cmcore::BufferOp::create(builder, node.getLoc(),
                             cmflow::ObjectOp(buffer.object).getSymName(),
                             buffer.address, buffer.capacity);
  uint64_t nextCrossbar = freeCrossbars[id];
  for (uint32_t index : hosted) {
    FlatSymbolRefAttr unit;
    if (view.nodes[index].role == StageNode::Compute)
      unit = createUnit(node, view.nodes[index], nextCrossbar);
    if (llvm::Error error = contexts.create(builder, index, unit))
      return view.nodes[index].op->emitOpError(
          llvm::toString(std::move(error)));
    ++numContexts;
  }
  return success();
}

void Lowering::createRoutes() {
  for (auto [id, route] : llvm::enumerate(plan.routes)) {
    const StageNode &writer = view.nodes[route.writer];
    auto object =
        FlatSymbolRefAttr::get(cmflow::ObjectOp(route.object).getSymNameAttr());
    SmallVector<Attribute> readers;
    for (uint32_t reader : route.readers)
      readers.push_back(FlatSymbolRefAttr::get(builder.getContext(),
                                               view.nodes[reader].name()));
    cmcore::RouteOp::create(
        builder, graph.getLoc(), builder.getI64IntegerAttr(id), object,
        builder.getI64IntegerAttr(writer.place()),
        FlatSymbolRefAttr::get(builder.getContext(), writer.name()),
        builder.getI64IntegerAttr(route.destination),
        route.hasBuffer ? object : FlatSymbolRefAttr(),
        builder.getDenseI64ArrayAttr(
            SmallVector<int64_t>(route.links.begin(), route.links.end())),
        builder.getArrayAttr(readers));
    ++numRoutes;
  }
}

LogicalResult Lowering::run() {
  if (failed(requirePlaced(view, machine)) ||
      failed(requireRouted(view, machine)) ||
      failed(requireScheduled(view, machine)))
    return failure();
  llvm::Expected<ProgramPlan> planned = planProgram(view, machine);
  if (!planned)
    return emitError(graph.getLoc()) << llvm::toString(planned.takeError());
  plan = std::move(*planned);
  PolyContext poly;

  auto program = cmcore::ProgramOp::create(
      builder, graph.getLoc(), graph.getSymName(), machineAttr, *graph.getIi());
  builder.createBlock(&program.getBody());
  createObjects();
  createPorts();
  ContextBuilder contexts(poly, view, plan, machine);
  freeCrossbars = firstFreeCrossbars(view, machine);
  for (NodeId id = 0; id < machine.numNodes(); ++id)
    if (failed(createNode(id, contexts)))
      return failure();
  createRoutes();
  numInstructions = contexts.numInstructions;
  numRules = contexts.numRules();
  graph.erase();
  return success();
}
