//===- FunctionalGraph.h - what a cmflow graph computes ---------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The second oracle: stages in topological order over whole objects, through the
// access relations, without time. It follows docs/Numerics.md and shares no
// arithmetic with the interpreter of cmnn and the simulator.
//
//===----------------------------------------------------------------------===//

#ifndef CM_FUNCTIONAL_FUNCTIONALGRAPH_H
#define CM_FUNCTIONAL_FUNCTIONALGRAPH_H

#include "cm/Dialect/CMFlow/CMFlowOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <vector>

namespace cm {

/// An input or an output: its binding and the object's array.
struct FunctionalPort {
  cmflow::BindingAttr binding;
  Extent extent;
};

/// Is told of every int8 tensor that has names (`cm.tensor`), whole, in (y, x, c)
/// order.
using NamedTensorObserver =
    llvm::function_ref<void(llvm::ArrayRef<cmflow::TensorAttr> names,
                            llvm::ArrayRef<int8_t> data)>;

class FunctionalGraph {
public:
  /// Prepares a verified graph of any phase. Fails with the culprit's name where
  /// stages depend on each other in a cycle.
  static llvm::Expected<FunctionalGraph> create(cmflow::GraphOp graph);
  FunctionalGraph(FunctionalGraph &&);
  ~FunctionalGraph();

  /// In the order of the graph.
  llvm::ArrayRef<FunctionalPort> inputs() const;
  llvm::ArrayRef<FunctionalPort> outputs() const;

  /// Computes one image from the elements of all inputs in (y, x, c) order and
  /// returns those of all outputs. Fails with the culprit's name where an input
  /// has another size, a sum leaves int32, or a location is read that nobody has
  /// written.
  llvm::Expected<std::vector<std::vector<int8_t>>>
  run(llvm::ArrayRef<std::vector<int8_t>> inputs,
      NamedTensorObserver observer = {}) const;

private:
  struct Plan;
  explicit FunctionalGraph(std::unique_ptr<Plan> plan);
  std::unique_ptr<Plan> plan;
};

} // namespace cm

#endif // CM_FUNCTIONAL_FUNCTIONALGRAPH_H
