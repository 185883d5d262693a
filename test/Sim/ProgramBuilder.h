//===- ProgramBuilder.h - small programs for tests --------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Makes programs by hand on a machine of a few cores: what a test says is what
// the program holds, with as few words as possible.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_SIM_PROGRAMBUILDER_H
#define CM_TEST_SIM_PROGRAMBUILDER_H

#include "cm/Machine/MachineModel.h"
#include "cm/Program/Program.pb.h"
#include "cm/Program/Validate.h"
#include "cm/Sim/Simulator.h"
#include "llvm/Support/Error.h"
#include "gtest/gtest.h"
#include <string>
#include <vector>

namespace cm::test {

/// Cores in a row of `cores` (each joined to the next), one I/O node 'host' at
/// every core. All widths are 4 bytes, an MVM takes 10 cycles.
inline std::string rowMachine(unsigned cores) {
  std::string attached;
  for (unsigned i = 0; i != cores; ++i)
    attached += "attached_to: " + std::to_string(i) + " ";
  return "name: 'row' provenance: 'test' clock_ghz: 1\n"
         "core_types { name: 'core'\n"
         "  crossbar { count: 2 rows: 16 cols: 4 mvm_cycles: 10 }\n"
         "  dpu { lanes: 4 alu_cycles: 2 lookup_cycles: 3 exp_cycles: 4 }\n"
         "  sram { bytes: 4096 access_bytes: 4 read_cycles: 1 write_cycles: 1\n"
         "         ports: 1 }\n"
         "  lcu { contexts: 8 }\n"
         "}\n"
         "topology { path_power { cores: " +
         std::to_string(cores) +
         " power: 1 } }\n"
         "link { width_bytes: 4 latency: 1 }\n"
         "energy { mvm_fj: 1000 dpu_element_fj: 10 sram_read_byte_fj: 1\n"
         "  sram_write_byte_fj: 2 link_byte_fj: 3 io_byte_fj: 5 }\n"
         "io_nodes { name: 'host' bytes_per_cycle: 4 " +
         attached + "}\n";
}

class ProgramBuilder {
public:
  explicit ProgramBuilder(unsigned cores) : ProgramBuilder(rowMachine(cores)) {}
  explicit ProgramBuilder(const std::string &machineText);

  program::Program program;
  std::optional<MachineModel> machine;

  uint32_t host() const { return machine->inputNode(); }
  program::Node &node(uint32_t id);
  program::Context &context(uint32_t node, uint32_t index) {
    return *this->node(node).mutable_contexts(index);
  }
  uint32_t addObject(const std::string &name, uint32_t height, uint32_t width,
                     uint32_t channels, uint32_t elementBytes = 1);
  /// Slots of rows unless `fold` says pixels; address behind the last buffer.
  uint32_t addBuffer(uint32_t node, uint32_t object, uint32_t slots,
                     program::Fold fold = program::FOLD_ROW);
  uint32_t addUnit(uint32_t node, uint32_t rows, uint32_t cols,
                   const std::vector<int8_t> &weights);
  /// Loops over the domain; waits are put before the fire with `addWait`.
  uint32_t addContext(uint32_t node, const std::string &name, uint32_t height,
                      uint32_t width);
  /// A context of the host that sends the pixels of an input.
  uint32_t addInput(uint32_t object);
  void addOutput(uint32_t object);

  /// A kernel x kernel window at stride 1 with `pad` on each side.
  program::Gather window(uint32_t node, uint32_t buffer, uint32_t kernel = 1,
                         int32_t pad = 0);
  void setMvm(uint32_t node, uint32_t context, uint32_t unit,
              const program::Gather &gather);
  program::DpuInstr &addDpu(uint32_t node, uint32_t context,
                            program::DpuOpcode opcode, uint32_t length,
                            const std::vector<uint32_t> &operands = {});
  void addLoad(uint32_t node, uint32_t context, const program::Gather &gather);
  /// Write of all channels, pixel (d0, d1), from the last register.
  void setWrite(uint32_t node, uint32_t context, uint32_t object);
  /// A route over the given nodes (source first) to a buffer, or to the host's
  /// global memory when `buffer` is negative.
  uint32_t addRoute(const std::vector<uint32_t> &path, uint32_t context,
                    int buffer, const std::vector<uint32_t> &readers = {});

  /// "constant + image * n + d0 * d_0 + d1 * d_1".
  static program::QuasiAffine affine(int64_t constant, int64_t image = 0,
                                     int64_t d0 = 0, int64_t d1 = 0);
  program::Wait &addWait(uint32_t node, uint32_t context);
  /// The waits before the fire of the host's first context, an input.
  std::vector<program::Wait *> inputWaits();
  void waitReceived(uint32_t node, uint32_t context, uint32_t route,
                    const program::QuasiAffine &threshold);
  void waitRetired(uint32_t node, uint32_t context, uint32_t route,
                   uint32_t reader, const program::QuasiAffine &threshold);
  /// Waits for pixel (d0, d1) itself, of an object of `height` x `width`.
  void waitSame(uint32_t node, uint32_t context, uint32_t route,
                uint32_t height, uint32_t width) {
    waitReceived(node, context, route, affine(1, height * width, width, 1));
  }
  /// Waits until the pixel `slots` pixels before this one is retired.
  void waitFree(uint32_t node, uint32_t context, uint32_t route,
                uint32_t height, uint32_t width, uint32_t slots) {
    waitRetired(node, context, route, 0,
                affine(1 - int64_t(slots), height * width, width, 1));
  }

  llvm::Expected<SimResult> run(const std::vector<int8_t> &input,
                                SimOptions options);
  /// Runs `images` images; the input holds one image or that many. Fails the
  /// test on an error.
  SimResult runOk(const std::vector<int8_t> &input, uint64_t images = 1,
                  bool unpaced = true);
  /// The error of a run.
  std::string runError(const std::vector<int8_t> &input, uint64_t images = 1,
                       bool unpaced = true);
};

/// Consecutive numbers from `first`.
inline std::vector<int8_t> ramp(size_t count, int first = 1) {
  std::vector<int8_t> values(count);
  for (size_t i = 0; i != count; ++i)
    values[i] = int8_t(first + int(i));
  return values;
}

} // namespace cm::test

#endif // CM_TEST_SIM_PROGRAMBUILDER_H
