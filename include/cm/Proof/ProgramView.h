//===- ProgramView.h - a program in the words of its contract ---*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which context is which stage, who reads and writes which buffer over which
// route; and whether gathers, writes, buffers and routes are where the contract
// wants them.
//
//===----------------------------------------------------------------------===//

#ifndef CM_PROOF_PROGRAMVIEW_H
#define CM_PROOF_PROGRAMVIEW_H

#include "cm/Proof/LiftedContext.h"
#include "cm/Proof/SlotReuse.h"
#include <map>

namespace cm::proof {

/// A buffer of the program.
struct BufferView {
  uint32_t node = 0, index = 0; // of the node's buffers
  SharedBuffer shared;
  std::map<uint32_t, uint32_t> routeFrom; // by writer
};

class ProgramView {
public:
  ProgramView(const program::Program &program, const Contract &contract)
      : program(program), contract(contract) {}

  /// Finds everything. Fails where something is not at its place.
  std::optional<Counterexample> match();

  /// The context of a stage; null for outputs.
  const program::Context *context(uint32_t stage) const {
    return contexts[stage];
  }
  /// The stage that sends on a route.
  uint32_t sourceOf(uint32_t route) const;
  /// The stage behind a reader of a route.
  uint32_t readerOf(uint32_t route, uint32_t reader) const;
  /// The index of a stage among a route's readers, or nothing.
  std::optional<uint32_t> readerIndex(uint32_t route, uint32_t stage) const;
  /// The buffer from which a stage reads an object; null for outputs.
  const BufferView *bufferOf(uint32_t stage, uint32_t object) const;
  /// Whether the node of an output takes its object from a stage.
  bool reachesOutput(uint32_t output, uint32_t writer) const;
  /// The stage whose iterations the counter of a wait of `stage` counts.
  uint32_t countedBy(const program::Wait &wait) const;

  llvm::ArrayRef<BufferView> buffers() const { return views; }

  const program::Program &program;
  const Contract &contract;

private:
  std::optional<Counterexample> matchObjects();
  std::optional<Counterexample> matchContexts();
  std::optional<Counterexample> matchAccesses(uint32_t stage);
  std::optional<Counterexample> matchRead(uint32_t stage,
                                          const program::Gather &gather,
                                          bool usesFill,
                                          std::vector<char> &found);
  std::optional<Counterexample> checkMemory() const;
  void collectBuffers();
  void collectRoutes();
  uint32_t stageAt(uint32_t node, uint32_t context) const;

  std::vector<const program::Context *> contexts;           // by stage
  std::vector<const program::Node *> nodes;                 // by stage
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> stages; // node, context
  std::vector<BufferView> views;
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> viewAt;   // node, buffer
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> readFrom; // stage, object
};

} // namespace cm::proof

#endif // CM_PROOF_PROGRAMVIEW_H
