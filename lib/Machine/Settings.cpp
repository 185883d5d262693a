//===- Settings.cpp - a machine changed on the command line ---------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A setting is "path=value". The path is a path of fields in the schema, with
// three short forms: `core` for every core type, `io` for every I/O node, and
// after `core.` a field of its crossbar, DPU, SRAM or LCU without their name.
//
//===----------------------------------------------------------------------===//

#include "Settings.h"
#include "cm/Machine/ProtoText.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <google/protobuf/message.h>

using namespace cm;
using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Messages = std::vector<Message *>;

static llvm::Error expected(const char *what, llvm::StringRef value) {
  return makeError("expected {0}, found '{1}'", what, value);
}

/// What all values of an enumeration begin with, such as "MVM_RESULT_".
static llvm::StringRef prefixOf(const EnumDescriptor *type) {
  llvm::StringRef prefix = type->value(0)->name();
  for (int i = 1; i < type->value_count(); ++i)
    while (!llvm::StringRef(type->value(i)->name()).starts_with(prefix))
      prefix = prefix.drop_back();
  return prefix.take_front(prefix.rfind('_') + 1);
}

/// Finds a value by its name, in full or without prefix, in either case.
static llvm::Expected<const EnumValueDescriptor *>
findValue(const EnumDescriptor *type, llvm::StringRef name) {
  size_t prefix = prefixOf(type).size();
  std::vector<std::string> names;
  for (int i = 0; i < type->value_count(); ++i) {
    llvm::StringRef full = type->value(i)->name();
    if (name.equals_insensitive(full) ||
        name.equals_insensitive(full.drop_front(prefix)))
      return type->value(i);
    names.push_back(full.drop_front(prefix).lower());
  }
  return makeError("expected a value of {0} ({1}), found '{2}'", type->name(),
                   llvm::join(names, ", "), name);
}

template <typename T>
static llvm::Error parseNumber(llvm::StringRef text,
                               llvm::function_ref<void(T)> store) {
  T value = 0;
  if (text.getAsInteger(10, value))
    return expected(sizeof(T) == 4 ? "a number of at most 32 bits"
                                   : "a number of at most 64 bits",
                    text);
  store(value);
  return llvm::Error::success();
}

/// Sets one scalar field.
static llvm::Error assign(Message &message, const FieldDescriptor *field,
                          llvm::StringRef text) {
  const Reflection *reflection = message.GetReflection();
  switch (field->cpp_type()) {
  case FieldDescriptor::CPPTYPE_UINT32:
    return parseNumber<uint32_t>(text, [&](uint32_t value) {
      reflection->SetUInt32(&message, field, value);
    });
  case FieldDescriptor::CPPTYPE_UINT64:
    return parseNumber<uint64_t>(text, [&](uint64_t value) {
      reflection->SetUInt64(&message, field, value);
    });
  case FieldDescriptor::CPPTYPE_DOUBLE: {
    double value = 0;
    if (text.getAsDouble(value))
      return expected("a number", text);
    reflection->SetDouble(&message, field, value);
    return llvm::Error::success();
  }
  case FieldDescriptor::CPPTYPE_BOOL:
    if (text != "true" && text != "false")
      return expected("true or false", text);
    reflection->SetBool(&message, field, text == "true");
    return llvm::Error::success();
  case FieldDescriptor::CPPTYPE_STRING:
    reflection->SetString(&message, field, text.str());
    return llvm::Error::success();
  case FieldDescriptor::CPPTYPE_ENUM: {
    auto value = findValue(field->enum_type(), text);
    if (!value)
      return value.takeError();
    reflection->SetEnum(&message, field, *value);
    return llvm::Error::success();
  }
  default:
    return makeError("expected a field with one value, found '{0}'",
                     field->name());
  }
}

llvm::Error cm::setProtoField(Message &message, llvm::StringRef name,
                              llvm::StringRef value) {
  const FieldDescriptor *field =
      message.GetDescriptor()->FindFieldByName(name.str());
  if (!field)
    return makeError("unknown field '{0}' of {1}", name,
                     message.GetDescriptor()->name());
  if (field->is_repeated())
    return makeError("expected a field with one value, found '{0}'", name);
  return assign(message, field, value);
}

/// Follows one message field, "name" or "name[index]", from all of `messages`.
/// Those that lack it are left out where `onlyPresent` says so: a digital core
/// gets no crossbar by a setting of all cores.
static llvm::Expected<Messages> descend(const Messages &messages,
                                        llvm::StringRef step,
                                        bool onlyPresent = false) {
  auto [name, rest] = step.split('[');
  const FieldDescriptor *field =
      messages.front()->GetDescriptor()->FindFieldByName(name.str());
  if (!field)
    return makeError("unknown field '{0}' of {1}", name,
                     messages.front()->GetDescriptor()->name());
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE)
    return makeError("expected '{0}' to have fields, found one value", name);
  Messages result;
  for (Message *message : messages) {
    const Reflection *reflection = message->GetReflection();
    if (!field->is_repeated()) {
      if (!onlyPresent || reflection->HasField(*message, field) ||
          field->name() != "crossbar")
        result.push_back(reflection->MutableMessage(message, field));
      continue;
    }
    unsigned index, size = reflection->FieldSize(*message, field);
    if (!rest.consume_back("]") || rest.getAsInteger(10, index) ||
        index >= size)
      return makeError("expected '{0}[i]' with i below {1}, found '{2}'", name,
                       size, step);
    result.push_back(reflection->MutableRepeatedMessage(message, field, index));
  }
  if (result.empty())
    return makeError("no core type has a '{0}'", name);
  return result;
}

/// The messages of all core types that have the field `name`: the types
/// themselves, their crossbars, DPUs, memories or control units. A digital core
/// has no crossbar and is left out.
static Messages findInCores(machine::Machine &machine, llvm::StringRef name) {
  Messages found;
  for (machine::CoreType &type : *machine.mutable_core_types()) {
    Messages parts{&type};
    if (type.has_crossbar())
      parts.push_back(type.mutable_crossbar());
    parts.push_back(type.mutable_dpu());
    parts.push_back(type.mutable_sram());
    parts.push_back(type.mutable_lcu());
    for (Message *part : parts)
      if (part->GetDescriptor()->FindFieldByName(name.str())) {
        found.push_back(part);
        break;
      }
  }
  return found;
}

/// The messages that the first step of a path stands for.
static llvm::Expected<Messages> firstStep(machine::Machine &machine,
                                          llvm::StringRef step) {
  Messages messages;
  if (step == "core")
    for (machine::CoreType &type : *machine.mutable_core_types())
      messages.push_back(&type);
  else if (step == "io")
    for (machine::IoNode &node : *machine.mutable_io_nodes())
      messages.push_back(&node);
  else
    return descend({&machine}, step);
  if (messages.empty())
    return makeError("the machine has nothing that '{0}' stands for", step);
  return messages;
}

/// Applies "path=value"; errors do not name the setting yet.
static llvm::Error apply(machine::Machine &machine, llvm::StringRef path,
                         llvm::StringRef value) {
  llvm::SmallVector<llvm::StringRef> steps;
  path.split(steps, '.');
  llvm::StringRef last = steps.pop_back_val();
  Messages messages{&machine};
  for (auto [index, step] : llvm::enumerate(steps)) {
    auto next = index == 0 ? firstStep(machine, step)
                           : descend(messages, step,
                                     /*onlyPresent=*/steps[0] == "core");
    if (!next)
      return next.takeError();
    messages = std::move(*next);
  }
  if (steps.size() == 1 && steps[0] == "core") {
    messages = findInCores(machine, last);
    if (messages.empty())
      return makeError("no core type has a field '{0}'", last);
  }
  for (Message *message : messages)
    if (llvm::Error error = setProtoField(*message, last, value))
      return error;
  return llvm::Error::success();
}

llvm::Error cm::applySetting(machine::Machine &machine,
                             llvm::StringRef setting) {
  auto [path, value] = setting.split('=');
  if (path.size() == setting.size())
    return makeError("setting '{0}': expected path=value", setting);
  if (llvm::Error error = apply(machine, path.trim(), value.trim()))
    return makeError("setting '{0}': {1}", setting,
                     llvm::toString(std::move(error)));
  return llvm::Error::success();
}
