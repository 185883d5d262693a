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
#include "cm/Poly/Context.h"
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
             1,
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
  for (const Window &window : stream.reads)
    for (const ElementBox &box : elementBoxes(window)) {
      if (box.channelBegin >= write.channelEnd ||
          box.channelEnd <= write.channelBegin)
        continue;
      add(split.y,
          {box.kyEnd - box.kyBegin, window.strideY,
           window.offsetY + box.kyBegin * window.dilationY, window.dilationY});
      add(split.x,
          {box.kxEnd - box.kxBegin, window.strideX,
           window.offsetX + box.kxBegin * window.dilationX, window.dilationX});
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

static Map readsOf(PolyContext &context, const AxisStream &axis) {
  std::string text;
  for (const AxisWindow &read : axis.reads) {
    text += text.empty() ? "" : " or ";
    if (read.dilation == 1 || read.kernel == 1)
      text += llvm::formatv("({0}*d + {1} <= y <= {0}*d + {2})", read.stride,
                            read.offset, read.offset + read.kernel - 1);
    else
      text +=
          llvm::formatv("(exists k : 0 <= k < {0} and y = {1}*d + {2} + {3}*k)",
                        read.kernel, read.stride, read.offset, read.dilation);
  }
  return Map::parse(
      context,
      llvm::formatv("{{ [d] -> [y] : 0 <= d < {0} and 0 <= y < {1} and ({2}) }",
                    axis.readers, axis.extent, text));
}

static Map writesOf(PolyContext &context, const AxisStream &axis) {
  return Map::parse(
      context,
      llvm::formatv(
          "{{ [d] -> [y] : 0 <= d < {0} and {1}*d + {2} <= y < {1}*d + {3} }",
          axis.writers, axis.stride, axis.offset, axis.offset + axis.pixels));
}

/// { [d] -> [e] : e <= d }, both in 0 .. count-1 and where `part` holds.
static Map notAfter(PolyContext &context, int64_t count,
                    const std::string &part) {
  auto where = [&](const char *dim) {
    return llvm::formatv(part.c_str(), dim).str();
  };
  return Map::parse(
      context,
      llvm::formatv("{{ [d] -> [e] : 0 <= e <= d < {0} and {1} and {2} }",
                    count, where("d"), where("e")));
}

llvm::Expected<Piecewise> cm::axisFire(PolyContext &context,
                                       const AxisStream &axis) {
  auto rule = context.run("fire rule of an axis", [&] {
    return notAfter(context, axis.readers, "true")
        .then(readsOf(context, axis).then(writesOf(context, axis).inverse()))
        .lexmaxWeighted({1}, 0);
  });
  if (!rule)
    return rule.takeError();
  return std::move(**rule);
}

llvm::Expected<Piecewise> cm::axisCredit(PolyContext &context,
                                         const AxisStream &axis,
                                         const AxisOccupant &occupant) {
  std::string part =
      llvm::formatv("{0} <= {1}*{{0} + {2} < {3}", occupant.begin, axis.stride,
                    axis.offset, occupant.end);
  auto rule = context.run("credit rule of an axis", [&] {
    Map shift = Map::parse(
        context, llvm::formatv("{{ [y] -> [y + {0}] }", occupant.shift));
    return notAfter(context, axis.writers, part)
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
