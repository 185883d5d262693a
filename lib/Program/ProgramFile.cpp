//===- ProgramFile.cpp - read and write program files ---------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Program/ProgramFile.h"
#include "cm/Machine/ProtoText.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/stubs/logging.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/unknown_field_set.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/xxhash.h"

using namespace cm;
using google::protobuf::Message;
using google::protobuf::TextFormat;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;

/// Tag byte and eight bytes of `Program.checksum`, the last field of a file.
static constexpr size_t checksumSize = 9;
/// A checksum that is not compared.
static constexpr uint64_t uncheckedSum = 1;

namespace {

/// Says how many bytes there are instead of printing them.
class ElidingPrinter : public TextFormat::FastFieldValuePrinter {
public:
  explicit ElidingPrinter(unsigned limit) : limit(limit) {}
  void PrintBytes(const std::string &value,
                  TextFormat::BaseTextGenerator *out) const override {
    if (limit == 0 || value.size() <= limit)
      return FastFieldValuePrinter::PrintBytes(value, out);
    out->PrintString("\"\"  # " + std::to_string(value.size()) +
                     " bytes elided");
  }

private:
  unsigned limit;
};

} // namespace

/// Path of the first message that has an unknown field, and its number; empty
/// where there is none.
static std::string findUnknownField(const program::Program &program) {
  return visitMessages(
      program, [](const Message &message, const std::string &path) {
        const auto &unknown =
            message.GetReflection()->GetUnknownFields(message);
        return unknown.empty()
                   ? std::string()
                   : llvm::formatv("{0}: unknown field {1}",
                                   path.empty() ? "program" : path,
                                   unknown.field(0).number())
                         .str();
      });
}

/// What Protobuf can read and write.
static Error checkSize(uint64_t bytes, StringRef name) {
  if (bytes <= INT32_MAX)
    return Error::success();
  return makeError("{0}: {1} bytes, expected at most 2 GiB", name, bytes);
}

static Error checkVersion(const program::Program &program, StringRef name) {
  if (program.major() != programMajor)
    return makeError("{0}: program version {1}.{2}, expected {3}.x", name,
                     program.major(), program.minor(), programMajor);
  if (program.minor() > programMinor)
    return makeError("{0}: program version {1}.{2}, expected at most {3}.{4}",
                     name, program.major(), program.minor(), programMajor,
                     programMinor);
  return Error::success();
}

static Error checkChecksum(const program::Program &program, StringRef bytes,
                           StringRef name) {
  if (program.checksum() == uncheckedSum)
    return Error::success();
  if (program.checksum() == 0)
    return makeError("{0}: checksum is missing: the file is truncated (a file "
                     "made by other means says {1})",
                     name, uncheckedSum);
  if (bytes.size() < checksumSize ||
      llvm::support::endian::read64le(bytes.end() - 8) != program.checksum() ||
      llvm::xxh3_64bits(bytes.drop_back(checksumSize)) != program.checksum())
    return makeError(
        "{0}: checksum differs: the file is damaged (or was edited "
        "without setting field 'checksum' to {1})",
        name, uncheckedSum);
  return Error::success();
}

Expected<program::Program> cm::parseProgram(StringRef bytes, StringRef name) {
  program::Program program;
  if (bytes.empty())
    return makeError("{0}: the file is empty, expected a program", name);
  if (Error error = checkSize(bytes.size(), name))
    return std::move(error);
  // A damaged name would be reported on standard error, beside our one error.
  google::protobuf::LogSilencer silencer;
  google::protobuf::io::CodedInputStream stream(bytes.bytes_begin(),
                                                bytes.size());
  if (!program.ParsePartialFromCodedStream(&stream) ||
      !stream.ConsumedEntireMessage())
    return makeError("{0}: not a program file, or damaged near byte {1} of {2}",
                     name, stream.CurrentPosition(), bytes.size());
  if (Error error = checkVersion(program, name))
    return std::move(error);
  std::string unknown = findUnknownField(program);
  if (!unknown.empty())
    return makeError("{0}: {1}", name, unknown);
  if (Error error = checkChecksum(program, bytes, name))
    return std::move(error);
  program.clear_checksum();
  return program;
}

Expected<program::Program> cm::parseProgramText(StringRef text,
                                                StringRef name) {
  program::Program program;
  if (Error error = parseProtoText(text, name, program))
    return std::move(error);
  if (Error error = checkVersion(program, name))
    return std::move(error);
  program.clear_checksum();
  return program;
}

Expected<std::string> cm::formatProgram(program::Program program) {
  program.set_major(programMajor);
  program.set_minor(programMinor);
  program.clear_checksum();
  if (Error error = checkSize(program.ByteSizeLong() + checksumSize,
                              "program '" + program.name() + "'"))
    return std::move(error);
  std::string bytes;
  auto serialize = [&] {
    bytes.clear();
    google::protobuf::io::StringOutputStream out(&bytes);
    google::protobuf::io::CodedOutputStream coded(&out);
    coded.SetSerializationDeterministic(true);
    program.SerializePartialToCodedStream(&coded);
  };
  serialize();
  uint64_t hash = llvm::xxh3_64bits(StringRef(bytes));
  program.set_checksum(std::max<uint64_t>(hash, 2));
  serialize();
  return bytes;
}

std::string cm::printProgramText(const program::Program &program,
                                 const ProgramTextOptions &options) {
  TextFormat::Printer printer;
  printer.SetDefaultFieldValuePrinter(
      new ElidingPrinter(options.elideBytesAbove));
  printer.SetUseShortRepeatedPrimitives(true);
  printer.SetExpandAny(false);
  program::Program copy = program;
  copy.clear_checksum();
  std::string text;
  printer.PrintToString(copy, &text);
  return text;
}

Expected<program::Program> cm::readProgram(StringRef path) {
  auto buffer = readFile(path);
  if (!buffer)
    return buffer.takeError();
  StringRef contents = (*buffer)->getBuffer();
  // The first byte on the wire is the tag of `major`, which no text starts
  // with.
  if (!contents.empty() &&
      (contents.front() >= ' ' || llvm::isSpace(contents.front())))
    return parseProgramText(contents, path);
  return parseProgram(contents, path);
}

Error cm::writeProgram(StringRef path, const program::Program &program) {
  Expected<std::string> bytes = formatProgram(program);
  if (!bytes)
    return bytes.takeError();
  return writeFile(path, StringRef(*bytes));
}
