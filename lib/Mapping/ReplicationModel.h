//===- ReplicationModel.h - the lines of the model, at one II ---*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Evaluates docs/Mapping.md, "Replication", for one II after the other: what
// does not depend on copies is kept.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MAPPING_REPLICATIONMODEL_H
#define CM_LIB_MAPPING_REPLICATIONMODEL_H

#include "cm/Mapping/Replication.h"
#include <array>

namespace cm {

/// The most of each resource that a core has.
ReplicationCore mostOfCores(const std::vector<ReplicationCore> &cores);

/// The problem has passed `check`.
class ReplicationModel {
public:
  enum Resource {
    Crossbars,
    Mvms,
    Contexts,
    Dpus,
    Ports,
    Memory,
    Links,
    NumResources
  };
  using Amounts = std::array<uint64_t, NumResources>; // of each resource

  ReplicationModel(const ReplicationProblem &problem, uint64_t ii)
      : ReplicationModel(problem) {
    setInterval(ii);
  }
  explicit ReplicationModel(const ReplicationProblem &problem);

  void setInterval(uint64_t ii);

  /// Whether the stages of a layer with so many copies keep to the II.
  bool keepsTo(const ReplicationLayer &layer, uint64_t copies) const;
  /// The least with which they do; the most where no number does.
  uint64_t fewestCopies(const ReplicationLayer &layer) const;
  std::vector<uint64_t> fewestCopies() const;
  /// As `ReplicationProblem` says.
  uint64_t coresFor(const std::vector<uint64_t> &copies,
                    std::string *limit) const;
  /// Cycles per image of a stage of the largest copy, on a core of its own.
  uint64_t alone(const ReplicationLayer &layer, const ReplicationStage &stage,
                 uint64_t copies) const;

private:
  /// What copies need, and what a core has, in an image.
  Amounts needsOf(const std::vector<uint64_t> &copies) const;
  Amounts amountsOf(const ReplicationCore &core) const;

  /// A stage that reads an input, of which layer.
  struct Reader {
    uint32_t layer;
    const ReplicationStage *stage;
  };

  /// Cores that the copies of a stage are on, at least.
  uint64_t spread(const Reader &reader, uint64_t copies) const;
  /// Cores that take an input, at least.
  uint64_t readingCores(uint32_t input,
                        const std::vector<uint64_t> &copies) const;

  const ReplicationProblem &problem;
  ReplicationCore most;
  std::vector<std::vector<Reader>> readers; // of each input
  uint64_t ii = 1;
  std::vector<bool> goesOut; // several cores take the input, at any copies
};

} // namespace cm

#endif // CM_LIB_MAPPING_REPLICATIONMODEL_H
