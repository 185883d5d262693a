//===- MachineSyntax.cpp - schema messages in MLIR's syntax ---------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MachineSyntax.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace cm::cmhw;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using mlir::AsmParser;
using mlir::AsmPrinter;
using mlir::ParseResult;

//===----------------------------------------------------------------------===//
// Parsing
//===----------------------------------------------------------------------===//

/// Sets a singular field, or adds to a repeated one.
#define CM_STORE(TYPE, VALUE)                                                  \
  (field->is_repeated() ? reflection->Add##TYPE(&message, field, VALUE)        \
                        : reflection->Set##TYPE(&message, field, VALUE))

template <typename T>
static ParseResult parseUnsigned(AsmParser &parser, T &value) {
  constexpr unsigned bits = 8 * sizeof(T);
  llvm::SMLoc location = parser.getCurrentLocation();
  llvm::APInt parsed;
  if (parser.parseInteger(parsed))
    return mlir::failure();
  if (parsed.isNegative() || parsed.getActiveBits() > bits)
    return parser.emitError(location)
           << "expected a number of at most " << bits << " bits, found "
           << llvm::toString(parsed, 10, /*Signed=*/true);
  value = static_cast<T>(parsed.getZExtValue());
  return mlir::success();
}

static ParseResult parseDouble(AsmParser &parser, double &value) {
  int64_t integer = 0;
  mlir::OptionalParseResult parsed = parser.parseOptionalInteger(integer);
  if (!parsed.has_value())
    return parser.parseFloat(value);
  value = static_cast<double>(integer);
  return *parsed;
}

static ParseResult parseEnum(AsmParser &parser, const FieldDescriptor *field,
                             const EnumValueDescriptor *&value) {
  llvm::SMLoc location = parser.getCurrentLocation();
  llvm::StringRef keyword;
  if (parser.parseKeyword(&keyword))
    return mlir::failure();
  value = field->enum_type()->FindValueByName(keyword.str());
  if (value)
    return mlir::success();
  return parser.emitError(location)
         << "expected a value of " << field->enum_type()->name() << ", found '"
         << keyword << "'";
}

static ParseResult parseBool(AsmParser &parser, bool &value) {
  value = mlir::succeeded(parser.parseOptionalKeyword("true"));
  if (value)
    return mlir::success();
  return parser.parseKeyword("false");
}

static ParseResult parseText(AsmParser &parser, std::string &value) {
  return parser.parseString(&value);
}

/// Parses one value and hands it to `store`.
template <typename T, typename Store>
static ParseResult parseInto(AsmParser &parser,
                             ParseResult (*parse)(AsmParser &, T &),
                             Store store) {
  T value{};
  if (parse(parser, value))
    return mlir::failure();
  store(value);
  return mlir::success();
}

static ParseResult parseValue(AsmParser &parser, Message &message,
                              const FieldDescriptor *field) {
  const Reflection *reflection = message.GetReflection();
  switch (field->cpp_type()) {
  case FieldDescriptor::CPPTYPE_UINT32:
    return parseInto<uint32_t>(parser, parseUnsigned,
                               [&](uint32_t v) { CM_STORE(UInt32, v); });
  case FieldDescriptor::CPPTYPE_UINT64:
    return parseInto<uint64_t>(parser, parseUnsigned,
                               [&](uint64_t v) { CM_STORE(UInt64, v); });
  case FieldDescriptor::CPPTYPE_DOUBLE:
    return parseInto<double>(parser, parseDouble,
                             [&](double v) { CM_STORE(Double, v); });
  case FieldDescriptor::CPPTYPE_BOOL:
    return parseInto<bool>(parser, parseBool,
                           [&](bool v) { CM_STORE(Bool, v); });
  case FieldDescriptor::CPPTYPE_STRING:
    return parseInto<std::string>(parser, parseText,
                                  [&](std::string &v) { CM_STORE(String, v); });
  case FieldDescriptor::CPPTYPE_ENUM: {
    const EnumValueDescriptor *value;
    if (parseEnum(parser, field, value))
      return mlir::failure();
    CM_STORE(Enum, value);
    return mlir::success();
  }
  case FieldDescriptor::CPPTYPE_MESSAGE:
    return parseFields(parser, AsmParser::Delimiter::Braces,
                       field->is_repeated()
                           ? *reflection->AddMessage(&message, field)
                           : *reflection->MutableMessage(&message, field));
  default:
    llvm_unreachable("a type that the machine's schema does not use");
  }
}

static bool isThere(const Message &message, const FieldDescriptor *field) {
  if (field->is_repeated())
    return message.GetReflection()->FieldSize(message, field) != 0;
  return message.GetReflection()->HasField(message, field);
}

static ParseResult parseField(AsmParser &parser, Message &message) {
  llvm::SMLoc location = parser.getCurrentLocation();
  std::string name;
  if (parser.parseKeywordOrString(&name))
    return mlir::failure();
  const FieldDescriptor *field = message.GetDescriptor()->FindFieldByName(name);
  if (!field)
    return parser.emitError(location) << "unknown field '" << name << "' of "
                                      << message.GetDescriptor()->name();
  if (isThere(message, field))
    return parser.emitError(location)
           << "field '" << name << "' is there twice";
  if (const auto *choice = field->real_containing_oneof())
    if (const FieldDescriptor *other =
            message.GetReflection()->GetOneofFieldDescriptor(message, choice))
      return parser.emitError(location)
             << "expected one of the alternatives of '" << choice->name()
             << "', found '" << other->name() << "' and '" << name << "'";
  if (parser.parseEqual())
    return mlir::failure();
  if (!field->is_repeated())
    return parseValue(parser, message, field);
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&] {
    return parseValue(parser, message, field);
  });
}

ParseResult cm::cmhw::parseFields(AsmParser &parser,
                                  AsmParser::Delimiter delimiter,
                                  Message &message) {
  return parser.parseCommaSeparatedList(
      delimiter, [&] { return parseField(parser, message); });
}

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

namespace {
/// One value: `index` counts in a repeated field and is -1 in a singular one.
struct ValuePrinter {
  AsmPrinter &printer;
  const Message &message;
  const FieldDescriptor *field;

#define CM_LOAD(TYPE)                                                          \
  (index < 0 ? reflection->Get##TYPE(message, field)                           \
             : reflection->GetRepeated##TYPE(message, field, index))

  void print(int index) const {
    const Reflection *reflection = message.GetReflection();
    switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_UINT32:
      printer << CM_LOAD(UInt32);
      return;
    case FieldDescriptor::CPPTYPE_UINT64:
      printer << CM_LOAD(UInt64);
      return;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      printer.printFloat(llvm::APFloat(CM_LOAD(Double)));
      return;
    case FieldDescriptor::CPPTYPE_BOOL:
      printer << (CM_LOAD(Bool) ? "true" : "false");
      return;
    case FieldDescriptor::CPPTYPE_STRING:
      printer.printString(CM_LOAD(String));
      return;
    case FieldDescriptor::CPPTYPE_ENUM:
      printer << CM_LOAD(Enum)->name();
      return;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      printer << "{";
      printFields(printer, CM_LOAD(Message));
      printer << "}";
      return;
    default:
      llvm_unreachable("a type that the machine's schema does not use");
    }
  }
};
} // namespace

void cm::cmhw::printFields(AsmPrinter &printer, const Message &message) {
  std::vector<const FieldDescriptor *> fields;
  message.GetReflection()->ListFields(message, &fields);
  llvm::interleaveComma(fields, printer.getStream(), [&](auto *field) {
    printer << field->name() << " = ";
    ValuePrinter value{printer, message, field};
    if (!field->is_repeated())
      return value.print(-1);
    int size = message.GetReflection()->FieldSize(message, field);
    printer << "[";
    llvm::interleaveComma(llvm::seq(size), printer.getStream(),
                          [&](int index) { value.print(index); });
    printer << "]";
  });
}
