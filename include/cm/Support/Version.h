//===- Version.h - which build this is --------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_SUPPORT_VERSION_H
#define CM_SUPPORT_VERSION_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

namespace cm {

/// "0.1.0".
llvm::StringRef getVersion();
/// The hash of the commit that was built, 12 digits, or "unknown" outside git.
llvm::StringRef getGitHash();

/// One line, "cm-mlir 0.1.0 (git 0123456789ab)": what `--version` of each tool
/// prints. Fits llvm::cl::SetVersionPrinter.
void printVersion(llvm::raw_ostream &os);

} // namespace cm

#endif // CM_SUPPORT_VERSION_H
