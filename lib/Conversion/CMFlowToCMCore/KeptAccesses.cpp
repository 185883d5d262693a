//===- KeptAccesses.cpp - what a context has to do -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContextBuilder.h"

using namespace cm;
using namespace cm::control;
using namespace mlir;

/// The relations are those of the stage, not those of the gathers and writes
/// that are made of them.
void control::keepAccesses(cmcore::ContextOp context, const StageNode &stage) {
  MLIRContext *mlir = context.getContext();
  Builder builder(mlir);
  auto nameOf = [](cmflow::ObjectOp object) {
    return FlatSymbolRefAttr::get(object.getSymNameAttr());
  };
  SmallVector<Attribute> reads;
  for (const StageRead &read : stage.reads)
    reads.push_back(builder.getArrayAttr(
        {nameOf(read.object),
         cmflow::WindowAttr::fromWindow(mlir, read.window)}));
  Attribute write = builder.getArrayAttr(
      {nameOf(stage.written),
       cmflow::PixelsAttr::fromPixelWrite(mlir, stage.write)});
  NamedAttrList kept;
  kept.set("reads", builder.getArrayAttr(reads));
  kept.set("write", write);
  if (Attribute offset = stage.op->getAttr("offset"))
    kept.set("offset", offset);
  context->setAttr("cm.access", kept.getDictionary(mlir));
}
