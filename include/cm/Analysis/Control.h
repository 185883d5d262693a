//===- Control.h - when an iteration may fire -------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The two rules of polyhedral control (docs/Control.md) as thresholds on
// counters. Plain C++ over the structured accesses; no MLIR.
//
//===----------------------------------------------------------------------===//

#ifndef CM_ANALYSIS_CONTROL_H
#define CM_ANALYSIS_CONTROL_H

#include "cm/Poly/Access.h"
#include "cm/Poly/Piecewise.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <map>
#include <memory>
#include <vector>

namespace cm {

struct AxisOccupant;
struct AxisSplit;

/// One writer stage and one reader stage over one object.
struct StreamAccess {
  Domain writer;
  PixelWrite write;
  Extent object;
  Domain reader;
  /// All windows through which the reader stage reads the object.
  std::vector<Window> reads;

  auto key() const {
    return std::make_tuple(writer, write, object, reader, reads);
  }
};

/// Computes rules, identical ones once. Not for several threads at once.
class ControlRules {
public:
  explicit ControlRules(PolyContext &context) : context(context) {}

  /// The fire rule. Iteration i of the reader, in image n, needs that the
  /// messages received from the writer since the beginning are at least
  ///   n*|P| + rank_P(D'(i)) + 1,   D' = lexmax((S >=lex S) . R . W^-1),
  /// where every iteration of the writer, P, sends one message. No value before
  /// the first need.
  llvm::Expected<Piecewise> fire(const StreamAccess &stream);

  /// The credit rule. Iteration w of the writer, in image n, may send when the
  /// iterations that the reader has retired since the beginning are at least
  ///   n_occ*|S| + rank_S(E'(w)) + 1,
  ///   E'(w) = lexmax over w' <=lex w of the last reader of what is
  ///   overwritten,
  /// in a buffer of `slots` >= 1 slots at the reader's core; n_occ is the image
  /// of what is overwritten. It is below 1 where that is before the first
  /// image. No value before the first location that the reader reads. All
  /// writers of the object together write all of it once per image; where
  /// they take turns, `reads` leave nothing out (cm/Analysis/Cover.h). Rows
  /// that are written at once take slots that were taken at once.
  llvm::Expected<Piecewise> credit(const StreamAccess &stream, Fold fold,
                                   int64_t slots);

  /// The credit rules of any stream: all are to be kept. There is one, but for
  /// a writer of several rows at once whose slots were not taken at once: one
  /// for each of the rows.
  llvm::Expected<std::vector<Piecewise>> credits(const StreamAccess &stream,
                                                 Fold fold, int64_t slots);

  /// Rules that were computed, not found again.
  unsigned computed() const { return fireRules.size() + creditRules.size(); }

private:
  llvm::Expected<Piecewise>
  axisRule(const std::string &key,
           llvm::function_ref<llvm::Expected<Piecewise>()> compute);
  llvm::Expected<Piecewise> fireByAxes(const AxisSplit &split, int64_t width);
  llvm::Expected<Piecewise> fireByOnePart(const StreamAccess &stream,
                                          Piecewise rule);
  llvm::Expected<Piecewise> creditByAxes(const AxisSplit &split, int64_t width,
                                         const AxisOccupant &rows,
                                         const AxisOccupant &columns);

  using StreamKey = decltype(StreamAccess().key());

  PolyContext &context;
  std::map<std::string, Piecewise> axisRules; // by kind and axis
  std::map<StreamKey, Piecewise> fireRules;
  std::map<std::tuple<StreamKey, Fold, int64_t>, Piecewise> creditRules;
};

} // namespace cm

#endif // CM_ANALYSIS_CONTROL_H
