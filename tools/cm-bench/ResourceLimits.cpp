//===- ResourceLimits.cpp - what a row of a table may take ----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ResourceLimits.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Compiler.h"
#include "llvm/Support/FormatVariadic.h"
#include <csignal>
#include <sys/resource.h>

using namespace cm;
using llvm::formatv;

void ResourceLimits::apply() const {
  rlimit limit = {seconds, seconds + 1};
  setrlimit(RLIMIT_CPU, &limit);
#if !LLVM_ADDRESS_SANITIZER_BUILD // which takes all addresses
  limit.rlim_cur = limit.rlim_max = gigabytes << 30;
  setrlimit(RLIMIT_AS, &limit);
#endif
}

std::string ResourceLimits::explain(std::string error) const {
  auto endedBy = [&](int number) {
    return llvm::StringRef(error).contains(
        formatv("(signal {0})", number).str());
  };
  if (endedBy(SIGXCPU))
    return formatv("more than {0} s", seconds);
  if (endedBy(SIGABRT))
    return formatv("aborted, as with more than {0} GB", gigabytes);
  return error;
}
