//===- ModuleFile.cpp - MLIR modules as files -----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "cm/Target/Module/ModuleFile.h"
#include "cm/Support/File.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "llvm/Support/Process.h"

using namespace mlir;

/// Constants of more elements or bytes than this are left out on a terminal.
static constexpr int64_t kShownElements = 16;

static llvm::Error print(ModuleOp module, bool elide, llvm::raw_ostream &os) {
  OpPrintingFlags flags;
  if (elide) {
    os << "// weights are left out; --text prints them\n";
    flags.elideLargeElementsAttrs(kShownElements);
    flags.elideLargeResourceString(kShownElements);
  }
  module.print(os, flags);
  os << "\n";
  return llvm::Error::success();
}

llvm::Error cm::writeModule(ModuleOp module, llvm::StringRef path, bool text) {
  bool isOutput = path == "-";
  bool elide =
      isOutput && !text && llvm::sys::Process::StandardOutIsDisplayed();
  return writeFile(path, [&](llvm::raw_ostream &os) -> llvm::Error {
    if (isOutput || text)
      return print(module, elide, os);
    BytecodeWriterConfig config("cm-mlir");
    // Fails only where an older version of the format is asked for.
    LogicalResult written = writeBytecodeToFile(module, os, config);
    assert(succeeded(written) && "the current version can hold any module");
    (void)written;
    return llvm::Error::success();
  });
}
