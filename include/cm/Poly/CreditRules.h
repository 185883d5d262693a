//===- CreditRules.h - how many a writer has --------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rules themselves are made in Analysis. Their number, which decides how many
// waits a writer has, is known from its accesses and the buffer alone.
//
//===----------------------------------------------------------------------===//

#ifndef CM_POLY_CREDITRULES_H
#define CM_POLY_CREDITRULES_H

#include "cm/Poly/Access.h"

namespace cm {

/// Of the writer of a stream into a buffer (cm/Analysis/Control.h): one where
/// the rows of each iteration take slots of rows that one iteration, of some
/// image, wrote at once; else one for each.
int64_t numCreditRules(const PixelWrite &write, const Extent &object, Fold fold,
                       uint64_t slots);
/// The least of any buffer, which one of a multiple of `write.rows` slots has.
inline int64_t leastCreditRules(const PixelWrite &write, const Extent &object) {
  return numCreditRules(write, object, Fold::Row, write.rows);
}

} // namespace cm

#endif // CM_POLY_CREDITRULES_H
