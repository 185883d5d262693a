//===- ProveControl.cpp - a program does what its contract says -----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Proof/Knowledge.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace cm;
using namespace cm::proof;

namespace {
class ControlProof {
public:
  ControlProof(const program::Program &program, const Contract &contract,
               ProofCounts &counts)
      : contract(contract), view(program, contract), counts(counts) {}

  std::optional<Counterexample> run();

private:
  using Result = std::optional<Counterexample>;

  Result liftAll();
  Result checkData(uint32_t stage);
  Result checkNeed(uint32_t reader, const DataNeed &need);
  Result checkOutput(uint32_t output);
  Result checkBuffer(const BufferView &buffer);
  Result findPartial() const;
  const LiftedCounter *creditCounter(const BufferView &buffer, uint32_t writer,
                                     uint32_t reader);
  bool isRetired(const BufferView &buffer, const SlotOrder &order);
  bool isReceived(const BufferView &buffer, const SlotOrder &order);
  bool isKnown(const BufferView &buffer, const SlotOrder &order) const;
  bool isReceivedByReader(const BufferView &buffer, uint32_t reader,
                          const SlotOrder &order);
  Counterexample readsTooEarly(uint32_t reader, const DataNeed &need,
                               int64_t rank, std::string reason) const;
  Counterexample overwrites(const BufferView &buffer, const SlotOrder &order);
  int64_t size(uint32_t stage) const {
    return contract.stages[stage].domain.size();
  }

  const Contract &contract;
  ProgramView view;
  ProofCounts &counts;
  LiftedProgram lifted;
  std::vector<ObjectWrites> writes; // by object
  /// Of the buffer at hand, by writer and reader.
  llvm::DenseMap<std::pair<uint32_t, uint32_t>, const LiftedCounter *> credits;
};
} // namespace

ControlProof::Result ControlProof::liftAll() {
  lifted.resize(contract.stages.size());
  for (uint32_t stage = 0; stage < lifted.size(); ++stage) {
    if (!view.context(stage))
      continue;
    counts.iterations += size(stage);
    auto counted = [&](const program::Wait &wait) {
      return view.countedBy(wait);
    };
    if (auto wrong = liftContext(*view.context(stage), contract, stage, counted,
                                 lifted[stage]))
      return wrong;
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Data: nothing is read before it is written
//===----------------------------------------------------------------------===//

/// Names a location that iteration `rank` reads of what is needed last.
Counterexample ControlProof::readsTooEarly(uint32_t reader,
                                           const DataNeed &need, int64_t rank,
                                           std::string reason) const {
  const Stage &stage = contract.stages[reader];
  const Extent &object = contract.objects[need.object].extent;
  Counterexample example;
  example.hazard = Hazard::ReadBeforeWrite;
  example.stage = stage.name, example.image = 0;
  example.other = contract.stages[need.writer].name;
  example.iteration = stage.iteration(rank);
  example.object = contract.objects[need.object].name;
  example.reason = std::move(reason);
  for (const Read &read : stage.reads) {
    if (read.object != need.object)
      continue;
    forEachRead(read.window, object, stage.domain, rank,
                [&](int64_t y, int64_t x, int64_t begin, int64_t end) {
                  for (const ChannelPart &part : writes[need.object]) {
                    const Owner &owner = part.owners[y * object.w + x];
                    if (part.meets(begin, end) &&
                        owner.stage == int32_t(need.writer) &&
                        owner.rank == need.last[rank])
                      example.location = {y, x, std::max(begin, part.begin)};
                  }
                });
  }
  return example;
}

// Iteration k of the reader fires when  received >= n*|P| + D(k) + 1.
ControlProof::Result ControlProof::checkNeed(uint32_t reader,
                                             const DataNeed &need) {
  const BufferView *buffer = view.bufferOf(reader, need.object);
  const std::string &writer = contract.stages[need.writer].name;
  auto route = buffer->routeFrom.find(need.writer);
  const LiftedCounter *counter = nullptr;
  if (route != buffer->routeFrom.end())
    counter = lifted[reader].find(route->second, std::nullopt);
  for (int64_t k = 0; k < size(reader); ++k) {
    if (need.last[k] == nobody)
      continue;
    ++counts.data;
    if (counter && counter->certain[k] > need.last[k])
      continue;
    if (route == buffer->routeFrom.end())
      return readsTooEarly(reader, need, k,
                           llvm::formatv("no route from '{0}'", writer));
    if (Knowledge(view, lifted, reader, k, 0).received(route->second) >
        need.last[k])
      continue;
    int64_t found = counter ? std::max<int64_t>(0, counter->certain[k]) : 0;
    Counterexample example = readsTooEarly(
        reader, need, k,
        llvm::formatv("'{0}' need not have written it; {1} messages of the "
                      "image are waited for, expected {2}",
                      writer, found, need.last[k] + 1));
    if (counter)
      example.image = counter->imageWithout(k, need.last[k] + 1);
    return example;
  }
  return std::nullopt;
}

/// An output takes each message as it comes.
ControlProof::Result ControlProof::checkOutput(uint32_t output) {
  for (const DataNeed &need : dataNeeds(contract, writes, output))
    if (!view.reachesOutput(output, need.writer))
      return readsTooEarly(output, need, size(output) - 1,
                           llvm::formatv("no route from '{0}'",
                                         contract.stages[need.writer].name));
  return std::nullopt;
}

ControlProof::Result ControlProof::checkData(uint32_t stage) {
  if (!view.context(stage))
    return checkOutput(stage);
  for (const DataNeed &need : dataNeeds(contract, writes, stage))
    if (auto wrong = checkNeed(stage, need))
      return wrong;
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Slots: nothing is overwritten before it is read
//===----------------------------------------------------------------------===//

/// On what `writer` waits for credits of `reader`; null where it does not.
const LiftedCounter *ControlProof::creditCounter(const BufferView &buffer,
                                                 uint32_t writer,
                                                 uint32_t reader) {
  auto [entry, isNew] = credits.try_emplace({writer, reader}, nullptr);
  if (isNew) {
    uint32_t route = buffer.routeFrom.at(writer);
    if (std::optional<uint32_t> index = view.readerIndex(route, reader))
      entry->second = lifted[writer].find(route, index);
  }
  return entry->second;
}

// retired >= (n - age)*|S| + E + 1
bool ControlProof::isRetired(const BufferView &buffer, const SlotOrder &order) {
  const LiftedCounter *counter =
      creditCounter(buffer, order.writer, order.other);
  if (!counter)
    return false;
  int64_t needed = order.otherRank + 1 - order.age * counter->perImage;
  return order.age > 0 ? counter->certainLater(order.rank) >= needed
                       : counter->certain[order.rank] >= needed;
}

/// The writer has waited for an iteration of the reader that waited for the
/// message: received >= (n - age)*|P| + rank + 1.
bool ControlProof::isReceivedByReader(const BufferView &buffer, uint32_t reader,
                                      const SlotOrder &order) {
  const LiftedCounter *credit = creditCounter(buffer, order.writer, reader);
  const LiftedCounter *data =
      lifted[reader].find(buffer.routeFrom.at(order.other), std::nullopt);
  if (!credit || !data)
    return false;
  int64_t retired = credit->certain[order.rank];
  int64_t image = llvm::divideFloorSigned(retired - 1, credit->perImage);
  if (image < -order.age)
    return false;
  int64_t needed = order.otherRank + 1 - (order.age + image) * data->perImage;
  return data->certain[retired - 1 - image * credit->perImage] >= needed;
}

bool ControlProof::isReceived(const BufferView &buffer,
                              const SlotOrder &order) {
  return llvm::any_of(buffer.shared.readers, [&](uint32_t reader) {
    return isReceivedByReader(buffer, reader, order);
  });
}

/// Whether the order follows from the waits of others.
bool ControlProof::isKnown(const BufferView &buffer,
                           const SlotOrder &order) const {
  Knowledge known(view, lifted, order.writer, order.rank, order.age);
  int64_t needed = order.otherRank + 1 - order.age * size(order.other);
  if (order.isTurn)
    return known.received(buffer.routeFrom.at(order.other)) >= needed;
  return known.retired(order.other) >= needed;
}

Counterexample ControlProof::overwrites(const BufferView &buffer,
                                        const SlotOrder &order) {
  const Stage &writer = contract.stages[order.writer];
  const Stage &other = contract.stages[order.other];
  auto [d0, d1] = other.iteration(order.otherRank);
  Counterexample example;
  example.hazard = Hazard::Overwrite;
  example.stage = writer.name;
  example.other = other.name;
  example.iteration = writer.iteration(order.rank);
  example.object = contract.objects[*writer.written].name;
  example.location = order.location;
  const LiftedCounter *counter =
      order.isTurn ? nullptr : creditCounter(buffer, order.writer, order.other);
  int64_t image = 0; // of what is overwritten
  if (counter)
    image = counter->imageWithout(
        order.rank, order.otherRank + 1 - order.age * counter->perImage);
  example.image = image + order.age;
  example.reason = llvm::formatv(
      "of image {0}, which iteration ({1}, {2}) of '{3}' need not have {4}",
      image, d0, d1, other.name, order.isTurn ? "written" : "read");
  return example;
}

ControlProof::Result ControlProof::checkBuffer(const BufferView &buffer) {
  credits.clear();
  auto check = [&](const SlotOrder &order) -> Result {
    ++(order.isTurn ? counts.turns : counts.slots);
    if (order.isTurn ? isReceived(buffer, order) : isRetired(buffer, order))
      return std::nullopt;
    if (isKnown(buffer, order))
      return std::nullopt;
    return overwrites(buffer, order);
  };
  return forEachSlotOrder(contract, writes[buffer.shared.storage.object],
                          buffer.shared, check);
}

/// What was looked at for some images only.
ControlProof::Result ControlProof::findPartial() const {
  for (uint32_t stage = 0; stage < lifted.size(); ++stage) {
    if (!lifted[stage].isPartial)
      continue;
    Counterexample example;
    example.stage = contract.stages[stage].name;
    example.reason = "loops change from image to image";
    return example;
  }
  return std::nullopt;
}

ControlProof::Result ControlProof::run() {
  if (auto wrong = view.match())
    return wrong;
  if (auto wrong = tabulateWrites(contract, writes))
    return wrong;
  if (auto wrong = liftAll())
    return wrong;
  for (uint32_t stage = 0; stage < lifted.size(); ++stage)
    if (auto wrong = checkData(stage))
      return wrong;
  for (const BufferView &buffer : view.buffers())
    if (auto wrong = checkBuffer(buffer))
      return wrong;
  if (auto wrong = findDeadlock(contract, lifted))
    return wrong;
  return findPartial();
}

std::optional<Counterexample>
proof::proveControl(const program::Program &program, const Contract &contract,
                    ProofCounts &counts) {
  if (auto large = findTooLarge(contract))
    return large;
  return ControlProof(program, contract, counts).run();
}
