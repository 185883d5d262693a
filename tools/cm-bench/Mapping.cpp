//===- Mapping.cpp - what one mapping reaches -----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The machine: cores of `hermes64` with a crossbar of another size, on the
// smallest square mesh that has the crossbars, with links of 32 bytes a cycle
// as the meshes of the other presets. Where 256 KiB of SRAM are too few for the
// least II, the cores get four times as much, up to 16 MiB.
//
//===----------------------------------------------------------------------===//

#include "MappingFigures.h"
#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "cm/Target/Program/Export.h"
#include "cm/Transforms/Problems.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/Compiler.h"
#include "llvm/Support/MathExtras.h"
#include <sys/resource.h>

using namespace cm;
using Json = nlohmann::ordered_json;

//===----------------------------------------------------------------------===//
// Machine
//===----------------------------------------------------------------------===//

/// The side of the smallest square mesh with so many cores.
static uint32_t sideFor(uint64_t cores) {
  uint32_t side = 1;
  while (uint64_t(side) * side < cores)
    ++side;
  return side;
}

/// Writes the machine's file. The host reaches the first and the last column.
static llvm::Error writeMachine(const MappingCase &bench, uint32_t side,
                                uint64_t sramBytes, llvm::StringRef path) {
  llvm::Expected<machine::Machine> machine = getPreset("hermes64");
  if (!machine)
    return machine.takeError();
  machine->set_name(
      llvm::formatv("hermes-{0}x{0}-mesh-{1}x{1}", bench.crossbar, side));
  machine::CoreType &core = *machine->mutable_core_types(0);
  core.mutable_crossbar()->set_rows(bench.crossbar);
  core.mutable_crossbar()->set_cols(bench.crossbar);
  core.mutable_sram()->set_bytes(sramBytes);
  machine::Mesh &mesh = *machine->mutable_topology()->mutable_mesh();
  mesh.set_width(side);
  mesh.set_height(side);
  machine->mutable_link()->set_width_bytes(32);
  machine::IoNode &host = *machine->mutable_io_nodes(0);
  host.clear_attached_to();
  for (uint32_t row = 0; row < side; ++row) {
    host.add_attached_to(row * side);
    if (side > 1)
      host.add_attached_to(row * side + side - 1);
  }
  return writeFile(path, printMachine(*machine));
}

//===----------------------------------------------------------------------===//
// Mapping
//===----------------------------------------------------------------------===//

namespace {
/// A module that is compiled for a mesh.
class Attempt {
public:
  explicit Attempt(const MappingCase &bench)
      : bench(bench), path(bench.folder + "/machine.textproto"),
        context(makeRegistry(), mlir::MLIRContext::Threading::DISABLED) {}

  /// Up to the phase `to`, from the model's file.
  llvm::Error compileOn(uint32_t side, uint64_t sramBytes, Phase to,
                        const MappingStyle &style, uint64_t ii = 0);
  /// Cores that the tiles take; the module is partitioned.
  uint64_t coresNeeded();
  /// No placement of the stages has a smaller II.
  llvm::Expected<ReplicationSolution> bound() { return intervalBound(*module); }
  /// The module is scheduled.
  llvm::Expected<Json> figuresOf();
  /// True if memory makes the II larger than the placement needs it.
  bool isSlowedByMemory() const {
    return report.iiCycles > std::max(report.iiBound, wantedII);
  }
  llvm::Error simulateInto(Json &row);

private:
  static mlir::DialectRegistry makeRegistry() {
    mlir::DialectRegistry registry;
    registerAllDialects(registry);
    return registry;
  }

  const MappingCase &bench;
  std::string path;
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  CompileReport report;
  uint64_t wantedII = 0;
};
} // namespace

llvm::Error Attempt::compileOn(uint32_t side, uint64_t sramBytes, Phase to,
                               const MappingStyle &style, uint64_t ii) {
  if (llvm::Error error = writeMachine(bench, side, sramBytes, path))
    return error;
  auto loaded = loadModel(bench.network.model, &context);
  if (!loaded)
    return loaded.takeError();
  module = std::move(*loaded);
  CompileOptions options;
  options.machine = path;
  options.settings = bench.settings;
  options.replicate = style.replicate;
  options.pack = style.pack;
  options.ii = wantedII = ii;
  options.to = to;
  llvm::Expected<CompileReport> compiled = compile(*module, options);
  if (!compiled)
    return compiled.takeError();
  report = std::move(*compiled);
  return llvm::Error::success();
}

uint64_t Attempt::coresNeeded() {
  MachineModel machine = *cmhw::getMachineModel(*module);
  NodeId core = representativeCore(machine);
  uint64_t crossbars = 0;
  module->walk([&](cmflow::MvmOp mvm) {
    crossbars += groupOf(mvm, machine, core).crossbars();
  });
  return std::max<uint64_t>(
      1, llvm::divideCeil(crossbars, machine.core(core).crossbar().count()));
}

llvm::Expected<Json> Attempt::figuresOf() {
  uint64_t bound = report.replicationBound;
  std::string boundBy = report.replicationLimit;
  if (!bound) {
    llvm::Expected<ReplicationSolution> solution = intervalBound(*module);
    if (!solution)
      return solution.takeError();
    bound = solution->ii;
    boundBy = solution->limit;
  }
  return mappingFigures(bench, report, *module, bound, boundBy);
}

llvm::Error Attempt::simulateInto(Json &row) {
  llvm::Expected<CompileReport> compiled = compile(*module, CompileOptions());
  if (!compiled)
    return compiled.takeError();
  llvm::Expected<program::Program> program = exportProgram(*module);
  if (!program)
    return program.takeError();
  auto interval = simulatedInterval(*program, bench.images);
  if (!interval)
    return interval.takeError();
  row["images"] = bench.images;
  row["ii_simulated"] = *interval;
  return llvm::Error::success();
}

/// Tries SRAM sizes, from that of the preset on. `settings` may say another
/// size: then there is one.
static llvm::Expected<Json> mapOnMesh(const MappingCase &bench, uint32_t side,
                                      uint64_t ii) {
  constexpr uint64_t smallest = 256 << 10, largest = 16 << 20;
  bool isSet = llvm::any_of(bench.settings, [](const std::string &setting) {
    return llvm::StringRef(setting).contains("sram");
  });
  for (uint64_t bytes = smallest;; bytes *= 4) {
    bool isLast = isSet || bytes >= largest;
    Attempt attempt(bench);
    llvm::Error error =
        attempt.compileOn(side, bytes, Phase::Schedule, bench.style, ii);
    std::string reason = llvm::toString(std::move(error));
    if (!isLast && llvm::StringRef(reason).contains("SRAM"))
      continue;
    if (!reason.empty())
      return makeError("{0}", reason);
    if (!isLast && attempt.isSlowedByMemory())
      continue;
    llvm::Expected<Json> row = attempt.figuresOf();
    if (!row)
      return row.takeError();
    (*row)["mesh"] = side;
    if (!isSet)
      (*row)["sram_bytes"] = bytes;
    if (bench.images)
      if (llvm::Error failure = attempt.simulateInto(*row))
        return std::move(failure);
    return row;
  }
}

llvm::Expected<Json> cm::measureMapping(const MappingCase &bench) {
  rlimit limit = {bench.seconds, bench.seconds + 1};
  setrlimit(RLIMIT_CPU, &limit);
#if !LLVM_ADDRESS_SANITIZER_BUILD // which takes all addresses
  limit.rlim_cur = limit.rlim_max = bench.gigabytes << 30;
  setrlimit(RLIMIT_AS, &limit);
#endif
  constexpr MappingStyle oneCopy = {"", Replication::None, Packing::None, 1};
  constexpr uint32_t anySide = 4; // tiles do not depend on it
  uint32_t side = 0;
  uint64_t ii = 0;
  {
    Attempt tiles(bench);
    if (llvm::Error error =
            tiles.compileOn(anySide, 0, Phase::Partition, oneCopy))
      return std::move(error);
    side = sideFor(tiles.coresNeeded() * bench.style.budget);
  }
  if (bench.style.pack == Packing::Auto) {
    Attempt alone(bench);
    if (llvm::Error error = alone.compileOn(side, 0, Phase::Partition, oneCopy))
      return std::move(error);
    llvm::Expected<ReplicationSolution> bound = alone.bound();
    if (!bound)
      return bound.takeError();
    ii = bound->ii;
  }
  return mapOnMesh(bench, side, ii);
}
