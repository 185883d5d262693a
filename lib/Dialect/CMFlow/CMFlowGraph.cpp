//===- CMFlowGraph.cpp - verifiers of graphs and stages -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Verify.h"
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

FailureOr<ObjectOp> cmflow::lookupObject(mlir::SymbolTable &symbols,
                                         Operation *op,
                                         FlatSymbolRefAttr name) {
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

/// (C6) of an interpolation.
static LogicalResult verifyWeights(InterpolateOp op, ObjectOp object) {
  auto check = [&](StringRef what, int64_t found, int64_t kernel,
                   int64_t extent) -> LogicalResult {
    int64_t expected = (extent + kernel - 1) * kernel;
    if (found == expected)
      return success();
    return op.emitOpError("(C6) expected ")
           << expected << " weights of " << what << ", found " << found;
  };
  ArrayRef<int64_t> kernel = op.getWindow().getKernel();
  if (failed(check("rows", op.getYWeights().size(), kernel[0],
                   object.getHeight())))
    return failure();
  return check("columns", op.getXWeights().size(), kernel[1],
               object.getWidth());
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
  if (failed(verifyChannels(op, "C3", window.getChannels(), *object)))
    return failure();
  if (auto interpolate = dyn_cast<InterpolateOp>(op.getOperation()))
    if (failed(verifyWeights(interpolate, *object)))
      return failure();
  return reads ? success()
               : verifyWindows(op->getParentOfType<StageOp>(), op, *object);
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
  if (type.getNumElements() != pixels.elements())
    return write.emitOpError("(C2) expected a vector of ")
           << pixels.elements() << " elements, found " << type.getNumElements();
  if (failed(verifyChannels(write, "C3", write.getPixels().getChannels(),
                            *object)))
    return failure();
  Domain domain = stage.getDomainBox();
  int64_t lastY =
      (domain.h - 1) * pixels.strideY + pixels.offsetY + pixels.rows - 1;
  int64_t lastX =
      (domain.w - 1) * pixels.strideX + pixels.offsetX + pixels.pixels - 1;
  if (lastY < static_cast<int64_t>(object->getHeight()) &&
      lastX < static_cast<int64_t>(object->getWidth()))
    return success();
  return stage.emitOpError("(C3) writes pixel (")
         << lastY << ", " << lastX << ") outside object @"
         << object->getSymName();
}

/// (C2) of constants.
static LogicalResult verifyConstants(StageOp stage) {
  PixelWrite write = stage.getWrite().getPixels().toPixelWrite();
  Domain domain = stage.getDomainBox();
  int64_t last[] = {(domain.h - 1) * write.strideY + write.offsetY,
                    (domain.w - 1) * write.strideX + write.offsetX};
  for (auto constants : stage.getBody().getOps<ConstantsOp>()) {
    if (write.pixels * write.rows != 1)
      return constants.emitOpError("(C2) expected a stage that writes single "
                                   "pixels, found ")
             << write.rows << "x" << write.pixels << " at once";
    for (auto [extent, at] : llvm::zip(constants.getPixels(), last))
      if (extent != 1 && at >= extent)
        return constants.emitOpError("(C2) expected a stage that writes pixels "
                                     "below ")
               << extent << ", found " << at;
  }
  return success();
}

/// (C5) of a stage.
static LogicalResult verifyMvmOperand(MvmOp mvm) {
  auto read = mvm.getInput().getDefiningOp<ReadOp>();
  if (!read || !read->hasOneUse())
    return mvm.emitOpError("(C5) of cmflow.stage: expected an operand from a "
                           "cmflow.read that nothing else uses");
  return success();
}

/// An optional integer attribute lies in a range, or a diagnostic.
static LogicalResult verifyInteger(Operation *op, StringRef label,
                                   StringRef name, int64_t least,
                                   uint64_t most) {
  auto attr = op->getAttrOfType<IntegerAttr>(name);
  if (!attr ||
      (attr.getInt() >= least && static_cast<uint64_t>(attr.getInt()) <= most))
    return success();
  return op->emitOpError("(")
         << label << ") expected `" << name << "` of " << least << " to "
         << most << ", found " << attr.getInt();
}

/// (C6) of stages, inputs and outputs.
static LogicalResult verifyPlaceAndTime(Operation *op) {
  constexpr uint64_t maxNode = std::numeric_limits<uint32_t>::max();
  if (failed(verifyInteger(op, "C6", "place", 0, maxNode)))
    return failure();
  return verifyInteger(op, "C6", "offset", 0, maxCycles);
}

LogicalResult InputOp::verify() { return verifyPlaceAndTime(*this); }
LogicalResult OutputOp::verify() { return verifyPlaceAndTime(*this); }
LogicalResult StageOp::verify() { return verifyPlaceAndTime(*this); }

LogicalResult StreamOp::verify() {
  constexpr int64_t maxLink = std::numeric_limits<uint32_t>::max();
  for (int64_t link : getRoute().value_or(ArrayRef<int64_t>()))
    if (link < 0 || link > maxLink)
      return emitOpError("(C4) expected links of 0 to ")
             << maxLink << ", found [" << *getRoute() << "]";
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
  if (failed(verifyOperations(*this)))
    return failure();
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

bool cmflow::sharesChannels(Operation *writer, Operation *reader,
                            StringRef object) {
  auto writing = dyn_cast<StageOp>(writer), reading = dyn_cast<StageOp>(reader);
  if (!writing || !reading)
    return true; // ports take whole objects
  ArrayRef<int64_t> written = writing.getWrite().getPixels().getChannels();
  return llvm::any_of(reading.getBody().getOps<AccessOpInterface>(),
                      [&](AccessOpInterface access) {
                        WindowAttr window = access.getReadRelation();
                        ArrayRef<int64_t> read = window.getChannels();
                        return access.getAccessedObject().getValue() ==
                                   object &&
                               read[0] < written[1] && written[0] < read[1];
                      });
}

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

/// (C2): each writer of what a stage reads has a stream to it, no other one.
static LogicalResult verifyComplete(Dataflow &flow) {
  for (auto [reader, object] : flow.reads)
    for (Operation *writer : flow.writers.lookup(object))
      if (flow.streams.contains({writer, reader, object}) !=
          sharesChannels(writer, reader, object))
        return reader->emitOpError("(C2) expected ")
               << (sharesChannels(writer, reader, object) ? "a" : "no")
               << " stream from @"
               << mlir::SymbolTable::getSymbolName(writer).getValue()
               << " over @" << object;
  return success();
}

/// (C1) of inputs and outputs.
template <typename PortOp>
static LogicalResult verifyPort(mlir::SymbolTable &symbols, PortOp port) {
  FailureOr<ObjectOp> object =
      lookupObject(symbols, port, port.getObjectAttr());
  if (failed(object))
    return failure();
  Extent extent = object->getExtent();
  int64_t found = 1;
  for (int64_t axis : port.getBinding().getHostShape())
    found *= axis;
  if (object->getElementType().isInteger(8) &&
      found == extent.h * extent.w * extent.c)
    return success();
  return port.emitOpError("(C1) expected an object of ")
         << found << " elements i8, as the binding has, found @"
         << object->getSymName() << " of " << extent.h << "x" << extent.w << "x"
         << extent.c << " " << object->getElementType();
}

/// (C2) of inputs.
static LogicalResult verifyPixels(mlir::SymbolTable &symbols, InputOp input) {
  auto object = symbols.lookup<ObjectOp>(input.getObject());
  int64_t pixels = input.getPixels().value_or(1);
  if (pixels >= 1 && object.getWidth() % pixels == 0)
    return success();
  return input.emitOpError("(C2) expected `pixels` to divide the width ")
         << object.getWidth() << " of @" << object.getSymName() << ", found "
         << pixels;
}

static LogicalResult verifyPorts(mlir::SymbolTable &symbols, GraphOp graph) {
  for (InputOp input : graph.getBody().getOps<InputOp>())
    if (failed(verifyPort(symbols, input)) ||
        failed(verifyPixels(symbols, input)))
      return failure();
  for (OutputOp output : graph.getBody().getOps<OutputOp>())
    if (failed(verifyPort(symbols, output)))
      return failure();
  return success();
}

LogicalResult GraphOp::verify() {
  if (failed(verifyInteger(*this, "C3", "ii", 1, maxReleaseInterval)))
    return failure();
  return verifyInteger(*this, "C3", "latency", 0, maxCycles);
}

LogicalResult GraphOp::verifyRegions() {
  mlir::SymbolTable symbols(getOperation());
  Dataflow flow;
  if (failed(verifyPorts(symbols, *this)))
    return failure();
  for (StageOp stage : getBody().getOps<StageOp>()) {
    for (auto access : stage.getBody().getOps<AccessOpInterface>())
      if (failed(verifyAccess(symbols, access)))
        return failure();
    if (failed(verifyWrite(symbols, stage)) || failed(verifyConstants(stage)))
      return failure();
  }
  if (failed(verifyNames(symbols, *this)))
    return failure();
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
