//===- Names.cpp - symbols and their numbers ------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Names.h"

using namespace cm;
using namespace mlir;

static void number(llvm::StringMap<uint32_t> &names, StringRef name) {
  names.insert({name, names.size()});
}

ProgramNames::ProgramNames(cmcore::ProgramOp program) {
  for (auto object : program.getBody().getOps<cmcore::ObjectOp>())
    number(objects, object.getSymName());
  for (auto node : program.getBody().getOps<cmcore::NodeOp>()) {
    NodeNames &names = nodes[node.getId()];
    for (auto buffer : node.getBody().getOps<cmcore::BufferOp>())
      number(names.buffers, buffer.getSymName());
    for (auto unit : node.getBody().getOps<cmcore::UnitOp>())
      number(names.units, unit.getSymName());
    for (auto context : node.getBody().getOps<cmcore::ContextOp>())
      number(names.contexts, context.getSymName());
  }
}

FailureOr<uint32_t> cm::lookupName(Operation *op,
                                   const llvm::StringMap<uint32_t> &names,
                                   StringRef kind, StringRef name) {
  auto found = names.find(name);
  if (found == names.end())
    return op->emitOpError("expected the name of ")
           << kind << ", found @" << name;
  return found->second;
}
