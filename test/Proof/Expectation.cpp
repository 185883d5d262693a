//===- Expectation.cpp - what a wrong program's errors must be ------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Expectation.h"
#include "CodeTrace.h"
#include "llvm/ADT/STLExtras.h"

using namespace cm;
using namespace cm::proof;
using program::Program;

//===----------------------------------------------------------------------===//
// Comparing
//===----------------------------------------------------------------------===//

std::string proof::errorClass(llvm::StringRef error) {
  for (const char *known :
       {"reads unwritten data", "reads overwritten data",
        "overwrites live data", "deadlock", "wrong bytes", "fires iteration",
        "fired", "overflow", "without a fire", "writes channels",
        "have been written"})
    if (error.contains(known))
      return known;
  return error.str();
}

/// Whether the text has one of the names in quotes.
static bool namesAny(llvm::StringRef text, const Names &names) {
  return llvm::any_of(names, [&](const std::string &name) {
    return text.contains("'" + name + "'");
  });
}

bool Finding::allows(const Counterexample &example) const {
  return example.hazard == hazard &&
         (stages.empty() || stages.count(example.stage)) &&
         (objects.empty() || objects.count(example.object));
}

bool Finding::allows(llvm::StringRef error) const {
  if (!failures.count(errorClass(error)))
    return false;
  if (hazard == Hazard::WrongLocation)
    return namesAny(error, stages) || namesAny(error, objects) ||
           namesAny(error, tensors);
  return (stages.empty() || namesAny(error, stages)) &&
         (objects.empty() || namesAny(error, objects));
}

//===----------------------------------------------------------------------===//
// LCU code
//===----------------------------------------------------------------------===//

/// The element of a list of the program that the site is in.
static int indexIn(const Site &site, llvm::StringRef list) {
  for (const Step &step : site.path)
    if (step.field->name() == list)
      return step.index;
  return -1;
}

static Names writersOf(const Program &program, uint32_t object) {
  Names names;
  for (const program::Node &node : program.nodes())
    for (const program::Context &context : node.contexts())
      if (context.write().object() == object)
        names.insert(context.name());
  return names;
}

static const std::string &objectOfRoute(const Program &program,
                                        uint32_t route) {
  return program.objects(program.routes(route).object()).name();
}

/// A stage that waits for less data reads too early. Where copies take turns, a
/// turn may come by what the readers of the last have waited for: then it is
/// another copy that overwrites.
static void addLessData(const Program &program, const std::string &stage,
                        uint32_t route, std::vector<Finding> &findings) {
  Names object = {objectOfRoute(program, route)};
  findings.push_back({Hazard::ReadBeforeWrite,
                      {stage},
                      object,
                      {"reads unwritten data", "reads overwritten data"},
                      {}});
  Names writers = writersOf(program, program.routes(route).object());
  if (writers.size() > 1)
    findings.push_back(
        {Hazard::Overwrite, writers, object, {"overwrites live data"}, {}});
}

static void addCode(const Program &right, const Program &mutant,
                    const Site &site, std::vector<Finding> &findings) {
  int node = indexIn(site, "nodes"), context = indexIn(site, "contexts");
  CodeDifference code = compareCode(right.nodes(node).contexts(context),
                                    mutant.nodes(node).contexts(context));
  Names stage = {site.stage};
  // A loop that never ends, or that ends behind a wait that was moved.
  Names stops = {"fires iteration", "fired", "without a fire", "deadlock"};
  if (code.firesTooSoon)
    findings.push_back({Hazard::MissingIteration, stage, {}, stops, {}});
  if (code.firesTooMuch)
    findings.push_back(
        {Hazard::ExtraIteration, stage, {}, {"fires iteration"}, {}});
  if (code.changesWithImage)
    findings.push_back({Hazard::Unproved, stage, {}, {}, {}});
  if (!code.waitsForMore.empty())
    findings.push_back({Hazard::Deadlock, stage, {}, {"deadlock"}, {}});
  for (auto [isRetired, route, reader] : code.waitsForLess) {
    if (isRetired)
      findings.push_back({Hazard::Overwrite,
                          stage,
                          {objectOfRoute(right, route)},
                          {"overwrites live data"},
                          {}});
    else
      addLessData(right, site.stage, route, findings);
  }
}

//===----------------------------------------------------------------------===//
// Locations
//===----------------------------------------------------------------------===//

/// Objects of the gathers of a context.
static Names objectsRead(const Program &program, const program::Node &node,
                         const program::Context &context) {
  Names names;
  auto add = [&](const program::Gather &gather) {
    uint32_t object = node.buffers(gather.buffer()).object();
    names.insert(program.objects(object).name());
  };
  if (context.has_mvm_input())
    add(context.mvm_input());
  for (const program::DpuInstr &instr : context.dpu())
    if (instr.has_gather())
      add(instr.gather());
  return names;
}

/// Tensors that a context computes, and outputs that it writes. Those of its
/// readers where it has none, such as a row tile.
static Names tensorsOf(const Program &program,
                       const program::Context &context) {
  Names names;
  const std::string &written = program.objects(context.write().object()).name();
  for (const program::Binding &output : program.outputs())
    if (output.object() == context.write().object())
      names.insert(output.name());
  for (const program::DpuInstr &instr : context.dpu())
    if (instr.tensor() > 0)
      names.insert(program.tensors(instr.tensor() - 1).name());
  if (!names.empty())
    return names;
  for (const program::Node &node : program.nodes())
    for (const program::Context &reader : node.contexts())
      if (objectsRead(program, node, reader).count(written))
        names.merge(tensorsOf(program, reader));
  return names;
}

/// Another window, pixel or domain.
static void addAccess(const Program &right, const Site &site, Names failures,
                      std::vector<Finding> &findings) {
  const program::Node &node = right.nodes(indexIn(site, "nodes"));
  const program::Context &context = node.contexts(indexIn(site, "contexts"));
  bool isRead = llvm::StringRef(site.kind).contains("gather") ||
                llvm::StringRef(site.kind).contains("mvm_input");
  Names objects = isRead
                      ? objectsRead(right, node, context)
                      : Names{right.objects(context.write().object()).name()};
  if (llvm::StringRef(site.kind).contains("domain"))
    objects.insert(""); // the proof names none
  findings.push_back({Hazard::WrongLocation,
                      {site.stage},
                      std::move(objects),
                      std::move(failures),
                      tensorsOf(right, context)});
}

/// Bytes from the first to behind the last.
static std::pair<uint64_t, uint64_t> bytesOf(const Program &program,
                                             const program::Buffer &buffer) {
  const program::Object &object = program.objects(buffer.object());
  uint64_t row = buffer.fold() == program::FOLD_ROW ? object.width() : 1;
  return {buffer.address(), buffer.address() + buffer.slots() * row *
                                                   object.channels() *
                                                   object.element_bytes()};
}

/// A buffer on bytes of another, or with another number of slots.
static void addBuffer(const Program &right, const Program &mutant,
                      const Site &site, std::vector<Finding> &findings) {
  const program::Node &node = mutant.nodes(indexIn(site, "nodes"));
  int index = indexIn(site, "buffers");
  auto [begin, end] = bytesOf(mutant, node.buffers(index));
  std::string own = mutant.objects(node.buffers(index).object()).name();
  Names met;
  for (int i = 0; i < node.buffers_size(); ++i) {
    auto [otherBegin, otherEnd] = bytesOf(mutant, node.buffers(i));
    if (i != index && otherBegin < end && begin < otherEnd)
      met.insert(mutant.objects(node.buffers(i).object()).name());
  }
  Names wrong = {"reads unwritten data", "reads overwritten data",
                 "overwrites live data", "wrong bytes"};
  if (!met.empty()) {
    met.insert(own);
    findings.push_back({Hazard::WrongLocation, {}, met, wrong, {}});
  }
  if (site.kind != "buffers.address")
    findings.push_back({Hazard::Overwrite,
                        writersOf(right, node.buffers(index).object()),
                        {own},
                        {"overwrites live data"},
                        {}});
}

/// Readers lack what the route's messages would bring. Where they lack nothing,
/// what is not sent leaves a slot to its last occupant, which another writer
/// may overwrite.
static void addRoute(const Program &right, const Site &site,
                     std::vector<Finding> &findings) {
  const program::Route &route = right.routes(indexIn(site, "routes"));
  Names object = {right.objects(route.object()).name()}, readers;
  for (const program::Node &node : right.nodes())
    for (uint32_t reader : route.readers())
      if (node.id() == route.dest_node())
        readers.insert(node.contexts(reader).name());
  for (const program::Binding &output : right.outputs())
    if (output.object() == route.object())
      object.insert(output.name());
  findings.push_back({Hazard::ReadBeforeWrite,
                      readers,
                      object,
                      {"reads unwritten data", "have been written"},
                      {}});
  findings.push_back({Hazard::Overwrite,
                      writersOf(right, route.object()),
                      object,
                      {"overwrites live data"},
                      {}});
}

std::vector<Finding> proof::expectedFindings(const Program &right,
                                             const Program &mutant,
                                             const Site &site) {
  std::vector<Finding> findings;
  llvm::StringRef kind = site.kind;
  if (indexIn(site, "lcu") >= 0)
    addCode(right, mutant, site, findings);
  else if (site.change == Change::TakeRoute)
    addRoute(right, site, findings);
  else if (kind.contains("domain"))
    addAccess(right, site, {"fires iteration", "fired"}, findings);
  else if (kind.contains("gather") || kind.contains("mvm_input"))
    addAccess(right, site,
              {"reads unwritten data", "reads overwritten data",
               "overwrites live data", "wrong bytes"},
              findings);
  else if (kind.contains("write"))
    addAccess(right, site,
              {"reads unwritten data", "reads overwritten data",
               "overwrites live data", "wrong bytes", "writes channels",
               "have been written"},
              findings);
  else if (kind.contains("buffers"))
    addBuffer(right, mutant, site, findings);
  return findings;
}
