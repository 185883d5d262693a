//===- Fields.cpp - ranges and defaults of numeric fields -----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fields.h"
#include "cm/Machine/FieldRules.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/STLExtras.h"
#include <google/protobuf/message.h>

using namespace cm;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

static constexpr uint32_t big = 1u << 30;
static constexpr uint32_t maxCores = 1u << 16;
static constexpr uint32_t maxNode = 2 * maxCores - 1; // cores and switches

// What docs/Machine.md lists; a test compares the two.
static constexpr FieldRule rules[] = {
    {"Machine", "partial_sum_bytes", 1, 4, 4, nullptr},
    {"Crossbar", "count", 1, 1u << 16, 1, nullptr},
    {"Crossbar", "rows", 1, 1u << 16, 0, nullptr},
    {"Crossbar", "cols", 1, 1u << 16, 0, nullptr},
    {"Crossbar", "cell_bits", 1, 8, 8, nullptr},
    {"Crossbar", "weight_bits", 1, 8, 8, nullptr},
    {"Crossbar", "dac_bits", 1, 8, 8, nullptr},
    {"Crossbar", "adc_bits", 1, 32, 8, nullptr},
    {"Crossbar", "adc_count", 1, 1u << 16, 0, "cols"},
    {"Crossbar", "mvm_cycles", 1, big, 0, nullptr},
    {"Crossbar", "program_cycles_per_row", 1, big, 10000, nullptr},
    {"Crossbar", "reserved_cols", 0, 1u << 16, 0, nullptr},
    {"Dpu", "lanes", 1, 1u << 20, 0, nullptr},
    {"Dpu", "alu_cycles", 1, 1u << 20, 1, nullptr},
    {"Dpu", "lookup_cycles", 1, 1u << 20, 1, nullptr},
    {"Dpu", "exp_cycles", 1, 1u << 20, 4, nullptr},
    {"Dpu", "mac_lanes", 1, 1u << 20, 0, "lanes"},
    {"Sram", "access_bytes", 1, 1u << 20, 0, nullptr},
    {"Sram", "read_cycles", 1, 1u << 20, 1, nullptr},
    {"Sram", "write_cycles", 1, 1u << 20, 1, nullptr},
    {"Sram", "ports", 1, 1u << 10, 1, nullptr},
    {"Lcu", "contexts", 1, 1u << 16, 64, nullptr},
    {"Lcu", "instruction_cycles", 0, 1u << 20, 0, nullptr},
    {"Lcu", "max_instructions", 1, big, 4096, nullptr},
    {"Link", "width_bytes", 1, 1u << 20, 0, nullptr},
    {"Link", "latency", 1, 1u << 20, 1, nullptr},
    {"Network", "header_bytes", 0, 1u << 20, 0, nullptr},
    {"Network", "max_payload", 0, big, 0, nullptr},
    {"Network", "credit_bytes", 1, 1u << 10, 4, nullptr},
    {"IoNode", "bytes_per_cycle", 1, 1u << 20, 0, nullptr},
    {"Mesh", "width", 1, maxCores, 0, nullptr},
    {"Mesh", "height", 1, maxCores, 0, nullptr},
    {"Mesh", "depth", 1, maxCores, 1, nullptr},
    {"AllToAll", "cores", 1, maxCores, 0, nullptr},
    {"PathPower", "cores", 1, maxCores, 0, nullptr},
    {"PathPower", "power", 1, maxCores, 0, nullptr},
    {"Prism", "layers", 1, maxCores, 0, nullptr},
    {"Prism", "layer_nodes", 1, maxCores, 0, nullptr},
    {"Hypercube", "dimensions", 1, 16, 0, nullptr},
    {"Ring", "cores", 1, maxCores, 0, nullptr},
    {"Tree", "cores", 1, maxCores, 0, nullptr},
    {"Tree", "arity", 2, maxCores, 2, nullptr},
    {"Butterfly", "radix", 2, maxCores, 2, nullptr},
    {"Butterfly", "levels", 1, 16, 0, nullptr},
    {"Star", "cores", 1, maxCores, 0, nullptr},
    {"Joint", "a", 0, maxCores, 0, nullptr},
    {"Joint", "b", 0, maxCores, 0, "a"},
    {"Explicit", "cores", 1, maxCores, 0, nullptr},
    {"Explicit", "switches", 0, maxCores, 0, nullptr},
    {"ExplicitLink", "a", 0, maxNode, 0, nullptr},
    {"ExplicitLink", "b", 0, maxNode, 0, nullptr},
    {"BrokenLink", "a", 0, maxNode, 0, nullptr},
    {"BrokenLink", "b", 0, maxNode, 0, nullptr},
    {"Assignment", "first", 0, maxCores, 0, nullptr},
    {"Assignment", "count", 1, maxCores, 0, nullptr},
};

llvm::ArrayRef<FieldRule> cm::fieldRules() { return rules; }

static const FieldRule *ruleOf(const FieldDescriptor *field) {
  const FieldRule *rule = llvm::find_if(rules, [&](const FieldRule &rule) {
    return field->name() == rule.field &&
           field->containing_type()->name() == rule.message;
  });
  return rule == std::end(rules) ? nullptr : rule;
}

/// The number that an absent field stands for; 0: it must be said.
static uint32_t defaultOf(const FieldRule &rule, const Message &message) {
  if (!rule.defaultFrom)
    return rule.defaultValue;
  const FieldDescriptor *from =
      message.GetDescriptor()->FindFieldByName(rule.defaultFrom);
  return message.GetReflection()->GetUInt32(message, from);
}

static llvm::Error completeNumber(Message &message,
                                  const FieldDescriptor *field,
                                  const FieldRule &rule,
                                  const std::string &path) {
  const Reflection *reflection = message.GetReflection();
  if (field->has_presence() && !reflection->HasField(message, field)) {
    uint32_t value = defaultOf(rule, message);
    if (!value && !rule.defaultFrom)
      return makeError("{0}: expected a number from {1} to {2}, found nothing",
                       path, rule.min, rule.max);
    reflection->SetUInt32(&message, field, value);
  }
  uint32_t value = reflection->GetUInt32(message, field);
  if (value < rule.min || value > rule.max)
    return makeError("{0}: expected a number from {1} to {2}, found {3}", path,
                     rule.min, rule.max, value);
  return llvm::Error::success();
}

static llvm::Error checkEnum(const Message &message,
                             const FieldDescriptor *field,
                             const std::string &path) {
  int value = message.GetReflection()->GetEnumValue(message, field);
  if (field->enum_type()->FindValueByNumber(value))
    return llvm::Error::success();
  std::string names;
  for (int i = 0; i < field->enum_type()->value_count(); ++i)
    names += (i ? ", " : "") + field->enum_type()->value(i)->name();
  return makeError("{0}: expected one of {1}, found {2}", path, names, value);
}

static llvm::Error complete(Message &message, const std::string &prefix);

static llvm::Error completeMessages(Message &message,
                                    const FieldDescriptor *field,
                                    const std::string &path) {
  const Reflection *reflection = message.GetReflection();
  if (!field->is_repeated()) {
    if (!reflection->HasField(message, field))
      return llvm::Error::success();
    return complete(*reflection->MutableMessage(&message, field), path + ".");
  }
  for (int i = 0, e = reflection->FieldSize(message, field); i < e; ++i) {
    Message *element = reflection->MutableRepeatedMessage(&message, field, i);
    std::string prefix = llvm::formatv("{0}[{1}].", path, i);
    if (llvm::Error error = complete(*element, prefix))
      return error;
  }
  return llvm::Error::success();
}

static llvm::Error completeField(Message &message, const FieldDescriptor *field,
                                 const std::string &path) {
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
    return completeMessages(message, field, path);
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM)
    return checkEnum(message, field, path);
  if (const FieldRule *rule = ruleOf(field))
    return completeNumber(message, field, *rule, path);
  return llvm::Error::success();
}

static llvm::Error complete(Message &message, const std::string &prefix) {
  const Descriptor *descriptor = message.GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor *field = descriptor->field(i);
    if (llvm::Error error =
            completeField(message, field, prefix + field->name()))
      return error;
  }
  return llvm::Error::success();
}

llvm::Error cm::completeFields(machine::Machine &machine) {
  for (machine::CoreType &type : *machine.mutable_core_types()) {
    type.mutable_dpu();
    type.mutable_sram();
    type.mutable_lcu();
    if (type.name().empty() && machine.core_types_size() == 1)
      type.set_name("core");
  }
  int number = 0;
  for (machine::IoNode &node : *machine.mutable_io_nodes()) {
    if (node.name().empty())
      node.set_name("io" + std::to_string(number));
    ++number;
  }
  machine.mutable_link();
  machine.mutable_network();
  machine.mutable_energy();
  machine.mutable_topology();
  return complete(machine, "");
}
