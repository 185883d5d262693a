//===- Epochs.cpp - compile a network in parts ----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Pipelines/Epochs.h"
#include "EpochModules.h"
#include "EpochNetwork.h"
#include "cm/Dialect/CMFlow/CMFlowOps.h"
#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "cm/Program/Validate.h"
#include "cm/Support/Error.h"
#include "cm/Target/Module/DiagnosticText.h"
#include "cm/Target/Program/Export.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/Support/MathExtras.h"
#include <chrono>
#include <map>

using namespace cm;
using namespace mlir;

uint64_t CompiledEpochs::cycles() const {
  uint64_t sum = 0;
  for (const Epoch &epoch : epochs)
    sum += epoch.programmingCycles + epoch.report.latencyCycles +
           (images - 1) * epoch.report.iiCycles;
  return sum;
}

//===----------------------------------------------------------------------===//
// Compilation
//===----------------------------------------------------------------------===//

namespace {
/// Looks for a partition whose parts all pass their phases.
class EpochSearch {
public:
  EpochSearch(ModuleOp module, EpochNetwork network,
              const CompileOptions &options)
      : network(std::move(network)), cutter(module, this->network),
        module(module), options(options) {
    this->options.machine.clear(); // it is on the module
    this->options.settings.clear();
  }

  llvm::Expected<CompiledEpochs> run();

private:
  llvm::Expected<bool> compileAll(const EpochSolution &solution,
                                  CompiledEpochs &compiled);
  llvm::Error compileOne(EpochRange range, Epoch &epoch);
  llvm::Error compileEpoch(Epoch &epoch);
  void tryWhole(CompiledEpochs &compiled);

  EpochNetwork network;
  EpochCutter cutter;
  ModuleOp module;
  CompileOptions options;
};
} // namespace

/// Rows that are written on each core: of packs those of a crossbar together.
static std::map<uint32_t, uint64_t> rowsWritten(const MachineModel &machine,
                                                const CompileReport &report) {
  std::map<uint32_t, uint64_t> rows;
  std::map<std::pair<uint32_t, int64_t>, llvm::BitVector> shared; // crossbars
  for (const StageReport &stage : report.stages) {
    if (stage.cols == 0)
      continue;
    if (stage.cells.empty()) {
      rows[stage.core] +=
          stage.rows *
          machine.groupShape(stage.core, stage.rows, stage.cols).columns;
      continue;
    }
    llvm::BitVector &written = shared[{stage.core, stage.cells[0]}];
    written.resize(machine.core(stage.core).crossbar().rows());
    written.set(stage.cells[1], stage.cells[1] + stage.rows);
  }
  for (const auto &[crossbar, written] : shared)
    rows[crossbar.first] += written.count();
  return rows;
}

/// Cycles to program the stages where they have been placed.
static llvm::Expected<uint64_t> programmingCycles(ModuleOp module,
                                                  const CompileReport &report) {
  DiagnosticText diagnostics(module.getContext());
  FailureOr<MachineModel> machine = cmhw::getMachineModel(module);
  if (failed(machine))
    return makeError("{0}", diagnostics.take());
  uint64_t longest = 0, bytes = 0, bandwidth = 0;
  for (const StageReport &stage : report.stages)
    bytes += stage.rows * stage.cols;
  for (auto [core, rows] : rowsWritten(*machine, report)) {
    const machine::Crossbar &crossbar = machine->core(core).crossbar();
    longest = std::max(longest, rows * crossbar.program_cycles_per_row());
  }
  for (const machine::IoNode &node : machine->proto().io_nodes())
    if (node.direction() != machine::DIRECTION_OUTPUT)
      bandwidth += node.bytes_per_cycle();
  return std::max<uint64_t>(longest, llvm::divideCeil(bytes, bandwidth));
}

llvm::Error EpochSearch::compileEpoch(Epoch &epoch) {
  llvm::Expected<CompileReport> report = compile(*epoch.module, options);
  if (!report)
    return report.takeError();
  epoch.report = std::move(*report);
  auto programming = programmingCycles(*epoch.module, epoch.report);
  if (!programming)
    return programming.takeError();
  epoch.programmingCycles = *programming;
  return llvm::Error::success();
}

llvm::Error EpochSearch::compileOne(EpochRange range, Epoch &epoch) {
  if (llvm::Error error = compileEpoch(epoch))
    return error;
  epoch.layers = {network.problem.units[range.begin].name};
  if (range.end - range.begin > 1)
    epoch.layers.push_back(network.problem.units[range.end - 1].name);
  return llvm::Error::success();
}

/// Compiles the parts of a partition. Where one does not pass, it is refuted.
llvm::Expected<bool> EpochSearch::compileAll(const EpochSolution &solution,
                                             CompiledEpochs &compiled) {
  cutter.assign(solution.epochs);
  compiled.epochs.clear();
  for (auto [index, range] : llvm::enumerate(solution.epochs)) {
    Epoch epoch = cutter.cut(index);
    epoch.estimate = solution.costs[index];
    if (llvm::Error error = compileOne(range, epoch)) {
      if (range.end - range.begin == 1)
        return makeError("layer '{0}' does not fit the machine alone, so no "
                         "epochs help: {1}",
                         network.problem.units[range.begin].name,
                         llvm::toString(std::move(error)));
      llvm::consumeError(std::move(error));
      network.problem.refuted.push_back(range);
      return false;
    }
    compiled.epochs.push_back(std::move(epoch));
  }
  return true;
}

/// The problem knows no packs: with them the whole network may fit, and take
/// less time.
void EpochSearch::tryWhole(CompiledEpochs &compiled) {
  CompiledEpochs whole;
  whole.images = compiled.images;
  Epoch &epoch = whole.epochs.emplace_back();
  epoch.module = module.clone();
  if (llvm::Error error = compileEpoch(epoch))
    return llvm::consumeError(std::move(error));
  if (whole.cycles() >= compiled.cycles())
    return;
  epoch.estimate.programming = epoch.programmingCycles;
  epoch.estimate.ii = epoch.report.iiCycles;
  epoch.estimate.latency = epoch.report.latencyCycles;
  whole.estimateCycles = whole.cycles();
  const std::vector<EpochUnit> &units = network.problem.units;
  epoch.layers = {units.front().name, units.back().name};
  whole.boundCycles = std::min(compiled.boundCycles, whole.cycles());
  compiled = std::move(whole);
}

/// Ends: what has been refuted once is not tried again.
llvm::Expected<CompiledEpochs> EpochSearch::run() {
  EpochProblem &problem = network.problem;
  CompiledEpochs compiled;
  for (bool isDone = false; !isDone;) {
    llvm::Expected<EpochSolution> solution = solveEpochs(problem);
    if (!solution)
      return solution.takeError();
    assert(!llvm::errorToBool(problem.verify(*solution)));
    llvm::Expected<bool> done = compileAll(*solution, compiled);
    if (!done)
      return done.takeError();
    isDone = *done;
    compiled.estimateCycles = solution->cycles;
  }
  compiled.arrays = std::move(cutter.arrays);
  compiled.images = problem.images;
  compiled.boundCycles = problem.lowerBound();
  if (compiled.epochs.size() > 1 && options.pack != Packing::None)
    tryWhole(compiled);
  return compiled;
}

llvm::Expected<CompiledEpochs> cm::compileEpochs(ModuleOp module,
                                                 const CompileOptions &options,
                                                 uint64_t images) {
  if (module.getOps<func::FuncOp>().empty())
    return makeError("--allow-reload comes too late: expected an ONNX model or "
                     "a module of cmnn operations");
  CompileOptions normalise = options;
  normalise.to = Phase::Normalise;
  normalise.cores = normalise.ii = 0, normalise.report = false;
  llvm::Expected<CompileReport> normalised = compile(module, normalise);
  if (!normalised)
    return normalised.takeError();
  auto start = std::chrono::steady_clock::now();
  llvm::Expected<EpochNetwork> network = epochNetwork(module, options, images);
  if (!network)
    return network.takeError();
  std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start;
  auto compiled = EpochSearch(module, std::move(*network), options).run();
  if (!compiled)
    return compiled.takeError();
  compiled->phases = std::move(normalised->phases);
  compiled->phases.push_back({"epochs", seconds.count()});
  return compiled;
}

//===----------------------------------------------------------------------===//
// Program
//===----------------------------------------------------------------------===//

/// Takes the machine and version of a part's program, which the whole has.
static void addEpoch(const Epoch &epoch, unsigned index, program::Program part,
                     program::Program &whole) {
  if (index == 0) {
    whole.set_major(part.major());
    whole.set_minor(part.minor());
    whole.set_producer(part.producer());
    whole.set_name(part.name());
    *whole.mutable_machine() = part.machine();
  }
  part.clear_major(), part.clear_minor();
  part.clear_producer(), part.clear_machine();
  part.set_name(whole.name() + "." + std::to_string(index));
  program::Epoch &out = *whole.add_epochs();
  out.mutable_reads()->Add(epoch.reads.begin(), epoch.reads.end());
  out.mutable_writes()->Add(epoch.writes.begin(), epoch.writes.end());
  *out.mutable_program() = std::move(part);
}

using Bindings = google::protobuf::RepeatedPtrField<program::Binding>;
using Ports = google::protobuf::RepeatedField<uint32_t>;

/// Adds the binding of the port that has an array of the network, as the host
/// sees it. Returns false where none has.
static bool addBinding(uint32_t array, const Ports &ports,
                       const Bindings &bindings, Bindings &out) {
  for (int i = 0; i != ports.size(); ++i)
    if (ports[i] == array) {
      program::Binding &binding = *out.Add();
      binding = bindings[i];
      binding.set_object(array);
      return true;
    }
  return false;
}

static void addBindings(const EpochArrays &arrays, program::Program &whole) {
  for (uint32_t array : arrays.inputs)
    for (const program::Epoch &epoch : whole.epochs())
      if (addBinding(array, epoch.reads(), epoch.program().inputs(),
                     *whole.mutable_inputs()))
        break;
  for (uint32_t array : arrays.outputs)
    for (const program::Epoch &epoch : whole.epochs())
      if (addBinding(array, epoch.writes(), epoch.program().outputs(),
                     *whole.mutable_outputs()))
        break;
}

llvm::Expected<program::Program>
cm::exportEpochs(const CompiledEpochs &compiled) {
  if (compiled.epochs.size() == 1)
    return exportProgram(*compiled.epochs.front().module);
  program::Program whole;
  for (auto [index, epoch] : llvm::enumerate(compiled.epochs)) {
    llvm::Expected<program::Program> part = exportProgram(*epoch.module);
    if (!part)
      return part.takeError();
    addEpoch(epoch, index, std::move(*part), whole);
  }
  for (const EpochArray &array : compiled.arrays.arrays) {
    program::Object &object = *whole.add_objects();
    object.set_name(array.name);
    object.set_height(array.height), object.set_width(array.width);
    object.set_channels(array.channels);
    object.set_element_bytes(1);
  }
  addBindings(compiled.arrays, whole);
  llvm::Expected<MachineModel> machine = MachineModel::create(whole.machine());
  if (!machine)
    return machine.takeError();
  if (llvm::Error error = validateProgram(whole, *machine))
    return std::move(error);
  return whole;
}
