//===- Fields.h - 64-bit attributes into fields of messages -----*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one way in which numbers of the IR get into the program file: nothing is
// cut to the width of a field.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_TARGET_PROGRAM_FIELDS_H
#define CM_LIB_TARGET_PROGRAM_FIELDS_H

#include "mlir/IR/Operation.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/ArrayRef.h"
#include <algorithm>
#include <limits>

namespace cm {

/// Sets fields of messages to numbers of one operation. The first number that a
/// field cannot hold is an error at the operation, which names the field, its
/// range and the number; fields are not set from then on.
class FieldWriter {
public:
  explicit FieldWriter(mlir::Operation *op) : op(op) {}

  /// `setter` is a `set_...` or `add_...` of the message. Unsigned fields of 64
  /// bits take what an attribute can say: numbers below 2^63.
  template <typename MessageT, typename FieldT>
  void set(MessageT &message, void (MessageT::*setter)(FieldT),
           llvm::StringRef field, int64_t value) {
    using Limits = std::numeric_limits<FieldT>;
    constexpr int64_t least =
        std::is_signed_v<FieldT> ? int64_t(Limits::min()) : 0;
    constexpr int64_t most = int64_t(
        std::min<uint64_t>(Limits::max(), std::numeric_limits<int64_t>::max()));
    if (failed(status))
      return;
    if (value < least || value > most) {
      status = fail(field, least, most, value);
      return;
    }
    (message.*setter)(FieldT(value));
  }

  /// Each value in order.
  template <typename MessageT, typename FieldT>
  void add(MessageT &message, void (MessageT::*adder)(FieldT),
           llvm::StringRef field, llvm::ArrayRef<int64_t> values) {
    for (int64_t value : values)
      set(message, adder, field, value);
  }

  llvm::LogicalResult result() const { return status; }

private:
  llvm::LogicalResult fail(llvm::StringRef field, int64_t least, int64_t most,
                           int64_t value) {
    auto error = op->emitOpError();
    if (auto name = op->getAttrOfType<mlir::StringAttr>(
            mlir::SymbolTable::getSymbolAttrName()))
      error << "@" << name.getValue() << ": ";
    return error << "expected " << field << " from " << least << " to " << most
                 << ", found " << value;
  }

  mlir::Operation *op;
  llvm::LogicalResult status = llvm::success();
};

} // namespace cm

#endif // CM_LIB_TARGET_PROGRAM_FIELDS_H
