//===- ModelMutator.h - small changes to an ONNX model ----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_FUZZ_MODELMUTATOR_H
#define CM_TEST_FUZZ_MODELMUTATOR_H

#include <cstdint>
#include <optional>
#include <random>
#include <string>

namespace cm::fuzz {

/// Changes one place of a serialised ModelProto (MessageMutator.h). Returns
/// nothing where `bytes` are no ModelProto or the result exceeds `maxSize`
/// bytes.
std::optional<std::string> mutateModel(const std::string &bytes, size_t maxSize,
                                       std::mt19937 &random);

} // namespace cm::fuzz

#endif // CM_TEST_FUZZ_MODELMUTATOR_H
