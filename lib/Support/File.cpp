//===- File.cpp - whole files or none -------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Support/File.h"
#include "cm/Support/Error.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace cm;

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
cm::readFile(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(path);
  if (!buffer)
    return makeError("cannot read '{0}': {1}", path,
                     buffer.getError().message());
  return std::move(*buffer);
}

/// Writes all. A stream that dies with an error ends the program, so the error
/// is taken from it in any case.
static llvm::Error
fill(llvm::raw_fd_ostream &os,
     llvm::function_ref<llvm::Error(llvm::raw_ostream &)> write,
     llvm::StringRef path) {
  llvm::Error error = write(os);
  os.flush();
  std::error_code code = os.error();
  os.clear_error();
  if (error || !code)
    return error;
  return makeError("cannot write '{0}': {1}", path, code.message());
}

llvm::Error
cm::writeFile(llvm::StringRef path,
              llvm::function_ref<llvm::Error(llvm::raw_ostream &)> write) {
  if (path == "-")
    return fill(llvm::outs(), write, "standard output");
  // A device such as /dev/null cannot be renamed over.
  if (llvm::sys::fs::exists(path) && !llvm::sys::fs::is_regular_file(path)) {
    std::error_code code;
    llvm::raw_fd_ostream os(path, code);
    if (code)
      return makeError("cannot write '{0}': {1}", path, code.message());
    return fill(os, write, path);
  }
  auto temp = llvm::sys::fs::TempFile::create(path + ".%%%%%%.tmp");
  if (!temp) {
    std::string reason = llvm::toString(temp.takeError());
    return makeError("cannot write '{0}': {1}", path, reason);
  }
  llvm::raw_fd_ostream os(temp->FD, /*shouldClose=*/false);
  if (llvm::Error error = fill(os, write, path))
    return llvm::joinErrors(std::move(error), temp->discard());
  if (llvm::Error error = temp->keep(path)) {
    std::string reason = llvm::toString(std::move(error));
    return makeError("cannot write '{0}': {1}", path, reason);
  }
  return llvm::Error::success();
}

llvm::Error cm::writeFile(llvm::StringRef path, llvm::StringRef contents) {
  return writeFile(path, [&](llvm::raw_ostream &os) {
    os << contents;
    return llvm::Error::success();
  });
}

llvm::Error cm::checkWritable(llvm::StringRef path) {
  namespace fs = llvm::sys::fs;
  if (path == "-")
    return llvm::Error::success();
  llvm::StringRef folder = llvm::sys::path::parent_path(path);
  std::error_code code;
  if (fs::is_directory(path))
    code = std::make_error_code(std::errc::is_a_directory);
  else if (fs::exists(path))
    code = fs::access(path, fs::AccessMode::Write);
  else
    code = fs::access(folder.empty() ? "." : folder, fs::AccessMode::Write);
  if (code)
    return makeError("cannot write '{0}': {1}", path, code.message());
  return llvm::Error::success();
}
