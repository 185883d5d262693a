//===- Addresses.h - buffers into SRAM --------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The problem of giving the buffers of a core their addresses, what a right
// answer is, and an algorithm.
//
//===----------------------------------------------------------------------===//

#ifndef CM_MAPPING_ADDRESSES_H
#define CM_MAPPING_ADDRESSES_H

#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>
#include <vector>

namespace cm {

struct AddressBuffer {
  std::string name;
  uint64_t bytes = 0;
};

/// Byte address of each buffer, and the first byte behind all of them.
struct AddressSolution {
  std::vector<uint64_t> address;
  uint64_t end = 0;
};

/// The buffers of one core. All are live at all times.
struct AddressProblem {
  std::string node; // what errors call the core
  std::vector<AddressBuffer> buffers;
  uint64_t capacity = 0; // bytes; 0: unlimited
  uint64_t alignment = 1;

  llvm::Error check() const;
  /// Addresses are aligned, no two buffers overlap, all lie below the capacity.
  llvm::Error verify(const AddressSolution &solution) const;
};

/// One after the other in the given order, which wastes less than `alignment`
/// bytes for each buffer and nothing else. Fails where that does not fit,
/// naming the bytes needed, those there are, and the largest buffers.
llvm::Expected<AddressSolution> solveAddresses(const AddressProblem &problem);

} // namespace cm

#endif // CM_MAPPING_ADDRESSES_H
