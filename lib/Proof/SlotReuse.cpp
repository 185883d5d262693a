//===- SlotReuse.cpp - who takes whose slot -------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Proof/SlotReuse.h"
#include "llvm/Support/MathExtras.h"

using namespace cm;
using namespace cm::proof;

namespace {
/// Pixel `pixel` of the image `age` images before.
struct Occupant {
  int64_t pixel, age;
};

/// Lists the orders of one buffer.
class Lister {
public:
  Lister(const Contract &contract, const ObjectWrites &parts,
         const SharedBuffer &buffer, SlotCheck check)
      : parts(parts), buffer(buffer), check(check),
        object(contract.objects[buffer.storage.object].extent),
        isWriter(contract.stages.size(), false) {
    for (uint32_t writer : buffer.storage.writers)
      isWriter[writer] = true;
    for (uint32_t reader : buffer.readers)
      last.push_back(lastReads(contract, parts, reader, buffer.storage.object));
  }

  std::optional<Counterexample> run();

private:
  Occupant occupantOf(int64_t pixel, int64_t turns) const;
  bool isBrought(size_t part, int64_t pixel) const;
  std::optional<Counterexample> listReads(size_t part, SlotOrder &order,
                                          int64_t pixel);
  std::optional<Counterexample> listTurns(size_t part, SlotOrder &order,
                                          int64_t pixel);
  std::optional<Counterexample> listOccupants(size_t part, int64_t pixel);

  const ObjectWrites &parts;
  const SharedBuffer &buffer;
  SlotCheck check;
  const Extent &object;
  std::vector<char> isWriter;                          // by stage
  std::vector<std::vector<std::vector<int32_t>>> last; // by reader, E
};
} // namespace

// g - turns*F of image n is (g - turns*F) mod G of image n - age, where G is
// the number of folded coordinates of an image: H, or H*W.
Occupant Lister::occupantOf(int64_t pixel, int64_t turns) const {
  bool byRows = buffer.storage.fold == Fold::Row;
  int64_t columns = byRows ? object.w : 1;
  int64_t perImage = object.h * object.w / columns;
  int64_t before = pixel / columns - turns * buffer.storage.slots;
  int64_t image = llvm::divideFloorSigned(before, perImage);
  return {(before - image * perImage) * columns + pixel % columns, -image};
}

/// Whether writers of this buffer bring all channels of the part at the pixel.
/// If not, the slot still holds something of an occupant before.
bool Lister::isBrought(size_t part, int64_t pixel) const {
  int64_t missing = parts[part].end - parts[part].begin;
  for (const ChannelPart &other : parts) {
    const Owner &owner = other.owners[pixel];
    if (owner.stage != nobody && isWriter[owner.stage] &&
        other.meets(parts[part].begin, parts[part].end))
      missing -= std::min(other.end, parts[part].end) -
                 std::max(other.begin, parts[part].begin);
  }
  return missing <= 0; // each location has one owner
}

std::optional<Counterexample> Lister::listReads(size_t part, SlotOrder &order,
                                                int64_t pixel) {
  order.isTurn = false;
  for (size_t r = 0; r < last.size(); ++r) {
    order.other = buffer.readers[r];
    order.otherRank = last[r][part][pixel];
    if (order.otherRank == nobody)
      continue;
    if (auto found = check(order))
      return found;
  }
  return std::nullopt;
}

std::optional<Counterexample> Lister::listTurns(size_t part, SlotOrder &order,
                                                int64_t pixel) {
  order.isTurn = true;
  for (const ChannelPart &other : parts) {
    const Owner &owner = other.owners[pixel];
    if (!other.meets(parts[part].begin, parts[part].end) ||
        owner.stage == nobody || uint32_t(owner.stage) == order.writer ||
        !isWriter[owner.stage])
      continue;
    order.other = owner.stage, order.otherRank = owner.rank;
    if (auto found = check(order))
      return found;
  }
  return std::nullopt;
}

/// The occupants of the slot before a pixel, back to the first that was brought
/// there whole: the pixel itself, in an image before, at the latest.
std::optional<Counterexample> Lister::listOccupants(size_t part,
                                                    int64_t pixel) {
  SlotOrder order;
  order.writer = parts[part].owners[pixel].stage;
  order.rank = parts[part].owners[pixel].rank;
  for (int64_t turns = 1;; ++turns) {
    Occupant before = occupantOf(pixel, turns);
    order.age = before.age;
    order.location = {before.pixel / object.w, before.pixel % object.w,
                      parts[part].begin};
    if (auto found = listReads(part, order, before.pixel))
      return found;
    if (auto found = listTurns(part, order, before.pixel))
      return found;
    if (isBrought(part, before.pixel))
      return std::nullopt;
  }
}

std::optional<Counterexample> Lister::run() {
  for (size_t part = 0; part < parts.size(); ++part)
    for (int64_t pixel = 0; pixel < object.h * object.w; ++pixel) {
      const Owner &owner = parts[part].owners[pixel];
      if (owner.stage == nobody || !isWriter[owner.stage])
        continue;
      if (auto found = listOccupants(part, pixel))
        return found;
    }
  return std::nullopt;
}

std::optional<Counterexample>
proof::forEachSlotOrder(const Contract &contract, const ObjectWrites &parts,
                        const SharedBuffer &buffer, SlotCheck check) {
  return Lister(contract, parts, buffer, check).run();
}
