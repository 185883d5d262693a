//===- File.h - whole files or none -----------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_SUPPORT_FILE_H
#define CM_SUPPORT_FILE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>

namespace cm {

/// Reads a file whole; "-" is standard input. The error names the path.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
readFile(llvm::StringRef path);

/// Writes a file through a temporary beside it that is renamed when `write` has
/// succeeded, so that an interrupted run leaves a complete file or none. "-" is
/// standard output.
llvm::Error
writeFile(llvm::StringRef path,
          llvm::function_ref<llvm::Error(llvm::raw_ostream &)> write);

/// The same for contents that exist already.
llvm::Error writeFile(llvm::StringRef path, llvm::StringRef contents);

/// Says now what `writeFile` would say later: that there is no such folder, that
/// it may not be written to, or that the path is a folder.
llvm::Error checkWritable(llvm::StringRef path);

} // namespace cm

#endif // CM_SUPPORT_FILE_H
