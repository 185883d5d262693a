//===- Mutator.h - one wrong number or instruction --------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lists every place of a program's control, addresses and routes that can be
// wrong, by the schema itself, and makes it wrong.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_PROOF_MUTATOR_H
#define CM_TEST_PROOF_MUTATOR_H

#include "cm/Program/Program.pb.h"
#include <random>
#include <string>
#include <vector>

namespace cm::proof {

/// A field of a message, and which of its values.
struct Step {
  const google::protobuf::FieldDescriptor *field = nullptr;
  int index = -1; // -1: the field is no list
};

/// What can be done at a place. A route is taken away with its send and the
/// waits for it: its messages never come.
enum class Change { Value, Drop, Duplicate, Swap, TakeRoute };

/// A place in a program and what is done to it. Kinds are names such as
/// "wait.threshold.constant" or "drop fire".
struct Site {
  std::string kind;
  std::vector<Step> path;
  Change change = Change::Value;
  std::string stage; // the context that it is in; may be empty
};

/// Writes zeros that are left out, so that they are places, too.
void normalise(program::Program &program);

/// All places of LCU code, gathers, writes, sends, domains, buffers and routes.
std::vector<Site> listSites(const program::Program &program);

/// Makes the change; says what it was.
std::string mutate(program::Program &program, const Site &site,
                   std::mt19937_64 &random);

} // namespace cm::proof

#endif // CM_TEST_PROOF_MUTATOR_H
