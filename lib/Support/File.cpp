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

using namespace cm;

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
cm::readFile(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(path);
  if (!buffer)
    return makeError("cannot read '{0}': {1}", path,
                     buffer.getError().message());
  return std::move(*buffer);
}

/// Writes and renames; the caller discards the temporary on failure.
static llvm::Error
fill(llvm::sys::fs::TempFile &temp,
     llvm::function_ref<llvm::Error(llvm::raw_ostream &)> write,
     llvm::StringRef path) {
  llvm::raw_fd_ostream os(temp.FD, /*shouldClose=*/false);
  if (llvm::Error error = write(os))
    return error;
  os.flush();
  if (os.has_error()) {
    std::error_code code = os.error();
    os.clear_error();
    return makeError("cannot write '{0}': {1}", path, code.message());
  }
  return llvm::Error::success();
}

llvm::Error
cm::writeFile(llvm::StringRef path,
              llvm::function_ref<llvm::Error(llvm::raw_ostream &)> write) {
  if (path == "-") {
    if (llvm::Error error = write(llvm::outs()))
      return error;
    llvm::outs().flush();
    return llvm::Error::success();
  }
  // A device such as /dev/null cannot be renamed over.
  if (llvm::sys::fs::exists(path) && !llvm::sys::fs::is_regular_file(path)) {
    std::error_code code;
    llvm::raw_fd_ostream os(path, code);
    if (code)
      return makeError("cannot write '{0}': {1}", path, code.message());
    return write(os);
  }
  auto temp = llvm::sys::fs::TempFile::create(path + ".%%%%%%.tmp");
  if (!temp) {
    std::string reason = llvm::toString(temp.takeError());
    return makeError("cannot write '{0}': {1}", path, reason);
  }
  if (llvm::Error error = fill(*temp, write, path))
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
