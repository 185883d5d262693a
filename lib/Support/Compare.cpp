//===- Compare.cpp - are two arrays equal, and where not ------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Support/Compare.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <cstring>

using namespace cm;

std::string Comparison::describe() const {
  if (allEqual())
    return llvm::formatv("{0} bytes equal", bytes).str();
  return llvm::formatv("{0} of {1} elements equal, first difference {2}", equal,
                       elements, firstDifference)
      .str();
}

static std::string formatElement(const NpyArray &array, int64_t index) {
  switch (array.type) {
  case NpyType::Int8:
    return std::to_string(array.as<int8_t>()[index]);
  case NpyType::UInt8:
    return std::to_string(array.as<uint8_t>()[index]);
  case NpyType::Int32:
    return std::to_string(array.as<int32_t>()[index]);
  case NpyType::Int64:
    return std::to_string(array.as<int64_t>()[index]);
  case NpyType::Float32:
    return llvm::formatv("{0}", llvm::format("%g", array.as<float>()[index]))
        .str();
  }
  return "";
}

/// The extents behind the first one that are not 1.
static std::vector<int64_t> imageExtents(llvm::ArrayRef<int64_t> shape) {
  std::vector<int64_t> extents;
  for (int64_t extent : shape.empty() ? shape : shape.drop_front())
    if (extent != 1)
      extents.push_back(extent);
  return extents;
}

static llvm::Error checkComparable(llvm::StringRef name, const NpyArray &found,
                                   const NpyArray &expected) {
  if (found.type != expected.type)
    return makeError("array '{0}': expected elements of type {1}, found {2}",
                     name, npyTypeName(expected.type), npyTypeName(found.type));
  if (found.shape.empty() || expected.shape.empty() ||
      imageExtents(found.shape) != imageExtents(expected.shape) ||
      found.shape[0] > expected.shape[0])
    return makeError("array '{0}': expected shape {1}, found {2}", name,
                     formatShape(expected.shape), formatShape(found.shape));
  return llvm::Error::success();
}

/// The position of a flat index.
static std::vector<int64_t> unflatten(llvm::ArrayRef<int64_t> shape,
                                      int64_t index) {
  std::vector<int64_t> position(shape.size());
  for (size_t axis = shape.size(); axis-- > 0; index /= shape[axis])
    position[axis] = index % shape[axis];
  return position;
}

llvm::Expected<Comparison> cm::compareArrays(llvm::StringRef name,
                                             const NpyArray &found,
                                             const NpyArray &expected) {
  if (llvm::Error error = checkComparable(name, found, expected))
    return std::move(error);
  Comparison result;
  result.elements = found.numElements();
  unsigned size = npyElementSize(found.type);
  result.bytes = result.elements * size;
  for (int64_t i = 0; i < result.elements; ++i) {
    if (std::memcmp(&found.bytes[i * size], &expected.bytes[i * size], size) ==
        0) {
      ++result.equal;
    } else if (result.firstDifference.empty()) {
      result.firstDifference =
          llvm::formatv("at {0}: found {1}, expected {2}",
                        formatShape(unflatten(found.shape, i)),
                        formatElement(found, i), formatElement(expected, i))
              .str();
    }
  }
  return result;
}

llvm::Expected<bool> cm::compareWithFile(llvm::StringRef name,
                                         const NpyArray &found,
                                         llvm::StringRef path,
                                         llvm::raw_ostream &os) {
  llvm::Expected<NpyArray> expected = readNpy(path);
  if (!expected)
    return expected.takeError();
  llvm::Expected<Comparison> result = compareArrays(name, found, *expected);
  if (!result)
    return result.takeError();
  os << name << ": " << result->describe() << "\n";
  return result->allEqual();
}

/// The .npy files of a folder, sorted.
static llvm::Expected<std::vector<std::string>>
listArrays(llvm::StringRef folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator it(folder, error), end;
       !error && it != end; it.increment(error))
    if (llvm::sys::path::extension(it->path()) == ".npy")
      paths.push_back(it->path());
  if (error)
    return makeError("'{0}': cannot read folder: {1}", folder, error.message());
  if (paths.empty())
    return makeError("'{0}': expected .npy files, found none", folder);
  llvm::sort(paths);
  return paths;
}

/// The file name, without extension, of a tensor.
static std::string fileNameOf(llvm::StringRef tensor) {
  std::string name = tensor.str();
  for (char &c : name)
    if (!llvm::isAlnum(c) && c != '.' && c != '_' && c != '-')
      c = '_';
  return name;
}

/// The tensors by the name of their file.
static llvm::Expected<std::map<std::string, const NpyArray *>>
nameFiles(const std::map<std::string, NpyArray> &tensors) {
  std::map<std::string, const NpyArray *> files;
  std::map<std::string, std::string> nameOf;
  for (const auto &[name, array] : tensors) {
    std::string file = fileNameOf(name);
    auto [it, isNew] = nameOf.try_emplace(file, name);
    if (!isNew)
      return makeError("tensors '{0}' and '{1}': both would be '{2}.npy'",
                       it->second, name, file);
    files[file] = &array;
  }
  return files;
}

llvm::Expected<bool>
cm::compareWithFolder(const std::map<std::string, NpyArray> &found,
                      llvm::StringRef folder, llvm::raw_ostream &os) {
  auto paths = listArrays(folder);
  if (!paths)
    return paths.takeError();
  auto byFile = nameFiles(found);
  if (!byFile)
    return byFile.takeError();
  int64_t bytes = 0;
  bool allEqual = true;
  for (const std::string &path : *paths) {
    llvm::StringRef stem = llvm::sys::path::stem(path);
    auto it = byFile->find(stem.str());
    if (it == byFile->end())
      return makeError("'{0}': no tensor of that name was computed", path);
    llvm::Expected<NpyArray> expected = readNpy(path);
    if (!expected)
      return expected.takeError();
    auto result = compareArrays(stem, *it->second, *expected);
    if (!result)
      return result.takeError();
    bytes += result->bytes;
    if (result->allEqual())
      continue;
    allEqual = false;
    os << stem << ": " << result->describe() << "\n";
  }
  if (allEqual)
    os << paths->size() << " tensors, " << bytes << " bytes equal\n";
  return allEqual;
}

llvm::Error cm::writeFolder(const std::map<std::string, NpyArray> &tensors,
                            llvm::StringRef folder) {
  auto files = nameFiles(tensors);
  if (!files)
    return files.takeError();
  if (std::error_code error = llvm::sys::fs::create_directories(folder))
    return makeError("'{0}': cannot make folder: {1}", folder, error.message());
  for (const auto &[file, array] : *files) {
    llvm::SmallString<128> path(folder);
    llvm::sys::path::append(path, file + ".npy");
    if (llvm::Error error = writeNpy(path, *array))
      return error;
  }
  return llvm::Error::success();
}
