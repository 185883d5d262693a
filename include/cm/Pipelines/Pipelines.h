//===- Pipelines.h - named phases in one pipeline ---------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_PIPELINES_PIPELINES_H
#define CM_PIPELINES_PIPELINES_H

#include "cm/Conversion/Passes.h"
#include "cm/Mapping/Capacities.h"
#include "cm/Mapping/Packing.h"
#include "cm/Mapping/Reduction.h"
#include "cm/Mapping/Routing.h"
#include "cm/Transforms/Passes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassOptions.h"

namespace cm {

/// The phases of a compilation, in order. Each can be the first or the last of
/// a run, so that IR can be looked at, changed by hand, and compiled on.
enum class Phase {
  Normalise, // cmnn -> cmnn
  Partition, // cmnn -> cmflow
  Place,     // cmflow -> cmflow
  Route,     // cmflow -> cmflow
  Schedule,  // cmflow -> cmflow
  Control,   // cmflow -> cmcore
  Verify,    // cmcore -> cmcore
};

/// Whether and how the phase `partition` copies layers.
enum class Replication { None, Rows, Pixels };

/// Options of `--cm-pipeline`.
struct PipelineOptions : mlir::PassPipelineOptions<PipelineOptions> {
  Option<std::string> machine{
      *this, "machine",
      llvm::cl::desc("preset or textproto file; default: the module's")};
  ListOption<std::string> set{*this, "set",
                              llvm::cl::desc("overrides, field=value")};
  Option<Phase> from{*this, "from", llvm::cl::desc("first phase"),
                     llvm::cl::init(Phase::Normalise), phaseValues()};
  Option<Phase> to{*this, "to", llvm::cl::desc("last phase"),
                   llvm::cl::init(Phase::Verify), phaseValues()};
  Option<uint64_t> ii{*this, "ii",
                      llvm::cl::desc("cycles between images; 0: the least"),
                      llvm::cl::init(0)};
  Option<uint64_t> cores{*this, "cores",
                         llvm::cl::desc("use no more cores than this; 0: all"),
                         llvm::cl::init(0)};
  Option<Replication> replicate{
      *this, "replicate",
      llvm::cl::desc("copy layers: for the least II of the cores, or for `ii` "
                     "with the fewest cores"),
      llvm::cl::init(Replication::None),
      llvm::cl::values(
          clEnumValN(Replication::None, "none", "no copies"),
          clEnumValN(Replication::Rows, "rows", "copies take every r-th row"),
          clEnumValN(Replication::Pixels, "pixels",
                     "copies take every r-th pixel of each row"))};
  Option<uint64_t> leastCopiesII{
      *this, "least-copies-ii",
      llvm::cl::desc("with `replicate` and no `ii`: no copies for a smaller II "
                     "than this"),
      llvm::cl::init(0)};
  Option<uint64_t> shifts{
      *this, "shifts",
      llvm::cl::desc("copies of kernels, shifted, on idle rows and columns: up "
                     "to so many times the crossbars of a layer; 0: none"),
      llvm::cl::init(0)};
  Option<ShiftAxes> shiftAxes{
      *this, "shift-axes",
      llvm::cl::desc("along which axes kernels are shifted"),
      llvm::cl::init(ShiftAxes::X),
      llvm::cl::values(
          clEnumValN(ShiftAxes::X, "x", "pixels of a row"),
          clEnumValN(ShiftAxes::Y, "y", "pixels of a column"),
          clEnumValN(ShiftAxes::Auto, "auto", "the fewest cycles per pixel"))};
  Option<uint64_t> stagesPerCore{
      *this, "stages-per-core",
      llvm::cl::desc("stages that a core may host; 0: as many as it can"),
      llvm::cl::init(0)};
  Option<bool> exact{*this, "exact",
                     llvm::cl::desc("raise the II until it is a guarantee"),
                     llvm::cl::init(false)};
  Option<Buffers> buffers{
      *this, "buffers", llvm::cl::desc("how large buffers are"),
      llvm::cl::init(Buffers::Balanced),
      llvm::cl::values(
          clEnumValN(Buffers::Min, "min", "the least bytes at the II"),
          clEnumValN(Buffers::Balanced, "balanced",
                     "as a uniform pace needs, twice that for copies"),
          clEnumValN(Buffers::Max, "max", "all the SRAM"))};
  Option<uint64_t> seed{*this, "seed", llvm::cl::desc("of the placement"),
                        llvm::cl::init(1)};
  Option<Packing> pack{
      *this, "pack", llvm::cl::desc("whether stages may share a crossbar"),
      llvm::cl::init(Packing::Auto),
      llvm::cl::values(
          clEnumValN(Packing::None, "none", "no"),
          clEnumValN(Packing::Auto, "auto",
                     "where they do not fit, or the II leaves time"))};
  Option<Reduction> reduction{
      *this, "reduction",
      llvm::cl::desc("how row tiles hand their partial sums on"),
      llvm::cl::init(Reduction::Auto),
      llvm::cl::values(
          clEnumValN(Reduction::Auto, "auto", "by cost"),
          clEnumValN(Reduction::Chain, "chain", "one after the other"),
          clEnumValN(Reduction::Tree, "tree", "at least two at a time"))};
  Option<DepthwiseUnit> depthwise{
      *this, "depthwise",
      llvm::cl::desc("which unit computes depthwise convolutions"),
      llvm::cl::init(DepthwiseUnit::Auto),
      llvm::cl::values(
          clEnumValN(DepthwiseUnit::Auto, "auto", "the faster one"),
          clEnumValN(DepthwiseUnit::Crossbar, "crossbar", "crossbars"),
          clEnumValN(DepthwiseUnit::Dpu, "dpu", "the DPU"))};

  Option<RoutingStrategy> routing{
      *this, "routing", llvm::cl::desc("how paths are chosen"),
      llvm::cl::init(RoutingStrategy::Balanced),
      llvm::cl::values(clEnumValN(RoutingStrategy::Balanced, "balanced",
                                  "around busy links"),
                       clEnumValN(RoutingStrategy::Shortest, "shortest",
                                  "over the lowest links"),
                       clEnumValN(RoutingStrategy::DimensionOrder, "xy",
                                  "along x, then along y, on a mesh"))};

  static llvm::cl::ValuesClass phaseValues();
};

/// Adds the phases from `from` to `to`.
void buildPipeline(mlir::OpPassManager &passes, const PipelineOptions &options);

/// Registers `--cm-pipeline` and every pass.
void registerAllPasses();
/// Registers the project's dialects and those that they use.
void registerAllDialects(mlir::DialectRegistry &registry);

#define GEN_PASS_DECL
#include "cm/Pipelines/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "cm/Pipelines/Passes.h.inc"

} // namespace cm

#endif // CM_PIPELINES_PIPELINES_H
