//===- Control.cpp - when an iteration may fire ---------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Analysis/Control.h"
#include "AxisRules.h"
#include "cm/Poly/Box.h"
#include "cm/Poly/Context.h"
#include "cm/Poly/CreditRules.h"
#include "cm/Poly/ReadBoxes.h"
#include "cm/Poly/Relation.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/STLExtras.h"

using namespace cm;

// { [d0, d1] -> [e0, e1] : e0 <= d0 and e1 <= d1 }, both within the domain and
// d within `part`, which e has to be in as well.
//
// Every such e is also e <=lex d. Any set between { d } and { e : e <=lex d }
// gives a rule of the same effect, since iterations wait in order. This one
// gives the fewest pieces: an access with a stride has no pieces per residue.
static Map notAfter(PolyContext &context, const Domain &domain,
                    const std::string &part) {
  Set box = Set::parse(
      context,
      llvm::formatv("{{ [d0, d1] : 0 <= d0 < {0} and 0 <= d1 < {1} and {2} }",
                    domain.h, domain.w, part));
  return Map::parse(context, "{ [d0, d1] -> [e0, e1] : e0 <= d0 and e1 <= d1 }")
      .intersectDomain(box)
      .intersectRange(box);
}

/// What relations cannot be built of.
static llvm::Error checkStream(const StreamAccess &stream) {
  if (stream.reads.empty())
    return makeError("a stream has no window through which it is read");
  for (const Window &window : stream.reads)
    if (llvm::Error error = checkAccess(stream.reader, window, stream.object))
      return error;
  return checkAccess(stream.writer, stream.write, stream.object);
}

/// R of all windows of the reader together: S -> O.
static llvm::Expected<Map> readsOf(PolyContext &context,
                                   const StreamAccess &stream) {
  Map all;
  for (const Window &window : stream.reads) {
    auto read = readRelation(context, stream.reader, window, stream.object);
    if (!read)
      return read.takeError();
    all = all ? all.unite(*read) : *read;
  }
  return context.run("reads of a stream", [&] { return all.coalesce(); });
}

llvm::Expected<Piecewise> ControlRules::axisRule(
    const std::string &key,
    llvm::function_ref<llvm::Expected<Piecewise>()> compute) {
  auto known = axisRules.find(key);
  if (known != axisRules.end())
    return known->second;
  llvm::Expected<Piecewise> rule = compute();
  if (rule)
    axisRules[key] = *rule;
  return rule;
}

/// The rule of a product of axes: `weight` times that of the rows plus that of
/// the columns, plus 1.
static llvm::Expected<Piecewise>
join(llvm::Expected<Piecewise> y, llvm::Expected<Piecewise> x, int64_t weight) {
  if (!y) {
    llvm::consumeError(x.takeError());
    return y.takeError();
  }
  if (!x)
    return x.takeError();
  return combineAxes(*y, *x, weight, 1);
}

llvm::Expected<Piecewise> ControlRules::fireByAxes(const AxisSplit &split,
                                                   int64_t width) {
  if (!split.meets)
    return Piecewise();
  auto fireOf = [&](const AxisStream &axis) {
    return axisRule("fire " + axis.key(),
                    [&] { return axisFire(context, axis); });
  };
  return join(fireOf(split.y), fireOf(split.x), width);
}

/// The rule for any reads.
static llvm::Expected<Piecewise> fireByPixels(PolyContext &context,
                                              const StreamAccess &stream) {
  auto reads = readsOf(context, stream);
  if (!reads)
    return reads.takeError();
  auto writes =
      writeRelation(context, stream.writer, stream.write, stream.object);
  if (!writes)
    return writes.takeError();
  auto rule = context.run("fire rule", [&] {
    Map needs = reads->then(writes->inverse()).coalesce();
    return notAfter(context, stream.reader, "true")
        .then(needs)
        .lexmaxWeighted({stream.writer.w, 1}, 1);
  });
  if (!rule)
    return rule.takeError();
  return std::move(**rule);
}

static bool isSame(const Piecewise &a, const Piecewise &b,
                   const Domain &domain) {
  for (int64_t d0 = 0; d0 < domain.h; ++d0)
    for (int64_t d1 = 0; d1 < domain.w; ++d1)
      if (a.eval(0, {d0, d1}) != b.eval(0, {d0, d1}))
        return false;
  return true;
}

/// The rule of a row tile is often that of one part of its window, as the last
/// whole row: that rule comes by axes and has no pieces for residues.
llvm::Expected<Piecewise>
ControlRules::fireByOnePart(const StreamAccess &stream, Piecewise rule) {
  constexpr int64_t maxPoints = 1 << 18;
  if (!hasResidues(rule, 2) || stream.reader.size() > maxPoints)
    return rule;
  for (const Window &box : readBoxes(stream.reads, stream.write)) {
    StreamAccess part = stream;
    part.reads = {box};
    llvm::Expected<Piecewise> other =
        fireByAxes(*splitAxes(part), stream.writer.w);
    if (!other)
      return other.takeError();
    if (isSame(*other, rule, stream.reader))
      return other;
  }
  return rule;
}

llvm::Expected<Piecewise> ControlRules::fire(const StreamAccess &stream) {
  auto known = fireRules.find(stream.key());
  if (known != fireRules.end())
    return known->second;
  if (llvm::Error error = checkStream(stream))
    return std::move(error);
  std::optional<AxisSplit> split = splitAxes(stream);
  llvm::Expected<Piecewise> rule = split ? fireByAxes(*split, stream.writer.w)
                                         : fireByPixels(context, stream);
  if (rule && !split)
    rule = fireByOnePart(stream, std::move(*rule));
  if (!rule)
    return rule.takeError();
  for (Piece &piece : rule->pieces)
    piece.value.image = stream.writer.size();
  mergePieces(*rule, 2);
  return fireRules[stream.key()] = std::move(*rule);
}

namespace {
/// Writers of the pixels yBegin <= y < yEnd, xBegin <= x < xEnd in image n
/// overwrite pixel (y + dy, x + dx) of image n - age, which is in the object.
struct Occupant {
  int64_t yBegin, yEnd, xBegin, xEnd;
  int64_t dy, dx, age;
};
} // namespace

// The pixel (v, u) of image n - age that was in the slot:
//   Row:   v = y - F + age*H, u = x
//   Pixel: v*W + u = y*W + x - F + age*H*W, with and without a borrow from the
//          row
// for the one age with 0 <= v < H.
static std::vector<Occupant> occupants(const Extent &object, Fold fold,
                                       int64_t slots) {
  int64_t rows = fold == Fold::Row ? slots : slots / object.w;
  int64_t columns = fold == Fold::Row ? 0 : slots % object.w;
  std::vector<Occupant> result;
  auto addColumns = [&](int64_t xBegin, int64_t xEnd, int64_t rows,
                        int64_t dx) {
    int64_t age = rows / object.h, split = rows % object.h;
    if (xBegin == xEnd)
      return;
    result.push_back({split, object.h, xBegin, xEnd, -split, dx, age});
    if (split > 0)
      result.push_back({0, split, xBegin, xEnd, object.h - split, dx, age + 1});
  };
  addColumns(columns, object.w, rows, -columns);
  addColumns(0, columns, rows + 1, object.w - columns);
  return result;
}

/// The last readers of what one kind of occupant held, for any reads.
static llvm::Expected<Piecewise> creditByPixels(PolyContext &context,
                                                const StreamAccess &stream,
                                                const Occupant &occupant) {
  auto reads = readsOf(context, stream);
  if (!reads)
    return reads.takeError();
  auto writes =
      writeRelation(context, stream.writer, stream.write, stream.object);
  if (!writes)
    return writes.takeError();
  const PixelWrite &write = stream.write;
  std::string part = llvm::formatv(
      "{0} <= {4}*d0 + {5} < {1} and {2} <= {6}*d1 + {7} < {3}",
      occupant.yBegin, occupant.yEnd, occupant.xBegin, occupant.xEnd,
      write.strideY, write.offsetY, write.strideX, write.offsetX);
  auto rule = context.run("credit rule", [&] {
    Map overwrites = writes->then(Map::parse(
        context, llvm::formatv("{{ [y, x, c] -> [y + {0}, x + {1}, c] }",
                               occupant.dy, occupant.dx)));
    return notAfter(context, stream.writer, part)
        .then(overwrites)
        .then(reads->inverse())
        .lexmaxWeighted({stream.reader.w, 1}, 1);
  });
  if (!rule)
    return rule.takeError();
  return std::move(**rule);
}

llvm::Expected<Piecewise>
ControlRules::creditByAxes(const AxisSplit &split, int64_t width,
                           const AxisOccupant &rows,
                           const AxisOccupant &columns) {
  if (!split.meets)
    return Piecewise();
  auto creditOf = [&](const AxisStream &axis, const AxisOccupant &occupant) {
    std::string key = llvm::formatv("credit {0} {1} {2}: ", occupant.begin,
                                    occupant.end, occupant.shift);
    return axisRule(key + axis.key(),
                    [&] { return axisCredit(context, axis, occupant); });
  };
  return join(creditOf(split.y, rows), creditOf(split.x, columns), width);
}

/// Adds a piece; pieces of one value become one.
static void addPiece(Piecewise &rule, Piece piece) {
  for (Piece &other : rule.pieces)
    if (other.value == piece.value) {
      llvm::append_range(other.domain, piece.domain);
      return;
    }
  rule.pieces.push_back(std::move(piece));
}

llvm::Expected<Piecewise> ControlRules::credit(const StreamAccess &stream,
                                               Fold fold, int64_t slots) {
  if (slots < 1)
    return makeError("a buffer has {0} slots, expected at least 1", slots);
  auto key = std::make_tuple(stream.key(), fold, slots);
  auto known = creditRules.find(key);
  if (known != creditRules.end())
    return known->second;
  if (llvm::Error error = checkStream(stream))
    return std::move(error);
  std::optional<AxisSplit> split = splitAxes(stream);
  Piecewise all;
  for (const Occupant &o : occupants(stream.object, fold, slots)) {
    llvm::Expected<Piecewise> rule =
        split ? creditByAxes(*split, stream.reader.w, {o.yBegin, o.yEnd, o.dy},
                             {o.xBegin, o.xEnd, o.dx})
              : creditByPixels(context, stream, o);
    if (!rule)
      return rule.takeError();
    for (Piece &piece : rule->pieces) {
      piece.value.constant -= o.age * stream.reader.size();
      piece.value.image = stream.reader.size();
      addPiece(all, std::move(piece));
    }
  }
  mergePieces(all, 2);
  return creditRules[key] = std::move(all);
}

llvm::Expected<std::vector<Piecewise>>
ControlRules::credits(const StreamAccess &stream, Fold fold, int64_t slots) {
  StreamAccess part = stream;
  if (numCreditRules(stream.write, stream.object, fold, slots) > 1)
    part.write.rows = 1;
  std::vector<Piecewise> result;
  for (int64_t row = 0; row < stream.write.rows; row += part.write.rows) {
    llvm::Expected<Piecewise> rule = credit(part, fold, slots);
    if (!rule)
      return rule.takeError();
    result.push_back(std::move(*rule));
    ++part.write.offsetY;
  }
  return std::move(result);
}
