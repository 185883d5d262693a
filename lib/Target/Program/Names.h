//===- Names.h - symbols and their numbers ----------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_TARGET_PROGRAM_NAMES_H
#define CM_LIB_TARGET_PROGRAM_NAMES_H

#include "cm/Dialect/CMCore/CMCoreOps.h"
#include "llvm/ADT/StringMap.h"
#include <map>

namespace cm {

/// The numbers that the program file uses instead of symbols. Names live as
/// long as the operations.
struct ProgramNames {
  explicit ProgramNames(cmcore::ProgramOp program);

  struct NodeNames {
    llvm::StringMap<uint32_t> buffers, units, contexts;
  };

  llvm::StringMap<uint32_t> objects;
  std::map<uint64_t, NodeNames> nodes; // by node identifier
};

/// The number of a name, or an error at `op` that says what kind of thing is
/// missing.
mlir::FailureOr<uint32_t> lookupName(mlir::Operation *op,
                                     const llvm::StringMap<uint32_t> &names,
                                     llvm::StringRef kind,
                                     llvm::StringRef name);

} // namespace cm

#endif // CM_LIB_TARGET_PROGRAM_NAMES_H
