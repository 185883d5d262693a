//===- ProtoText.cpp - schemas as text, with one clear error --------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Machine/ProtoText.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>

using namespace cm;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// Messages nested deeper than this are not read.
static constexpr int maxNesting = 100;

namespace {
/// Keeps the first error, in our style: lower case, no full stop.
class FirstError final : public google::protobuf::io::ErrorCollector {
public:
  explicit FirstError(llvm::StringRef name) : name(name) {}

  void AddError(int line, int column, const std::string &message) override {
    if (text.empty())
      text = llvm::formatv("{0}:{1}:{2}: {3}", name, line + 1, column + 1,
                           restyle(message));
  }

  std::string text;

private:
  static std::string restyle(llvm::StringRef message) {
    // Message type "cm.machine.Sram" has no field named "size".
    llvm::StringRef rest = message;
    if (rest.consume_front("Message type \"cm.")) {
      auto [type, tail] = rest.split("\" has no field named \"");
      if (!tail.empty())
        return llvm::formatv("unknown field '{0}' of {1}",
                             tail.take_until([](char c) { return c == '"'; }),
                             type.split('.').second);
    }
    std::string result = message.rtrim('.').str();
    if (message.ends_with("got: "))
      result += "the end of the file";
    if (!result.empty())
      result[0] = llvm::toLower(result[0]);
    return result;
  }

  llvm::StringRef name;
};
} // namespace

static std::string
visitBelow(const Message &message, const std::string &path,
           llvm::function_ref<std::string(const Message &, const std::string &)>
               visit) {
  std::string found = visit(message, path);
  const Reflection *reflection = message.GetReflection();
  std::vector<const FieldDescriptor *> fields;
  reflection->ListFields(message, &fields);
  std::string prefix = path.empty() ? "" : path + ".";
  for (const FieldDescriptor *field : fields) {
    if (!found.empty())
      return found;
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE)
      continue;
    if (!field->is_repeated()) {
      found = visitBelow(reflection->GetMessage(message, field),
                         prefix + field->name(), visit);
      continue;
    }
    int size = reflection->FieldSize(message, field);
    for (int i = 0; i != size && found.empty(); ++i)
      found = visitBelow(reflection->GetRepeatedMessage(message, field, i),
                         prefix + field->name() + "[" + std::to_string(i) + "]",
                         visit);
  }
  return found;
}

std::string cm::visitMessages(
    const Message &message,
    llvm::function_ref<std::string(const Message &, const std::string &)>
        visit) {
  return visitBelow(message, "", visit);
}

std::string cm::findWrongText(const Message &message) {
  return visitMessages(
      message, [](const Message &part, const std::string &path) -> std::string {
        const Reflection *reflection = part.GetReflection();
        std::vector<const FieldDescriptor *> fields;
        reflection->ListFields(part, &fields);
        for (const FieldDescriptor *field : fields)
          // No schema of ours repeats a string.
          if (field->type() == FieldDescriptor::TYPE_STRING &&
              !field->is_repeated() &&
              !llvm::json::isUTF8(reflection->GetString(part, field)))
            return path + (path.empty() ? "" : ".") + field->name();
        return {};
      });
}

llvm::Error cm::parseProtoText(llvm::StringRef text, llvm::StringRef name,
                               Message &message) {
  FirstError errors(name);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  parser.SetRecursionLimit(maxNesting);
  google::protobuf::io::ArrayInputStream stream(text.data(), text.size());
  // A message too deeply nested, too, is reported through `errors`.
  bool parsed = parser.Parse(&stream, &message);
  if (!parsed || !errors.text.empty())
    return makeError("{0}", errors.text);
  std::string wrong = findWrongText(message);
  if (!wrong.empty())
    return makeError("{0}: {1}: expected UTF-8 text, found other bytes", name,
                     wrong);
  return llvm::Error::success();
}
