//===- Error.h - one clear error --------------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Plain C++ libraries report errors as llvm::Error and llvm::Expected. A message
// is lower case, without a full stop, and names the culprit, what was expected
// and what was found.
//
//===----------------------------------------------------------------------===//

#ifndef CM_SUPPORT_ERROR_H
#define CM_SUPPORT_ERROR_H

#include "llvm/Support/Error.h"
#include "llvm/Support/FormatVariadic.h"

namespace cm {

/// Returns an error whose text is `llvm::formatv(format, args...)`.
template <typename... Args>
llvm::Error makeError(const char *format, Args &&...args) {
  return llvm::createStringError(
      llvm::inconvertibleErrorCode(),
      llvm::formatv(format, std::forward<Args>(args)...).str());
}

} // namespace cm

#endif // CM_SUPPORT_ERROR_H
