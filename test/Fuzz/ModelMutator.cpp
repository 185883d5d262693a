//===- ModelMutator.cpp - small changes to an ONNX model ------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelMutator.h"
#include "onnx/onnx_pb.h"
#include <limits>
#include <vector>

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

namespace {
/// A field that is set, of a message somewhere in the model. `index` is -1
/// where it is not a list.
struct Place {
  Message *message;
  const FieldDescriptor *field;
  int index;
};

class Mutator {
public:
  Mutator(Message &model, std::mt19937 &random)
      : model(model), random(random) {}

  void run();

private:
  void collect(Message &message);
  void collectField(Message &message, const FieldDescriptor *field);
  void mutateList(const Place &place);
  void mutateValue(const Place &place);
  std::string mutateBytes(std::string bytes);
  int64_t number(int64_t old);
  float real(float old);

  size_t below(size_t n) { return random() % n; }

  Message &model;
  std::mt19937 &random;
  std::vector<Place> places;
  std::vector<std::string> names; // all strings of the model
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
  std::vector<const FieldDescriptor *> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor *field : fields)
    collectField(message, field);
}

int64_t Mutator::number(int64_t old) {
  static const int64_t interesting[] = {
      0, 1, -1, 2, 3, 127, 128, 255, 256, 65536, INT32_MAX, INT32_MIN,
      INT64_MAX, INT64_MIN, int64_t(1) << 31, int64_t(1) << 62};
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
    reflection->Set##TYPE(place.message, place.field,                          \
                          CHANGE(reflection->Get##TYPE(*place.message,         \
                                                       place.field)));         \
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
    return names[below(names.size())];
  };
  switch (place.field->cpp_type()) {
  case FieldDescriptor::CPPTYPE_INT32:
    CM_MUTATE(Int32, number)
  case FieldDescriptor::CPPTYPE_INT64:
    CM_MUTATE(Int64, number)
  case FieldDescriptor::CPPTYPE_UINT64:
    CM_MUTATE(UInt64, number)
  case FieldDescriptor::CPPTYPE_FLOAT:
    CM_MUTATE(Float, real)
  case FieldDescriptor::CPPTYPE_DOUBLE:
    CM_MUTATE(Double, real)
  case FieldDescriptor::CPPTYPE_STRING:
    CM_MUTATE(String, text)
  default: // messages and enumerations
    if (place.index < 0)
      reflection->ClearField(place.message, place.field);
  }
}

#undef CM_MUTATE

void Mutator::run() {
  collect(model);
  if (places.empty())
    return;
  const Place &place = places[below(places.size())];
  if (place.index >= 0 && below(2) == 0)
    mutateList(place);
  else
    mutateValue(place);
}

std::optional<std::string> cm::fuzz::mutateModel(const std::string &bytes,
                                                 size_t maxSize,
                                                 std::mt19937 &random) {
  ::onnx::ModelProto model;
  if (!model.ParseFromString(bytes))
    return std::nullopt;
  Mutator(model, random).run();
  // Maps and unknown fields do not occur, so that the bytes are deterministic.
  std::string result = model.SerializeAsString();
  if (result.size() > maxSize)
    return std::nullopt;
  return result;
}
