//===- External.cpp - tensors in files beside the model -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Constant.h"
#include "cm/Support/Error.h"
#include "onnx/onnx_pb.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace cm;
using namespace cm::onnx_import;

namespace {
/// Where the bytes are.
struct Place {
  std::string path;
  uint64_t offset = 0;
  std::optional<uint64_t> length;
};
} // namespace

static llvm::Expected<Place> readPlace(const ::onnx::TensorProto &proto,
                                       llvm::StringRef name) {
  Place place;
  for (const auto &entry : proto.external_data()) {
    llvm::StringRef key = entry.key(), value = entry.value();
    if (key == "location") {
      place.path = value.str();
      continue;
    }
    if (key != "offset" && key != "length")
      continue;
    uint64_t number;
    if (value.getAsInteger(10, number))
      return makeError("constant '{0}' has '{1}' as its {2} in a file, expected "
                       "a number of bytes",
                       name, value, key);
    if (key == "offset")
      place.offset = number;
    else
      place.length = number;
  }
  return place;
}

/// A model may only name files of its own folder: no absolute path, no "..",
/// and no symbolic link that leads out of it.
static llvm::Expected<std::string> resolve(llvm::StringRef location,
                                           llvm::StringRef name,
                                           llvm::StringRef folder) {
  namespace path = llvm::sys::path;
  bool outside = location.empty() || path::is_absolute(location) ||
                 location.contains('\\') || location.contains('\0') ||
                 llvm::is_contained(
                     llvm::make_range(path::begin(location), path::end(location)),
                     "..");
  llvm::SmallString<128> file(folder), real, root;
  path::append(file, location);
  if (!outside && !llvm::sys::fs::real_path(file, real) &&
      !llvm::sys::fs::real_path(folder, root)) {
    if (root.back() != '/')
      root.push_back('/');
    outside = !real.str().starts_with(root);
  }
  if (outside)
    return makeError("constant '{0}' is in the file '{1}': expected a file of "
                     "the model's own folder",
                     name, location);
  return file.str().str();
}

llvm::Expected<std::string>
onnx_import::readExternal(const ::onnx::TensorProto &proto,
                          llvm::StringRef name, llvm::StringRef folder,
                          uint64_t size) {
  if (folder.empty())
    return makeError("constant '{0}' is in an external file: expected a model "
                     "that is read from a file itself",
                     name);
  auto place = readPlace(proto, name);
  if (!place)
    return place.takeError();
  auto file = resolve(place->path, name, folder);
  if (!file)
    return file.takeError();
  uint64_t held = 0;
  if (std::error_code code = llvm::sys::fs::file_size(*file, held))
    return makeError("constant '{0}' is in the file '{1}', which cannot be "
                     "read: {2}",
                     name, place->path, code.message());
  uint64_t length = place->length.value_or(size);
  if (length != size)
    return makeError("constant '{0}' has {1} bytes of data in '{2}', expected "
                     "{3}",
                     name, length, place->path, size);
  if (place->offset > held || held - place->offset < length)
    return makeError("constant '{0}' is bytes {1} to {2} of the file '{3}', "
                     "which has {4}",
                     name, place->offset, place->offset + length, place->path,
                     held);
  if (length == 0)
    return std::string();
  auto slice = llvm::MemoryBuffer::getFileSlice(*file, length, place->offset);
  if (!slice)
    return makeError("constant '{0}' is in the file '{1}', which cannot be "
                     "read: {2}",
                     name, place->path, slice.getError().message());
  return (*slice)->getBuffer().str();
}
