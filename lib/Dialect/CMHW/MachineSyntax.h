//===- MachineSyntax.h - schema messages in MLIR's syntax -------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One syntax for every message of the schema, driven by its reflection: a field
// that is added to the schema can be written in the IR at once.
//
//   fields  ::= (field (`,` field)*)?
//   field   ::= name `=` value | name `=` `[` (value (`,` value)*)? `]`
//   value   ::= integer | float | string | `true` | `false` | enumerator
//             | `{` fields `}`
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_DIALECT_CMHW_MACHINESYNTAX_H
#define CM_LIB_DIALECT_CMHW_MACHINESYNTAX_H

#include "mlir/IR/OpImplementation.h"
#include <google/protobuf/message.h>

namespace cm::cmhw {

/// Parses the fields of a message and the brackets around them.
mlir::ParseResult parseFields(mlir::AsmParser &parser,
                              mlir::AsmParser::Delimiter delimiter,
                              google::protobuf::Message &message);

/// Prints the fields that are there, in the order of the schema, without
/// brackets around them.
void printFields(mlir::AsmPrinter &printer,
                 const google::protobuf::Message &message);

} // namespace cm::cmhw

#endif // CM_LIB_DIALECT_CMHW_MACHINESYNTAX_H
