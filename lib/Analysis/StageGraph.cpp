//===- StageGraph.cpp - a cmflow graph as plain data ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Analysis/StageGraph.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace cm;
using namespace mlir;

StringRef StageNode::name() const {
  return mlir::SymbolTable::getSymbolName(op).getValue();
}

NodeId StageNode::place() const {
  return op->getAttrOfType<IntegerAttr>("place").getInt();
}

ArrayRef<int64_t> StageStream::route() const {
  std::optional<ArrayRef<int64_t>> route =
      const_cast<StageStream *>(this)->op.getRoute();
  return route ? *route : ArrayRef<int64_t>();
}

std::vector<LinkId> StageStream::links() const {
  return std::vector<LinkId>(route().begin(), route().end());
}

//===----------------------------------------------------------------------===//
// Collection
//===----------------------------------------------------------------------===//

static StageNode makeInput(cmflow::InputOp op, cmflow::ObjectOp object) {
  StageNode node;
  node.op = op, node.role = StageNode::Input;
  Extent extent = object.getExtent();
  node.domain = {extent.h, extent.w};
  node.written = object;
  node.write = PixelWrite::whole(extent.c);
  return node;
}

static StageNode makeOutput(cmflow::OutputOp op, cmflow::ObjectOp object) {
  StageNode node;
  node.op = op, node.role = StageNode::Output;
  Extent extent = object.getExtent();
  node.domain = {extent.h, extent.w};
  node.reads.push_back({object, Window::whole(1, 1, extent.c), false});
  return node;
}

static StageNode makeStage(cmflow::StageOp op, mlir::SymbolTable &symbols) {
  StageNode node;
  node.op = op;
  node.domain = op.getDomainBox();
  for (auto access : op.getBody().getOps<cmflow::AccessOpInterface>())
    node.reads.push_back({symbols.lookup<cmflow::ObjectOp>(
                              access.getAccessedObject().getValue()),
                          access.getReadRelation().toWindow(),
                          access.feedsCrossbar()});
  node.written = symbols.lookup<cmflow::ObjectOp>(op.getWrite().getObject());
  node.write = op.getWrite().getPixels().toPixelWrite();
  return node;
}

StageGraph::StageGraph(cmflow::GraphOp graph) {
  mlir::SymbolTable symbols(graph.getOperation());
  auto objectOf = [&](StringRef name) {
    return symbols.lookup<cmflow::ObjectOp>(name);
  };
  llvm::DenseMap<StringRef, uint32_t> indices;
  for (Operation &op : graph.getBody().front()) {
    if (!isa<cmflow::InputOp, cmflow::OutputOp, cmflow::StageOp>(op))
      continue;
    llvm::TypeSwitch<Operation *>(&op)
        .Case([&](cmflow::InputOp input) {
          nodes.push_back(makeInput(input, objectOf(input.getObject())));
        })
        .Case([&](cmflow::OutputOp output) {
          nodes.push_back(makeOutput(output, objectOf(output.getObject())));
        })
        .Case([&](cmflow::StageOp stage) {
          nodes.push_back(makeStage(stage, symbols));
        });
    indices[nodes.back().name()] = nodes.size() - 1;
  }
  for (auto op : graph.getBody().getOps<cmflow::StreamOp>()) {
    StageStream stream;
    stream.op = op;
    stream.writer = indices.lookup(op.getFrom());
    stream.reader = indices.lookup(op.getTo());
    stream.object = objectOf(op.getObject());
    for (const StageRead &read : nodes[stream.reader].reads)
      if (read.object == stream.object)
        stream.windows.push_back(read.window);
    streams.push_back(std::move(stream));
  }
}

std::vector<uint32_t> StageGraph::streamsFrom(uint32_t node) const {
  std::vector<uint32_t> result;
  for (uint32_t i = 0; i < streams.size(); ++i)
    if (streams[i].writer == node)
      result.push_back(i);
  return result;
}

//===----------------------------------------------------------------------===//
// What earlier phases have set
//===----------------------------------------------------------------------===//

LogicalResult cm::requirePlaced(const StageGraph &graph,
                                const MachineModel &machine) {
  for (const StageNode &node : graph.nodes) {
    auto place = node.op->getAttrOfType<IntegerAttr>("place");
    if (!place)
      return node.op->emitOpError("expected `place`: run cm-place first");
    uint64_t id = place.getInt();
    if (id >= machine.numNodes())
      return node.op->emitOpError("expected a place below the ")
             << machine.numNodes() << " nodes of machine '" << machine.name()
             << "', found " << place.getInt();
    bool fits = machine.isCore(id) == (node.role == StageNode::Compute);
    if (!fits || (node.role == StageNode::Compute && node.stage().getMvm() &&
                  !machine.hasCrossbar(id)))
      return node.op->emitOpError("cannot be placed on ")
             << machine.nodeName(id);
  }
  return success();
}

/// Whether links lead from one node to another.
static bool isPath(const MachineModel &machine, ArrayRef<int64_t> links,
                   NodeId from, NodeId to) {
  for (int64_t link : links) {
    if (link < 0 || link >= int64_t(machine.links().size()) ||
        machine.link(link).from != from)
      return false;
    from = machine.link(link).to;
  }
  return from == to;
}

LogicalResult cm::requireRouted(const StageGraph &graph,
                                const MachineModel &machine) {
  llvm::DenseMap<std::pair<uint32_t, NodeId>, ArrayRef<int64_t>> paths;
  for (const StageStream &stream : graph.streams) {
    cmflow::StreamOp op = stream.op;
    if (!op.getRoute())
      return op.emitOpError("expected `route`: run cm-route first");
    NodeId from = graph.nodes[stream.writer].place();
    NodeId to = graph.nodes[stream.reader].place();
    if (!isPath(machine, stream.route(), from, to))
      return op.emitOpError("expected a route from ")
             << machine.nodeName(from) << " to " << machine.nodeName(to)
             << ", found links [" << stream.route() << "]";
    auto [known, isNew] = paths.insert({{stream.writer, to}, stream.route()});
    if (!isNew && known->second != stream.route())
      return op.emitOpError("expected the route [")
             << known->second << "] that @" << op.getFrom() << " takes to "
             << machine.nodeName(to) << " already, found [" << stream.route()
             << "]";
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Cost
//===----------------------------------------------------------------------===//

static uint64_t resultLength(Operation &op) {
  return cast<VectorType>(op.getResult(0).getType()).getNumElements();
}

std::vector<DpuWork> cm::dpuWorkOf(cmflow::StageOp stage) {
  std::vector<DpuWork> work;
  for (Operation &op : stage.getBody().front()) {
    llvm::TypeSwitch<Operation *>(&op)
        .Case<arith::AddIOp, cmflow::RequantizeOp, cmflow::AddQuantizedOp>(
            [&](auto) {
              work.push_back({DpuClass::Alu, resultLength(op)});
            })
        .Case([&](cmflow::LookupOp) {
          work.push_back({DpuClass::Lookup, resultLength(op)});
        })
        .Case([&](cmflow::MaxPoolOp pool) {
          work.push_back(
              {DpuClass::Alu, uint64_t(pool.getWindow().getNumElements())});
        })
        .Case<cmflow::AveragePoolOp, cmflow::GlobalAveragePoolOp>(
            [&](auto pool) {
              work.push_back(
                  {DpuClass::Alu, uint64_t(pool.getWindow().getNumElements())});
              work.push_back({DpuClass::Alu, resultLength(op)});
            })
        .Case([&](cmflow::SoftmaxOp) {
          work.push_back({DpuClass::Alu, 2 * resultLength(op)});
          work.push_back({DpuClass::Exp, resultLength(op)});
        });
  }
  return work;
}

static BufferLayout layoutOf(const StageRead &read) {
  BufferLayout layout;
  layout.elementBytes = cmflow::ObjectOp(read.object).getElementBytes();
  return layout;
}

IterationTiming cm::iterationTiming(const StageNode &node,
                                    const MachineModel &machine, NodeId core) {
  IterationTiming timing;
  if (node.role == StageNode::Output)
    return timing;
  if (node.role == StageNode::Input) {
    timing.dpuLoads = llvm::divideCeil(node.payload(),
                                       machine.ioNode(core).bytes_per_cycle());
    return timing;
  }
  for (const StageRead &read : node.reads) {
    cmflow::ObjectOp object = read.object;
    uint64_t cycles =
        longestGatherCycles(machine, core, node.domain, read.window,
                            object.getExtent(), layoutOf(read));
    (read.feedsCrossbar ? timing.gather : timing.dpuLoads) += cycles;
  }
  if (cmflow::MvmOp mvm = node.stage().getMvm()) {
    uint64_t columns = mvm.getColumns()[1] - mvm.getColumns()[0];
    uint32_t crossbars =
        llvm::divideCeil(columns, machine.core(core).crossbar().cols());
    timing.mvm = mvmCycles(machine, core, crossbars);
    timing.dpuLoads += mvmResultSramCycles(machine, core, columns);
  }
  timing.dpu = dpuWorkCycles(machine, core, dpuWorkOf(node.stage()));
  return timing;
}

uint64_t cm::imageReadCycles(const StageNode &node, const MachineModel &machine,
                             NodeId core) {
  uint64_t cycles = 0;
  for (const StageRead &read : node.reads)
    cycles += imageGatherCycles(machine, core, node.domain, read.window,
                                cmflow::ObjectOp(read.object).getExtent(),
                                layoutOf(read));
  return cycles;
}
