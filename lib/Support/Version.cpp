//===- Version.cpp - which build this is ----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Support/Version.h"
#include "Version.inc"

llvm::StringRef cm::getVersion() { return CM_VERSION; }
llvm::StringRef cm::getGitHash() { return CM_GIT_HASH; }

void cm::printVersion(llvm::raw_ostream &os) {
  os << "cm-mlir " << getVersion() << " (git " << getGitHash() << ")\n";
}
