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

#include "Mapping.h"
#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "cm/Target/Program/Export.h"
#include "cm/Transforms/Problems.h"
#include "cm/Transforms/Replication.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/SymbolTable.h"
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
// Figures
//===----------------------------------------------------------------------===//

/// Cells of a matrix that hold a weight: within a group, each row meets each
/// column.
static uint64_t weightCells(cmflow::MvmOp mvm, int64_t groupChannels,
                            int64_t groupColumns) {
  uint64_t rows = mvm.getElements()[1] - mvm.getElements()[0];
  uint64_t cols = mvm.getColumns()[1] - mvm.getColumns()[0];
  if (mvm.getGroups() == 1)
    return rows * cols;
  int64_t begin = mvm.getChannels()[0], end = mvm.getChannels()[1];
  std::vector<uint64_t> inGroup(mvm.getGroups(), 0);
  for (int64_t e = mvm.getElements()[0]; e < mvm.getElements()[1]; ++e)
    ++inGroup[(begin + e % (end - begin)) / groupChannels];
  uint64_t cells = 0;
  for (int64_t o = mvm.getColumns()[0]; o < mvm.getColumns()[1]; ++o)
    cells += inGroup[o / groupColumns];
  return cells;
}

static uint64_t weightCells(mlir::ModuleOp module) {
  mlir::SymbolTable symbols(module);
  uint64_t cells = 0;
  module.walk([&](cmflow::MvmOp mvm) {
    auto weight = symbols.lookup<cmnn::WeightOp>(mvm.getWeight());
    llvm::ArrayRef<int64_t> shape = weight.getType().getShape();
    cells += weightCells(mvm, shape[shape.size() - 2],
                         shape.back() / int64_t(mvm.getGroups()));
  });
  return cells;
}

/// No placement of these stages has a smaller II.
static llvm::Expected<ReplicationSolution> boundOf(mlir::ModuleOp module) {
  cmflow::GraphOp graph = *module.getOps<cmflow::GraphOp>().begin();
  MachineModel machine = *cmhw::getMachineModel(graph);
  GraphReplication stages(StageGraph(graph), machine, SplitAxis::Rows,
                          /*cores=*/0);
  for (ReplicationLayer &layer : stages.problem.layers)
    layer.maxCopies = 1;
  return solveReplication(stages.problem);
}

/// What keeps the II above its bound, or sets both.
static std::string limitOf(const CompileReport &report, uint64_t bound,
                           const std::string &boundBy) {
  if (report.iiCycles > report.iiBound)
    return "SRAM";
  if (report.iiCycles <= bound + bound / 200)
    return boundBy;
  return report.iiBoundBy;
}

static Json figures(const MappingCase &bench, const CompileReport &report,
                    uint64_t cells, uint64_t bound,
                    const std::string &boundBy) {
  Json row;
  row["tiles"] = report.tiles;
  row["stages"] = report.stages.size();
  row["crossbars"] = report.crossbars;
  row["cores"] = report.cores;
  row["weight_cells"] = cells;
  row["cell_utilisation"] =
      double(cells) / (double(std::max<uint64_t>(1, report.crossbars)) *
                       bench.crossbar * bench.crossbar);
  row["ii_bound"] = bound;
  row["bound_by"] = boundBy;
  row["ii_cycles"] = report.iiCycles;
  row["gap"] = double(report.iiCycles) / double(bound) - 1;
  row["limit"] = limitOf(report, bound, boundBy);
  row["latency_cycles"] = report.latencyCycles;
  for (const PhaseTime &phase : report.phases)
    row["phases"][phase.phase] = phase.seconds;
  return row;
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
                        Replication replicate);
  /// Cores that the tiles take; the module is partitioned.
  uint64_t coresNeeded();
  /// The module is scheduled.
  llvm::Expected<Json> figuresOf();
  /// True if memory makes the II larger than the placement needs it.
  bool isSlowedByMemory() const { return report.iiCycles > report.iiBound; }
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
};
} // namespace

llvm::Error Attempt::compileOn(uint32_t side, uint64_t sramBytes, Phase to,
                               Replication replicate) {
  if (llvm::Error error = writeMachine(bench, side, sramBytes, path))
    return error;
  auto loaded = loadModel(bench.network.model, &context);
  if (!loaded)
    return loaded.takeError();
  module = std::move(*loaded);
  CompileOptions options;
  options.machine = path;
  options.settings = bench.settings;
  options.replicate = replicate;
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
    llvm::Expected<ReplicationSolution> solution = boundOf(*module);
    if (!solution)
      return solution.takeError();
    bound = solution->ii;
    boundBy = solution->limit;
  }
  return figures(bench, report, weightCells(*module), bound, boundBy);
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
static llvm::Expected<Json> mapOnMesh(const MappingCase &bench, uint32_t side) {
  constexpr uint64_t smallest = 256 << 10, largest = 16 << 20;
  bool isSet = llvm::any_of(bench.settings, [](const std::string &setting) {
    return llvm::StringRef(setting).contains("sram");
  });
  for (uint64_t bytes = smallest;; bytes *= 4) {
    bool isLast = isSet || bytes >= largest;
    Attempt attempt(bench);
    llvm::Error error =
        attempt.compileOn(side, bytes, Phase::Schedule, bench.style.replicate);
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
  uint64_t cores = 0;
  {
    Attempt tiles(bench);
    constexpr uint32_t anySide = 4; // tiles do not depend on it
    if (llvm::Error error =
            tiles.compileOn(anySide, 0, Phase::Partition, Replication::None))
      return std::move(error);
    cores = tiles.coresNeeded() * bench.style.budget;
  }
  return mapOnMesh(bench, sideFor(cores));
}
