//===- Context.cpp - isl with errors and budgets --------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Poly/Context.h"
#include "cm/Support/Error.h"
#include <isl/ctx.h>
#include <isl/options.h>

using namespace cm;

PolyContext::PolyContext(uint64_t budget)
    : operations(budget), ctx(isl_ctx_alloc(), isl_ctx_free) {
  isl_options_set_on_error(ctx.get(), ISL_ON_ERROR_CONTINUE);
  isl_ctx_set_max_operations(ctx.get(), operations);
}

void PolyContext::begin() {
  isl_ctx_reset_error(ctx.get());
  isl_ctx_reset_operations(ctx.get());
}

llvm::Error PolyContext::end(llvm::StringRef what, bool succeeded) {
  isl_error error = isl_ctx_last_error(ctx.get());
  // What follows outside of a run has a budget of its own.
  isl_ctx_reset_operations(ctx.get());
  if (error == isl_error_quota)
    return makeError("{0}: more than {1} isl operations", what, operations);
  if (error != isl_error_none)
    return makeError("{0}: isl: {1}", what,
                     llvm::StringRef(isl_ctx_last_error_msg(ctx.get())));
  if (!succeeded)
    return makeError("{0}: no result", what);
  return llvm::Error::success();
}
