//===- Compile.h - a model from file to program -----------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_PIPELINES_COMPILE_H
#define CM_PIPELINES_COMPILE_H

#include "cm/Pipelines/LinkReport.h"
#include "cm/Pipelines/Pipelines.h"
#include "cm/Target/ONNX/Import.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cm {

/// What a compilation is asked for.
struct CompileOptions {
  std::string machine; // preset or textproto; empty: the module's own
  std::vector<std::string> settings;
  uint64_t ii = 0, cores = 0;     // 0: the machine decides
  uint64_t stagesPerCore = 0;     // 0: as many as a core can host
  bool exact = false;             // raise the II until it is a guarantee
  std::optional<Buffers> buffers; // default: balanced
  std::optional<uint64_t> seed;
  Replication replicate = Replication::None;
  uint64_t shifts = 0;                // as PipelineOptions says
  std::optional<ShiftAxes> shiftAxes; // default: x
  std::optional<Packing> pack;        // default: auto
  std::optional<Reduction> reduction;
  std::optional<DepthwiseUnit> depthwise;
  std::optional<RoutingStrategy> routing; // default: balanced
  /// A report is wanted: the module is to pass the phase schedule, or to come
  /// as a scheduled graph.
  bool report = false;
  Phase to = Phase::Verify;
  /// Is told the name of each phase as it begins.
  std::function<void(llvm::StringRef phase)> progress;
};

/// Wall time of a phase, in seconds.
struct PhaseTime {
  std::string phase;
  double seconds = 0;
};

/// One stage in the report.
struct StageReport {
  std::string name;
  uint32_t core = 0;
  uint64_t iterations = 0, serviceCycles = 0;
  uint64_t pixels = 1;         // of an iteration
  uint64_t pixelRows = 1;      // in which these are
  uint64_t rows = 0, cols = 0; // of its matrix; 0: none
  std::vector<int64_t> cells;  // crossbar, row, column; empty: not shared
  std::string reason;          // why it is done this way; mostly empty
};

/// What the compiler predicts of a program; filled in where the module is or
/// becomes a scheduled graph. Cycles, bytes, bytes per cycle.
struct CompileReport {
  std::string network, machine;
  uint64_t iiCycles = 0, latencyCycles = 0;
  bool exact = false; // the II is a guarantee (docs/Schedule.md)
  /// The II that a run is expected to show; 0: not evaluated.
  uint64_t predictedII = 0;
  uint64_t iiBound = 0;   // no program with these places and routes is faster
  std::string iiBoundBy;  // what sets it
  uint64_t paceBound = 0; // no schedule of them keeps a smaller uniform II
  std::string paceBoundBy;
  uint64_t wantedCycles = 0; // the II that was asked for; 0: none
  /// What cm-replicate found: no copies have a smaller II on the cores that it
  /// was given; 0: it did not run, or not even one copy of each layer fits.
  uint64_t replicationBound = 0;
  std::string replicationLimit; // empty: it did not run
  uint64_t cores = 0, tiles = 0, crossbars = 0, bufferBytes = 0;
  uint64_t packed = 0; // tiles that share a crossbar
  std::vector<StageReport> stages;
  LinksReport routing;
  std::vector<PhaseTime> phases;

  /// What keeps the II from being less.
  std::string limit() const;
  /// Where a link does, the streams on it: "'conv1' (60%), 'conv2' (40%)".
  std::string limitingStreams() const;
  /// "an II of 2000 cycles is wanted, 4096 are reached: ..."; empty where none
  /// is wanted or it is kept.
  std::string shortfall() const;
};

/// Reads an ONNX model or MLIR (text or bytecode), by its contents. A program
/// file is an error that says so. `options` are those of ONNX models.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
loadModel(llvm::StringRef path, mlir::MLIRContext *context,
          const ImportOptions &options = {});

/// Runs the phases up to `options.to` on the module, in place. Where a module
/// is past a phase already, that phase is left out.
llvm::Expected<CompileReport> compile(mlir::ModuleOp module,
                                      const CompileOptions &options);

/// Compiles with the narrowest links, in whole bytes per cycle, that keep the
/// II that `options` ask for or, where they ask for none, that links of 1024
/// bytes per cycle allow: each width is tried from the partition on, by
/// bisection. The machine's links get that width, those that have one of their
/// own keep it. The module is not past the phase normalise.
llvm::Expected<CompileReport>
compileWithNarrowestLinks(mlir::ModuleOp module, const CompileOptions &options);

/// The report as JSON.
std::string formatReport(const CompileReport &report);
/// Its figures of the whole network as text, without stages and links.
std::string formatReportText(const CompileReport &report);

} // namespace cm

#endif // CM_PIPELINES_COMPILE_H
