//===- EpochModules.h - a module for each epoch -----------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_PIPELINES_EPOCHMODULES_H
#define CM_LIB_PIPELINES_EPOCHMODULES_H

#include "EpochNetwork.h"
#include "cm/Pipelines/Epochs.h"

namespace cm {

/// Cuts the network of a normalised module into epochs: each becomes a module
/// whose function takes and gives what is in global memory. Tensors that epochs
/// exchange are arguments and results as they are stored, NHWC and int8; those
/// of the network keep their bindings.
class EpochCutter {
public:
  EpochCutter(mlir::ModuleOp module, const EpochNetwork &network);

  /// Numbers the arrays for these epochs, which hold all units.
  void assign(llvm::ArrayRef<EpochRange> epochs);
  /// The module of one epoch, and the arrays of its arguments and results.
  Epoch cut(uint32_t epoch);

  /// Of the last assignment.
  EpochArrays arrays;

private:
  struct Port {
    mlir::Value value; // of the network
    mlir::DictionaryAttr attrs;
    uint32_t array;
  };

  uint32_t epochOf(mlir::Value stored) const;
  uint32_t addArray(mlir::Value stored, llvm::StringRef name);
  mlir::DictionaryAttr storedAttrs(mlir::Value stored) const;
  void addReads(uint32_t epoch);
  void addResults();
  void addCuts();

  mlir::ModuleOp module;
  mlir::func::FuncOp func;
  const EpochNetwork &network;
  std::vector<uint32_t> epochOfUnit;
  std::vector<std::vector<Port>> reads, writes;  // of each epoch
  llvm::DenseMap<mlir::Value, uint32_t> arrayOf; // of stored values
};

} // namespace cm

#endif // CM_LIB_PIPELINES_EPOCHMODULES_H
