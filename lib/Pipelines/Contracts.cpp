//===- Contracts.cpp - contracts of modules ------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Pipelines/Contracts.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace cm;
using namespace mlir;
using proof::Contract;
using proof::Stage;

using ObjectIndices = llvm::StringMap<uint32_t>;

template <typename ObjectOp>
static void addObject(ObjectOp op, Contract &contract, ObjectIndices &indices) {
  indices[op.getSymName()] = contract.objects.size();
  contract.objects.push_back({op.getSymName().str(),
                              {int64_t(op.getHeight()), int64_t(op.getWidth()),
                               int64_t(op.getChannels())}});
}

//===----------------------------------------------------------------------===//
// Scheduled graphs
//===----------------------------------------------------------------------===//

namespace {
class GraphReader {
public:
  explicit GraphReader(cmflow::GraphOp graph) : graph(graph) {}

  FailureOr<ScheduledGraph> run();

private:
  template <typename OpTy> LogicalResult addNode(OpTy op, Stage stage);
  LogicalResult addInput(cmflow::InputOp op);
  LogicalResult addOutput(cmflow::OutputOp op);
  LogicalResult addStage(cmflow::StageOp op);
  void addStream(cmflow::StreamOp op);
  const Extent &extentOf(StringRef object) {
    return result.contract.objects[objects.lookup(object)].extent;
  }

  cmflow::GraphOp graph;
  ScheduledGraph result;
  ObjectIndices objects;
  llvm::StringMap<uint32_t> nodes; // indices of stages
};
} // namespace

template <typename OpTy>
LogicalResult GraphReader::addNode(OpTy op, Stage stage) {
  if (!op.getPlace() || !op.getOffset())
    return op.emitOpError("@")
           << op.getSymName()
           << ": expected `place` and `offset`: run cm-schedule first";
  stage.name = op.getSymName().str();
  stage.node = *op.getPlace();
  stage.offset = *op.getOffset();
  nodes[op.getSymName()] = result.contract.stages.size();
  result.contract.stages.push_back(std::move(stage));
  return success();
}

LogicalResult GraphReader::addInput(cmflow::InputOp op) {
  const Extent &extent = extentOf(op.getObject());
  int64_t pixels = op.getPixels().value_or(1);
  Stage stage;
  stage.domain = {extent.h, extent.w / pixels};
  stage.written = objects.lookup(op.getObject());
  stage.write = PixelWrite::whole(extent.c);
  stage.write.pixels = stage.write.strideX = pixels;
  return addNode(op, std::move(stage));
}

/// Reads of a port: every pixel as it comes.
static Stage outputStage(uint32_t object, const Extent &extent) {
  Stage stage;
  stage.domain = {extent.h, extent.w};
  stage.reads.push_back({object, Window::whole(1, 1, extent.c)});
  return stage;
}

LogicalResult GraphReader::addOutput(cmflow::OutputOp op) {
  return addNode(op, outputStage(objects.lookup(op.getObject()),
                                 extentOf(op.getObject())));
}

LogicalResult GraphReader::addStage(cmflow::StageOp op) {
  Stage stage;
  stage.domain = op.getDomainBox();
  for (auto access : op.getBody().getOps<cmflow::AccessOpInterface>())
    stage.reads.push_back(
        {objects.lookup(access.getAccessedObject().getValue()),
         access.getReadRelation().toWindow()});
  stage.written = objects.lookup(op.getWrite().getObject());
  stage.write = op.getWrite().getPixels().toPixelWrite();
  return addNode(op, std::move(stage));
}

/// Streams without a capacity end in an output.
void GraphReader::addStream(cmflow::StreamOp op) {
  cmflow::CapacityAttr capacity = op.getCapacityAttr();
  if (!capacity)
    return;
  const std::vector<Stage> &stages = result.contract.stages;
  uint32_t object = objects.lookup(op.getObject());
  uint32_t node = stages[nodes.lookup(op.getTo())].node;
  auto known = llvm::find_if(result.storage, [&](const proof::Storage &other) {
    return other.object == object && other.node == node;
  });
  if (known == result.storage.end())
    known = result.storage.insert(
        known, {object, node, capacity.toFold(), capacity.getSlots(), {}});
  uint32_t writer = nodes.lookup(op.getFrom());
  if (!llvm::is_contained(known->writers, writer))
    known->writers.push_back(writer);
}

FailureOr<ScheduledGraph> GraphReader::run() {
  if (!graph.getIi())
    return graph.emitOpError("@")
           << graph.getSymName() << ": expected `ii`: run cm-schedule first";
  result.contract.ii = *graph.getIi();
  for (auto object : graph.getBody().getOps<cmflow::ObjectOp>())
    addObject(object, result.contract, objects);
  for (Operation &op : graph.getBody().front()) {
    LogicalResult added =
        llvm::TypeSwitch<Operation *, LogicalResult>(&op)
            .Case([&](cmflow::InputOp input) { return addInput(input); })
            .Case([&](cmflow::OutputOp output) { return addOutput(output); })
            .Case([&](cmflow::StageOp stage) { return addStage(stage); })
            .Default([](Operation *) { return success(); });
    if (failed(added))
      return failure();
  }
  for (auto stream : graph.getBody().getOps<cmflow::StreamOp>())
    addStream(stream);
  return std::move(result);
}

FailureOr<ScheduledGraph> cm::readScheduledGraph(cmflow::GraphOp graph) {
  return GraphReader(graph).run();
}

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

/// The name of an object and a relation of this type, as a pair.
template <typename RelationAttr>
static RelationAttr relationOf(Attribute pair, const ObjectIndices &objects,
                               uint32_t &object) {
  auto array = dyn_cast_or_null<ArrayAttr>(pair);
  if (!array || array.size() != 2)
    return {};
  auto name = dyn_cast<FlatSymbolRefAttr>(array[0]);
  if (!name || !objects.contains(name.getValue()))
    return {};
  object = objects.lookup(name.getValue());
  return dyn_cast<RelationAttr>(array[1]);
}

static LogicalResult readAccesses(cmcore::ContextOp context,
                                  const ObjectIndices &objects, Stage &stage) {
  auto kept = context->getAttrOfType<DictionaryAttr>("cm.access");
  auto error = [&] {
    return context.emitOpError("@")
           << context.getSymName()
           << ": expected `cm.access` of reads, a write and an offset";
  };
  if (!kept)
    return error();
  auto reads = kept.getAs<ArrayAttr>("reads");
  if (!reads)
    return error();
  for (Attribute read : reads) {
    uint32_t object = 0;
    auto window = relationOf<cmflow::WindowAttr>(read, objects, object);
    if (!window)
      return error();
    stage.reads.push_back({object, window.toWindow()});
  }
  uint32_t object = 0;
  auto pixels =
      relationOf<cmflow::PixelsAttr>(kept.get("write"), objects, object);
  if (!pixels)
    return error();
  stage.written = object;
  stage.write = pixels.toPixelWrite();
  if (auto offset = kept.getAs<IntegerAttr>("offset"))
    stage.offset = offset.getInt();
  return success();
}

static bool hasContract(cmcore::ProgramOp op) {
  return op
      .walk([](cmcore::ContextOp context) {
        return context->hasAttr("cm.access") ? WalkResult::interrupt()
                                             : WalkResult::advance();
      })
      .wasInterrupted();
}

FailureOr<Contract> cm::readContract(cmcore::ProgramOp op,
                                     const program::Program &program) {
  if (!hasContract(op))
    return proof::contractOf(program);
  Contract contract;
  ObjectIndices objects;
  contract.ii = op.getReleaseInterval();
  for (auto object : op.getBody().getOps<cmcore::ObjectOp>())
    addObject(object, contract, objects);
  for (auto node : op.getBody().getOps<cmcore::NodeOp>())
    for (auto context : node.getBody().getOps<cmcore::ContextOp>()) {
      Stage stage;
      stage.name = context.getSymName().str(), stage.node = node.getId();
      stage.domain = {context.getDomain()[0], context.getDomain()[1]};
      if (failed(readAccesses(context, objects, stage)))
        return failure();
      contract.stages.push_back(std::move(stage));
    }
  for (auto output : op.getBody().getOps<cmcore::OutputOp>()) {
    uint32_t object = objects.lookup(output.getObject());
    Stage stage = outputStage(object, contract.objects[object].extent);
    stage.name = output.getBinding().getName().str();
    stage.node = output.getNode(), stage.offset = 0;
    contract.stages.push_back(std::move(stage));
  }
  return std::move(contract);
}
