//===- Context.h - isl with errors and budgets ------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// isl reports a failure by a null value and a note in its context. Operations on
// null values are null again, so that a chain of operations is checked once, at
// its end, by `PolyContext::run`.
//
//===----------------------------------------------------------------------===//

#ifndef CM_POLY_CONTEXT_H
#define CM_POLY_CONTEXT_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <memory>
#include <type_traits>

struct isl_ctx;

namespace cm {

/// Owns an isl context; not for use from several threads at once. All values
/// made in it die before it.
class PolyContext {
public:
  /// isl operations (its own unit: some millions a second) that one `run` may
  /// take.
  static constexpr uint64_t kDefaultBudget = 50'000'000;

  explicit PolyContext(uint64_t budget = kDefaultBudget);
  PolyContext(const PolyContext &) = delete;
  PolyContext &operator=(const PolyContext &) = delete;

  isl_ctx *get() const { return ctx.get(); }
  uint64_t budget() const { return operations; }

  /// Runs `body`, whose result converts to bool, within the budget. Fails if
  /// the result is null or if isl noted an error; `what` begins the message.
  template <typename Body>
  auto run(llvm::StringRef what, Body body)
      -> llvm::Expected<std::invoke_result_t<Body>> {
    begin();
    auto result = body();
    if (llvm::Error error = end(what, static_cast<bool>(result)))
      return std::move(error);
    return std::move(result);
  }

private:
  void begin();
  llvm::Error end(llvm::StringRef what, bool succeeded);

  uint64_t operations;
  std::shared_ptr<isl_ctx> ctx;
};

} // namespace cm

#endif // CM_POLY_CONTEXT_H
