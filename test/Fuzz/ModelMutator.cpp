//===- ModelMutator.cpp - small changes to an ONNX model ------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelMutator.h"
#include "MessageMutator.h"
#include "onnx/onnx_pb.h"

std::optional<std::string> cm::fuzz::mutateModel(const std::string &bytes,
                                                 size_t maxSize,
                                                 std::mt19937 &random) {
  ::onnx::ModelProto model;
  if (!model.ParseFromString(bytes))
    return std::nullopt;
  mutateMessage(model, random);
  // Maps and unknown fields do not occur, so that the bytes are deterministic.
  std::string result = model.SerializeAsString();
  if (result.size() > maxSize)
    return std::nullopt;
  return result;
}
