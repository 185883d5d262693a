//===- ImportFuzzer.cpp - the importer on models that nobody meant --------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// libFuzzer's entry points, built so with CM_BUILD_FUZZERS (utils/fuzz.sh).
// Replay.cpp calls the same ones where there is no libFuzzer.
//
//===----------------------------------------------------------------------===//

#include "ModelMutator.h"
#include "cm/Target/ONNX/Import.h"
#include "mlir/IR/MLIRContext.h"
#include <cstring>
#include <memory>

/// Types and attributes live as long as their context, so it is renewed.
static mlir::MLIRContext &contextForNextModel() {
  constexpr unsigned modelsPerContext = 256;
  static unsigned count = 0;
  static std::unique_ptr<mlir::MLIRContext> context;
  if (count++ % modelsPerContext == 0)
    context = std::make_unique<mlir::MLIRContext>(
        mlir::MLIRContext::Threading::DISABLED);
  return *context;
}

/// Any bytes are imported or refused with one line.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef bytes(reinterpret_cast<const char *>(data), size);
  auto module = cm::importONNX(bytes, "fuzzed", &contextForNextModel());
  if (module)
    return 0;
  std::string text = llvm::toString(module.takeError());
  if (text.empty() || text.find('\n') != std::string::npos)
    llvm::report_fatal_error(
        llvm::Twine("expected one line of error, found: ") + text);
  return 0;
}

#ifdef CM_BUILD_FUZZERS
extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);
#endif

/// Changes what the bytes mean; where libFuzzer is there, now and then the
/// bytes themselves.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
                                          size_t maxSize, unsigned seed) {
  std::mt19937 random(seed);
  std::string bytes(reinterpret_cast<const char *>(data), size);
  auto mutated = cm::fuzz::mutateModel(bytes, maxSize, random);
#ifdef CM_BUILD_FUZZERS
  if (!mutated || random() % 16 == 0)
    return LLVMFuzzerMutate(data, size, maxSize);
#endif
  if (!mutated)
    return size;
  std::memcpy(data, mutated->data(), mutated->size());
  return mutated->size();
}
