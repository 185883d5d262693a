//===- Attempt.h - a network compiled for a mesh -------------- -*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Cores of `hermes64` with a crossbar of another size, on a square mesh with
// links of 32 bytes a cycle, as the meshes of the other presets have.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TOOLS_CM_BENCH_ATTEMPT_H
#define CM_TOOLS_CM_BENCH_ATTEMPT_H

#include "Mapping.h"
#include "cm/Transforms/Replication.h"
#include "mlir/IR/MLIRContext.h"

namespace cm {

/// The side of the smallest square mesh with so many cores.
uint32_t sideFor(uint64_t cores);

/// A module that is compiled for a mesh.
class Attempt {
public:
  explicit Attempt(const MappingCase &bench);

  /// Up to the phase `to`, from the model's file.
  llvm::Error compileOn(uint32_t side, uint64_t sramBytes, Phase to,
                        const MappingStyle &style, uint64_t ii = 0);
  /// Cores that the tiles take; the module is partitioned.
  uint64_t coresNeeded();
  /// No placement of the stages has a smaller II.
  llvm::Expected<ReplicationSolution> bound();
  /// The module is scheduled.
  llvm::Expected<nlohmann::ordered_json> figuresOf();
  llvm::Error simulateInto(nlohmann::ordered_json &row);
  /// Of the last compilation.
  const CompileReport &lastReport() const { return report; }
  mlir::ModuleOp getModule() { return *module; }
  /// From the module's phase to `to`.
  llvm::Error goOn(Phase to);

private:
  const MappingCase &bench;
  std::string path;
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  CompileReport report;
};

} // namespace cm

#endif // CM_TOOLS_CM_BENCH_ATTEMPT_H
