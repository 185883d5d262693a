//===- ProveSchedule.cpp - a schedule keeps all orders --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Proof/SlotReuse.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace cm;
using namespace cm::proof;

namespace {
class ScheduleProof {
public:
  ScheduleProof(const Contract &contract, ProofCounts &counts)
      : contract(contract), counts(counts) {}

  std::optional<Counterexample> run(const std::vector<Storage> &storage);

private:
  using Result = std::optional<Counterexample>;

  void findTimes();
  Result checkPace(uint32_t stage);
  Result checkNeed(uint32_t reader, const DataNeed &need);
  Result checkSlot(const SlotOrder &order) const;
  Result checkStorage(const Storage &storage);
  Result checkStream(uint32_t reader, const DataNeed &need,
                     const std::vector<Storage> &storage);
  Counterexample inTime(Hazard hazard, uint32_t stage, int64_t rank,
                        std::string reason) const;

  const Contract &contract;
  ProofCounts &counts;
  std::vector<ObjectWrites> writes;        // by object
  std::vector<std::vector<int64_t>> times; // by stage and rank, in image 0
};
} // namespace

void ScheduleProof::findTimes() {
  for (uint32_t stage = 0; stage < contract.stages.size(); ++stage) {
    std::vector<int64_t> &of = times.emplace_back();
    for (int64_t k = 0; k < contract.stages[stage].domain.size(); ++k)
      of.push_back(contract.time(stage, k));
  }
}

Counterexample ScheduleProof::inTime(Hazard hazard, uint32_t index,
                                     int64_t rank, std::string reason) const {
  const Stage &stage = contract.stages[index];
  Counterexample example;
  example.hazard = hazard, example.stage = stage.name;
  example.image = 0, example.iteration = stage.iteration(rank);
  example.reason = std::move(reason);
  return example;
}

/// Program order: time(k) < time(k + 1), also into the next image.
ScheduleProof::Result ScheduleProof::checkPace(uint32_t stage) {
  int64_t size = contract.stages[stage].domain.size();
  counts.iterations += size;
  if (contract.ii >= size)
    return std::nullopt;
  return inTime(
      Hazard::Deadlock, stage, size - 1,
      llvm::formatv("{0} iterations in {1} cycles", size, contract.ii));
}

/// time(w, D(k)) < time(r, k). Since times grow, so it is for D'(k).
ScheduleProof::Result ScheduleProof::checkNeed(uint32_t reader,
                                               const DataNeed &need) {
  for (size_t k = 0; k < need.last.size(); ++k) {
    if (need.last[k] == nobody)
      continue;
    ++counts.data;
    int64_t written = times[need.writer][need.last[k]];
    if (written < times[reader][k])
      continue;
    Counterexample example =
        inTime(Hazard::ReadBeforeWrite, reader, k,
               llvm::formatv("scheduled at {0}, what it needs of '{1}' at {2}",
                             times[reader][k],
                             contract.stages[need.writer].name, written));
    example.object = contract.objects[need.object].name;
    return example;
  }
  return std::nullopt;
}

/// time(other) - age*II < time(writer), of a read or an earlier write.
ScheduleProof::Result ScheduleProof::checkSlot(const SlotOrder &order) const {
  int64_t before = times[order.other][order.otherRank];
  int64_t writing = times[order.writer][order.rank] + order.age * contract.ii;
  if (before < writing)
    return std::nullopt;
  const Stage &other = contract.stages[order.other];
  auto [d0, d1] = other.iteration(order.otherRank);
  Counterexample example =
      inTime(Hazard::Overwrite, order.writer, order.rank,
             llvm::formatv(
                 "scheduled at {0}, iteration ({1}, {2}) of '{3}', which {4} "
                 "the location last, at {5}",
                 writing, d0, d1, other.name,
                 order.isTurn ? "has written" : "reads", before));
  example.image = order.age;
  const Stage &writer = contract.stages[order.writer];
  example.object = contract.objects[*writer.written].name;
  example.location = order.location;
  return example;
}

/// The span of what lives is within the slots where every write comes behind
/// the last read of what it overwrites.
ScheduleProof::Result ScheduleProof::checkStorage(const Storage &storage) {
  SharedBuffer buffer;
  buffer.storage = storage;
  for (uint32_t i = 0; i < contract.stages.size(); ++i) {
    const Stage &stage = contract.stages[i];
    bool reads = llvm::any_of(stage.reads, [&](const Read &read) {
      return read.object == storage.object;
    });
    if (reads && stage.node == storage.node && stage.written)
      buffer.readers.push_back(i);
  }
  return forEachSlotOrder(contract, writes[storage.object], buffer,
                          [&](const SlotOrder &order) {
                            ++(order.isTurn ? counts.turns : counts.slots);
                            return checkSlot(order);
                          });
}

/// What a stage on a core reads comes into a buffer there.
ScheduleProof::Result
ScheduleProof::checkStream(uint32_t reader, const DataNeed &need,
                           const std::vector<Storage> &storage) {
  const Stage &stage = contract.stages[reader];
  bool comes = !stage.written || llvm::any_of(storage, [&](const Storage &s) {
    return s.object == need.object && s.node == stage.node &&
           llvm::is_contained(s.writers, need.writer);
  });
  if (comes)
    return std::nullopt;
  Counterexample example =
      inTime(Hazard::ReadBeforeWrite, reader, stage.domain.size() - 1,
             llvm::formatv("no stream from '{0}' into a buffer",
                           contract.stages[need.writer].name));
  example.object = contract.objects[need.object].name;
  return example;
}

ScheduleProof::Result ScheduleProof::run(const std::vector<Storage> &storage) {
  if (auto wrong = tabulateWrites(contract, writes))
    return wrong;
  findTimes();
  for (uint32_t stage = 0; stage < contract.stages.size(); ++stage) {
    if (auto wrong = checkPace(stage))
      return wrong;
    for (const DataNeed &need : dataNeeds(contract, writes, stage)) {
      if (auto wrong = checkStream(stage, need, storage))
        return wrong;
      if (auto wrong = checkNeed(stage, need))
        return wrong;
    }
  }
  for (const Storage &buffer : storage)
    if (auto wrong = checkStorage(buffer))
      return wrong;
  return std::nullopt;
}

std::optional<Counterexample>
proof::proveSchedule(const Contract &contract,
                     const std::vector<Storage> &storage, ProofCounts &counts) {
  if (auto large = findTooLarge(contract))
    return large;
  return ScheduleProof(contract, counts).run(storage);
}
