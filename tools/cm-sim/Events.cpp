//===- Events.cpp - the events of a run as text ---------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Events.h"
#include "llvm/Support/FormatVariadic.h"

using namespace cm;
using llvm::formatv;

static std::vector<std::string> contextNames(const program::Program &program,
                                             const MachineModel &machine) {
  std::vector<std::string> names;
  for (const program::Node &node : program.nodes())
    for (const program::Context &context : node.contexts())
      names.push_back(
          formatv("{0} '{1}'", machine.nodeName(node.id()), context.name()));
  return names;
}

EventText::EventText(const program::Program &program,
                     const MachineModel &machine)
    : machine(machine), hasEpochs(program.epochs_size()) {
  if (!hasEpochs)
    contexts.push_back(contextNames(program, machine));
  for (const program::Epoch &epoch : program.epochs())
    contexts.push_back(contextNames(epoch.program(), machine));
}

std::string EventText::line(uint32_t epoch, uint64_t cycle,
                            const SimEvent &event) const {
  std::string text = hasEpochs ? formatv("{0}:", epoch).str() : "";
  text +=
      formatv("{0} {1} {2} {3} ({4}, {5})", cycle, eventName(event.kind),
              contexts[epoch][event.context], event.image, event.d0, event.d1);
  if (event.kind == SimEvent::Packet || event.kind == SimEvent::Ready)
    text +=
        formatv(" {0} packet {1}", machine.linkName(event.place), event.packet);
  if (event.kind == SimEvent::Arrived || event.kind == SimEvent::Written)
    text += formatv(" route {0}", event.place);
  return text;
}

EventComparison::EventComparison(std::unique_ptr<llvm::MemoryBuffer> contents)
    : file(std::move(contents)), rest(file->getBuffer()) {}

bool EventComparison::add(const std::string &line) {
  if (differs)
    return false;
  auto [first, others] = rest.split('\n');
  if (!rest.empty() && first == line) {
    rest = others;
    ++equal;
    before.push_back(line);
    if (before.size() > shownBefore)
      before.pop_front();
    return true;
  }
  differs = true;
  found = line;
  expected = rest.empty() ? "no more events" : first.str();
  return false;
}

bool EventComparison::finish(llvm::StringRef path, llvm::raw_ostream &os) {
  if (!differs && rest.empty()) {
    os << formatv("{0}: {1} events equal\n", path, equal);
    return true;
  }
  if (!differs) {
    found = "no more events";
    expected = rest.split('\n').first.str();
  }
  os << formatv("{0}: {1} events equal, then a difference in line {2}\n", path,
                equal, equal + 1);
  for (const std::string &line : before)
    os << "  both:     " << line << '\n';
  os << "  found:    " << found << '\n';
  os << "  expected: " << expected << '\n';
  return false;
}
