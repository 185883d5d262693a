//===- ProtoText.h - schemas as text, with one clear error ------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Machines and programs are read from textprotos in the same way.
//
//===----------------------------------------------------------------------===//

#ifndef CM_MACHINE_PROTOTEXT_H
#define CM_MACHINE_PROTOTEXT_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace google::protobuf {
class Message;
}

namespace cm {

/// Parses a textproto into `message`. The error begins with "name:line:column"
/// and is in the style of ours. A string that is not UTF-8 is an error, too.
llvm::Error parseProtoText(llvm::StringRef text, llvm::StringRef name,
                           google::protobuf::Message &message);

/// Sets the field `name`, which has one value, from text: numbers, true and
/// false, and values of enumerations by name, in full or without what all begin
/// with, in either case.
llvm::Error setProtoField(google::protobuf::Message &message,
                          llvm::StringRef name, llvm::StringRef value);

/// Path of the first string field below `message` that is not UTF-8, such as
/// "core_types[0].name"; empty where all are. Protobuf neither reads nor writes
/// such a string, nor can a report hold it.
std::string findWrongText(const google::protobuf::Message &message);

/// Calls `visit(message, path)` for `message` and all messages below it until
/// one returns text, and returns that. The path of `message` itself is empty.
std::string
visitMessages(const google::protobuf::Message &message,
              llvm::function_ref<std::string(const google::protobuf::Message &,
                                             const std::string &path)>
                  visit);

} // namespace cm

#endif // CM_MACHINE_PROTOTEXT_H
