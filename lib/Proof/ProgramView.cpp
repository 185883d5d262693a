//===- ProgramView.cpp - a program in the words of its contract -----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Proof/ProgramView.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace cm;
using namespace cm::proof;

//===----------------------------------------------------------------------===//
// Look-up
//===----------------------------------------------------------------------===//

uint32_t ProgramView::stageAt(uint32_t node, uint32_t context) const {
  return stages.at({node, context});
}

uint32_t ProgramView::sourceOf(uint32_t route) const {
  const program::Route &r = program.routes(route);
  return stageAt(r.source_node(), r.source_context());
}

uint32_t ProgramView::readerOf(uint32_t route, uint32_t reader) const {
  const program::Route &r = program.routes(route);
  return stageAt(r.dest_node(), r.readers(reader));
}

std::optional<uint32_t> ProgramView::readerIndex(uint32_t route,
                                                 uint32_t stage) const {
  for (int i = 0; i < program.routes(route).readers_size(); ++i)
    if (readerOf(route, i) == stage)
      return i;
  return std::nullopt;
}

const BufferView *ProgramView::bufferOf(uint32_t stage, uint32_t object) const {
  auto found = readFrom.find({stage, object});
  return found == readFrom.end() ? nullptr : &views[found->second];
}

bool ProgramView::reachesOutput(uint32_t output, uint32_t writer) const {
  const Stage &stage = contract.stages[output];
  return llvm::any_of(contexts[writer]->sends(), [&](uint32_t route) {
    return program.routes(route).dest_node() == stage.node &&
           program.routes(route).object() == stage.reads.front().object;
  });
}

uint32_t ProgramView::countedBy(const program::Wait &wait) const {
  if (wait.has_retired())
    return readerOf(wait.retired().route(), wait.retired().reader());
  return sourceOf(wait.received());
}

//===----------------------------------------------------------------------===//
// Matching
//===----------------------------------------------------------------------===//

static Counterexample wrongLocation(llvm::StringRef stage,
                                    llvm::StringRef object,
                                    std::string reason) {
  Counterexample example;
  example.hazard = Hazard::WrongLocation;
  example.stage = stage.str(), example.object = object.str();
  example.reason = std::move(reason);
  return example;
}

std::optional<Counterexample> ProgramView::matchObjects() {
  if (size_t(program.objects_size()) != contract.objects.size())
    return wrongLocation("", "",
                         llvm::formatv("the program has {0} objects, expected "
                                       "{1}",
                                       program.objects_size(),
                                       contract.objects.size()));
  for (auto [found, expected] :
       llvm::zip(program.objects(), contract.objects)) {
    Extent extent = {found.height(), found.width(), found.channels()};
    if (found.name() != expected.name || extent != expected.extent)
      return wrongLocation(
          "", expected.name,
          llvm::formatv("the program has '{0}' of {1}x{2}x{3}, expected "
                        "'{4}' of {5}x{6}x{7}",
                        found.name(), extent.h, extent.w, extent.c,
                        expected.name, expected.extent.h, expected.extent.w,
                        expected.extent.c));
  }
  return std::nullopt;
}

std::optional<Counterexample> ProgramView::matchContexts() {
  std::map<std::pair<uint32_t, std::string>, uint32_t> byName;
  for (uint32_t i = 0; i < contract.stages.size(); ++i)
    if (contract.stages[i].written)
      byName[{contract.stages[i].node, contract.stages[i].name}] = i;
  contexts.assign(contract.stages.size(), nullptr);
  nodes.assign(contract.stages.size(), nullptr);
  for (const program::Node &node : program.nodes())
    for (int i = 0; i < node.contexts_size(); ++i) {
      const program::Context &context = node.contexts(i);
      auto found = byName.find({node.id(), context.name()});
      if (found == byName.end() || contexts[found->second])
        return wrongLocation(
            context.name(), "",
            llvm::formatv("nothing runs it on node {0}", node.id()));
      contexts[found->second] = &context;
      nodes[found->second] = &node;
      stages[{node.id(), uint32_t(i)}] = found->second;
    }
  for (const auto &[key, stage] : byName)
    if (!contexts[stage])
      return wrongLocation(
          key.second, "",
          llvm::formatv("expected a context on node {0}", key.first));
  return std::nullopt;
}

/// A gather has to be one of the reads of the stage that is not found yet.
/// Pools have no use for the fill.
std::optional<Counterexample>
ProgramView::matchRead(uint32_t index, const program::Gather &gather,
                       bool usesFill, std::vector<char> &found) {
  const Stage &stage = contract.stages[index];
  uint32_t object = nodes[index]->buffers(gather.buffer()).object();
  for (size_t i = 0; i < stage.reads.size(); ++i) {
    const Read &read = stage.reads[i];
    Window window = windowOf(gather);
    if (!usesFill)
      window.fill = read.window.fill;
    if (found[i] || read.object != object ||
        !readSame(stage.domain, contract.objects[object].extent, read.window,
                  window))
      continue;
    found[i] = true;
    uint32_t view = viewAt.at({stage.node, gather.buffer()});
    auto [from, isNew] = readFrom.try_emplace({index, object}, view);
    if (!isNew && from->second != view)
      return wrongLocation(stage.name, contract.objects[object].name,
                           "is read from two buffers");
    if (!llvm::is_contained(views[view].shared.readers, index))
      views[view].shared.readers.push_back(index);
    return std::nullopt;
  }
  return wrongLocation(stage.name, contract.objects[object].name,
                       "a gather is no read of the stage");
}

std::optional<Counterexample> ProgramView::matchAccesses(uint32_t index) {
  const program::Context &context = *contexts[index];
  const Stage &stage = contract.stages[index];
  if (context.domain_size() != 2 || context.domain(0) != stage.domain.h ||
      context.domain(1) != stage.domain.w)
    return wrongLocation(stage.name, "",
                         llvm::formatv("expected a domain of {0}x{1}",
                                       stage.domain.h, stage.domain.w));
  std::vector<char> found(stage.reads.size(), false);
  if (context.has_mvm_input())
    if (auto wrong =
            matchRead(index, context.mvm_input(), /*usesFill=*/true, found))
      return wrong;
  for (const program::DpuInstr &instr : context.dpu())
    if (instr.has_gather())
      if (auto wrong = matchRead(index, instr.gather(),
                                 instr.opcode() == program::DPU_LOAD, found))
        return wrong;
  for (size_t i = 0; i < found.size(); ++i)
    if (!found[i])
      return wrongLocation(stage.name,
                           contract.objects[stage.reads[i].object].name,
                           "a read of the stage is left out");
  if (context.write().object() != *stage.written ||
      !writeSame(stage.domain, writeOf(context.write()), stage.write))
    return wrongLocation(stage.name, contract.objects[*stage.written].name,
                         "the write is not that of the stage");
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Memory and routes
//===----------------------------------------------------------------------===//

void ProgramView::collectBuffers() {
  for (const program::Node &node : program.nodes())
    for (int i = 0; i < node.buffers_size(); ++i) {
      const program::Buffer &buffer = node.buffers(i);
      BufferView view;
      view.node = node.id(), view.index = i;
      Storage &storage = view.shared.storage;
      storage.object = buffer.object(), storage.node = node.id();
      bool byRows = buffer.fold() == program::FOLD_ROW;
      storage.fold = byRows ? Fold::Row : Fold::Pixel;
      storage.slots = buffer.slots();
      viewAt[{node.id(), uint32_t(i)}] = views.size();
      views.push_back(std::move(view));
    }
}

/// A stage counts as a writer of a buffer where it sends to it.
void ProgramView::collectRoutes() {
  for (int i = 0; i < program.routes_size(); ++i) {
    const program::Route &route = program.routes(i);
    if (!route.has_dest_buffer())
      continue;
    BufferView &view =
        views[viewAt.at({route.dest_node(), route.dest_buffer()})];
    view.routeFrom[sourceOf(i)] = i;
    view.shared.storage.writers.push_back(sourceOf(i));
  }
}

/// Buffers of a core have no byte in common.
std::optional<Counterexample> ProgramView::checkMemory() const {
  for (const program::Node &node : program.nodes()) {
    std::map<uint64_t, std::pair<uint64_t, uint32_t>>
        used; // begin: end, object
    for (const program::Buffer &buffer : node.buffers()) {
      const program::Object &object = program.objects(buffer.object());
      uint64_t pixels =
          uint64_t(buffer.slots()) *
          (buffer.fold() == program::FOLD_ROW ? object.width() : 1);
      uint64_t end = buffer.address() +
                     pixels * object.channels() * object.element_bytes();
      auto next = used.lower_bound(buffer.address());
      bool meets = (next != used.end() && next->first < end) ||
                   (next != used.begin() &&
                    std::prev(next)->second.first > buffer.address());
      if (meets)
        return wrongLocation("", object.name(),
                             llvm::formatv("its buffer on node {0} meets "
                                           "another",
                                           node.id()));
      used[buffer.address()] = {end, buffer.object()};
    }
  }
  return std::nullopt;
}

std::optional<Counterexample> ProgramView::match() {
  if (auto wrong = matchObjects())
    return wrong;
  if (auto wrong = matchContexts())
    return wrong;
  if (auto wrong = checkMemory())
    return wrong;
  collectBuffers();
  for (uint32_t stage = 0; stage < contexts.size(); ++stage)
    if (contexts[stage])
      if (auto wrong = matchAccesses(stage))
        return wrong;
  collectRoutes();
  return std::nullopt;
}
