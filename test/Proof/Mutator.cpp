//===- Mutator.cpp - one wrong number or instruction ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Mutator.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"

using namespace cm;
using namespace cm::proof;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Body = google::protobuf::RepeatedPtrField<program::LcuInstr>;
using Affines = google::protobuf::RepeatedPtrField<program::QuasiAffine>;

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

static void padDims(program::QuasiAffine &affine) {
  while (affine.dims_size() < 2)
    affine.add_dims(0);
  for (program::FloorDiv &div : *affine.mutable_divs())
    padDims(*div.mutable_numerator());
}

static void padAll(Affines &affines) {
  for (program::QuasiAffine &affine : affines)
    padDims(affine);
}

static void padBody(Body &body) {
  for (program::LcuInstr &instr : body) {
    if (instr.has_wait())
      padDims(*instr.mutable_wait()->mutable_threshold());
    if (instr.has_guard()) {
      padAll(*instr.mutable_guard()->mutable_nonnegative());
      padBody(*instr.mutable_guard()->mutable_body());
    }
    if (instr.has_loop()) {
      padAll(*instr.mutable_loop()->mutable_lower());
      padAll(*instr.mutable_loop()->mutable_upper());
      padBody(*instr.mutable_loop()->mutable_body());
    }
  }
}

void proof::normalise(program::Program &program) {
  for (program::Node &node : *program.mutable_nodes())
    for (program::Context &context : *node.mutable_contexts())
      padBody(*context.mutable_lcu());
}

namespace {
/// Walks messages and lists what can be changed.
class Lister {
public:
  std::vector<Site> sites;

  void listMessage(const Message &message);

private:
  void listField(const Message &message, const FieldDescriptor &field);
  void listValues(const FieldDescriptor &field, int count);
  void listMessages(const Message &message, const FieldDescriptor &field);
  void listStructure(const FieldDescriptor &field, const Message &part,
                     bool isLast);
  void add(std::string kind, Change change) {
    sites.push_back({std::move(kind), path, change, stage});
  }
  std::string kindOf(llvm::StringRef last) const {
    std::string kind;
    for (const std::string &name : names)
      kind += name + ".";
    return kind + last.str();
  }

  std::vector<Step> path;
  std::vector<std::string> names; // of the fields that a kind tells apart
  std::string stage;
};
} // namespace

/// Which result is sent is arithmetic, as all other registers are.
static constexpr const char *registerSent = "cm.program.Write.source";

/// What is no matter of control, addresses or routes.
static bool isOther(const FieldDescriptor &field) {
  static const llvm::StringSet<> others = {
      "machine", "objects", "inputs",        "outputs",  "release_interval",
      "tensors", "epochs",  "checksum",      "major",    "minor",
      "id",      "name",    "input_binding", "producer", "mvm_units",
      "mvm_unit"};
  if (field.containing_type()->name() == "DpuInstr")
    return field.name() != "gather";
  return others.contains(field.name()) || field.full_name() == registerSent;
}

/// Fields whose values are told apart by their index.
static bool namesIndex(const FieldDescriptor &field) {
  return field.name() == "dims" || field.name() == "domain";
}

void Lister::listValues(const FieldDescriptor &field, int count) {
  for (int i = 0; i < count; ++i) {
    path.push_back({&field, i});
    std::string name = field.name();
    if (namesIndex(field))
      name += std::to_string(i);
    add(kindOf(name), Change::Value);
    if (!namesIndex(field)) {
      add("drop " + kindOf(name), Change::Drop);
      if (i + 1 < count)
        add("swap " + kindOf(name), Change::Swap);
    }
    path.pop_back();
  }
}

/// The instruction that an LcuInstr is.
static std::string instructionName(const Message &message) {
  const auto &instr = static_cast<const program::LcuInstr &>(message);
  return instr.has_loop()    ? "loop"
         : instr.has_guard() ? "guard"
         : instr.has_wait()  ? "wait"
                             : "fire";
}

static bool isCode(const FieldDescriptor &field) {
  return field.message_type()->name() == "LcuInstr";
}

/// Drops, duplicates and swaps of list elements.
void Lister::listStructure(const FieldDescriptor &field, const Message &part,
                           bool isLast) {
  if (isCode(field)) {
    std::string name = instructionName(part);
    names.clear();
    add("drop " + name, Change::Drop);
    add("duplicate " + name, Change::Duplicate);
    if (!isLast)
      add("swap " + name, Change::Swap);
    return;
  }
  llvm::StringRef type = field.message_type()->name();
  if (type == "Route")
    add("take route", Change::TakeRoute);
  if (type == "QuasiAffine" || type == "FloorDiv")
    add("drop " + kindOf(field.name()), Change::Drop);
}

void Lister::listMessages(const Message &message,
                          const FieldDescriptor &field) {
  const Reflection &reflection = *message.GetReflection();
  bool isList = field.is_repeated();
  int count = isList ? reflection.FieldSize(message, &field) : 1;
  bool isBare = isCode(field) || field.name() == "nodes" ||
                field.name() == "contexts" || field.name() == "dpu";
  for (int i = 0; i < count; ++i) {
    const Message &part =
        isList ? reflection.GetRepeatedMessage(message, &field, i)
               : reflection.GetMessage(message, &field);
    path.push_back({&field, isList ? i : -1});
    std::vector<std::string> outer = names;
    if (isList)
      listStructure(field, part, i + 1 == count);
    if (!isBare)
      names.push_back(field.name());
    listMessage(part);
    names = std::move(outer);
    path.pop_back();
  }
}

void Lister::listField(const Message &message, const FieldDescriptor &field) {
  const Reflection &reflection = *message.GetReflection();
  bool isMessage = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  bool mayLack = !field.is_repeated() && (isMessage || field.has_presence());
  if (isOther(field) || (mayLack && !reflection.HasField(message, &field)))
    return;
  if (isMessage)
    return listMessages(message, field);
  if (field.is_repeated())
    return listValues(field, reflection.FieldSize(message, &field));
  path.push_back({&field, -1});
  add(kindOf(field.name()), Change::Value);
  path.pop_back();
}

void Lister::listMessage(const Message &message) {
  const google::protobuf::Descriptor &type = *message.GetDescriptor();
  bool isContext = type.name() == "Context";
  if (isContext)
    stage = static_cast<const program::Context &>(message).name();
  for (int i = 0; i < type.field_count(); ++i)
    listField(message, *type.field(i));
  if (isContext)
    stage.clear();
}

std::vector<Site> proof::listSites(const program::Program &program) {
  Lister lister;
  lister.listMessage(program);
  return std::move(lister.sites);
}

//===----------------------------------------------------------------------===//
// Changes
//===----------------------------------------------------------------------===//

/// Another value of a number: by one, a few more or less, or a small one.
static int64_t otherValue(int64_t value, bool isSigned,
                          std::mt19937_64 &random) {
  int64_t next = value;
  while (next == value || (!isSigned && next < 0)) {
    switch (random() % 4) {
    case 0:
      next = value + 1;
      break;
    case 1:
      next = value - 1;
      break;
    case 2:
      next = value + int64_t(random() % 17) - 8;
      break;
    default:
      next = int64_t(random() % 8);
    }
  }
  return next;
}

namespace {
/// A number of a message, whatever its type.
struct Number {
  Message &message;
  const FieldDescriptor &field;
  int index;

  int64_t get() const;
  void set(int64_t value) const;
  bool isSigned() const {
    return field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 ||
           field.cpp_type() == FieldDescriptor::CPPTYPE_INT64;
  }
};
} // namespace

int64_t Number::get() const {
  const Reflection &r = *message.GetReflection();
  bool list = field.is_repeated();
  switch (field.cpp_type()) {
  case FieldDescriptor::CPPTYPE_INT32:
    return list ? r.GetRepeatedInt32(message, &field, index)
                : r.GetInt32(message, &field);
  case FieldDescriptor::CPPTYPE_INT64:
    return list ? r.GetRepeatedInt64(message, &field, index)
                : r.GetInt64(message, &field);
  case FieldDescriptor::CPPTYPE_UINT32:
    return list ? r.GetRepeatedUInt32(message, &field, index)
                : r.GetUInt32(message, &field);
  case FieldDescriptor::CPPTYPE_UINT64:
    return list ? r.GetRepeatedUInt64(message, &field, index)
                : r.GetUInt64(message, &field);
  default:
    return r.GetEnumValue(message, &field);
  }
}

void Number::set(int64_t value) const {
  const Reflection &r = *message.GetReflection();
  bool list = field.is_repeated();
  switch (field.cpp_type()) {
  case FieldDescriptor::CPPTYPE_INT32:
    return list ? r.SetRepeatedInt32(&message, &field, index, value)
                : r.SetInt32(&message, &field, value);
  case FieldDescriptor::CPPTYPE_INT64:
    return list ? r.SetRepeatedInt64(&message, &field, index, value)
                : r.SetInt64(&message, &field, value);
  case FieldDescriptor::CPPTYPE_UINT32:
    return list ? r.SetRepeatedUInt32(&message, &field, index, value)
                : r.SetUInt32(&message, &field, value);
  case FieldDescriptor::CPPTYPE_UINT64:
    return list ? r.SetRepeatedUInt64(&message, &field, index, value)
                : r.SetUInt64(&message, &field, value);
  default:
    return r.SetEnumValue(&message, &field, value);
  }
}

static std::string changeValue(Message &message, const Step &step,
                               std::mt19937_64 &random) {
  Number number{message, *step.field, step.index};
  int64_t before = number.get();
  bool isEnum = step.field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM;
  int64_t after = isEnum ? 3 - before // of two folds, the other
                         : otherValue(before, number.isSigned(), random);
  number.set(after);
  return llvm::formatv("{0} -> {1}", before, after);
}

static void changeList(Message &message, const Step &step, Change change) {
  const Reflection &reflection = *message.GetReflection();
  int last = reflection.FieldSize(message, step.field) - 1;
  if (change == Change::Swap) {
    reflection.SwapElements(&message, step.field, step.index, step.index + 1);
  } else if (change == Change::Drop) {
    for (int i = step.index; i < last; ++i)
      reflection.SwapElements(&message, step.field, i, i + 1);
    reflection.RemoveLast(&message, step.field);
  } else {
    Message *copy = reflection.AddMessage(&message, step.field);
    copy->CopyFrom(
        reflection.GetRepeatedMessage(message, step.field, step.index));
    for (int i = last + 1; i > step.index + 1; --i)
      reflection.SwapElements(&message, step.field, i, i - 1);
  }
}

/// Waits for a route go, those for later ones are renumbered.
static void forgetRoute(Body &body, uint32_t route) {
  for (int i = 0; i < body.size();) {
    program::LcuInstr &instr = body[i++];
    if (instr.has_loop())
      forgetRoute(*instr.mutable_loop()->mutable_body(), route);
    if (instr.has_guard())
      forgetRoute(*instr.mutable_guard()->mutable_body(), route);
    if (!instr.has_wait())
      continue;
    program::Wait &wait = *instr.mutable_wait();
    bool isRetired = wait.has_retired();
    uint32_t counted = isRetired ? wait.retired().route() : wait.received();
    if (counted == route)
      body.DeleteSubrange(--i, 1);
    else if (counted > route && isRetired)
      wait.mutable_retired()->set_route(counted - 1);
    else if (counted > route)
      wait.set_received(counted - 1);
  }
}

static std::string takeRoute(program::Program &program, uint32_t route) {
  uint32_t object = program.routes(route).object();
  program.mutable_routes()->DeleteSubrange(route, 1);
  for (program::Node &node : *program.mutable_nodes())
    for (program::Context &context : *node.mutable_contexts()) {
      forgetRoute(*context.mutable_lcu(), route);
      auto &sends = *context.mutable_sends();
      sends.erase(std::remove(sends.begin(), sends.end(), route), sends.end());
      for (uint32_t &send : sends)
        send -= send > route;
    }
  return "of " + program.objects(object).name();
}

std::string proof::mutate(program::Program &program, const Site &site,
                          std::mt19937_64 &random) {
  Message *message = &program;
  for (size_t i = 0; i + 1 < site.path.size(); ++i) {
    const Step &step = site.path[i];
    const Reflection &reflection = *message->GetReflection();
    message = step.index < 0 ? reflection.MutableMessage(message, step.field)
                             : reflection.MutableRepeatedMessage(
                                   message, step.field, step.index);
  }
  if (site.change == Change::TakeRoute)
    return takeRoute(program, site.path.back().index);
  if (site.change == Change::Value)
    return changeValue(*message, site.path.back(), random);
  changeList(*message, site.path.back(), site.change);
  return "";
}
