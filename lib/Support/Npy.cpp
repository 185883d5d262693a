//===- Npy.cpp - arrays in NumPy files ------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Support/Npy.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"

using namespace cm;

namespace {
struct TypeInfo {
  NpyType type;
  const char *descr;
  const char *name;
  unsigned size;
};
} // namespace

static constexpr TypeInfo typeInfos[] = {
    {NpyType::Int8, "|i1", "int8", 1},
    {NpyType::UInt8, "|u1", "uint8", 1},
    {NpyType::Int32, "<i4", "int32", 4},
    {NpyType::Int64, "<i8", "int64", 8},
    {NpyType::Float32, "<f4", "float32", 4},
};

static const TypeInfo &infoOf(NpyType type) {
  return typeInfos[static_cast<unsigned>(type)];
}

unsigned cm::npyElementSize(NpyType type) { return infoOf(type).size; }
llvm::StringRef cm::npyTypeName(NpyType type) { return infoOf(type).name; }

std::string cm::formatShape(llvm::ArrayRef<int64_t> shape) {
  auto extents = llvm::map_range(
      shape, [](int64_t extent) { return std::to_string(extent); });
  return "[" + llvm::join(extents, ", ") + "]";
}

int64_t NpyArray::numElements() const {
  int64_t count = 1;
  for (int64_t extent : shape)
    count *= extent;
  return count;
}

/// The text after `'key':` in the header's dictionary, or an empty string.
static llvm::StringRef valueOf(llvm::StringRef header, llvm::StringRef key) {
  size_t at = header.find(("'" + key + "':").str());
  if (at == llvm::StringRef::npos)
    return {};
  return header.drop_front(at + key.size() + 3).ltrim();
}

static llvm::Expected<NpyType> parseType(llvm::StringRef header,
                                         llvm::StringRef name) {
  // 'descr': '|i1'
  llvm::StringRef descr = valueOf(header, "descr");
  descr.consume_front("'");
  descr = descr.take_until([](char c) { return c == '\''; });
  for (const TypeInfo &info : typeInfos)
    if (descr == info.descr)
      return info.type;
  return makeError("'{0}': expected elements of int8, uint8, int32, int64 or "
                   "float32 (little-endian), found '{1}'",
                   name, descr);
}

static llvm::Expected<std::vector<int64_t>> parseShape(llvm::StringRef header,
                                                       llvm::StringRef name) {
  llvm::StringRef text = valueOf(header, "shape");
  if (!text.consume_front("("))
    return makeError("'{0}': no shape in the header", name);
  text = text.take_until([](char c) { return c == ')'; });
  std::vector<int64_t> shape;
  int64_t count = 1;
  for (llvm::StringRef part : llvm::split(text, ",")) {
    part = part.trim();
    if (part.empty())
      continue;
    int64_t extent;
    if (part.getAsInteger(10, extent) || extent < 0 ||
        llvm::MulOverflow(count, extent, count))
      return makeError("'{0}': bad extent '{1}' in the shape", name, part);
    shape.push_back(extent);
  }
  return shape;
}

/// Splits the file into its header text and its data.
static llvm::Error splitHeader(llvm::StringRef contents, llvm::StringRef name,
                               llvm::StringRef &header, llvm::StringRef &data) {
  if (contents.size() < 10 || !contents.starts_with("\x93NUMPY"))
    return makeError("'{0}' is not a .npy file", name);
  unsigned major = static_cast<uint8_t>(contents[6]);
  if (major < 1 || major > 3)
    return makeError("'{0}': expected .npy version 1, 2 or 3, found {1}", name,
                     major);
  size_t start = major == 1 ? 10 : 12;
  if (contents.size() < start)
    return makeError("'{0}' is truncated in its header", name);
  size_t length = major == 1
                      ? llvm::support::endian::read16le(contents.data() + 8)
                      : llvm::support::endian::read32le(contents.data() + 8);
  if (contents.size() - start < length)
    return makeError("'{0}' is truncated in its header", name);
  header = contents.substr(start, length);
  data = contents.substr(start + length);
  return llvm::Error::success();
}

llvm::Expected<NpyArray> cm::parseNpy(llvm::StringRef contents,
                                      llvm::StringRef name) {
  llvm::StringRef header, data;
  if (llvm::Error error = splitHeader(contents, name, header, data))
    return std::move(error);
  llvm::Expected<NpyType> type = parseType(header, name);
  if (!type)
    return type.takeError();
  if (!valueOf(header, "fortran_order").starts_with("False"))
    return makeError("'{0}': expected C order, found Fortran order", name);
  llvm::Expected<std::vector<int64_t>> shape = parseShape(header, name);
  if (!shape)
    return shape.takeError();

  NpyArray array;
  array.type = *type;
  array.shape = std::move(*shape);
  // Divided, not multiplied: a damaged extent must not overflow.
  uint64_t elements = array.numElements(), size = npyElementSize(*type);
  if (data.size() % size || data.size() / size != elements)
    return makeError("'{0}': expected {1} elements of {2} bytes, found {3} "
                     "bytes of data",
                     name, elements, size, data.size());
  array.bytes.assign(data.bytes_begin(), data.bytes_end());
  return array;
}

llvm::Expected<NpyArray> cm::readNpy(llvm::StringRef path) {
  auto buffer = readFile(path);
  if (!buffer)
    return buffer.takeError();
  return parseNpy((*buffer)->getBuffer(), path);
}

std::string cm::formatNpy(const NpyArray &array) {
  std::string shape;
  for (int64_t extent : array.shape)
    shape += std::to_string(extent) + ",";
  if (array.shape.size() > 1)
    shape.pop_back();
  std::string header = llvm::formatv(
      "{{'descr': '{0}', 'fortran_order': False, 'shape': ({1}), }",
      infoOf(array.type).descr, shape);
  // The header with its ten bytes before it fills a multiple of 64 bytes.
  header.resize(llvm::alignTo(header.size() + 11, 64) - 11, ' ');
  header += '\n';

  std::string result("\x93NUMPY\x01\x00", 8);
  result += static_cast<char>(header.size() & 0xff);
  result += static_cast<char>(header.size() >> 8);
  result += header;
  result.append(array.bytes.begin(), array.bytes.end());
  return result;
}

llvm::Error cm::writeNpy(llvm::StringRef path, const NpyArray &array) {
  return writeFile(path, formatNpy(array));
}
