//===- AxisRules.cpp - control rules one axis at a time -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The relations of Control.cpp with one dimension.
//
//===----------------------------------------------------------------------===//

#include "AxisRules.h"
#include "cm/Poly/Box.h"
#include "cm/Poly/Context.h"
#include "cm/Poly/ReadBoxes.h"
#include "cm/Poly/Relation.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace cm;

//===----------------------------------------------------------------------===//
// Axes of a stream
//===----------------------------------------------------------------------===//

std::string AxisStream::key() const {
  std::string text = llvm::formatv("{0} {1} {2} {3} {4} {5}", writers, stride,
                                   offset, pixels, extent, readers);
  for (const AxisWindow &read : reads)
    text += llvm::formatv(";{0} {1} {2} {3}", read.kernel, read.stride,
                          read.offset, read.dilation);
  return text;
}

/// Adds a read to an axis that does not have it yet.
static void add(AxisStream &axis, const AxisWindow &read) {
  if (!llvm::is_contained(axis.reads, read))
    axis.reads.push_back(read);
}

std::optional<AxisSplit> cm::splitAxes(const StreamAccess &stream) {
  const PixelWrite &write = stream.write;
  AxisSplit split;
  split.y = {stream.writer.h,
             write.strideY,
             write.offsetY,
             write.rows,
             stream.object.h,
             stream.reader.h,
             {}};
  split.x = {stream.writer.w,
             write.strideX,
             write.offsetX,
             write.pixels,
             stream.object.w,
             stream.reader.w,
             {}};
  for (const Window &part : readBoxes(stream.reads, write)) {
    add(split.y, {part.kernelY, part.strideY, part.offsetY, part.dilationY});
    add(split.x, {part.kernelX, part.strideX, part.offsetX, part.dilationX});
  }
  split.meets = !split.y.reads.empty();
  // Several windows are a product where they agree on one axis.
  if (split.y.reads.size() > 1 && split.x.reads.size() > 1)
    return std::nullopt;
  return split;
}

//===----------------------------------------------------------------------===//
// Relations
//===----------------------------------------------------------------------===//

/// { [d] -> [y] : 0 <= d < readers and 0 <= y < extent and
///   exists k : 0 <= k < kernel and y = stride*d + offset + dilation*k } of all
/// reads.
static Map readsOf(PolyContext &context, const AxisStream &axis) {
  Map all;
  for (const AxisWindow &read : axis.reads) {
    std::vector<LinearConstraint> constraints = {{{1, 0}, 0},
                                                 {{-1, 0}, axis.readers - 1},
                                                 {{0, 1}, 0},
                                                 {{0, -1}, axis.extent - 1}};
    bool dense = read.dilation == 1 || read.kernel == 1;
    if (dense) {
      constraints.push_back({{-read.stride, 1}, -read.offset});
      constraints.push_back({{read.stride, -1}, read.offset + read.kernel - 1});
    } else {
      constraints.push_back({{0, 0, 1}, 0});
      constraints.push_back({{0, 0, -1}, read.kernel - 1});
      constraints.push_back({{-read.stride, 1, -read.dilation}, -read.offset});
      constraints.push_back({{read.stride, -1, read.dilation}, read.offset});
    }
    Map part = Map::make(context, 1, 1, dense ? 0 : 1, constraints);
    all = all ? all.unite(part) : part;
  }
  return all;
}

/// { [d] -> [y] : 0 <= d < writers and
///   stride*d + offset <= y < stride*d + offset + pixels }
static Map writesOf(PolyContext &context, const AxisStream &axis) {
  return Map::make(context, 1, 1, 0,
                   {{{1, 0}, 0},
                    {{-1, 0}, axis.writers - 1},
                    {{-axis.stride, 1}, -axis.offset},
                    {{axis.stride, -1}, axis.offset + axis.pixels - 1}});
}

/// { [d] -> [e] : 0 <= e <= d < count } and what else is asked.
static Map notAfter(PolyContext &context, int64_t count,
                    std::vector<LinearConstraint> constraints = {}) {
  constraints.push_back({{0, 1}, 0});
  constraints.push_back({{1, -1}, 0});
  constraints.push_back({{-1, 0}, count - 1});
  return Map::make(context, 1, 1, 0, constraints);
}

/// floor((greatest location that d reads - first of the writer's) / stride of
/// the writer), where all reads take the same steps.
static std::optional<QuasiAffine> lastWriterOf(const AxisStream &axis) {
  int64_t stride = axis.reads.front().stride, last = axis.reads.front().offset;
  for (const AxisWindow &read : axis.reads) {
    if (read.stride != stride)
      return std::nullopt;
    last = std::max(last, read.offset + (read.kernel - 1) * read.dilation);
  }
  return QuasiAffine::floorDiv(QuasiAffine::dim(0) * stride +
                                   QuasiAffine(last - axis.offset),
                               axis.stride);
}

namespace {
struct Run {
  QuasiAffine value;
  int64_t begin, last;
};
} // namespace

/// The rule as runs of `value` and of constants between them; nothing where
/// there are more than a few.
static std::optional<std::vector<Run>>
runsOf(const Piecewise &rule, const QuasiAffine &value, int64_t readers) {
  constexpr size_t few = 4;
  std::vector<Run> runs;
  for (int64_t d = 0; d < readers; ++d) {
    std::optional<int64_t> wanted = rule.eval(0, {d});
    if (!wanted)
      continue;
    bool goesOn = !runs.empty() && runs.back().last == d - 1 &&
                  runs.back().value.eval(0, {d}) == *wanted;
    if (goesOn)
      runs.back().last = d;
    else if (runs.size() < few)
      runs.push_back(
          {value.eval(0, {d}) == *wanted ? value : QuasiAffine(*wanted), d, d});
    else
      return std::nullopt;
  }
  return runs;
}

/// isl has pieces for the residues of d where a reader takes smaller steps than
/// the writer: one value with a division has them all.
static Piecewise withoutResidues(Piecewise rule, const AxisStream &axis) {
  constexpr int64_t maxReaders = 1 << 16;
  std::optional<QuasiAffine> value = lastWriterOf(axis);
  if (!hasResidues(rule, 1) || !value || axis.readers > maxReaders)
    return rule;
  auto runs = runsOf(rule, *value, axis.readers);
  if (!runs)
    return rule;
  Piecewise result;
  for (const Run &run : *runs)
    result.pieces.push_back(
        {{conjunctionOf({{run.begin}, {run.last}})}, run.value});
  return result;
}

llvm::Expected<Piecewise> cm::axisFire(PolyContext &context,
                                       const AxisStream &axis) {
  auto rule = context.run("fire rule of an axis", [&] {
    return notAfter(context, axis.readers)
        .then(readsOf(context, axis).then(writesOf(context, axis).inverse()))
        .lexmaxWeighted({1}, 0);
  });
  if (!rule)
    return rule.takeError();
  return withoutResidues(std::move(**rule), axis);
}

llvm::Expected<Piecewise> cm::axisCredit(PolyContext &context,
                                         const AxisStream &axis,
                                         const AxisOccupant &occupant) {
  int64_t stride = axis.stride;
  int64_t atLeast = axis.offset - occupant.begin;
  int64_t atMost = occupant.end - 1 - axis.offset;
  auto rule = context.run("credit rule of an axis", [&] {
    Map shift = Map::make(context, 1, 1, 0,
                          {{{-1, 1}, -occupant.shift}, // [y] -> [y + shift]
                           {{1, -1}, occupant.shift}});
    return notAfter(context, axis.writers,
                    {{{stride, 0}, atLeast},
                     {{0, stride}, atLeast},
                     {{-stride, 0}, atMost},
                     {{0, -stride}, atMost}})
        .then(writesOf(context, axis).then(shift))
        .then(readsOf(context, axis).inverse())
        .lexmaxWeighted({1}, 0);
  });
  if (!rule)
    return rule.takeError();
  return std::move(**rule);
}

//===----------------------------------------------------------------------===//
// Combination
//===----------------------------------------------------------------------===//

/// The expression in d1 instead of d0.
static QuasiAffine ofSecond(const QuasiAffine &value) {
  QuasiAffine result(value.constant);
  result.image = value.image;
  if (!value.dims.empty())
    result += QuasiAffine::dim(1) * value.dims[0];
  for (const FloorDiv &div : value.divs)
    result += QuasiAffine::floorDiv(ofSecond(div.numerator), div.divisor) *
              div.coefficient;
  return result;
}

static void addProduct(const Piece &y, const Piece &x, Piece &piece) {
  for (const Conjunction &rows : y.domain)
    for (const Conjunction &columns : x.domain) {
      Conjunction both = rows;
      for (const QuasiAffine &condition : columns)
        both.push_back(ofSecond(condition));
      piece.domain.push_back(std::move(both));
    }
}

Piecewise cm::combineAxes(const Piecewise &y, const Piecewise &x,
                          int64_t weight, int64_t constant) {
  Piecewise result;
  for (const Piece &rows : y.pieces)
    for (const Piece &columns : x.pieces) {
      Piece piece;
      piece.value =
          rows.value * weight + ofSecond(columns.value) + QuasiAffine(constant);
      addProduct(rows, columns, piece);
      result.pieces.push_back(std::move(piece));
    }
  return result;
}
