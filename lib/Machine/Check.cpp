//===- Check.cpp - what more than one field decides -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fields.h"
#include "cm/Machine/ProtoText.h"
#include "cm/Support/Error.h"
#include "cm/Support/Limits.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Format.h"
#include <cmath>

using namespace cm;

/// A name that can stand in messages, statistics and file names.
static llvm::Error checkName(llvm::StringRef path, llvm::StringRef name) {
  bool good = !name.empty() && llvm::all_of(name, [](char c) {
    return llvm::isAlnum(c) || llvm::StringRef("_-.").contains(c);
  });
  if (good)
    return llvm::Error::success();
  return makeError(
      "{0}: expected a name of letters, digits, '_', '-' and '.', found '{1}'",
      path, name);
}

static llvm::Error checkCrossbar(const std::string &path,
                                 const machine::Crossbar &crossbar) {
  if (crossbar.adc_count() > crossbar.cols())
    return makeError("{0}.adc_count: expected at most cols ({1}), found {2}",
                     path, crossbar.cols(), crossbar.adc_count());
  if (crossbar.reserved_cols() >= crossbar.cols())
    return makeError("{0}.reserved_cols: expected fewer than cols ({1}), "
                     "found {2}",
                     path, crossbar.cols(), crossbar.reserved_cols());
  return llvm::Error::success();
}

static llvm::Error checkCoreTypes(const machine::Machine &machine) {
  if (machine.core_types().empty())
    return makeError("core_types: expected at least one, found none");
  llvm::StringSet<> names;
  for (int i = 0; i < machine.core_types_size(); ++i) {
    const machine::CoreType &type = machine.core_types(i);
    std::string path = llvm::formatv("core_types[{0}]", i);
    if (llvm::Error error = checkName(path + ".name", type.name()))
      return error;
    if (!names.insert(type.name()).second)
      return makeError(
          "{0}.name: expected a name of its own, found '{1}' again", path,
          type.name());
    if (type.sram().bytes() > maxSramBytes)
      return makeError("{0}.sram.bytes: expected at most {1}, found {2}", path,
                       maxSramBytes, type.sram().bytes());
    if (type.has_crossbar())
      if (llvm::Error error =
              checkCrossbar(path + ".crossbar", type.crossbar()))
        return error;
  }
  return llvm::Error::success();
}

/// No event costs more: a larger number is in another unit. Sums over a run
/// are checked by the simulator.
static llvm::Error checkEnergy(const machine::Energy &energy) {
  constexpr uint64_t limit = 1'000'000'000'000;
  const std::pair<const char *, uint64_t> all[] = {
      {"mvm_fj", energy.mvm_fj()},
      {"dpu_element_fj", energy.dpu_element_fj()},
      {"sram_read_byte_fj", energy.sram_read_byte_fj()},
      {"sram_write_byte_fj", energy.sram_write_byte_fj()},
      {"link_byte_fj", energy.link_byte_fj()},
      {"io_byte_fj", energy.io_byte_fj()}};
  for (auto [name, value] : all)
    if (value > limit)
      return makeError("energy.{0}: expected at most {1} fJ (1 mJ), found {2}",
                       name, limit, value);
  return llvm::Error::success();
}

static llvm::Error checkIoNodes(const machine::Machine &machine) {
  llvm::StringSet<> names;
  bool input = false, output = false;
  for (int i = 0; i < machine.io_nodes_size(); ++i) {
    const machine::IoNode &node = machine.io_nodes(i);
    std::string path = llvm::formatv("io_nodes[{0}]", i);
    if (llvm::Error error = checkName(path + ".name", node.name()))
      return error;
    if (!names.insert(node.name()).second)
      return makeError(
          "{0}.name: expected a name of its own, found '{1}' again", path,
          node.name());
    input |= node.direction() != machine::DIRECTION_OUTPUT;
    output |= node.direction() != machine::DIRECTION_INPUT;
  }
  if (!input)
    return makeError("io_nodes: expected a node that takes input, found none");
  if (!output)
    return makeError("io_nodes: expected a node that gives output, found none");
  return llvm::Error::success();
}

llvm::Error cm::checkFields(const machine::Machine &machine) {
  std::string wrong = findWrongText(machine);
  if (!wrong.empty())
    return makeError("{0}: expected UTF-8 text, found other bytes", wrong);
  if (llvm::Error error = checkName("name", machine.name()))
    return error;
  if (!machine.has_clock_ghz())
    return makeError("clock_ghz: expected a frequency in GHz, found nothing");
  if (!(machine.clock_ghz() > 0 && machine.clock_ghz() <= 1000))
    return makeError(
        "clock_ghz: expected a frequency above 0 and up to 1000, found {0}",
        llvm::format("%.9g", machine.clock_ghz()));
  if (llvm::Error error = checkCoreTypes(machine))
    return error;
  if (llvm::Error error = checkEnergy(machine.energy()))
    return error;
  return checkIoNodes(machine);
}
