//===- CMFlowGraph.cpp - verifiers of graphs and stages -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMFlow/CMFlowOps.h"
#include "cm/Support/Limits.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"

using namespace cm;
using namespace cm::cmflow;
using namespace mlir;

//===----------------------------------------------------------------------===//
// StageOp
//===----------------------------------------------------------------------===//

WriteOp StageOp::getWrite() {
  return cast<WriteOp>(getBody().front().getTerminator());
}

MvmOp StageOp::getMvm() {
  for (MvmOp op : getBody().getOps<MvmOp>())
    return op;
  return nullptr;
}

/// The object that an operation of the graph names, or a diagnostic.
static FailureOr<ObjectOp> lookupObject(mlir::SymbolTable &symbols,
                                        Operation *op, FlatSymbolRefAttr name) {
  if (auto object = symbols.lookup<ObjectOp>(name.getValue()))
    return object;
  return op->emitOpError("names no object of the graph: ") << name;
}

static LogicalResult verifyChannels(Operation *op, StringRef label,
                                    ArrayRef<int64_t> channels,
                                    ObjectOp object) {
  if (channels[1] <= static_cast<int64_t>(object.getChannels()))
    return success();
  return op->emitOpError("(")
         << label << ") expected channels within the " << object.getChannels()
         << " of object @" << object.getSymName() << ", found [" << channels
         << "]";
}

static LogicalResult verifyAccess(mlir::SymbolTable &symbols,
                                  AccessOpInterface op) {
  FailureOr<ObjectOp> object =
      lookupObject(symbols, op, op.getAccessedObject());
  if (failed(object))
    return failure();
  auto type = cast<VectorType>(op->getResult(0).getType());
  if (type.getElementType() != object->getElementType())
    return op->emitOpError("(C1) expected elements of ")
           << object->getElementType() << ", found " << type.getElementType();
  WindowAttr window = op.getReadRelation();
  int64_t channels = window.getChannels()[1] - window.getChannels()[0];
  bool reads = isa<ReadOp>(op.getOperation());
  int64_t expected = reads ? window.getNumElements() : channels;
  if (type.getNumElements() != expected ||
      (!reads && window.getNumElements() != window.toWindow().listed()))
    return op->emitOpError("(C2) expected a vector of ")
           << expected << " elements over a whole window, found "
           << type.getNumElements();
  return verifyChannels(op, "C3", window.getChannels(), *object);
}

/// (C3) of a stage, and (C1) to (C3) of its write.
static LogicalResult verifyWrite(mlir::SymbolTable &symbols, StageOp stage) {
  WriteOp write = stage.getWrite();
  FailureOr<ObjectOp> object =
      lookupObject(symbols, write, write.getObjectAttr());
  if (failed(object))
    return failure();
  auto type = cast<VectorType>(write.getValue().getType());
  if (type.getElementType() != object->getElementType())
    return write.emitOpError("(C1) expected elements of ")
           << object->getElementType() << ", found " << type.getElementType();
  PixelWrite pixels = write.getPixels().toPixelWrite();
  if (type.getNumElements() != pixels.channels())
    return write.emitOpError("(C2) expected a vector of ")
           << pixels.channels() << " elements, found " << type.getNumElements();
  if (failed(verifyChannels(write, "C3", write.getPixels().getChannels(),
                            *object)))
    return failure();
  Domain domain = stage.getDomainBox();
  int64_t lastY = (domain.h - 1) * pixels.strideY + pixels.offsetY;
  int64_t lastX = (domain.w - 1) * pixels.strideX + pixels.offsetX;
  if (lastY < static_cast<int64_t>(object->getHeight()) &&
      lastX < static_cast<int64_t>(object->getWidth()))
    return success();
  return stage.emitOpError("(C3) writes pixel (")
         << lastY << ", " << lastX << ") outside object @"
         << object->getSymName();
}

/// (C5) of a stage.
static LogicalResult verifyMvmOperand(MvmOp mvm) {
  auto read = mvm.getInput().getDefiningOp<ReadOp>();
  if (!read || !read->hasOneUse())
    return mvm.emitOpError("(C5) of cmflow.stage: expected an operand from a "
                           "cmflow.read that nothing else uses");
  return success();
}

LogicalResult StageOp::verifyRegions() {
  if (getDomain().size() != 2 ||
      !isIterationCount(getDomain()[0], getDomain()[1]))
    return emitOpError("(C1) expected a domain of two extents, 1 to ")
           << maxIterations << " iterations, found [" << getDomain() << "]";
  if (llvm::range_size(getBody().getOps<MvmOp>()) > 1)
    return emitOpError("(C2) expected at most one cmflow.mvm");
  if (getBody().front().empty() || !isa<WriteOp>(getBody().front().back()))
    return emitOpError("(C4) expected a region that ends in cmflow.write");
  MvmOp mvm = getMvm();
  return mvm ? verifyMvmOperand(mvm) : success();
}

//===----------------------------------------------------------------------===//
// GraphOp
//===----------------------------------------------------------------------===//

namespace {
/// Who writes and reads each object, collected in one walk.
struct Dataflow {
  llvm::MapVector<StringRef, SmallVector<Operation *>> writers;
  /// (reader, object) in order.
  llvm::SetVector<std::pair<Operation *, StringRef>> reads;
  /// (writer, reader, object) of the streams.
  llvm::DenseSet<std::tuple<Operation *, Operation *, StringRef>> streams;
};
} // namespace

static void collectAccesses(GraphOp graph, Dataflow &flow) {
  for (Operation &op : graph.getBody().front()) {
    if (auto input = dyn_cast<InputOp>(op))
      flow.writers[input.getObject()].push_back(&op);
    if (auto output = dyn_cast<OutputOp>(op))
      flow.reads.insert({&op, output.getObject()});
    if (auto stage = dyn_cast<StageOp>(op)) {
      flow.writers[stage.getWrite().getObject()].push_back(&op);
      for (auto access : stage.getBody().getOps<AccessOpInterface>())
        flow.reads.insert({&op, access.getAccessedObject().getValue()});
    }
  }
}

namespace {
/// What a writer writes: the values `offset + i * stride`, `i < count`, of each
/// coordinate, and a range of channels.
struct Written {
  Written(Operation *writer, Extent extent) : op(writer) {
    domain = {extent.h, extent.w};
    pixels = PixelWrite::whole(extent.c);
    if (auto stage = dyn_cast<StageOp>(writer)) {
      domain = stage.getDomainBox();
      pixels = stage.getWrite().getPixels().toPixelWrite();
    }
  }

  StringRef name() const {
    return mlir::SymbolTable::getSymbolName(op).getValue();
  }
  bool overlaps(const Written &other) const;

  Operation *op;
  Domain domain;
  PixelWrite pixels;
};
} // namespace

/// Whether two arithmetic progressions have a value in common.
static bool meet(int64_t offset, int64_t stride, int64_t count,
                 int64_t otherOffset, int64_t otherStride, int64_t otherCount) {
  for (int64_t i = 0; i < count; ++i) {
    int64_t distance = offset + i * stride - otherOffset;
    if (distance >= 0 && distance % otherStride == 0 &&
        distance / otherStride < otherCount)
      return true;
  }
  return false;
}

bool Written::overlaps(const Written &other) const {
  const PixelWrite &a = pixels, &b = other.pixels;
  return a.channelBegin < b.channelEnd && b.channelBegin < a.channelEnd &&
         meet(a.offsetY, a.strideY, domain.h, b.offsetY, b.strideY,
              other.domain.h) &&
         meet(a.offsetX, a.strideX, domain.w, b.offsetX, b.strideX,
              other.domain.w);
}

/// (C1): there are writers, and they are disjoint.
static LogicalResult verifyWriters(ObjectOp object,
                                   ArrayRef<Operation *> writers) {
  if (writers.empty())
    return object.emitOpError("(C1) of cmflow.graph: expected a writer");
  SmallVector<Written> parts;
  for (Operation *writer : writers) {
    Written part(writer, object.getExtent());
    for (const Written &other : parts)
      if (part.overlaps(other))
        return object.emitOpError("(C1) of cmflow.graph: @")
               << other.name() << " and @" << part.name()
               << " write the same elements";
    parts.push_back(part);
  }
  return success();
}

static LogicalResult verifyStream(mlir::SymbolTable &symbols, StreamOp stream,
                                  Dataflow &flow) {
  Operation *from = symbols.lookup(stream.getFrom());
  Operation *to = symbols.lookup(stream.getTo());
  StringRef object = stream.getObject();
  if (!from || !llvm::is_contained(flow.writers.lookup(object), from))
    return stream.emitOpError("(C1) expected a writer of @")
           << object << ", found @" << stream.getFrom();
  if (!to || !flow.reads.contains({to, object}))
    return stream.emitOpError("(C2) expected a reader of @")
           << object << ", found @" << stream.getTo();
  if (!flow.streams.insert({from, to, object}).second)
    return stream.emitOpError("repeats the stream from @")
           << stream.getFrom() << " to @" << stream.getTo() << " over @"
           << object;
  return success();
}

/// The node on which a stage, input or output is placed.
static std::optional<uint64_t> placeOf(Operation *op) {
  auto place = op->getAttrOfType<IntegerAttr>("place");
  if (!place)
    return std::nullopt;
  return place.getInt();
}

/// (C3) of streams: one buffer, one capacity.
static LogicalResult verifyCapacities(mlir::SymbolTable &symbols,
                                      GraphOp graph) {
  llvm::DenseMap<std::pair<StringRef, uint64_t>, CapacityAttr> capacities;
  for (StreamOp stream : graph.getBody().getOps<StreamOp>()) {
    std::optional<uint64_t> place = placeOf(symbols.lookup(stream.getTo()));
    if (!place || !stream.getCapacityAttr())
      continue;
    CapacityAttr &known = capacities[{stream.getObject(), *place}];
    if (known && known != stream.getCapacityAttr())
      return stream.emitOpError("(C3) expected capacity ")
             << known << " of the buffer of @" << stream.getObject()
             << " on node " << *place << ", found " << stream.getCapacityAttr();
    known = stream.getCapacityAttr();
  }
  return success();
}

/// (C2): each writer of what a stage reads has a stream to it.
static LogicalResult verifyComplete(Dataflow &flow) {
  for (auto [reader, object] : flow.reads)
    for (Operation *writer : flow.writers.lookup(object))
      if (!flow.streams.contains({writer, reader, object}))
        return reader->emitOpError("(C2) expected a stream from @")
               << mlir::SymbolTable::getSymbolName(writer).getValue()
               << " over @" << object;
  return success();
}

LogicalResult GraphOp::verifyRegions() {
  mlir::SymbolTable symbols(getOperation());
  Dataflow flow;
  for (StageOp stage : getBody().getOps<StageOp>()) {
    for (auto access : stage.getBody().getOps<AccessOpInterface>())
      if (failed(verifyAccess(symbols, access)))
        return failure();
    if (failed(verifyWrite(symbols, stage)))
      return failure();
  }
  collectAccesses(*this, flow);
  for (ObjectOp object : getBody().getOps<ObjectOp>())
    if (failed(verifyWriters(object, flow.writers.lookup(object.getSymName()))))
      return failure();
  for (StreamOp stream : getBody().getOps<StreamOp>())
    if (failed(verifyStream(symbols, stream, flow)))
      return failure();
  if (failed(verifyComplete(flow)))
    return failure();
  return verifyCapacities(symbols, *this);
}
