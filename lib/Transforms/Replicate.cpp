//===- Replicate.cpp - copies of layers -----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A copy is a stage with every r-th row or pixel of the domain: its accesses
// are those of the stage with strides and offsets to match.
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "cm/Transforms/Passes.h"
#include "cm/Transforms/Problems.h"
#include "cm/Transforms/Replication.h"

namespace cm {
#define GEN_PASS_DEF_REPLICATE
#include "cm/Transforms/Passes.h.inc"
} // namespace cm

using namespace cm;
using namespace mlir;

//===----------------------------------------------------------------------===//
// Copies of one stage
//===----------------------------------------------------------------------===//

namespace {
/// Copy `index` of `count` along an axis.
struct Split {
  SplitAxis axis;
  uint64_t count, index;

  /// A Window or a PixelWrite of the stage as that of the copy.
  template <typename Access> Access apply(Access access) const {
    bool rows = axis == SplitAxis::Rows;
    int64_t &stride = rows ? access.strideY : access.strideX;
    (rows ? access.offsetY : access.offsetX) += stride * int64_t(index);
    stride *= int64_t(count);
    return access;
  }
};

/// Makes the copies of a graph's layers.
class Copier {
public:
  Copier(const StageGraph &view, SplitAxis axis)
      : view(view), axis(axis), graph(view.graph),
        symbols(graph.getOperation()), builder(graph.getContext()) {}

  void copyLayer(llvm::ArrayRef<uint32_t> nodes, uint64_t copies);
  void recreateStreams();

private:
  std::string copyName(StringRef name, uint64_t index) {
    return (name + ".x" + Twine(index)).str();
  }
  /// The part of a partial sum that copy `split` writes and reads.
  FlatSymbolRefAttr partOf(cmflow::ObjectOp object, const Split &split);
  void createCopy(cmflow::StageOp stage, const Split &split);

  const StageGraph &view;
  SplitAxis axis;
  cmflow::GraphOp graph;
  mlir::SymbolTable symbols;
  OpBuilder builder;
  llvm::DenseMap<std::pair<Operation *, uint64_t>, FlatSymbolRefAttr> parts;
};
} // namespace

FlatSymbolRefAttr Copier::partOf(cmflow::ObjectOp object, const Split &split) {
  FlatSymbolRefAttr &part = parts[{object, split.index}];
  if (part)
    return part;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(object);
  Extent extent = object.getExtent();
  Domain share =
      domainOfCopy({extent.h, extent.w}, axis, split.count, split.index);
  auto copy = cmflow::ObjectOp::create(
      builder, object.getLoc(), copyName(object.getSymName(), split.index),
      share.h, share.w, extent.c, object.getElementType());
  symbols.insert(copy);
  part = FlatSymbolRefAttr::get(copy.getSymNameAttr());
  return part;
}

void Copier::createCopy(cmflow::StageOp stage, const Split &split) {
  builder.setInsertionPoint(stage);
  auto copy = cast<cmflow::StageOp>(builder.clone(*stage));
  copy.setSymName(copyName(stage.getSymName(), split.index));
  symbols.insert(copy);
  copy.setLayer(stage.getLayerName());
  Domain share =
      domainOfCopy(stage.getDomainBox(), axis, split.count, split.index);
  copy.setDomain({share.h, share.w});
  auto objectOf = [&](StringRef name) {
    return symbols.lookup<cmflow::ObjectOp>(name);
  };
  for (auto access : copy.getBody().getOps<cmflow::AccessOpInterface>()) {
    auto object = objectOf(access.getAccessedObject().getValue());
    if (isPartialSum(object))
      access.setAccess(partOf(object, split), access.getReadRelation());
    else
      access.setAccess(access.getAccessedObject(),
                       cmflow::WindowAttr::fromWindow(
                           graph.getContext(),
                           split.apply(access.getReadRelation().toWindow())));
  }
  cmflow::WriteOp write = copy.getWrite();
  auto object = objectOf(write.getObject());
  if (isPartialSum(object))
    write.setObjectAttr(partOf(object, split));
  else
    write.setPixelsAttr(cmflow::PixelsAttr::fromPixelWrite(
        graph.getContext(), split.apply(write.getPixels().toPixelWrite())));
}

void Copier::copyLayer(llvm::ArrayRef<uint32_t> nodes, uint64_t copies) {
  if (copies == 1)
    return;
  llvm::SmallSetVector<Operation *, 4> dead;
  for (uint32_t node : nodes) {
    cmflow::StageOp stage = view.nodes[node].stage();
    for (uint64_t index = 0; index < copies; ++index)
      createCopy(stage, {axis, copies, index});
    if (cmflow::ObjectOp object = view.nodes[node].written;
        isPartialSum(object))
      dead.insert(object);
    symbols.erase(stage);
  }
  for (Operation *object : dead)
    symbols.erase(object);
}

void Copier::recreateStreams() {
  for (const StageStream &stream : view.streams)
    cmflow::StreamOp(stream.op).erase();
  cmflow::createStreams(graph);
}

//===----------------------------------------------------------------------===//
// Pass
//===----------------------------------------------------------------------===//

/// Every copy of a layer is sent what the layer reads, message by message. The
/// inputs' messages become as many pixels as one access to SRAM writes.
static void widenInputs(cmflow::GraphOp graph, const MachineModel &machine) {
  mlir::SymbolTable symbols(graph);
  int64_t access =
      machine.core(representativeCore(machine)).sram().access_bytes();
  for (auto input : graph.getBody().getOps<cmflow::InputOp>()) {
    auto object = symbols.lookup<cmflow::ObjectOp>(input.getObject());
    int64_t width = object.getWidth();
    int64_t pixels =
        std::clamp<int64_t>(access / int64_t(object.getChannels()), 1, width);
    while (width % pixels != 0)
      --pixels;
    if (pixels > 1)
      input.setPixels(pixels);
  }
}

namespace {
struct Replicate : cm::impl::ReplicateBase<Replicate> {
  using ReplicateBase::ReplicateBase;

  void runOnOperation() override {
    if (failed(replicate(getOperation())))
      signalPassFailure();
  }

  LogicalResult replicate(cmflow::GraphOp graph) {
    FailureOr<MachineModel> machine = cmhw::getMachineModel(graph);
    if (failed(machine))
      return failure();
    widenInputs(graph, *machine);
    StageGraph view(graph);
    GraphReplication replication(view, *machine, axis, cores);
    llvm::Expected<ReplicationChoice> choice =
        ii ? fewestCores(replication, ii) : leastInterval(replication, least);
    if (!choice)
      return mlir::emitError(graph.getLoc())
             << llvm::toString(choice.takeError());
    Copier copier(view, axis);
    for (auto [nodes, copies] : llvm::zip(replication.nodes, choice->copies)) {
      copier.copyLayer(nodes, copies);
      numCopies += copies - 1;
    }
    copier.recreateStreams();
    annotate(graph, *choice);
    return success();
  }

  /// For cm-place and for the report.
  void annotate(cmflow::GraphOp graph, const ReplicationChoice &choice) {
    Builder builder(&getContext());
    NamedAttrList found;
    found.set("cores", builder.getI64IntegerAttr(choice.cores));
    if (choice.ii)
      found.set("ii", builder.getI64IntegerAttr(choice.ii));
    if (choice.iiBound)
      found.set("ii_bound", builder.getI64IntegerAttr(choice.iiBound));
    found.set("limit", builder.getStringAttr(choice.limit));
    graph->setAttr(replicationAttrName, found.getDictionary(&getContext()));
  }
};
} // namespace
