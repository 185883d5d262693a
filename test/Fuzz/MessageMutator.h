//===- MessageMutator.h - small changes to a protobuf message ---*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_FUZZ_MESSAGEMUTATOR_H
#define CM_TEST_FUZZ_MESSAGEMUTATOR_H

#include <random>

namespace google::protobuf {
class Message;
}

namespace cm::fuzz {

/// Changes one place of `message`, or of a message in it: a number, a name, an
/// enumerator, the bytes of a field, an element of a list that goes, comes
/// twice or changes its place, or a field that was not there. The same
/// generator state gives the same change.
void mutateMessage(google::protobuf::Message &message, std::mt19937 &random);

} // namespace cm::fuzz

#endif // CM_TEST_FUZZ_MESSAGEMUTATOR_H
