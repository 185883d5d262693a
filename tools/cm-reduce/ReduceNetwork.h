//===- ReduceNetwork.h - a smaller network that still fails -----*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// mlir-reduce erases operations of regions; a network is one chain of values,
// of which each is needed. This pass knows what may be cut from a function.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TOOLS_CM_REDUCE_REDUCENETWORK_H
#define CM_TOOLS_CM_REDUCE_REDUCENETWORK_H

namespace cm {

/// Registers `reduce-network{test=SCRIPT}`. Cuts the function of a module at its
/// end, at its beginning and in between as long as the script, called with the
/// name of a file, still exits with 1. What remains cannot lose an operation or
/// a result by any one such cut.
void registerReduceNetwork();

} // namespace cm

#endif // CM_TOOLS_CM_REDUCE_REDUCENETWORK_H
