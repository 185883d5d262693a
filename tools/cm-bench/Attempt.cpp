//===- Attempt.cpp - a network compiled for a mesh ------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Attempt.h"
#include "MappingFigures.h"
#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "cm/Target/Program/Export.h"
#include "cm/Transforms/Problems.h"
#include "llvm/Support/MathExtras.h"

using namespace cm;
using Json = nlohmann::ordered_json;

//===----------------------------------------------------------------------===//
// Machine
//===----------------------------------------------------------------------===//

uint32_t cm::sideFor(uint64_t cores) {
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
// Compilation
//===----------------------------------------------------------------------===//

static mlir::DialectRegistry makeRegistry() {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  return registry;
}

Attempt::Attempt(const MappingCase &bench)
    : bench(bench), path(bench.folder + "/machine.textproto"),
      context(makeRegistry(), mlir::MLIRContext::Threading::DISABLED) {}

llvm::Error Attempt::goOn(Phase to) {
  CompileOptions options;
  options.to = to;
  llvm::Expected<CompileReport> compiled = compile(*module, options);
  if (!compiled)
    return compiled.takeError();
  report = std::move(*compiled);
  return llvm::Error::success();
}

llvm::Expected<ReplicationSolution> Attempt::bound() {
  return intervalBound(*module);
}

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
  options.ii = ii;
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
  if (llvm::Error error = goOn(Phase::Verify))
    return error;
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
