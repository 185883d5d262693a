//===- CMFlowStreams.cpp - streams of a graph -----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Streams follow from who writes and who reads.
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMFlow/CMFlowOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

using namespace cm;
using namespace mlir;

void cmflow::createStreams(GraphOp graph) {
  llvm::MapVector<StringRef, SmallVector<StringAttr>> writers;
  llvm::SetVector<std::pair<StringAttr, StringAttr>> reads;
  for (Operation &op : graph.getBody().front()) {
    if (auto input = dyn_cast<cmflow::InputOp>(op))
      writers[input.getObject()].push_back(input.getSymNameAttr());
    if (auto output = dyn_cast<cmflow::OutputOp>(op))
      reads.insert({output.getSymNameAttr(), output.getObjectAttr().getAttr()});
    if (auto stage = dyn_cast<cmflow::StageOp>(op)) {
      writers[stage.getWrite().getObject()].push_back(stage.getSymNameAttr());
      for (auto access : stage.getBody().getOps<cmflow::AccessOpInterface>())
        reads.insert(
            {stage.getSymNameAttr(), access.getAccessedObject().getAttr()});
    }
  }
  mlir::SymbolTable symbols(graph.getOperation());
  OpBuilder builder = OpBuilder::atBlockEnd(&graph.getBody().front());
  for (auto [reader, object] : reads)
    for (StringAttr writer : writers[object.getValue()])
      if (sharesChannels(symbols.lookup(writer), symbols.lookup(reader),
                         object))
        cmflow::StreamOp::create(
            builder, graph.getLoc(), FlatSymbolRefAttr::get(writer),
            FlatSymbolRefAttr::get(reader), FlatSymbolRefAttr::get(object),
            DenseI64ArrayAttr(), cmflow::CapacityAttr());
}
