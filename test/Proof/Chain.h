//===- Chain.h - a program of two copies ------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The host sends a 4x4x4 object to 'a' on core 0, which copies it to 'b' on
// core 1, which copies it to the host. Both buffers have two rows.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_PROOF_CHAIN_H
#define CM_TEST_PROOF_CHAIN_H

#include "../Sim/ProgramBuilder.h"
#include "cm/Proof/Prove.h"

namespace cm::test {

struct Chain : ProgramBuilder {
  Chain() : ProgramBuilder(2) {
    uint32_t x = addObject("x", 4, 4, 4), t = addObject("t", 4, 4, 4),
             y = addObject("y", 4, 4, 4);
    addInput(x);
    addOutput(y);
    addCopy(0, "a", x, t);
    addCopy(1, "b", t, y);
    in = addRoute({host(), 0}, 0, 0, {0});
    middle = addRoute({0, 1}, 0, 0, {0});
    addRoute({1, host()}, 0, -1);
    waitFree(host(), 0, in, 4, 4, 8);
    waitSame(0, 0, in, 4, 4);
    waitFree(0, 0, middle, 4, 4, 8);
    waitSame(1, 0, middle, 4, 4);
  }

  void addCopy(uint32_t node, const std::string &name, uint32_t from,
               uint32_t to) {
    addBuffer(node, from, 2);
    addContext(node, name, 4, 4);
    addLoad(node, 0, window(node, 0));
    setWrite(node, 0, to);
  }

  program::Loop &rows(uint32_t node) {
    return *context(node, 0).mutable_lcu(0)->mutable_loop();
  }
  program::Loop &columns(uint32_t node) {
    return *rows(node).mutable_body(0)->mutable_loop();
  }
  /// Waits of a, which are in the order of their routes, or of b.
  program::QuasiAffine &threshold(uint32_t node, int index) {
    return *columns(node)
                .mutable_body(index)
                ->mutable_wait()
                ->mutable_threshold();
  }

  /// What the program should do, with a schedule that keeps it.
  proof::Contract contract() const {
    proof::Contract contract = proof::contractOf(program);
    contract.ii = 160;
    int64_t offsets[] = {40, 80, 0, 120}; // a, b, in, y
    for (size_t i = 0; i < contract.stages.size(); ++i)
      contract.stages[i].offset = offsets[i];
    return contract;
  }

  uint32_t in, middle;
};

} // namespace cm::test

#endif // CM_TEST_PROOF_CHAIN_H
