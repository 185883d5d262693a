//===- StageGraph.cpp - a cmflow graph as plain data ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Analysis/StageGraph.h"
#include "cm/Analysis/Cover.h"
#include "cm/Dialect/CMFlow/VectorWork.h"
#include "cm/Poly/CreditRules.h"
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
  int64_t pixels = op.getPixels().value_or(1);
  node.domain = {extent.h, extent.w / pixels};
  node.written = object;
  node.write = PixelWrite::whole(extent.c);
  node.write.pixels = node.write.strideX = pixels;
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

/// Objects of which some writer leaves pixels to others.
static llvm::DenseSet<Operation *>
objectsWithTurns(llvm::ArrayRef<StageNode> nodes) {
  llvm::DenseSet<Operation *> objects;
  for (const StageNode &node : nodes)
    if (cmflow::ObjectOp object = node.written)
      if (leavesPixels(node.domain, node.write, object.getExtent()))
        objects.insert(object);
  return objects;
}

void StageGraph::addMessageRows() {
  for (const StageNode &node : nodes)
    if (node.write.pixels * node.write.rows > 1) {
      int64_t &rows = messageRows[cmflow::ObjectOp(node.written)];
      rows = std::max(rows, node.write.rows);
    }
}

void StageGraph::addStreams(mlir::SymbolTable &symbols) {
  llvm::DenseMap<StringRef, uint32_t> indices;
  for (auto [index, node] : llvm::enumerate(nodes))
    indices[node.name()] = index;
  llvm::DenseSet<Operation *> turns = objectsWithTurns(nodes);
  for (auto op : graph.getBody().getOps<cmflow::StreamOp>()) {
    StageStream stream;
    stream.op = op;
    stream.writer = indices.lookup(op.getFrom());
    stream.reader = indices.lookup(op.getTo());
    stream.object = symbols.lookup<cmflow::ObjectOp>(op.getObject());
    for (const StageRead &read : nodes[stream.reader].reads)
      if (read.object == stream.object)
        stream.windows.push_back(read.window);
    if (turns.contains(stream.object))
      stream.windows = coverOf(nodes[stream.reader].domain, stream.windows,
                               stream.object.getExtent());
    streams.push_back(std::move(stream));
  }
  outgoing.resize(nodes.size());
  incoming.resize(nodes.size());
  for (uint32_t i = 0; i < streams.size(); ++i) {
    outgoing[streams[i].writer].push_back(i);
    incoming[streams[i].reader].push_back(i);
  }
}

StageGraph::StageGraph(cmflow::GraphOp graph) : graph(graph) {
  mlir::SymbolTable symbols(graph.getOperation());
  auto objectOf = [&](StringRef name) {
    return symbols.lookup<cmflow::ObjectOp>(name);
  };
  for (Operation &op : graph.getBody().front())
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
  addMessageRows();
  addStreams(symbols);
}

//===----------------------------------------------------------------------===//
// What earlier phases have set
//===----------------------------------------------------------------------===//

/// An error at a node or a stream that begins with its name.
static InFlightDiagnostic errorAt(const StageNode &node) {
  return node.op->emitOpError("@") << node.name() << ": ";
}

static InFlightDiagnostic errorAt(cmflow::StreamOp op) {
  return op.emitOpError("@") << op.getFrom() << " to @" << op.getTo()
                             << " over @" << op.getObject() << ": ";
}

static LogicalResult requirePlace(const StageNode &node,
                                  const MachineModel &machine) {
  auto place = node.op->getAttrOfType<IntegerAttr>("place");
  if (!place)
    return errorAt(node) << "expected `place`: run cm-place first";
  uint64_t id = place.getInt();
  if (id >= machine.numNodes())
    return errorAt(node) << "expected a place below the " << machine.numNodes()
                         << " nodes of machine '" << machine.name()
                         << "', found " << place.getInt();
  bool isStage = node.role == StageNode::Compute;
  if (!(isStage ? machine.isCore(id) : machine.isIo(id)))
    return errorAt(node) << "expected a place on "
                         << (isStage ? "a core" : "an I/O node") << ", found "
                         << machine.nodeName(id);
  if (isStage && node.stage().getMvm() && !machine.hasCrossbar(id))
    return errorAt(node) << "expected a core with a crossbar, found "
                         << machine.nodeName(id);
  return success();
}

LogicalResult cm::requirePlaced(const StageGraph &graph,
                                const MachineModel &machine) {
  for (const StageNode &node : graph.nodes)
    if (failed(requirePlace(node, machine)))
      return failure();
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
      return errorAt(op) << "expected `route`: run cm-route first";
    NodeId from = graph.nodes[stream.writer].place();
    NodeId to = graph.nodes[stream.reader].place();
    if (!isPath(machine, stream.route(), from, to))
      return errorAt(op) << "expected a route from " << machine.nodeName(from)
                         << " to " << machine.nodeName(to) << ", found links ["
                         << stream.route() << "]";
    auto [known, isNew] = paths.insert({{stream.writer, to}, stream.route()});
    if (!isNew && known->second != stream.route())
      return errorAt(op) << "expected the route [" << known->second
                         << "] that @" << op.getFrom() << " takes to "
                         << machine.nodeName(to) << " already, found ["
                         << stream.route() << "]";
  }
  return success();
}

LogicalResult cm::requireScheduled(const StageGraph &view,
                                   const MachineModel &machine) {
  cmflow::GraphOp graph = view.graph;
  if (!graph.getIi())
    return graph.emitOpError("@")
           << graph.getSymName() << ": expected `ii`: run cm-schedule first";
  for (const StageStream &stream : view.streams) {
    cmflow::StreamOp op = stream.op;
    NodeId place = view.nodes[stream.reader].place();
    if (machine.isCore(place) && !op.getCapacity())
      return errorAt(op) << "expected `capacity`: run cm-schedule first";
    if (!machine.isCore(place) && op.getCapacity())
      return errorAt(op) << "expected no `capacity`, since "
                         << machine.nodeName(place)
                         << " takes messages as they come, found "
                         << op.getCapacityAttr();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Cost
//===----------------------------------------------------------------------===//

std::vector<DpuWork> cm::dpuWorkOf(cmflow::StageOp stage) {
  std::vector<DpuWork> work;
  for (Operation &op : stage.getBody().front())
    for (auto [cls, elements] : cmflow::vectorWork(&op))
      work.push_back({cls, elements});
  return work;
}

static BufferLayout layoutOf(const StageRead &read) {
  BufferLayout layout;
  layout.elementBytes = cmflow::ObjectOp(read.object).getElementBytes();
  return layout;
}

GroupShape cm::groupOf(cmflow::MvmOp mvm, const MachineModel &machine,
                       NodeId core) {
  return machine.groupShape(core, mvm.getMatrixRows(), mvm.getMatrixCols(),
                            mvm.getCells() ? (*mvm.getCells())[2] : 0);
}

uint64_t cm::dpuCycles(const StageNode &node, const MachineModel &machine,
                       NodeId core) {
  uint64_t cycles = dpuWorkCycles(machine, core, dpuWorkOf(node.stage()));
  if (cmflow::MvmOp mvm = node.stage().getMvm())
    cycles += machine.mvmSumCycles(core, groupOf(mvm, machine, core),
                                   mvm.getMatrixCols());
  return cycles;
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
  if (machine.isCore(core))
    timing.ports = machine.core(core).sram().ports();
  for (const StageRead &read : node.reads) {
    cmflow::ObjectOp object = read.object;
    uint64_t cycles =
        longestGatherCycles(machine, core, node.domain, read.window,
                            object.getExtent(), layoutOf(read));
    (read.feedsCrossbar ? timing.gather : timing.dpuLoads) += cycles;
  }
  if (cmflow::MvmOp mvm = node.stage().getMvm()) {
    uint64_t columns = mvm.getMatrixCols();
    timing.mvm = machine.mvmCycles(core, groupOf(mvm, machine, core));
    timing.dpuLoads += mvmResultSramCycles(machine, core, columns);
  }
  timing.dpu = dpuCycles(node, machine, core);
  return timing;
}

std::vector<uint32_t> cm::firstFreeCrossbars(const StageGraph &graph,
                                             const MachineModel &machine) {
  std::vector<uint32_t> free(machine.numNodes(), 0);
  for (const StageNode &node : graph.nodes) {
    cmflow::MvmOp mvm = node.mvm();
    if (!mvm || !mvm.getCells())
      continue;
    NodeId core = node.place();
    uint64_t count = groupOf(mvm, machine, core).crossbars();
    free[core] = std::max<uint32_t>(free[core], (*mvm.getCells())[0] + count);
  }
  return free;
}

uint64_t cm::controlCycles(const StageGraph &graph, uint32_t index,
                           const MachineModel &machine, NodeId core) {
  if (!machine.isCore(core))
    return 0;
  const StageNode &node = graph.nodes[index];
  uint64_t waits = graph.streamsInto(index).size();
  for (uint32_t out : graph.streamsFrom(index)) {
    const StageStream &stream = graph.streams[out];
    if (graph.nodes[stream.reader].role == StageNode::Compute)
      waits += leastCreditRules(node.write,
                                cmflow::ObjectOp(stream.object).getExtent());
  }
  // Of a row: its own loop ends, and up to three loops over parts of it begin.
  uint64_t rowShare = llvm::divideCeil(4, node.domain.w);
  return (waits + 2 + rowShare) * machine.core(core).lcu().instruction_cycles();
}

ImageTiming cm::leastImageTiming(const StageNode &node,
                                 const MachineModel &machine, NodeId core) {
  ImageTiming timing;
  uint64_t iterations = node.domain.size();
  for (const StageRead &read : node.reads) {
    cmflow::ObjectOp object = read.object;
    (read.feedsCrossbar ? timing.gather : timing.dpuLoads) +=
        leastGatherCycles(machine, core, node.domain, read.window,
                          object.getExtent(), object.getElementBytes());
  }
  if (cmflow::MvmOp mvm = node.stage().getMvm())
    timing.mvm =
        iterations * machine.mvmCycles(core, groupOf(mvm, machine, core));
  timing.dpu = iterations * dpuCycles(node, machine, core);
  timing.control = iterations * machine.core(core).lcu().instruction_cycles();
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
