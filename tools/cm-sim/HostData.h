//===- HostData.h - results as the host sees them ---------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_TOOLS_CM_SIM_HOSTDATA_H
#define CM_TOOLS_CM_SIM_HOSTDATA_H

#include "cm/Program/Program.pb.h"
#include "cm/Support/HostLayout.h"

namespace cm {

/// The host layout of a Binding, a Tensor or an alias of one.
template <typename Array>
llvm::Expected<HostLayout> makeLayout(const Array &array, HostType type,
                                      float scale = 1, int32_t zeroPoint = 0) {
  std::vector<int64_t> shape(array.host_shape().begin(),
                             array.host_shape().end());
  std::vector<int64_t> permutation(array.permutation().begin(),
                                   array.permutation().end());
  return HostLayout::create(array.name(), type, shape, permutation, scale,
                            zeroPoint);
}

llvm::Expected<HostLayout> layoutOf(const program::Binding &binding);

/// `images` images in object layout as one array.
NpyArray toHost(const HostLayout &layout, llvm::ArrayRef<int8_t> data,
                uint64_t images);

/// Images of `scores` whose greatest element, the first in the host's order, is
/// at the index that their label says. Labels are repeated.
uint64_t countRight(const NpyArray &labels, const NpyArray &scores);

} // namespace cm

#endif // CM_TOOLS_CM_SIM_HOSTDATA_H
