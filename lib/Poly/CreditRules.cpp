//===- CreditRules.cpp - how many a writer has ----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Poly/CreditRules.h"

using namespace cm;

int64_t cm::numCreditRules(const PixelWrite &write, const Extent &object,
                           Fold fold, uint64_t slots) {
  auto isMultiple = [&](int64_t value) { return value % write.rows == 0; };
  bool atOnce = write.rows == 1 ||
                (fold == Fold::Row && slots % uint64_t(write.rows) == 0 &&
                 isMultiple(object.h) && isMultiple(write.strideY) &&
                 isMultiple(write.offsetY));
  return atOnce ? 1 : write.rows;
}
