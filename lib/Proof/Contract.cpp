//===- Contract.cpp - what a program has to do ----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Proof/Contract.h"
#include "llvm/ADT/STLExtras.h"

using namespace cm;
using namespace cm::proof;

bool Contract::isScheduled() const {
  return ii > 0 && llvm::all_of(stages, [](const Stage &stage) {
           return stage.offset.has_value();
         });
}

int64_t Contract::time(uint32_t stage, int64_t rank) const {
  // The product rank * ii may leave 64 bits, its parts do not.
  int64_t iterations = stages[stage].domain.size();
  return *stages[stage].offset + rank * (ii / iterations) +
         rank * (ii % iterations) / iterations;
}

Window proof::windowOf(const program::Gather &gather) {
  Window window;
  window.kernelY = gather.kernel_y(), window.kernelX = gather.kernel_x();
  window.strideY = gather.stride_y(), window.strideX = gather.stride_x();
  window.offsetY = gather.offset_y(), window.offsetX = gather.offset_x();
  window.dilationY = gather.dilation_y();
  window.dilationX = gather.dilation_x();
  window.channelBegin = gather.channel_begin();
  window.channelEnd = gather.channel_end();
  window.elementBegin = gather.element_begin();
  window.elementEnd = gather.element_end();
  window.fill = gather.fill();
  return window;
}

PixelWrite proof::writeOf(const program::Write &write) {
  PixelWrite result;
  result.strideY = write.stride_y(), result.strideX = write.stride_x();
  result.offsetY = write.offset_y(), result.offsetX = write.offset_x();
  result.channelBegin = write.channel_begin();
  result.channelEnd = write.channel_end();
  result.pixels = std::max(1u, write.pixels());
  result.rows = std::max(1u, write.rows());
  return result;
}

static Stage stageOf(const program::Node &node,
                     const program::Context &context) {
  Stage stage;
  stage.name = context.name(), stage.node = node.id();
  stage.domain = {context.domain(0), context.domain(1)};
  auto addRead = [&](const program::Gather &gather) {
    stage.reads.push_back(
        {node.buffers(gather.buffer()).object(), windowOf(gather)});
  };
  if (context.has_mvm_input())
    addRead(context.mvm_input());
  for (const program::DpuInstr &instr : context.dpu())
    if (instr.has_gather())
      addRead(instr.gather());
  stage.written = context.write().object();
  stage.write = writeOf(context.write());
  return stage;
}

Contract proof::contractOf(const program::Program &program) {
  Contract contract;
  for (const program::Object &object : program.objects())
    contract.objects.push_back(
        {object.name(), {object.height(), object.width(), object.channels()}});
  for (const program::Node &node : program.nodes())
    for (const program::Context &context : node.contexts())
      contract.stages.push_back(stageOf(node, context));
  for (const program::Binding &output : program.outputs()) {
    Stage stage;
    stage.name = output.name(), stage.node = output.node();
    const Extent &extent = contract.objects[output.object()].extent;
    stage.domain = {extent.h, extent.w};
    stage.reads.push_back({output.object(), Window::whole(1, 1, extent.c)});
    contract.stages.push_back(stage);
  }
  return contract;
}
