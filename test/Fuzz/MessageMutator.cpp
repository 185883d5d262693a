//===- MessageMutator.cpp - small changes to a protobuf message -----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MessageMutator.h"
#include "google/protobuf/message.h"
#include <limits>
#include <vector>

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

namespace {
/// A field that is set, of a message somewhere in the whole. `index` is -1
/// where it is not a list.
struct Place {
  Message *message;
  const FieldDescriptor *field;
  int index;
};

class Mutator {
public:
  Mutator(Message &message, std::mt19937 &random)
      : message(message), random(random) {}

  void run();

private:
  void collect(Message &message);
  void collectField(Message &message, const FieldDescriptor *field);
  void addField(Message &message);
  void mutateList(const Place &place);
  void mutateValue(const Place &place);
  std::string mutateBytes(std::string bytes);
  int64_t number(int64_t old);
  float real(float old);

  size_t below(size_t n) { return random() % n; }

  Message &message;
  std::mt19937 &random;
  std::vector<Place> places;
  std::vector<Message *> messages;
  std::vector<std::string> names; // all strings of the message
};
} // namespace

/// Lists are places by element; long ones (elements of tensors) by their first
/// elements only.
void Mutator::collectField(Message &message, const FieldDescriptor *field) {
  constexpr int longest = 64;
  const Reflection *reflection = message.GetReflection();
  bool isMessage = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (!field->is_repeated()) {
    places.push_back({&message, field, -1});
    if (isMessage)
      collect(*reflection->MutableMessage(&message, field));
    else if (field->type() == FieldDescriptor::TYPE_STRING)
      names.push_back(reflection->GetString(message, field));
    return;
  }
  int size = std::min(reflection->FieldSize(message, field), longest);
  for (int i = 0; i < size; ++i) {
    places.push_back({&message, field, i});
    if (isMessage)
      collect(*reflection->MutableRepeatedMessage(&message, field, i));
    else if (field->type() == FieldDescriptor::TYPE_STRING)
      names.push_back(reflection->GetRepeatedString(message, field, i));
  }
}

void Mutator::collect(Message &message) {
  messages.push_back(&message);
  std::vector<const FieldDescriptor *> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor *field : fields)
    collectField(message, field);
}

int64_t Mutator::number(int64_t old) {
  static const int64_t interesting[] = {0,
                                        1,
                                        -1,
                                        2,
                                        3,
                                        127,
                                        128,
                                        255,
                                        256,
                                        65536,
                                        INT32_MAX,
                                        INT32_MIN,
                                        INT64_MAX,
                                        INT64_MIN,
                                        int64_t(1) << 31,
                                        int64_t(1) << 62};
  switch (below(4)) {
  case 0:
    return old == INT64_MAX ? old : old + 1;
  case 1:
    return old == INT64_MIN ? old : old - 1;
  default:
    return interesting[below(std::size(interesting))];
  }
}

float Mutator::real(float old) {
  const float interesting[] = {0.0f,
                               -0.0f,
                               1.0f,
                               -old,
                               old * 2,
                               1e38f,
                               1e-38f,
                               1e-45f,
                               std::numeric_limits<float>::infinity(),
                               std::numeric_limits<float>::quiet_NaN()};
  return interesting[below(std::size(interesting))];
}

std::string Mutator::mutateBytes(std::string bytes) {
  switch (below(4)) {
  case 0:
    return bytes.substr(0, below(bytes.size() + 1));
  case 1:
    return bytes + std::string(1 + below(8), '\0');
  default:
    if (!bytes.empty())
      bytes[below(bytes.size())] = static_cast<char>(random());
    return bytes;
  }
}

/// Removes, doubles or moves the element; the last of a list moves cheaply.
void Mutator::mutateList(const Place &place) {
  const Reflection *reflection = place.message->GetReflection();
  int last = reflection->FieldSize(*place.message, place.field) - 1;
  bool isMessage = place.field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  switch (below(3)) {
  case 0:
    reflection->SwapElements(place.message, place.field, place.index, last);
    reflection->RemoveLast(place.message, place.field);
    return;
  case 1:
    if (isMessage) {
      const Message &old = reflection->GetRepeatedMessage(
          *place.message, place.field, place.index);
      Message *copy = old.New();
      copy->CopyFrom(old);
      reflection->AddAllocatedMessage(place.message, place.field, copy);
      return;
    }
    [[fallthrough]];
  default:
    reflection->SwapElements(place.message, place.field, place.index,
                             below(last + 1));
  }
}

// The accessors of Reflection for one C++ type, of a list or not.
#define CM_MUTATE(TYPE, CHANGE)                                                \
  if (place.index < 0)                                                         \
    reflection->Set##TYPE(                                                     \
        place.message, place.field,                                            \
        CHANGE(reflection->Get##TYPE(*place.message, place.field)));           \
  else                                                                         \
    reflection->SetRepeated##TYPE(                                             \
        place.message, place.field, place.index,                               \
        CHANGE(reflection->GetRepeated##TYPE(*place.message, place.field,      \
                                             place.index)));                   \
  return;

void Mutator::mutateValue(const Place &place) {
  const Reflection *reflection = place.message->GetReflection();
  auto text = [&](std::string old) {
    if (place.field->type() == FieldDescriptor::TYPE_BYTES || below(4) == 0)
      return mutateBytes(std::move(old));
    return names.empty() ? old : names[below(names.size())];
  };
  auto enumerator = [&](int) {
    const auto *type = place.field->enum_type();
    return type->value(below(type->value_count()))->number();
  };
  switch (place.field->cpp_type()) {
  case FieldDescriptor::CPPTYPE_INT32:
    CM_MUTATE(Int32, number)
  case FieldDescriptor::CPPTYPE_INT64:
    CM_MUTATE(Int64, number)
  case FieldDescriptor::CPPTYPE_UINT32:
    CM_MUTATE(UInt32, number)
  case FieldDescriptor::CPPTYPE_UINT64:
    CM_MUTATE(UInt64, number)
  case FieldDescriptor::CPPTYPE_BOOL:
    CM_MUTATE(Bool, !)
  case FieldDescriptor::CPPTYPE_ENUM:
    CM_MUTATE(EnumValue, enumerator)
  case FieldDescriptor::CPPTYPE_FLOAT:
    CM_MUTATE(Float, real)
  case FieldDescriptor::CPPTYPE_DOUBLE:
    CM_MUTATE(Double, real)
  case FieldDescriptor::CPPTYPE_STRING:
    CM_MUTATE(String, text)
  case FieldDescriptor::CPPTYPE_MESSAGE:
    if (place.index < 0)
      reflection->ClearField(place.message, place.field);
  }
}

#undef CM_MUTATE

/// Any field: one more element, a message that was not there, or a number that
/// was 0.
void Mutator::addField(Message &message) {
  int count = message.GetDescriptor()->field_count();
  if (count == 0)
    return;
  const FieldDescriptor *field = message.GetDescriptor()->field(below(count));
  const Reflection *reflection = message.GetReflection();
  bool isMessage = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (isMessage && field->is_repeated())
    reflection->AddMessage(&message, field);
  else if (isMessage)
    reflection->MutableMessage(&message, field);
  else if (!field->is_repeated())
    mutateValue({&message, field, -1});
}

void Mutator::run() {
  collect(message);
  if (places.empty() || below(8) == 0)
    return addField(*messages[below(messages.size())]);
  const Place &place = places[below(places.size())];
  if (place.index >= 0 && below(2) == 0)
    mutateList(place);
  else
    mutateValue(place);
}

void cm::fuzz::mutateMessage(Message &message, std::mt19937 &random) {
  Mutator(message, random).run();
}
